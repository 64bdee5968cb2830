#' The DIME move
#'
#' The differential-independence mixture ensemble of Boehl (2022). Most proposals are those of [move_de()] with
#' a little noise, \eqn{y = x + \gamma (c_1 - c_2) + \sigma N(0, I)}; with probability `aimh_prob` a proposal is
#' drawn, whatever the walker's position, from a multivariate t distribution with `df` degrees of freedom. Its
#' mean and covariance are those of the ensembles before the last step, weighted by their mean density and by how many of
#' their walkers moved; the weight of the past fades by `rho` a step. It is made for odd, multimodal densities
#' in many dimensions, and for short burn-in.
#'
#' The distribution is learnt in the first `tune_steps` steps of the run and fixed from then on, when the move is exact:
#' discard at least those steps. It is stored with the run, which can be resumed to the same bits also while it learns.
#' Without a distribution yet, or with a covariance that is none, all proposals are differential.
#'
#' @inheritParams move_stretch
#' @param sigma Standard deviation of the noise on a differential proposal, a number of at least 0.
#' @param gamma Length of the differential jump; `NULL` for \eqn{2.38 / \sqrt{2d}} in \eqn{d} dimensions.
#' @param aimh_prob Probability of a proposal from the t distribution, from 0 to 1.
#' @param df Its degrees of freedom, a number above 2.
#' @param rho How much of the weight of the past is left after a step, above 0 and at most 1.
#' @param tune_steps In how many steps of this move the distribution is learnt.
#' @inherit move_stretch return
#' @references Boehl (2022). Ensemble MCMC sampling for robust Bayesian inference. \doi{10.2139/ssrn.4250395}
#' @examples
#' init <- matrix(rnorm(40), 20)
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 200, moves = move_dime(), seed = 1)
#' @export
move_dime <- function(sigma = 1e-5, gamma = NULL, aimh_prob = 0.1, df = 10, rho = 0.999, tune_steps = 200, ..., n_splits = 2,
                      randomize_split = TRUE, live_dangerously = FALSE) {
  check_no_dots(...)
  parameters <- list(
    sigma = check_number(sigma, "a number, 0 or more", function(x) is.finite(x) && x >= 0),
    gamma = if (!is.null(gamma)) check_positive(gamma),
    aimh_prob = check_number(aimh_prob, "a probability from 0 to 1", function(x) x >= 0 && x <= 1),
    df = check_number(df, "a number above 2", function(x) is.finite(x) && x > 2),
    rho = check_number(rho, "a number above 0 and at most 1", function(x) x > 0 && x <= 1),
    tune_steps = check_whole(tune_steps, 0)
  )
  new_move("dime", parameters, check_split(n_splits, randomize_split, live_dangerously),
    derived = list(gamma = gamma %||% 0), least_helpers = c(2, 0)
  )
}
