#' The walk move
#'
#' The walk move of Goodman & Weare (2010): a normal step with the covariance of `s` helpers of the other part
#' of the ensemble, \eqn{y = x + s^{-1/2} \sum_j N_j (c_j - \bar c)} with independent standard normal
#' \eqn{N_j}. It is affine invariant, as [move_stretch()] is, and suits densities that are close to normal;
#' with all helpers its steps are often too long in many dimensions.
#'
#' @inheritParams move_stretch
#' @param s Number of helpers to use, drawn anew for each walker; `NULL` for all.
#' @inherit move_stretch return
#' @references Goodman and Weare (2010) \doi{10.2140/camcos.2010.5.65}.
#' @examples
#' move_walk(s = 10)
#' @export
move_walk <- function(s = NULL, ..., n_splits = 2, randomize_split = TRUE, live_dangerously = FALSE) {
  check_no_dots(...)
  if (!is.null(s)) s <- check_whole(s, 2)
  new_move("walk", list(s = s), check_split(n_splits, randomize_split, live_dangerously),
    derived = list(s = s %||% 0), least_helpers = c(2, 0)
  )
}
