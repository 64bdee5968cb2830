quiet_run <- function(...) suppressMessages(run_mcmc(...))
at_least <- function(n) function(chain) dim(chain)[1] >= n

test_that("a run ends when its rule is met, and is finished then", {
  file <- temp_chain()
  run_mcmc(normal, start(), 1000, seed = 7, file = file, stop_when = at_least(120), check_every = 50) |>
    expect_message("was met") |>
    suppressMessages()
  status <- chain_status(file)
  expect_identical(status$state, "finished")
  expect_identical(status$n_steps, 150)
  expect_same_chain(read_chain(file), reference(150))

  expect_identical(as.list(chain_status(file))[c("ended", "reason")], list(ended = "rule", reason = "at_least(120)"))
  expect_output(print(chain_status(file)), "its rule was met: at_least(120)", fixed = TRUE)
  in_memory <- quiet_run(normal, start(), 1000, seed = 7, stop_when = at_least(120), check_every = 50)
  expect_identical(dim(in_memory)[1], 150L)
  expect_same_chain(in_memory, reference(150))
  expect_identical(acceptance_rate(in_memory), acceptance_rate(reference(150)))
})

test_that("check_every holds, always; by default a rule is asked at growing lengths, also by a run that is taken up", {
  lengths <- NULL
  never <- function(chain) {
    lengths <<- c(lengths, dim(chain)[1])
    FALSE
  }
  quiet_run(normal, start(), 300, seed = 7, stop_when = never, check_every = 30)
  expect_identical(lengths, seq(30L, 300L, by = 30L))

  growing <- c(100L, 120L, 144L, 172L, 206L, 247L, 296L)
  lengths <- NULL
  quiet_run(normal, start(), 300, seed = 7, stop_when = never)
  expect_identical(lengths, growing)
  file <- temp_chain()
  lengths <- NULL
  quiet_run(normal, start(), 130, seed = 7, file = file, stop_when = never)
  suppressMessages(resume_mcmc(file, normal, 170, stop_when = never))
  expect_identical(lengths, growing)
})

test_that("a rule is not asked before a compressed run has published its first chunk", {
  file <- temp_chain()
  lengths <- NULL
  rule <- function(chain) {
    lengths <<- c(lengths, dim(chain)[1])
    FALSE
  }
  quiet_run(normal, start(), 1000, seed = 7, file = file, compression = 4, stop_when = rule, check_every = 10)
  expect_same_chain(read_chain(file), reference(1000))
  expect_true(all(lengths > 10))
})

test_that("a rule that fails lets the run go on, and is heard once", {
  rule <- function(chain) stop("no idea")
  expect_warning(chain <- quiet_run(normal, start(), 300, seed = 7, stop_when = rule), class = "livechain_warning_rule")
  expect_identical(dim(chain)[1], 300L)
  too_short <- function(chain) all(autocorr_time(chain) > 0)
  expect_no_warning(chain <- quiet_run(normal, start(), 300, seed = 7, stop_when = too_short))
  expect_identical(dim(chain)[1], 300L)
})

test_that("converged() stops on enough draws, in memory and in a file", {
  chain <- quiet_run(normal, start(), 50000, seed = 7, stop_when = converged())
  n <- dim(chain)[1]
  expect_lt(n, 50000)
  expect_gt(min(ess(chain, tol = 20)), 900)
  expect_gt(min(n / autocorr_time(chain, tol = 20)), 20)
  file <- temp_chain()
  quiet_run(normal, start(), 50000, seed = 7, stop_when = converged(), file = file)
  expect_lt(chain_status(file)$n_steps, 50000)
  demanding <- quiet_run(normal, start(), 50000, seed = 7, stop_when = converged(ess = 5000))
  expect_gt(dim(demanding)[1], 2 * n)
})

test_that("converged() never stops where walkers stay apart, which emcee's rule does", {
  modes <- function(x) log(sum(stats::dnorm(x, c(-20, 20))))
  init <- withr::with_seed(1, matrix(rep(c(-20, 20), 10) + stats::rnorm(20)))
  sample <- function(rule) quiet_run(modes, init, 20000, seed = 1, moves = move_stretch(), stop_when = rule)
  expect_identical(dim(sample(converged()))[1], 20000L)
  expect_lt(dim(sample(converged_tau(tol = 0.05)))[1], 20000L)
})

test_that("converged() does not stop while a walker is stuck", {
  chain <- reference(5000)
  expect_true(converged()(chain))
  expect_false(converged(rhat = 1.00001)(chain))
  chain$log_prob[, 3] <- -Inf
  expect_false(converged()(chain))
})

