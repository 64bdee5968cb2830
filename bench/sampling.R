# R functions: against the calls alone, emcee, and another ensemble sampler of R.

normal <- function(x) -0.5 * sum(x^2)
normal_vectorized <- function(x) -0.5 * rowSums(x^2)

# A cubic through 100 points.
powers <- cbind(1, stats::poly(1:100, 3))
outcome <- drop(powers %*% rep(1, 4)) + rnorm(100)
cubic <- function(x) sum(stats::dnorm(outcome, powers %*% x[1:4], exp(x[5]), log = TRUE))

# Steps per second.
livechain_steps <- function(n_steps, ..., file = FALSE, log_prob = normal) {
  path <- if (file) tempfile(fileext = ".h5")
  on.exit(unlink(path))
  n_steps / seconds(suppressMessages(run_mcmc(log_prob, init, n_steps, file = path, seed = 1, progress = FALSE, ...)))
}

bare_steps <- function(n_steps, log_prob = normal) {
  position <- init[1, ]
  n_calls <- n_steps * n_walkers
  n_steps / seconds(for (i in seq_len(n_calls)) log_prob(position))
}

emcee_steps <- function(n_steps, vectorized = FALSE) {
  path <- tempfile(fileext = ".h5")
  on.exit(unlink(path))
  run_python("emcee_steps.py", path, n_walkers, n_parameters, n_steps, as.integer(vectorized))
}

mcmcensemble_steps <- function(n_steps) {
  n_steps / seconds(suppressMessages(mcmcensemble::MCMCEnsemble(
    normal, inits = init, max.iter = n_steps * n_walkers, n.walkers = n_walkers, method = "stretch"
  )))
}

two_workers <- function(map) {
  slow <- function(x) {
    end <- as.numeric(Sys.time()) + 0.005
    while (as.numeric(Sys.time()) < end) NULL
    -0.5 * sum(x^2)
  }
  12 / seconds(run_mcmc(slow, init[1:64, ], 12, map = map, seed = 1, progress = FALSE))
}

measure <- function() {
  rows <- list(
    compare(
      "R function into a file, against the same calls in a bare `for` loop", "s for 4000 steps",
      function() 4000 / livechain_steps(4000, file = TRUE), function() 4000 / bare_steps(4000), at_most(1.1), 9
    ),
    compare(
      "the same with a density of 3 us (a cubic through 100 points)", "s for 1000 steps",
      function() 1000 / livechain_steps(1000, file = TRUE, log_prob = cubic), function() 1000 / bare_steps(1000, cubic),
      at_most(1.1), 9
    ),
    compare(
      "R function into a file, against emcee with HDFBackend", "steps/s",
      function() livechain_steps(4000, file = TRUE, moves = move_stretch()), function() emcee_steps(400), at_least(40)
    ),
    compare(
      "vectorized into a file, against emcee vectorize=True with HDFBackend", "steps/s",
      function() livechain_steps(20000, file = TRUE, log_prob = normal_vectorized, vectorized = TRUE, moves = move_stretch()),
      function() emcee_steps(400, vectorized = TRUE), at_least(120)
    ),
    compare(
      "R function with a file, against without", "s for 8000 steps",
      function() 8000 / livechain_steps(8000, file = TRUE), function() 8000 / livechain_steps(8000), at_most(1.03), 9
    )
  )
  if (requireNamespace("mcmcensemble", quietly = TRUE)) {
    rows <- c(rows, list(compare(
      "R function in memory, against mcmcensemble", "steps/s",
      function() livechain_steps(4000), function() mcmcensemble_steps(200), at_least(1)
    )))
  }
  workers <- parallel::makeCluster(2)
  on.exit(parallel::stopCluster(workers))
  rows <- c(rows, list(compare(
    "two workers (parallel) on a 5 ms R density, 64 walkers, against one process", "steps/s",
    function() two_workers(workers), function() two_workers(NULL), at_least(1.8), 3
  )))
  if (requireNamespace("mirai", quietly = TRUE)) {
    daemons <- mirai::make_cluster(2)
    on.exit(parallel::stopCluster(daemons), add = TRUE)
    rows <- c(rows, list(compare(
      "two workers (mirai) on a 5 ms R density, 64 walkers, against one process", "steps/s",
      function() two_workers(daemons), function() two_workers(NULL), at_least(1.8), 3
    )))
  }
  rows
}
