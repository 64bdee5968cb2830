with_radius <- function(x) c(normal(x), radius = sqrt(sum(x^2)), inside = sum(x^2) < 1)

test_that("discard, thin and parameters mean the same in every verb, for a chain, a chain_file and a path", {
  file <- temp_chain()
  run <- run_mcmc(with_radius, named_start(), 900, file = file, seed = 7)
  chain <- read_chain(run)
  verbs <- list(
    summary, quantile, as.array, as.matrix, as.data.frame, best_step,
    function(...) autocorr_time(..., tol = 1), function(...) ess(..., tol = 1)
  )
  direct <- list(parameters = "b", discard = 101, thin = 4)
  stored <- read_chain(file, discard = 101, thin = 4, parameters = "b")
  for (verb in verbs) {
    expected <- do.call(verb, c(list(chain), direct))
    expect_identical(do.call(verb, c(list(run), direct)), expected)
    if (!identical(verb, quantile)) expect_identical(unclass(verb(keep_quantities(stored, 1))), unclass(expected), ignore_attr = "row.names")
  }
  for (verb in verbs[-(2:5)]) expect_identical(do.call(verb, c(list(file), direct)), do.call(verb, c(list(chain), direct)))
  expect_identical(chain[chain$steps > 101, , ]$draws, read_chain(file, discard = 101)$draws)
  expect_identical(as.array(stored, discard = 101), stored$draws)
  expect_identical(acceptance_rate(file), acceptance_rate(chain))
  expect_identical(last_state(file), last_state(run))
})

test_that("probs are those of a summary", {
  chain <- run_mcmc(normal, named_start(), 200, seed = 7)
  quantiles <- quantile(chain, c(0.16, 0.975), discard = 50)
  expect_identical(dimnames(quantiles), list(c("a", "b"), c("16%", "97.5%")))
  expect_equal(quantiles["b", "16%"], unname(stats::quantile(chain$draws[51:200, , "b"], 0.16)))
  table <- summary(chain, probs = c(0.16, 0.975), discard = 50)
  expect_identical(table$q97.5, unname(quantiles[, 2]))
})

test_that("derived quantities stand beside the parameters", {
  file <- temp_chain()
  run <- run_mcmc(with_radius, named_start(), 200, file = file, seed = 7)
  chain <- read_chain(run)
  radius <- chain$blobs[, , "radius"]
  expect_identical(summary(chain)$parameter, c("a", "b", "radius", "inside"))
  expect_equal(summary(run)$mean[3:4], c(mean(radius), mean(radius < 1)))
  expect_identical(as.array(run, parameters = c("radius", "a"))[, , 1], radius)
  expect_identical(as.data.frame(chain)$radius, as.vector(radius))
  expect_equal(autocorr_time(run, tol = 1, parameters = "radius"), autocorr_time(radius, tol = 1), ignore_attr = TRUE)
  expect_identical(as.array(chain), chain$draws)
  expect_output(print(chain), "radius")
  mixed <- run_mcmc(function(x) list(normal(x), radius = sqrt(sum(x^2)), word = "a", pair = x), named_start(), 200, seed = 7)
  expect_identical(summary(mixed, parameters = "radius")$mean, mean(radius))
  expect_identical(summary(mixed)$parameter, c("a", "b", "radius"))
})

test_that("what is not known is refused, with the name that was meant", {
  chain <- run_mcmc(with_radius, named_start(), 20, seed = 7)
  expect_snapshot(summary(chain, pars = "a"), error = TRUE)
  expect_snapshot(summary(chain, param = "a"), error = TRUE)
  expect_snapshot(plot(chain, pars = "a"), error = TRUE)
  expect_snapshot(as.matrix(chain, burnin = 5), error = TRUE)
  expect_snapshot(as.data.frame(chain, discrad = 5), error = TRUE)
  expect_snapshot(summary(chain, parameters = "mass"), error = TRUE)
  expect_snapshot(summary(chain, discard = 20), error = TRUE)
  expect_snapshot(quantile(chain, 5), error = TRUE)
  expect_error(summary("no-such-file.h5"), class = "livechain_error_missing")
  expect_error(plot("no-such-file.h5"), class = "livechain_error_missing")
  expect_identical(summary("a")[["Class"]], "character")
})

