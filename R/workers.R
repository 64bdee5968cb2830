# What happens on a worker. It knows the jobs of its runs by their keys, and forgets them when a run ends; and when others begin,
# should it not be told.

kept_jobs <- new.env(parent = emptyenv())

n_kept_jobs <- 2

keep_job <- function(job) {
  kept <- vapply(as.list(kept_jobs), `[[`, 0, "kept_at")
  for (key in utils::head(names(sort(kept)), max(0, length(kept) + 1 - n_kept_jobs))) forget_job(key)
  job$kept_at <- seconds_now()
  # Where the run itself is, and in what is forked from it, they are at hand.
  job$provided <- job$process != this_process()
  if (job$provided) provide_needs(job$needs, job$key)
  assign(job$key, job, envir = kept_jobs)
  kept_jobs[[job$key]]$evaluate <- evaluator_of(job)
  invisible(NULL)
}

evaluator_of <- function(job) {
  if (is.null(job$recipe)) caller_of(job$log_prob, job$arguments) else evaluator_of_rows(job)
}

# Of a compiled density. Processes that are forked from one that may have had threads have none themselves.
evaluator_of_rows <- function(job) {
  about <- about_compiled(follow_recipe(job$recipe))
  n_threads <- if (job$provided) min(job$n_threads, defaultNumThreads()) else 1
  density <- native(livechain_compiled_density, about$pointer, n_threads)
  names <- if (length(about$blobs) > 0) c("", about$blobs)
  function(positions) {
    values <- call_entry(livechain_evaluate_rows, density, positions)
    if (is.double(values)) colnames(values) <- names
    values
  }
}

caller_of <- function(log_prob, arguments) {
  if (length(arguments) == 0) {
    return(log_prob)
  }
  do.call(function(...) function(position) log_prob(position, ...), arguments, quote = TRUE)
}

forget_job <- function(key) {
  job <- kept_job(key)
  if (!is.null(job)) {
    rm(list = key, envir = kept_jobs)
    if (job$provided) withdraw_needs(key)
  }
  invisible(NULL)
}

kept_job <- function(key) get0(key, envir = kept_jobs, inherits = FALSE)

# What travels to a worker with each message: a few bytes, in which nobody finds a global variable.
messenger <- function(name) {
  eval(bquote(function(message) getNamespace("livechain")[[.(name)]](message)), baseenv())
}

# "unknown", or a list: `values`, numbers or a list of results; `seconds`, what each took, or all of them; `notes`, what was said.
# Or why the density cannot be evaluated here.
answer_message <- function(message) {
  unable <- if (!is.null(message$job)) tryCatch(keep_job(message$job), error = unable_worker)
  if (!is.null(unable)) {
    return(unable)
  }
  job <- kept_job(message$key)
  if (is.null(job)) {
    return("unknown")
  }
  if (job$provided) provide_needs(job$needs, job$key)
  restore_generator()
  is_elsewhere <- job$provided || Sys.getpid() != job$pid
  if (is_elsewhere) hear(evaluate_piece(job, message), job$dealt) else evaluate_piece(job, message)
}

evaluate_piece <- function(job, message) {
  start <- seconds_now()
  positions <- message$positions
  if (!is.null(job$parameters)) colnames(positions) <- job$parameters
  answer <- if (!is.null(job$recipe)) {
    evaluate_rows(job$evaluate, positions, message$timed && job$n_threads == 1)
  } else if (job$vectorized) {
    evaluate_together(job$evaluate, positions, message$seeds)
  } else {
    evaluate_each(job$evaluate, positions, message$seeds, message$draws, message$timed)
  }
  if (is.null(answer$seconds)) answer$seconds <- seconds_now() - start
  answer$number <- message$number
  answer
}

# Whether a density draws random numbers is seen after its first piece, which is then evaluated again, with their seeds.
evaluate_each <- function(evaluate, positions, seeds, draws, timed) {
  seed_generator(seeds[, 1])
  one <- if (draws) {
    function(i) {
      seed_generator(seeds[, i])
      evaluate(positions[i, ])
    }
  } else {
    function(i) evaluate(positions[i, ])
  }
  rows <- seq_len(nrow(positions))
  values <- if (!timed) tryCatch(lapply(rows, one), error = function(condition) NULL)
  answer <- if (is.null(values)) evaluate_apart(rows, one) else list(values = as_numbers(values))
  if (!draws && !identical(get0(".Random.seed", globalenv(), inherits = FALSE), seeds[, 1])) {
    return(evaluate_each(evaluate, positions, seeds, TRUE, timed))
  }
  answer$draws <- draws
  answer
}

# With the time that each takes, and the errors.
evaluate_apart <- function(rows, one) {
  seconds <- double(length(rows))
  values <- lapply(rows, function(i) {
    start <- seconds_now()
    value <- tryCatch(one(i), error = failed_evaluation)
    seconds[i] <<- seconds_now() - start
    value
  })
  list(values = as_numbers(values), seconds = seconds)
}

evaluate_together <- function(evaluate, positions, seeds) {
  seed_generator(seeds[, 1])
  n <- nrow(positions)
  values <- tryCatch(require_one_each(split_results(evaluate(positions), n), n), error = function(condition) {
    rep(list(failed_evaluation(as_log_prob_error(condition, together(n)))), n)
  })
  list(values = values)
}

# A compiled density takes all rows at once, unless they are slow or one of them fails.
evaluate_rows <- function(evaluate, positions, timed) {
  values <- if (!timed) tryCatch(evaluate(positions), error = function(condition) NULL)
  if (is.double(values)) {
    return(list(values = if (ncol(values) == 1) values[, 1] else split_results(values, nrow(positions))))
  }
  evaluate_apart(seq_len(nrow(positions)), function(i) {
    value <- evaluate(positions[i, , drop = FALSE])
    if (is.double(value)) value[1, ] else failed_evaluation(value)
  })
}

require_one_each <- function(values, n) {
  if (length(values) != n) {
    abort("log_prob", c(
      "{.arg log_prob} must return one number for each of the {n} positions.",
      "x" = "It returned {describe_value(values)}."
    ))
  }
  values
}

failed_evaluation <- function(condition) structure(list(condition = condition), class = "livechain_worker_error")

unable_worker <- function(condition) {
  reason <- strsplit(cli::ansi_strip(conditionMessage(condition)), "\n")[[1]]
  structure(list(reason = reason, worker = this_process()), class = "livechain_unable_worker")
}

# Numbers are shorter than a list of them.
as_numbers <- function(values) {
  are_numbers <- all(lengths(values) == 1) && all(vapply(values, is.double, TRUE)) && !any(vapply(values, is.object, TRUE))
  if (are_numbers) unlist(values, use.names = FALSE) else values
}

seed_generator <- function(state) assign(".Random.seed", state, envir = globalenv())

# Sets R's generator back when the calling function returns.
restore_generator <- function(frame = parent.frame()) {
  before <- get0(".Random.seed", globalenv(), inherits = FALSE)
  restore <- if (is.null(before)) quote(rm(".Random.seed", envir = globalenv())) else call("seed_generator", before)
  do.call(on.exit, list(restore, add = TRUE), envir = frame)
}
