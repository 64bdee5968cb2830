#' Put runs together that were sampled as separate jobs
#'
#' Reads runs of one density, each started apart from the others, as the ensembles of one chain: what [rhat()] and [diagnose()]
#' then say of ensembles that agree or do not is what no run can know by itself. As `n_ensembles` of [run_mcmc()], but each
#' ensemble has a job of its own.
#'
#' @param files Paths, as many as there are runs, or `chain_file`s in a list. The runs may still be going on: all are
#'   read up to the step that the shortest has.
#' @param ... Not used: an argument that is not known is an error.
#' @inheritParams read_chain
#' @param discard,thin,parameters As for [read_chain()].
#' @returns A `chain` whose `n_ensembles` is the number of runs, or of the ensembles in them.
#' @section Errors:
#' Those of [read_chain()], and `livechain_error_argument` when the runs have not the same parameters, blobs, `thin_by` or number of
#' walkers, or when two of them are the same.
#' @seealso [bind_chains()] for chains in memory.
#' @examples
#' files <- replicate(3, tempfile(fileext = ".h5"))
#' for (file in files) {
#'   run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 500, file = file)
#' }
#' chain <- combine_chains(files, discard = 100)
#' chain$n_ensembles
#' rhat(chain)
#' @export
combine_chains <- function(files, ..., name = "mcmc", discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  if (inherits(files, "chain_file")) files <- list(files)
  if (length(files) == 0 || !(is.character(files) || is.list(files))) {
    abort_argument("files", "paths, or a list of what run_mcmc(file = ) returned", files, rlang::current_env())
  }
  discard <- check_discard(discard)
  thin <- check_whole(thin, 1)
  # The same steps of each: burn-in is that of all of them together.
  is_auto <- discard == "auto"
  chains <- lapply(files, function(file) {
    read_chain(file, run_name(file, name), discard = if (is_auto) 0 else discard, thin = if (is_auto) 1 else thin, parameters = parameters)
  })
  n_walkers <- vapply(chains, function(chain) dim(chain)[2] / (chain$n_ensembles %||% 1), 0)
  if (length(unique(n_walkers)) > 1) {
    abort("argument", c(
      "The runs in {.arg files} must have ensembles of the same number of walkers.",
      "x" = "They have {unique(n_walkers)}."
    ), call = rlang::current_env(), argument = "files")
  }
  n_steps <- min(vapply(chains, function(chain) dim(chain)[1], 0L))
  chains <- lapply(chains, function(chain) keep(chain, seq_len(n_steps)))
  refuse_same(chains)
  together <- do.call(bind_chains, c(chains, along = "walkers"))
  if (is_auto) select_steps(together, discard, thin) else together
}

# One seed and one start make one chain, which agrees with itself.
refuse_same <- function(chains, call = rlang::caller_env()) {
  twice <- which(duplicated(lapply(chains, function(chain) utils::tail(chain$log_prob, 1))))
  if (length(twice) > 0 && nrow(chains[[1]]$log_prob) > 0) {
    abort("argument", c(
      "The runs in {.arg files} must be different.",
      "x" = "Number {twice[1]} is the same as one before it.",
      "i" = "Give each run another {.arg seed}, and start it elsewhere."
    ), call = call, argument = "files")
  }
}
