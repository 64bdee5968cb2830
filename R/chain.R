# Samples in memory: class `chain`.

new_chain <- function(result, parameters, steps, thin_by, n_total, groups = NULL, n_ensembles = 1) {
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
      groups = groups,
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

# No part of a name is enough: `x$a` is not `x$accepted`. Nor is a parameter a part.
#' @export
`$.chain` <- function(x, name) {
  part <- .subset2(x, name)
  if (is.null(part) && !name %in% parts_of_chain) refuse_quantity(x, name)
  part
}

refuse_quantity <- function(x, name) {
  is_blob <- name %in% names(blob_fields(x))
  if (is_blob || name %in% group_of(dimnames(x)[[3]]) || name %in% dimnames(x)[[3]]) {
    abort("argument", c(
      "{.val {name}} is {if (is_blob) 'a blob' else 'a parameter'} of the chain, not a part of it.",
      "i" = "Its draws are {.code as.matrix(x, parameters = \"{name}\")}, or {.code as.array(x, parameters = \"{name}\")} by step and walker."
    ), argument = "name")
  }
}

parts_of_chain <- c("draws", "log_prob", "blobs", "accepted", "steps", "n_total", "thin_by", "groups", "n_ensembles", "run", "tempering")

#' @export
dim.chain <- function(x) dim(x$draws)

#' @export
print.chain <- function(x, ...) {
  shape <- dim(x)
  steps <- format_count(shape[1])
  cat(cli::pluralize("<chain> {steps} step{cli::qty(shape[1])}{?s} x {shape[2]} walker{?s} x {shape[3]} parameter{?s}"), "\n", sep = "")
  if (isTRUE(x$n_ensembles > 1)) cat(x$n_ensembles, "ensembles\n")
  if (!is.null(x$tempering)) cat(describe_ladder(x$tempering), "\n", sep = "")
  if (shape[1] > 0 && (shape[1] != x$n_total)) {
    range <- format_count(c(x$steps[c(1, shape[1])], x$n_total))
    cat(sprintf("steps %s to %s of %s\n", range[1], range[2], range[3]))
  }
  if (any(x$steps <= updated_at(x))) cat(sprintf("steps up to %s are of another density\n", format_count(updated_at(x))))
  if (length(x$draws) == 0) {
    return(invisible(x))
  }
  cat(sprintf("acceptance rate %.2f\n", mean(acceptance_rate(x))))
  all <- with_derived(x)
  shown <- slowest(all$draws, most_shown)
  print(summary(keep_quantities(all, shown)), ...)
  if (!is.null(attr(shown, "what"))) {
    cat(sprintf("the %s of %d; summary() has all\n", attr(shown, "what"), dim(all$draws)[3]))
  }
  view <- view_of_chain(x)
  writeLines(c(verdict(view), suggest_burn_in(max(0, x$steps[view$discard]))))
  invisible(x)
}

# The last step of another density, after which the run went on by `verify = "update"`; 0 when there is none.
updated_at <- function(x) x$updated_at %||% 0

# How many parameters are shown unless they are chosen.
most_shown <- 8

# Columns with the longest autocorrelation times, which need to be looked at first; all when there are few. `what` says
# which they are, when they are not all.
slowest <- function(draws, most) {
  n <- dim(draws)[3]
  if (n <= most) {
    return(seq_len(n))
  }
  tau <- if (dim(draws)[1] > 1) autocorr_estimate(draws) else rep(NA_real_, n)
  known <- any(is.finite(tau))
  columns <- sort(utils::head(order(tau, decreasing = TRUE, na.last = TRUE), most))
  structure(columns, what = paste(if (known) most else "first", if (known) "slowest" else most))
}

keep_quantities <- function(x, columns) {
  x$draws <- x$draws[, , columns, drop = FALSE]
  x["blobs"] <- list(NULL)
  x
}

#' Summarize a chain
#'
#' @param object A `chain`, a `chain_file`, or the path of a file: of its only run, or of that named `"mcmc"`.
#' @param discard Number of steps to leave out at the beginning of the run (burn-in), or `"auto"`, as for [read_chain()].
#' @param thin Keep only the last of every `thin` steps after those.
#' @param parameters Names or numbers of parameters, or names of derived quantities and of blobs of several numbers, such as `"fitted"` for
#'   `fitted[1]`, `fitted[2]`, ...; `NULL` for all parameters.
#' @param probs Probabilities of the quantiles, numbers from 0 to 1.
#' @param ... Not used: an argument that is not known is an error.
#' @returns A data frame of class `chain_summary` with a row for each parameter and each derived quantity, which is a
#'   blob of one number: `parameter`, `mean`, `sd`, `mcse`, the Monte Carlo standard error of the mean,
#'   the quantiles `q5`, `q50` and `q95`, or those of `probs`, the pooled autocorrelation time `tau` in updates (see
#'   [autocorr_time()]), the number of effectively independent draws `ess`, `ess_bulk` and `ess_tail` of Vehtari et al. (2021),
#'   and [rhat()] over walkers, or over ensembles when there are several. `mcse`, `tau` and `ess` are `NA` where the chain is
#'   too short to tell, which is when it is shorter than 10 `tau`; where draws are missing, all are.
#' @examples
#' log_prob <- function(x) c(-sum(x^2) / 2, radius = sqrt(sum(x^2)))
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("a", "b")))
#' chain <- run_mcmc(log_prob, init, 500, seed = 1)
#' summary(chain, discard = 100)
#' summary(chain, parameters = c("a", "radius"), probs = c(0.16, 0.84))
#' @export
summary.chain <- function(object, ..., discard = 0, thin = 1, parameters = NULL, probs = c(0.05, 0.5, 0.95)) {
  check_no_dots(...)
  check_probs(probs)
  chain <- select_chain(object, discard, thin, parameters, derived = TRUE)
  draws <- chain$draws
  tau <- if (length(draws) > 0) chain_tau(chain) else rep(NA_real_, dim(draws)[3])
  tau[!is.finite(tau) | least_length * pmax(tau, 1) > n_updates(chain)] <- NA
  ess <- n_updates(chain) * dim(draws)[2] / tau
  of <- summary_of(draws, probs, chain$n_ensembles)
  result <- data.frame(
    parameter = dimnames(draws)[[3]],
    mean = of$mean, sd = of$sd, mcse = of$sd / sqrt(ess), of$quantiles,
    tau = tau, ess = ess, of[c("ess_bulk", "ess_tail", "rhat")],
    row.names = NULL, check.names = FALSE
  )
  structure(result, class = c("chain_summary", "data.frame"))
}

