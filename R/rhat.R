#' R-hat: do the walkers, and the ensembles, agree?
#'
#' How much wider all draws together are than those of one walker, or, where there are several ensembles, than those
#' of one ensemble. It is near 1 when they agree; above 1.1 over walkers, or 1.05 over ensembles, they do not. It is
#' the larger of two, of the rank-normalized draws and of their distances from the median, so that it sees differences
#' of location and of scale, whatever the tails (Vehtari et al. 2021).
#'
#' @section What it cannot see:
#' The walkers of an ensemble are moved with the help of each other. An ensemble that started in one of several modes
#' stays there as a whole, its walkers agree, and R-hat over walkers is 1. Only several ensembles that were started apart
#' can tell: with `n_ensembles` walkers count as the chains, and ensembles as the superchains, of nested R-hat
#' (Margossian et al. 2024). Conversely, ensembles may agree while each of them has walkers that stay where they are.
#' [diagnose()] looks at both.
#'
#' @inheritParams autocorr_time
#' @param n_ensembles Of how many ensembles the walkers are, one after the other, as many of each; `NULL` for as many as the
#'   chain says, which is one unless it was sampled with several.
#' @returns A numeric vector with R-hat of each parameter. `NaN` where nothing moves.
#' @references Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021) \doi{10.1214/20-BA1221}; Margossian, Hoffman, Sountsov,
#'   Riou-Durand, Vehtari and Gelman (2024) \doi{10.1214/24-BA1453}.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 2000, seed = 1)
#' rhat(chain)
#' # as if the walkers were of two runs, started apart
#' rhat(chain, n_ensembles = 2)
#' @export
rhat <- function(x, n_ensembles = NULL, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  chain <- as_chain(x, discard, thin, parameters)
  n_ensembles <- n_ensembles %||% chain$n_ensembles %||% 1
  rhat_over(chain$draws, check_ensembles(n_ensembles, dim(chain)[2]))
}

check_ensembles <- function(n_ensembles, n_walkers, call = rlang::caller_env()) {
  n_ensembles <- check_whole(n_ensembles, 1, call = call)
  if (n_walkers %% n_ensembles != 0) {
    abort("argument", c(
      "{.arg n_ensembles} must divide the number of walkers, {n_walkers}.",
      "x" = "It is {n_ensembles}."
    ), call = call, argument = "n_ensembles")
  }
  n_ensembles
}

# Over walkers, when there is one ensemble.
rhat_over <- function(draws, n_ensembles = 1) {
  rhat <- native(livechain_rhat, draws, dim(draws), n_ensembles)
  stats::setNames(rhat, dimnames(draws)[[3]])
}
