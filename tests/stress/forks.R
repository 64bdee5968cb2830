# Children that evaluate the density: that are well behaved, exit, are killed, or collect garbage with their parent's
# objects.

forks <- function() {
  n <- counts(40, 4)
  n_steps <- if (factor < 1) 12 else 40
  reference <- reference_of(n_steps)
  bad <- list(
    gc = function(x) {
      if (stats::runif(1) < 0.02) gc()
      normal(x)
    },
    plain = normal,
    quits = function(x) {
      if (stats::runif(1) < 0.002 && parallel:::isChild()) parallel:::mcexit()
      normal(x)
    },
    killed = function(x) {
      if (stats::runif(1) < 0.002 && parallel:::isChild()) tools::pskill(Sys.getpid(), 9)
      normal(x)
    }
  )
  wrong <- unreadable <- stray <- 0
  for (i in seq_len(n)) {
    folder <- folder_of()
    file <- file.path(folder, "chain.h5")
    log_prob <- bad[[1 + i %% length(bad)]]
    map <- function(X, FUN) parallel::mclapply(X, FUN, mc.cores = 2)
    reader <- NULL
    suppressWarnings(try(run_mcmc(log_prob, start, n_steps, file = file, seed = 7, map = map, flush_interval = 0), silent = TRUE))
    gc()
    if (!file.exists(file)) next
    chain <- tryCatch(read_chain(file), livechain_error_empty = function(condition) NULL, error = identity)
    if (inherits(chain, "error")) unreadable <- unreadable + 1
    resume_mcmc(file, normal)
    if (!identical(read_chain(file)$draws, reference$draws)) wrong <- wrong + 1
    if (length(list.files(folder, all.files = TRUE, no.. = TRUE)) != 1) stray <- stray + 1
    unlink(folder, recursive = TRUE)
  }
  result("mclapply as map: gc, exits, kills", n, "runs", unreadable = unreadable, wrong = wrong, stray = stray)
}
