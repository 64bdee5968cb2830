# Chains as other packages have them. Walkers become chains; see ess() on what that means for R-hat.

#' Convert a chain for posterior and coda
#'
#' With package posterior, `as_draws()`, `as_draws_array()`, `as_draws_df()`, `as_draws_matrix()`, `as_draws_list()`
#' and `as_draws_rvars()` work on a `chain` or `chain_file`, and with them `posterior::summarise_draws()` and
#' bayesplot; with package coda, `coda::as.mcmc.list()`. Walkers become chains, steps iterations.
#'
#' @param x A `chain` or `chain_file`.
#' @param ... Not used.
#' @returns What the generic promises.
#' @examplesIf requireNamespace("posterior", quietly = TRUE)
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, seed = 1)
#' posterior::summarise_draws(posterior::as_draws(chain), "mean", "sd")
#' @name convert
NULL

as_posterior <- function(x, convert) {
  if (inherits(x, "chain_file")) x <- read_file(x)
  convert(posterior::as_draws_array(x$draws))
}

#' @rdname convert
#' @exportS3Method posterior::as_draws
as_draws.chain <- function(x, ...) as_posterior(x, identity)

#' @exportS3Method posterior::as_draws
as_draws.chain_file <- as_draws.chain

#' @exportS3Method posterior::as_draws_array
as_draws_array.chain <- as_draws.chain

#' @exportS3Method posterior::as_draws_array
as_draws_array.chain_file <- as_draws.chain

#' @exportS3Method posterior::as_draws_df
as_draws_df.chain <- function(x, ...) as_posterior(x, posterior::as_draws_df)

#' @exportS3Method posterior::as_draws_df
as_draws_df.chain_file <- as_draws_df.chain

#' @exportS3Method posterior::as_draws_matrix
as_draws_matrix.chain <- function(x, ...) as_posterior(x, posterior::as_draws_matrix)

#' @exportS3Method posterior::as_draws_matrix
as_draws_matrix.chain_file <- as_draws_matrix.chain

#' @exportS3Method posterior::as_draws_list
as_draws_list.chain <- function(x, ...) as_posterior(x, posterior::as_draws_list)

#' @exportS3Method posterior::as_draws_list
as_draws_list.chain_file <- as_draws_list.chain

#' @exportS3Method posterior::as_draws_rvars
as_draws_rvars.chain <- function(x, ...) as_posterior(x, posterior::as_draws_rvars)

#' @exportS3Method posterior::as_draws_rvars
as_draws_rvars.chain_file <- as_draws_rvars.chain

#' @rdname convert
#' @exportS3Method coda::as.mcmc.list
as.mcmc.list.chain <- function(x, ...) {
  shape <- dim(x)
  thin <- if (shape[1] > 1) x$steps[2] - x$steps[1] else 1
  coda::as.mcmc.list(lapply(seq_len(shape[2]), function(walker) {
    draws <- matrix(x$draws[, walker, ], shape[1], shape[3], dimnames = list(NULL, dimnames(x$draws)[[3]]))
    coda::mcmc(draws, start = x$steps[1], thin = thin)
  }))
}

#' @exportS3Method coda::as.mcmc.list
as.mcmc.list.chain_file <- function(x, ...) as.mcmc.list.chain(read_file(x))
