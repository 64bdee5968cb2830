folder_of_runs <- function(n, env = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = env)
  for (i in seq_len(n)) run_mcmc(normal, start(), 50, seed = i, file = file.path(folder, paste0("run", i, ".h5")))
  folder
}

test_that("the runs of a folder are one table, the newest first", {
  folder <- suppressMessages(folder_of_runs(2))
  writeLines("no chain", file.path(folder, "other.h5"))
  file <- file.path(folder, "new.h5")
  Sys.sleep(1)
  suppressMessages(run_mcmc(normal, start(), 10, file = file, name = "fit"))
  status <- chain_status(folder)
  expect_identical(status$file[1], "new.h5")
  expect_setequal(status$file, c("new.h5", "run1.h5", "run2.h5"))
  expect_identical(status$n_steps[1], 10)
  expect_identical(sub(".*/", "", status$verdict[1]), status$verdict[1])
  expect_output(print(status), "new.h5:fit +finished +10 +100%")
  expect_output(print(status[, 1:3]), "file")
  expect_output(print(chain_status(withr::local_tempdir())), "no run in this folder")
})

test_that("watch_chain() follows the runs of a folder until all have ended", {
  folder <- suppressMessages(folder_of_runs(1))
  process <- sample_in_background(file.path(folder, "going.h5"), 1e7, flush_interval = 0.01)
  wait_for_steps(file.path(folder, "going.h5"))
  killer <- in_background(function(pid) {
    Sys.sleep(2)
    tools::pskill(pid, 9)
  }, process$get_pid())
  output <- capture.output(status <- watch_chain(folder, interval = 0.5))
  expect_match(output, "going.h5 +running", all = FALSE)
  expect_match(output, "going.h5 +interrupted .*its process died", all = FALSE)
  expect_identical(sort(status$state), c("finished", "interrupted"))
})

test_that("a look at many runs reads only what has changed", {
  folder <- suppressMessages(folder_of_runs(8))
  look <- folder_look(folder)
  first <- look()
  file.remove(file.path(folder, "run1.h5"))
  suppressMessages(resume_mcmc(file.path(folder, "run2.h5"), normal, 10))
  second <- look()
  expect_identical(second$n_steps[second$file == "run2.h5"], 60)
  expect_identical(nrow(second), 7L)
  expect_identical(second$verdict[second$file == "run3.h5"], first$verdict[first$file == "run3.h5"])
})

test_that("runs of separate jobs are combined as ensembles", {
  folder <- suppressMessages(folder_of_runs(3))
  files <- file.path(folder, paste0("run", 1:3, ".h5"))
  chain <- combine_chains(files, discard = 10)
  expect_identical(dim(chain), c(40L, 60L, 2L))
  expect_identical(chain$n_ensembles, 3)
  expect_identical(chain$draws[, 21:40, ], read_chain(files[2], discard = 10)$draws[, , ])
  expect_identical(rhat(chain), rhat(unclass(chain)$draws, n_ensembles = 3))
  suppressMessages(resume_mcmc(files[1], normal, 10))
  expect_identical(dim(combine_chains(files))[1], 50L)
  expect_snapshot(combine_chains(files[c(1, 2, 2)]), error = TRUE)
  expect_snapshot(combine_chains(1), error = TRUE)
  other <- temp_chain()
  suppressMessages(run_mcmc(normal, start(10), 50, file = other))
  expect_snapshot(combine_chains(c(files, other)), error = TRUE)
})
