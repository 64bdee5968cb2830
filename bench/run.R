# make bench: each comparison runs the two sides in turn, several times, and takes the medians: these machines are
# shared, and only ratios of what ran side by side travel. Writes the table in README.md. Arguments choose some of
# the parts by name.

library(livechain)

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
python <- "/usr/bin/python3"
n_walkers <- 100
n_parameters <- 5
set.seed(1)
init <- matrix(rnorm(n_walkers * n_parameters), n_walkers)

seconds <- function(code) system.time(code)[["elapsed"]]
seconds_now <- function() as.numeric(Sys.time())

# The ratio is that of the figures, ours to theirs; `target` says in which direction, and from where on it is met.
compare <- function(what, unit, ours, theirs, target, n_rounds = 5) {
  rounds <- replicate(n_rounds, {
    a <- ours()
    b <- theirs()
    c(ours = a, theirs = b, ratio = a / b)
  })
  medians <- apply(rounds, 1, stats::median)
  show_row(what, unit, medians[["ours"]], medians[["theirs"]], medians[["ratio"]], target)
}

show_row <- function(what, unit, ours, theirs, ratio, target) {
  met <- if (target[[1]] == ">=") ratio >= target[[2]] else ratio <= target[[2]]
  row <- data.frame(
    what = what, unit = unit, livechain = figure(ours), against = figure(theirs), ratio = figure(ratio),
    target = paste(if (target[[1]] == ">=") "at least" else "at most", target[[2]]), met = if (met) "yes" else "no"
  )
  print(row, row.names = FALSE)
  row
}
figure <- function(x) format(signif(x, 3), big.mark = ",", scientific = FALSE, drop0trailing = TRUE)
at_least <- function(x) list(">=", x)
at_most <- function(x) list("<=", x)

# What a script of Python prints.
run_python <- function(script, ...) as.double(system2(python, c(file.path(here, script), ...), stdout = TRUE))

# Runs `code` in another R process and returns its result.
in_process <- function(code, ...) callr::r(code, list(...), libpath = .libPaths())

rows <- list()
parts <- c("sampling", "compiled", "storing", "reading")
chosen <- commandArgs(TRUE)
for (part in if (length(chosen) > 0) chosen else parts) {
  source(file.path(here, paste0(part, ".R")))
  rows <- c(rows, measure())
}

if (length(chosen) == 0) {
  machine <- sprintf(
    "%s, %s, %d cores, R %s.%s", Sys.info()[["sysname"]],
    trimws(sub(".*:", "", grep("model name", readLines("/proc/cpuinfo"), value = TRUE)[1])), parallel::detectCores(),
    R.version$major, R.version$minor
  )
  writeLines(c(
    "# Measurements", "",
    paste(
      "Made by `make bench`: the two sides of each row ran in turn, medians of several rounds. Unless a row says other,",
      sprintf("%d walkers and %d parameters, a standard normal density. Machine: %s.", n_walkers, n_parameters, machine)
    ), "",
    knitr::kable(do.call(rbind, rows), format = "pipe", align = "llrrrll"), "",
    "Where a target is missed, [profile.md](profile.md) says why."
  ), file.path(here, "README.md"))
}
