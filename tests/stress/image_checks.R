# What power cuts and damage leave of a file is read, verified, repaired and resumed: never a wrong number, a crash or a hang.

# For those who look for the cause.
keep_image <- function(image, name) {
  folder <- Sys.getenv("LIVECHAIN_STRESS_KEEP")
  if (!nzchar(folder)) {
    return("")
  }
  writeBin(image$bytes, file.path(folder, paste0(name, ".h5")))
  writeBin(image$truth, file.path(folder, paste0(name, "-truth.h5")))
  name
}

# An image is `bytes`; the `truth`, a file with all that was done to it; and `is_cut`, whether only a power cut was at it, so that
# nothing durable may be lost. `reference` has the chains that it is resumed to, by name.
check_image <- function(image, scenario, reference, folder) {
  path <- file.path(folder, "chain.h5")
  counts <- no_failures()
  words <- character()
  found <- function(what, ...) {
    counts[[what]] <<- counts[[what]] + 1
    words <<- c(words, paste0(what, ": ", ...))
  }
  lay <- function(bytes) {
    unlink(list.files(folder, all.files = TRUE, no.. = TRUE, full.names = TRUE))
    writeBin(bytes, path)
    Sys.setFileTime(path, Sys.time() - 3600)
  }
  look <- function(what, code) {
    seconds <- system.time(outcome <- tryCatch(suppressMessages(code), error = identity), gcFirst = FALSE)[["elapsed"]]
    if (seconds > 10) found("slow", what)
    if (inherits(outcome, "error") && !inherits(outcome, "livechain_error")) found("unclassed", what, ": ", conditionMessage(outcome))
    outcome
  }
  is_damaged <- function(outcome) inherits(outcome, "livechain_error_damaged") || inherits(outcome, "livechain_error_not_hdf5")
  n_right <- function(what, name, outcome, strict) {
    if (inherits(outcome, "livechain_error_empty")) {
      return(0)
    }
    if (inherits(outcome, "error")) {
      if (strict || !is_damaged(outcome)) found("unreadable", what, ": ", conditionMessage(outcome))
      return(NA)
    }
    if (!same_steps(outcome, reference[[name]]) || !same_blobs(outcome, reference[[name]])) found("wrong", what)
    max(outcome$steps)
  }

  lay(image$truth)
  runs <- look("status of the truth", chain_status(path, name = NULL))
  durable <- stats::setNames(runs$durable, runs$name)
  for (name in runs$name) {
    lay(image$bytes)
    n_right("read", name, look("read", read_chain(path, name)), FALSE)
    n_right("read the last", name, look("read the last", read_chain(path, name, last = 3)), FALSE)
    status <- look("status", chain_status(path, name))
    if (inherits(status, "error") && !is_damaged(status)) found("unreadable", "status")
    look("state", last_state(livechain:::new_chain_file(path, name)))
    look("check", check_file(path))

    lay(image$bytes)
    look("repair", repair_chain(path))
    n <- n_right("read repaired", name, look("read repaired", read_chain(path, name)), image$is_cut)
    if (image$is_cut && isTRUE(n < durable[[name]])) found("lost", n, " of ", durable[[name]], " after repair")

    lay(image$bytes)
    outcome <- look("resume", finish_run(path, name, scenario, dim(reference[[name]])[1]))
    if (inherits(outcome, "error")) {
      if (image$is_cut) found("unreadable", "resume: ", conditionMessage(outcome))
    } else {
      chain <- look("read resumed", read_chain(path, name))
      n <- n_right("read resumed", name, chain, TRUE)
      ended <- identical(as.double(n), as.double(dim(reference[[name]])[1])) && identical(chain$accepted, reference[[name]]$accepted)
      if (!ended) found("wrong", "resumed ends with other bits")
    }
    if (length(list.files(folder, all.files = TRUE, no.. = TRUE)) != 1) found("stray", "files")
  }
  list(counts = counts, words = paste(words, collapse = "; "))
}

same_blobs <- function(chain, reference) {
  identical(chain$blobs, keep_steps_of(reference$blobs, chain$steps))
}

keep_steps_of <- function(blobs, steps) {
  if (is.null(blobs)) {
    return(NULL)
  }
  if (is.list(blobs)) {
    return(lapply(blobs, keep_steps_of, steps))
  }
  dims <- length(dim(blobs))
  do.call(`[`, c(list(blobs, steps), rep(list(TRUE), dims - 1), drop = FALSE))
}

finish_run <- function(path, name, scenario, n_steps) {
  set.seed(3)
  go_on <- function(...) resume_mcmc(path, scenario$density, name = name, verify = scenario$verify %||% TRUE, ...)
  go_on()
  owed <- n_steps - published(path, name)
  if (owed > 0) go_on(n_steps = owed)
}
`%||%` <- function(x, y) if (is.null(x)) y else x
