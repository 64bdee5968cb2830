# A run followed at a cost that does not depend on its length: what watch_chain() and monitor_chain() show.
#
# Level j holds every 2^j-th step, and of those the last `n_rows`. The coarsest level reaches back to the run's
# beginning and shows the whole chain; the finer ones see the short autocorrelation times that it cannot.

follow_chain <- function(path, name, parameters = NULL, n_shown = Inf, wait = 0, n_values = 4e5, call = rlang::caller_env()) {
  follower <- new.env(parent = emptyenv())
  follower$reader <- start_reader(path, name, Inf, wait, call)
  names <- quantities_of(follower$reader, parameters, call)
  follower$columns <- utils::head(check_parameters(parameters, list(n_parameters = length(names), names = names), call), n_shown)
  follower$names <- names[follower$columns]
  values_per_step <- follower$reader$run$n_walkers * length(follower$columns)
  follower$n_rows <- rows_per_level(n_values, values_per_step)
  update_follower(follower)
  follower
}

# The names of what can be followed: the parameters, and, where one of them is asked for, the derived quantities behind them.
quantities_of <- function(reader, parameters = NULL, call = rlang::caller_env()) {
  stored <- reader$run$names
  if (!is.character(parameters) || !anyNA(match_names(parameters, stored))) {
    return(stored)
  }
  c(stored, derived_in(reader, call))
}

derived_in <- function(reader, call = rlang::caller_env()) {
  none <- read_steps(reader$pointer, 0, 0, 1, seq_len(reader$run$n_parameters), blobs = TRUE, call)
  setdiff(names(derived_of(none)), reader$run$names)
}

# Of these steps, the draws of what is followed and the log-probability.
read_followed <- function(follower, first, n_steps, stride) {
  run <- follower$reader$run
  if (all(follower$columns <= run$n_parameters)) {
    return(read_steps(follower$reader$pointer, first, n_steps, stride, follower$columns, blobs = FALSE))
  }
  result <- read_steps(follower$reader$pointer, first, n_steps, stride, seq_len(run$n_parameters), blobs = TRUE)
  derived <- unname(derived_of(result)[setdiff(follower$names, run$names)])
  result$draws <- array(c(result$draws, unlist(derived)), dim(result$draws) + c(0, 0, length(derived)))
  result$draws <- result$draws[, , match(follower$names, c(run$names, setdiff(follower$names, run$names))), drop = FALSE]
  result
}

close_follower <- function(follower) {
  close(follower$reader)
  if (!is.null(follower$whole)) close_follower(follower$whole)
}

# Reads what is new. Returns whether there was something.
update_follower <- function(follower, call = rlang::caller_env()) {
  before <- follower$look$n_steps %||% -1
  follower$look <- poll(follower$reader, call)
  new <- follower$look$n_steps > before
  if (new) follower$levels <- grow_levels(follower$levels, follower, follower$look$n_steps)
  new
}

follower_status <- function(follower) {
  reader <- follower$reader
  run_status(reader$path, reader$name, c(reader$run, follower$look), follower$look$state)
}

# The whole chain so far, thinned to at most `n_rows` steps.
follower_chain <- function(follower, discard = 0) {
  level <- follower$levels[[length(follower$levels)]]
  steps <- steps_of(level)
  kept <- steps > discard
  new_chain(
    list(
      draws = level$draws[kept, , , drop = FALSE], log_prob = level$log_prob[kept, , drop = FALSE],
      accepted = follower$look$accepted
    ),
    follower$names,
    steps = steps[kept], thin_by = follower$reader$run$thin_by, n_total = follower$look$n_steps,
    n_ensembles = follower$reader$run$n_ensembles
  )
}

# In updates.
follower_tau <- function(follower, discard = 0) follower$reader$run$thin_by * tau_of(follower$levels, discard)

# The autocorrelation time that was estimated when the run had `n_steps` steps, two of them for each doubling; both in
# updates.
follower_history <- function(follower) {
  n <- follower$look$n_steps
  known <- follower$history$n_steps
  missing <- setdiff(history_steps(n), known)
  for (at in missing) {
    levels <- if (at == n) follower$levels else grow_levels(NULL, follower, at)
    follower$history$tau <- rbind(follower$history$tau, tau_of(levels))
  }
  follower$history$n_steps <- c(known, missing)
  thin_by <- follower$reader$run$thin_by
  list(n_updates = thin_by * follower$history$n_steps, tau = thin_by * follower$history$tau)
}

history_steps <- function(n) {
  if (n < 64) numeric() else unique(floor(2^seq(6, log2(n), by = 0.5)))
}

rows_per_level <- function(n_values, values_per_row) max(256, min(4096, n_values %/% values_per_row))

count_levels <- function(n_steps, n_rows) 1 + max(0, ceiling(log2(n_steps / n_rows)))

grow_levels <- function(levels, follower, n_steps) {
  lapply(seq_len(count_levels(n_steps, follower$n_rows)), function(i) {
    level <- if (i <= length(levels)) levels[[i]] else list(stride = 2^(i - 1), last = 0)
    grow_level(level, follower, n_steps)
  })
}

grow_level <- function(level, follower, n_steps) {
  n_new <- (n_steps - level$last) %/% level$stride
  if (n_new == 0 && !is.null(level$draws)) {
    return(level)
  }
  n_read <- min(n_new, follower$n_rows)
  last <- level$last + n_new * level$stride
  first <- last - (n_read - 1) * level$stride
  new <- read_followed(follower, first - 1, n_read, level$stride)
  kept <- utils::tail(seq_len(NROW(level$draws)), follower$n_rows - n_read)
  level$draws <- bind_steps(level$draws, kept, new$draws)
  level$log_prob <- rbind(level$log_prob[kept, , drop = FALSE], new$log_prob)
  level$last <- last
  level
}

bind_steps <- function(old, kept, new) {
  if (length(kept) == 0) {
    return(new)
  }
  n_kept <- length(kept)
  draws <- array(0, dim(new) + c(n_kept, 0, 0))
  draws[seq_len(n_kept), , ] <- old[kept, , ]
  draws[n_kept + seq_len(dim(new)[1]), , ] <- new
  draws
}

steps_of <- function(level) level$last - level$stride * rev(seq_len(dim(level$draws)[1]) - 1)

# Autocorrelation times in steps. A level sees those that are several of its rows long; the shorter ones are
# left to the next finer level.
tau_of <- function(levels, discard = 0) {
  shortest <- 5
  tau <- rep(NA_real_, dim(levels[[1]]$draws)[3])
  open <- seq_along(tau)
  for (level in rev(levels)) {
    kept <- steps_of(level) > discard
    if (length(open) == 0 || sum(kept) < 2) break
    rows <- autocorr_estimate(level$draws[kept, , open, drop = FALSE])
    tau[open] <- level$stride * rows
    open <- open[!is.na(rows) & rows < shortest]
  }
  tau
}
