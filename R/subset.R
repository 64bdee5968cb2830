#' Parts of a chain, and chains put together
#'
#' `x[i, j, k]` is the chain of these steps, walkers and parameters, with their log-probabilities and blobs; so are
#' `head()`, `tail()`, `window()` and `subset()`. `c()` puts one chain behind the other; `bind_chains()` can also put them
#' side by side, as walkers of one chain.
#'
#' @param x A `chain`.
#' @param i,j,k Steps, in their order, walkers and parameters: positions, logicals, or, of parameters, names.
#' @param drop Not used: what is selected is always a chain. `x$draws[i, j, k]` is an array.
#' @param n How many steps; negative for all but so many.
#' @param start,end Numbers of the first and last step in the run.
#' @param steps Positions of steps, in their order, or a logical for each of them.
#' @param walkers Numbers of walkers.
#' @param discard,thin,parameters As for [read_chain()]; the names of derived quantities are names of parameters here.
#' @param ... Of `c()` and `bind_chains()`: different chains with the same parameters and blobs. Of the others: not used.
#' @param along Whether steps follow one another, for which the chains must have the same walkers, or walkers stand side
#'   by side, for which they must have equally many steps.
#' @returns A `chain`. Pieces of one run are put into its order; steps that follow those of another run are numbered on.
#' @examples
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("a", "b")))
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 200, seed = 1)
#' chain[101:200, 1:5, "b"]
#' tail(chain, 10)
#' window(chain, start = 51, end = 100)
#' dim(c(head(chain, 50), tail(chain, 50)))
#' other <- run_mcmc(function(x) -sum(x^2) / 2, init, 200, seed = 2)
#' dim(bind_chains(chain, other, along = "walkers"))
#' @name subset_chain
NULL

#' @rdname subset_chain
#' @export
`[.chain` <- function(x, i, j, k, ..., drop = FALSE) {
  n_indices <- nargs() - 1 - !missing(drop)
  if (n_indices != 3 || ...length() > 0) {
    abort("argument", c(
      "A chain has three indices: {.code x[steps, walkers, parameters]}.",
      "x" = "{n_indices} {?was/were} given.",
      "i" = "Its parts are {.code x$draws}, {.code x$log_prob} and {.code x$blobs}."
    ), call = rlang::current_env(), argument = "i")
  }
  shape <- dim(x)
  steps <- check_steps(if (missing(i)) TRUE else i, shape[1])
  walkers <- check_index(if (missing(j)) TRUE else j, shape[2], NULL, "walkers")
  parameters <- check_index(if (missing(k)) TRUE else k, shape[3], dimnames(x$draws)[[3]], "parameters")
  keep(x, steps, walkers, parameters)
}

# Different positions from 1 to n.
check_index <- function(index, n, names, what, call = rlang::caller_env()) {
  all <- stats::setNames(seq_len(n), names)
  by_name <- is.character(index) && !is.null(names)
  whole <- is.numeric(index) && all(index == round(index) | is.na(index))
  fits <- by_name || whole || (is.logical(index) && length(index) %in% c(1, n))
  positions <- if (fits) unname(all[if (by_name) names[match_names(index, names)] else index])
  if (!fits || anyNA(positions) || anyDuplicated(positions)) {
    range <- if (is.null(names)) paste("positions from 1 to", n) else paste("names or positions of the", n, "there are")
    if (anyDuplicated(positions)) range <- paste("different", range)
    abort_argument(what, range, index, call)
  }
  positions
}

# The order of steps is what autocorrelation times and burn-in are found by.
check_steps <- function(index, n, call = rlang::caller_env()) {
  positions <- check_index(index, n, NULL, "steps", call)
  if (is.unsorted(positions, strictly = TRUE)) {
    abort("argument", c(
      "{.arg steps} must be in the order of the chain, each of them once.",
      "i" = "{.code x$draws[i, , ]} has them in any order."
    ), call = call, argument = "steps")
  }
  positions
}

#' @rdname subset_chain
#' @importFrom utils head
#' @export
head.chain <- function(x, n = 6L, ...) {
  check_no_dots(...)
  keep(x, utils::head(seq_len(dim(x)[1]), n))
}

#' @rdname subset_chain
#' @importFrom utils tail
#' @export
tail.chain <- function(x, n = 6L, ...) {
  check_no_dots(...)
  keep(x, utils::tail(seq_len(dim(x)[1]), n))
}

#' @rdname subset_chain
#' @importFrom stats window
#' @export
window.chain <- function(x, start = 1, end = Inf, thin = 1, ...) {
  check_no_dots(...)
  check_number(start, "the number of a step", function(x) TRUE)
  check_number(end, "the number of a step", function(x) TRUE)
  select_chain(keep(x, x$steps >= start & x$steps <= end), 0, thin)
}

