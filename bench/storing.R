# What the file costs: against the system's own writing, against memory, and as it grows.

Rcpp::sourceCpp(file.path(here, "densities.cpp"))
Rcpp::sourceCpp(file.path(here, "bare_write.cpp"))
source(file.path(here, "sampling.R"))

bytes_of <- function(n_steps) 8 * n_steps * n_walkers * (n_parameters + 1)

system_seconds <- function(code) system.time(code)[["sys.self"]]

# Of the system's own time, so that the disk does not matter, to which a run brings what write(2) leaves in memory.
system_seconds_of_run <- function(n_steps) {
  path <- tempfile(fileext = ".h5")
  on.exit(unlink(path))
  system_seconds(suppressMessages(run_mcmc(make_normal(), init, n_steps, file = path, seed = 1, progress = FALSE)))
}

system_seconds_of_write <- function(n_steps) {
  path <- tempfile()
  on.exit(unlink(path))
  system_seconds(write_bytes(path, bytes_of(n_steps)))
}

# Microseconds a step of the first and the last tenth of a run, by the density's own clock.
tenths <- function(n_steps) {
  file <- tempfile(fileext = ".h5")
  on.exit(unlink(file))
  density <- make_clocked(n_steps) # ten walkers: ten evaluations a step
  began <- seconds_now()
  suppressMessages(run_mcmc(density, init[1:10, 1:2], n_steps, file = file, seed = 1, progress = FALSE))
  took <- 1e6 * diff(c(began, clock_marks())) / (n_steps / 10)
  c(first = took[1], last = took[10])
}

peak_megabytes <- function(n_steps) {
  in_process(function(n_steps, densities) {
    library(livechain)
    Rcpp::sourceCpp(densities)
    init <- matrix(stats::rnorm(20), 10)
    file <- tempfile(fileext = ".h5")
    run_mcmc(make_normal(), init, n_steps, file = file, seed = 1)
    unlink(file)
    as.numeric(gsub("[^0-9]", "", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
  }, n_steps, normalizePath(file.path(here, "densities.cpp")))
}

measure <- function() {
  tenth <- replicate(3, tenths(2e6))
  few <- peak_megabytes(1e4)
  many <- peak_megabytes(1e7)
  file <- tempfile(fileext = ".h5")
  on.exit(unlink(file))
  run_mcmc(make_normal(), init, 20000, file = file, seed = 1, progress = FALSE)
  # Of a density that costs nothing, so that what is compared is publishing.
  published <- function(...) 1e6 / livechain_steps(20000, log_prob = make_normal(), ...)
  per_step <- compare(
    "publishing every step, more than in memory, against 10 us", "us a step",
    function() published(file = TRUE, flush_interval = 0) - published(), function() 10, at_most(1)
  )
  list(
    compare(
      "storing: system time of a run of a compiled density into a file, against that of write(2) of the same bytes", "s",
      function() system_seconds_of_run(2e5), function() system_seconds_of_write(2e5), at_most(1.2)
    ),
    per_step,
    show_row(
      "the last tenth of a run of 2 million steps, against its first tenth", "us a step", stats::median(tenth["last", ]),
      stats::median(tenth["first", ]), stats::median(tenth["last", ] / tenth["first", ]), at_most(1.03)
    ),
    show_row(
      "size of a file, less 64 KB, against the bytes of the samples", "bytes", file.size(file) - 65536, bytes_of(20000),
      (file.size(file) - 65536) / bytes_of(20000), at_most(1.02)
    ),
    show_row("peak memory of the sampling process: 10^7 steps less 10^4 steps, against 16 MB", "MB", many - few, 16, (many - few) / 16, at_most(1))
  )
}
