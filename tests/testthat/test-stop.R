test_that("a run ends when its rule is met, and is finished then", {
  rule <- function(chain) dim(chain)[1] >= 150
  file <- temp_chain()
  slow <- function(x) {
    Sys.sleep(5e-5)
    normal(x)
  }
  run_mcmc(slow, start(), 1000, seed = 7, file = file, stop_when = rule, check_every = 50) |> expect_message("was met")
  status <- chain_status(file)
  expect_identical(status$state, "finished")
  expect_gte(status$n_steps, 150)
  expect_lt(status$n_steps, 1000)
  expect_same_chain(read_chain(file), reference(status$n_steps))

  in_memory <- suppressMessages(run_mcmc(slow, start(), 1000, seed = 7, stop_when = rule, check_every = 50))
  expect_same_chain(in_memory, reference(dim(in_memory)[1]))
  expect_identical(acceptance_rate(in_memory), acceptance_rate(reference(dim(in_memory)[1])))
})

test_that("a rule is not asked before a compressed run has published its first chunk", {
  file <- temp_chain()
  lengths <- NULL
  rule <- function(chain) {
    lengths <<- c(lengths, dim(chain)[1])
    FALSE
  }
  slow <- function(x) {
    Sys.sleep(2e-5)
    normal(x)
  }
  run_mcmc(slow, start(), 1000, seed = 7, file = file, compression = 4, stop_when = rule, check_every = 10)
  expect_same_chain(read_chain(file), reference(1000))
  expect_true(all(lengths > 10))
})

test_that("converged() is emcee's rule", {
  chain <- reference(3000)
  tau <- max(autocorr_time(chain))
  expect_false(converged()(chain))
  rule <- converged(tau = 50)
  expect_false(rule(chain))
  expect_true(rule(chain))
  strict <- converged(tau = 3000 / tau + 1)
  strict(chain)
  expect_false(strict(chain))
  longer <- converged(tol = 1e-6)
  longer(chain)
  expect_false(longer(reference(3500)))
})

test_that("rules that answer something else are named", {
  expect_snapshot(run_mcmc(normal, start(), 500, stop_when = function(chain) "yes"), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 500, stop_when = TRUE), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 500, stop_when = converged(), check_every = 0), error = TRUE, transform = scrub)
  expect_snapshot(converged(tau = -1), error = TRUE)
})

test_that("a rule that is not called is taken for what it is", {
  expect_snapshot(run_mcmc(normal, start(), 10, stop_when = converged), error = TRUE)
})
