# The daemons of mirai: a pool for R/deal.R. A cluster of mirai deals in turn, whoever is free: its pieces are as many as
# workers, and equally long. Those of daemons(), for `map = mirai_map`, have a dispatcher.

mirai_pool <- function(map, n_workers = NULL) {
  profile <- if (inherits(map, "miraiCluster")) attr(map, "id")
  has_dispatcher <- is.null(profile)
  sent <- list()
  n_answers <- 0
  n_sent <- 0
  looked <- 0
  n <- 0
  hung <- integer() # where a cluster would deal to them in its turn
  count <- function() {
    now <- seconds_now()
    if (now - looked > 1) {
      before <- n
      n <<- n_workers %||% max(mirai::status(.compute = profile)$connections, 0)
      if (n != before) hung <<- integer()
      looked <<- now
    }
    n
  }
  n_answering <- function() count() - length(hung)
  next_turn <- function() (n_sent + 1) %% max(1, n)
  answer_it <- quote(answer(message))
  forget_it <- quote(forget(key))
  answering <- messenger("answer_message")
  forgetting <- messenger("forget_job")
  submit <- function(messenger, message) {
    n_sent <<- n_sent + 1
    mirai::mirai(answer_it, answer = messenger, message = message, .compute = profile)
  }
  receive <- function(ticket) {
    answer <- sent[[ticket]]$data
    sent[[ticket]] <<- NULL
    if (is_lost(answer)) {
      n <<- max(0, n - 1)
      looked <<- seconds_now() # it may take a moment until mirai knows
      if (n > 0) inform_lost_daemon(n)
      return(list(ticket = ticket, lost = TRUE))
    }
    n_answers <<- n_answers + 1
    list(ticket = ticket, answer = if (inherits(answer, "miraiError")) simpleError(as.character(answer)) else answer)
  }
  list(
    n = n_answering,
    cut = function(costs) {
      looked <<- 0
      count()
      (if (has_dispatcher) cut_guided else cut_evenly)(costs, max(1, n_answering()))
    },
    room = function() length(sent) < max(1, n_answering()),
    send = function(message, job) {
      while (next_turn() %in% hung) submit(forgetting, "")
      one <- submit(answering, message)
      ticket <- as.character(n_sent)
      sent[[ticket]] <<- one
      ticket
    },
    collect = function(seconds) {
      done <- wait_for_any(sent, seconds)
      lapply(names(sent)[done], receive)
    },
    is_new = function(ticket) n_answers < 4 * n,
    give_up = function(ticket) {
      mirai::stop_mirai(sent[[ticket]])
      sent[[ticket]] <<- NULL
      hung <<- union(hung, as.integer(ticket) %% max(1, n))
    },
    miss = function(seconds) {
      if (seconds > patience) abort_all_lost("There has been no worker for a minute.")
    },
    forget = function(key) {
      for (one in sent) mirai::stop_mirai(one)
      if (count() > 0) {
        # Closing a cluster that is about to answer can hang in nanonext: the answers are waited for.
        forgotten <- mirai::everywhere(forget_it, forget = forgetting, key = key, .compute = profile)
        wait_for_all(unclass(forgotten), seconds = 2)
      }
    }
  )
}

# How long a worker is waited for when there is none, in seconds.
patience <- 60

# Those that have an answer. What is short is seen at once, and what takes long does not cost looking.
wait_for_any <- function(sent, seconds) {
  start <- seconds_now()
  repeat {
    done <- !vapply(sent, mirai::unresolved, TRUE)
    waited <- seconds_now() - start
    if (any(done) || waited > seconds) {
      return(done)
    }
    pause(min(0.002, max(1e-4, waited / 50)))
  }
}

wait_for_all <- function(sent, seconds) {
  end <- seconds_now() + seconds
  while (length(sent) > 0 && seconds_now() < end) sent <- sent[!wait_for_any(sent, end - seconds_now())]
}

is_lost <- function(answer) mirai::is_error_value(answer) && !inherits(answer, "miraiError")

inform_lost_daemon <- function(n_left) {
  cli::cli_inform(c(
    "!" = "A worker has been lost: {n_left} {?is/are} left, and {?does/do} what it had to do."
  ), class = "livechain_message_worker")
}
