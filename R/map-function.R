# A function that is called as lapply(), and waits for its workers itself. Which of them does what is not known: the density
# goes along until all have it.

lapply_pool <- function(map, job, attend) {
  # Forked workers find the job where this process keeps it.
  keep_job(job)
  call_map <- as_lapply(map$to)
  n_workers <- map$n_workers %||% n_map_workers(map$to)
  known <- FALSE
  answer <- messenger("answer_message")
  tell <- new_teller()
  ask <- function(pieces, with_job) {
    messages <- lapply(pieces, function(piece) c(piece$sent, if (with_job) list(job = job)))
    call_map(messages, answer)
  }
  list(
    n_at_first = n_workers,
    cut = function(costs) cut_evenly(costs, n_workers),
    evaluate = function(pieces) {
      answers <- ask_again(pieces, function(pieces, attempt) {
        answers <- ask(pieces, with_job = !known || attempt > 1)
        known <<- TRUE
        answers
      })
      if (attend()) {
        return(NULL)
      }
      for (answer in answers) tell(answer$notes)
      list(pieces = pieces, answers = answers)
    },
    end = function() {
      forget_job(job$key)
      if (known && !is_serial(map$to)) {
        try(suppressWarnings(call_map(rep(list(job$key), n_workers), messenger("forget_job"))), silent = TRUE)
      }
    }
  )
}

# What a worker has not done, since it does not know the density or was killed, is done by others: as long as that helps.
ask_again <- function(pieces, ask) {
  answers <- vector("list", length(pieces))
  missing <- seq_along(pieces)
  failure <- NULL
  for (attempt in 1:4) {
    came <- tryCatch(ask(pieces[missing], attempt), error = function(condition) {
      failure <<- condition
      list()
    })
    if (length(came) == length(missing)) answers[missing] <- came
    for (answer in came) if (inherits(answer, "livechain_unable_worker")) abort_unable(answer)
    missing <- missing[!mapply(is_answer, answers[missing], pieces[missing])]
    if (length(missing) == 0) {
      return(answers)
    }
  }
  if (!is.null(failure)) abort_map(failure)
  require_answer(answers[[missing[1]]], pieces[[missing[1]]])
}

is_answer <- function(answer, piece) is.list(answer) && length(answer$values) == length(piece$rows)

abort_map <- function(condition) {
  if (inherits(condition, "livechain_error")) stop(condition)
  abort("worker", c(
    "The {.arg map} has failed.",
    "i" = "All finished steps are kept; with a file, {.fn resume_mcmc} goes on with them."
  ), parent = condition)
}

# A cluster of another kind, such as one of MPI, hands out by itself.
as_lapply <- function(map) {
  if (inherits(map, "cluster")) function(X, FUN) parallel::clusterApply(map, X, FUN) else map
}

is_serial <- function(map) identical(map, lapply)

# Future may be loaded, and its plan sequential, where the `map` is another.
n_map_workers <- function(map) {
  if (inherits(map, "cluster") || is_serial(map)) {
    return(if (is_serial(map)) 1 else length(map))
  }
  n_cores <- getOption("mc.cores", parallelly::availableCores())
  n_futures <- if (isNamespaceLoaded("future")) min(1000, future::nbrOfWorkers()) else 1
  max(n_cores, n_futures)
}
