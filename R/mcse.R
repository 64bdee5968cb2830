#' Monte Carlo standard error
#'
#' By how much the mean of the draws may be off because the chain is finite: the standard deviation divided by the
#' square root of the effective sample size, [ess()].
#'
#' @inheritParams autocorr_time
#' @returns A numeric vector with the standard error of each parameter's mean.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 2000, seed = 1)
#' mcse(chain)
#' @export
mcse <- function(x, c = 5, tol = 50, quiet = FALSE, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  chain <- as_chain(x, discard, thin, parameters)
  spread_of(chain$draws) / sqrt(trusted_ess(chain, c, tol, quiet))
}

spread_of <- function(draws) apply(draws, 3, stats::sd)