#' @rdname subset_chain
#' @export
subset.chain <- function(x, ..., steps = TRUE, walkers = TRUE, parameters = NULL, discard = 0, thin = 1) {
  check_no_dots(...)
  steps <- check_steps(steps, dim(x)[1])
  walkers <- check_index(walkers, dim(x)[2], NULL, "walkers")
  select_chain(keep(x, steps, walkers), discard, thin, parameters)
}

#' @rdname subset_chain
#' @export
c.chain <- function(...) bind_chains(...)

#' @rdname subset_chain
#' @export
bind_chains <- function(..., along = c("steps", "walkers")) {
  if (missing(along)) along <- "steps"
  check_choice(along, c("steps", "walkers"))
  chains <- list(...)
  for (x in chains) if (!inherits(x, "chain")) abort_argument("...", "chains", x, rlang::current_env())
  if (length(chains) == 0) abort("argument", "There is no chain to bind.", call = rlang::current_env(), argument = "...")
  check_alike(chains, along)
  refuse_repeated(chains, along)
  warn_of_ensembles(chains, along)
  Reduce(if (along == "steps") follow else stand_beside, unname(chains))
}

check_alike <- function(chains, along, call = rlang::caller_env()) {
  what <- list(
    parameters = function(x) dimnames(x$draws)[[3]],
    blobs = function(x) lapply(blob_fields(x), function(field) c(typeof(field), dim(field)[-(1:2)])),
    "updates in a step" = function(x) x$thin_by
  )
  what[[if (along == "steps") "number of walkers" else "number of steps"]] <- function(x) dim(x)[if (along == "steps") 2 else 1]
  for (name in names(what)) {
    if (length(unique(lapply(chains, what[[name]]))) > 1) {
      abort("argument", "The chains must have the same {name} to be bound along {.val {along}}.", call = call, argument = "...")
    }
  }
}

# Draws that are there twice would count twice.
refuse_repeated <- function(chains, along, call = rlang::caller_env()) {
  repeats <- if (along == "steps") repeats_steps else repeats_walkers
  for (i in seq_along(chains)[-1]) {
    for (j in seq_len(i - 1)) {
      if (repeats(chains[[j]], chains[[i]])) {
        abort("argument", c(
          "The chains must be different.",
          "x" = "Number {i} has draws that number {j} has, too: they would count twice."
        ), call = call, argument = "...")
      }
    }
  }
}

repeats_steps <- function(x, y) {
  common <- intersect(x$steps, y$steps)
  shares_walker(x, match(common, x$steps), y, match(common, y$steps))
}

repeats_walkers <- function(x, y) shares_walker(x, seq_len(nrow(x$draws)), y, seq_len(nrow(y$draws)))

# Whether a walker of both is in the same places, other than where it began: there, runs from one start are alike.
shares_walker <- function(x, rows_of_x, y, rows_of_y) {
  if (length(rows_of_x) == 0) {
    return(FALSE)
  }
  places_of <- function(chain, rows) {
    draws <- chain$draws[rows, , , drop = FALSE]
    has_moved <- apply(draws != rep(chain$draws[1, , ], each = length(rows)), 2, any) %in% TRUE
    places <- asplit(draws, 2)
    list(all = places, moved = places[has_moved])
  }
  of_x <- places_of(x, rows_of_x)
  of_y <- places_of(y, rows_of_y)
  has_common(of_x$moved, of_y$all) || has_common(of_y$moved, of_x$all)
}

# Whether an array is in both lists.
has_common <- function(x, y) {
  sums <- function(arrays) vapply(arrays, sum, 0)
  at <- match(sums(x), sums(y), nomatch = 0)
  any(as.logical(Map(identical, x[at > 0], y[at])))
}

# Nested R-hat needs ensembles of one size.
warn_of_ensembles <- function(chains, along) {
  n <- vapply(chains, function(x) x$n_ensembles %||% 1, 0)
  of_each <- vapply(chains, function(x) dim(x)[2], 0L) / n
  if (any(n > 1) && length(unique(if (along == "steps") n else of_each)) > 1) {
    cli::cli_warn(c(
      "The chains have ensembles of different sizes, of {unique(of_each)} walkers: what is bound counts as one ensemble.",
      "i" = "{.fn rhat} compares walkers of it, not ensembles."
    ), class = "livechain_warning_ensembles", call = NULL)
  }
}

