#' End a run from another session
#'
#' Asks the process that samples into a file to end: it does so after its present step, closes the file, and the run
#' counts as finished. [resume_mcmc()] can add steps to it later. A loop that streams its draws by [chain_writer()] ends when it
#' asks [stop_requested()].
#'
#' @inheritParams read_chain
#' @returns Invisibly, whether there was a process to ask.
#' @section Errors:
#' Those of [read_chain()].
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 100, file = file)
#' print(stop_mcmc(file)) # nobody samples into it any more
#' @export
stop_mcmc <- function(file, name = "mcmc", ...) {
  check_no_dots(...)
  path <- check_path(file)
  invisible(native(livechain_ask_to_end, path, check_run_name(run_name(file, name))))
}
