# An autoregressive series with the autocorrelation time (1 + rho) / (1 - rho).
autoregressive <- function(n_steps, n_walkers, rho = 0.8) {
  withr::with_seed(1, replicate(n_walkers, as.vector(arima.sim(list(ar = rho), n_steps))))
}

test_that("over each walker's own mean, autocorrelation times are those of emcee", {
  folder <- emcee_files()
  for (run in jsonlite::fromJSON(file.path(folder, "expected.json"), simplifyDataFrame = FALSE)$runs) {
    chain <- read_chain(file.path(folder, run$file), run$name)
    # emcee computes the mean of single-precision chains in single precision.
    tolerance <- if (run$file == "float32.h5") 1e-7 else 1e-9
    tau <- autocorr_time(chain, tol = 0, center = "walker", parameters = seq_len(dim(chain)[3]))
    expect_equal(unname(tau), run$tau_c5_tol0, tolerance = tolerance)
  }
})

test_that("the time of an autoregressive series is known", {
  x <- autoregressive(20000, 50)
  for (center in c("pooled", "walker")) {
    expect_equal(autocorr_time(x, center = center), 9, tolerance = 0.05)
    expect_equal(autocorr_time(x[, 1], center = center), 9, tolerance = 0.3)
  }
})

test_that("pooled autocorrelation is the sum over lags of products of deviations from the mean of all draws", {
  x <- autoregressive(3000, 4) + rep(c(-1, 0, 0, 1), each = 3000)
  y <- x - mean(x)
  correlation <- vapply(0:2999, function(lag) sum(y[1:(3000 - lag), ] * y[(1 + lag):3000, ]), 0) / sum(y^2)
  times <- 2 * cumsum(correlation) - 1
  expect_equal(autocorr_time(x, tol = 0), times[which(0:2999 >= 5 * times)[1]])
})

test_that("walkers that never leave their places make it as long as the chain", {
  apart <- autoregressive(3000, 20) + rep(c(-50, 50), each = 3000)
  expect_gt(autocorr_time(apart, tol = 0), 1000)
  expect_lt(autocorr_time(apart, tol = 0, center = "walker"), 12)
})

test_that("a walker that stands still gives a number", {
  x <- autoregressive(3000, 20)
  x[, 7] <- 0.5
  expect_true(is.nan(suppressWarnings(autocorr_time(x, quiet = TRUE, center = "walker"))))
  expect_equal(autocorr_time(x, tol = 0), autocorr_time(x[, -7], tol = 0), tolerance = 0.1)
  expect_true(is.nan(suppressWarnings(autocorr_time(matrix(2, 50, 3), quiet = TRUE))))
})

test_that("the time is in updates, however the chain was thinned", {
  file <- temp_chain()
  run_mcmc(normal, start(), 20000, seed = 7, file = file, moves = move_stretch())
  whole <- autocorr_time(file)
  expect_identical(autocorr_time(read_chain(file)), whole)
  expect_equal(autocorr_time(read_chain(file, thin = 10)), whole, tolerance = 0.15)
  expect_equal(autocorr_time(file, thin = 10), autocorr_time(read_chain(file, thin = 10)))
  by_ten <- run_mcmc(normal, start(), 2000, seed = 7, thin_by = 10, moves = move_stretch())
  expect_equal(by_ten$draws, read_chain(file, thin = 10)$draws)
  expect_equal(autocorr_time(by_ten), autocorr_time(read_chain(file, thin = 10)))
  expect_equal(ess(file, thin = 10), ess(file), tolerance = 0.15)
})

test_that("a part of a chain is what read_chain() reads", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 3000, seed = 7, file = file)
  part <- read_chain(file, discard = 301, thin = 3, parameters = "b")
  expect_identical(autocorr_time(read_chain(file), discard = 301, thin = 3, parameters = "b"), autocorr_time(part))
  expect_identical(autocorr_time(read_chain(file, discard = 200), discard = 301, thin = 3, parameters = "b"), autocorr_time(part))
  expect_identical(autocorr_time(file, discard = 301, thin = 3, parameters = "b"), autocorr_time(part))
})

test_that("a chain that is too short is an error that carries the estimate, or a warning", {
  chain <- run_mcmc(normal, start(), 100, seed = 7)
  expect_snapshot(autocorr_time(chain), error = TRUE, transform = scrub)
  condition <- tryCatch(autocorr_time(chain), livechain_error_autocorr = identity)
  expect_warning(tau <- autocorr_time(chain, quiet = TRUE), class = "livechain_warning_autocorr")
  expect_identical(condition$tau, tau)
})

test_that("wrong arguments are named", {
  expect_snapshot(autocorr_time("a.h5"), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(list()), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(numeric()), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(1:10, c = -1), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(1:10, quiet = 1), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(1:10, center = "chain"), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(1:10, discard = 10), error = TRUE, transform = scrub)
  expect_error(autocorr_time("no-such-file.h5"), class = "livechain_error_missing")
})

test_that("parameters that are far from 0, or very large, lose no digits", {
  z <- withr::with_seed(1, apply(matrix(rnorm(32000), 2000), 2, stats::filter, 0.8, "recursive"))
  tau <- autocorr_time(z, quiet = TRUE)
  expect_equal(autocorr_time(2454950.3 + 1e-7 * z, quiet = TRUE), tau, tolerance = 0.01)
  expect_equal(autocorr_time(1e300 * z, quiet = TRUE), tau)
  expect_equal(autocorr_time(1e-300 * z, quiet = TRUE), tau)
})

test_that("a time from noise, or of draws that avoid each other, has a floor", {
  few <- withr::with_seed(1, replicate(200, suppressWarnings(ess(rnorm(30), quiet = TRUE))))
  expect_gt(min(few), 0)
  expect_lte(max(few), 30 * log10(30) + 1e-9)
  expect_equal(suppressWarnings(ess(rep(c(-1, 1), 500), quiet = TRUE)), 1000 * log10(1000))
})

test_that("a derived quantity that never changes is no reason to run longer", {
  box <- function(x) if (x < 0 || x > 1) -Inf else 0
  chain <- run_mcmc(function(x) -2 * x, matrix((1:12) / 13), 3000, log_prior = box, seed = 1)
  expect_identical(is.na(ess(chain)), c("theta[1]" = FALSE, log_likelihood = FALSE, log_prior = TRUE))
  expect_identical(is.na(mcse(chain)), c("theta[1]" = FALSE, log_likelihood = FALSE, log_prior = TRUE))
  chain$draws[] <- 0.5
  expect_error(ess(chain), "Of \"theta\\[1\\]\" the autocorrelation time is not known", class = "livechain_error_autocorr")
})
