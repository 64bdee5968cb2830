# Pieces go to whoever is free. A worker that is lost, or does not answer in time, has its piece done by others.
#
# A pool is a list of functions: `n()`, how many workers there are; `room()`, whether one is free; `send(message)`, which returns a
# ticket; `collect(seconds)`, which waits that long at most and returns a list of what came: a `ticket` with an `answer`, or
# `lost`; `is_new(ticket)`, whether the worker may be new to the run; `give_up(ticket)`, for what is not waited
# for any more; `forget(key)`, at the end. `cut(costs)` is how pieces are made.

dealt_pool <- function(map, job, attend, lost) {
  pool <- if (is_mirai(map$to)) mirai_pool(map$to, map$n_workers) else socket_pool(map$to, map$n_workers)
  tell <- new_teller()
  list(
    n_at_first = max(1, pool$n()), cut = pool$cut,
    evaluate = function(pieces) deal(pool, pieces, job, map$timeout, attend, lost, tell),
    end = function() pool$forget(job$key)
  )
}

# A list of `pieces` and their `answers`; NULL when the process was asked to end.
deal <- function(pool, pieces, job, timeout, attend, lost, tell) {
  answers <- vector("list", length(pieces))
  n_left <- length(pieces)
  queue <- seq_along(pieces)
  out <- list() # by ticket: which piece, since when
  late <- logical(length(pieces)) # given to another
  needs_job <- logical(length(pieces))
  attended <- seen <- now <- seconds_now()

  send <- function(i) {
    sent <- pieces[[i]]$sent
    if (needs_job[i]) sent$job <- job
    ticket <- pool$send(sent, job)
    since <- if (pool$is_new(ticket)) now + loading_time(job) else now
    out[[ticket]] <<- list(piece = i, since = since)
  }
  take <- function(came) {
    i <- out[[came$ticket]]$piece
    out[[came$ticket]] <<- NULL
    if (isTRUE(came$lost)) lost$add()
    if (is.null(i) || !is.null(answers[[i]])) {
      return()
    }
    if (isTRUE(came$lost)) {
      queue <<- c(i, queue)
    } else if (identical(came$answer, "unknown")) {
      needs_job[i] <<- TRUE
      queue <<- c(i, queue)
    } else {
      answers[[i]] <<- require_answer(came$answer, pieces[[i]])
      n_left <<- n_left - 1
      tell(came$answer$notes)
    }
  }
  # Elsewhere, once, and each walker by itself: whoever has the piece is not waited for any more.
  hurry <- function() {
    limits <- vapply(out, function(one) one$since + timeout * length(pieces[[one$piece]]$rows), 0)
    for (ticket in names(out)[limits < now]) {
      i <- out[[ticket]]$piece
      pool$give_up(ticket)
      out[[ticket]] <<- NULL
      if (late[i] || pool$n() == 0) abort_timeout(pieces[[i]], timeout, job$parameters)
      apart <- split_piece(pieces[[i]])
      new <- length(pieces) + seq_along(apart)
      pieces[new] <<- apart
      answers[new] <<- list(NULL)
      late[new] <<- TRUE
      needs_job[new] <<- FALSE
      queue <<- c(new, queue)
      n_left <<- n_left - 1 + length(new)
    }
  }

  while (n_left > 0) {
    while (length(queue) > 0 && pool$room()) {
      i <- queue[1]
      queue <- queue[-1]
      send(i)
    }
    for (came in pool$collect(0.1)) take(came)
    now <- seconds_now()
    if (pool$n() > 0) seen <- now else pool$miss(now - seen)
    if (now - attended > 0.1) {
      if (attend()) {
        return(NULL)
      }
      attended <- now
    }
    if (is.finite(timeout)) hurry()
  }
  done <- !vapply(answers, is.null, TRUE)
  list(pieces = pieces[done], answers = answers[done])
}

# A worker that is new to a run may have to load the package and its data first, or to compile the density, for which it has so
# many seconds.
loading_time <- function(job) if (is.null(job$recipe$source)) 60 else 600

require_answer <- function(answer, piece) {
  if (inherits(answer, "livechain_unable_worker")) abort_unable(answer)
  if (!is_answer(answer, piece)) abort_no_answer(answer, piece)
  answer
}

abort_no_answer <- function(answer, piece) {
  reason <- if (inherits(answer, "condition")) conditionMessage(answer)
  if (grepl("there is no package called .livechain", reason %||% "")) abort_without_package()
  abort("worker", c(
    "A worker did not return its part of the log-probabilities: it may have been killed.",
    "x" = if (is.null(reason)) "For {length(piece$rows)} position{?s} it returned {describe_value(answer)}." else "{reason}"
  ))
}

abort_unable <- function(answer) {
  abort("worker", c("The density cannot be evaluated on worker {.val {answer$worker}}.", as_lines(answer$reason)))
}

abort_without_package <- function() {
  abort("worker", c(
    "Package {.pkg livechain} cannot be loaded on a worker.",
    "i" = "Install it there, or set the library paths of the workers."
  ))
}

abort_timeout <- function(piece, timeout, parameters) {
  position <- stats::setNames(piece$sent$positions[1, ], parameters)
  several <- length(piece$rows) > 1
  which <- paste0(piece$walkers[1], if (several) ", or of one that went with it,")
  abort("worker", c(
    "The log-probability of walker {which} takes longer than {.arg worker_timeout}, {format_seconds(timeout)}.",
    "x" = "The position was {describe_position(position)}.",
    "i" = if (several) "There was no other worker to try." else "Another worker took too long as well, or there was none to try.",
    "i" = "All finished steps are kept; with a file, {.fn resume_mcmc} goes on with them."
  ), walker = piece$walkers[1], position = position)
}

abort_all_lost <- function(what) {
  abort("worker", c(
    what,
    "i" = "All finished steps are kept; with a file, {.fn resume_mcmc} goes on with them."
  ))
}

# How many workers a run has lost, and the file that keeps the count when there is one.
lost_counter <- function() {
  n <- 0
  writer <- NULL
  list(
    add = function() {
      n <<- n + 1
      if (!is.null(writer)) native(livechain_add_lost_workers, writer, 1)
    },
    keep_in = function(to) {
      writer <<- to
      if (n > 0) native(livechain_add_lost_workers, writer, n)
    }
  )
}

inform_lost <- function(which, n_left) {
  cli::cli_inform(c(
    "!" = "Worker {which} of the cluster has been lost: {n_left} {?is/are} left, and {?does/do} what it had to do."
  ), class = "livechain_message_worker")
}
