test_that("no argument is matched by a part of its name", {
  scaled <- function(x, n, k) -k * sum(x^2) / n
  expected <- run_mcmc(function(x) -7 * sum(x^2) / 10, start(), 30, seed = 7)
  expect_same_chain(run_mcmc(scaled, start(), 30, seed = 7, n = 10, k = 7), expected)
  expect_same_chain(run_mcmc(scaled, n = 10, start(), 30, k = 7, seed = 7), expected)
  expect_same_chain(do.call(run_mcmc, list(scaled, start(), 30, n = 10, k = 7, seed = 7)), expected)
  passed_on <- function(...) run_mcmc(scaled, start(), 30, seed = 7, ...)
  expect_same_chain(passed_on(k = 7, n = 10), expected)
  expect_same_chain(passed_on(n = 10, args = list(k = 7)), expected)

  initial <- function(x, i, l) -l * sum(x^2) / i
  expect_same_chain(run_mcmc(initial, start(), 30, i = 10, l = 7, seed = 7), expected)
  file <- temp_chain()
  run_mcmc(scaled, start(), 20, n = 10, k = 7, seed = 7, file = file)
  resume_mcmc(file, scaled, 10, n = 10, k = 7)
  expect_same_chain(read_chain(file), expected)
  f <- function(x, f, l) -l * sum(x^2) / f
  resume_mcmc(file, f, 10, f = 10, l = 7)
  expect_identical(chain_status(file)$n_steps, 40)
})

test_that("args takes what has a name of ours, for every way of evaluation", {
  weighted <- function(x, weights, name) if (name == "twice") -weights * sum(x^2) else stop("wrong name")
  arguments <- list(weights = 0.5, name = "twice")
  expected <- reference(20)
  expect_equal(run_mcmc(weighted, start(), 20, seed = 7, args = arguments)$draws, expected$draws)
  expect_equal(run_mcmc(weighted, start(), 20, seed = 7, args = arguments, map = lapply)$draws, expected$draws)
  file <- temp_chain()
  run_mcmc(weighted, start(), 10, seed = 7, args = arguments, file = file)
  resume_mcmc(file, weighted, n_steps = 10, args = arguments)
  expect_equal(read_chain(file)$draws, expected$draws)
  expect_snapshot(run_mcmc(weighted, start(), 20, args = 0.5), error = TRUE)
  expect_snapshot(run_mcmc(function(x, k) k, start(), 20, k = 1, args = list(k = 2)), error = TRUE)
})

test_that("what nobody takes is said before the first call, with the name that was meant", {
  untouched <- function(x) stop("evaluated")
  takes_all <- function(x, ...) stop("evaluated")
  expect_snapshot(run_mcmc(untouched, start(), nsteps = 10), error = TRUE)
  expect_snapshot(run_mcmc(untouched, start(), 10, vectorised = TRUE), error = TRUE)
  expect_snapshot(run_mcmc(takes_all, start(), 10, thin = 2), error = TRUE)
  expect_snapshot(run_mcmc(takes_all, start(), 10, move = move_de()), error = TRUE)
  expect_snapshot(run_mcmc(takes_all, start(), 10, burnin = 5), error = TRUE)
  expect_snapshot(run_mcmc(takes_all, start(), n_step = 10), error = TRUE)
  expect_snapshot(run_mcmc(untouched, start(), 10, "chain.h5"), error = TRUE)
  expect_snapshot(run_mcmc(function(x, sigma) stop("evaluated"), start(), 10, sig = 5), error = TRUE)
  file <- temp_chain()
  run_mcmc(normal, start(), 10, file = file)
  expect_snapshot(resume_mcmc(file, untouched, nsteps = 10), error = TRUE)
})

test_that("what the density may take by its dots goes on to it", {
  scaled <- function(x, ...) -sum(x^2) * list(...)$factor
  expect_equal(run_mcmc(scaled, start(), 20, factor = 0.5, seed = 7)$draws, reference(20)$draws)
  moved <- function(x, ...) -sum(x^2) * list(...)$move
  expect_equal(run_mcmc(moved, start(), 20, args = list(move = 0.5), seed = 7)$draws, reference(20)$draws)
})

