test_that("over walkers it is that of posterior", {
  skip_if_not_installed("posterior")
  for (name in names(awkward_draws())) {
    draws <- awkward_draws()[[name]]
    expect_equal(unname(rhat(draws)), unname(apply(draws, 3, posterior::rhat)), tolerance = 1e-8, label = name)
  }
})

# After Margossian et al. (2024).
nested <- function(x, n_ensembles) {
  of <- rep(seq_len(n_ensembles), each = ncol(x) / n_ensembles)
  means <- colMeans(x)
  within <- mean(apply(x, 2, var)) + mean(tapply(means, of, var))
  sqrt(1 + var(tapply(means, of, mean)) / within)
}

test_that("over ensembles it is the nested one of normal scores", {
  scores <- function(x) matrix(qnorm((rank(x) - 3 / 8) / (length(x) + 1 / 4)), nrow(x))
  x <- withr::with_seed(3, matrix(rnorm(100 * 12) + rep(c(0, 0, 0.4), each = 400), 100))
  expected <- max(nested(scores(x), 3), nested(scores(abs(x - median(x))), 3))
  expect_equal(rhat(x, n_ensembles = 3), expected, tolerance = 1e-10)
})

test_that("each sees what the other cannot", {
  noise <- withr::with_seed(4, matrix(rnorm(500 * 20), 500))
  modes <- c(-5, 5)
  stuck_apart <- noise + rep(rep(modes, 10), each = 500) # each ensemble in both modes, walkers do not move
  started_apart <- noise + rep(modes, each = 5000) # each ensemble in a mode of its own
  expect_gt(rhat(stuck_apart), 1.5)
  expect_lt(rhat(stuck_apart, n_ensembles = 2), 1.05)
  expect_gt(rhat(started_apart, n_ensembles = 2), 1.5)
  expect_lt(rhat(started_apart[, 1:10]), 1.05)
})

test_that("where nothing moves it is not a number", {
  expect_identical(rhat(matrix(1, 20, 4)), NaN)
})

test_that("wrong arguments are named", {
  expect_snapshot(rhat(matrix(1, 20, 4), n_ensembles = 3), error = TRUE)
  expect_snapshot(rhat(matrix(1, 20, 4), n_ensembles = 0), error = TRUE)
})
