# A view of a chain whose size does not depend on the chain's length: all that diagnose() and the rules of
# `stop_when` look at, for chains in memory and in files alike.
#
# `levels` are those of R/follow.R. Places in them are numbers of rows or steps, `spacing` updates apart; the first
# `discard` of all `n` are left out; `tau` is in updates; what is `past` of them, past_of() says.

new_view <- function(levels, n, spacing, names, acceptance, n_ensembles, discard, past) {
  view <- c(list(
    levels = levels, n = n, spacing = spacing, names = names, acceptance = acceptance, n_ensembles = n_ensembles,
    discard = 0
  ), past)
  view$discard <- if (identical(discard, "auto")) burn_in(view_rows(view), n_ensembles) else discard
  view$tau <- spacing * tau_of(levels, view$discard)
  view
}

view_of_follower <- function(follower, discard = "auto") {
  run <- follower$reader$run
  n <- follower$look$n_steps
  new_view(
    follower$levels, n, run$thin_by, follower$names, mean(follower$look$accepted) / (n * run$thin_by),
    run$n_ensembles, discard, past_of(follower$look$updated_at, run$facts[["adapt_steps"]], n)
  )
}

# What is judged are all parameters of the run, also those that are not shown.
judged_view <- function(follower) {
  run <- follower$reader$run
  if (all(seq_len(run$n_parameters) %in% follower$columns)) {
    return(view_of_follower(follower))
  }
  if (is.null(follower$whole)) {
    follower$whole <- follow_chain(follower$reader$path, follower$reader$name, union(run$names, follower$names), n_values = 1e5)
  } else {
    update_follower(follower$whole)
  }
  view_of_follower(follower$whole)
}

view_of_chain <- function(chain, discard = "auto", n_values = 1e5) {
  n <- nrow(chain$draws)
  if (is.numeric(discard)) discard <- sum(chain$steps <= discard)
  acceptance <- if (is.null(chain$accepted)) NA else mean(chain$accepted) / (chain$n_total * chain$thin_by)
  names <- parameter_names(dimnames(chain$draws)[[3]], dim(chain$draws)[3])
  past <- past_of_chain(chain)
  past[c("updated_at", "settled_at")] <- lapply(past[c("updated_at", "settled_at")], function(step) sum(chain$steps <= step))
  new_view(levels_of_chain(chain, n_values), n, row_spacing(chain), names, acceptance, chain$n_ensembles %||% 1, discard, past)
}

view_of_file <- function(path, name, parameters = NULL, discard = "auto", n_values = 1e5, call = rlang::caller_env()) {
  follower <- follow_chain(path, name, parameters, n_values = n_values, call = call)
  on.exit(close(follower$reader))
  view_of_follower(follower, discard)
}

levels_of_chain <- function(chain, n_values) {
  n <- nrow(chain$draws)
  n_rows <- rows_per_level(n_values, prod(dim(chain$draws)[-1]))
  lapply(2^(seq_len(count_levels(n, n_rows)) - 1), function(stride) {
    rows <- utils::tail(stride * seq_len(n %/% stride), n_rows)
    list(
      stride = stride, last = max(0, rows), draws = chain$draws[rows, , , drop = FALSE],
      log_prob = if (!is.null(chain$log_prob)) chain$log_prob[rows, , drop = FALSE]
    )
  })
}

# At most `most` rows of the whole chain, evenly apart.
view_rows <- function(view, most = Inf) {
  level <- view$levels[[length(view$levels)]]
  steps <- steps_of(level)
  kept <- which(steps > view$discard)
  if (length(kept) > most) kept <- kept[unique(round(seq(1, length(kept), length.out = most)))]
  list(steps = steps[kept], draws = level$draws[kept, , , drop = FALSE], log_prob = level$log_prob[kept, , drop = FALSE], settled_at = view$settled_at)
}

view_updates <- function(view) view$spacing * (view$n - view$discard)

view_ess <- function(view) view_updates(view) * dim(view$levels[[1]]$draws)[2] / view$tau
