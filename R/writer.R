#' Stream draws of another sampler
#'
#' The storage of [run_mcmc()] for any other sampler: a loop in R, parallel tempering, draws that another package
#' returns in batches. `append_steps()` adds steps; everything that looks at runs works on them while they are being
#' made: [read_chain()], [chain_status()], [open_chain()]. `stop_requested()` tells whether [stop_mcmc()] has asked the run to
#' end, from whatever session, for the loop to obey. `close()` publishes what is left and declares the run
#' finished; a process that ends or dies before leaves an interrupted run with all published steps.
#'
#' @inheritParams run_mcmc
#' @param file Path of the HDF5 file.
#' @param n_walkers Number of walkers: parallel chains, temperatures, or 1.
#' @param parameters Names of the parameters, or their number.
#' @param n_steps The number of steps that are planned, for [chain_status()]; 0 when it is not known.
#' @param resume Whether to append to the run that the file holds already.
#' @param writer,con What `chain_writer()` returned.
#' @param draws A numeric array `[step, walker, parameter]`, or, for one step, a matrix `[walker, parameter]`; for one
#'   step of one walker, a vector.
#' @param log_prob Log-probabilities: a matrix `[step, walker]`, or, for one step, a vector; `NULL` when they are not
#'   known, which stores `NaN`.
#' @param ... Not used: an argument that is not known is an error.
#' @returns `chain_writer()`: a `chain_writer`. `append_steps()`: the writer, invisibly. `stop_requested()`: `TRUE` or `FALSE`,
#'   in a microsecond or two. `close()`: a `chain_file`, invisibly. The acceptance rate of such a run counts the steps in which a walker moved.
#' @examples
#' # A Metropolis loop by hand, streamed
#' file <- tempfile(fileext = ".h5")
#' writer <- chain_writer(file, n_walkers = 1, parameters = c("x", "y"))
#' log_prob <- function(x) -sum(x^2) / 2
#' position <- c(0, 0)
#' for (step in 1:500) {
#'   proposal <- position + rnorm(2)
#'   if (log(runif(1)) < log_prob(proposal) - log_prob(position)) position <- proposal
#'   append_steps(writer, position, log_prob(position))
#'   if (stop_requested(writer)) break
#' }
#' close(writer)
#' summary(read_chain(file))
#' @export
chain_writer <- function(file, n_walkers, parameters, n_steps = 0, ..., name = "mcmc", resume = FALSE,
                         overwrite = FALSE, compression = 0, flush_interval = 0.5, sync_interval = 5) {
  check_no_dots(...)
  check_flag(resume)
  n_steps <- check_whole(n_steps, 0)
  storage <- if (resume) {
    list(
      path = check_path(file), name = check_run_name(run_name(file, name)), swmr = TRUE, compression = 0,
      flush_interval = check_interval(flush_interval, "flush_interval"), sync_interval = check_interval(sync_interval, "sync_interval")
    )
  } else {
    check_storage(check_path(file), name, TRUE, overwrite, compression, flush_interval, sync_interval)
  }
  writer <- structure(new.env(parent = emptyenv()), class = "chain_writer")
  writer$storage <- storage
  if (resume) {
    run <- describe_stored(storage$path, storage$name)
    check_appendable(run, if (!missing(n_walkers)) n_walkers, if (!missing(parameters)) parameters, rlang::current_env())
    description <- describe_stream(run$parameters, n_steps, storage)
    writer$pointer <- native(livechain_resume_writer, storage$path, storage$name, description, NULL, storage)
    stored <- native(livechain_writer_progress, writer$pointer)
    inform_dropped(storage$path, storage$name, stored$n_found, stored$n_steps)
    if (n_steps > 0) native(livechain_set_target, writer$pointer, n_steps)
    writer$n_walkers <- run$n_walkers
    writer$n_parameters <- run$n_parameters
    writer$parameters <- run$parameters
    state <- if (stored$n_steps > 0) native(livechain_writer_state, writer$pointer)
    writer$last <- state$positions
    writer$accepted <- state$accepted %||% rep(0, run$n_walkers)
    return(writer)
  }
  require_given(missing(n_walkers), "n_walkers", "a whole number of walkers")
  require_given(missing(parameters), "parameters", "names of the parameters, or their number")
  writer$n_walkers <- check_whole(n_walkers, 1)
  names <- if (is.character(parameters)) parameters
  check_parameter_names(names, rlang::current_env(), "parameters")
  writer$n_parameters <- if (is.null(names)) check_whole(parameters, 1) else length(names)
  writer$parameters <- names
  writer$accepted <- rep(0, writer$n_walkers)
  writer$pointer <- native(
    livechain_open_writer, storage$path, storage$name, describe_stream(names, n_steps, storage),
    writer$n_walkers, writer$n_parameters, storage, overwrite
  )
  writer
}

#' @rdname chain_writer
#' @export
append_steps <- function(writer, draws, log_prob = NULL) {
  check_writer(writer)
  check_columns(draws, writer$parameters)
  draws <- as_steps(draws, c(writer$n_walkers, writer$n_parameters))
  n_steps <- dim(draws)[1]
  if (n_steps == 0) {
    return(invisible(writer))
  }
  if (is.null(log_prob)) log_prob <- rep(NaN, n_steps * writer$n_walkers)
  shaped <- is.null(dim(log_prob)) || identical(as.double(dim(log_prob)), as.double(c(n_steps, writer$n_walkers)))
  if (!is.numeric(log_prob) || length(log_prob) != n_steps * writer$n_walkers || !shaped) {
    abort_argument("log_prob", cli::pluralize("a numeric matrix of {n_steps} step{?s} x {writer$n_walkers} walker{?s}"), log_prob, rlang::current_env())
  }
  accepted <- count_moves(writer, draws)
  writer$failure <- NULL
  withCallingHandlers(native(livechain_append, writer$pointer, draws, as.double(log_prob), accepted),
    error = function(condition) writer$failure <- conditionMessage(condition)
  )
  writer$last <- matrix(draws[n_steps, , ], writer$n_walkers)
  writer$accepted <- accepted[, n_steps]
  invisible(writer)
}

