# How many steps at the beginning to leave out: what `discard = "auto"` stands for.

check_discard <- function(discard, call = rlang::caller_env()) {
  if (identical(discard, "auto")) {
    return(discard)
  }
  if (!is_whole(discard) || discard < 0) abort_argument("discard", "a whole number, 0 or more, or \"auto\"", discard, call)
  as.double(discard)
}

# Of `rows`, a list of draws and log_prob with the numbers of their `steps`: the last step that is to be left out, at least those up
# to `settled_at`.
burn_in <- function(rows, n_ensembles = 1) {
  settled_at <- rows$settled_at %||% 0
  n_other <- sum(rows$steps <= settled_at)
  if (n_other > 0) rows <- rows_after(rows, n_other)
  n_rows <- max(0, vapply(watched_series(rows, n_ensembles), mser, 0))
  if (n_rows > 0) rows$steps[n_rows] else if (n_other > 0) settled_at else 0
}

rows_after <- function(rows, n) {
  list(
    steps = rows$steps[-seq_len(n)], draws = rows$draws[-seq_len(n), , , drop = FALSE],
    log_prob = rows$log_prob[-seq_len(n), , drop = FALSE]
  )
}

# What steps may be that are not of the present density at its temperatures: those up to `updated_at` are of another density; up to
# `settled_at` temperatures were adapted, too, unless they still are.
past_of <- function(updated_at, adapt_steps, n_total) {
  is_adapting <- isTRUE(adapt_steps >= n_total)
  list(updated_at = updated_at, settled_at = max(updated_at, if (!is_adapting) adapt_steps), is_adapting = is_adapting)
}

past_of_chain <- function(x) past_of(updated_at(x), x$tempering$adapt_steps, x$n_total)

suggest_burn_in <- function(last) {
  if (last > 0) sprintf("burn-in up to step %s, which discard = \"auto\" leaves out", format_count(last))
}

# What shows where the walkers come from: the mean of each ensemble, and the mean log-probability.
watched_series <- function(rows, n_ensembles) {
  shape <- dim(rows$draws)
  of <- rep(seq_len(n_ensembles), each = shape[2] / n_ensembles)
  means <- lapply(seq_len(n_ensembles), function(ensemble) {
    lapply(seq_len(shape[3]), function(parameter) {
      rowMeans(matrix(rows$draws[, of == ensemble, parameter], shape[1]))
    })
  })
  c(unlist(means, recursive = FALSE), list(mean_log_prob(rows$log_prob)))
}

# Forbidden positions count as the worst of the others.
mean_log_prob <- function(log_prob) {
  if (is.null(log_prob) || !any(is.finite(log_prob))) {
    return(numeric())
  }
  log_prob[!is.finite(log_prob)] <- min(log_prob[is.finite(log_prob)])
  rowMeans(log_prob)
}

# White (1997): as many as make the standard error of the mean of the rest smallest, at most half; none when that
# gains less than a tenth of its square, which chance does, too.
mser <- function(x) {
  n <- length(x)
  if (n < 8) {
    return(0)
  }
  x <- x - mean(x[-seq_len(n %/% 2)])
  left <- n:(n - n %/% 2)
  sum_of_rest <- function(x) rev(cumsum(rev(x)))[seq_along(left)]
  squared_error <- pmax(0, sum_of_rest(x^2) - sum_of_rest(x)^2 / left) / left^2
  best <- which.min(squared_error)
  if (isTRUE(squared_error[best] < 0.9 * squared_error[1])) best - 1 else 0
}
