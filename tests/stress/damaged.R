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
    utils::untar(emcee, exdir = folder)
    files <- c(files, file.path(folder, c("plain.h5", "blob-struct.h5")))
  }
  unique(files[file.exists(files)])
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

# In another process: what it is about to do is in the log, should it not come back.
damage_many <- function(files, seeds, log, damage, folder) {
  normal <- function(x) -sum(x^2) / 2
  # Messages take longer to word than files to look at, and are looked at elsewhere.
  utils::assignInNamespace("abort", function(kind, message, ...) {
    stop(structure(class = c(paste0("livechain_error_", kind), "livechain_error", "error", "condition"), list(message = kind, call = NULL)))
  }, "livechain")
  wrong <- unclassed <- slow <- 0
  kept <- character()
  for (seed in seeds) {
    writeLines(as.character(seed), log)
    set.seed(seed)
    original <- sample(files, 1)
    bytes <- damage(readBin(original, "raw", file.size(original)))
    path <- file.path(folder, "damaged.h5")
    writeBin(bytes, path)
    Sys.setFileTime(path, Sys.time() - 3600)
    look <- function(code) {
      seconds <- system.time(outcome <- tryCatch(code, error = identity, warning = function(w) NULL), gcFirst = FALSE)[["elapsed"]]
      if (seconds > 5) slow <<- slow + 1
      if (inherits(outcome, "error") && !inherits(outcome, "livechain_error")) {
        unclassed <<- unclassed + 1
        kept <<- c(kept, paste(seed, conditionMessage(outcome)))
      }
      outcome
    }
    check <- function(chain) {
      if (inherits(chain, "error") || is.null(chain)) {
        return()
      }
      shape <- dim(chain$draws)
      if (!identical(dim(chain$log_prob), shape[1:2]) || length(chain$steps) != shape[1] || length(chain$accepted) != shape[2]) wrong <<- wrong + 1
    }
    look(chain_status(path, name = NULL))
    check(look(read_chain(path)))
    look(repair_chain(path))
    check(look(read_chain(path)))
    look(suppressMessages(resume_mcmc(path, normal, n_steps = 2)))
    unlink(path)
  }
  list(counts = c(wrong, unclassed, slow), kept = kept)
}

damaged_files <- function() {
  n <- counts(20000, 100)
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  files <- originals(folder)
  crashes <- hangs <- 0
  totals <- c(0, 0, 0)
  todo <- seq_len(n)
  while (length(todo) > 0) {
    batch <- utils::head(todo, 1000)
    log <- file.path(folder, "log")
    process <- background_limited(damage_many, files, batch, log, damage, folder)
    outcome <- wait_for_batch(process, log)
    if (is.null(outcome)) {
      culprit <- as.numeric(readLines(log))
      if (process$is_alive()) hangs <- hangs + 1 else crashes <- crashes + 1
      message("file ", culprit, if (process$is_alive()) " hangs" else " crashes")
      process$kill()
      todo <- todo[todo > culprit]
    } else {
      totals <- totals + outcome$counts
      for (line in outcome$kept) message(line)
      todo <- setdiff(todo, batch)
    }
  }
  result("damaged files", n, "files", crashes = crashes, hangs = hangs, wrong = totals[1], unclassed = totals[2], slow = totals[3])
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

# NULL when the process died, or did nothing for ten seconds.
wait_for_batch <- function(process, log) {
  repeat {
    process$wait(2000)
    if (!process$is_alive()) {
      return(tryCatch(process$get_result(), error = function(e) {
        message(conditionMessage(e))
        NULL
      }))
    }
    if (file.exists(log) && difftime(Sys.time(), file.mtime(log), units = "secs") > 20) {
      return(NULL)
    }
  }
}
