# Densities in C++: against emcee, and against a loop that draws the same random numbers and evaluates the same.

Rcpp::sourceCpp(file.path(here, "densities.cpp"))
Rcpp::sourceCpp(file.path(here, "bare_loop.cpp"))
source(file.path(here, "sampling.R"))

# With the move of emcee and of the loop.
stretch_us <- function(n_steps, ..., thin_by = 1) {
  1e6 / thin_by / livechain_steps(n_steps, log_prob = make_normal(), moves = move_stretch(), thin_by = thin_by, ...)
}
bare_us <- function(n_steps) 1e6 * seconds(bare_loop(n_steps, n_walkers, n_parameters)) / n_steps

# On one thread and on two, of densities that take `n` exponentials' time.
on_threads <- function(n, n_threads, n_steps, n_walkers) {
  init <- matrix(rnorm(n_walkers * n_parameters), n_walkers)
  n_steps / seconds(run_mcmc(make_slow(n), init, n_steps, seed = 1, n_threads = n_threads, progress = FALSE))
}

measure <- function() {
  list(
    compare(
      "compiled density into a file, against emcee with HDFBackend", "steps/s",
      function() 1e6 / stretch_us(2e5, file = TRUE), function() emcee_steps(400), at_least(1000)
    ),
    compare(
      "compiled density in memory, against a loop that draws the same random numbers and evaluates it", "us a step",
      function() stretch_us(1e5), function() bare_us(1e5), at_most(1.1), 9
    ),
    compare(
      "the same, of which one step in ten is kept", "us a step",
      function() stretch_us(1e4, thin_by = 10), function() bare_us(1e5), at_most(1.1), 9
    ),
    compare(
      "one step in ten kept, against all of them in memory", "us a step",
      function() stretch_us(1e4, thin_by = 10), function() stretch_us(1e5), at_most(1.2)
    ),
    compare(
      "compiled density into a file, against memory", "us a step",
      function() stretch_us(1e5, file = TRUE), function() stretch_us(1e5), at_most(1.2)
    ),
    compare(
      "a compiled density of about 10 us: two threads, against one", "steps/s",
      function() on_threads(3000, 2, 2000, 100), function() on_threads(3000, 1, 2000, 100), at_least(1.9)
    ),
    compare(
      "a compiled density of about 0.5 us, 1,000 walkers: two threads, against one", "steps/s",
      function() on_threads(150, 2, 2000, 1000), function() on_threads(150, 1, 2000, 1000), at_least(1)
    )
  )
}
