test_that("the state is running, finished or interrupted", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e6, flush_interval = 0.01)
  wait_for_steps(file, 100)
  running <- chain_status(file)
  expect_identical(running$state, "running")
  expect_identical(running$pid, as.double(process$get_pid()))
  expect_identical(running$target, 1e6)
  expect_gt(running$rate, 0)
  expect_gt(running$remaining, 0)
  expect_lt(running$age, 30)
  process$kill()
  expect_identical(chain_status(file)$state, "interrupted")
  expect_true(repair_chain(file))
  expect_false(repair_chain(file))
  expect_identical(chain_status(file)$state, "interrupted")
})

test_that("all runs of a file are listed", {
  file <- temp_chain()
  run_mcmc(normal, start(), 10, file = file)
  run_mcmc(normal, start(30, 3), 20, file = file, name = "second")
  status <- chain_status(file, name = NULL)
  expect_identical(status$n_walkers[match(c("mcmc", "second"), status$name)], c(20, 30))
  expect_identical(status$state, c("finished", "finished"))
  expect_output(print(status), "second: finished, 20 of 20 steps")
})

test_that("no look fails while other files take the file's place", {
  file <- temp_chain()
  copies <- withr::local_tempdir()
  run_mcmc(normal, start(), 10, file = file)
  process <- in_background(function(file, copies) {
    for (i in 1:500) {
      Sys.sleep(0.01)
      copy <- file.path(copies, "copy.h5")
      file.copy(file, copy)
      file.rename(copy, file)
    }
    "done"
  }, file, copies)
  while (process$is_alive()) {
    expect_identical(chain_status(file)$state, "finished")
    expect_identical(chain_status(file, NULL)$n_steps, 10)
  }
  expect_identical(process$get_result(), "done")
})

test_that("what is not a chain is an error", {
  expect_snapshot(chain_status(temp_chain()), error = TRUE, transform = scrub)
  expect_snapshot(chain_status(NULL), error = TRUE, transform = scrub)
  expect_snapshot(repair_chain(temp_chain()), error = TRUE, transform = scrub)
  text <- withr::local_tempfile(lines = "text", fileext = ".txt")
  expect_snapshot(repair_chain(text), error = TRUE, transform = scrub)
  expect_snapshot(chain_status(text), error = TRUE, transform = scrub)
})

test_that("a part of a status prints as a data frame", {
  file <- temp_chain()
  run_mcmc(normal, start(), 10, file = file)
  expect_output(print(chain_status(file)[c("state", "n_steps")]), "finished +10")
})

test_that("no message advises to use a tool that destroys chains", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e6)
  wait_for_steps(file)
  condition <- tryCatch(read_chain(file, swmr = FALSE), livechain_error_busy = identity)
  expect_false(grepl("h5clear", conditionMessage(condition)))
  process$kill()
})

test_that("a writer that died is dead, also when its parent has not noticed", {
  file <- temp_chain()
  code <- sprintf(
    ".libPaths(%s); livechain::run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 1e7, file = '%s')",
    deparse1(.libPaths()), file
  )
  rscript <- file.path(R.home("bin"), "Rscript")
  both <- paste(rscript, "-e", shQuote(code), "& exec sleep 20")
  system2("sh", c("-c", shQuote(both)), wait = FALSE, stdout = FALSE, stderr = FALSE)
  wait_for_steps(file)
  tools::pskill(chain_status(file)$pid, tools::SIGKILL)
  wait_until(function() chain_status(file)$state == "interrupted", seconds = 5)
  n_steps <- chain_status(file)$n_steps
  resume_mcmc(file, normal, n_steps = 1)
  expect_identical(chain_status(file)$n_steps, n_steps + 1)
})

test_that("a run that is not there cannot be stopped, and its file is not damaged", {
  file <- temp_chain()
  run_mcmc(normal, start(), 5, seed = 7, file = file)
  expect_error(stop_mcmc(file, "other"), class = "livechain_error_no_run")
})

test_that("a long reason ends with a word", {
  file <- temp_chain()
  n_calls <- 0
  words <- paste(rep("weather", 60), collapse = " ")
  failing <- function(x) if ((n_calls <<- n_calls + 1) > 100) stop(words) else normal(x)
  expect_error(run_mcmc(failing, start(), 20, seed = 7, file = file))
  expect_match(chain_status(file)$reason, "^(weather )+weather[.]{3}$")
})
