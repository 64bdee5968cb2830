# What the tests share: densities, ensembles, background processes, Python.

normal <- function(x) -sum(x^2) / 2

start <- function(n_walkers = 20, n_parameters = 2, seed = 1) {
  withr::with_seed(seed, matrix(rnorm(n_walkers * n_parameters), n_walkers))
}

named_start <- function(names = c("a", "b")) {
  init <- start(20, length(names))
  colnames(init) <- names
  init
}

temp_chain <- function(env = parent.frame()) withr::local_tempfile(fileext = ".h5", .local_envir = env)

# The chain of a seed, in memory: what every file must hold.
reference <- function(n_steps, seed = 7, init = start(), ...) run_mcmc(normal, init, n_steps, seed = seed, ...)

expect_same_chain <- function(chain, reference) {
  n <- dim(chain)[1]
  expect_identical(chain$draws, reference$draws[seq_len(n), , , drop = FALSE])
  expect_identical(chain$log_prob, reference$log_prob[seq_len(n), , drop = FALSE])
  if (n == dim(reference)[1]) expect_identical(chain$accepted, reference$accepted)
}

# Runs `code`, a function, in another R process that sees the package as this one does.
in_background <- function(code, ..., env = parent.frame()) {
  process <- callr::r_bg(function(code, arguments, paths) {
    .libPaths(paths)
    library(livechain)
    environment(code) <- globalenv()
    do.call(code, arguments)
  }, list(code, list(...), .libPaths()), supervise = TRUE)
  withr::defer(process$kill(), envir = env)
  process
}

sample_in_background <- function(file, n_steps, ..., env = parent.frame()) {
  in_background(function(file, n_steps, init, arguments) {
    normal <- function(x) -sum(x^2) / 2
    do.call(run_mcmc, c(list(normal, init, n_steps, file = file, seed = 7), arguments))
    "done"
  }, file, n_steps, start(), list(...), env = env)
}

wait_until <- function(condition, seconds = 30) {
  deadline <- Sys.time() + seconds
  while (!condition()) {
    if (Sys.time() > deadline) stop("waited in vain")
    Sys.sleep(0.002)
  }
}

wait_for_end <- function(process, seconds = 300) wait_until(function() !process$is_alive(), seconds)

wait_for_steps <- function(file, n = 1) {
  steps <- function() if (file.exists(file)) chain_status(file)$n_steps else 0
  wait_until(function() steps() >= n)
}

two_workers <- function(env = parent.frame()) {
  cluster <- parallel::makePSOCKcluster(2)
  withr::defer(try(parallel::stopCluster(cluster), silent = TRUE), envir = env)
  paths <- .libPaths()
  parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
  cluster
}

# The Python that has emcee and h5py; on a path of the system, since other Pythons may come before it.
python <- function() {
  candidates <- c("/usr/bin/python3", Sys.which("python3"))
  works <- function(path) {
    nzchar(path) && file.exists(path) &&
      system2(path, c("-c", shQuote("import emcee, h5py")), stdout = FALSE, stderr = FALSE) == 0
  }
  found <- Filter(works, candidates)
  if (length(found) == 0) testthat::skip("emcee and h5py are not installed")
  found[[1]]
}

run_python <- function(code, ...) {
  script <- withr::local_tempfile(fileext = ".py", lines = code)
  output <- suppressWarnings(system2(python(), c(script, ...), stdout = TRUE, stderr = TRUE))
  if (!is.null(attr(output, "status"))) stop(paste(output, collapse = "\n"))
  output
}

# Files that emcee 3.1.4 wrote, with what it reads back from them.
emcee_files <- function(env = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = env)
  utils::untar(testthat::test_path("emcee-files.tar.xz"), exdir = folder)
  folder
}

# Paths differ from run to run, and so do processes.
scrub <- function(lines) {
  lines <- gsub("'[^']*/[^']*[.](h5|txt)'", "'<file>'", lines)
  lines <- gsub("process [0-9]+ on [^ ]+", "process <pid> on <host>.", lines)
  lines <- gsub("/[^ ']*[.]h5", "<file>", lines)
  gsub("\"/[^\"]*\"", "\"<folder>\"", lines)
}

# chain_h5() needs an hdf5r that shares our HDF5.
skip_without_hdf5r <- function() {
  skip_if_not_installed("hdf5r")
  path <- getNamespaceInfo(asNamespace("hdf5r"), "DLLs")$hdf5r[["path"]]
  skip_if_not(native(livechain_shares_hdf5, path), "hdf5r uses another HDF5 library than livechain")
}

# What is drawn, as text; the numbers of surfaces go up from picture to picture.
drawn <- function(code) {
  file <- withr::local_tempfile(fileext = ".svg")
  grDevices::svg(file, 8, 8)
  tryCatch(code, finally = grDevices::dev.off())
  gsub("surface[0-9]+", "surface", paste(readLines(file), collapse = "\n"))
}

# Where that cannot be seen, when it has had the time to.
has_open <- function(pid, file) {
  descriptors <- sprintf("/proc/%d/fd", pid)
  if (!dir.exists("/proc/self/fd")) {
    Sys.sleep(5)
    return(TRUE)
  }
  normalizePath(file) %in% suppressWarnings(Sys.readlink(list.files(descriptors, full.names = TRUE)))
}

# Whether a page is served at the port.
answers <- function(port) {
  connection <- tryCatch(suppressWarnings(socketConnection(port = port, open = "r+b", timeout = 2)), error = function(e) NULL)
  if (!is.null(connection)) close(connection)
  !is.null(connection)
}
