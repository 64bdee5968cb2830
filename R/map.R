# A density that is evaluated by other processes: the workers of a cluster, or whatever a function that is
# called as lapply() reaches.
#
# The density and its data go to each worker once, under a key; a step then sends positions alone. Where
# workers come and go, as under future, one that does not know the key says so, and gets the density.

check_map <- function(map, call = rlang::caller_env()) {
  if (!is.null(map) && !is.function(map) && !inherits(map, "cluster")) {
    abort_argument("map", "a function that is called as lapply(), or a cluster of package parallel or mirai", map, call)
  }
  map
}

# A function of a matrix of positions, the numbers of their walkers and a column of `seeds` for each, that returns a
# list of results.
mapped_density <- function(map, log_prob, arguments, vectorized) {
  job <- list(key = new_key(), log_prob = log_prob, arguments = arguments, vectorized = vectorized)
  evaluate <- if (inherits(map, "cluster")) on_cluster(map, job) else on_lapply(map, job)
  function(positions, walkers, seeds) {
    pieces <- split_rows(positions, seeds, evaluate$n_workers())
    results <- vector("list", nrow(positions))
    answers <- evaluate$pieces(pieces)
    for (i in seq_along(pieces)) results[pieces[[i]]$rows] <- require_answer(answers[i], pieces[[i]])
    failed <- Position(function(result) inherits(result, "livechain_worker_error"), results)
    if (!is.na(failed)) stop(locate(results[[failed]]$condition, walkers[failed], positions[failed, ]))
    results
  }
}

new_key <- local({
  n <- 0
  function() {
    n <<- n + 1
    paste(Sys.info()[["nodename"]], Sys.getpid(), as.double(Sys.time()), n)
  }
})

# As many pieces as workers. Neighbours go to different ones, so that costs that change slowly from walker to
# walker are shared evenly.
split_rows <- function(positions, seeds, n_workers) {
  rows <- split(seq_len(nrow(positions)), rep_len(seq_len(min(n_workers, nrow(positions))), nrow(positions)))
  unname(lapply(rows, function(rows) {
    list(rows = rows, positions = positions[rows, , drop = FALSE], seeds = seeds[, rows, drop = FALSE])
  }))
}

on_cluster <- function(cluster, job) {
  workers <- function(code) {
    tryCatch(code, error = function(condition) abort_lost(lost_nodes(cluster), condition))
  }
  require_package(workers(parallel::clusterCall(cluster, eval, quote(requireNamespace("livechain", quietly = TRUE)))))
  workers(parallel::clusterCall(cluster, keep_job, job))
  list(
    n_workers = function() length(cluster),
    pieces = function(pieces) hear_again(workers(parallel::clusterApply(cluster, pieces, evaluate_heard, job$key)))
  )
}

require_package <- function(answers) {
  without <- which(!unlist(answers))
  if (length(without) > 0) {
    abort("worker", c(
      "Package {.pkg livechain} cannot be loaded on {length(without)} worker{?s} of the cluster: {without}.",
      "i" = "Install it there, or set the library paths of the workers."
    ))
  }
}

lost_nodes <- function(cluster) {
  answers <- vapply(seq_along(cluster), function(i) {
    tryCatch(parallel::clusterCall(cluster[i], isTRUE, TRUE)[[1]], error = function(condition) FALSE)
  }, TRUE)
  which(!answers)
}

on_lapply <- function(map, job) {
  # Forked workers find the job where this process keeps it.
  keep_job(job)
  known <- FALSE
  evaluate <- function(pieces, with_job) {
    tryCatch(map(pieces, piece_evaluator(job, with_job)), error = function(condition) abort_lost(integer(), condition))
  }
  list(
    n_workers = n_map_workers,
    pieces = function(pieces) {
      answers <- evaluate(pieces, with_job = !known)
      known <<- TRUE
      missing <- vapply(answers, identical, TRUE, "unknown")
      if (any(missing)) answers[missing] <- evaluate(pieces[missing], with_job = TRUE)
      answers
    }
  )
}

