test_that("the effective sample size is the number of draws over their autocorrelation time", {
  chain <- run_mcmc(normal, start(), 3000, seed = 7)
  expect_equal(ess(chain), 3000 * 20 / autocorr_time(chain))
})

test_that("the standard error is how far means of runs are apart", {
  x <- autoregressive_runs(400)
  errors <- apply(x, 3, function(run) mcse(run, tol = 0))
  expect_equal(sqrt(mean(errors^2)), sd(apply(x, 3, mean)), tolerance = 0.1)
})

test_that("the error of a mean is of each parameter", {
  chain <- run_mcmc(normal, named_start(), 3000, seed = 7)
  expect_equal(mcse(chain, parameters = "b"), mcse(chain)["b"])
  expect_equal(mcse(chain), apply(chain$draws, 3, sd) / sqrt(ess(chain)))
})

test_that("a summary tells of draws what R does, whatever their order and size", {
  for (draws in awkward_draws()) {
    of <- summary_of(draws, c(0, 0.05, 1 / 3, 0.975, 1))
    expect_identical(of$mean, unname(apply(draws, 3, mean)))
    expect_equal(of$sd, unname(apply(draws, 3, sd)), tolerance = 1e-12)
    expect_equal(unname(of$quantiles), unname(t(apply(draws, 3, quantile, c(0, 0.05, 1 / 3, 0.975, 1)))), tolerance = 1e-15)
  }
})

test_that("of draws that are infinite a summary tells what can be told, and of missing ones nothing", {
  draws <- array(c(-Inf, Inf, Inf, rnorm(37)), c(20, 2, 1))
  of <- summary_of(draws, c(0.1, 1))
  expect_equal(of$quantiles[1, ], quantile(draws, c(0.1, 1)), ignore_attr = TRUE)
  expect_identical(unlist(of[c("rhat", "ess_bulk", "ess_tail")], use.names = FALSE), rep(NA_real_, 3))
  draws[40] <- NA
  expect_true(all(is.na(unlist(summary_of(draws, 0.5)))))
})

test_that("bulk and tail sizes are those of posterior", {
  skip_if_not_installed("posterior")
  for (draws in awkward_draws()) {
    bulk <- suppressWarnings(apply(draws, 3, posterior::ess_bulk))
    tail <- suppressWarnings(apply(draws, 3, posterior::ess_tail))
    expect_equal(summary_of(draws)$ess_bulk, unname(bulk), tolerance = 1e-6)
    expect_equal(summary_of(draws)$ess_tail, unname(tail), tolerance = 1e-6)
  }
})
