test_that("walkers start around a point, within limits", {
  withr::local_seed(1)
  init <- init_walkers(500, c(mean = 1, sd = 0.1), spread = c(0.5, 0.2), lower = c(sd = 0))
  expect_identical(dim(init), c(500L, 2L))
  expect_identical(colnames(init), c("mean", "sd"))
  expect_true(all(init[, "sd"] > 0))
  expect_equal(mean(init[, "mean"]), 1, tolerance = 0.1)
  expect_equal(sd(init[, "mean"]), 0.5, tolerance = 0.1)
  expect_lt(max(abs(init_walkers(20, c(1000, 0)) - rep(c(1000, 0), each = 20))), 1)
  expect_no_error(run_mcmc(normal, init_walkers(around = c(1, 2)), 10))
})

test_that("walkers start in a box", {
  withr::local_seed(1)
  init <- init_walkers(2000, lower = c(a = 0, b = -1), upper = c(2, 5))
  expect_identical(colnames(init), c("a", "b"))
  expect_equal(apply(init, 2, range), cbind(a = c(0, 2), b = c(-1, 5)), tolerance = 0.01)
  expect_identical(nrow(init_walkers(lower = rep(0, 10), upper = 1)), 40L)
})

test_that("walkers start at draws, each at another", {
  withr::local_seed(1)
  chain <- run_mcmc(normal, named_start(), 50, seed = 7)
  init <- init_walkers(32, chain)
  expect_true(all(init[, "a"] %in% chain$draws[, , "a"]))
  expect_identical(colnames(init), c("a", "b"))
  expect_identical(anyDuplicated(init_walkers(1000, matrix(rnorm(2000), 1000))), 0L)
  skip_if_not_installed("posterior")
  expect_identical(colnames(init_walkers(10, posterior::as_draws_df(chain))), c("a", "b"))
})

test_that("walkers start as a fit says, with its covariance", {
  withr::local_seed(1)
  x <- rnorm(200)
  y <- 1 + 2 * x + rnorm(200)
  linear <- lm(y ~ x)
  curved <- nls(y ~ a + b * x, start = c(a = 0, b = 1))
  for (fit in list(linear, glm(y ~ x), curved)) {
    init <- init_walkers(4000, fit)
    expect_identical(colnames(init), names(coef(fit)))
    expect_equal(cov(init), vcov(fit), tolerance = 0.1)
  }
  negative <- function(p) sum((p - c(1, 2))^2 / c(2, 8))
  down <- optim(c(a = 0, b = 0), negative, hessian = TRUE)
  up <- optim(c(a = 0, b = 0), function(p) -negative(p), hessian = TRUE, control = list(fnscale = -1))
  for (fit in list(down, up)) {
    expect_equal(cov(init_walkers(4000, fit)), cbind(a = c(a = 1, b = 0), b = c(0, 4)), tolerance = 0.1)
  }
  without <- optim(c(a = 0, b = 0), negative)
  expect_lt(max(apply(init_walkers(20, without), 2, sd)), 0.01)
})

test_that("wrong arguments are named", {
  expect_snapshot(init_walkers(32), error = TRUE)
  expect_snapshot(init_walkers(c(a = 1, b = 2)), error = TRUE)
  expect_snapshot(init_walkers(32, "a"), error = TRUE)
  expect_snapshot(init_walkers(32, c(1, 2), spread = -1), error = TRUE)
  expect_snapshot(init_walkers(32, c(1, 2), lower = c(0, 0, 0)), error = TRUE)
  expect_snapshot(init_walkers(32, c(1, 2), sd = 1), error = TRUE)
  expect_snapshot(init_walkers(32, c(1, 2), lower = 5), error = TRUE)
  expect_snapshot(init_walkers(32, matrix(1:20, 10)), error = TRUE)
})

test_that("names say which parameter is meant, in whatever order", {
  sds <- function(...) apply(withr::with_seed(1, init_walkers(500, ...)), 2, stats::sd)
  expect_equal(sds(c(a = 1, b = 2), spread = c(b = 0.01, a = 1)), sds(c(a = 1, b = 2), spread = c(1, 0.01)))
  named <- matrix(c(1, 0, 0, 1e-4), 2, dimnames = list(c("b", "a"), c("b", "a")))
  expect_equal(sds(c(a = 1, b = 2), spread = named), sds(c(a = 1, b = 2), spread = diag(c(1e-4, 1))))
  box <- init_walkers(500, lower = c(a = 0, b = 10), upper = c(b = 20, a = 100))
  expect_gt(max(box[, "a"]), 50)
  expect_lte(max(box[, "b"]), 20)
  expect_snapshot(error = TRUE, {
    init_walkers(5, lower = c(a = 0), upper = c(b = 1))
    init_walkers(5, c(mu = 5, sigma = 1), spread = 10, lower = c(sigm = 0))
    init_walkers(5, c(a = 1, b = 2), spread = c(a = 1, c = 2))
    init_walkers(5, c(a = 1), spread = structure(1, class = "integer64"))
  })
})

test_that("starts from a chain keep its groups", {
  chain <- run_mcmc(function(x) normal(x$mu), list(mu = start()), 20, seed = 7)
  init <- init_walkers(16, chain)
  expect_identical(attr(init, "groups"), c("mu", "mu"))
  expect_identical(dim(run_mcmc(function(x) normal(x$mu), init, 5, seed = 7)), c(5L, 16L, 2L))
})
