#' How a run is going
#'
#' Reads the state of a run, or of all runs in a file, without reading the chain. Whether a run is going on is
#' decided by its process, when that is on this machine; otherwise by the mark that a writer leaves in the file each
#' second, also while no step ends: of a run that nobody seems to write, that takes up to three seconds.
#'
#' @param file Path of the HDF5 file, or the `chain_file` that [run_mcmc()] returned; or of a folder, for all runs in its files
#'   `*.h5` and `*.hdf5`.
#' @param name Name of the run; `NULL` for all runs in the file. Of a folder, all are shown.
#' @param ... Not used: an argument that is not known is an error.
#' @returns A data frame of class `chain_status` with a row for each run:
#' * `name`; `state`: `"running"`, `"finished"`, or `"interrupted"` when it ended before its target;
#' * `n_steps`, the steps that are published; `target`, the steps that it shall have;
#' * `n_walkers`, `n_parameters`; `n_temperatures`, and `swap_rate`, the least share of swaps that were taken between two of them,
#'   `NA` when there is one (see [run_mcmc()]); `acceptance`, the mean acceptance rate; `n_nan`, how many log-probabilities were
#'   `NaN` and rejected (see `on_nan` of [run_mcmc()]); `n_lost_workers`, how many workers of a cluster or daemons of mirai
#'   were lost;
#' * `rate`, the steps per second: of a run that is running, in the last two to four seconds, or as long as it took to
#'   publish steps; of one that has ended, since its process took it up; `remaining`, the seconds that the rest will
#'   take at this rate, `NA` unless the run is running;
#' * `durable`, the steps that are on the disk, so that a power cut cannot take them;
#' * `updated`, the step after which the run went on with another density (see `verify` of [resume_mcmc()]), or `NA`;
#' * `age`, the seconds since steps were published last; `started`, when the run was started;
#' * `ended`, why the last process ended the run: `"finished"`, `"rule"`, `"request"` (see [stop_mcmc()]), `"interrupt"`,
#'   `"error"`, `"signal"`, `"no_space"`, `"gone"` (its file was taken away), `"left"` (by `quit()`, the end of its process, or since
#'   no more steps were asked for), or `NA` when it had no time to say; `reason`, the message of an error, the rule, or the like;
#' * `pid` and `host`, the process that writes it or wrote it last; `size`, the size of the file in bytes.
#'
#' Of a folder, a row for each run of each file, those that were started last first, with the name of the `file` before and the
#' `verdict` of [diagnose()] at the end. Files that cannot be read are left out.
#'
#' What emcee does not store is `NA` for a run that emcee made.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, file = file, seed = 1)
#' chain_status(file)
#' @export
chain_status <- function(file, name = "mcmc", ...) {
  check_no_dots(...)
  if (is_folder(file)) {
    return(folder_look(file)())
  }
  path <- check_path(file)
  names <- if (is.null(name)) native(livechain_list_runs, path) else check_run_name(run_name(file, name))
  call <- rlang::current_env()
  runs <- lapply(names, function(name) {
    run <- describe_stored(path, name, call)
    run_status(path, name, run, run_state(run))
  })
  structure(do.call(rbind, c(list(no_status()), runs)), class = c("chain_status", "data.frame"), path = path)
}

# `run` is what describe_stored() tells.
run_status <- function(path, name, run, state) {
  now <- as.double(Sys.time())
  rate <- if (state == "running") {
    (run$n_steps - run$recent_first_step) / (run$published_at - run$recent_since)
  } else {
    (run$n_steps - run$session_first_step) / (run$published_at - run$session_started_at)
  }
  remaining <- if (state == "running" && is.finite(rate) && rate > 0) max(0, run$target - run$n_steps) / rate
  own <- function(x) if (run$own) x else NA
  session <- run$session
  text <- function(x) if (length(x) == 1 && nzchar(x)) x else NA_character_
  started <- run$facts[["started"]]
  data.frame(
    name = name, state = state, n_steps = run$n_steps, target = run$target,
    n_walkers = run$n_walkers, n_parameters = run$n_parameters,
    n_temperatures = run$facts[["n_temperatures"]] %||% 1,
    swap_rate = least_swap_rate(ladder_of(run, run$ladder)),
    acceptance = mean(run$accepted) / (run$n_steps * run$thin_by),
    n_nan = own(run$n_nan), n_lost_workers = own(run$n_lost_workers),
    rate = if (is.finite(rate)) own(rate) else NA_real_,
    remaining = own(remaining %||% NA_real_),
    durable = if (run$format == "livechain 2") run$durable else NA_real_,
    updated = if (run$updated_at > 0) run$updated_at else NA_real_,
    age = own(max(0, now - run$published_at)),
    started = as.POSIXct(if (is.null(started)) NA else started, format = "%Y-%m-%dT%H:%M:%OSZ", tz = "UTC"),
    ended = text(session$ended), reason = text(session$reason),
    pid = session$pid, host = text(session$host),
    size = file.size(path)
  )
}

no_status <- function() {
  data.frame(
    name = character(), state = character(), n_steps = double(), target = double(), n_walkers = double(),
    n_parameters = double(), n_temperatures = double(), swap_rate = double(), acceptance = double(), n_nan = double(), n_lost_workers = double(), rate = double(), remaining = double(), durable = double(),
    updated = double(), age = double(), started = as.POSIXct(character(), tz = "UTC"), ended = character(),
    reason = character(), pid = double(), host = character(), size = double()
  )
}

