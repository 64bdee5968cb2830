# A normal start in one place: what it starts from does not matter.
evidence_of <- function(likelihood, prior, init, n_steps, n_temperatures, ...) {
  chain <- suppressMessages(run_mcmc(likelihood, init, n_steps,
    log_prior = prior, n_temperatures = n_temperatures, vectorized = TRUE, seed = 1, ...
  ))
  list(chain = chain, of = log_evidence(chain))
}

expect_evidence <- function(evidence, truth, within) {
  expect_lt(abs(evidence[["estimate"]] - truth), within)
  expect_lt(abs(attr(evidence, "bennett")[["estimate"]] - truth), within)
  expect_lt(abs(evidence[["estimate"]] - truth), 5 * evidence[["se"]])
  expect_lt(evidence[["se"]], within)
}

ball <- function(n, centre) withr::with_seed(1, matrix(rnorm(n * length(centre), 0, 0.1), n) + rep(centre, each = n))

test_that("the evidence of a normal likelihood with a normal prior is right", {
  target <- conjugate(3)
  found <- evidence_of(target$likelihood, target$prior, ball(20, rep(1, 3)), 3000, 7)
  expect_evidence(found$of, target$log_evidence, 0.1)
  expect_identical(log_evidence(found$chain, discard = 1200), found$of)
})

test_that("the evidence of two modes is right, from a ball in the minor one", {
  skip_on_cran()
  found <- evidence_of(bimodal(5), uniform_box(5), ball(40, c(5, 0, 0, 0, 0)), 6000, 10)
  expect_evidence(found$of, -18.44440, 0.1)
  expect_lt(abs(mean(as.matrix(found$chain, discard = 2400)[, 1]) + 2) / 4.690416, 0.1)
})

test_that("the evidence in twenty dimensions is right within 0.2", {
  skip_on_cran()
  target <- conjugate(20, sd = 0.3)
  found <- evidence_of(target$likelihood, target$prior, ball(60, rep(1, 20)), 6000, 14)
  expect_evidence(found$of, target$log_evidence, 0.2)
})

test_that("four modes are found from a ball in one of them", {
  skip_on_cran()
  found <- evidence_of(four, uniform_box(2), ball(40, c(5, 5)), 5000, 8)
  draws <- as.matrix(found$chain, discard = 2000)
  expect_lt(max(abs(colMeans(draws) - c(-1, -2)) / c(4.943430, 4.630065)), 0.1)
  expect_evidence(found$of, -7.37776, 0.1)
})

test_that("an evidence is of files, too, and tells what it is", {
  file <- temp_chain()
  target <- conjugate(2)
  run <- function(...) {
    suppressMessages(run_mcmc(target$likelihood, ball(12, c(1, 1)), 2000,
      log_prior = target$prior, n_temperatures = 6, vectorized = TRUE, seed = 1, ...
    ))
  }
  run(file = file)
  expect_identical(log_evidence(file), log_evidence(run()))
  expect_snapshot(log_evidence(file), transform = function(lines) gsub("-?[0-9]+[.,][0-9]+", "<number>", lines))
})

test_that("an evidence that cannot be known is NA, and says why", {
  target <- conjugate(2)
  sample <- function(n_steps, ..., draw = ball(12, c(1, 1))) {
    suppressMessages(run_mcmc(target$likelihood, draw, n_steps, log_prior = target$prior, vectorized = TRUE, seed = 1, ...))
  }
  expect_snapshot(log_evidence(sample(100, n_temperatures = 4, adapt_steps = 100)))
  expect_snapshot(log_evidence(sample(100, n_temperatures = 4, max_temperature = 50)))
  expect_snapshot(log_evidence(sample(200, temperatures = c(1, 1e4, Inf))))
  expect_snapshot(log_evidence(sample(25, n_temperatures = 6)))
  expect_snapshot(log_evidence(sample(100)), error = TRUE)
  expect_snapshot(log_evidence(sample(100, n_temperatures = 4), discard = 10), error = TRUE)
})
