#' Integrated autocorrelation time
#'
#' The number of updates after which the ensemble has forgotten where it was: the variance of a mean over the chain
#' is that of `tau` times fewer independent draws. The autocorrelation function, computed by FFT, is summed up to the
#' first lag that is at least `c` times the sum (Sokal's window).
#'
#' @inheritParams summary.chain
#' @section Pooled or emcee's:
#' emcee takes the deviations of each walker from that walker's own mean. What tells the walkers apart for good, such
#' as modes between which they do not move, then drops out, and a wrong chain looks right. By default deviations are
#' from the mean of all draws; walkers that stay in different places make `tau` as long as the chain.
#' `center = "walker"` gives emcee's estimate.
#'
#' @param x A `chain`, a `chain_file`, the path of a file, or numbers: an array `[step, walker, parameter]`, a matrix
#'   `[step, walker]` or a vector of steps.
#' @param c Size of the window in autocorrelation times.
#' @param tol The estimate is trusted when the chain is longer than `tol` times the estimate. A shorter one is
#'   an error of class `livechain_error_autocorr`, whose field `tau` holds the estimate.
#' @param quiet Whether a chain that is too short gets a warning instead of an error.
#' @param center What deviations are taken from: `"pooled"`, the mean of all draws, or `"walker"`, the mean of each
#'   walker, as emcee does.
#' @returns A numeric vector with the autocorrelation time of each parameter and each derived quantity, in updates of the walkers as the chain
#'   was sampled, whatever `thin` or `thin_by` left of it; from rows further apart than it is long it cannot be told, and comes out
#'   too long. `NaN` where nothing moves: an error for a parameter, but not for a derived quantity such as a flat `log_prior`. Pooled, it is at least 1 / log10(number of draws), as in package posterior.
#' @references Sokal, A. (1997). Monte Carlo methods in statistical mechanics: foundations and new algorithms.
#'   In *Functional Integration*, Springer, 131--192. \doi{10.1007/978-1-4899-0319-8_6}
#'
#'   Goodman and Weare (2010) \doi{10.2140/camcos.2010.5.65}.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 2000, seed = 1)
#' autocorr_time(chain)
#' autocorr_time(chain, center = "walker") # emcee's
#' @export
autocorr_time <- function(x, c = 5, tol = 50, quiet = FALSE, ..., center = "pooled", discard = 0, thin = 1,
                          parameters = NULL) {
  check_no_dots(...)
  trusted_tau(as_chain(x, discard, thin, parameters), c, tol, quiet, center)
}

# The estimate for a chain that is selected already.
trusted_tau <- function(chain, c, tol, quiet, center = "pooled", call = rlang::caller_env()) {
  c <- check_number(c, "a positive number", function(c) c > 0, call = call)
  tol <- check_number(tol, "a number, 0 or more", function(tol) tol >= 0, call = call)
  check_flag(quiet, call = call)
  check_choice(center, base::c("pooled", "walker"), call = call)
  tau <- chain_tau(chain, c, center, call)
  unknown <- !is.finite(tau) & !is_constant_derived(chain)
  short <- is.finite(tau) & tol * tau > n_updates(chain)
  if (any(unknown | short)) report_short_chain(tau, tol, n_updates(chain), short, unknown, quiet, call)
  tau
}

# A flat log_prior, say: no length of the chain would make it move.
is_constant_derived <- function(chain) {
  names <- dimnames(chain$draws)[[3]] %||% rep("", dim(chain$draws)[3])
  derived <- names %in% names(derived_of(chain))
  derived[derived] <- apply(chain$draws[, , derived, drop = FALSE], 3, function(x) all(x == x[1]))
  derived & !is.na(derived)
}

# In updates.
chain_tau <- function(chain, c = 5, center = "pooled", call = rlang::caller_env()) {
  row_spacing(chain) * autocorr_estimate(chain$draws, c, center, call)
}

# In rows of `draws`.
autocorr_estimate <- function(draws, c = 5, center = "pooled", call = rlang::caller_env()) {
  tau <- native(livechain_autocorr_time, draws, dim(draws), c, center == "pooled", call = call)
  stats::setNames(tau, dimnames(draws)[[3]])
}

report_short_chain <- function(tau, tol, n_updates, short, unknown, quiet, call = rlang::caller_env()) {
  estimates <- format_signif(tau[short], 3)
  parameters <- names(tau)[unknown] %||% which(unknown)
  message <- base::c(
    if (any(short)) "The chain is shorter than {tol} autocorrelation times for {sum(short)} parameter{?s}.",
    "x" = if (any(short)) "It has {format_count(n_updates)} update{cli::qty(n_updates)}{?s}; the estimate{cli::qty(length(estimates))}{?s} {?is/are} {estimates}.",
    "x" = if (any(unknown)) "Of {.val {parameters}} the autocorrelation time is not known: the draws never change, some are missing, or there are too few.",
    "i" = "Run longer with {.fn resume_mcmc}; {.code quiet = TRUE} returns the estimates with a warning instead of this error."
  )
  names(message)[1] <- ""
  if (!quiet) abort("autocorr", message, call = call, tau = tau)
  cli::cli_warn(message[names(message) != "i"], class = "livechain_warning_autocorr", call = call, tau = tau)
}

# The autocorrelation time of the first rows, for numbers of rows that double every second time; both in updates.
autocorr_history <- function(chain) {
  lengths <- history_steps(nrow(chain$draws))
  tau <- lapply(lengths, function(n) autocorr_estimate(chain$draws[seq_len(n), , , drop = FALSE]))
  list(n_updates = row_spacing(chain) * lengths, tau = row_spacing(chain) * do.call(rbind, tau))
}
