# Files in which one object of a good file is replaced by each kind of wrong one: another type, another shape, a link to itself or
# out of the file, storage in another file. They do no more than fail, and what they point to stays as it is.

crafted_files <- function() {
  if (!has_h5py()) {
    return(result("crafted files", 0, "files", note = "not tried: python has no h5py"))
  }
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  victim <- file.path(folder, "victim.h5")
  run_mcmc(normal, start, 20, seed = 9, file = victim)
  jobs <- do.call(rbind, lapply(names(crafted_originals), function(kind) {
    original <- file.path(folder, paste0(kind, ".h5"))
    sample_original(kind, original)
    made <- file.path(folder, kind)
    dir.create(made)
    of <- ceiling(1 / min(1, factor))
    status <- system2(python, shQuote(c(file.path(here, "craft.py"), original, made, victim, sample.int(of, 1) - 1, of)))
    if (status != 0) stop("craft.py failed")
    rows <- utils::read.delim(file.path(made, "names"), header = FALSE, quote = "", col.names = c("path", "case"))
    cbind(rows, kind = kind, original = original)
  }))
  result("crafted files", nrow(jobs), "files", in_isolation(check_crafted, jobs, folder, victim))
}

crafted_originals <- list(
  plain = list(density = normal),
  blobs = list(density = function(x) c(normal(x), double = 2 * x[1]), compression = 4),
  learning = list(density = normal, moves = list(move_dime(), move_slice()))
)

sample_original <- function(kind, path) {
  arguments <- crafted_originals[[kind]]
  log_prob <- arguments$density
  arguments$density <- NULL
  suppressMessages(do.call(run_mcmc, c(list(log_prob, start, 60, seed = 7, file = path), arguments)))
}

check_crafted <- function(jobs, log, victim) {
  counts <- no_failures()
  kept <- character()
  before <- tools::md5sum(victim)
  folder <- file.path(dirname(log), "at")
  dir.create(folder, showWarnings = FALSE)
  path <- file.path(folder, "chain.h5")
  for (i in seq_len(nrow(jobs))) {
    writeLines(as.character(i), log)
    found <- function(what, ...) {
      counts[[what]] <<- counts[[what]] + 1
      kept <<- c(kept, paste(jobs$kind[i], jobs$case[i], what, ...))
    }
    look <- function(what, code) {
      seconds <- system.time(outcome <- tryCatch(suppressMessages(code), error = identity), gcFirst = FALSE)[["elapsed"]]
      if (seconds > 10) found("slow", what)
      if (inherits(outcome, "error") && !inherits(outcome, "livechain_error")) found("unclassed", what, conditionMessage(outcome))
      outcome
    }
    reference <- read_chain(jobs$original[i])
    right <- function(what, chain) {
      if (!inherits(chain, "error") && !(same_steps(chain, reference) && same_blobs(chain, reference))) found("wrong", what)
    }
    lay <- function() {
      unlink(folder, recursive = TRUE)
      dir.create(folder)
      file.copy(jobs$path[i], path)
      Sys.setFileTime(path, Sys.time() - 3600)
    }
    lay()
    look("status", chain_status(path, name = NULL))
    look("print", utils::capture.output(print(chain_status(path))))
    look("check", check_file(path))
    right("read", look("read", read_chain(path)))
    right("read the last", look("read the last", read_chain(path, last = 2)))
    look("follow", close(open_chain(path)))
    look("repair", repair_chain(path))
    right("read repaired", look("read repaired", read_chain(path)))
    lay()
    look("resume", resume_mcmc(path, crafted_originals[[jobs$kind[i]]]$density, n_steps = 2))
    look("add", run_mcmc(normal, start, 2, file = path, name = "another"))
    if (!identical(tools::md5sum(victim), before)) found("lost", "what another file held")
    if (length(list.files(folder, all.files = TRUE, no.. = TRUE)) != 1) found("stray", "files")
    unlink(jobs$path[i])
  }
  list(found = counts, kept = kept)
}
