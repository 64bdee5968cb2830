#' Mirror a run elsewhere
#'
#' Follows a run until it has ended, and keeps a copy of it somewhere else: on another disk, in a folder that others see, or, by
#' a command, on another machine. Run it in a session on the machine that samples, where the file is seen as it is. The copy is
#' for those to whom a mount would show the file in parts: see `vignette("cluster")`.
#'
#' The copy is a run like the other. [read_chain()], [chain_status()], [watch_chain()] and all verbs can be used on it at any moment:
#' each step is verified when it is copied and again when it is read, the copy is never ahead of the run, and it is `"running"` while
#' it is followed. Steps, log-probabilities, blobs, counts, what the moves have learnt, and why the run ended are the same, bit for
#' bit; the rate and the process in [chain_status()] are the mirror's.
#'
#' After a break (the session was killed, the machine was started again) the same call goes on after the last right step
#' of the copy, once it is sure that the copy is one of this run. The copy may also be gone on with by [resume_mcmc()], which makes the same
#' steps as it would from the run itself; the two must not both be gone on with.
#'
#' @section By a command:
#' Each time that there is something new, a whole, closed file of the run is handed to the standard input of `command`, which
#' `sh` runs. To be read at any moment, the file must be put in its place at once at the far end, under another name first:
#' `"ssh host 'cat > fit.h5.part && mv fit.h5.part fit.h5'"`. As nobody writes to it there, [chain_status()] calls it
#' `"interrupted"` as long as the run goes on. A file is handed over whole each time: choose `interval` accordingly. The session's
#' temporary folder needs room for it. When the command fails (its exit status is not 0), there is a warning, and it is tried again
#' after `interval`; at the end of the run, once more, and then it is an error.
#'
#' @inheritParams read_chain
#' @param from Path of the HDF5 file, or the `chain_file` that [run_mcmc()] returned.
#' @param to Path of the file for the copy, or of a folder that exists, for a file of the same name in it. What the file
#'   holds beside stays.
#' @param command A command, as one string, in place of `to`.
#' @param interval Seconds between two looks at the run.
#' @param wait How many seconds to wait at most: for a file that does not exist yet, and for a run that was interrupted to be taken
#'   up again.
#' @param timeout How many seconds to follow the run at most; the copy is interrupted then.
#' @returns The [chain_status()] of the copy, invisibly. Ctrl-C, and [stop_mcmc()] of the copy, end the call in the same way as `timeout`.
#' @section Errors:
#' Those of [read_chain()] and [open_chain()]; `livechain_error_argument`, also for a run that emcee or the first version of livechain
#' made; `livechain_error_exists` when `to` holds another run of that name, or has other steps than the run; `livechain_error_ahead` when
#' it has more; `livechain_error_busy` when another process writes to it; `livechain_error_command` when the command failed at the end.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, file = file, seed = 1)
#' copy <- tempfile(fileext = ".h5")
#' mirror_chain(file, copy) # ends at once, as the run has ended
#' identical(read_chain(copy)$draws, read_chain(file)$draws)
#'
#' folder <- tempfile()
#' dir.create(folder)
#' place <- shQuote(file.path(folder, "fit.h5"))
#' mirror_chain(file, command = sprintf("cat > %s.part && mv %s.part %s", place, place, place))
#' chain_status(file.path(folder, "fit.h5"))
#' @export
mirror_chain <- function(from, to = NULL, ..., command = NULL, name = "mcmc", interval = 5, wait = 0, timeout = Inf) {
  check_no_dots(...)
  path <- check_path(from, arg = "from")
  name <- check_run_name(run_name(from, name))
  interval <- check_positive(interval)
  wait <- check_seconds(wait)
  timeout <- check_seconds(timeout)
  if (is.null(to) == is.null(command)) {
    abort("argument", "Either {.arg to} or {.arg command} must be given, and not both.", call = rlang::current_env(), argument = "to")
  }
  call <- rlang::current_env()
  if (is.null(command)) to <- check_copy_place(to, path, call) else check_string(command)
  reader <- start_reader(path, name, Inf, wait, call)
  on.exit(close(reader))
  require_own_format(reader, call)
  copy <- if (is.null(command)) copy_in_place(reader, to, call) else copy_by_command(reader, command, call)
  on.exit(copy$leave(), add = TRUE, after = FALSE)
  tryCatch(keep_up(reader, copy, interval, wait, seconds_now() + timeout, call), interrupt = function(condition) NULL)
  copy$end()
  invisible(chain_status(copy$path, name))
}

check_copy_place <- function(to, from, call) {
  path <- if (is_folder(to)) file.path(to, basename(from)) else to
  path <- check_path(path, call, "to")
  check_new_place(path, to, "to", call)
  if (identical(path, from)) abort_argument("to", "another file than `from`", to, call)
  path
}

require_own_format <- function(reader, call) {
  if (reader$run$format != "livechain 2") {
    abort("argument", c(
      "{.arg from} must hold a run as this version of livechain makes them.",
      "x" = "That in {.file {reader$path}} is of {reader$run$format}."
    ), call = call, argument = "from")
  }
}

# Until the run has ended. One that was interrupted may be taken up again.
keep_up <- function(reader, copy, interval, wait, deadline, call) {
  went_on <- seconds_now()
  repeat {
    look <- poll(reader, call)
    copy$update(look)
    now <- seconds_now()
    if (look$state == "running") went_on <- now
    is_over <- look$state == "finished" || (look$state != "running" && now >= went_on + wait)
    if (is_over || now >= deadline || copy$is_asked_to_end()) break
    await_state(reader, look$state, min(now + interval, deadline), call)
  }
}

