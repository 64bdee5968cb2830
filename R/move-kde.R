#' The kernel density move
#'
#' Proposes positions drawn from a Gaussian kernel density estimate \eqn{k} of the helpers in the other part of
#' the ensemble, whatever the walker's own position; the acceptance probability has the factor
#' \eqn{k(x) / k(y)}. It can jump far and between modes, in few dimensions and with many walkers. Of more than 200 helpers,
#' kernels stand at 200, drawn anew for each update, with the covariance of all.
#'
#' @inheritParams move_stretch
#' @param bandwidth Standard deviation of the kernels relative to that of the helpers: `"scott"` for
#'   \eqn{n^{-1/(d+4)}} with \eqn{n} kernels in \eqn{d} dimensions, `"silverman"` for
#'   \eqn{(n (d + 2) / 4)^{-1/(d+4)}}, or a positive number.
#' @inherit move_stretch return
#' @references Scott (2015), *Multivariate Density Estimation*, \doi{10.1002/9781118575574}; the move is that
#'   of the kombine package, Farr and Farr (2015), \url{https://github.com/bfarr/kombine}, as in emcee.
#' @examples
#' move_kde()
#' move_kde(bandwidth = 0.5)
#' @export
move_kde <- function(bandwidth = "scott", ..., n_splits = 2, randomize_split = TRUE, live_dangerously = FALSE) {
  check_no_dots(...)
  is_rule <- is.character(bandwidth) && length(bandwidth) == 1 && bandwidth %in% c("scott", "silverman")
  if (!is_rule && !(is_number(bandwidth) && is.finite(bandwidth) && bandwidth > 0)) {
    abort_argument("bandwidth", "\"scott\", \"silverman\" or a positive number", bandwidth, rlang::current_env())
  }
  new_move("kde", list(bandwidth = bandwidth), check_split(n_splits, randomize_split, live_dangerously),
    derived = list(rule = if (is_rule) bandwidth else "fixed", factor = if (is_rule) 1 else bandwidth),
    least_helpers = c(1, 1)
  )
}
