quiet <- function(code) suppressMessages(code)

test_that("a job starts a run, the next takes it up, and the last says that all is done", {
  file <- temp_chain()
  job <- function(...) quiet(run_or_resume(normal, start(), 200, file = file, seed = 7, thin_by = 1, ...))
  slow <- function(x) {
    Sys.sleep(0.002)
    normal(x)
  }
  withr::local_envvar(SLURM_JOB_END_TIME = format(ceiling(as.double(Sys.time())) + 11))
  expect_false(quiet(run_or_resume(slow, start(), 200, file = file, seed = 7, margin = 10)))
  expect_identical(chain_status(file)$reason, "max_time()")
  expect_lt(chain_status(file)$n_steps, 200)
  withr::local_envvar(SLURM_JOB_END_TIME = NA)
  expect_true(job())
  expect_same_chain(read_chain(file), reference(200))
  expect_message(expect_true(run_or_resume(normal, start(), 200, file = file)), "done, after 200 steps")
})

test_that("a rule that looks at the chain ends a run for good, one of the clock until it is taken up", {
  file <- temp_chain()
  long <- function(chain) dim(chain)[1] >= 150
  job <- function(...) quiet(run_or_resume(normal, start(), 1e6, file = file, seed = 7, ...))
  expect_true(job(stop_when = long))
  n <- chain_status(file)$n_steps
  expect_true(job(stop_when = long))
  expect_identical(chain_status(file)$n_steps, n)
  expect_false(job(stop_when = max_time(0.5)))
  expect_gt(chain_status(file)$n_steps, n)
})

test_that("SIGUSR1 ends a run as SIGTERM does", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e7, flush_interval = 0.01)
  wait_for_steps(file, 10)
  process$signal(tools::SIGUSR1)
  wait_for_end(process, 100)
  expect_identical(process$get_exit_status(), -15L)
  expect_identical(chain_status(file)$ended, "signal")
})

test_that("max_time() knows the limit of a scheduler", {
  withr::local_envvar(SLURM_JOB_END_TIME = NA, SLURM_JOB_ID = NA, PBS_WALLTIME = NA)
  expect_identical(job_end(), NA_real_)
  expect_snapshot(max_time(), error = TRUE)
  withr::local_envvar(PBS_WALLTIME = "3600")
  expect_lt(abs(job_end() - (as.double(Sys.time()) - proc.time()[["elapsed"]] + 3600)), 5)
  withr::local_envvar(SLURM_JOB_END_TIME = "1700000000")
  expect_identical(job_end(), 1.7e9)
  expect_true(max_time()(NULL))
})

test_that("a file must be named", {
  expect_snapshot(run_or_resume(normal, start(), 5, "x.h5"), error = TRUE)
})

test_that("what the posterior depends on must be what the run was begun with", {
  file <- temp_chain()
  init <- abs(named_start())
  run <- function(...) run_or_resume(normal, init, 20, ..., file = file, seed = 1)
  run(lower = c(a = 0))
  expect_true(run(lower = c(a = 0)))
  expect_snapshot(run(lower = c(a = 0.5)), error = TRUE, transform = scrub)
  expect_snapshot(run(), error = TRUE, transform = scrub)
  expect_snapshot(run(lower = c(a = 0), thin_by = 5), error = TRUE, transform = scrub)
  for (other in list(list(periodic = c(b = 6)), list(n_ensembles = 2), list(vectorized = TRUE), list(n_temperatures = 2))) {
    expect_error(do.call(run, c(list(lower = c(a = 0)), other)), names(other), class = "livechain_error_argument")
  }
  expect_snapshot(run_or_resume(normal, init[1:10, ], 30, file = file, lower = c(a = 0)), error = TRUE, transform = scrub)
  colnames(init) <- c("a", "c")
  expect_error(run(lower = c(a = 0)), "init", class = "livechain_error_argument")
})
