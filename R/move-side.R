#' The side move
#'
#' The side move of Chen (2025): a walker goes along the difference of two helpers \eqn{c_1 \ne c_2} of the other part of
#' the ensemble, by a normal number of such differences, \eqn{y = x + \sigma (2d)^{-1/2} N(0, 1) (c_1 - c_2)} in \eqn{d}
#' dimensions. It is affine invariant and needs no factor in its acceptance probability. In many dimensions it mixes
#' faster than [move_stretch()], whose steps lead towards and away from other walkers; [move_de()] has the same
#' directions, and steps of one length.
#'
#' @inheritParams move_stretch
#' @param sigma Scale of the step, a positive number. The default is the best one for a normal density in many dimensions.
#' @inherit move_stretch return
#' @references Chen (2025). New affine invariant ensemble samplers and their dimensional scaling.
#'   \doi{10.48550/arXiv.2505.02987}
#' @examples
#' init <- matrix(rnorm(40), 20)
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 200, moves = move_side(), seed = 1)
#' @export
move_side <- function(sigma = 1.687, ..., n_splits = 2, randomize_split = TRUE, live_dangerously = FALSE) {
  check_no_dots(...)
  new_move("side", list(sigma = check_positive(sigma)), check_split(n_splits, randomize_split, live_dangerously),
    least_helpers = c(2, 0)
  )
}
