# Clocks that are wrong, or are set while a run goes on or is waited for: whether a run is going on, what is read of it and
# how long one waits for it does not depend on them. See shift_clock.c.

clocks <- function() {
  library <- build_preloaded("shift_clock")
  shifts <- expand.grid(writer = c(-1e6, 0, 1e6), reader = c(-1e6, 0, 1e6), set_to = c(-1e5, 0, 1e5))
  shifts <- shifts[sample.int(nrow(shifts), counts(nrow(shifts))), ]
  found <- lapply(seq_len(nrow(shifts)), function(i) run_by_wrong_clocks(shifts[i, ], library))
  result("clocks that are wrong, and set meanwhile", nrow(shifts), "runs", Reduce(`+`, found))
}

run_by_wrong_clocks <- function(shift, library) {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  file <- file.path(folder, "chain.h5")
  clock <- function(who) file.path(folder, who)
  set <- function(who, seconds) {
    writeLines(as.character(as.integer(seconds)), paste0(clock(who), ".new"))
    file.rename(paste0(clock(who), ".new"), clock(who))
  }
  set("writer", shift$writer)
  set("reader", shift$reader)
  session <- function(who, code, ...) background(code, ..., env = c(LD_PRELOAD = library, CLOCK_SHIFT = clock(who)))
  writer <- session("writer", function(file, start) {
    density <- function(x) {
      for (i in 1:5000) i # R's own sleep goes by the clock of the day
      -sum(x^2) / 2
    }
    run_mcmc(density, start, 1e6, file = file, seed = 7, flush_interval = 0.05)
    chain_status(file)$state
  }, file, start)
  wait_until(function() published(file) > 0)
  waits <- file.path(folder, "waits")
  reader <- session("reader", function(file, waits) {
    file.create(waits)
    began <- livechain:::seconds_now()
    waited <- tryCatch(read_chain(paste0(file, ".none"), wait = 2), livechain_error = function(condition) {
      livechain:::seconds_now() - began
    })
    list(waited = waited, status = chain_status(file), chain = read_chain(file), right = all(check_file(file)$ok))
  }, file, waits)
  wait_until(function() file.exists(waits))
  Sys.sleep(0.1)
  for (who in c("writer", "reader")) set(who, shift[[who]] + shift$set_to)
  reader$wait()
  seen <- reader$get_result()
  status <- list(seen$status, chain_status(file))
  stop_mcmc(file)
  writer$wait()
  at_end <- writer$get_result()
  last <- chain_status(file)
  reference <- reference_of(max(last$n_steps, 1))
  numbers <- function(x) c(x$age, x$rate, x$remaining)
  c(
    not_running = sum(vapply(status, `[[`, "", "state") != "running"),
    not_finished = (at_end != "finished") + (last$state != "finished"),
    waited_wrongly = seen$waited > 10,
    implausible = sum(unlist(lapply(c(status, list(last)), numbers)) < 0, na.rm = TRUE) + any(vapply(status, function(x) !is.finite(x$rate), TRUE)),
    wrong = !same_steps(seen$chain, reference) + !same_steps(read_chain(file), reference) + !seen$right
  )
}
