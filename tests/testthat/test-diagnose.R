two_modes <- function(x) log(sum(stats::dnorm(x, c(-20, 20))))
in_both_modes <- function(n = 20) withr::with_seed(1, matrix(rep(c(-20, 20), n / 2) + stats::rnorm(n)))
kinds <- function(x, ...) diagnose(x, ...)$problems$kind
said_of <- function(x, kind) {
  problems <- diagnose(x)$problems
  problems$what[problems$kind == kind]
}

test_that("a chain that is long and mixes has no problem", {
  chain <- run_mcmc(normal, start(), 5000, seed = 7)
  diagnosis <- diagnose(chain)
  expect_true(diagnosis$ok)
  expect_identical(names(diagnosis$problems), c("kind", "what", "value", "limit", "advice"))
  expect_match(format(diagnosis), "no problem found, [0-9,]+ effective draws")
})

test_that("walkers that disagree are seen where emcee's estimate sees nothing", {
  chain <- suppressMessages(run_mcmc(two_modes, in_both_modes(), 2000, moves = move_stretch(), seed = 1))
  expect_gt(2000 / autocorr_time(chain, center = "walker"), 50)
  expect_identical(kinds(chain), c("walkers", "short"))
  expect_gt(diagnose(chain)$problems$value[1], 1.5)
})

test_that("walkers that are stuck are named", {
  chain <- run_mcmc(normal, start(), 3000, seed = 7)
  chain$draws[, 3, ] <- 0.1
  expect_identical(said_of(chain, "stuck"), "walker 3 is stuck")
  chain$draws[, 5, ] <- 0.2
  expect_identical(said_of(chain, "stuck"), "walkers 3, 5 are stuck")

  far <- run_mcmc(normal, start(), 3000, seed = 7)
  far$log_prob[, 2] <- far$log_prob[, 2] - 30
  expect_identical(said_of(far, "stuck"), "walker 2 is stuck")
  far$log_prob[, 4] <- -Inf
  expect_identical(said_of(far, "stuck"), "walkers 2, 4 are stuck")
  far$log_prob[1:5, 6] <- -Inf # it came from there
  expect_identical(said_of(far, "stuck"), "walkers 2, 4 are stuck")
})

test_that("ensembles that disagree are seen where walkers agree", {
  noise <- withr::with_seed(4, array(rnorm(500 * 20), c(500, 20, 1)))
  chain <- as_chain(noise + rep(c(0, 1), each = 5000))
  chain$n_ensembles <- 2
  expect_true("ensembles" %in% kinds(chain))
  chain$draws <- noise
  expect_true(diagnose(chain)$ok)
})

test_that("few accepted proposals and short chains are problems", {
  bold <- suppressMessages(run_mcmc(normal, start(), 4000, moves = move_gaussian(1e4), seed = 7))
  expect_true("acceptance" %in% kinds(bold))
  short <- suppressMessages(run_mcmc(normal, start(), 20, seed = 7))
  expect_identical(tail(kinds(short), 1), "short")
})

test_that("a file is judged as its chain is, at a cost that does not grow with it", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 5000, seed = 7, file = file)
  of_file <- diagnose(file, discard = 0)
  of_chain <- diagnose(read_chain(file), discard = 0)
  expect_identical(of_file$ok, of_chain$ok)
  expect_equal(of_file$view$ess, of_chain$view$ess, tolerance = 0.25)
  view <- view_of_chain(read_chain(file), n_values = 1024 * 40)
  expect_lte(max(vapply(view$levels, function(level) nrow(level$draws), 1)), 1024)
  expect_equal(view$tau, unname(autocorr_time(file)), tolerance = 0.25)
})

test_that("the verdict stands wherever a chain is shown", {
  file <- temp_chain()
  wrong <- function(...) run_mcmc(two_modes, in_both_modes(), 2000, moves = move_stretch(), seed = 1, ...)
  expect_message(run <- wrong(file = file), "walkers disagree on theta\\[1\\]", class = "livechain_message_diagnosis")
  expect_message(chain <- wrong(), "walkers disagree", class = "livechain_message_diagnosis")
  expect_output(print(chain), "walkers disagree")
  expect_output(print(chain_status(file)), "walkers disagree")
  expect_output(watch_chain(file), "walkers disagree")
  expect_match(paste(watch_screen(chain_status(file), follow_chain(file, "mcmc"), 80), collapse = "\n"), "walkers disagree")
  expect_match(as.character(monitor_verdict(diagnose(file))), "class=\"verdict problem\".*walkers disagree")
  expect_snapshot(diagnose(chain))
  expect_silent(run_mcmc(normal, start(), 5000, seed = 7))
})

test_that("wrong arguments are named", {
  expect_snapshot(diagnose(list()), error = TRUE)
  expect_snapshot(diagnose(matrix(0, 5, 2), discard = "all"), error = TRUE)
  expect_error(diagnose("no-such-file.h5"), class = "livechain_error_missing")
})

test_that("draws that never change, or are missing, are not called too short", {
  chain <- run_mcmc(normal, start(), 2000, seed = 7)
  chain$draws[, , 2] <- 1
  problems <- diagnose(chain, discard = 0)$problems
  expect_identical(problems$kind, "unknown")
  expect_match(problems$what, "theta[2]: the draws never change", fixed = TRUE)
  chain$draws[3, 1, 2] <- NA
  expect_identical(diagnose(chain, discard = 0)$problems$kind, "unknown")
})

test_that("a constant quantity does not make walkers stuck", {
  chain <- run_mcmc(function(x) c(normal(x), flag = 1), start(), 500, seed = 7)
  expect_identical(diagnose(chain, parameters = "flag")$problems$kind, "unknown")
})
