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

test_that("bulk and tail sizes are those of posterior", {
  skip_if_not_installed("posterior")
  for (draws in awkward_draws()) {
    bulk <- suppressWarnings(apply(draws, 3, posterior::ess_bulk))
    tail <- suppressWarnings(apply(draws, 3, posterior::ess_tail))
    expect_equal(convergence(draws)$ess_bulk, unname(bulk), tolerance = 1e-6)
    expect_equal(convergence(draws)$ess_tail, unname(tail), tolerance = 1e-6)
  }
})
