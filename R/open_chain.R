#' Follow a chain
#'
#' `open_chain()` opens a run for reading and keeps it open; `read_new()` returns the steps that were published
#' since the last call; `close()` closes it. What a call costs depends on the new steps, not on the length of the
#' chain.
#'
#' @inheritParams read_chain
#' @param from The number of the last step that is not wanted: 0 reads from the beginning, `Inf` only what is
#'   published from now on.
#' @param wait How many seconds to wait at most: for a file that does not exist yet, or for new steps.
#' @param reader,con What `open_chain()` returned.
#' @param ... Not used: an argument that is not known is an error.
#' @returns `open_chain()`: a `chain_reader`. `read_new()`: a `chain` with the new steps, of which there may be none,
#'   numbered from the run's start, and with a further element `state`: `"running"`, `"finished"` or
#'   `"interrupted"`. `close()`: `NULL`, invisibly.
#' @section Errors:
#' Those of [read_chain()]. When the file was replaced and holds another run under that name, or none, `read_new()`
#' is an error of class `livechain_error_replaced`: steps of different runs are never mixed. The reader goes on when its run is
#' there again. A run that was killed
#' and resumed, or whose file got a second run, is simply followed on.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' log_prob <- function(x) -sum(x^2) / 2
#' run_mcmc(log_prob, matrix(rnorm(20), 10), 100, file = file, seed = 1)
#' reader <- open_chain(file)
#' dim(read_new(reader))
#' close(reader)
#' @export
open_chain <- function(file, name = "mcmc", ..., from = 0, wait = 0) {
  check_no_dots(...)
  path <- check_path(file)
  name <- check_run_name(run_name(file, name))
  from <- if (identical(from, Inf)) Inf else check_whole(from, 0)
  start_reader(path, name, from, check_seconds(wait), rlang::current_env())
}

start_reader <- function(path, name, from, wait, call) {
  wait_for(wait, function() file.exists(path))
  reader <- structure(new.env(parent = emptyenv()), class = "chain_reader")
  reader$path <- whole_path(path)
  reader$name <- name
  attach_reader(reader, call)
  reader$seen <- min(from, poll(reader, call)$n_steps)
  reader
}

#' @rdname open_chain
#' @export
read_new <- function(reader, wait = 0, ...) {
  check_no_dots(...)
  if (!inherits(reader, "chain_reader")) {
    abort_argument("reader", "what open_chain() returned", reader, rlang::current_env())
  }
  check_open(reader, "reader", "open_chain")
  wait <- check_seconds(wait)
  look <- poll(reader)
  if (wait > 0) wait_for(wait, function() (look <<- poll(reader))$n_steps > reader$seen || look$state != "running")
  n_new <- max(0, look$n_steps - reader$seen)
  run <- reader$run
  result <- read_steps(reader$pointer, reader$seen, n_new, 1, seq_len(run$n_parameters))
  result$accepted <- look$accepted
  chain <- new_chain(result, run$names,
    steps = reader$seen + seq_len(n_new), thin_by = run$thin_by, n_total = look$n_steps,
    n_ensembles = run$n_ensembles
  )
  chain <- with_past(chain, run, look)
  chain$state <- look$state
  reader$seen <- look$n_steps
  chain
}

#' @rdname open_chain
#' @export
close.chain_reader <- function(con, ...) {
  if (is_open(con)) native(livechain_close_reader, con$pointer)
  con$pointer <- NULL
  invisible(NULL)
}

#' @export
print.chain_reader <- function(x, ...) {
  state <- if (is_open(x)) paste(x$seen, "steps read") else state_of_handle(x)
  cat(cli::format_inline("<chain_reader> run {.val {x$name}} in {.file {x$path}}, {state}"), "\n", sep = "")
  invisible(x)
}

wait_for <- function(seconds, condition) {
  deadline <- seconds_now() + seconds
  while (!condition() && seconds_now() < deadline) pause(0.02)
}

# A run is known by its seed and the moment when it was started, also when its file was laid out anew.
identity_of <- function(run) run$facts[c("seed", "started")]

attach_reader <- function(reader, call = rlang::caller_env()) {
  pointer <- open_reader(reader$path, reader$name, call = call)
  reader$run <- describe_reader(pointer, call)
  reader$pointer <- pointer
}

# How far the run is. A file that was replaced, or copied over, is opened anew; until the run is there again, the reader keeps
# what it has.
poll <- function(reader, call = rlang::caller_env()) {
  look <- call_entry(livechain_poll, reader$pointer)
  if (isTRUE(look$current)) {
    return(with_state(look))
  }
  if (!identical(look$kind, "damaged")) checked(look, call)
  before <- identity_of(reader$run)
  fresh <- tryCatch(open_reader(reader$path, reader$name, call = call),
    livechain_error_missing = function(condition) abort_replaced(reader, call),
    livechain_error_not_hdf5 = function(condition) abort_replaced(reader, call),
    livechain_error_no_run = function(condition) abort_replaced(reader, call)
  )
  run <- describe_reader(fresh, call)
  if (!identical(identity_of(run), before)) {
    native(livechain_close_reader, fresh)
    abort_replaced(reader, call)
  }
  native(livechain_close_reader, reader$pointer)
  reader$run <- run
  reader$pointer <- fresh
  with_state(native(livechain_poll, fresh, call = call))
}

with_state <- function(look) {
  look$state <- run_state(look)
  look
}

abort_replaced <- function(reader, call) {
  abort("replaced", c(
    "File {.file {reader$path}} no longer holds the run {.val {reader$name}} that was opened: it was deleted or replaced by another.",
    "i" = "The reader goes on when that run is there again; {.fn open_chain} opens what is there now."
  ), call = call)
}
