# Rscript tools/test.R [pattern]   runs the tests on the installed package, of the files that match; the last lines
#                                  name those that failed, and count.

# Tests wait for other processes more than they compute.
n_processes <- min(8, parallel::detectCores() + 1)
Sys.setenv(NOT_CRAN = "true", TESTTHAT_PARALLEL = "TRUE", TESTTHAT_CPUS = n_processes)
pattern <- if (length(commandArgs(TRUE)) > 0) commandArgs(TRUE)[1]
results <- as.data.frame(testthat::test_dir("tests/testthat",
  filter = pattern, perl = TRUE, package = "livechain", load_package = "installed", stop_on_failure = FALSE,
  reporter = testthat::SummaryReporter$new(max_reports = 100)
))
n_failed <- sum(results$failed) + sum(results$error)
n_passed <- sum(results$passed)
failed <- results[results$failed > 0 | results$error, ]
first_line <- function(of_test) {
  bad <- Filter(function(x) inherits(x, c("expectation_failure", "expectation_error")), of_test)
  if (length(bad) > 0) sub("\n.*", "", conditionMessage(bad[[1]])) else "an error"
}
cat(sprintf("\nFailed: %s, %s: %s", failed$file, failed$test, vapply(failed$result, first_line, "")), "\n", sep = "")
cat(sprintf(
  "\n[ FAIL %d | WARN %d | SKIP %d | PASS %d ]\n", n_failed, sum(results$warning), sum(results$skipped), n_passed
))
cat(sprintf("%d passed, %d failed\n", n_passed, n_failed))
quit(status = if (n_failed > 0 || n_passed == 0) 1 else 0)
