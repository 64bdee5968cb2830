# Each comparison runs the two sides in turn, several times, and takes the median of the ratios: these
# machines are shared, and only ratios of what ran side by side travel. Writes the table in README.md.

library(livechain)

n_walkers <- 100
n_parameters <- 5
n_rounds <- 5
normal <- function(x) -0.5 * sum(x^2)
normal_vectorized <- function(x) -0.5 * rowSums(x^2)
init <- matrix(rnorm(n_walkers * n_parameters), n_walkers)

# The densities in C++, and the loop that a compiled one is compared with.
script_path <- function() sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
Sys.setenv(PKG_CXXFLAGS = "-Wno-ignored-attributes") # Eigen's own warnings with g++
Rcpp::sourceCpp(file.path(dirname(script_path()), "compiled.cpp"))

seconds <- function(code) system.time(code)[["elapsed"]]

# Steps per second.
livechain_steps <- function(n_steps, ..., file = FALSE, log_prob = normal) {
  path <- if (file) tempfile(fileext = ".h5")
  on.exit(unlink(path))
  n_steps / seconds(run_mcmc(log_prob, init, n_steps, file = path, seed = 1, progress = FALSE, ...))
}

bare_steps <- function(n_steps) {
  position <- init[1, ]
  n_calls <- n_steps * n_walkers
  n_steps / seconds(for (i in seq_len(n_calls)) normal(position))
}

emcee_steps <- function(n_steps, file = FALSE, vectorized = FALSE) {
  path <- if (file) tempfile(fileext = ".h5") else "-"
  on.exit(unlink(path))
  script <- file.path(dirname(script_path()), "emcee_steps.py")
  as.double(system2("/usr/bin/python3", c(script, path, n_walkers, n_parameters, n_steps, as.integer(vectorized)), stdout = TRUE))
}

# Median over rounds of ours, theirs, and ours / theirs.
compare <- function(what, ours, theirs, target, show = "ratio of steps/s") {
  rounds <- replicate(n_rounds, {
    a <- ours()
    b <- theirs()
    c(ours = a, theirs = b, ratio = a / b)
  })
  medians <- apply(rounds, 1, stats::median)
  row <- data.frame(
    what = what, livechain = signif(medians[["ours"]], 3), peer = signif(medians[["theirs"]], 3),
    ratio = signif(medians[["ratio"]], 3), target = target
  )
  print(row, row.names = FALSE)
  row
}

table <- rbind(
  compare(
    "R function into a file, against the same calls in a bare `for` loop (steps/s)",
    function() livechain_steps(4000, file = TRUE), function() bare_steps(4000), "at least 0.91"
  ),
  compare(
    "R function into a file, against emcee with HDFBackend (steps/s)",
    function() livechain_steps(4000, file = TRUE), function() emcee_steps(400, file = TRUE), "at least 30"
  ),
  compare(
    "vectorized into a file, against emcee vectorize=True with HDFBackend (steps/s)",
    function() livechain_steps(20000, file = TRUE, log_prob = normal_vectorized, vectorized = TRUE),
    function() emcee_steps(400, file = TRUE, vectorized = TRUE), "at least 100"
  ),
  compare(
    "R function with a file, against without (steps/s)",
    function() livechain_steps(8000, file = TRUE), function() livechain_steps(8000), "at least 0.97"
  ),
  compare(
    "every step published, against in memory (microseconds a step more)",
    function() 1e6 / livechain_steps(8000, file = TRUE, flush_interval = 0), function() 1e6 / livechain_steps(8000), "at most 50 more"
  ),
  compare(
    "compiled density into a file, against emcee with HDFBackend (steps/s)",
    function() livechain_steps(100000, file = TRUE, log_prob = make_normal()), function() emcee_steps(400, file = TRUE), "at least 500"
  ),
  compare(
    "compiled density in memory, against a loop that draws the same random numbers and evaluates it (microseconds a step)",
    function() 1e6 / livechain_steps(20000, log_prob = make_normal()),
    function() 1e6 / (20000 / seconds(bare_loop(20000, n_walkers, n_parameters))), "at most 1.5"
  ),
  compare(
    "a compiled density of about 10 us: two threads, against one (steps/s)",
    function() livechain_steps(2000, log_prob = make_slow(3000), n_threads = 2),
    function() livechain_steps(2000, log_prob = make_slow(3000)), "at least 1.8"
  )
)

machine <- sprintf(
  "%s, %s, R %s.%s", Sys.info()[["sysname"]],
  trimws(sub(".*:", "", grep("model name", readLines("/proc/cpuinfo"), value = TRUE)[1])), R.version$major, R.version$minor
)
path <- file.path(dirname(script_path()), "README.md")
writeLines(c(
  "# Measurements", "",
  sprintf(
    "Made by `make bench`; the two sides of each row ran in turn, medians of %d rounds. %d walkers, %d parameters. Machine: %s.",
    n_rounds, n_walkers, n_parameters, machine
  ), "",
  knitr::kable(table, format = "pipe")
), path)
