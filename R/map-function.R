# A function that is called as lapply(), and waits for its workers itself. Which of them does what is not known: the density
# goes along until all have it.

lapply_pool <- function(map, job, attend, lost) {
  # Forked workers find the job where this process keeps it.
  keep_job(job)
  call_map <- as_lapply(map$to)
  n_workers <- map$n_workers %||% n_map_workers(map$to)
  known <- FALSE
  answer <- messenger("answer_message")
  tell <- new_teller()
  ask <- function(pieces, numbers, with_job) {
    messages <- Map(function(piece, number) c(piece$sent, list(number = number), if (with_job) list(job = job)), pieces, numbers)
    call_map(messages, answer)
  }
  list(
    n_at_first = n_workers,
    cut = function(costs) cut_evenly(costs, n_workers),
    evaluate = function(pieces) {
      answers <- ask_again(pieces, function(missing, attempt) {
        answers <- ask(pieces[missing], missing, with_job = !known || attempt > 1)
        known <<- TRUE
        answers
      }, function(n) {
        for (i in seq_len(n)) lost$add()
        inform_silent(n)
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

# What a worker has not done, since it does not know the density or was killed, is done by others: as long as that helps. Answers
# say which piece they are of, so that their order does not matter. `tell_silent` is told how many gave no answer.
ask_again <- function(pieces, ask, tell_silent) {
  answers <- vector("list", length(pieces))
  missing <- seq_along(pieces)
  failure <- NULL
  n_silent <- 0
  for (attempt in 1:4) {
    n_asked <- length(missing)
    came <- tryCatch(ask(missing, attempt), error = function(condition) {
      failure <<- condition
      list()
    })
    n_silent <- n_silent + sum(vapply(came, is.null, NA))
    for (answer in came) {
      if (inherits(answer, "livechain_unable_worker")) abort_unable(answer)
      if (is_numbered(answer, missing)) answers[[answer$number]] <- answer
    }
    missing <- missing[!mapply(is_answer, answers[missing], pieces[missing])]
    if (length(missing) == 0) {
      if (n_silent > 0) tell_silent(n_silent)
      return(answers)
    }
  }
  if (!is.null(failure)) abort_map(failure)
  if (length(came) != n_asked) abort_no_list(came, n_asked)
  others <- Filter(function(answer) !is_numbered(answer, seq_along(pieces)), came)
  abort_no_answer(c(others, answers[missing])[[1]], pieces[[missing[1]]])
}

inform_silent <- function(n) {
  cli::cli_inform(c(
    "!" = "{n} worker{?s} of the {.arg map} gave no answer, as one that was killed does: {?its/their} part was done again."
  ), class = "livechain_message_worker")
}

abort_no_list <- function(came, n_asked) {
  abort("worker", c(
    "{.arg map} must return a list with an answer for each element of the list it is given, as {.fn lapply} does.",
    "x" = "For {n_asked} element{?s} it returned {describe_value(came)}."
  ))
}

is_numbered <- function(answer, missing) is.list(answer) && is_number(answer$number) && answer$number %in% missing

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
