# Readers without a pause against a writer that publishes every step: every row is compared with what the seed says it
# must be.

readers_against_writer <- function(compression) {
  n_reads <- counts(5e5)
  n_steps <- max(2e4, n_reads)
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  file <- file.path(folder, "chain.h5")
  init <- start[1:4, 1, drop = FALSE]
  reference <- run_mcmc(slow_normal(0), init, n_steps, seed = 7, vectorized = TRUE)
  saveRDS(unclass(reference)[c("draws", "log_prob")], known <- file.path(folder, "reference.rds"), compress = FALSE)
  writeBin(as.vector(aperm(reference$draws[, , 1, drop = FALSE], 3:1)), raw_draws <- file.path(folder, "draws.bin"))

  alone <- write_for(init, file.path(folder, "alone.h5"), 3, compression)
  writer <- background(function(init, file, n_steps, compression, log_prob) {
    run_mcmc(log_prob, init, n_steps, seed = 7, file = file, vectorized = TRUE, flush_interval = 0, compression = compression)
  }, init, file, n_steps, compression, slow_normal(2e-4))
  on.exit(writer$kill(), add = TRUE)
  wait_until(function() published(file) > 0)
  readers <- lapply(c(TRUE, TRUE, FALSE, FALSE), function(holds) background(read_on, file, known, n_reads / 5, holds))
  python_reader <- if (has_h5py()) read_with_h5py(file, raw_draws, n_reads / 50)
  before <- chain_status(file)
  Sys.sleep(min(10, 1 + 10 * factor))
  after <- chain_status(file)
  rate <- (after$n_steps - before$n_steps) / (after$age - before$age + 1e-9)
  for (reader in readers) reader$wait()
  seen <- do.call(rbind, lapply(readers, function(reader) reader$get_result()))
  if (!is.null(python_reader)) {
    python_reader$wait()
    seen <- rbind(seen, scan(text = python_reader$read_all_output(), quiet = TRUE))
  }
  totals <- colSums(seen)
  still <- writer$is_alive()
  writer$kill()
  last_rate <- after$rate
  result(
    sprintf("readers against a writer, %s", if (compression > 0) "compressed" else "plain"), totals[[1]], "reads",
    failed = totals[[2]], torn = totals[[3]], backward = totals[[4]],
    note = sprintf(
      "%s rows compared, writer %s, %.0f steps/s beside the readers, %.0f alone", format(totals[[5]], big.mark = ","),
      if (still) "still at work" else "finished first", last_rate, alone
    )
  )
}

# As slow as it is told to be, so that the run outlasts the readers.
slow_normal <- function(seconds) {
  force(seconds)
  function(x) {
    if (seconds > 0) {
      end <- as.numeric(Sys.time()) + seconds
      while (as.numeric(Sys.time()) < end) NULL
    }
    -0.5 * rowSums(x^2)
  }
}

# Steps per second of a writer without readers.
write_for <- function(init, file, seconds, compression) {
  writer <- background(function(init, file, compression, log_prob) {
    run_mcmc(log_prob, init, 1e9, seed = 7, file = file, vectorized = TRUE, flush_interval = 0, compression = compression)
  }, init, file, compression, slow_normal(2e-4))
  on.exit(writer$kill())
  wait_until(function() published(file) > 0)
  Sys.sleep(seconds)
  chain_status(file)$rate
}

# c(reads, failed, torn, backward, rows)
read_on <- function(file, known, n_reads, holds) {
  reference <- readRDS(known)
  reader <- if (holds) open_chain(file)
  n_seen <- failed <- torn <- backward <- rows <- 0
  for (i in seq_len(n_reads)) {
    # One that opens the file anew begins with the last step it knows, and looks further back now and then.
    if (!holds) n_seen <- max(0, n_seen - if (i %% 100 == 0) 500 else 1)
    new <- tryCatch(
      if (holds) read_new(reader) else read_chain(file, discard = n_seen),
      livechain_error_empty = function(condition) NULL, error = identity
    )
    if (is.null(new)) next
    if (inherits(new, "error")) {
      failed <- failed + 1
      message(conditionMessage(new))
      next
    }
    steps <- new$steps
    if (length(steps) == 0) next
    if (new$n_total < n_seen || steps[1] != n_seen + 1) backward <- backward + 1
    same <- identical(as.vector(new$draws), as.vector(reference$draws[steps, , ])) &&
      identical(as.vector(new$log_prob), as.vector(reference$log_prob[steps, ]))
    if (!same) torn <- torn + 1
    n_seen <- max(steps)
    rows <- rows + length(steps)
  }
  c(n_reads, failed, torn, backward, rows)
}

read_with_h5py <- function(file, raw_draws, n_reads) {
  script <- tempfile(fileext = ".py")
  writeLines(c(
    "import sys, h5py, numpy as np",
    "file, raw, n = sys.argv[1], sys.argv[2], int(float(sys.argv[3]))",
    "known = np.fromfile(raw).reshape(-1, 4)",
    "failed = torn = backward = rows = seen = 0",
    "for i in range(n):",
    "    for attempt in range(3):",
    "        try:",
    "            with h5py.File(file, 'r', swmr=True) as f:",
    "                run = f['mcmc']",
    "                it = int(run.attrs['iteration'])",
    "                part = run['chain'][max(0, it - 50):it]",
    "            break",
    "        except OSError:",
    "            part = None",
    "    if part is None:",
    "        failed += 1",
    "        continue",
    "    backward += it < seen",
    "    seen = it",
    "    torn += not np.array_equal(part[:, :, 0], known[max(0, it - 50):it])",
    "    rows += len(part)",
    "print(n, failed, torn, backward, rows)"
  ), script)
  processx::process$new(python, c(script, file, raw_draws, format(n_reads, scientific = FALSE)), stdout = "|")
}
