# A density that is evaluated by other processes: the workers of a cluster, or whatever a function that is
# called as lapply() reaches.
#
# The density and its data go to each worker once, under a key; a step then sends positions alone. A worker that does not
# know the key says so, and gets the density: workers may come and go.

# As one thing, for all that follows: NULL, or what was given, how many workers, and how long a walker may take.
check_map <- function(map, n_workers = NULL, worker_timeout = Inf, call = rlang::caller_env()) {
  if (!is.null(map) && !is.function(map) && !inherits(map, "cluster")) {
    abort_argument("map", "a function that is called as lapply(), or a cluster of package parallel or mirai", map, call)
  }
  if (!is.null(n_workers)) n_workers <- check_whole(n_workers, 1, 1e6, call = call)
  worker_timeout <- check_number(worker_timeout, "a positive number of seconds", function(x) x > 0, call = call)
  if (is.null(map)) {
    return(NULL)
  }
  if (is.finite(worker_timeout) && !is_dealt(map)) {
    abort("argument", c(
      "{.arg worker_timeout} must be Inf when {.arg map} is a function that waits for its workers itself.",
      "i" = "Give {.arg map} a cluster, or {.fn mirai::mirai_map}."
    ), call = call, argument = "worker_timeout")
  }
  list(to = map, n_workers = n_workers, timeout = worker_timeout)
}

# A function of a matrix of positions, the numbers of their walkers and a column of `seeds` for each, that returns their
# results; NULL when the process was asked to end meanwhile. `attend` is called while workers are waited for, and says whether
# it was; `lost` counts those that are lost.
mapped_density <- function(map, job, attend, lost) {
  pool <- if (is_dealt(map$to)) dealt_pool(map, job, attend, lost) else lapply_pool(map, job, attend, lost)
  costs <- new_costs()
  draws <- FALSE
  # What shares the work among its rows itself gets as many of them as there are.
  takes_many <- job$vectorized || job$n_threads > 1
  list(
    evaluate = function(positions, walkers, seeds) {
      known <- costs$of(walkers)
      rows <- if (takes_many) cut_in_turn(length(known), pool$n_at_first) else pool$cut(known)
      timed <- anyNA(known) || mean(known) > least_time
      if (!is.null(job$recipe)) seeds <- seeds[0, , drop = FALSE] # it does not draw from R's generator
      pieces <- lapply(rows, take_piece, job$key, unname(positions), walkers, seeds, draws, timed)
      done <- pool$evaluate(pieces)
      if (is.null(done)) {
        return(NULL)
      }
      costs$learn(done$pieces, done$answers)
      draws <<- draws || any(vapply(done$answers, function(answer) isTRUE(answer$draws), TRUE))
      join_answers(done$pieces, done$answers, walkers, positions, job$n_walkers)
    },
    end = pool$end
  )
}

# What the workers must know for the whole run. `given` is the user's function, `log_prob` what is made of it; of a compiled
# density, its recipe.
new_job <- function(map, given, log_prob, arguments, vectorized, parameters, n_threads) {
  recipe <- recipe_of(given)
  functions <- if (is.null(recipe)) c(given, arguments) else c(recipe$make, recipe$args)
  list(
    key = new_key(), log_prob = log_prob, arguments = arguments, recipe = recipe, n_threads = n_threads,
    vectorized = vectorized && is.null(recipe), parameters = parameters,
    needs = needs_of_functions(Filter(is.function, functions)),
    process = this_process(), pid = Sys.getpid(), dealt = is_dealt(map$to)
  )
}

this_process <- function() paste(Sys.info()[["nodename"]], Sys.getpid())

new_key <- local({
  n <- 0
  function() {
    n <<- n + 1
    paste(this_process(), as.double(Sys.time()), n)
  }
})

# Those whose workers are handed one piece after the other.
is_dealt <- function(map) is_mirai(map) || is_socket_cluster(map)

is_mirai <- function(map) {
  inherits(map, "miraiCluster") || (is.function(map) && isNamespaceLoaded("mirai") && identical(map, mirai::mirai_map))
}

is_socket_cluster <- function(map) {
  inherits(map, "cluster") && !is_mirai(map) && all(vapply(map, function(node) inherits(node$con, "sockconn"), TRUE))
}

# The results of all rows, or the error of the first for which there was one.
join_answers <- function(pieces, answers, walkers, positions, n_walkers) {
  values <- lapply(answers, `[[`, "values")
  rows <- unlist(lapply(pieces, `[[`, "rows"))
  if (all(vapply(values, is.double, TRUE))) {
    return(unlist(values)[order(rows)])
  }
  results <- vector("list", length(rows))
  results[rows] <- do.call(c, lapply(values, as.list))
  failed <- Position(function(result) inherits(result, "livechain_worker_error"), results)
  if (!is.na(failed)) stop_located(results[[failed]]$condition, in_ladder(list(walker = walkers[failed]), n_walkers), positions[failed, ])
  results
}

# Of a compiled density, the facts of its failure.
stop_located <- function(condition, at, position) {
  if (!inherits(condition, "livechain_failure")) stop(locate(condition, at, position))
  condition[c("walker", "temperature", "position")] <- list(at$walker, at$temperature, position)
  checked(condition, NULL)
}
