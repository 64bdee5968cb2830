#' The stretch move
#'
#' The affine-invariant move of Goodman & Weare (2010), in the parallel form of Foreman-Mackey et al.
#' (2013): a walker at \eqn{x} is stretched towards or away from a randomly chosen helper at \eqn{c} of the
#' other half of the ensemble, to \eqn{c + z (x - c)}, where \eqn{z} has density proportional to
#' \eqn{1/\sqrt{z}} on \eqn{[1/a, a]}. The proposal is accepted with probability
#' \eqn{\min(1, z^{d-1} p(y) / p(x))} in \eqn{d} dimensions.
#'
#' It needs no tuning and does not care about the scales of, and linear correlations between, parameters.
#' In 10 dimensions [move_de()] needs several times fewer steps already, and in more the distance grows.
#'
#' @param a Scale of the stretch, a number greater than 1. Larger values propose longer jumps, of which
#'   fewer are accepted.
#' @param ... Not used: an argument that is not known is an error.
#' @param n_splits In how many parts the ensemble is split, a whole number of at least 2. The walkers of
#'   one part are updated with the help of all others.
#' @param randomize_split Whether the walkers are dealt to the parts anew at each step.
#' @param live_dangerously Whether fewer walkers than twice the number of parameters are allowed.
#' @returns A move, to be given to [run_mcmc()] as `moves`, alone or in a list of moves.
#' @references Goodman and Weare (2010) \doi{10.2140/camcos.2010.5.65}; Foreman-Mackey et al. (2013)
#'   \doi{10.1086/670067}.
#' @examples
#' move_stretch()
#' move_stretch(a = 3)
#' @export
move_stretch <- function(a = 2, ..., n_splits = 2, randomize_split = TRUE, live_dangerously = FALSE) {
  check_no_dots(...)
  a <- check_number(a, "a number greater than 1", function(x) is.finite(x) && x > 1)
  new_move("stretch", list(a = a), check_split(n_splits, randomize_split, live_dangerously))
}
