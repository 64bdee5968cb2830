#' The runs in a file
#'
#' @inheritParams read_chain
#' @returns A character vector with the names of the runs in the file, as `name` of [read_chain()] and of [chain_status()],
#'   which tells more about each.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' log_prob <- function(x) -sum(x^2) / 2
#' run_mcmc(log_prob, matrix(rnorm(20), 10), 100, file = file, name = "first")
#' run_mcmc(log_prob, matrix(rnorm(20), 10), 100, file = file, name = "second")
#' list_runs(file)
#' @export
list_runs <- function(file) native(livechain_list_runs, check_path(file))
