test_that("autocorrelation times are those of emcee", {
  folder <- emcee_files()
  for (run in jsonlite::fromJSON(file.path(folder, "expected.json"), simplifyDataFrame = FALSE)$runs) {
    chain <- read_chain(file.path(folder, run$file), run$name)
    # emcee computes the mean of single-precision chains in single precision.
    tolerance <- if (run$file == "float32.h5") 1e-7 else 1e-9
    expect_equal(unname(autocorr_time(chain, tol = 0, parameters = seq_len(dim(chain)[3]))), run$tau_c5_tol0, tolerance = tolerance)
  }
})

test_that("the time of an autoregressive series is known", {
  rho <- 0.8
  x <- withr::with_seed(1, replicate(50, as.vector(arima.sim(list(ar = rho), 20000))))
  expect_equal(autocorr_time(x), (1 + rho) / (1 - rho), tolerance = 0.05)
  expect_equal(autocorr_time(x[, 1]), (1 + rho) / (1 - rho), tolerance = 0.3)
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
  expect_snapshot(autocorr_time(numeric()), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(1:10, c = -1), error = TRUE, transform = scrub)
  expect_snapshot(autocorr_time(1:10, quiet = 1), error = TRUE, transform = scrub)
})

test_that("the effective sample size is the number of draws over their autocorrelation time", {
  chain <- run_mcmc(normal, start(), 3000, seed = 7)
  expect_equal(ess(chain), 3000 * 20 / autocorr_time(chain))
})
