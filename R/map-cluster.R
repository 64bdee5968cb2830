# The workers of a cluster of package parallel, over sockets: a pool for R/deal.R. Each has one message at a time.

socket_pool <- function(cluster, n_workers = NULL) {
  cluster <- cluster[seq_len(min(n_workers %||% Inf, length(cluster)))]
  alive <- vapply(cluster, function(node) is_connected(node$con), TRUE)
  busy <- knows <- fresh <- hung <- rep(FALSE, length(cluster))
  mine <- new_key() # of the messages, so that what others have left in the cluster is not taken for an answer
  n_sent <- 0
  answering <- messenger("answer_message")
  forgetting <- messenger("forget_job")
  tags <- rep("", length(cluster))

  lose <- function(node) {
    alive[node] <<- FALSE
    if (any(alive)) inform_lost(node, sum(alive))
    list(ticket = tags[node], lost = TRUE)
  }
  post <- function(node, messenger, message) {
    n_sent <<- n_sent + 1
    tags[node] <<- paste(mine, n_sent)
    busy[node] <<- TRUE
    post_message(cluster[[node]], messenger, message, tags[node])
    tags[node]
  }
  receive <- function(node) {
    answer <- tryCatch(suppressWarnings(unserialize(cluster[[node]]$con)), error = function(condition) NULL)
    if (is.null(answer)) {
      return(lose(node))
    }
    if (!identical(answer$tag, tags[node])) {
      return(NULL)
    }
    busy[node] <<- hung[node] <<- FALSE
    value <- if (answer$success) answer$value else simpleError(as.character(answer$value))
    knows[node] <<- !identical(value, "unknown")
    list(ticket = tags[node], answer = value)
  }
  collect <- function(seconds) {
    nodes <- which(alive & busy)
    ready <- nodes[socketSelect(lapply(cluster[nodes], `[[`, "con"), timeout = seconds)]
    Filter(Negate(is.null), lapply(ready, receive))
  }
  # What is still to come must not be taken for an answer by those who use the cluster next.
  drain <- function(seconds) {
    start <- Sys.time()
    while (any(alive & busy) && Sys.time() < start + if (all(hung[alive & busy])) 1 else seconds) collect(0.1)
    silent <- which(alive & busy)
    for (node in silent) close(cluster[[node]]$con)
    if (length(silent) > 0) warn_silent(silent)
    alive[silent] <<- FALSE
  }
  list(
    n = function() sum(alive & !hung),
    cut = function(costs) cut_guided(costs, max(1, sum(alive & !hung))),
    room = function() any(alive & !busy),
    send = function(message, job) {
      node <- which(alive & !busy)[1]
      fresh[node] <<- !knows[node]
      if (fresh[node]) message$job <- job
      post(node, answering, message)
    },
    collect = collect,
    is_new = function(ticket) fresh[tags == ticket],
    give_up = function(ticket) hung[tags == ticket] <<- TRUE,
    miss = function(seconds) abort_all_lost("All workers of the cluster have been lost."),
    forget = function(key) {
      drain(60)
      for (node in which(alive & knows)) post(node, forgetting, key)
      drain(10)
    }
  )
}

is_connected <- function(connection) isTRUE(tryCatch(isOpen(connection), error = function(condition) FALSE))

# In one write: what goes out in two waits for the first to be acknowledged, and that is 40 ms.
post_message <- function(node, messenger, message, tag) {
  data <- list(fun = messenger, args = list(message), return = TRUE, tag = tag)
  try(writeBin(serialize(list(type = "EXEC", data = data), NULL, xdr = FALSE), node$con), silent = TRUE)
}

warn_silent <- function(nodes) {
  cli::cli_warn(c(
    "{length(nodes)} worker{?s} of the cluster did not answer at the end of the run, and {?is/are} cut off from it: {nodes}.",
    "i" = "Stop the cluster, and make another."
  ), class = "livechain_warning_worker")
}
