#' The differential slice move
#'
#' The ensemble slice sampler of Karamanis & Beutler (2021): each walker is moved by slice sampling along the
#' line \eqn{x + t \mu (c_1 - c_2)}, where \eqn{c_1 \ne c_2} are helpers of the other part of the ensemble, with
#' stepping out and shrinking (Neal 2003). Each walker moves at each step, which costs several evaluations of
#' the density; it mixes well when the density has heavy correlations or long tails, where the proposals of
#' other moves are mostly lost.
#'
#' The scale \eqn{\mu} is tuned in the first `tune_steps` steps of the run, so that intervals are expanded as
#' often as they are contracted, and is fixed from then on: discard at least those steps. It is stored with
#' the run, which can be resumed to the same bits also while it is tuned. Acceptance counts moved walkers, so
#' that it is 1.
#'
#' An interval is expanded 10,000 times at most, dealt to its two sides at random, which keeps the move exact (Neal 2003).
#' Where that does not reach the ends of the slice, as far from where the density is, the run says so at its end.
#'
#' @inheritParams move_stretch
#' @param mu Scale \eqn{\mu} at the beginning, a positive number.
#' @param tune_steps In how many steps of this move it is tuned; 0 keeps `mu`.
#' @inherit move_stretch return
#' @references Karamanis and Beutler (2021) \doi{10.1007/s11222-021-10038-2}; Neal (2003)
#'   \doi{10.1214/aos/1056562461}.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 200,
#'   moves = move_slice(tune_steps = 50), seed = 1
#' )
#' @export
move_slice <- function(mu = 1, tune_steps = 100, ..., n_splits = 2, randomize_split = TRUE,
                       live_dangerously = FALSE) {
  check_no_dots(...)
  parameters <- list(mu = check_positive(mu), tune_steps = check_whole(tune_steps, 0))
  new_move("slice", parameters, check_split(n_splits, randomize_split, live_dangerously),
    least_helpers = c(2, 0)
  )
}
