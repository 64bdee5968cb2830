#' Stop when the chain has converged
#'
#' Rules for `stop_when` in [run_mcmc()]. `converged()` ends the run when there are `ess` effective draws of every
#' parameter in `tau` autocorrelation times at least, walkers and ensembles agree, and no walker is stuck: autocorrelation
#' is pooled, see [autocorr_time()], burn-in is left out, and the rest is as in [diagnose()]. A run in which walkers stay
#' in different modes never meets it, nor does one at several temperatures while these are still adapted.
#'
#' `converged_tau()` is emcee's rule: the chain is longer than `tau` autocorrelation times of every parameter, as emcee
#' estimates them, and no estimate has changed by more than a fraction `tol` since the last look. It stops on wrong
#' chains, too: use it to compare.
#'
#' A rule that cannot tell yet, since the chain is too short for an estimate, lets the run go on.
#'
#' @param ess How many effective draws there must be, a positive number.
#' @param tau How many autocorrelation times the chain must be long, a positive number.
#' @param rhat The largest [rhat()] over walkers, a number above 1. Over ensembles it is 1.05.
#' @param ... Not used: an argument that is not known is an error.
#' @param tol The largest relative change of an estimate, a positive number.
#' @returns A function of a `chain` that returns `TRUE` or `FALSE`. Rules of your own are just such functions.
#' @seealso [max_time()], [any_of()] and [all_of()], other rules and how to combine them.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 20000, stop_when = converged(), seed = 1)
#' dim(chain)
#' @export
converged <- function(ess = 1000, tau = 20, rhat = 1.1, ...) {
  check_no_dots(...)
  ess <- check_positive(ess)
  tau <- check_positive(tau)
  rhat <- check_number(rhat, "a number above 1", function(rhat) rhat > 1)
  new_rule(function(chain) {
    view <- as_view(chain)
    if (view$is_adapting) {
      return(FALSE)
    }
    rows <- view_rows(view, 256)
    long <- view_ess(view) >= ess & view_updates(view) >= tau * view$tau
    isTRUE(all(long)) && isTRUE(all(rhat_over(rows$draws) <= rhat)) &&
      is.null(known_problems$ensembles(view, rows)) && is.null(known_problems$stuck(view, rows))
  }, call_text("converged", list(ess = ess, tau = tau, rhat = rhat)))
}

as_view <- function(chain) if (inherits(chain, "chain")) view_of_chain(chain) else chain

#' @rdname converged
#' @export
converged_tau <- function(tau = 50, tol = 0.01, ...) {
  check_no_dots(...)
  tau <- check_positive(tau)
  tol <- check_positive(tol)
  last <- Inf
  new_rule(function(chain) {
    n_other <- sum(chain$steps <= updated_at(chain))
    if (n_other > 0) chain <- keep(chain, -seq_len(n_other))
    if (dim(chain)[1] < 2) {
      return(FALSE)
    }
    estimate <- chain_tau(chain, center = "walker")
    change <- abs(estimate - last) / estimate
    last <<- estimate
    isTRUE(all(estimate * tau < n_updates(chain) & change < tol))
  }, call_text("converged_tau", list(tau = tau, tol = tol)), needs = "draws", begin = function() last <<- Inf)
}