test_that("chains without steps, with one walker, with missing draws or many parameters are shown", {
  none <- reference(0)
  expect_snapshot(none)
  expect_identical(nrow(summary(none)), 2L)
  expect_snapshot(run_mcmc(normal, matrix(1), 5, moves = move_gaussian(1), seed = 1))
  missing <- reference(10)
  missing$draws[1] <- NA
  expect_snapshot(missing)
  expect_true(all(is.na(summary(missing, parameters = 1)[, -1])))
  grDevices::png(withr::local_tempfile(fileext = ".png"))
  withr::defer(grDevices::dev.off())
  for (type in c("trace", "density", "pairs", "autocorr", "log_prob")) expect_no_error(plot(missing, type = type))

  slow <- matrix(as.double(1:600), 600, 2)
  quick <- withr::with_seed(1, array(rnorm(600 * 2 * 20), c(600, 2, 20)))
  quick[, , 13] <- slow
  many <- temp_chain()
  writer <- chain_writer(many, 2, paste0("p", 1:20))
  append_steps(writer, quick)
  close(writer)
  expect_output(print(read_chain(many)), "p13.*the 8 slowest of 20")
  expect_message(plot(many), "8 slowest")
  expect_identical(nrow(summary(many)), 20L)
  expect_output(print(head(read_chain(many), 1)), "the first 8 of 20")
})

test_that("any file of HDF5 is meant by its path, whatever its name", {
  file <- withr::local_tempfile(fileext = ".chain")
  run_mcmc(normal, start(), 60, file = file, seed = 7)
  expect_s3_class(summary(file), "chain_summary")
  expect_identical(drawn(plot(file)), drawn(plot(read_chain(file))))
  expect_identical(summary("a string"), summary.default("a string"))
})

test_that("flags stay flags in data frames", {
  chain <- run_mcmc(function(x) list(normal(x), up = x[1] > 0), start(), 20, seed = 7)
  expect_identical(as.data.frame(chain)$up, as.vector(chain$draws[, , 1] > 0))
})

test_that("a file that is missing is said by the verb that was asked", {
  missing <- file.path(tempdir(), "nofile.h5")
  for (verb in c("plot", "summary", "ess", "diagnose", "last_state", "best_step", "acceptance_rate")) {
    error <- tryCatch(eval(call(verb, missing)), error = identity)
    expect_s3_class(error, "livechain_error_missing")
    expect_match(deparse1(conditionCall(error)), verb, info = verb)
  }
})

test_that("a path is taken wherever R has no method for strings of its own", {
  file <- temp_chain()
  log_prob <- function(x) list(normal(x), log_lik = -(x - 1:2)^2)
  run <- suppressMessages(run_mcmc(log_prob, named_start(), 60, file = file, seed = 1))
  asked <- list(
    as.array, as.matrix, quantile, posterior::as_draws, posterior::as_draws_df, posterior::as_draws_rvars, posterior::variables,
    posterior::summarise_draws, coda::as.mcmc.list
  )
  for (verb in asked) expect_equal(verb(file), verb(run))
  expect_equal(quantile(file, 0.5, discard = 10, parameters = "a"), quantile(run, 0.5, discard = 10, parameters = "a"))
  expect_equal(as.vector(posterior::summarise_draws(file, "mean", discard = 10)$mean), as.vector(colMeans(as.matrix(run, discard = 10))))
  expect_identical(as.matrix(letters), matrix(letters))
  expect_error(quantile("nofile.h5"), class = "livechain_error_missing")
})

test_that("diagnose() takes thin, and verbs without a choice of steps refuse it", {
  file <- temp_chain()
  run <- suppressMessages(run_mcmc(normal, named_start(), 300, file = file, seed = 1))
  chain <- read_chain(run)
  for (discard in list("auto", 50)) {
    expect_equal(diagnose(run, thin = 10, discard = discard), diagnose(chain, thin = 10, discard = discard))
  }
  expect_error(diagnose(chain, thin = 0), class = "livechain_error_argument")
  for (x in list(chain, run, file)) {
    expect_error(acceptance_rate(x, discard = 10), "not an argument here", class = "livechain_error_argument")
    expect_error(last_state(x, thin = 10), "not an argument here", class = "livechain_error_argument")
  }
})

test_that("blobs of several numbers are chosen by their names", {
  log_prob <- function(x) list(normal(x), curve = x * 2, size = sum(x^2))
  file <- temp_chain()
  run <- suppressMessages(run_mcmc(log_prob, named_start(), 60, file = file, seed = 1))
  chain <- read_chain(run)
  expect_identical(as.array(chain, parameters = c("b", "curve[2]"))[, , 2], chain$blobs$curve[, , 2])
  for (x in list(chain, run, file)) {
    expect_identical(summary(x, parameters = "curve")$parameter, c("curve[1]", "curve[2]"))
    expect_identical(rownames(quantile(x, parameters = c("size", "curve", "a"))), c("size", "curve[1]", "curve[2]", "a"))
  }
  expect_error(summary(chain, parameters = "curv"), class = "livechain_error_argument")
  expect_error(chain$curve, "is a blob of the chain", class = "livechain_error_argument")
})
