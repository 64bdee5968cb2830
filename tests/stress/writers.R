# Two who want to write to one file: at once, from processes and from one process, on a path and on a link to it, with
# one of them killed in between.

two_writers <- function() {
  n <- counts(100, 5)
  reference <- reference_of(n_run)
  both <- neither <- wrong <- not_refused <- 0
  for (i in seq_len(n)) {
    folder <- folder_of()
    file <- file.path(folder, "chain.h5")
    link <- file.path(folder, "link.h5")
    log <- file.path(folder, "log")
    contend <- function(paths) {
      unlink(log)
      children <- vapply(paths, function(path) forked(function() {
        outcome <- class_of(if (file.exists(path)) resume_mcmc(path, normal, n_steps = 20) else sample_into(path, options_of$plain, 20))[1]
        cat(outcome, "\n", file = log, append = TRUE)
      }), 1L)
      wait_until(function() !any(vapply(children, is_running, TRUE)))
      readLines(log)
    }
    outcomes <- trimws(contend(c(file, file, file)))
    won <- sum(outcomes == "none")
    # Who comes when the first has ended finds a finished run, and goes on with it.
    if (dim(read_chain(file))[1] != 20 * won) both <- both + 1
    if (won == 0) neither <- neither + 1
    file.symlink(file, link)
    before <- published(file)
    won <- sum(trimws(contend(c(file, link))) == "none")
    if (published(file) != before + 20 * won) both <- both + 1

    writer <- forked(function() resume_mcmc(file, normal, n_steps = 1e6))
    wait_until(function() chain_status(file)$state == "running")
    for (path in c(file, link)) {
      if (class_of(resume_mcmc(path, normal, n_steps = 1))[1] != "livechain_error_busy") not_refused <- not_refused + 1
      if (class_of(sample_into(path, options_of$plain, 1, overwrite = TRUE))[1] != "livechain_error_busy") not_refused <- not_refused + 1
    }
    signal(writer, 9)
    wait_until(function() !is_running(writer))
    # In the very process that writes, from inside the density.
    inner <- NULL
    resume_mcmc(link, function(x) {
      if (is.null(inner) && chain_status(file)$state == "running") inner <<- class_of(resume_mcmc(file, normal, n_steps = 1))[1]
      normal(x)
    }, n_steps = 5)
    if (inner != "livechain_error_busy") not_refused <- not_refused + 1
    chain <- read_chain(file)
    n_steps <- min(dim(chain)[1], n_run)
    if (!identical(chain$draws[seq_len(n_steps), , ], reference$draws[seq_len(n_steps), , ])) wrong <- wrong + 1
    unlink(folder, recursive = TRUE)
  }
  result("two writers", n, "rounds", both = both, neither = neither, not_refused = not_refused, wrong = wrong)
}
