# Samples in memory: class `chain`.

new_chain <- function(result, parameters, steps, thin_by, n_total, n_ensembles = 1) {
  parameters <- parameter_names(parameters, dim(result$draws)[3])
  structure(
    list(
      draws = native(livechain_name_parameters, result$draws, parameters),
      log_prob = result$log_prob,
      blobs = tidy_blobs(result$blobs, steps),
      accepted = result$accepted,
      steps = steps,
      n_total = n_total,
      thin_by = thin_by,
      n_ensembles = n_ensembles
    ),
    class = "chain"
  )
}

# Fields of one value each become one array, or, when their types differ, a data frame.
tidy_blobs <- function(fields, steps) {
  if (is.null(fields) || identical(names(fields), "")) {
    return(fields[[1]])
  }
  is_plain <- vapply(fields, function(field) length(dim(field)) == 2, TRUE)
  types <- unique(vapply(fields, typeof, ""))
  if (!all(is_plain)) {
    return(fields)
  }
  shape <- dim(fields[[1]])
  if (length(types) == 1) {
    return(array(unlist(fields, use.names = FALSE), c(shape, length(fields)),
      dimnames = list(NULL, NULL, names(fields))
    ))
  }
  data.frame(
    step = rep(steps, shape[2]), walker = rep(seq_len(shape[2]), each = shape[1]),
    lapply(fields, as.vector), check.names = FALSE
  )
}

#' @export
dim.chain <- function(x) dim(x$draws)

#' @export
print.chain <- function(x, ...) {
  shape <- dim(x)
  steps <- format_count(shape[1])
  cat(cli::pluralize("<chain> {steps} step{cli::qty(shape[1])}{?s} x {shape[2]} walker{?s} x {shape[3]} parameter{?s}"), "\n", sep = "")
  if (isTRUE(x$n_ensembles > 1)) cat(x$n_ensembles, "ensembles\n")
  if (shape[1] > 0 && (shape[1] != x$n_total)) {
    cat(sprintf("steps %s to %s of %s\n", x$steps[1], x$steps[shape[1]], x$n_total))
  }
  cat(sprintf("acceptance rate %.2f\n", mean(acceptance_rate(x))))
  if (shape[1] > 0) {
    print(summary(x), ...)
    view <- view_of_chain(x)
    writeLines(c(verdict(view), suggest_burn_in(max(0, x$steps[view$discard]))))
  }
  invisible(x)
}

#' Summarise a chain
#'
#' @param object A `chain` or `chain_file`.
#' @inheritParams autocorr_time
#' @param ... Not used.
#' @returns A data frame of class `chain_summary` with a row for each parameter: `parameter`, `mean`, `sd`, `mcse`, the
#'   Monte Carlo standard error of the mean, the quantiles `q5`, `q50` and `q95`, the pooled autocorrelation time `tau`
#'   in updates (see [autocorr_time()]), the number of effectively independent draws `ess`, `ess_bulk` and `ess_tail`
#'   of Vehtari et al. (2021), and [rhat()] over walkers, or over ensembles when there are several. `mcse`, `tau` and `ess` are `NA` where the chain is too short to tell,
#'   which is when it is shorter than 50 `tau`.
#' @export
summary.chain <- function(object, discard = 0, thin = 1, parameters = NULL, ...) {
  object <- part_of_chain(object, discard, thin, parameters)
  draws <- object$draws
  tau <- chain_tau(object)
  tau[!is.finite(tau) | 50 * tau > n_updates(object)] <- NA
  ess <- n_updates(object) * dim(draws)[2] / tau
  quantiles <- apply(draws, 3, stats::quantile, c(0.05, 0.5, 0.95), names = FALSE)
  sd <- spread_of(draws)
  walkers <- convergence(draws)
  if (isTRUE(object$n_ensembles > 1)) walkers$rhat <- rhat(object)
  result <- data.frame(
    parameter = dimnames(draws)[[3]],
    mean = apply(draws, 3, mean), sd = sd, mcse = sd / sqrt(ess),
    q5 = quantiles[1, ], q50 = quantiles[2, ], q95 = quantiles[3, ],
    tau = tau, ess = ess, walkers[c("ess_bulk", "ess_tail", "rhat")],
    row.names = NULL
  )
  structure(result, class = c("chain_summary", "data.frame"))
}

#' @export
print.chain_summary <- function(x, digits = 3, ...) {
  numbers <- vapply(x, is.numeric, TRUE)
  shown <- as.data.frame(x)
  shown[numbers] <- lapply(shown[numbers], signif, digits = digits)
  counts <- startsWith(names(x), "ess")
  shown[counts] <- lapply(x[counts], round)
  print(shown, row.names = FALSE, ...)
  invisible(x)
}

#' @export
as.array.chain <- function(x, ...) x$draws

#' @export
as.matrix.chain <- function(x, ...) {
  shape <- dim(x)
  matrix(x$draws, shape[1] * shape[2], shape[3], dimnames = list(NULL, dimnames(x$draws)[[3]]))
}

#' @export
as.data.frame.chain <- function(x, row.names = NULL, optional = FALSE, ...) {
  shape <- dim(x)
  data.frame(
    step = rep(x$steps, shape[2]), walker = rep(seq_len(shape[2]), each = shape[1]),
    as.matrix(x), log_prob = as.vector(x$log_prob),
    row.names = row.names, check.names = optional
  )
}

#' Acceptance rate
#'
#' The fraction of proposals that were accepted, for each walker, since the run began. Between about 0.2 and
#' 0.5 is usual.
#'
#' @param x A `chain` or a `chain_file`.
#' @returns A numeric vector with a rate between 0 and 1 for each walker.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 100, seed = 1)
#' acceptance_rate(chain)
#' @export
acceptance_rate <- function(x) UseMethod("acceptance_rate")

#' @export
acceptance_rate.chain <- function(x) x$accepted / (x$n_total * x$thin_by)

#' @export
acceptance_rate.default <- function(x) abort_not_chain(x)

#' The last state of a run
#'
#' Where the walkers are after the last step, for instance as `init` of another run.
#'
#' @param x A `chain` or a `chain_file`; of the latter, only the last step is read.
#' @returns A numeric matrix `[walker, parameter]` with the names of the parameters, and the attribute
#'   `log_prob`, the log-probability of each walker.
#' @examples
#' log_prob <- function(x) -sum(x^2) / 2
#' burn_in <- run_mcmc(log_prob, matrix(rnorm(20), 10), 100, seed = 1)
#' chain <- run_mcmc(log_prob, last_state(burn_in), 100, seed = 2)
#' @export
last_state <- function(x) UseMethod("last_state")

#' @export
last_state.chain <- function(x) {
  n <- dim(x)[1]
  if (n == 0) abort("empty", "The chain has no steps, and so no last state.", call = rlang::caller_env())
  shape <- dim(x)
  state <- matrix(x$draws[n, , ], shape[2], shape[3], dimnames = list(NULL, dimnames(x$draws)[[3]]))
  structure(state, log_prob = x$log_prob[n, ])
}

#' @export
last_state.default <- function(x) abort_not_chain(x)

abort_not_chain <- function(x, call = rlang::caller_env()) {
  abort_argument("x", "a chain or a chain_file", x, call,
    hint = "{.fn read_chain} reads a chain from a file."
  )
}
