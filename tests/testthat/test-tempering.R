prior <- function(x) sum(dnorm(x, 0, 2, log = TRUE))
tempered <- function(n_steps, ..., init = start(12), n_temperatures = 4, seed = 7) {
  suppressMessages(run_mcmc(normal, init, n_steps, log_prior = prior, n_temperatures = n_temperatures, seed = seed, ...))
}

expect_same_run <- function(chain, other) {
  expect_same_chain(chain, other)
  expect_identical(chain$blobs, other$blobs)
  expect_identical(chain$tempering, other$tempering)
}

test_that("the cold ensemble is the chain, and the likelihoods of the others stand beside it", {
  chain <- tempered(50)
  expect_identical(dim(chain), c(50L, 12L, 2L))
  expect_named(chain$blobs, c("log_likelihood", "log_prior", "hot_log_likelihood"))
  expect_identical(dim(chain$blobs$hot_log_likelihood), c(50L, 12L, 3L))
  last <- last_state(chain)
  expect_equal(chain$blobs$log_likelihood[50, ], apply(last, 1, normal), tolerance = 1e-14)
  expect_equal(chain$log_prob[50, ], apply(last, 1, function(x) normal(x) + prior(x)), tolerance = 1e-14)
  expect_identical(chain$tempering$temperatures[c(1, 4)], c(1, Inf))
  expect_false(is.unsorted(chain$tempering$temperatures))
  expect_output(print(chain), "4 temperatures, swap rates 0[.]")
})

test_that("all temperatures are evaluated in one call", {
  rows <- integer()
  counting <- function(x) {
    rows <<- c(rows, nrow(x))
    -rowSums(x^2) / 2
  }
  priors <- function(x) rowSums(dnorm(x, 0, 2, log = TRUE))
  suppressMessages(run_mcmc(counting, start(12), 10,
    log_prior = priors, n_temperatures = 4, moves = move_stretch(), vectorized = TRUE, seed = 7
  ))
  expect_identical(rows, c(12L, 2L, rep(24L, 20)))
})

test_that("from exact starts each temperature keeps its distribution, swaps and all", {
  skip_on_cran()
  target <- conjugate(2)
  temperatures <- c(1, 3, 9, Inf)
  for (n_updates in c(25, 400)) {
    n_runs <- if (n_updates > 100) 40 else 80
    means <- vapply(seq_len(n_runs), function(run) {
      init <- withr::with_seed(run, vapply(1 / temperatures, function(b) target$draw(12, b), matrix(0, 12, 2)))
      chain <- suppressMessages(run_mcmc(target$likelihood, init, 1,
        log_prior = target$prior, temperatures = temperatures, thin_by = n_updates, vectorized = TRUE, seed = run
      ))
      hot <- chain$blobs$hot_log_likelihood[1, , ]
      c(mean(chain$draws), mean(chain$draws^2), colMeans(hot))
    }, numeric(5))
    of_one <- function(b) {
      at <- target$moments(b)
      2 * (dnorm(0, 0, 0.5, log = TRUE) - (at$sd^2 + (at$mean - 1)^2) / (2 * 0.25))
    }
    cold <- target$moments(1)
    truth <- c(cold$mean, cold$mean^2 + cold$sd^2, vapply(1 / temperatures[-1], of_one, 0))
    z <- (rowMeans(means) - truth) / (apply(means, 1, sd) / sqrt(n_runs))
    expect_lt(max(abs(z)), 4, label = paste("after", n_updates))
  }
})

test_that("one seed makes one run: in a file, resumed, by other processes, compressed", {
  whole <- tempered(60)
  expect_same_run(tempered(60), whole)
  file <- temp_chain()
  tempered(60, file = file)
  expect_same_run(read_chain(file), whole)
  for (compression in c(0, 4)) {
    file <- temp_chain()
    failing <- local({
      n <- 0
      function(x) if ((n <<- n + 1) > 1800) stop("enough") else normal(x)
    })
    expect_error(suppressMessages(run_mcmc(failing, start(12), 60,
      log_prior = prior, n_temperatures = 4, seed = 7, file = file, compression = compression, flush_interval = 0
    )), "enough")
    expect_gt(chain_status(file)$n_steps, 20)
    suppressMessages(resume_mcmc(file, normal, log_prior = prior))
    expect_same_run(read_chain(file), whole)
  }
  part <- tempered(20, adapt_steps = 24)
  expect_same_run(suppressMessages(resume_mcmc(part, normal, 40, log_prior = prior)), whole)
  cluster <- parallel::makeCluster(2)
  withr::defer(parallel::stopCluster(cluster))
  expect_same_run(tempered(60, map = cluster), whole)
})

test_that("killed and resumed, a tempered run ends in the same bits", {
  skip_on_cran()
  sample <- function(file, init) {
    likelihood <- function(x) c(-sum(x^2) / 2, radius = sqrt(sum(x^2)))
    prior <- function(x) sum(dnorm(x, 0, 2, log = TRUE))
    suppressMessages(run_mcmc(likelihood, init, 3000,
      log_prior = prior, n_temperatures = 4, n_ensembles = 2, moves = list(move_de(), move_slice()), file = file,
      flush_interval = 0.05, seed = 7
    ))
  }
  init <- rbind(start(12), start(12, seed = 2))
  full <- sample(NULL, init)
  likelihood <- function(x) c(-sum(x^2) / 2, radius = sqrt(sum(x^2)))
  for (i in 1:4) {
    file <- temp_chain()
    process <- in_background(sample, file, init)
    wait_for_steps(file, 1 + 600 * (i - 1))
    process$kill()
    if (i == 2) expect_identical(chain_status(file)$state, "interrupted")
    suppressMessages(resume_mcmc(file, likelihood, log_prior = prior))
    expect_same_run(read_chain(file), full)
  }
})

