# kill -9 at bad moments. What must hold after each: every step that was seen published is there and is the reference's,
# the run that is resumed ends in the bits of one that never stopped, and nothing else is left in the folder.

n_run <- 3000
options_of <- list(
  plain = list(flush_interval = 0.001), steps = list(flush_interval = 0), compressed = list(flush_interval = 0.001, compression = 4),
  ordinary = list(flush_interval = 0.001, swmr = FALSE)
)

sample_into <- function(file, options, n_steps = n_run, ...) {
  do.call(run_mcmc, c(list(normal, start, n_steps, seed = 7, file = file, ...), options))
}

# `kill(file, options)` starts something on the file, kills it, and returns how many steps were seen published before, and
# whether it was still at work: only such kills count. A file may not have come into being.
kill_and_check <- function(what, n, prepare, kill) {
  reference <- reference_of(n_run)
  hits <- rounds <- 0
  found <- 0
  while (hits < n && rounds < 20 * n) {
    rounds <- rounds + 1
    folder <- folder_of()
    file <- file.path(folder, "chain.h5")
    options <- options_of[[1 + rounds %% length(options_of)]]
    suppressMessages(prepare(file, options))
    killed <- kill(file, options)
    hits <- hits + killed$at_work
    found <- found + examine(file, options, reference, killed$seen)
    unlink(folder, recursive = TRUE)
  }
  result(what, hits, "kills", missed = n - hits, found, note = sprintf("of %d runs; the others had ended before", rounds))
}

# What is wrong with the file of a writer that was killed, of which `seen` steps had been published. It is taken up, and
# must end as the reference does.
examine <- function(file, options, reference, seen) {
  found <- c(lost = 0, wrong = 0, stray = 0, errors = 0)
  n_steps <- dim(reference)[1]
  tryCatch(
    suppressMessages({
      found[["lost"]] <- published(file) < seen
      found[["wrong"]] <- !is_prefix(file, reference)
      go_on_to(n_steps, file, options)
      chain <- read_chain(file)
      ends_same <- same_steps(chain, reference) && dim(chain)[1] == n_steps && identical(chain$accepted, reference$accepted)
      found[["wrong"]] <- found[["wrong"]] + !ends_same
      finish_others(file, reference)
      left <- setdiff(list.files(dirname(file), all.files = TRUE, no.. = TRUE), basename(file))
      if (length(left) > 0) writeLines(paste("left beside the file:", toString(left)), stderr())
      found[["stray"]] <- length(left) > 0
    }),
    error = function(condition) {
      message(conditionMessage(condition))
      found[["errors"]] <<- 1
    }
  )
  found
}

go_on_to <- function(n_steps, file, options) {
  if (!file.exists(file)) {
    return(sample_into(file, options, n_steps))
  }
  resume_mcmc(file, normal)
  owed <- n_steps - published(file)
  if (owed > 0) resume_mcmc(file, normal, n_steps = owed)
}

# A second run, if there is one, can be resumed to the same bits as well.
finish_others <- function(file, reference) {
  if (!"second" %in% chain_status(file, name = NULL)$name) {
    return()
  }
  resume_mcmc(file, normal, name = "second")
  if (!identical(read_chain(file, "second")$draws, reference$draws)) stop("the second run has other bits")
}

# Starts `code` in a child, and kills it after some time.
kill_after <- function(file, code, seconds) {
  child <- forked(code)
  seen <- 0
  deadline <- Sys.time() + seconds
  while (Sys.time() < deadline) if (seconds > 0.02) seen <- tryCatch(published(file), error = function(e) seen)
  list(seen = seen, at_work = end(child, file))
}

# Whether the child was still at work. What the system still has of a dead process may hold its lock for a moment.
end <- function(child, file) {
  at_work <- is_running(child)
  signal(child, 9)
  wait_until(function() !is_running(child) && !(file.exists(file) && livechain:::is_written(file)))
  at_work
}

# Whether a writer has the file, or died with it: the consistency flags in HDF5's superblock.
is_open <- function(file) readBin(file, "raw", 12)[12] != 0

nothing <- function(file, options) NULL

interrupted <- function(file, options) {
  child <- forked(function() sample_into(file, options))
  wait_until(function() file.exists(file) && is_begun(file, options))
  end(child, file)
}

# An ordinary file admits no readers as long as it is written.
is_begun <- function(file, options) {
  if (!isFALSE(options$swmr)) {
    return(published(file) > 0)
  }
  busy_wait(stats::runif(1, 0, 0.05))
  TRUE
}

