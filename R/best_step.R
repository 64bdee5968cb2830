#' The best position of a chain
#'
#' Where the log-probability is highest among the draws: the maximum a posteriori of the draws, near that of the density. It is
#' a start for an optimizer, and no summary of the posterior. Of a run that went on with another density (see `verify` of
#' [resume_mcmc()]) only the steps since then are looked at.
#'
#' @param x A `chain`, a `chain_file` or the path of a file.
#' @inheritParams summary.chain
#' @returns A named numeric vector of the parameters, with attributes `log_prob`, `step` and `walker`.
#' @examples
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("a", "b")))
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 500, seed = 1)
#' best_step(chain)
#' @export
best_step <- function(x, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  x <- select_chain(x, discard, thin, parameters)
  is_other <- x$steps <= updated_at(x)
  if (!all(is_other)) x$log_prob[is_other, ] <- NA
  best <- which.max(x$log_prob)
  if (length(best) == 0) abort("empty", "The chain has no steps with a log-probability.", call = rlang::current_env())
  at <- arrayInd(best, dim(x$log_prob))
  structure(x$draws[at[1], at[2], , drop = TRUE],
    names = dimnames(x$draws)[[3]], log_prob = x$log_prob[[best]], step = x$steps[[at[1]]], walker = at[2]
  )
}