# Future may be loaded, and its plan sequential, where the `map` is another.
n_map_workers <- function() {
  n_cores <- getOption("mc.cores", max(1, parallel::detectCores(), na.rm = TRUE))
  n_futures <- if (isNamespaceLoaded("future")) min(1000, future::nbrOfWorkers()) else 1
  max(n_cores, n_futures)
}

# What travels with a piece is in the environment of this function, and is no more than it needs.
piece_evaluator <- function(job, with_job) {
  carried <- if (with_job) job else job["key"]
  rm(job, with_job)
  function(piece) {
    if (length(carried) > 1) keep_job(carried)
    evaluate_piece(piece, carried$key)
  }
}

# On the worker: the last few jobs, by key.
kept_jobs <- new.env(parent = emptyenv())

keep_job <- function(job) {
  old <- ls(kept_jobs)
  if (length(old) >= 8) rm(list = old[1], envir = kept_jobs)
  assign(job$key, job, envir = kept_jobs)
  invisible(NULL)
}

evaluate_piece <- function(piece, key) {
  job <- get0(key, envir = kept_jobs, inherits = FALSE)
  if (is.null(job)) {
    return("unknown")
  }
  evaluate <- function(position) do.call(job$log_prob, c(list(position), job$arguments), quote = TRUE)
  caught <- function(code) {
    tryCatch(code, error = function(condition) {
      structure(list(condition = condition), class = "livechain_worker_error")
    })
  }
  restore_generator()
  if (!job$vectorized) {
    return(lapply(seq_along(piece$rows), function(i) {
      seed_generator(piece$seeds[, i])
      caught(evaluate(piece$positions[i, ]))
    }))
  }
  seed_generator(piece$seeds[, 1])
  results <- caught(split_results(evaluate(piece$positions), nrow(piece$positions)))
  if (inherits(results, "livechain_worker_error")) rep(list(results), nrow(piece$positions)) else as.list(results)
}

seed_generator <- function(state) assign(".Random.seed", state, envir = globalenv())

# Sets R's generator back when the calling function returns.
restore_generator <- function(frame = parent.frame()) {
  before <- get0(".Random.seed", globalenv(), inherits = FALSE)
  restore <- if (is.null(before)) quote(rm(".Random.seed", envir = globalenv())) else call("seed_generator", before)
  do.call(on.exit, list(restore, add = TRUE), envir = frame)
}

require_answer <- function(answer, piece) {
  results <- if (length(answer) == 1) answer[[1]]
  if (is.list(results) && length(results) == length(piece$rows)) {
    return(results)
  }
  abort("worker", c(
    "A worker did not return its part of the log-probabilities: it may have been killed.",
    "x" = "For {length(piece$rows)} position{?s} it returned {describe_value(results)}."
  ))
}

abort_lost <- function(nodes, condition) {
  abort("worker", c(
    if (length(nodes) > 0) "Of the cluster, {length(nodes)} worker{?s} {?has/have} been lost: {nodes}." else "The {.arg map} has failed.",
    "i" = "All finished steps are kept; with a file, {.fn resume_mcmc} goes on with them."
  ), parent = condition)
}

# What a vectorized density may return: a number each; a matrix with a row for each position, of which the first
# column is the log-probability; or a data frame or list of columns, which may be matrices. The latter become a result a
# position.
split_results <- function(results, n) {
  if (is.logical(results) && all(is.na(results))) storage.mode(results) <- "double"
  if (is.double(results) && is.null(dim(results))) {
    return(results)
  }
  if (is.matrix(results) && is.numeric(results) && nrow(results) == n && ncol(results) > 1) {
    return(lapply(seq_len(n), function(i) stats::setNames(results[i, ], colnames(results))))
  }
  is_columns <- is.list(results) && length(results) > 0 && all(vapply(results, NROW, 0L) == n) &&
    is.null(dim(results[[1]])) && (is.data.frame(results) || length(results) != n)
  if (!is_columns) {
    return(results)
  }
  lapply(seq_len(n), function(i) lapply(results, row_of, i))
}

# Of a column, which may be a matrix, plain or as I() makes it.
row_of <- function(column, i) if (is.matrix(column)) unname(unclass(column)[i, ]) else column[[i]]
