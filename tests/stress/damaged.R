# Files with flipped, missing and zeroed bytes. Each is looked at, read, repaired and resumed by a process that may not
# crash, hang, or take more memory than the file explains; what it does not refuse must have the right shape.

originals <- function(folder) {
  plain <- file.path(folder, "plain.h5")
  run_mcmc(normal, start, 60, seed = 7, file = plain)
  compressed <- file.path(folder, "compressed.h5")
  run_mcmc(function(x) c(normal(x), blob = x[1]), start, 60, seed = 7, file = compressed, compression = 4)
  killed <- file.path(folder, "killed.h5")
  child <- forked(function() sample_into(killed, options_of$plain))
  wait_until(function() file.exists(killed) && published(killed) > 5)
  signal(child, 9)
  wait_until(function() !is_running(child))
  files <- c(plain, compressed, killed)
  emcee <- file.path(here, "..", "testthat", "emcee-files.tar.xz")
  if (file.exists(emcee)) {
    theirs <- file.path(folder, "emcee")
    utils::untar(emcee, exdir = theirs)
    files <- c(files, file.path(theirs, c("plain.h5", "blob-struct.h5")))
  }
  files
}

damage <- function(bytes) {
  n <- length(bytes)
  switch(sample(4, 1),
    {
      at <- sample(n, sample(c(1, 3, 20), 1))
      bytes[at] <- as.raw(sample(0:255, length(at), replace = TRUE))
      bytes
    },
    {
      # where the structure is: mostly at the beginning
      at <- sample(min(n, 4000), sample(c(1, 3), 1))
      bytes[at] <- as.raw(sample(0:255, length(at), replace = TRUE))
      bytes
    },
    bytes[seq_len(sample(n, 1))],
    {
      from <- sample(n, 1)
      bytes[from:min(n, from + sample(c(8, 64, 512), 1))] <- as.raw(0)
      bytes
    }
  )
}

check_damaged <- function(jobs, log, files) {
  path <- file.path(dirname(log), "damaged.h5")
  counts <- no_failures()
  kept <- character()
  for (i in seq_len(nrow(jobs))) {
    writeLines(as.character(i), log)
    found <- function(what, ...) {
      counts[[what]] <<- counts[[what]] + 1
      kept <<- c(kept, paste(jobs$seed[i], what, ...))
    }
    look <- function(code) {
      seconds <- system.time(outcome <- tryCatch(code, error = identity, warning = function(w) NULL), gcFirst = FALSE)[["elapsed"]]
      if (seconds > 5) found("slow")
      if (inherits(outcome, "error") && !inherits(outcome, "livechain_error")) found("unclassed", conditionMessage(outcome))
      outcome
    }
    check <- function(chain) {
      if (inherits(chain, "error") || is.null(chain)) {
        return()
      }
      shape <- dim(chain$draws)
      if (!identical(dim(chain$log_prob), shape[1:2]) || length(chain$steps) != shape[1] || length(chain$accepted) != shape[2]) found("wrong")
    }
    set.seed(jobs$seed[i])
    original <- sample(files, 1)
    writeBin(damage(readBin(original, "raw", file.size(original))), path)
    Sys.setFileTime(path, Sys.time() - 3600)
    look(chain_status(path, name = NULL))
    check(look(read_chain(path)))
    look(repair_chain(path))
    check(look(read_chain(path)))
    look(suppressMessages(resume_mcmc(path, normal, n_steps = 2)))
    unlink(path)
  }
  list(found = counts, kept = kept)
}

damaged_files <- function() {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  jobs <- data.frame(seed = seq_len(counts(20000, 100)))
  result("damaged files", nrow(jobs), "files", in_isolation(check_damaged, jobs, folder, originals(folder)))
}
