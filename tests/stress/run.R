# make stress: the promises of the package as figures. LIVECHAIN_STRESS is a factor for all counts; arguments choose
# some of the tests by name.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "support.R"))
for (file in files_of_tests(here)) source(file)

tests <- list(
  readers = function() readers_against_writer(0), readers_compressed = function() readers_against_writer(4),
  kills = kills_at_random, first = kills_at_first_publication, resuming = kills_while_resuming,
  closing = kills_while_closing, adding = kills_while_adding, writes = kills_at_each_write, signals = ending_signals, others = killed_and_opened_by_others,
  full = full_disk, quota = quota, taken = files_taken_away, two_writers = two_writers, forks = forks,
  densities = misbehaving_densities, damaged = damaged_files, power_cuts = power_cuts, bytes = wrong_bytes, lengths = every_length, crafted = crafted_files, calls = failing_calls,
  clocks = clocks, mounts = mounts, arguments = bad_arguments, versions = versions, exact = exact_starts, calibration = calibration,
  soak = soak
)
chosen <- commandArgs(TRUE)
unknown <- setdiff(chosen, names(tests))
if (length(unknown) > 0) stop("There is no test named ", toString(unknown), "; there are ", toString(names(tests)))
if (length(chosen) > 0) tests <- tests[chosen]

run <- function(name) {
  set.seed(1)
  seconds <- system.time(outcome <- tryCatch(tests[[name]](), error = function(condition) {
    result(name, 0, "", broken = 1, note = conditionMessage(condition))
  }))[["elapsed"]]
  line <- line_of(outcome, seconds)
  cat(line, "\n", sep = "")
  if (sum(outcome$failures) > 0) paste0("Failed: ", name, ": ", line)
}
failed <- unlist(lapply(names(tests), run))
cat("", failed, sprintf("%d passed, %d failed", length(tests) - length(failed), length(failed)), sep = "\n")
quit("no", status = as.integer(length(failed) > 0))
