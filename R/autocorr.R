#' Integrated autocorrelation time
#'
#' The number of steps after which a walker has forgotten where it was: the variance of a mean over the chain
#' is that of `tau` times fewer independent draws. This is emcee's estimator: the autocorrelation functions of
#' all walkers, computed by FFT, are averaged and summed up to the first lag that is at least `c` times the
#' sum (Sokal's window).
#'
#' @inheritParams summary.chain
#' @param x A `chain`, a `chain_file`, the path of a file, or numbers: an array `[step, walker, parameter]`, a matrix
#'   `[step, walker]` or a vector of steps.
#' @param c Size of the window in autocorrelation times.
#' @param tol The estimate is trusted when the chain is longer than `tol` times the estimate. A shorter one is
#'   an error of class `livechain_error_autocorr`, whose field `tau` holds the estimate.
#' @param quiet Whether a chain that is too short gets a warning instead of an error.
#' @returns A numeric vector with the autocorrelation time of each parameter, in steps.
#' @references Sokal, A. (1997). Monte Carlo methods in statistical mechanics: foundations and new algorithms.
#'   In *Functional Integration*, Springer, 131--192. \doi{10.1007/978-1-4899-0319-8_6}
#'
#'   Goodman and Weare (2010) \doi{10.2140/camcos.2010.5.65}.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 2000, seed = 1)
#' autocorr_time(chain)
#' @export
autocorr_time <- function(x, c = 5, tol = 50, quiet = FALSE, discard = 0, thin = 1, parameters = NULL) {
  draws <- as_draws_steps(x, discard, thin, parameters)
  c <- check_number(c, "a positive number", function(c) c > 0)
  tol <- check_number(tol, "a number, 0 or more", function(tol) tol >= 0)
  check_flag(quiet)
  tau <- autocorr_estimate(draws, c)
  n_steps <- dim(draws)[1]
  short <- !is.finite(tau) | tol * tau > n_steps
  if (any(short)) report_short_chain(tau, tol, n_steps, sum(short), quiet)
  tau
}

autocorr_estimate <- function(draws, c = 5, call = rlang::caller_env()) {
  tau <- native(livechain_autocorr_time, draws, dim(draws), c, call = call)
  stats::setNames(tau, dimnames(draws)[[3]])
}

report_short_chain <- function(tau, tol, n_steps, n_short, quiet, call = rlang::caller_env()) {
  message <- base::c(
    "The chain is shorter than {tol} autocorrelation times for {n_short} parameter{?s}.",
    "x" = "It has {n_steps} step{?s}; the estimate{?s} {?is/are} {.val {signif(tau, 3)}}.",
    "i" = "Take the estimate with caution, and run a longer chain; {.code quiet = TRUE} gives it with a warning."
  )
  if (!quiet) abort("autocorr", message, call = call, tau = tau)
  cli::cli_warn(message[1:2], class = "livechain_warning_autocorr", call = call, tau = tau)
}

# The draws of what a chain can be read from, derived quantities among them, or an array of numbers as it is.
as_draws_steps <- function(x, discard = 0, thin = 1, parameters = NULL, call = rlang::caller_env()) {
  if (inherits(x, c("chain", "chain_file")) || is_path(x)) {
    x <- select_chain(x, discard, thin, parameters, derived = TRUE, call = call)$draws
  } else if (discard != 0 || thin != 1 || !is.null(parameters)) {
    abort_argument("x", "a chain, a chain_file or a path, for steps and parameters to be selected", x, call)
  }
  rank <- length(dim(x))
  if (!is.numeric(x) || rank > 3 || length(x) == 0) {
    abort_argument("x", "a chain, a chain_file, a path, or a numeric array [step, walker, parameter]", x, call)
  }
  if (is.double(x) && rank == 3) {
    return(x)
  }
  if (rank < 2) array(as.double(x), base::c(length(x), 1, 1)) else array(as.double(x), base::c(dim(x), 1)[1:3], dimnames = if (rank == 3) dimnames(x))
}

#' Effective sample size
#'
#' The number of independent draws that tell as much about a mean as the chain does: the number of draws of all
#' walkers divided by their autocorrelation time.
#'
#' @section Why not R-hat:
#' The walkers of an ensemble are not independent chains: each is moved with the help of the others. R-hat
#' compares the variance between chains with that within them and takes the former as evidence. For walkers it
#' misleads in both directions: an ensemble that is stuck as a whole looks converged, since its walkers agree, and
#' one whose walkers are slow but spread as the density is looks better than it is. Compare several *runs*, started
#' apart, with R-hat; within a run, look at the autocorrelation time.
#'
#' @inheritParams autocorr_time
#' @returns A numeric vector with the effective sample size for each parameter, a number of draws.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 2000, seed = 1)
#' ess(chain)
#' @export
ess <- function(x, c = 5, tol = 50, quiet = FALSE, discard = 0, thin = 1, parameters = NULL) {
  draws <- as_draws_steps(x, discard, thin, parameters)
  prod(dim(draws)[1:2]) / autocorr_time(draws, c, tol, quiet)
}

# The autocorrelation time of the first `n` steps, for lengths `n` that double every second time. `steps` are the
# numbers of the steps in the run, which may be thinned or begin late.
autocorr_history <- function(draws, steps) {
  thin <- if (length(steps) > 1) steps[2] - steps[1] else 1
  lengths <- history_steps(dim(draws)[1])
  tau <- lapply(lengths, function(n) thin * autocorr_estimate(draws[seq_len(n), , , drop = FALSE]))
  list(n_steps = thin * lengths, tau = do.call(rbind, tau))
}
