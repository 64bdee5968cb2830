# kill -9 at each single change of the file, one after the other: before it, and amid writes that cross the border of a
# page. See kill_at_write.c.

kills_at_each_write <- function() {
  session <- background(function(here, stride) {
    for (file in c("support", "kills", "kills_at_writes")) source(file.path(here, paste0(file, ".R")))
    cases <- expand.grid(options = names(options_of), work = names(works), torn = c(FALSE, TRUE), stringsAsFactors = FALSE)
    # What describes a second run can cross the border of a page: half a write of it is the one that is not survived.
    cases <- cases[!(cases$torn & cases$work == "adding"), ]
    Reduce(`+`, Map(kill_at_each, cases$options, cases$work, cases$torn, stride))
  }, normalizePath(here), min(50, max(1, round(1 / factor))), env = c(LD_PRELOAD = build_preloaded("kill_at_write")))
  session$wait()
  totals <- session$get_result()
  writeLines(session$read_all_error_lines(), stderr())
  result("kill -9 at each write", totals[["kills"]], "kills", totals[-1])
}

# Compressed steps are published in whole chunks, so that it takes more of them until something happens.
n_written <- c(plain = 6, steps = 6, ordinary = 6, compressed = 200)

works <- list(
  sampling = list(prepare = function(file, options, n_steps) NULL, work = function(file, options, n_steps) sample_into(file, options, n_steps)),
  resuming = list(
    prepare = function(file, options, n_steps) die_at(file, 150, function() sample_into(file, options, n_steps)),
    work = function(file, options, n_steps) go_on_to(n_steps, file, options)
  ),
  adding = list(
    prepare = function(file, options, n_steps) sample_into(file, options, n_steps),
    work = function(file, options, n_steps) sample_into(file, options, n_steps, name = "second")
  )
)

# Whether the child died before it was done.
die_at <- function(file, at, code, torn = FALSE) {
  done <- tempfile()
  child <- forked(function() {
    Sys.setenv(KILL_AT = at)
    if (torn) Sys.setenv(KILL_TORN = 1)
    code()
    Sys.unsetenv("KILL_AT")
    file.create(done)
  })
  wait_until(function() !is_running(child))
  !file.exists(done)
}

# What is written before what differs from run to run, since threads write: how much was published before the kill is what
# kills.R looks at.
kill_at_each <- function(options, work, torn, stride) {
  n_steps <- n_written[[options]]
  options <- options_of[[options]]
  options$flush_interval <- 0
  task <- works[[work]]
  reference <- reference_of(n_steps)
  totals <- c(kills = 0, lost = 0, wrong = 0, stray = 0, errors = 0)
  at <- stride
  repeat {
    folder <- folder_of()
    file <- file.path(folder, "chain.h5")
    task$prepare(file, options, n_steps)
    died <- die_at(file, at, function() task$work(file, options, n_steps), torn)
    totals <- totals + c(died, examine(file, options, reference, seen = 0))
    unlink(folder, recursive = TRUE)
    if (!died) break
    at <- at + stride
  }
  totals
}
