# A long run with a reader that holds on: memory of both flat, polls as quick at the end as at the beginning, and a file
# that holds little but the samples.

soak <- function() {
  n_steps <- counts(5e7, 1e6)
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  file <- file.path(folder, "chain.h5")
  writer <- background(function(file, n_steps, start) {
    density <- function(x) -0.5 * rowSums(x^2)
    run_mcmc(density, start, n_steps, file = file, seed = 7, vectorized = TRUE)
  }, file, n_steps, start[1:8, 1, drop = FALSE])
  wait_until(function() published(file) > 0)
  reader <- open_chain(file, from = Inf)
  for (i in 1:200) read_new(reader)
  polls <- list()
  while (writer$is_alive()) {
    # The processor's time, the least of several: others on the machine do not make it longer.
    cost <- min(replicate(5, sum(system.time(for (i in 1:100) read_new(reader))[c("user.self", "sys.self")]))) / 100
    polls[[length(polls) + 1]] <- c(
      steps = reader$seen, cost = cost, writer = resident(writer$get_pid()), reader = resident(Sys.getpid())
    )
    Sys.sleep(0.2 + min(2, n_steps / 2e7))
  }
  writer$get_result()
  close(reader)
  polls <- do.call(rbind, polls)
  polls <- polls[stats::complete.cases(polls), , drop = FALSE] # the writer may end during the last one
  polls <- polls[polls[, "steps"] > 0.2 * n_steps, , drop = FALSE] # by then the writer has all that it needs
  third <- max(1, nrow(polls) %/% 3)
  early <- apply(utils::head(polls, third), 2, stats::median)
  late <- apply(utils::tail(polls, third), 2, stats::median)
  samples <- n_steps * (8 * 2 + 1) * 8 # eight walkers' positions and log-probabilities, a step's checksum
  bytes <- file.size(file)
  result(
    "a soak: 8 walkers, a reader that holds on", n_steps, "steps",
    incomplete = published(file) != n_steps, writer_grows = late[["writer"]] - early[["writer"]] > 16,
    reader_grows = late[["reader"]] - early[["reader"]] > 16, polls_slower = late[["cost"]] > 2 * early[["cost"]] + 1e-4,
    file_large = bytes > 1.02 * samples + 65536,
    note = sprintf(
      "writer %+.0f MB, reader %+.0f MB, poll %.0f us then %.0f us, file %.3f of the samples and checksums", late[["writer"]] - early[["writer"]],
      late[["reader"]] - early[["reader"]], 1e6 * early[["cost"]], 1e6 * late[["cost"]], bytes / samples
    )
  )
}

resident <- function(pid) {
  line <- suppressWarnings(tryCatch(grep("^VmRSS", readLines(sprintf("/proc/%d/status", pid)), value = TRUE), error = function(e) character()))
  if (length(line) == 0) NA_real_ else as.numeric(gsub("[^0-9]", "", line)) / 1024
}
