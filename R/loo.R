# Leave-one-out cross-validation of chains whose vector blob is the pointwise log-likelihood.

#' Leave-one-out cross-validation of a chain
#'
#' With package loo, `loo::loo()` and `loo::waic()` take a chain whose density returns the log-likelihood of each observation as a
#' blob: `list(sum(log_lik) + log_prior, log_lik = log_lik)`. The relative efficiency of the draws, which the diagnostics of Pareto
#' smoothed importance sampling need, comes from the pooled autocorrelation time of each observation's likelihood.
#'
#' @inheritParams summary.chain
#' @param x A `chain`, a `chain_file` or the path of a file.
#' @param blob Name of the blob that holds the log-likelihood of each observation.
#' @param save_psis,cores As for [loo::loo()].
#' @returns What the generic promises: an object of class `loo`.
#' @references Vehtari, Gelman and Gabry (2017) \doi{10.1007/s11222-016-9696-4}.
#' @examplesIf requireNamespace("loo", quietly = TRUE)
#' y <- c(1.2, 0.4, 2.2, 1.7, 0.9)
#' log_prob <- function(p) {
#'   log_lik <- dnorm(y, p[["mean"]], exp(p[["log_sd"]]), log = TRUE)
#'   list(sum(log_lik) + sum(dnorm(p, 0, 2, log = TRUE)), log_lik = log_lik)
#' }
#' init <- init_walkers(20, c(mean = 1, log_sd = 0))
#' chain <- run_mcmc(log_prob, init, 1500, seed = 1)
#' loo::loo(chain, discard = 200)
#' @name loo
NULL

#' @rdname loo
#' @usage \method{loo}{chain}(x, ..., blob = "log_lik", discard = 0, thin = 1, save_psis = FALSE, cores = getOption("mc.cores", 1))
#' @exportS3Method loo::loo
loo.chain <- function(x, ..., blob = "log_lik", discard = 0, thin = 1, save_psis = FALSE, cores = getOption("mc.cores", 1)) {
  check_no_dots(...)
  log_lik <- pointwise(x, blob, discard, thin)
  loo::loo(log_lik, r_eff = relative_efficiency(log_lik), save_psis = save_psis, cores = cores)
}

#' @exportS3Method loo::loo
loo.chain_file <- loo.chain

#' @rdname loo
#' @usage \method{waic}{chain}(x, ..., blob = "log_lik", discard = 0, thin = 1)
#' @exportS3Method loo::waic
waic.chain <- function(x, ..., blob = "log_lik", discard = 0, thin = 1) {
  check_no_dots(...)
  loo::waic(pointwise(x, blob, discard, thin))
}

#' @exportS3Method loo::waic
waic.chain_file <- waic.chain

# [step, walker, observation]
pointwise <- function(x, blob, discard, thin, call = rlang::caller_env()) {
  check_string(blob, call = call)
  vectors <- vector_blobs(read_all(x, discard, thin, call))
  if (!blob %in% names(vectors)) {
    abort("argument", c(
      "{.arg blob} must name a blob with the log-likelihood of each observation.",
      "x" = "It is {.val {blob}}.",
      "i" = if (length(vectors) > 0) "Blobs of several numbers: {.val {names(vectors)}}.",
      "i" = "A density returns it as {.code list(log_prob, log_lik = values)}."
    ), call = call, argument = "blob")
  }
  vectors[[blob]]
}

# Of each observation, the draws of its likelihood that count for one that is independent. Where nothing moves, all do.
relative_efficiency <- function(log_lik) {
  likelihood <- exp(sweep(log_lik, 3, apply(log_lik, 3, max)))
  tau <- autocorr_estimate(likelihood)
  ifelse(is.finite(tau) & tau > 0, 1 / tau, 1)
}
