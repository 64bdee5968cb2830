# What looking costs.

Rcpp::sourceCpp(file.path(here, "densities.cpp"))

sampled <- function(n_steps, init, path = tempfile(fileext = ".h5")) {
  run_mcmc(make_normal(), init, n_steps, file = path, seed = 1, progress = FALSE)
  path
}

# Peak memory above what the session had, and above the result, in MB.
memory_beyond_result <- function(file) {
  in_process(function(file) {
    library(livechain)
    peak <- function() as.numeric(gsub("[^0-9]", "", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
    chain_status(file)
    before <- peak()
    chain <- read_chain(file)
    peak() - before - as.numeric(utils::object.size(chain)) / 2^20
  }, file)
}

# Microseconds of a read_new() that finds ten new steps, when there are `n_steps` already. 10 walkers, 2 parameters.
poll_with_news <- function(n_steps) {
  file <- sampled(n_steps, init[1:10, 1:2])
  on.exit(unlink(file))
  writer <- chain_writer(file, resume = TRUE, flush_interval = 0)
  reader <- open_chain(file, from = Inf)
  ten <- array(0, c(10, 10, 2))
  costs <- replicate(300, {
    append_steps(writer, ten, matrix(0, 10, 10))
    before <- seconds_now()
    new <- read_new(reader)
    cost <- seconds_now() - before
    stopifnot(dim(new)[1] == 10)
    cost
  })
  close(reader)
  close(writer)
  1e6 * stats::median(costs)
}

# Of R's start with the package, beyond that of what it imports.
load_seconds <- function(packages) {
  expression <- paste0("loadNamespace('", packages, "')", collapse = ";")
  seconds(system2(file.path(R.home("bin"), "Rscript"), c("-e", shQuote(expression)), stdout = FALSE))
}

by_posterior <- function(draws) {
  apply(draws, 3, function(x) c(posterior::rhat(x), posterior::ess_bulk(x), posterior::ess_tail(x)))
}

measure <- function() {
  imports <- setdiff(trimws(sub("[ (].*", "", strsplit(utils::packageDescription("livechain")$Imports, ",")[[1]])), "")
  large <- sampled(ceiling(800e6 / (8 * n_walkers * n_parameters)), init)
  long <- sampled(1e5, init[1:20, ])
  on.exit(unlink(c(large, long)))
  chain <- read_chain(long)
  memory <- memory_beyond_result(large)
  list(
    compare(
      "read_chain() of 800 MB, against h5py without transposing", "s",
      function() seconds(read_chain(large)), function() run_python("h5py_read.py", large), at_most(0.65)
    ),
    show_row("peak memory of that beyond its result, against 64 MB", "MB", memory, 64, memory / 64, at_most(1)),
    compare(
      "read_chain(discard = 90%), against a tenth of reading all", "s",
      function() seconds(read_chain(large, discard = 18e4)), function() seconds(read_chain(large)) / 10, at_most(1.2)
    ),
    compare(
      "read_chain(thin = 100), against reading all", "s",
      function() seconds(read_chain(large, thin = 100)), function() seconds(read_chain(large)), at_most(0.2)
    ),
    compare(
      "read_chain(parameters = 1), against reading all 5", "s",
      function() seconds(read_chain(large, parameters = 1)), function() seconds(read_chain(large)), at_most(0.75)
    ),
    compare("read_new() with ten new steps, against 80 us", "us", function() poll_with_news(1e6), function() 80, at_most(1), 3),
    compare("read_new() with ten new steps, at 10^6 stored steps against 10^3", "us", function() poll_with_news(1e6), function() poll_with_news(1e3), at_most(1.2), 3),
    compare(
      "autocorr_time(), emcee's integrated_time in the time of ours", "s",
      function() run_python("emcee_tau.py", long), function() seconds(autocorr_time(chain)), at_least(10), 3
    ),
    compare(
      "summary() of 10^7 numbers, 5 parameters of 2 million draws, against 1 s", "s",
      function() seconds(summary(chain)), function() 1, at_most(1), 3
    ),
    compare(
      "the same, against posterior's rhat, ess_bulk and ess_tail", "s",
      function() seconds(summary(chain)), function() seconds(by_posterior(chain$draws)), at_most(0.3), 1
    ),
    compare(
      "library(livechain) beyond its imports, against 0.15 s", "s",
      function() load_seconds(c(imports, "livechain")) - load_seconds(imports), function() 0.15, at_most(1), 9
    )
  )
}
