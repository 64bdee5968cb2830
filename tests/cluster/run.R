# make cluster: the engines that evaluate a density, each run for real on this machine. For each: whether the chain is that of one
# process, what a step costs beyond it, and the same again with a worker killed and with one stopped. Arguments choose engines by
# name. Those of which a package or a program is missing are skipped, and it is said which.

library(livechain)

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "engines.R"))

set.seed(1)
init <- matrix(rnorm(500), 100)
normal <- function(x) -sum(x^2) / 2
reference <- suppressMessages(run_mcmc(normal, init, 40, seed = 7))

# After so many calls, a worker ends or stops itself: one of them, as a folder tells.
failing <- function(x, mark, signal, n_calls) {
  options(n_calls = getOption("n_calls", 0) + 1)
  if (getOption("n_calls") == n_calls && dir.create(mark, showWarnings = FALSE)) tools::pskill(Sys.getpid(), signal)
  -sum(x^2) / 2
}

per_step <- function(map, n_steps) {
  time <- function(n) system.time(run_mcmc(normal, init, n, seed = 7, map = map))[["elapsed"]]
  time(1)
  1000 * (time(n_steps) - time(0)) / n_steps
}

# "same", "other" for a wrong chain, or why there is none.
outcome <- function(code) {
  tryCatch(
    if (identical(suppressWarnings(code)$draws, reference$draws)) "same" else "other",
    error = function(condition) cli::ansi_strip(strsplit(conditionMessage(condition), "\n")[[1]][1])
  )
}

try_engine <- function(name) {
  engine <- engines[[name]]
  missing <- Filter(function(package) !requireNamespace(package, quietly = TRUE), engine$packages)
  if (length(missing) > 0 || !engine$is_there()) {
    return(data.frame(engine = name, chain = paste("skipped:", toString(c(missing, if (length(missing) == 0) engine$needs))), ms = NA, killed = "", stopped = ""))
  }
  with_map <- function(use) {
    started <- engine$start(2)
    on.exit(engine$stop(started))
    use(engine$map(started))
  }
  fail <- function(signal, n_calls, ...) {
    mark <- tempfile()
    with_map(function(map) outcome(run_mcmc(failing, init, 40, seed = 7, map = map, mark = mark, signal = signal, n_calls = n_calls, ...)))
  }
  chain <- with_map(function(map) outcome(run_mcmc(normal, init, 40, seed = 7, map = map)))
  ms <- with_map(function(map) per_step(map, engine$n_steps))
  killed <- fail(tools::SIGKILL, 10)
  stopped <- if (engine$has_timeout) fail(tools::SIGSTOP, 300, worker_timeout = 1) else "waits"
  data.frame(engine = name, chain = chain, ms = signif(ms, 2), killed = killed, stopped = stopped)
}

chosen <- commandArgs(TRUE)
serial <- suppressMessages(per_step(NULL, 1000))
cat(sprintf("one process: %.2f ms a step\n", serial))
rows <- NULL
for (name in if (length(chosen) > 0) chosen else names(engines)) {
  row <- suppressMessages(try_engine(name))
  row$ms <- signif(row$ms - serial, 2)
  print(row, row.names = FALSE, right = FALSE)
  rows <- rbind(rows, row)
}
cat("\n")
print(rows, row.names = FALSE, right = FALSE)
passed <- grepl("^(same|skipped)", rows$chain) & rows$killed %in% c("", "same") & rows$stopped %in% c("", "same", "waits")
quit("no", status = as.integer(!all(passed[!rows$engine %in% may_fail])))
