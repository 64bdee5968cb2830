warning_density <- function(x) {
  if (x[1] > 0) warning("positive")
  sqrt(-1)
  normal(x)
}

warned_by <- function(code) {
  warnings <- list()
  withCallingHandlers(code, warning = function(condition) {
    warnings[[length(warnings) + 1]] <<- condition
    invokeRestart("muffleWarning")
  })
  warnings
}

messages_of <- function(warnings) vapply(warnings, conditionMessage, "")

test_that("each warning of a density is given once, with its count", {
  file <- temp_chain()
  in_memory <- warned_by(chain <- run_mcmc(warning_density, start(), 50, seed = 7))
  in_file <- warned_by(run_mcmc(warning_density, start(), 50, seed = 7, file = file))
  expect_setequal(messages_of(in_memory), messages_of(in_file))
  expect_length(in_memory, 2)
  # at the start, and in each step
  expect_true("NaNs produced (1,020 times)" %in% messages_of(in_memory))
  expect_identical(chain$draws, reference(50)$draws)
})

test_that("the workers' warnings come back", {
  cluster <- parallel::makePSOCKcluster(2, rscript_args = "--vanilla")
  withr::defer(parallel::stopCluster(cluster))
  parallel::clusterCall(cluster, .libPaths, .libPaths())
  density <- warning_density
  environment(density) <- list2env(list(normal = normal), parent = globalenv())
  warnings <- warned_by(chain <- run_mcmc(density, start(), 50, seed = 7, map = cluster))
  expect_setequal(messages_of(warnings), messages_of(warned_by(run_mcmc(warning_density, start(), 50, seed = 7))))
  expect_identical(chain$draws, reference(50)$draws)
})

test_that("they are given when an error ends the run, and where they are errors", {
  fragile <- function(x) {
    warning("fragile")
    if (x[1] > 2) stop("broken")
    normal(x)
  }
  warnings <- warned_by(expect_error(run_mcmc(fragile, start() / 4, 500, seed = 7), "broken"))
  expect_match(messages_of(warnings), "fragile \\([0-9,]+ times\\)")
  at_start <- warned_by(expect_error(run_mcmc(fragile, start() + 3, 5, seed = 7), "broken"))
  expect_identical(messages_of(at_start), "fragile")
  withr::local_options(warn = 2)
  expect_error(run_mcmc(fragile, start() / 4, 500, seed = 7), "fragile")
})

test_that("warnings of very many kinds are counted together", {
  n <- 0
  many <- function(x) {
    n <<- n + 1
    warning("number ", n)
    normal(x)
  }
  warnings <- warned_by(run_mcmc(many, start(), 5, seed = 7))
  expect_length(warnings, 11)
  expect_identical(conditionMessage(warnings[[11]]), "and 110 warnings of other kinds")
})
