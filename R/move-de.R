#' Differential evolution moves
#'
#' `move_de()` adds to a walker the difference of two helpers \eqn{c_1 \ne c_2} of the other part of the
#' ensemble: \eqn{y = x + \gamma (c_1 - c_2)}, with \eqn{\gamma = \gamma_0 (1 + \sigma N(0, 1))} drawn for
#' each walker (ter Braak 2006; Nelson et al. 2014). It mixes well when the density is correlated or has
#' a handful of modes, and is often faster than [move_stretch()] in more than a few dimensions.
#'
#' `move_de_snooker()` moves a walker along the line from a helper \eqn{z} through \eqn{x}, by \eqn{\gamma}
#' times the difference of two more helpers projected onto that line; the acceptance probability has the
#' factor \eqn{(|y - z| / |x - z|)^{d-1}} (ter Braak & Vrugt 2008). It is meant to be mixed in, for instance
#' one step in ten, to jump between modes. (emcee 3.1 normalizes the direction of the line differently.)
#'
#' @inheritParams move_stretch
#' @param sigma Relative standard deviation of the length of the jump, a number of at least 0.
#' @param gamma0 Mean length of the jump in differences; `NULL` for \eqn{2.38 / \sqrt{2d}} in \eqn{d}
#'   dimensions. 1 makes jumps between modes.
#' @param gammas Length of the snooker's jump in projected differences.
#' @returns A move, to be given to [run_mcmc()] as `moves`, alone or in a list of moves.
#' @references ter Braak (2006) \doi{10.1007/s11222-006-8769-1}; ter Braak and Vrugt (2008)
#'   \doi{10.1007/s11222-008-9104-9}; Nelson, Ford and Payne (2014) \doi{10.1088/0067-0049/210/1/11}.
#' @examples
#' # A mixture that emcee's documentation recommends for densities with several modes
#' moves <- list(move_de(), move_de_snooker())
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 500,
#'   moves = moves, weights = c(0.8, 0.2), seed = 1
#' )
#' @export
move_de <- function(sigma = 1e-5, gamma0 = NULL, ..., n_splits = 2, randomize_split = TRUE,
                    live_dangerously = FALSE) {
  check_no_dots(...)
  sigma <- check_number(sigma, "a number, 0 or more", function(x) is.finite(x) && x >= 0)
  if (!is.null(gamma0)) gamma0 <- check_positive(gamma0)
  new_move("de", list(sigma = sigma, gamma0 = gamma0),
    check_split(n_splits, randomize_split, live_dangerously),
    derived = list(gamma0 = gamma0 %||% 0), least_helpers = c(2, 0)
  )
}

#' @rdname move_de
#' @export
move_de_snooker <- function(gammas = 1.7, ..., n_splits = 4, randomize_split = TRUE, live_dangerously = FALSE) {
  check_no_dots(...)
  new_move("de_snooker", list(gammas = check_positive(gammas)),
    check_split(n_splits, randomize_split, live_dangerously),
    least_helpers = c(3, 0)
  )
}
