# What the stress tests share. Each of them is a function without arguments that does its worst and returns what it
# tried, how often, and what failed: a result().

library(livechain)

files_of_tests <- function(here) setdiff(list.files(here, "[.]R$", full.names = TRUE), file.path(here, c("run.R", "support.R")))

# 1 for the full counts; a small part of that in the package's own tests.
factor <- as.numeric(Sys.getenv("LIVECHAIN_STRESS", "1"))
counts <- function(n, least = 1) max(least, ceiling(n * factor))

result <- function(what, n, unit, ..., note = "") list(what = what, n = n, unit = unit, failures = c(...) + 0, note = note)

line_of <- function(result, seconds) {
  failures <- paste(format(result$failures, big.mark = ","), names(result$failures), collapse = "  ")
  sprintf(
    "%-52s %10s %-8s %s%s  [%.0f s]", result$what, format(result$n, big.mark = ",", scientific = FALSE), result$unit, failures,
    if (nzchar(result$note)) paste0("  (", result$note, ")") else "", seconds
  )
}

normal <- function(x) -sum(x^2) / 2
set.seed(1)
start <- matrix(rnorm(40), 20)
reference_of <- function(n_steps, init = start, ...) run_mcmc(normal, init, n_steps, seed = 7, ...)

folder_of <- function() {
  folder <- tempfile("stress-")
  dir.create(folder)
  folder
}

# Runs `code` in another R process that sees the package as this one does, or as it is in other libraries.
background <- function(code, ..., env = character(), libraries = .libPaths()) {
  callr::r_bg(function(code, arguments, paths) {
    .libPaths(paths)
    library(livechain)
    environment(code) <- globalenv()
    do.call(code, arguments)
  }, list(code, list(...), libraries), env = c(callr::rcmd_safe_env(), env), supervise = TRUE)
}

# A child that does `code` and nothing else, and can be killed a millisecond after.
forked <- function(code) {
  child <- parallel:::mcfork(estranged = TRUE)
  if (inherits(child, "masterProcess")) {
    try(suppressMessages(code()), silent = TRUE)
    parallel:::mcexit()
  }
  child$pid
}

signal <- function(pid, number) tools::pskill(pid, number)

# Of a dead process, other threads than the first may still hold its files for a moment.
is_running <- function(pid) {
  state <- suppressWarnings(tryCatch(paste(readLines(sprintf("/proc/%d/stat", pid)), collapse = ""), error = function(e) ""))
  n_threads <- length(list.files(sprintf("/proc/%d/task", pid)))
  nzchar(state) && (!grepl("^[0-9]+ \\(.*\\) Z", state) || n_threads > 1)
}

wait_until <- function(condition, seconds = 60) {
  deadline <- Sys.time() + seconds
  while (!condition()) {
    if (Sys.time() > deadline) stop("waited in vain")
    Sys.sleep(0.001)
  }
}

busy_wait <- function(seconds) {
  end <- Sys.time() + seconds
  while (Sys.time() < end) NULL
}

published <- function(file, name = "mcmc") {
  if (file.exists(file)) chain_status(file, name)$n_steps else 0
}

# Whether what is in the file is the beginning of the reference.
is_prefix <- function(file, reference, name = "mcmc") {
  n <- published(file, name)
  n == 0 || same_steps(read_chain(file, name), reference)
}

same_steps <- function(chain, reference) {
  steps <- chain$steps
  max(steps) <= dim(reference)[1] &&
    identical(chain$draws, reference$draws[steps, , , drop = FALSE]) &&
    identical(chain$log_prob, reference$log_prob[steps, , drop = FALSE])
}

class_of <- function(code) {
  tryCatch(
    {
      force(code)
      "none"
    },
    error = function(condition) class(condition)
  )
}

python <- "/usr/bin/python3"
has_h5py <- function() system2(python, c("-c", shQuote("import h5py")), stdout = FALSE, stderr = FALSE) == 0

# A library to be preloaded, made of one of the C files here.
build_preloaded <- function(name) {
  folder <- folder_of()
  source <- file.path(folder, paste0(name, ".c"))
  file.copy(file.path(here, c(basename(source), "path_of.h")), folder)
  library <- file.path(folder, paste0(name, ".so"))
  built <- system2(file.path(R.home("bin"), "R"), c("CMD", "SHLIB", "-o", library, source), stdout = FALSE)
  if (built != 0) stop("could not build ", basename(source))
  library
}