# A row for each parameter; NA where draws are missing. R-hat is over ensembles, where there are several.
summary_of <- function(draws, probs = NULL, n_ensembles = NULL) {
  of <- native(livechain_summarise, draws, dim(draws), as.double(probs), n_ensembles %||% 1)
  quantiles <- of[, -(1:5), drop = FALSE]
  colnames(quantiles) <- sprintf("q%s", signif(100 * probs, 7))
  list(mean = of[, 1], sd = of[, 2], rhat = of[, 3], ess_bulk = of[, 4], ess_tail = of[, 5], quantiles = quantiles)
}

#' @export
print.chain_summary <- function(x, digits = 3, ...) {
  print(as.data.frame(shown_summary(x, digits)), row.names = FALSE, ...)
  invisible(x)
}

# As text: what is in the units of a parameter by its standard deviation, everything else by what it is.
shown_summary <- function(x, digits) {
  shown <- x
  sd <- x$sd %||% rep(NA_real_, nrow(x))
  for (column in names(x)[vapply(x, is.numeric, TRUE)]) {
    shown[[column]] <- switch(column,
      ess = ,
      ess_bulk = ,
      ess_tail = ifelse(is.na(x[[column]]), "NA", format_count(x[[column]])),
      tau = format_signif(x$tau, 3),
      mcse = format_signif(x$mcse, 2),
      rhat = ifelse(is.na(x$rhat), "NA", sprintf("%.2f", x$rhat)),
      format_by_sd(x[[column]], sd, digits)
    )
  }
  shown
}

#' Draws of a chain as arrays and data frames
#'
#' @inheritParams summary.chain
#' @param x A `chain` or `chain_file`, or, where said below, the path of a file.
#' @param row.names As for [as.data.frame()].
#' @param optional,stringsAsFactors Not used: names are kept as they are, and there is no text.
#' @details
#' `as.array()` and `as.matrix()` take the path of a file, too. `as.data.frame("chain.h5")` is R's own, a table of one string:
#' `as.data.frame(read_chain("chain.h5"))` has the draws.
#' @returns `as.array()`: a numeric array `[step, walker, parameter]`. `as.matrix()`: a numeric matrix with a row for each
#'   draw, all steps of the first walker first, and a column for each parameter. Both have derived quantities, blobs of one
#'   number, when `parameters` names them. `as.data.frame()`: such rows with the columns `step`, `walker`, the parameters and all
#'   derived quantities, and `log_prob`.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 200, seed = 1)
#' dim(as.array(chain, discard = 100))
#' head(as.data.frame(chain, thin = 10))
#' @name draws
NULL

