test_that("a start that cannot work is refused, with the way out", {
  expect_snapshot(run_mcmc(normal, 1:10, 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, matrix("a", 10, 2), 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, matrix(0, 0, 2), 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(5, 3), 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, matrix(1, 20, 2), 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, cbind(start(20, 1), start(20, 1)), 10), error = TRUE, transform = scrub)
  init <- start()
  init[3, 2] <- NA
  expect_snapshot(run_mcmc(normal, init, 10), error = TRUE, transform = scrub)
  init <- named_start(c("a", "a"))
  expect_snapshot(run_mcmc(normal, init, 10), error = TRUE, transform = scrub)
})

test_that("the ways out work", {
  expect_no_error(run_mcmc(normal, start(5, 3), 5, moves = move_stretch(live_dangerously = TRUE)))
  expect_no_error(run_mcmc(normal, matrix(1, 20, 2), 5, check_init = FALSE))
})

test_that("a run starts where another ended", {
  first <- reference(50)
  file <- temp_chain()
  run <- run_mcmc(normal, start(), 50, file = file, seed = 7)
  from_chain <- run_mcmc(normal, first, 20, seed = 3)
  expect_identical(from_chain$draws, run_mcmc(normal, run, 20, seed = 3)$draws)
  expect_identical(from_chain$draws, run_mcmc(normal, last_state(first), 20, seed = 3)$draws)
})

test_that("what is meant by other starts is said", {
  expect_snapshot(run_mcmc(normal, c(a = 1, b = 2), 10), error = TRUE)
  expect_snapshot(run_mcmc(normal, list(a = 0, b = 0), 10), error = TRUE)
  expect_snapshot(run_mcmc(normal, t(start()), 10), error = TRUE)
  expect_snapshot(run_mcmc(normal, list(a = 1:20, b = 1:10), 10), error = TRUE)
  expect_snapshot(run_mcmc(normal, data.frame(a = letters, b = 1), 10), error = TRUE)
  expect_snapshot(run_mcmc(normal, named_start(c("a", "step")), 10), error = TRUE)
  init <- named_start()
  init[3, "b"] <- Inf
  expect_snapshot(run_mcmc(normal, init, 10), error = TRUE)
})

test_that("it is told how many walkers start where the density is zero", {
  half <- function(x) if (x[1] > 0) normal(x) else -Inf
  expect_snapshot(chain <- run_mcmc(half, named_start(), 10, seed = 1))
  expect_message(run_mcmc(half, named_start(), 10), class = "livechain_message_start")
})

test_that("draws of posterior are starts, a walker for each", {
  skip_if_not_installed("posterior")
  init <- withr::with_seed(1, matrix(rnorm(20), 10, dimnames = list(NULL, c("a", "b"))))
  of_matrix <- run_mcmc(normal, init, 5, seed = 7)
  expect_identical(run_mcmc(normal, posterior::as_draws_df(init), 5, seed = 7)$draws, of_matrix$draws)
  expect_identical(run_mcmc(normal, posterior::as_draws_matrix(init), 5, seed = 7)$draws, of_matrix$draws)
})

test_that("groups are vectors and matrices", {
  expect_snapshot(run_mcmc(normal, list(mu = array(0, c(16, 1, 2)), s = rnorm(16)), 5), error = TRUE)
})