test_that("ensembles stay apart at all temperatures", {
  sample <- function(second) {
    run <- suppressMessages(run_mcmc(normal, rbind(start(12), start(12, seed = 2) + second), 30,
      log_prior = prior, temperatures = c(1, 2, 4), n_ensembles = 2, seed = 7
    ))
    run$draws[, 1:12, ]
  }
  expect_identical(sample(0), sample(1))
})

test_that("the ladder moves to where swaps are equally frequent, and is then frozen", {
  target <- conjugate(5, sd = 0.1)
  sample <- function(n_steps, ...) {
    suppressMessages(run_mcmc(target$likelihood, withr::with_seed(1, target$draw(24, 1)), n_steps,
      log_prior = target$prior, n_temperatures = 7, vectorized = TRUE, seed = 1, ...
    ))
  }
  first <- sample(0.4 * 3000, adapt_steps = 0.4 * 3000)
  last <- sample(3000)
  expect_identical(first$tempering$temperatures, last$tempering$temperatures)
  expect_gt(min(last$tempering$swap_rate), 0.7 * max(last$tempering$swap_rate))
  even <- sample(1000, adapt_steps = 0)$tempering
  expect_gt(diff(range(even$swap_rate)), 2 * diff(range(last$tempering$swap_rate)))
})

test_that("a walker with zero likelihood is one of the prior's", {
  half <- function(x) ifelse(x[, 1] > 0, 0, -Inf)
  chain <- suppressMessages(run_mcmc(half, matrix(start(20, 1) + 3, 20), 3000,
    log_prior = function(x) dnorm(x[, 1], log = TRUE), temperatures = c(1, Inf), vectorized = TRUE, seed = 1
  ))
  hot <- chain$blobs[1000:3000, , "hot_log_likelihood"]
  expect_lt(abs(mean(hot == -Inf) - 0.5), 0.05)
  expect_gt(min(chain$draws), 0)
})

test_that("a file tells of its temperatures", {
  file <- temp_chain()
  tempered(60, file = file)
  status <- chain_status(file)
  expect_identical(status$n_temperatures, 4)
  expect_identical(status$swap_rate, min(read_chain(file)$tempering$swap_rate))
  expect_output(print(status), "12 walkers x 2 parameters, 4 temperatures, swap rates from 0[.]")
  expect_output(watch_chain(file), "4 temperatures, swap rates from")
  expect_identical(chain_status(withr::with_seed(1, {
    other <- temp_chain()
    run_mcmc(normal, start(), 10, file = other)
    other
  }))$swap_rate, NA_real_)
})

test_that("what cannot be tempered is refused", {
  run <- function(...) run_mcmc(normal, start(12), 10, log_prior = prior, ...)
  expect_snapshot(run_mcmc(normal, start(12), 10, n_temperatures = 4), error = TRUE)
  expect_snapshot(run(n_temperatures = 0), error = TRUE)
  expect_snapshot(run(temperatures = c(2, 4)), error = TRUE)
  expect_snapshot(run(temperatures = c(1, 4), n_temperatures = 3), error = TRUE)
  expect_snapshot(run(temperatures = c(1, 4), max_temperature = 8), error = TRUE)
  expect_snapshot(run(n_temperatures = 4, max_temperature = 1), error = TRUE)
  expect_snapshot(run(max_temperature = 100), error = TRUE)
  expect_snapshot(run(adapt_steps = 5), error = TRUE)
  expect_snapshot(run(n_temperatures = 4, moves = move_dime()), error = TRUE)
  expect_snapshot(run_mcmc(normal, array(start(36), c(12, 2, 3)), 10, log_prior = prior, n_temperatures = 4), error = TRUE)
  file <- temp_chain()
  tempered(10, file = file)
  expect_snapshot(resume_mcmc(file, normal, 10, log_prior = prior, verify = "update"), error = TRUE)
})

test_that("the blob of the other temperatures is the sampler's", {
  named <- function(x) c(normal(x), hot_log_likelihood = 3)
  prior <- function(x) sum(stats::dnorm(x, log = TRUE))
  expect_error(run_mcmc(named, start(), 10, log_prior = prior, n_temperatures = 3), class = "livechain_error_log_prob")
})

test_that("steps in which temperatures were adapted are burn-in, and no run has converged before", {
  prior <- function(x) sum(dnorm(x, 0, 3, log = TRUE))
  likelihood <- function(x) sum(dnorm(x, 1, 0.3, log = TRUE))
  set.seed(1)
  init <- matrix(rnorm(24), 12)
  file <- temp_chain()
  run <- function(...) suppressMessages(run_mcmc(likelihood, init, 2500, log_prior = prior, n_temperatures = 3, seed = 1, stop_when = converged(ess = 200), ...))
  chain <- run()
  run(file = file)
  expect_gt(chain$n_total, 1000)
  expect_identical(chain_status(file)$n_steps, as.double(chain$n_total))
  for (of in list(chain, file)) expect_gt(subset(if (is.character(of)) read_chain(of) else of, discard = "auto")$steps[1], 1000)
  expect_gt(read_chain(file, discard = "auto")$steps[1], 1000)
  expect_error(run_mcmc(likelihood, init, 10, log_prior = prior, temperatures = c(1, -3)), "increase from 1", class = "livechain_error_argument")
  expect_error(run_mcmc(likelihood, init, 10, log_prior = prior, temperatures = c(1, -Inf)), "increase from 1", class = "livechain_error_argument")
})