#' @rdname draws
#' @export
as.array.chain <- function(x, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  select_chain(x, discard, thin, parameters)$draws
}

#' @rdname draws
#' @export
as.matrix.chain <- function(x, ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  draws <- select_chain(x, discard, thin, parameters)$draws
  shape <- dim(draws)
  matrix(draws, shape[1] * shape[2], shape[3], dimnames = list(NULL, dimnames(draws)[[3]]))
}

#' @rdname draws
#' @export
as.data.frame.chain <- function(x, row.names = NULL, optional = FALSE, ..., stringsAsFactors = FALSE, discard = 0, thin = 1,
                                parameters = NULL) {
  check_no_dots(...)
  x <- select_chain(x, discard, thin, parameters, derived = TRUE)
  shape <- dim(x)
  columns <- with_flags(as.data.frame(as.matrix(x)), flags_of(x))
  data.frame(
    step = rep(x$steps, shape[2]), walker = rep(seq_len(shape[2]), each = shape[1]),
    columns, log_prob = as.vector(x$log_prob),
    row.names = row.names, check.names = FALSE
  )
}

# Draws are numbers: what of them was logical is so again in a table.
flags_of <- function(x) names(Filter(is.logical, named_fields(x)))

with_flags <- function(columns, flags) {
  flags <- intersect(flags, names(columns))
  columns[flags] <- lapply(columns[flags], as.logical)
  columns
}

#' Acceptance rate
#'
#' The fraction of proposals that were accepted, for each walker, since the run began, emcee's acceptance fraction; what is
#' discarded or thinned does not change it. It falls with the number of parameters: [move_stretch()] on a normal density accepts
#' 0.81, 0.71, 0.64, 0.55, 0.41, 0.30 and 0.21 of the proposals for 1, 2, 3, 5, 10, 20 and 40 of them. Below 0.05 something
#' is wrong.
#'
#' @param x A `chain`, a `chain_file` or the path of a file.
#' @param ... Not used: an argument that is not known is an error.
#' @returns A numeric vector with a rate between 0 and 1 for each walker.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 100, seed = 1)
#' acceptance_rate(chain)
#' @export
acceptance_rate <- function(x, ...) UseMethod("acceptance_rate")

#' @export
acceptance_rate.chain <- function(x, ...) {
  check_no_dots(...)
  x$accepted / (x$n_total * x$thin_by)
}

#' @export
acceptance_rate.default <- function(x, ...) acceptance_rate(as_chain_file(x), ...)

#' The last state of a run
#'
#' Where the walkers are after the last step, for instance as `init` of another run.
#'
#' @param x A `chain`, a `chain_file` or the path of a file; of the latter, only the last step is read.
#' @param ... Not used: an argument that is not known is an error. `discard` and `thin` would not change the last step.
#' @returns A numeric matrix `[walker, parameter]` with the names of the parameters, and the attribute
#'   `log_prob`, the log-probability of each walker.
#' @examples
#' log_prob <- function(x) -sum(x^2) / 2
#' burn_in <- run_mcmc(log_prob, matrix(rnorm(20), 10), 100, seed = 1)
#' chain <- run_mcmc(log_prob, last_state(burn_in), 100, seed = 2)
#' @export
last_state <- function(x, ...) UseMethod("last_state")

#' @export
last_state.chain <- function(x, ...) {
  check_no_dots(...)
  n <- dim(x)[1]
  if (n == 0) abort("empty", "The chain has no steps, and so no last state.", call = rlang::caller_env())
  shape <- dim(x)
  state <- matrix(x$draws[n, , ], shape[2], shape[3], dimnames = list(NULL, dimnames(x$draws)[[3]]))
  structure(state, log_prob = x$log_prob[n, ], groups = x$groups)
}

#' @export
last_state.default <- function(x, ...) last_state(as_chain_file(x), ...)

# Of a path.
as_chain_file <- function(x, call = rlang::caller_env()) {
  if (is_path(x)) stored_chain(x, call) else abort_not_chain(x, call)
}

abort_not_chain <- function(x, call = rlang::caller_env()) {
  abort_argument("x", "a chain, a chain_file or the path of a file", x, call)
}
