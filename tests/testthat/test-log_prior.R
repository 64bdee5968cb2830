likelihood <- function(x) -sum((x - 1)^2) / 2
prior <- function(x) if (any(abs(x) > 3)) -Inf else -sum(x^2) / 8
both <- function(x) likelihood(x) + prior(x)

test_that("likelihood and prior make the chain of their sum, and stand beside it", {
  chain <- suppressMessages(run_mcmc(likelihood, named_start(), 50, log_prior = prior, seed = 7))
  expect_same_chain(chain, suppressMessages(run_mcmc(both, named_start(), 50, seed = 7)))
  last <- last_state(chain)
  expect_identical(chain$blobs[50, , "log_likelihood"], apply(last, 1, likelihood))
  expect_identical(chain$blobs[50, , "log_prior"], apply(last, 1, prior))
  expect_true(all(c("log_likelihood", "log_prior") %in% summary(chain)$parameter))
})

test_that("where the prior forbids a position, the likelihood is not called", {
  called_at <- NULL
  noting <- function(x) {
    called_at <<- rbind(called_at, x)
    likelihood(x)
  }
  suppressMessages(run_mcmc(noting, start(), 200, log_prior = prior, seed = 7))
  expect_lte(max(abs(called_at)), 3)
  rows <- NULL
  of_rows <- function(x) {
    rows <<- rbind(rows, x)
    -rowSums((x - 1)^2) / 2
  }
  priors <- function(x) ifelse(rowSums(abs(x) > 3) > 0, -Inf, -rowSums(x^2) / 8)
  chain <- suppressMessages(run_mcmc(of_rows, start(), 200, log_prior = priors, vectorized = TRUE, seed = 7))
  expect_lte(max(abs(rows)), 3)
  expect_equal(chain$draws, suppressMessages(run_mcmc(both, start(), 200, seed = 7))$draws)
})

test_that("other blobs, groups and arguments go on to the likelihood", {
  of_groups <- function(p, scale) {
    value <- likelihood(c(p$a, p$b)) * scale
    if (p$a > 0.5) -Inf else list(value, both = c(p$a, p$b), sum = p$a + p$b)
  }
  init <- list(a = abs(start(20, 1)) - 2, b = start(20, 1, seed = 2))
  chain <- suppressMessages(run_mcmc(of_groups, init, 50, log_prior = function(p) prior(c(p$a, p$b)), scale = 2, seed = 7))
  expect_named(chain$blobs, c("both", "sum", "log_likelihood", "log_prior"))
  expect_equal(chain$log_prob, chain$blobs$log_likelihood + chain$blobs$log_prior)
  rows <- function(x) data.frame(lp = -rowSums((x - 1)^2) / 2, first = x[, 1])
  chain <- suppressMessages(run_mcmc(rows, start(), 50, log_prior = function(x) -rowSums(x^2) / 8, vectorized = TRUE, seed = 7))
  expect_identical(chain$blobs[, , "first"], unname(chain$draws[, , 1]))
  expect_equal(chain$log_prob, chain$blobs[, , "log_likelihood"] + chain$blobs[, , "log_prior"])
})

test_that("a run in a file goes on with its prior, evaluated anywhere", {
  file <- temp_chain()
  cluster <- parallel::makeCluster(2)
  withr::defer(parallel::stopCluster(cluster))
  suppressMessages(run_mcmc(likelihood, start(), 20, log_prior = prior, map = cluster, file = file, seed = 7))
  suppressMessages(resume_mcmc(file, likelihood, 20, log_prior = prior))
  in_memory <- suppressMessages(run_mcmc(likelihood, start(), 30, log_prior = prior, seed = 7))
  whole <- suppressMessages(resume_mcmc(in_memory, likelihood, 10, log_prior = prior))
  expect_same_chain(read_chain(file), whole)
  expect_identical(read_chain(file)$blobs, whole$blobs)
  expect_snapshot(resume_mcmc(file, likelihood, 10), error = TRUE)
  expect_snapshot(resume_mcmc(reference(5), normal, 10, log_prior = prior), error = TRUE)
})

test_that("priors that are none are refused", {
  run <- function(log_prior, ...) run_mcmc(likelihood, start(), 10, log_prior = log_prior, ...)
  expect_snapshot(run(1), error = TRUE)
  expect_snapshot(run(function(x) "a"), error = TRUE)
  expect_snapshot(run(function(x) x), error = TRUE)
  expect_snapshot(run(function(x) NaN), error = TRUE)
  expect_snapshot(run(function(x) 1, vectorized = TRUE), error = TRUE)
  expect_snapshot(run_mcmc(function(x) "a", start(), 10, log_prior = prior), error = TRUE)
  expect_snapshot(run_mcmc(function(x) 1:3, start(), 10, log_prior = function(x) -rowSums(x^2), vectorized = TRUE), error = TRUE)
})

test_that("a prior that is none says where", {
  late <- function(x) if (x[1] > 1) c(0, 0) else 0
  for (map in list(NULL, lapply)) {
    error <- tryCatch(run_mcmc(likelihood, named_start(), 50, log_prior = late, map = map, seed = 7), error = identity)
    expect_match(conditionMessage(error), "must return a number.*a numeric vector of length 2.*It happened for walker [0-9]+ at [(]a = ")
    expect_gt(error$position[["a"]], 1)
  }
})

test_that("a prior that fails says where", {
  failing <- function(x) if (x[1] > 1) stop("no prior there") else 0
  expect_error(run_mcmc(likelihood, start(), 50, log_prior = failing, seed = 7), "no prior there.*walker")
})

test_that("a prior may have a name, and be a whole number first", {
  named <- function(x) dnorm(x["a"], log = TRUE)
  chain <- run_mcmc(normal, named_start(), 20, log_prior = named, seed = 7, file = file <- temp_chain(), n_temperatures = 2)
  expect_identical(dimnames(read_chain(file)$blobs)[[3]][1:2], c("log_likelihood", "log_prior"))
  whole <- function(x) if (x["a"] > 0) 0L else -1.5
  expect_identical(dim(run_mcmc(function(x) list(normal(x), w = "a"), named_start(), 20, log_prior = whole, seed = 7)), c(20L, 20L, 2L))
  expect_no_warning(run_mcmc(function(x) -x["a"]^2 - x["b"]^2, named_start(), 5, log_prior = function(x) 0, seed = 7))
})
