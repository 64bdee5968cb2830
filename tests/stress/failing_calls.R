# System calls that fail, or do half of what was asked, one after the other: what uses the file ends in an error that says so, or
# does not mind; the process ends without noise; and the file is sound. See fail_call.c.

failing_calls <- function() {
  noise <- tempfile()
  kept <- tempfile()
  file.create(kept)
  cases <- expand.grid(call = names(errors_of), options = names(options_of), work = names(failing_works), lasting = c(FALSE, TRUE), stringsAsFactors = FALSE)
  cases <- cases[cases$work != "reading" | cases$call %in% c("pread", "fcntl", "close"), ]
  if (factor < 1) cases <- cases[sample.int(nrow(cases), min(nrow(cases), counts(400))), ]
  session <- callr::r_bg(function(here, cases, stride, most, noise, kept, paths) {
    .libPaths(paths)
    assign("here", here, globalenv())
    for (file in c("support", "kills", "failing_calls")) sys.source(file.path(here, paste0(file, ".R")), globalenv())
    environment(fail_each) <- globalenv()
    lapply(seq_len(nrow(cases)), function(i) fail_each(cases[i, ], stride, most, noise, kept))
  }, list(normalizePath(here), cases, min(50, max(1, round(1 / factor))), counts(250), noise, kept, .libPaths()),
  env = c(callr::rcmd_safe_env(), LD_PRELOAD = build_preloaded("fail_call"), FAIL_MATCH = "chain.h5"), stderr = noise, supervise = TRUE)
  session$wait()
  totals <- Reduce(`+`, session$get_result())
  writeLines(readLines(kept), stderr())
  result("failing and short system calls", totals[["calls"]], "calls", totals[-1], note = sprintf("%d cases", nrow(cases)))
}

errno <- c(short = 0, EINTR = 4, EIO = 5, ENOSPC = 28, ENOLCK = 37, EDQUOT = 122)
errors_of <- list(
  pwrite = c("short", "EINTR", "EIO", "ENOSPC", "EDQUOT"), pread = c("short", "EINTR", "EIO"), sync = c("EINTR", "EIO", "ENOSPC", "EDQUOT"),
  ftruncate = c("EIO", "ENOSPC"), fallocate = c("EINTR", "EIO", "ENOSPC", "EDQUOT"), fcntl = c("EINTR", "EIO", "ENOLCK"),
  rename = c("EIO", "ENOSPC", "EDQUOT"), close = c("EIO", "EINTR", "EDQUOT")
)

failing_works <- list(
  sampling = list(prepare = function(file, options) NULL, work = function(file, options) sample_failing(file, 12, options)),
  resuming = list(
    prepare = function(file, options) sample_failing(file, 6, options), work = function(file, options) resume_mcmc(file, normal, n_steps = 6)
  ),
  reading = list(
    prepare = function(file, options) sample_failing(file, 12, options),
    work = function(file, options) {
      chain_status(file)
      check_file(file)
      last_state(livechain:::new_chain_file(file, "mcmc"))
      chain <- read_chain(file)
      if (!same_steps(chain, reference_of(12))) stop("wrong numbers")
    }
  )
)

sample_failing <- function(file, n_steps, options, ...) {
  options$flush_interval <- 0
  do.call(run_mcmc, c(list(normal, start, n_steps, seed = 7, file = file, sync_interval = 0.01), options))
}

# Until there is no such call, or `most` were tried.
fail_each <- function(case, stride, most, noise, kept) {
  totals <- c(calls = 0, lost = 0, wrong = 0, stray = 0, errors = 0, crashes = 0, hangs = 0, unclassed = 0, noisy = 0)
  errors <- errors_of[[case$call]]
  if (case$lasting) errors <- setdiff(errors, c("short", "EINTR"))
  if (stride > 1) errors <- sample(errors, 1)
  if (!case$call %in% c("pwrite", "pread")) stride <- 1
  for (error in errors) {
    from <- sample.int(stride, 1)
    for (at in seq(from, by = stride, length.out = most)) {
      outcome <- fail_at(case, error, at, noise)
      if (sum(outcome[-1]) > 0) {
        cat(case$options, case$work, case$call, error, at, case$lasting, names(outcome)[outcome > 0], "\n", file = kept, append = TRUE)
      }
      totals <- totals + outcome
      if (outcome[["calls"]] == 0) break
    }
  }
  totals
}

fail_at <- function(case, error, at, noise) {
  found <- c(calls = 0, lost = 0, wrong = 0, stray = 0, errors = 0, crashes = 0, hangs = 0, unclassed = 0, noisy = 0)
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  file <- file.path(folder, "chain.h5")
  hit <- tempfile()
  said <- tempfile()
  options <- options_of[[case$options]]
  task <- failing_works[[case$work]]
  task$prepare(file, options)
  noise_before <- file.size(noise)
  child <- forked(function() {
    Sys.setenv(FAIL_CALL = case$call, FAIL_AT = at, FAIL_FOR = if (case$lasting) 1e6 else 1, FAIL_ERROR = errno[[error]], FAIL_HIT = hit)
    how <- class_of(task$work(file, options))
    writeLines(how, said)
    dyn.load(Sys.getenv("LD_PRELOAD"))
    .C("end_session")
  })
  deadline <- Sys.time() + 20
  while (is_running(child) && Sys.time() < deadline) Sys.sleep(0.002)
  if (is_running(child)) {
    found[["hangs"]] <- 1
    signal(child, 9)
    wait_until(function() !is_running(child))
  }
  found[["calls"]] <- file.exists(hit)
  found[["noisy"]] <- file.size(noise) > noise_before
  how <- if (file.exists(said)) readLines(said) else character()
  found[["crashes"]] <- length(how) == 0 && found[["hangs"]] == 0
  found[["unclassed"]] <- length(how) > 0 && !any(c("none", "livechain_error") %in% how)
  strays <- setdiff(list.files(folder, all.files = TRUE, no.. = TRUE), "chain.h5")
  after <- examine(file, options, reference_of(12), 0)
  found[names(after)] <- after
  found[["stray"]] <- max(after[["stray"]], length(strays) > 0)
  found
}
