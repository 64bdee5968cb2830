# Rscript tools/coverage.R FOLDER   the share of lines of each file of the package there that its tests run, and of
#                                   all R and all C++; without the stress tests. Lists the lines of files below 80%.
folder <- commandArgs(TRUE)[1]
tests <- sprintf(
  'Sys.setenv(NOT_CRAN = "true")
   testthat::test_dir("%s", filter = "^(?!stress)", perl = TRUE, package = "livechain", load_package = "installed",
     stop_on_failure = FALSE, reporter = "summary")
   # Processes that were killed while they noted what they had run.
   traces <- list.files(.libPaths()[1], "^covr_trace_", full.names = TRUE)
   for (trace in traces) tryCatch(readRDS(trace), error = function(condition) unlink(trace))',
  normalizePath(file.path(folder, "tests/testthat"))
)
covered <- covr::package_coverage(folder, type = "none", code = tests, quiet = TRUE)
lines <- covr::tally_coverage(covered, by = "line")
language <- ifelse(grepl("^R/", lines$filename), "R", "C++")
share <- function(group) 100 * tapply(lines$value > 0, group, mean)
files <- sort(share(lines$filename))
cat(sprintf("%5.1f%%  %s\n", files, names(files)), sep = "")
for (file in names(files)[files < 80]) {
  cat(file, "does not run", paste(lines$line[lines$filename == file & lines$value == 0], collapse = " "), "\n")
}
total <- share(language)
cat(sprintf("coverage: %.1f%% of the lines in R, %.1f%% of those in C++\n", total[["R"]], total[["C++"]]))
