test_that("-Inf forbids a position", {
  half <- function(x) if (x[1] > 0) normal(x) else -Inf
  init <- start()
  init[, 1] <- abs(init[, 1])
  chain <- run_mcmc(half, init, 500, seed = 1)
  expect_true(all(chain$draws[, , 1] > 0))
  init[1, 1] <- -1
  expect_no_error(run_mcmc(half, init, 10, seed = 1))
})

test_that("a start at -Inf for all walkers is an error that shows the position", {
  expect_snapshot(run_mcmc(function(x) -Inf, start(), 10), error = TRUE, transform = scrub)
})

test_that("what is not a log-probability is an error with walker and position", {
  returns <- function(value) run_mcmc(function(x) value, start(), 10)
  expect_snapshot(returns(NaN), error = TRUE, transform = scrub)
  expect_snapshot(returns(NA), error = TRUE, transform = scrub)
  expect_snapshot(returns(NA_real_), error = TRUE, transform = scrub)
  expect_snapshot(returns(Inf), error = TRUE, transform = scrub)
  expect_snapshot(returns("1"), error = TRUE, transform = scrub)
  expect_snapshot(returns(NULL), error = TRUE, transform = scrub)
  expect_snapshot(returns(numeric()), error = TRUE, transform = scrub)
  expect_snapshot(returns(list(1:2, 3)), error = TRUE, transform = scrub)
  expect_snapshot(returns(factor("a")), error = TRUE, transform = scrub)
  condition <- tryCatch(returns(NaN), livechain_error_log_prob = identity)
  expect_identical(condition$walker, 1)
  expect_identical(condition$position, start()[1, ])
})

test_that("NaN in the middle stops the run, or is rejected and counted", {
  moody <- function(x) if (x[1] > 2) NaN else normal(x)
  init <- start()
  init[, 1] <- -abs(init[, 1])
  expect_error(run_mcmc(moody, init, 1000, seed = 1), class = "livechain_error_log_prob")
  file <- temp_chain()
  expect_message(run_mcmc(moody, init, 1000, seed = 1, on_nan = "reject", file = file), "NaN")
  strict <- function(x) if (x[1] > 2) -Inf else normal(x)
  expect_same_chain(read_chain(file), run_mcmc(strict, init, 1000, seed = 1))
})

test_that("a vectorized density must return a number each", {
  expect_snapshot(run_mcmc(function(x) 1, start(), 10, vectorized = TRUE), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(function(x) x, start(), 10, vectorized = TRUE), error = TRUE, transform = scrub)
})

blobs_of <- function(log_prob, file = NULL) {
  if (is.null(file)) {
    return(run_mcmc(log_prob, start(), 20, seed = 7)$blobs)
  }
  run_mcmc(log_prob, start(), 20, seed = 7, file = file)
  read_chain(file)$blobs
}

test_that("blobs of all kinds come back as they went, from memory and from a file", {
  first <- reference(20)$draws[, , 1]
  scalar <- function(x) c(normal(x), x[1])
  vector <- function(x) c(normal(x), x[1], 2 * x[1], 3 * x[1])
  named <- function(x) c(normal(x), one = x[1], two = 2 * x[1])
  mixed <- function(x) list(normal(x), number = x[1], count = 3L, flag = x[1] > 0, word = sprintf("%.3f", x[1]))
  nested <- function(x) list(normal(x), numbers = c(x[1], 1), count = 3L)
  for (file in list(NULL, temp_chain)) {
    path <- function() if (is.null(file)) NULL else withr::local_tempfile(fileext = ".h5", .local_envir = parent.frame(2))
    expect_identical(blobs_of(scalar, path()), first)
    expect_identical(blobs_of(vector, path()), array(c(first, 2 * first, 3 * first), c(20, 20, 3)))
    expect_identical(blobs_of(named, path())[, , "two"], 2 * first)
    frame <- blobs_of(mixed, path())
    expect_identical(frame$number, as.vector(first))
    expect_identical(frame$flag, as.vector(first > 0))
    expect_identical(frame$word, sprintf("%.3f", as.vector(first)))
    expect_identical(unique(frame$count), 3L)
    expect_identical(blobs_of(nested, path())$numbers[, , 1], first)
  }
})

test_that("blobs may be left out where the density is -Inf", {
  half <- function(x) if (x[1] > 0) c(normal(x), x[1]) else -Inf
  init <- start()
  init[, 1] <- abs(init[, 1])
  chain <- run_mcmc(half, init, 200, seed = 1)
  expect_identical(chain$blobs, chain$draws[, , 1])
})

test_that("blobs that change their shape are an error that keeps the steps before", {
  file <- temp_chain()
  n_calls <- 0
  fickle <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 100) c(normal(x), 1, 2) else c(normal(x), 1)
  }
  expect_snapshot(run_mcmc(fickle, start(), 20, file = file, seed = 7), error = TRUE, transform = scrub)
  expect_same_chain(read_chain(file), reference(20))
})

test_that("resuming a run with blobs keeps their type", {
  file <- temp_chain()
  log_prob <- function(x) list(normal(x), count = 3L, twice = 2 * x[1])
  run_mcmc(log_prob, start(), 10, file = file, seed = 7)
  resume_mcmc(file, log_prob, n_steps = 10)
  expect_identical(read_chain(file)$blobs$twice, as.vector(2 * reference(20)$draws[, , 1]))
  expect_error(resume_mcmc(file, normal, n_steps = 10), class = "livechain_error_log_prob")
})
