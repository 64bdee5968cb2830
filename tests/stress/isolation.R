# Files that may crash, hang or exhaust who looks at them are looked at by other processes, as many as there are cores, in
# batches. Each logs which file it is at, so that the one that ended it is known, and the rest of its batch goes to another.

no_failures <- function() c(lost = 0, wrong = 0, unreadable = 0, unclassed = 0, slow = 0, stray = 0)

# The sum of what check(jobs, log, ...) finds in the rows of `jobs`: it writes the number of the row that it is at into the
# file `log`, and returns the counts of failures, `found`, and the lines `kept` that tell of them.
in_isolation <- function(check, jobs, folder, ...) {
  totals <- c(crashes = 0, hangs = 0, no_failures(), unchecked = 0)
  n_processes <- parallel::detectCores()
  waiting <- split(jobs, (seq_len(nrow(jobs)) - 1) %/% min(500, ceiling(nrow(jobs) / n_processes)))
  running <- list()
  n_checked <- 0
  while (length(waiting) + length(running) > 0) {
    n_more <- min(length(waiting), n_processes - length(running))
    running <- c(running, lapply(waiting[seq_len(n_more)], start_batch, check, folder, ...))
    waiting <- waiting[seq_along(waiting) > n_more]
    Sys.sleep(0.1)
    outcomes <- lapply(running, outcome_of_batch)
    for (i in which(lengths(outcomes) > 0)) {
      outcome <- outcomes[[i]]
      totals[names(outcome$found)] <- totals[names(outcome$found)] + outcome$found
      for (line in outcome$kept) message(line)
      waiting <- c(waiting, outcome$unchecked)
      n_checked <- n_checked + nrow(running[[i]]$jobs) - sum(unlist(lapply(outcome$unchecked, nrow)))
      if (nrow(jobs) > 500) message(format(n_checked, big.mark = ","), " of ", format(nrow(jobs), big.mark = ","), " checked")
    }
    running <- running[lengths(outcomes) == 0]
  }
  totals[["unchecked"]] <- nrow(jobs) - n_checked
  totals
}

start_batch <- function(jobs, check, folder, ...) {
  log <- file.path(tempfile("batch-", folder), "log")
  dir.create(dirname(log))
  writeLines("0", log)
  process <- background_limited(function(here, check, ...) {
    assign("here", here, globalenv())
    sys.source(file.path(here, "support.R"), globalenv())
    for (file in files_of_tests(here)) sys.source(file, globalenv())
    short_messages()
    environment(check) <- globalenv()
    check(...)
  }, normalizePath(here), check, jobs, log, ...)
  list(jobs = jobs, log = log, process = process)
}

# NULL while it goes on. A file that takes 20 seconds hangs.
outcome_of_batch <- function(batch) {
  has_ended <- !batch$process$is_alive()
  if (!has_ended && difftime(Sys.time(), file.mtime(batch$log), units = "secs") <= 20) {
    return(NULL)
  }
  if (has_ended) {
    outcome <- tryCatch(batch$process$get_result(), error = function(e) message(conditionMessage(e)))
    if (!is.null(outcome)) {
      return(outcome)
    }
  }
  batch$process$kill()
  culprit <- max(1, as.numeric(readLines(batch$log)))
  how <- if (has_ended) "crashes" else "hangs"
  message(paste(unlist(batch$jobs[culprit, ]), collapse = " "), " ", how)
  rest <- list(utils::head(batch$jobs, culprit - 1), utils::tail(batch$jobs, -culprit))
  list(found = stats::setNames(1, how), unchecked = rest[vapply(rest, nrow, 1) > 0])
}

# With no more memory than 3 GB of addresses, of which R with its packages takes about one.
background_limited <- function(code, ...) {
  callr::r_bg(function(code, arguments, paths, limit) {
    .libPaths(paths)
    library(livechain)
    system2("prlimit", c("--as=3221225472", "--pid", Sys.getpid()))
    environment(code) <- globalenv()
    do.call(code, arguments)
  }, list(code, list(...), .libPaths()), supervise = TRUE)
}

# Messages take longer to word than files to look at, and are looked at elsewhere.
short_messages <- function() {
  utils::assignInNamespace("abort", function(kind, message, ..., .envir = parent.frame()) {
    words <- paste(c(kind, .envir$failure$detail, .envir$failure$first_wrong), collapse = " ")
    stop(structure(class = c(paste0("livechain_error_", kind), "livechain_error", "error", "condition"), list(message = words, call = NULL)))
  }, "livechain")
}
