y <- c(1.2, 0.4, 2.2, 1.7, 0.9)

with_log_lik <- function(p) {
  log_lik <- dnorm(y, p[1], exp(p[2]), log = TRUE)
  list(sum(log_lik) + sum(dnorm(p, 0, 2, log = TRUE)), log_lik = log_lik, mean = p[1])
}

test_that("loo takes the pointwise log-likelihood of a chain and of a file", {
  skip_if_not_installed("loo")
  file <- temp_chain()
  run <- run_mcmc(with_log_lik, named_start(), 600, file = file, seed = 7) |> suppressMessages()
  chain <- read_chain(run)
  log_lik <- read_chain(run, discard = 100)$blobs$log_lik
  suppressWarnings({
    ours <- loo::loo(chain, discard = 100)
    expect_s3_class(ours, "psis_loo")
    expect_identical(loo::loo(run, discard = 100)$estimates, ours$estimates)
    expect_equal(ours$estimates, loo::loo(log_lik, r_eff = loo::relative_eff(exp(log_lik)))$estimates, tolerance = 0.01)
    expect_identical(loo::waic(run, discard = 100)$estimates, loo::waic(log_lik)$estimates)
    expect_s3_class(loo::loo(chain, save_psis = TRUE)$psis_object, "psis")
  })
  expect_snapshot(loo::loo(chain, blob = "mean"), error = TRUE)
  expect_snapshot(loo::loo(chain, burnin = 10), error = TRUE)
  without <- reference(10) |> suppressMessages()
  expect_snapshot(loo::loo(without), error = TRUE)
})

test_that("the relative efficiency is near that of loo, also where likelihoods are tiny or nothing moves", {
  skip_if_not_installed("loo")
  chain <- run_mcmc(with_log_lik, named_start(), 3000, seed = 7, moves = move_stretch()) |> suppressMessages()
  log_lik <- chain$blobs$log_lik
  ours <- relative_efficiency(log_lik)
  expect_equal(ours, loo::relative_eff(exp(log_lik)), tolerance = 0.15, ignore_attr = TRUE)
  expect_equal(relative_efficiency(log_lik - 2000), ours, tolerance = 1e-6)
  log_lik[, , 2] <- -1
  expect_identical(relative_efficiency(log_lik)[[2]], 1)
})
