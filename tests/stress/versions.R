# Two builds of the package, with different versions of HDF5: what the one writes the other follows while it is being
# written, mends after a kill -9, and goes on with. LIVECHAIN_OTHER names the libraries of the other build, as R_LIBS
# would.

versions <- function() {
  other <- strsplit(Sys.getenv("LIVECHAIN_OTHER"), .Platform$path.sep, fixed = TRUE)[[1]]
  what <- "a build with another HDF5 follows, mends, resumes"
  if (length(other) == 0) {
    return(result(what, 0, "runs", note = "not tried: LIVECHAIN_OTHER names no other build"))
  }
  builds <- list(.libPaths(), c(other, .libPaths()))
  n_runs <- counts(40, 4)
  n_reads <- counts(20000, 300)
  n_steps <- max(2e4, 5 * n_reads)
  init <- start[1:4, 1, drop = FALSE]
  reference <- run_mcmc(slow_normal(0), init, n_steps, seed = 7, vectorized = TRUE)
  saveRDS(unclass(reference)[c("draws", "log_prob")], known <- tempfile(fileext = ".rds"), compress = FALSE)
  on.exit(unlink(known))
  totals <- rowSums(vapply(seq_len(n_runs), function(i) {
    one <- if (i %% 2 == 0) builds else rev(builds)
    across_versions(one[[1]], one[[2]], init, n_steps, known, n_reads, compression = if (i %% 4 < 2) 0 else 4, reference)
  }, numeric(6)))
  result(
    what, n_runs, "runs",
    failed = totals[[2]], torn = totals[[3]], backward = totals[[4]], wrong = totals[[6]],
    note = sprintf("%s reads of %s rows", format(totals[[1]], big.mark = ","), format(totals[[5]], big.mark = ","))
  )
}

# c(reads, failed, torn, backward, rows, wrong)
across_versions <- function(writing, reading, init, n_steps, known, n_reads, compression, reference) {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  file <- file.path(folder, "chain.h5")
  writer <- background(function(init, file, n_steps, compression, log_prob) {
    run_mcmc(log_prob, init, n_steps, seed = 7, file = file, vectorized = TRUE, flush_interval = 0, compression = compression)
  }, init, file, n_steps, compression, slow_normal(2e-4), libraries = writing)
  wait_until(function() published(file) > 0)
  holders <- lapply(c(TRUE, FALSE), function(holds) background(read_on, file, known, n_reads / 2, holds, libraries = reading))
  for (reader in holders) reader$wait()
  writer$kill()
  resumed <- background(function(file, log_prob) {
    repair_chain(file)
    resume_mcmc(file, log_prob, n_steps = 100)
    read_chain(file)
  }, file, slow_normal(0), libraries = reading)
  resumed$wait()
  back <- background(function(file) read_chain(file), file, libraries = writing)
  back$wait()
  chain <- resumed$get_result()
  wrong <- !same_steps(chain, reference) || !identical(chain$draws, back$get_result()$draws)
  c(Reduce(`+`, lapply(holders, function(reader) reader$get_result())), wrong)
}
