# Disks that fill up, and files that are taken away.

# A small disk, mounted for `code(folder)`; NULL when this process may not mount one.
with_disk <- function(code, megabytes = 8) {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  mounted <- system2("mount", c("-t", "tmpfs", "-o", sprintf("size=%dm", megabytes), "tmpfs", folder), stdout = FALSE, stderr = FALSE) == 0
  if (!mounted) {
    return(NULL)
  }
  on.exit(system2("umount", c("-l", folder)), add = TRUE, after = FALSE)
  code(folder)
}

enlarge <- function(folder) system2("mount", c("-o", "remount,size=256m", folder))

# What a session says in which the code runs: its result, and whether it ended without noise from the library.
in_session <- function(code, ..., shell = "") {
  script <- tempfile(fileext = ".R")
  data <- tempfile(fileext = ".rds")
  saveRDS(list(code = code, arguments = list(...), paths = .libPaths(), normal = normal), data)
  writeLines(c(
    sprintf("job <- readRDS('%s')", data), ".libPaths(job$paths)", "library(livechain)", "normal <- job$normal",
    "environment(job$code) <- globalenv()", "outcome <- do.call(job$code, job$arguments)", "gc()",
    "cat('RESULT', outcome, sum(1:10), '\\n')"
  ), script)
  output <- suppressWarnings(system2("bash", c("-c", shQuote(sprintf("%s '%s' '%s' 2>&1", shell, file.path(R.home("bin"), "Rscript"), script))), stdout = TRUE))
  list(
    result = sub("^RESULT (.*) 55 $", "\\1", grep("^RESULT", output, value = TRUE)),
    noisy = !is.null(attr(output, "status")) || any(grepl("HDF5|infinite|segfault|Segm", output))
  )
}

fill_up <- function(file, start, compression) {
  class(tryCatch(
    run_mcmc(normal, start, 1e6, seed = 7, file = file, flush_interval = 0.01, compression = compression),
    error = identity
  ))[1]
}

check_after <- function(file, session, reference, n_more) {
  n <- published(file)
  sound <- is_prefix(file, reference)
  resume_mcmc(file, normal, n_steps = n_more)
  chain <- read_chain(file)
  c(
    refused = !identical(session$result, "livechain_error_no_space"), noisy = session$noisy, lost = n == 0,
    wrong = !sound || !same_steps(chain, reference) || dim(chain)[1] != n + n_more
  )
}

full_disk <- function() {
  reference <- reference_of(40000)
  n <- counts(10, 2)
  failures <- c(refused = 0, noisy = 0, lost = 0, wrong = 0)
  for (i in seq_len(n)) {
    outcome <- with_disk(function(folder) {
      file <- file.path(folder, "chain.h5")
      session <- in_session(fill_up, file, start, if (i %% 2 == 0) 4 else 0)
      enlarge(folder)
      check_after(file, session, reference, 100)
    })
    if (is.null(outcome)) {
      return(result("a disk of 8 MB that fills up", 0, "disks", note = "skipped: only root can mount one"))
    }
    failures <- failures + outcome
  }
  second <- with_disk(function(folder) {
    file <- file.path(folder, "chain.h5")
    run_mcmc(normal, start, 9000, seed = 7, file = file)
    session <- in_session(function(file, start) {
      class(tryCatch(run_mcmc(normal, start, 10, file = file, name = "second"), error = identity))[1]
    }, file, start)
    same <- identical(read_chain(file)$draws, reference$draws[1:9000, , ])
    c(refused = session$result != "livechain_error_no_space", noisy = session$noisy, lost = !same, wrong = length(list.files(folder, all.files = TRUE, no.. = TRUE)) != 1)
  })
  result("a disk of 8 MB that fills up", n + 1, "disks", failures + second)
}

quota <- function() {
  reference <- reference_of(40000)
  n <- counts(10, 2)
  failures <- c(refused = 0, noisy = 0, lost = 0, wrong = 0)
  for (i in seq_len(n)) {
    file <- tempfile(fileext = ".h5")
    session <- in_session(fill_up, file, start, 0, shell = sprintf("ulimit -f %d;", 3000 + 37 * i))
    failures <- failures + check_after(file, session, reference, 100)
    unlink(file)
  }
  result("a limit to the size of files", n, "limits", failures)
}

# A file that is deleted, replaced or cut under its writer: the run must not go on in silence.
files_taken_away <- function() {
  n <- counts(30, 3)
  takers <- list(
    deleted = unlink,
    replaced = function(file) {
      writeLines("something else", other <- paste0(file, ".other"))
      file.rename(other, file)
    },
    cut = function(file) system2("truncate", c("-s", "3000", file))
  )
  went_on <- other_error <- noisy <- 0
  for (i in seq_len(n)) {
    file <- tempfile(fileext = ".h5")
    taker <- takers[[1 + i %% 3]]
    session <- in_session(function(file, start, taker) {
      n_calls <- 0
      log_prob <- function(x) {
        n_calls <<- n_calls + 1
        if (n_calls == 5000) taker(file)
        if (n_calls > 1e6) stop("went on")
        normal(x)
      }
      outcome <- tryCatch(run_mcmc(log_prob, start, 1e6, file = file, flush_interval = 0.01), error = identity)
      if (grepl("went on", conditionMessage(outcome))) "went on" else class(outcome)[1]
    }, file, start, taker)
    if (identical(session$result, "went on")) went_on <- went_on + 1
    if (!identical(session$result, "livechain_error_gone")) other_error <- other_error + 1
    if (session$noisy) noisy <- noisy + 1
    unlink(file)
  }
  result("files deleted, replaced or cut under their writer", n, "files", went_on = went_on, other_error = other_error, noisy = noisy)
}
