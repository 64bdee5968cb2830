# Chains as other packages have them. Walkers become chains; see ess() on what that means for R-hat.

#' Convert a chain for posterior and coda
#'
#' With package posterior, `as_draws()`, `as_draws_array()`, `as_draws_df()`, `as_draws_matrix()`, `as_draws_list()`
#' and `as_draws_rvars()` work on a `chain`, a `chain_file` or the path of a file; so do `variables()`,
#' `subset_draws()`, `summarise_draws()` and the like. With package coda, `coda::as.mcmc.list()`, and `coda::as.mcmc()` of
#' a chain with one walker. Walkers become chains, steps iterations.
#'
#' bayesplot's `mcmc_trace(x)`, `mcmc_areas(x)` and the like take a `chain` or `chain_file` as it is, and with
#' `posterior::as_draws(x)` its derived quantities, too.
#'
#' The log-probability is left out. Derived quantities, blobs of one number, stand beside the parameters. `summarise_draws()` has no R-hat unless it is asked
#' for: the walkers of an ensemble are not independent chains; see [ess()]. The attribute `superchain_ids` of draws from
#' several ensembles is what `posterior::rhat_nested()` needs.
#'
#' @inheritParams summary.chain
#' @param x A `chain`, a `chain_file` or the path of a file.
#' @param blobs `NULL` for the parameters and derived quantities; `TRUE` also for blobs of several numbers, named as
#'   `fitted[1]`; `FALSE` for the parameters alone.
#' @returns What the generic promises.
#' @examplesIf requireNamespace("posterior", quietly = TRUE)
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, seed = 1)
#' posterior::summarise_draws(posterior::as_draws(chain, discard = 50), "mean", "sd")
#' posterior::summarise_draws(chain)
#' @name convert
NULL

as_posterior <- function(convert) {
  function(x, ..., blobs = NULL, discard = 0, thin = 1, parameters = NULL) {
    check_no_dots(...)
    derived <- is.null(blobs) || check_flag(blobs)
    chain <- select_chain(x, discard, thin, parameters, derived = derived)
    if (isTRUE(blobs)) chain$draws <- with_vectors(chain)
    draws <- convert(posterior::as_draws_array(chain$draws))
    if (isTRUE(chain$n_ensembles > 1)) attr(draws, "superchain_ids") <- ensemble_of(chain)
    draws
  }
}

# The draws with the blobs of several numbers, or those of these names.
with_vectors <- function(x, names = NULL) {
  fields <- named_fields(x)
  if (!is.null(names)) fields <- fields[names(fields) %in% names]
  vectors <- Filter(function(field) length(dim(field)) > 2 && (is.numeric(field) || is.logical(field)), fields)
  if (length(vectors) > 0) bind_columns(x$draws, blob_columns(vectors)) else x$draws
}

#' @rdname convert
#' @usage \method{as_draws}{chain}(x, ..., blobs = NULL, discard = 0, thin = 1, parameters = NULL)
#' @exportS3Method posterior::as_draws
as_draws.chain <- as_posterior(identity)

#' @exportS3Method posterior::as_draws
as_draws.chain_file <- as_draws.chain

#' @exportS3Method posterior::as_draws_array
as_draws_array.chain <- as_draws.chain

#' @exportS3Method posterior::as_draws_array
as_draws_array.chain_file <- as_draws.chain

#' @exportS3Method posterior::as_draws_df
as_draws_df.chain <- as_posterior(function(draws) posterior::as_draws_df(draws))

#' @exportS3Method posterior::as_draws_df
as_draws_df.chain_file <- as_draws_df.chain

#' @exportS3Method posterior::as_draws_matrix
as_draws_matrix.chain <- as_posterior(function(draws) posterior::as_draws_matrix(draws))

#' @exportS3Method posterior::as_draws_matrix
as_draws_matrix.chain_file <- as_draws_matrix.chain

#' @exportS3Method posterior::as_draws_list
as_draws_list.chain <- as_posterior(function(draws) posterior::as_draws_list(draws))

#' @exportS3Method posterior::as_draws_list
as_draws_list.chain_file <- as_draws_list.chain

#' @exportS3Method posterior::as_draws_rvars
as_draws_rvars.chain <- as_posterior(function(draws) posterior::as_draws_rvars(draws))

#' @exportS3Method posterior::as_draws_rvars
as_draws_rvars.chain_file <- as_draws_rvars.chain

# What posterior asks of draws, asked of the draws.
of_draws <- function(ask) function(x, ...) ask(as_draws.chain(x), ...)

#' @exportS3Method posterior::variables
variables.chain <- of_draws(function(draws, ...) posterior::variables(draws, ...))

#' @exportS3Method posterior::variables
variables.chain_file <- variables.chain

#' @exportS3Method posterior::subset_draws
subset_draws.chain <- of_draws(function(draws, ...) posterior::subset_draws(draws, ...))

#' @exportS3Method posterior::subset_draws
subset_draws.chain_file <- subset_draws.chain

#' @exportS3Method posterior::summarise_draws
summarise_draws.chain <- function(.x, ..., blobs = NULL, discard = 0, thin = 1, parameters = NULL) {
  measures <- if (...length() == 0) posterior::default_summary_measures()
  draws <- as_draws.chain(.x, blobs = blobs, discard = discard, thin = thin, parameters = parameters)
  do.call(posterior::summarise_draws, c(list(draws, ...), measures))
}

#' @exportS3Method posterior::summarise_draws
summarise_draws.chain_file <- summarise_draws.chain

#' @rdname convert
#' @usage \method{as.mcmc.list}{chain}(x, ..., discard = 0, thin = 1, parameters = NULL)
#' @exportS3Method coda::as.mcmc.list
as.mcmc.list.chain <- function(x, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  x <- select_chain(x, discard, thin, parameters, derived = TRUE)
  shape <- dim(x)
  if (shape[1] == 0) abort("empty", "The chain has no steps.", call = rlang::current_env())
  # coda knows steps that are evenly apart.
  intervals <- unique(diff(x$steps))
  even <- length(intervals) == 1
  coda::as.mcmc.list(lapply(seq_len(shape[2]), function(walker) {
    draws <- matrix(x$draws[, walker, ], shape[1], shape[3], dimnames = list(NULL, dimnames(x$draws)[[3]]))
    coda::mcmc(draws, start = if (even) x$steps[1] else 1, thin = if (even) intervals else 1)
  }))
}

#' @exportS3Method coda::as.mcmc.list
as.mcmc.list.chain_file <- as.mcmc.list.chain

#' @rdname convert
#' @usage \method{as.mcmc}{chain}(x, ...)
#' @exportS3Method coda::as.mcmc
as.mcmc.chain <- function(x, ...) {
  n_walkers <- dim(x)[2]
  if (n_walkers != 1) {
    abort("argument", c(
      "{.fn coda::as.mcmc} makes a single chain, and there are {n_walkers} walkers.",
      "i" = "Use {.fn coda::as.mcmc.list}, or choose one: {.code coda::as.mcmc(x[, 1, ])}."
    ), call = rlang::current_env(), argument = "x")
  }
  as.mcmc.list.chain(x, ...)[[1]]
}

#' @exportS3Method coda::as.mcmc
as.mcmc.chain_file <- as.mcmc.chain