test_that("readers and verbs do not match a part of a name either, and say which name was meant", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 100, file = file, seed = 7) |> suppressMessages()
  chain <- read_chain(file)
  calls <- expression(
    read_chain(file, disc = 5), read_chain(fil = file), read_chain(file, discrad = 5), read_chain(file, burnin = 5), read_chain(file, "mcmc", 5),
    open_chain(file, fro = 2), watch_chain(file, pars = "a"), monitor_chain(file, prt = 1), chain_status(file, nam = "x"), stop_mcmc(file, nam = "x"),
    autocorr_time(chain, centre = "walker"), ess(chain, qui = TRUE), mcse(chain, to = 3), rhat(chain, n = 2), diagnose(chain, disc = 1),
    chain_writer(file, 2, 2, n_step = 5), init_walkers(20, c(a = 1), spr = 1), head(chain, nn = 3), quantile(chain, pro = 0.5),
    window(chain, star = 5), plot(chain, typ = "trace"), best_step(chain, par = "a"), read_new(NULL, wai = 1),
    move_stretch(2, 3), move_de(gama0 = 1), move_slice(tune = 5), move_gaussian(1, fac = 2), converged(es = 5), converged_tau(tl = 1)
  )
  messages <- vapply(calls, function(call) {
    condition <- tryCatch(eval(call, list(file = file, chain = chain), environment(read_chain)), livechain_error_argument = identity)
    paste(deparse(call[[1]]), "|", paste(strsplit(conditionMessage(condition), "\n")[[1]][1:2], collapse = " "))
  }, "")
  expect_snapshot(writeLines(messages))
})

test_that("whole names go through functions that pass them on", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 100, file = file, seed = 7) |> suppressMessages()
  pass_on <- function(...) read_chain(file, ...)
  expect_identical(dim(pass_on(discard = 20)), c(80L, 20L, 2L))
  expect_error(pass_on(disc = 20), class = "livechain_error_argument")
  expect_identical(dim(lapply(file, read_chain, discard = 99)[[1]])[1], 1L)
  expect_error(lapply(file, read_chain, disc = 99), class = "livechain_error_argument")
  expect_identical(dim(do.call("read_chain", list(file = file, thin = 50)))[1], 2L)
  expect_identical(dim(Map(read_chain, file, discard = 90)[[1]])[1], 10L)
})

test_that("every kind of condition is documented", {
  made <- new.env()
  look <- function(x) {
    if (is.function(x)) {
      return(look(body(x)))
    }
    if (is.character(x)) made$named <- c(made$named, grep("^livechain_(warning|message)_", x, value = TRUE))
    if (is.call(x) && identical(x[[1]], quote(abort)) && is.character(x[[2]])) made$kinds <- c(made$kinds, x[[2]])
    if (is.recursive(x) && !is.environment(x)) for (one in as.list(x)) if (!missing(one)) look(one)
  }
  look(as.list(asNamespace("livechain"), all.names = TRUE))
  page <- paste(as.character(tools::Rd_db("livechain")[["livechain-package.Rd"]]), collapse = "")
  kinds <- unique(c(made$kinds, sub("^livechain_(warning|message)_", "", made$named)))
  expect_gt(length(kinds), 25)
  undocumented <- kinds[!vapply(sprintf("\\code{%s}", kinds), grepl, TRUE, x = page, fixed = TRUE)]
  expect_identical(undocumented, character())
})

test_that("what people type for parameters is answered", {
  expect_snapshot(run_mcmc(function(a, b) -a^2 - b^2, named_start(), 5), error = TRUE)
  expect_snapshot(run_mcmc(function(p) -p["a"]^2, start(), 5), error = TRUE)
  expect_error(run_mcmc(function(a, b) -sum(a^2) - b, named_start(), 5, b = 1), NA)
  chain <- reference(10)
  named <- run_mcmc(normal, named_start(), 10, seed = 1)
  expect_snapshot(named$a, error = TRUE)
  expect_null(named$c)
  expect_snapshot(read_chain(chain), error = TRUE)
})
