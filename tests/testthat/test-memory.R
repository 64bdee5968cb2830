with_blobs <- function(x) {
  list(normal(x), radius = sqrt(sum(x^2)), word = structure("ab", width = 70), table = matrix(x, 1), far = x[1] > 1, count = 3L)
}

fails_after <- function(n, log_prob) {
  n_calls <- 0
  function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > n) stop("boom")
    log_prob(x)
  }
}

test_that("an error in a run in memory carries the chain, which goes on to the same bits", {
  moves <- list(move_stretch(), move_slice(), move_mh(function(x) x + 0.1))
  arguments <- list(named_start(), 60, seed = 7, moves = moves, weights = c(3, 1, 1), thin_by = 2)
  for (log_prob in list(normal, with_blobs)) {
    full <- do.call(run_mcmc, c(list(log_prob), arguments))
    condition <- tryCatch(do.call(run_mcmc, c(list(fails_after(1500, log_prob)), arguments)), error = identity)
    expect_s3_class(condition, c("livechain_error_log_prob", "simpleError"))
    expect_match(conditionMessage(condition), "boom.*walker.*The chain so far")
    chain <- condition$chain
    expect_gt(dim(chain)[1], 5)
    expect_lt(dim(chain)[1], 60)
    expect_same_chain(chain, full)
    expect_identical(resume_mcmc(chain, log_prob), full)
    expect_identical(resume_mcmc(resume_mcmc(chain, log_prob, 3), log_prob), full)
  }
})

test_that("an error of the package carries the chain, too, and so does one in a batch", {
  init <- start()
  init[, 1] <- -abs(init[, 1])
  moody <- function(x) if (x[1] > 2) NaN else normal(x)
  condition <- tryCatch(run_mcmc(moody, init, 1000, seed = 7), livechain_error_log_prob = identity)
  n_steps <- dim(condition$chain)[1]
  expect_gt(n_steps, 0)
  expect_same_chain(condition$chain, run_mcmc(normal, init, n_steps, seed = 7))
  resumed <- suppressMessages(resume_mcmc(condition$chain, moody, 100, on_nan = "reject"))
  expect_same_chain(resumed, suppressMessages(run_mcmc(moody, init, n_steps + 100, seed = 7, on_nan = "reject")))
  n_calls <- 0
  rows <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 40) stop("boom")
    -rowSums(x^2) / 2
  }
  two_calls_a_step <- move_stretch()
  condition <- tryCatch(run_mcmc(rows, start(), 60, seed = 7, vectorized = TRUE, moves = two_calls_a_step), error = identity)
  expect_identical(dim(condition$chain)[1], 19L)
  n_calls <- -Inf
  expect_equal(resume_mcmc(condition$chain, rows)$draws, reference(60, moves = two_calls_a_step)$draws)
})

test_that("an interrupted run in memory returns what there is, with a warning, and goes on", {
  n_calls <- 0
  interrupting <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls == 500) rlang::interrupt()
    normal(x)
  }
  expect_snapshot(chain <- run_mcmc(interrupting, start(), 100, seed = 7))
  expect_same_chain(chain, reference(100))
  expect_identical(dim(chain)[1], 23L)
  expect_same_chain(resume_mcmc(chain, normal), reference(100))
  n_calls <- 0
  expect_warning(run_mcmc(interrupting, start(), 100, seed = 7), class = "livechain_warning_interrupted")
})

test_that("a chain is resumed with more steps, its groups, its arguments and a rule", {
  scaled <- function(p, scale) -(p$mu^2 + sum(p$beta^2)) / scale
  init <- list(mu = start(20, 1)[, 1], beta = start(20, 2, seed = 2))
  full <- run_mcmc(scaled, init, 50, scale = 2, seed = 7)
  first <- run_mcmc(scaled, init, 30, scale = 2, seed = 7)
  expect_identical(resume_mcmc(first, scaled, 20, scale = 2), full)
  expect_message(same <- resume_mcmc(first, scaled, scale = 2), "finished")
  expect_identical(same, first)
  stopped <- suppressMessages(resume_mcmc(first, scaled, 1000, scale = 2, stop_when = function(chain) dim(chain)[1] >= 40, check_every = 10))
  expect_gte(dim(stopped)[1], 40)
  expect_lt(dim(stopped)[1], 1030)
  expect_identical(head(stopped, 50)$draws, head(full, dim(stopped)[1])$draws)
})

test_that("what cannot be resumed is refused", {
  chain <- reference(10)
  expect_snapshot(resume_mcmc(chain[1:5, , ], normal), error = TRUE)
})

test_that("a run that had a rule says so when it is resumed without", {
  file <- temp_chain()
  rule <- function(chain) dim(chain)[1] >= 40
  suppressMessages(run_mcmc(normal, start(), 100, file = file, seed = 7, stop_when = rule, check_every = 20))
  expect_snapshot(run <- resume_mcmc(file, normal, 5))
  expect_no_message(resume_mcmc(file, normal, 5, stop_when = rule, check_every = 1000), class = "livechain_message_rule")
  chain <- suppressMessages(run_mcmc(normal, start(), 60, seed = 7, stop_when = converged()))
  expect_message(resume_mcmc(chain, normal, 5), "converged()", fixed = TRUE)
})

test_that("a chain in memory goes on with its own density alone, or says so", {
  chain <- run_mcmc(normal, start(), 100, seed = 7)
  other <- function(x) normal(x - 100)
  expect_snapshot(resume_mcmc(chain, other, 10), error = TRUE)
  updated <- resume_mcmc(chain, other, 10, verify = "update")
  expect_equal(updated$log_prob[110, ], apply(updated$draws[110, , ], 1, other))
  stale <- resume_mcmc(chain, other, 10, verify = FALSE)
  expect_identical(dim(stale)[1], 110L)
  expect_error(resume_mcmc(chain, normal, 10, verify = "zzz"), class = "livechain_error_argument")
})

test_that("a chain that does not fit into memory is refused with what to do", {
  skip_on_os(c("mac", "windows"))
  expect_snapshot(run_mcmc(normal, start(), 1e12), error = TRUE)
  expect_error(run_mcmc(normal, start(), 2^53), class = "livechain_error_memory")
})

test_that("a run of no steps goes on as one that never stopped", {
  radius <- function(x) list(normal(x), radius = sqrt(sum(x^2)), noise = rnorm(2))
  none <- run_mcmc(radius, start(), 0, seed = 7)
  expect_identical(resume_mcmc(none, radius, 20), run_mcmc(radius, start(), 20, seed = 7))
  tempered <- function(n) suppressMessages(run_mcmc(normal, start(), n, log_prior = function(x) -sum(x^2), n_temperatures = 3, adapt_steps = 8, seed = 7))
  expect_identical(suppressMessages(resume_mcmc(tempered(0), normal, 20, log_prior = function(x) -sum(x^2))), tempered(20))
})
