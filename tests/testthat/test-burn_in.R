# Walkers that come from far away.
from_far <- function(n_steps = 2000, ...) {
  suppressMessages(run_mcmc(normal, start() + 60, n_steps, seed = 7, ...))
}

test_that("what comes from far away is left out, and little of the rest", {
  file <- temp_chain()
  from_far(file = file)
  chain <- read_chain(file, discard = "auto")
  expect_gt(chain$steps[1], 20)
  expect_lt(chain$steps[1], 600)
  error <- function(chain) max(abs(colMeans(as.matrix(chain))))
  expect_lt(error(chain), error(read_chain(file)) / 2)
  expect_identical(read_chain(file, discard = chain$steps[1] - 1)$draws, chain$draws)
})

test_that("nothing is left out of a chain that was always there, and never more than half", {
  kept <- vapply(1:20, function(seed) {
    chain <- suppressMessages(run_mcmc(normal, start(), 2000, seed = seed))
    dim(subset(chain, discard = "auto"))[1]
  }, 1)
  expect_gt(median(kept), 1800)
  drift <- matrix(rep(as.double(1:1000), 4), 1000)
  expect_identical(mser(drift[, 1]), 500)
  expect_identical(mser(rep(1, 100)), 0)
})

test_that("the rule is that of White: the smallest squared error of the mean of the rest", {
  x <- withr::with_seed(1, 5 * exp(-(0:299) / 20) + rnorm(300) / 4)
  error <- vapply(0:150, function(d) {
    rest <- x[(d + 1):300]
    sum((rest - mean(rest))^2) / length(rest)^2
  }, 1)
  expect_identical(mser(x), which.min(error) - 1)
})

test_that("the mean log-probability is looked at, and forbidden positions count as the worst", {
  log_prob <- matrix(0, 100, 2)
  log_prob[1:10, ] <- -5
  log_prob[1:20, 1] <- -Inf
  rows <- list(steps = 1:100, draws = array(rep(c(-1, 1), 100), c(100, 2, 1)), log_prob = log_prob)
  expect_identical(burn_in(rows), 20L)
})

test_that("summaries, diagnostics and plots leave it out", {
  chain <- from_far()
  part <- subset(chain, discard = "auto")
  expect_identical(summary(chain, discard = "auto"), summary(part))
  expect_identical(autocorr_time(chain, discard = "auto", tol = 0), autocorr_time(part, tol = 0))
  expect_output(print(chain), "burn-in up to step [0-9]+")
  plot(chain, discard = "auto") |> drawn() |> expect_no_error()
})

test_that("it is the same for a chain and for a file, in blocks of any size, whatever is chosen", {
  file <- temp_chain()
  run <- from_far(n_steps = 300, file = file, n_ensembles = 2)
  chain <- read_chain(run)
  for (n_values in c(500, 7000, 1e6)) {
    withr::local_options(livechain.block_values = n_values)
    for (thin in c(1, 7)) {
      expected <- subset(chain, discard = "auto", thin = thin)
      expect_identical(read_chain(run, discard = "auto", thin = thin)$draws, expected$draws)
      expect_identical(read_chain(run, discard = "auto", thin = thin)$steps, expected$steps)
      expect_identical(read_chain(run, discard = "auto", thin = thin, parameters = 2, last = 5)$steps, tail(expected, 5)$steps)
      expect_identical(quantile(run, discard = "auto", thin = thin, parameters = 2), quantile(chain, discard = "auto", thin = thin, parameters = 2))
    }
  }
})

test_that("wrong arguments are named", {
  expect_snapshot(read_chain(temp_chain(), discard = "half"), error = TRUE, transform = scrub)
  expect_snapshot(summary(from_far(10), discard = -1), error = TRUE)
})
