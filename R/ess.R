#' Effective sample size
#'
#' The number of independent draws that tell as much about a mean as the chain does: the number of updates of all
#' walkers divided by their pooled autocorrelation time, [autocorr_time()].
#'
#' `summary()` also shows `ess_bulk` and `ess_tail` of Vehtari et al. (2021), which treat the walkers as chains: how
#' much is known of the location, and of the 5% and 95% quantiles, whatever the tails.
#'
#' @inheritParams autocorr_time
#' @returns A numeric vector with the effective sample size for each parameter, a number of draws.
#' @concept ESS, effective draws
#' @seealso [mcse()] for the error that remains, [rhat()] and [diagnose()] for whether it can be believed.
#' @references Vehtari et al. (2021) \doi{10.1214/20-BA1221}.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 2000, seed = 1)
#' ess(chain)
#' @export
ess <- function(x, c = 5, tol = 50, quiet = FALSE, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  trusted_ess(as_chain(x, discard, thin, parameters), c, tol, quiet)
}

trusted_ess <- function(chain, c, tol, quiet, call = rlang::caller_env()) {
  n_updates(chain) * dim(chain)[2] / trusted_tau(chain, c, tol, quiet, call = call)
}
