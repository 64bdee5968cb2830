# What diagnostics look at: a chain, whatever they were given.

as_chain <- function(x, discard = 0, thin = 1, parameters = NULL, call = rlang::caller_env()) {
  if (is.character(x) && length(x) == 1) x <- new_chain_file(check_file(x, call), "mcmc")
  if (inherits(x, "chain_file")) {
    return(read_file(x, discard = discard, thin = thin, parameters = parameters))
  }
  if (!inherits(x, "chain")) x <- chain_of_numbers(x, call)
  part_of_chain(x, discard, thin, parameters, call)
}

chain_of_numbers <- function(x, call) {
  rank <- length(dim(x))
  if (!is.numeric(x) || rank > 3 || length(x) == 0) {
    abort_argument("x", "a chain, a chain_file, the path of a file, or a numeric array [step, walker, parameter]", x, call)
  }
  if (!is.double(x) || rank < 3) {
    shape <- if (rank < 2) c(length(x), 1, 1) else c(dim(x), 1)[1:3]
    x <- array(as.double(x), shape, dimnames = if (rank == 3) dimnames(x))
  }
  structure(list(draws = x, steps = seq_len(nrow(x)), n_total = nrow(x), thin_by = 1), class = "chain")
}

# `discard` counts steps of the run, as it does when a file is read; `thin` the rows after those.
part_of_chain <- function(x, discard = 0, thin = 1, parameters = NULL, call = rlang::caller_env()) {
  discard <- check_discard(discard, call)
  if (discard == "auto") discard <- burn_in(x, x$n_ensembles %||% 1)
  thin <- check_whole(thin, 1, call = call)
  names <- dimnames(x$draws)[[3]]
  shape <- dim(x$draws)
  columns <- check_parameters(parameters, list(n_parameters = shape[3], names = names), call)
  rows <- which(x$steps > discard)
  rows <- rows[seq_along(rows) %% thin == 0]
  if (length(rows) == shape[1] && identical(columns, seq_len(shape[3]))) {
    return(x)
  }
  if (length(rows) == 0) abort("empty", "The chain has no steps after {discard} with {.code thin = {thin}}.", call = call)
  x$draws <- x$draws[rows, , columns, drop = FALSE]
  if (!is.null(x$log_prob)) x$log_prob <- x$log_prob[rows, , drop = FALSE]
  x$steps <- x$steps[rows]
  x
}

# How many updates lie between two rows, and how many all rows stand for.
row_spacing <- function(chain) {
  steps <- chain$steps
  chain$thin_by * (if (length(steps) > 1) steps[2] - steps[1] else 1)
}

n_updates <- function(chain) row_spacing(chain) * length(chain$steps)