# A piece of the same run keeps its numbers, and has its place among the others; another run is numbered on.
follow <- function(x, y) {
  last <- if (length(x$steps) > 0) x$steps[length(x$steps)] else 0
  is_behind <- length(y$steps) == 0 || y$steps[1] > last
  is_piece <- is_behind || is_same_run(x, y)
  result <- bind_fields(x, y, 1)
  result$steps <- c(x$steps, if (is_piece) y$steps else last + y$steps)
  result$accepted <- if (is_piece) y$accepted else x$accepted + y$accepted
  result$n_total <- if (is_piece) max(x$n_total, y$n_total) else x$n_total + y$n_total
  if (updated_at(y) > 0) result$updated_at <- updated_at(y) + if (is_piece) 0 else last
  if (!identical(x$n_ensembles, y$n_ensembles)) result$n_ensembles <- 1
  result <- with_blobs(result, x, y, 1)
  if (is.unsorted(result$steps)) keep(result, order(result$steps)) else result
}

# How many proposals each walker has accepted in how many steps tells runs apart.
is_same_run <- function(x, y) {
  length(unique(x$accepted)) > 1 && identical(x$accepted, y$accepted) && identical(x$n_total, y$n_total) && !any(y$steps %in% x$steps)
}

stand_beside <- function(x, y) {
  result <- bind_fields(x, y, 2)
  # Of a run of another length, as many as it would have accepted in this one.
  result$accepted <- c(x$accepted, if (x$n_total == y$n_total) y$accepted else y$accepted * x$n_total / y$n_total)
  n_ensembles <- c(x$n_ensembles %||% 1, y$n_ensembles %||% 1)
  of_each <- c(dim(x)[2], dim(y)[2]) / n_ensembles
  result$n_ensembles <- if (of_each[1] == of_each[2]) sum(n_ensembles) else 1
  if (updated_at(y) > 0) result$updated_at <- max(updated_at(x), updated_at(y))
  with_blobs(result, x, y, 2)
}

bind_fields <- function(x, y, along) {
  result <- x
  result$run <- result$tempering <- NULL
  result$draws <- bind_arrays(x$draws, y$draws, along)
  dimnames(result$draws) <- dimnames(x$draws)
  result$log_prob <- bind_arrays(x$log_prob, y$log_prob, along)
  result
}

with_blobs <- function(result, x, y, along) {
  fields <- Map(bind_arrays, blob_fields(x), blob_fields(y), along)
  result["blobs"] <- list(if (length(fields) > 0) tidy_blobs(fields, result$steps))
  result
}

# Arrays [step, walker, ...] that are alike but for the dimension `along`.
bind_arrays <- function(x, y, along) {
  rank <- length(dim(x))
  turn <- c(setdiff(seq_len(rank), along), along)
  shape <- dim(x)
  shape[along] <- shape[along] + dim(y)[along]
  bound <- array(c(aperm(x, turn), aperm(y, turn)), shape[turn])
  aperm(bound, order(turn))
}

#' @export
dimnames.chain <- function(x) dimnames(x$draws)

#' @importFrom utils str
#' @export
str.chain <- function(object, ...) {
  shape <- dim(object)
  cat(sprintf("<chain> [%d steps, %d walkers, %d parameters]\n", shape[1], shape[2], shape[3]))
  utils::str(unclass(object)[c("draws", "log_prob", "blobs", "accepted", "steps", "n_total", "thin_by")], no.list = TRUE, give.attr = FALSE)
}

#' Quantiles of a chain
#'
#' @param x A `chain`, a `chain_file` or the path of a file.
#' @param probs Probabilities, numbers from 0 to 1.
#' @param ... Not used.
#' @inheritParams summary.chain
#' @returns A numeric matrix with a row for each parameter and a column for each of `probs`.
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 500, seed = 1)
#' quantile(chain, c(0.16, 0.84), discard = 100)
#' @importFrom stats quantile
#' @export
quantile.chain <- function(x, probs = c(0.05, 0.5, 0.95), ..., discard = 0, thin = 1, parameters = NULL) {
  check_no_dots(...)
  draws <- select_chain(x, discard, thin, parameters, derived = TRUE)$draws
  quantiles_of(draws, check_probs(probs))
}

#' @rdname quantile.chain
#' @export
quantile.chain_file <- quantile.chain

check_probs <- function(probs, call = rlang::caller_env()) {
  if (!is.numeric(probs) || anyNA(probs) || any(probs < 0 | probs > 1)) {
    abort_argument("probs", "numbers from 0 to 1", probs, call)
  }
  probs
}

# A row for each parameter; NA where draws are missing.
quantiles_of <- function(draws, probs) {
  rows <- lapply(seq_len(dim(draws)[3]), function(column) {
    values <- draws[, , column]
    if (length(values) == 0 || anyNA(values)) rep(NA_real_, length(probs)) else stats::quantile(values, probs, names = FALSE)
  })
  matrix(unlist(rows), length(rows), length(probs),
    byrow = TRUE, dimnames = list(dimnames(draws)[[3]], paste0(signif(100 * probs, 7), "%"))
  )
}
