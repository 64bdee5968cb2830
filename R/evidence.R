#' The evidence of a model
#'
#' The log of the marginal likelihood, the integral of likelihood times prior, from a run at several temperatures (see
#' `n_temperatures` of [run_mcmc()]), by stepping stones (Xie et al. 2011): the product of how much the integral changes from
#' each temperature to the next. Likelihood and prior must be normalized: constants that they lack are missing in the evidence.
#' With `lower` and `upper`, the prior is what is left of it within them, normalized again.
#'
#' Its standard error comes from the spread over 20 stretches of the run, all temperatures together; what the run has not
#' seen, no error can tell. The estimate is `NA`, with a warning that says why, where it is not to be trusted: when fewer than 0.15 of
#' the swaps between two temperatures were taken, or when fewer than ten walkers came from the hottest temperature to the coldest, in
#' each case since the ladder was frozen; when that has not happened yet; or when the hottest ensemble does not sample the prior,
#' since `max_temperature` was finite.
#'
#' @param x A `chain`, a `chain_file`, or the path of a file whose run is named `"mcmc"`.
#' @param discard Number of steps to leave out at the beginning of the run; `NULL` for those in which the ladder changed, or a fifth of
#'   the run where it did not. Fewer than the former are refused.
#' @param ... Not used: an argument that is not known is an error.
#' @returns A numeric vector of class `log_evidence`: `estimate`, and its standard error `se`. Attributes: `bennett`, the same two
#'   by Bennett's acceptance ratio (1976) between neighbours, as a check; `temperatures`, `swap_rate`, `n_trips`; `reason`, why
#'   the estimate is `NA`, or `NULL`.
#' @references Xie, Lewis, Fan, Kuo and Chen (2011) \doi{10.1093/sysbio/syq085}; Bennett (1976)
#'   \doi{10.1016/0021-9991(76)90078-4}; Vousden, Farr and Mandel (2016) \doi{10.1093/mnras/stv2422}.
#' @examples
#' # Two modes; a uniform prior
#' log_likelihood <- function(x) log(sum(dnorm(x, c(-5, 5), 0.5)) / 2)
#' log_prior <- function(x) dunif(x, -20, 20, log = TRUE)
#' chain <- run_mcmc(log_likelihood, init_walkers(20, 5), 1500, log_prior = log_prior, n_temperatures = 5, seed = 1)
#' log_evidence(chain) # log(1 / 40) is -3.69
#' @export
log_evidence <- function(x, ..., discard = NULL) {
  check_no_dots(...)
  if (!is.null(discard)) check_whole(discard, 0)
  if (is_path(x)) x <- stored_chain(x, rlang::current_env())
  if (inherits(x, "chain_file")) x <- read_chain(x)
  if (!inherits(x, "chain")) abort_not_chain(x)
  require_tempered(x)
  reason <- why_no_evidence(x)
  log_likelihood <- tempered_log_likelihood(x, discard)
  if (is.null(reason) && dim(log_likelihood)[1] < 2 * n_stretches) {
    reason <- cli::format_inline("{dim(log_likelihood)[1]} step{?s} {?is/are} left, where {2 * n_stretches} are needed")
  }
  unknown <- c(estimate = NA_real_, se = NA_real_)
  betas <- 1 / x$tempering$temperatures
  known <- is.null(reason)
  if (!known) cli::cli_warn("The evidence is not known: {reason}.", class = "livechain_warning_evidence")
  structure(if (known) stepping_stone(log_likelihood, betas) else unknown,
    bennett = if (known) bennett(log_likelihood, betas) else unknown,
    temperatures = x$tempering$temperatures, swap_rate = x$tempering$swap_rate, n_trips = x$tempering$n_trips,
    reason = reason, class = "log_evidence"
  )
}

require_tempered <- function(x, call = rlang::caller_env()) {
  if (is.null(x$tempering) || !"log_likelihood" %in% names(blob_fields(x))) {
    abort("argument", c(
      "{.arg x} must be of a run at several temperatures, with its blobs.",
      "i" = "{.code run_mcmc(log_likelihood, ..., log_prior = , n_temperatures = 8)} makes one."
    ), call = call, argument = "x")
  }
}

least_rate <- 0.15
least_trips <- 10
n_stretches <- 20