test_that("converged_tau() is emcee's rule, and begins anew with each run", {
  chain <- reference(3000, moves = move_stretch())
  tau <- max(autocorr_time(chain, center = "walker"))
  expect_false(converged_tau()(chain))
  rule <- converged_tau(tau = 50)
  expect_false(rule(chain))
  expect_true(rule(chain))
  begin_rule(rule)
  expect_false(rule(chain))
  strict <- converged_tau(tau = 3000 / tau + 1)
  strict(chain)
  expect_false(strict(chain))
  longer <- converged_tau(tol = 1e-6)
  longer(chain)
  expect_false(longer(reference(3500, moves = move_stretch())))
})

test_that("converged_tau() sees in a file what it sees in memory", {
  rule <- function() converged_tau(tau = 20, tol = 0.2)
  file <- temp_chain()
  chain <- quiet_run(normal, start(), 20000, seed = 7, stop_when = rule())
  quiet_run(normal, start(), 20000, seed = 7, stop_when = rule(), file = file)
  expect_lt(dim(chain)[1], 20000)
  expect_identical(chain_status(file)$n_steps, as.double(dim(chain)[1]))
})

test_that("max_time() ends a run in time, and not before", {
  slow <- function(x) {
    Sys.sleep(1e-3)
    normal(x)
  }
  for (file in list(NULL, temp_chain())) {
    time <- system.time(quiet_run(slow, start(), 1e5, seed = 7, file = file, stop_when = max_time(1.5)))[["elapsed"]]
    expect_gt(time, 1.4)
    expect_lt(time, 15)
  }
  expect_identical(dim(quiet_run(normal, start(), 300, seed = 7, stop_when = max_time(1000)))[1], 300L)
})

test_that("rules are combined", {
  n_of <- function(rule) dim(quiet_run(normal, start(), 1000, seed = 7, stop_when = rule, check_every = 10))[1]
  expect_identical(n_of(any_of(at_least(200), at_least(100))), 100L)
  expect_identical(n_of(all_of(at_least(200), at_least(100))), 200L)
  expect_identical(n_of(any_of(converged(), all_of(at_least(50), at_least(70)), max_time(1000))), 70L)
  cannot_tell <- function(chain) autocorr_time(chain)
  expect_identical(n_of(any_of(cannot_tell, at_least(100))), 100L)
})

test_that("rules that answer something else are named", {
  expect_snapshot(run_mcmc(normal, start(), 500, stop_when = function(chain) "yes"), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 500, stop_when = TRUE), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 500, stop_when = converged(), check_every = 0), error = TRUE, transform = scrub)
  expect_snapshot(converged(tau = -1), error = TRUE)
  expect_snapshot(converged(rhat = 1), error = TRUE)
  expect_snapshot(converged_tau(tol = 0), error = TRUE)
  expect_snapshot(max_time(0), error = TRUE)
  expect_snapshot(any_of(), error = TRUE)
  expect_snapshot(all_of(converged, 3), error = TRUE)
})

test_that("a rule that is not called is taken for what it is", {
  expect_snapshot(run_mcmc(normal, start(), 10, stop_when = converged), error = TRUE)
})

test_that("a rule that does not know yet lets the run go on", {
  unknown <- function(chain) NA
  expect_identical(dim(run_mcmc(normal, start(), 200, seed = 7, stop_when = unknown))[1], 200L)
  rule <- all_of(unknown, function(chain) TRUE)
  expect_identical(dim(run_mcmc(normal, start(), 200, seed = 7, stop_when = rule))[1], 200L)
})

test_that("a rule that fails is said, also of our own errors, and keeps no other from ending the run", {
  wrong <- function(chain) min(ess(chain, parameters = "typo")) > 100
  expect_warning(run_mcmc(normal, start(), 300, seed = 7, stop_when = wrong), class = "livechain_warning_rule")
  expect_warning(
    chain <- run_mcmc(normal, start(), 1e6, seed = 7, stop_when = any_of(function(chain) stop("bad"), max_time(0.2)), check_every = 10),
    class = "livechain_warning_rule"
  )
  expect_lt(dim(chain)[1], 1e6)
  expect_error(
    run_mcmc(normal, start(), 300, seed = 7, stop_when = any_of(function(chain) 3, max_time(100))), class = "livechain_error_argument"
  )
})

test_that("a rule is shown as it was made", {
  expect_snapshot(converged(ess = 500))
  expect_snapshot(any_of(all_of(converged_tau(), function(chain) TRUE), max_time(7200)))
})
