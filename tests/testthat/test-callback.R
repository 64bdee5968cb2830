test_that("a callback is called with the chain so far, exactly when it shall be", {
  file <- temp_chain()
  for (path in list(NULL, file)) {
    seen <- list()
    note <- function(chain) {
      Sys.sleep(0.01)
      seen <<- c(seen, list(chain))
    }
    run_mcmc(normal, start(), 70, seed = 7, file = path, callback = note, callback_every = 20)
    expect_identical(vapply(seen, function(chain) dim(chain)[1], 0L), c(20L, 40L, 60L))
    expect_same_chain(seen[[3]], reference(70))
  }
  seen <- list()
  resume_mcmc(file, normal, 30, callback = note, callback_every = 20)
  expect_identical(vapply(seen, function(chain) dim(chain)[1], 0L), c(80L, 100L))
  seen <- list()
  resume_mcmc(reference(70), normal, 30, callback = note, callback_every = 20)
  expect_same_chain(seen[[2]], reference(100))
})

test_that("a callback does not disturb the rule, and its error ends the run and carries the chain", {
  chain <- suppressMessages(run_mcmc(normal, start(), 500,
    seed = 7, callback = function(chain) TRUE, callback_every = 10,
    stop_when = function(chain) dim(chain)[1] >= 100, check_every = 50
  ))
  expect_gte(dim(chain)[1], 100)
  failing <- function(chain) stop("no more")
  condition <- tryCatch(run_mcmc(normal, start(), 500, seed = 7, callback = failing, callback_every = 30), error = identity)
  expect_match(conditionMessage(condition), "no more")
  expect_identical(dim(condition$chain)[1], 30L)
  expect_snapshot(run_mcmc(normal, start(), 10, callback = "print"), error = TRUE)
  expect_snapshot(run_mcmc(normal, start(), 10, callback = print, callback_every = 0), error = TRUE)
})

test_that("the runs in a file are listed", {
  file <- temp_chain()
  run_mcmc(normal, start(), 5, file = file)
  run_mcmc(normal, start(), 5, file = file, name = "second")
  expect_setequal(list_runs(file), c("mcmc", "second"))
  expect_error(list_runs("no-such-file.h5"), class = "livechain_error_missing")
})
