# A run in a file: class `chain_file`, a path and a run's name. What it is asked for is read each time.

new_chain_file <- function(path, name) structure(list(path = path, name = name), class = "chain_file")

#' @export
dim.chain_file <- function(x) {
  status <- chain_status(x$path, x$name)
  c(status$n_steps, status$n_walkers, status$n_parameters)
}

#' @export
dimnames.chain_file <- function(x) list(NULL, NULL, describe_stored(x$path, x$name)$names)

#' @export
print.chain_file <- function(x, ...) {
  cat(cli::format_inline("<chain_file> run {.val {x$name}} in {.file {x$path}}"), "\n", sep = "")
  print(chain_status(x$path, x$name), ...)
  invisible(x)
}

#' @rdname summary.chain
#' @export
summary.chain_file <- summary.chain

#' @export
as.array.chain_file <- as.array.chain

#' @export
as.matrix.chain_file <- as.matrix.chain

#' @export
as.data.frame.chain_file <- as.data.frame.chain

#' @export
acceptance_rate.chain_file <- function(x, ...) {
  check_no_dots(...)
  reader <- open_reader(x$path, x$name)
  on.exit(native(livechain_close_reader, reader))
  progress <- native(livechain_refresh, reader)
  progress$accepted / (progress$n_steps * describe_reader(reader)$thin_by)
}

#' @export
last_state.chain_file <- function(x, ...) {
  check_no_dots(...)
  reader <- open_reader(x$path, x$name)
  on.exit(native(livechain_close_reader, reader))
  state <- native(livechain_positions_after, reader, native(livechain_refresh, reader)$n_steps)
  run <- describe_reader(reader)
  dimnames(state$positions) <- list(NULL, run$parameters)
  structure(state$positions, log_prob = state$log_prob, groups = run$groups)
}