kills_at_random <- function() {
  kill_and_check("kill -9 at a random moment", counts(200, 4), nothing, function(file, options) {
    kill_after(file, function() sample_into(file, options), stats::runif(1, 0, 0.1))
  })
}

kills_at_first_publication <- function() {
  kill_and_check("kill -9 around the first publication", counts(100, 4), nothing, function(file, options) {
    child <- forked(function() sample_into(file, options))
    while (!file.exists(file) && is_running(child)) NULL
    busy_wait(stats::runif(1, -0.001, 0.004))
    list(seen = 0, at_work = end(child, file))
  })
}

kills_while_resuming <- function() {
  kill_and_check("kill -9 while resuming or repairing", counts(100, 4), interrupted, function(file, options) {
    seen <- published(file)
    repairs <- stats::runif(1) < 0.3
    killed <- kill_after(file, function() if (repairs) repair_chain(file) else resume_mcmc(file, normal), stats::runif(1, 0, 0.02))
    list(seen = seen, at_work = killed$at_work)
  })
}

kills_while_closing <- function() {
  almost <- n_run - 5
  kill_and_check("kill -9 while closing", counts(50, 4), function(file, options) sample_into(file, options, almost), function(file, options) {
    child <- forked(function() resume_mcmc(file, normal, n_steps = 5))
    while (!is_open(file) && is_running(child)) NULL
    busy_wait(stats::runif(1, 0, 0.002))
    end(child, file)
    list(seen = almost, at_work = is_open(file))
  })
}

kills_while_adding <- function() {
  kill_and_check("kill -9 while a second run is added", counts(50, 4), function(file, options) sample_into(file, options), function(file, options) {
    killed <- kill_after(file, function() sample_into(file, options, name = "second"), stats::runif(1, 0, 0.03))
    list(seen = n_run, at_work = killed$at_work)
  })
}

ending_signals <- function() {
  reference <- reference_of(n_run)
  n <- counts(30, 3)
  numbers <- c(TERM = 15, INT = 2, HUP = 1)
  unclean <- wrong <- 0
  for (i in seq_len(n)) {
    file <- tempfile(fileext = ".h5")
    process <- background(function(file, start) {
      run_mcmc(function(x) -sum(x^2) / 2, start, 1e7, seed = 7, file = file, flush_interval = 1000)
    }, file, start)
    wait_until(function() file.exists(file))
    Sys.sleep(stats::runif(1, 0, 0.2))
    signal(process$get_pid(), numbers[[1 + i %% 3]])
    process$wait(10000)
    clean <- !process$is_alive() && chain_status(file)$n_steps > 0 && !repair_chain(file)
    if (!clean) unclean <- unclean + 1
    if (!identical(read_chain(file)$draws[1, , ], reference$draws[1, , ])) wrong <- wrong + 1
    process$kill()
    unlink(file)
  }
  result("SIGTERM, SIGINT, SIGHUP", n, "signals", unclean = unclean, wrong = wrong)
}

# Others who open a killed file must not hurt it.
killed_and_opened_by_others <- function() {
  reference <- reference_of(n_run)
  openers <- list(
    h5py = function(file) system2(python, c("-c", shQuote(sprintf("import h5py; h5py.File('%s', 'r')", file))), stdout = FALSE, stderr = FALSE),
    h5py_writing = function(file) system2(python, c("-c", shQuote(sprintf("import h5py; h5py.File('%s', 'a')", file))), stdout = FALSE, stderr = FALSE),
    hdf5r = function(file) try(hdf5r::H5File$new(file, "r+")$close_all(), silent = TRUE),
    h5clear = function(file) if (nzchar(Sys.which("h5clear"))) system2("h5clear", c("-s", file), stdout = FALSE, stderr = FALSE)
  )
  n <- counts(20, 4)
  lost <- wrong <- 0
  for (i in seq_len(n)) {
    file <- tempfile(fileext = ".h5")
    interrupted(file, options_of$plain)
    before <- published(file)
    openers[[1 + i %% length(openers)]](file)
    if (tryCatch(published(file), error = function(e) -1) < before) lost <- lost + 1
    resume_mcmc(file, normal)
    if (!identical(read_chain(file)$draws, reference$draws)) wrong <- wrong + 1
    unlink(file)
  }
  result("killed, then opened by h5py, hdf5r, h5clear -s", n, "files", lost = lost, wrong = wrong)
}