# NULL where it can be known.
why_no_evidence <- function(x) {
  ladder <- x$tempering
  rate <- ladder$swap_rate
  last <- length(ladder$temperatures)
  low <- which.min(rate)
  if (x$n_total <= ladder$adapt_steps) {
    cli::format_inline("the ladder changes until step {ladder$adapt_steps}, and there are {x$n_total}")
  } else if (ladder$temperatures[last] < Inf) {
    cli::format_inline("the hottest temperature is {format(ladder$temperatures[last], digits = 3)}, where it takes {.code max_temperature = Inf}")
  } else if (!all(rate >= least_rate)) {
    cli::format_inline(
      "of the swaps between temperatures {low} and {low + 1}, {sprintf('%.2f', rate[low])} were taken, where {least_rate} are needed: ",
      "take more than {last} {.arg n_temperatures}, or a longer run"
    )
  } else if (ladder$n_trips < least_trips) {
    cli::format_inline("{ladder$n_trips} walker{?s} came from the hottest temperature to the coldest, where {least_trips} are needed: take a longer run")
  }
}

# [step, walker, temperature]
tempered_log_likelihood <- function(x, discard, call = rlang::caller_env()) {
  adapt_steps <- x$tempering$adapt_steps
  if (!is.null(discard) && discard < adapt_steps) {
    abort("argument", c(
      "{.arg discard} must be at least {adapt_steps}: until then the temperatures were others.",
      "x" = "It is {discard}."
    ), call = call, argument = "discard")
  }
  kept <- x$steps > (discard %||% if (adapt_steps > 0) adapt_steps else floor(x$n_total / 5))
  fields <- blob_fields(x)
  n <- length(x$tempering$temperatures)
  hot <- array(fields[[tempered_blob]], c(dim(x)[1:2], n - 1))
  array(c(fields$log_likelihood[kept, ], hot[kept, , ]), c(sum(kept), dim(x)[2], n))
}

# The log of the ratio of integrals at neighbouring temperatures is that of the mean of likelihood^(difference of their
# inverses) at the hotter one.
stepping_stone <- function(log_likelihood, betas) {
  stones <- lapply(seq_along(betas)[-1], function(hot) {
    exponents <- (betas[hot - 1] - betas[hot]) * log_likelihood[, , hot]
    list(largest = max(exponents), values = exp(exponents - max(exponents)))
  })
  means <- vapply(stones, function(stone) mean(stone$values), 0)
  relative <- Map(function(stone, mean) rowMeans(stone$values) / mean - 1, stones, means)
  c(
    estimate = sum(vapply(stones, function(stone) stone$largest, 0) + log(means)),
    se = error_by_stretches(Reduce(`+`, relative))
  )
}

# Of the mean of values that follow each other.
error_by_stretches <- function(values) {
  stretch <- ceiling(seq_along(values) * n_stretches / length(values))
  stats::sd(tapply(values, stretch, mean)) / sqrt(n_stretches)
}

# Bennett's ratio solves: as many are expected to cross from one temperature to the other as back.
bennett <- function(log_likelihood, betas) {
  stones <- lapply(seq_along(betas)[-1], function(hot) {
    exponents <- (betas[hot - 1] - betas[hot]) * log_likelihood[, , c(hot - 1, hot), drop = FALSE]
    cold <- exponents[, , 1]
    hot <- exponents[, , 2]
    finite <- c(cold[is.finite(cold)], hot[is.finite(hot)])
    excess <- function(shift) mean(stats::plogis(hot - shift)) - mean(stats::plogis(shift - cold))
    shift <- stats::uniroot(excess, range(finite) + c(-1, 1) * 50, tol = 1e-10)$root
    up <- stats::plogis(hot - shift)
    down <- stats::plogis(shift - cold)
    list(shift = shift, relative = rowMeans(up) / mean(up) - rowMeans(down) / mean(down))
  })
  c(
    estimate = sum(vapply(stones, function(stone) stone$shift, 0)),
    se = error_by_stretches(Reduce(`+`, lapply(stones, function(stone) stone$relative)))
  )
}

#' @export
print.log_evidence <- function(x, ...) {
  show <- function(of) paste(format_by_sd(of[["estimate"]], of[["se"]], 2), "+-", format_signif(of[["se"]], 2))
  cat("<log_evidence> ", if (is.na(x[["estimate"]])) "NA" else show(x), "\n", sep = "")
  if (!is.null(attr(x, "reason"))) {
    cat(attr(x, "reason"), "\n", sep = "")
    return(invisible(x))
  }
  cat("Bennett's ratio: ", show(attr(x, "bennett")), "\n", sep = "")
  ladder <- attributes(x)[c("temperatures", "swap_rate")]
  cat(describe_ladder(ladder), ", ", format_count(attr(x, "n_trips")), " walkers from the hottest to the coldest\n", sep = "")
  invisible(x)
}