# Of a stream it may not be known how long it was to be.
run_state <- function(run) {
  if (run$session$running) {
    "running"
  } else if (run$n_steps >= run$target && (run$target > 0 || (run$session$ended %||% "finished") == "finished")) {
    "finished"
  } else {
    "interrupted"
  }
}

#' @export
print.chain_status <- function(x, ...) {
  # A part of a status is a data frame like others.
  if (!all(names(no_status()) %in% names(x))) {
    print(as.data.frame(unclass(x)), ...)
    return(invisible(x))
  }
  for (i in seq_len(nrow(x))) print_run_status(x[i, ], attr(x, "path"))
  invisible(x)
}

print_run_status <- function(run, path = NULL) {
  shape <- c(
    cli::pluralize("{run$n_walkers} walker{?s} x {run$n_parameters} parameter{?s}"),
    status_temperatures(run),
    if (is.finite(run$acceptance)) sprintf("acceptance %.2f", run$acceptance),
    if (isTRUE(run$n_nan > 0)) paste(format_count(run$n_nan), "NaN rejected"),
    if (isTRUE(run$n_lost_workers > 0)) cli::pluralize("{format_count(run$n_lost_workers)} worker{cli::qty(run$n_lost_workers)}{?s} lost"),
    paste(format_bytes(run$size), "file")
  )
  writer <- status_writer(run)
  ended <- status_end(run)
  cat(run$name, ": ", paste(status_progress(run), collapse = ", "), "\n", sep = "")
  cat("  ", paste(shape, collapse = ", "), "\n", sep = "")
  if (nzchar(writer)) cat("  ", writer, "\n", sep = "")
  if (nzchar(ended)) cat("  ", ended, "\n", sep = "")
  if (!is.null(path) && run$n_steps > 0) cat("  ", verdict_of_file(path, run$name), "\n", sep = "")
}

# Why a run did not reach its target, and what else is to be known of it.
status_end <- function(run) {
  why <- if (identical(run$state, "interrupted")) {
    switch(run$ended %|NA|% "none",
      interrupt = "ended by an interrupt",
      signal = "ended by a signal",
      no_space = "ended by a full disk",
      error = paste0("ended by an error", if (!is.na(run$reason)) paste0(": ", one_line(run$reason))),
      gone = "its file was taken away",
      left = run$reason %|NA|% "left unfinished, as by quit() or the end of its process",
      none = "its process died"
    )
  } else if (identical(run$state, "finished")) {
    switch(run$ended %|NA|% "none",
      rule = paste0("its rule was met", if (!is.na(run$reason)) paste0(": ", one_line(run$reason))),
      request = "ended by stop_mcmc()"
    )
  }
  paste(collapse = ", ", c(
    why,
    if (!is.na(run$updated)) paste("another density since step", format_count(run$updated))
  ))
}

`%|NA|%` <- function(x, y) if (is.na(x)) y else x

one_line <- function(text) gsub("[[:space:]]+", " ", text)

status_progress <- function(run) {
  # Of a stream it may not be known how long it will be.
  aim <- if (run$target > 0) sprintf("of %s steps (%.0f%%)", format_count(run$target), percent_done(run)) else ngettext(run$n_steps, "step", "steps")
  c(
    run$state,
    paste(format_count(run$n_steps), aim),
    if (!is.na(run$rate)) paste(format_rate(run$rate), "steps/s"),
    if (!is.na(run$remaining) && run$target > 0) paste(format_seconds(run$remaining), "left")
  )
}

# A run whose process is stopped, or whose density takes very long.
is_silent <- function(run) {
  usual <- if (isTRUE(run$rate > 0)) 1 / run$rate else 0
  run$state == "running" && run$age > max(10, 10 * usual)
}

status_writer <- function(run) {
  paste(collapse = ", ", c(
    if (run$state == "running") sprintf("process %d on %s", run$pid, run$host),
    if (!is.na(run$age)) paste(if (is_silent(run)) "nothing new for" else "published", format_seconds(run$age), if (!is_silent(run)) "ago"),
    if (isTRUE(run$state == "running" && run$durable < run$n_steps)) paste("on the disk until step", format_count(run$durable))
  ))
}

percent_done <- function(run) if (run$target == 0) 100 else 100 * min(1, run$n_steps / run$target)

#' Repair a file whose writer died
#'
#' A process that is killed cannot close its file. [read_chain()] and [chain_status()] read such a file all
#' the same, and [resume_mcmc()] repairs it by itself; `repair_chain()` does it for other HDF5 programs that
#' want to open it. All published steps stay that are what was written; those that a power cut has spoilt are dropped, with
#' all that follow them: [check_file()] tells before which they are. Do not use HDF5's own `h5clear` for this: it can cut
#' off the chain.
#'
#' @inheritParams read_chain
#' @returns Invisibly, whether there was something to repair.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, file = file, seed = 1)
#' print(repair_chain(file))
#' @export
repair_chain <- function(file) {
  path <- check_path(file)
  before <- published_steps(path)
  mended <- native(livechain_repair, path)
  after <- if (mended) published_steps(path)
  for (name in intersect(names(before), names(after))) inform_dropped(path, name, before[[name]], after[[name]], goes_on = FALSE)
  invisible(mended)
}

# By run; none where that cannot be known.
published_steps <- function(path) {
  status <- tryCatch(chain_status(path, name = NULL), livechain_error = function(condition) no_status())
  stats::setNames(status$n_steps, status$name)
}
