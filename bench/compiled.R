# Densities in C++: against emcee, and against a loop that draws the same random numbers and evaluates the same.

Sys.setenv(PKG_CXXFLAGS = "-Wno-ignored-attributes") # Eigen's own warnings with g++
Rcpp::sourceCpp(file.path(here, "densities.cpp"))
source(file.path(here, "sampling.R"))

measure <- function() {
  list(
    compare(
      "compiled density into a file, against emcee with HDFBackend", "steps/s",
      function() livechain_steps(1e5, file = TRUE, log_prob = make_normal()), function() emcee_steps(400), at_least(500)
    ),
    compare(
      "compiled density in memory, against a loop that draws the same random numbers and evaluates it", "us a step",
      function() 1e6 / livechain_steps(20000, log_prob = make_normal()),
      function() 1e6 * seconds(bare_loop(20000, n_walkers, n_parameters)) / 20000, at_most(1.5), 9
    ),
    compare(
      "the same, of which one step in ten is kept", "us a step",
      function() 1e6 / 10 / livechain_steps(10000, log_prob = make_normal(), thin_by = 10),
      function() 1e6 * seconds(bare_loop(1e5, n_walkers, n_parameters)) / 1e5, at_most(1.5), 9
    ),
    compare(
      "a compiled density of about 10 us: two threads, against one", "steps/s",
      function() livechain_steps(2000, log_prob = make_slow(3000), n_threads = 2),
      function() livechain_steps(2000, log_prob = make_slow(3000)), at_least(1.8)
    )
  )
}