#' @rdname chain_writer
#' @export
stop_requested <- function(writer) {
  check_writer(writer)
  native(livechain_asked_to_end, writer$pointer)
}

require_given <- function(is_missing, arg, expected, call = rlang::caller_env()) {
  if (is_missing) {
    abort("argument", "{.arg {arg}} must be given: {expected}.", call = call, argument = arg)
  }
}

# What is appended must be of the run that is there.
check_appendable <- function(run, n_walkers, parameters, call) {
  refuse <- function(message, argument) abort("argument", message, call = call, argument = argument)
  if (run$has_blobs) refuse("A run with blobs cannot be appended to.", "file")
  if (length(run$facts[["initial_memory"]]) > 0) {
    refuse(c(
      "{.arg file} holds a run whose moves have learnt something, which a stream cannot go on with.",
      "i" = "Go on with it by {.fn resume_mcmc}."
    ), "file")
  }
  if (!is.null(n_walkers) && !identical(as.double(n_walkers), run$n_walkers)) {
    refuse("{.arg n_walkers} is {n_walkers}, and the run in {.arg file} has {run$n_walkers} walker{?s}.", "n_walkers")
  }
  same <- is.null(parameters) || identical(parameters, run$parameters) ||
    (is.numeric(parameters) && identical(as.double(parameters), run$n_parameters))
  if (!same) {
    refuse("{.arg parameters} is {.val {parameters}}, and the run in {.arg file} has {.val {run$names}}.", "parameters")
  }
}

check_columns <- function(draws, parameters, call = rlang::caller_env()) {
  names <- if (is.null(dim(draws))) names(draws) else utils::tail(dimnames(draws), 1)[[1]]
  unnamed <- is.null(names) || identical(names, parameter_names(NULL, length(names)))
  if (!unnamed && !is.null(parameters) && !identical(names, parameters)) {
    abort("argument", c(
      "{.arg draws} must have the parameters of the run, in their order: {.val {parameters}}.",
      "x" = "Its columns are {.val {names}}."
    ), call = call, argument = "draws")
  }
}

check_writer <- function(writer, call = rlang::caller_env()) {
  if (!inherits(writer, "chain_writer")) abort_argument("writer", "what chain_writer() returned", writer, call)
  check_open(writer, "writer", "chain_writer", call)
}

as_steps <- function(draws, shape, call = rlang::caller_env()) {
  ok <- is.numeric(draws) && switch(length(dim(draws)) + 1,
    length(draws) == prod(shape) && shape[1] == 1,
    FALSE,
    identical(as.double(dim(draws)), as.double(shape)),
    identical(as.double(dim(draws)[-1]), as.double(shape)),
    FALSE
  )
  if (!isTRUE(ok)) {
    abort_argument("draws", cli::pluralize("a numeric array [step, walker, parameter] with {shape[1]} walker{?s} and {shape[2]} parameter{?s}"), draws, call)
  }
  n_steps <- if (length(dim(draws)) == 3) dim(draws)[1] else 1
  draws <- array(as.double(draws), c(n_steps, shape))
  check_finite_steps(draws, call)
  draws
}

check_finite_steps <- function(draws, call) {
  wrong <- which(!is.finite(draws))
  if (length(wrong) > 0) {
    at <- arrayInd(wrong[1], dim(draws))
    abort("argument", c(
      "{.arg draws} must be finite everywhere.",
      "x" = "Step {at[1]} of them has {draws[wrong[1]]} for parameter {at[3]} of walker {at[2]}."
    ), call = call, argument = "draws")
  }
}

# [walker, step]: in how many steps each walker has moved so far.
count_moves <- function(writer, draws) {
  n_steps <- dim(draws)[1]
  accepted <- matrix(writer$accepted, writer$n_walkers, n_steps)
  before <- writer$last
  for (step in seq_len(n_steps)) {
    now <- matrix(draws[step, , ], writer$n_walkers)
    moved <- if (is.null(before)) rep(FALSE, writer$n_walkers) else rowSums(now != before) > 0
    accepted[, step] <- (if (step == 1) writer$accepted else accepted[, step - 1]) + (moved %in% TRUE)
    before <- now
  }
  accepted
}

#' @rdname chain_writer
#' @export
close.chain_writer <- function(con, ...) {
  if (is_open(con)) {
    on.exit(con$pointer <- NULL)
    if (is.null(con$failure)) {
      native(livechain_set_target, con$pointer, native(livechain_writer_progress, con$pointer)$n_steps)
    } else {
      native(livechain_say_why, con$pointer, con$failure)
    }
    native(livechain_close_writer, con$pointer)
  }
  invisible(new_chain_file(con$storage$path, con$storage$name))
}

#' @export
print.chain_writer <- function(x, ...) {
  cat(cli::format_inline("<chain_writer> run {.val {x$storage$name}} in {.file {x$storage$path}}, {state_of_handle(x)}"), "\n", sep = "")
  invisible(x)
}
