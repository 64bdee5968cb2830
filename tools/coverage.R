# The share of lines of each file that the tests run, and of all R and all C++.
covered <- covr::package_coverage(quiet = TRUE, clean = TRUE)
lines <- covr::tally_coverage(covered, by = "line")
language <- ifelse(grepl("^R/", lines$filename), "R", "C++")
share <- function(group) 100 * tapply(lines$value > 0, group, mean)
files <- sort(share(lines$filename))
cat(sprintf("%5.1f%%  %s\n", files, names(files)), sep = "")
total <- share(language)
cat(sprintf("coverage: %.1f%% of the lines in R, %.1f%% of those in C++\n", total[["R"]], total[["C++"]]))