# A change of the state is seen at once, however long the interval.
await_state <- function(reader, state, until, call) {
  while ((left <- until - seconds_now()) > 0) {
    pause(min(left, 0.5))
    if (left > 0.5 && poll(reader, call)$state != state) break
  }
}

copy_in_place <- function(reader, to, call) {
  writer <- open_copy(reader, to, call)
  is_compared <- FALSE
  close <- function() {
    if (!is.null(writer)) native(livechain_end_copy, reader$pointer, writer, call = call)
    writer <<- NULL
  }
  update <- function(look) {
    if (!is_compared) is_compared <<- has_same_end(reader, look, writer, to, call)
    if (is_compared) native(livechain_update_copy, reader$pointer, writer, call = call)
  }
  is_asked <- function() native(livechain_asked_to_end, writer)
  list(path = to, update = update, is_asked_to_end = is_asked, end = close, leave = function() try(close(), silent = TRUE))
}

# A file that nobody has open, made anew each time from what was handed over before and the steps since.
copy_by_command <- function(reader, command, call) {
  file <- tempfile("mirror-", fileext = ".h5")
  handed <- NULL
  newest <- NULL
  has_failed <- FALSE
  hand_over <- function() {
    copy <- copy_in_place(reader, file, call)
    copy$update(newest)
    copy$end()
    status <- system(paste("sh -c", shQuote(command), "<", shQuote(file)))
    if (status == 0) handed <<- news_in(newest)
    status
  }
  update <- function(look) {
    newest <<- look
    if (identical(news_in(look), handed)) return()
    status <- hand_over()
    if (status != 0 && !has_failed) warn_command_failed(status, call)
    has_failed <<- status != 0
  }
  end <- function() {
    if (is.null(newest) || identical(news_in(newest), handed)) return()
    status <- hand_over()
    if (status != 0) abort_command_failed(status, call)
  }
  list(path = file, update = update, is_asked_to_end = function() FALSE, end = end, leave = function() unlink(file))
}

news_in <- function(look) c(look[c("n_steps", "target", "updated_at", "state")], look$session[c("ended", "reason")])

open_copy <- function(reader, to, call) {
  storage <- list(swmr = TRUE, compression = 0, flush_interval = 0.5, sync_interval = 5)
  if (!has_run(to, reader$name)) {
    return(native(livechain_create_copy, reader$pointer, to, reader$name, storage, call = call))
  }
  require_same_run(reader, to, call)
  description <- describe_stream(reader$run$parameters, 0, storage)
  native(livechain_resume_writer, to, reader$name, description, NULL, storage, call = call)
}

# Before anything is changed: what a run is from its beginning, and its first step.
require_same_run <- function(reader, to, call) {
  there <- open_reader(to, reader$name, call = call)
  on.exit(native(livechain_close_reader, there))
  n_steps <- min(native(livechain_refresh, there)$n_steps, poll(reader, call)$n_steps)
  same <- identical(given_facts(describe_reader(there, call)), given_facts(reader$run)) &&
    (n_steps == 0 || identical(native(livechain_positions_after, there, 1), native(livechain_positions_after, reader$pointer, 1)))
  if (!same) abort_other_run(reader, to, call)
}

# Without those that tell how the file is laid out, which may be done anew.
given_facts <- function(run) {
  run$facts[setdiff(names(run$facts), c("version", "compression", "steps_per_chunk", "state_interval"))]
}

# Whether what the copy has is the run's: as long as the run has less and goes on, that cannot be known.
has_same_end <- function(reader, look, writer, to, call) {
  n_steps <- native(livechain_writer_progress, writer)$n_steps
  if (n_steps > look$n_steps) {
    if (look$state != "running") abort_ahead(reader, to, n_steps, look$n_steps, call)
    return(FALSE)
  }
  same <- n_steps == 0 ||
    identical(native(livechain_positions_after, reader$pointer, n_steps, call = call)$positions, native(livechain_writer_state, writer)$positions)
  if (!same) abort_other_run(reader, to, call)
  TRUE
}

abort_other_run <- function(reader, to, call) {
  abort("exists", c(
    "File {.file {to}} already holds a run named {.val {reader$name}} that is no copy of that in {.file {reader$path}}.",
    "i" = "Choose another {.arg to}, or delete the file."
  ), call = call)
}

abort_ahead <- function(reader, to, n_copied, n_steps, call) {
  abort("ahead", c(
    "The copy in {.file {to}} has {format_count(n_copied)} step{cli::qty(n_copied)}{?s}, and the run in {.file {reader$path}} has {format_count(n_steps)}.",
    "i" = "The copy was gone on with, or the run has lost steps: go on with the run first, or choose another {.arg to}."
  ), call = call)
}

warn_command_failed <- function(status, call) {
  cli::cli_warn("{.arg command} failed with status {status}; it is tried again at the next look.",
    class = "livechain_warning_command", call = call
  )
}

abort_command_failed <- function(status, call) {
  abort("command", c(
    "{.arg command} failed with status {status}, and the last steps were not handed over.",
    "i" = "The same call of {.fn mirror_chain} hands the run over again."
  ), call = call)
}
