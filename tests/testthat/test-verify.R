# A run of 20 steps whose density draws by `code`, which is the same in all of these tests.
stored_run <- function(log_prob = normal, ..., init = start(), env = parent.frame()) {
  file <- temp_chain(env)
  run_mcmc(log_prob, init, 20, file = file, seed = 7, ...)
  file
}

expect_refused <- function(object) expect_error(object, class = "livechain_error_other_density")

test_that("other data or other code are noticed before a step is made", {
  file <- temp_chain()
  log_prob <- function(x, data) sum(dnorm(data, x[1], exp(x[2]), log = TRUE))
  run_mcmc(log_prob, start(), 20, data = 1:5, file = file, seed = 7)
  expect_refused(resume_mcmc(file, log_prob, n_steps = 10, data = c(1:4, 6)))
  expect_refused(resume_mcmc(file, function(x, data) log_prob(x, data) + 1e-4, n_steps = 10, data = 1:5))
  expect_error(resume_mcmc(file, function(x, data) NaN, n_steps = 10, data = 1:5), class = "livechain_error_log_prob")
  expect_identical(chain_status(file)$n_steps, 20)
  resume_mcmc(file, log_prob, n_steps = 10, data = 1:5)
  expect_identical(read_chain(file)$draws, run_mcmc(log_prob, start(), 30, data = 1:5, seed = 7)$draws)
  expect_identical(chain_status(file)$updated, NA_real_)
})

test_that("what differs is shown, and what can be done", {
  file <- stored_run()
  expect_snapshot(resume_mcmc(file, function(x) normal(x) - 1, n_steps = 10), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(file, function(x) NaN, n_steps = 10), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(reference(20), function(x) NA, n_steps = 10, verify = "update"), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(file, normal, n_steps = 10, verify = "no"), error = TRUE, transform = scrub)
})

test_that("verify = \"update\" evaluates all walkers anew, and the file tells from where on", {
  wider <- function(x) normal(x) / 4
  file <- stored_run()
  resume_mcmc(file, wider, n_steps = 10, verify = "update")
  expect_identical(chain_status(file)$updated, 20)
  expect_output(print(chain_status(file)), "another density since step 20")
  chain <- read_chain(file)
  expect_identical(chain$draws[1:20, , ], reference(20)$draws)
  expect_equal(chain$log_prob[30, ], apply(chain$draws[30, , ], 1, wider))
  resume_mcmc(file, wider, n_steps = 10)
  expect_identical(chain_status(file)$updated, 20)
  resume_mcmc(file, normal, n_steps = 10, verify = "update")
  expect_identical(chain_status(file)$updated, 40)
  expect_identical(check_file(file)$ok, TRUE)
})

test_that("a density that is random by design is resumed without being verified", {
  noisy <- function(x) normal(x) + rnorm(1, sd = 0.1)
  file <- stored_run(noisy)
  expect_refused(resume_mcmc(file, noisy, n_steps = 10))
  resume_mcmc(file, noisy, n_steps = 10, verify = FALSE)
  expect_identical(chain_status(file)[c("n_steps", "updated")], data.frame(n_steps = 30, updated = NA_real_), ignore_attr = TRUE)
})

test_that("densities of every kind are verified", {
  with_blobs <- function(x) list(normal(x), side = if (x[1] > 0) "right" else "left")
  file <- stored_run(with_blobs)
  expect_refused(resume_mcmc(file, function(x) list(2 * normal(x), side = "left"), n_steps = 10))
  resume_mcmc(file, with_blobs, n_steps = 10)
  expect_same_chain(read_chain(file), reference(30))

  rows <- function(x) -rowSums(x^2) / 2
  file <- stored_run(rows, vectorized = TRUE)
  expect_refused(resume_mcmc(file, function(x) 2 * rows(x), n_steps = 10))
  resume_mcmc(file, rows, n_steps = 10)
  expect_same_chain(read_chain(file), reference(30))
})

test_that("why a run ended is in its file", {
  ended <- function(file) as.list(chain_status(file)[c("state", "ended", "reason")])
  file <- stored_run()
  expect_identical(ended(file), list(state = "finished", ended = "finished", reason = NA_character_))
  expect_identical(chain_status(file)$durable, 20)
  expect_error(resume_mcmc(file, function(x) if (x[1] > 1) stop("out of tea") else normal(x), n_steps = 200, verify = FALSE))
  expect_identical(ended(file)[1:2], list(state = "interrupted", ended = "error"))
  expect_match(chain_status(file)$reason, "out of tea")
  expect_output(print(chain_status(file)), "ended by an error: out of tea")

  process <- sample_in_background(file, 1e7, name = "killed")
  wait_until(function() "killed" %in% chain_status(file, NULL)$name && chain_status(file, "killed")$n_steps > 0)
  expect_identical(chain_status(file, "killed")$ended, NA_character_)
  process$kill()
  expect_output(print(chain_status(file, "killed")), "its process died")
})

test_that("much that was written is brought to the disk before its time", {
  file <- temp_chain()
  writer <- chain_writer(file, 100, 100, flush_interval = 0, sync_interval = 1e6)
  append_steps(writer, array(0, c(500, 100, 100)), matrix(0, 500, 100)) # 40 MB
  expect_identical(chain_status(file)$durable, 0)
  append_steps(writer, array(0, c(500, 100, 100)), matrix(0, 500, 100))
  wait_until(function() chain_status(file)$durable >= 800)
  close(writer)
  expect_identical(chain_status(file)$durable, 1000)
})

test_that("a run is ended from another session, as asked, and can be continued", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e7)
  wait_for_steps(file)
  expect_true(stop_mcmc(file))
  wait_for_end(process, 30)
  expect_identical(process$get_result(), "done")
  status <- chain_status(file)
  expect_identical(status$ended, "request")
  expect_identical(status$durable, status$n_steps)
  expect_false(stop_mcmc(file))
  resume_mcmc(file, normal, n_steps = 10)
  expect_same_chain(read_chain(file), reference(status$n_steps + 10))
})

test_that("the end of a chain is read alone, and the beginning is waited for", {
  file <- stored_run()
  chain <- read_chain(file)
  for (last in c(1, 7, 20, 100)) {
    n <- min(last, 20)
    expect_identical(read_chain(file, last = last)$draws, chain$draws[seq(21 - n, 20), , , drop = FALSE])
  }
  expect_identical(read_chain(file, discard = 4, thin = 3, last = 2)$steps, c(16, 19))
  expect_error(read_chain(file, last = 0), class = "livechain_error_argument")

  later <- temp_chain()
  expect_error(read_chain(later, wait = 0.1), class = "livechain_error_missing")
  process <- sample_in_background(later, 100)
  expect_gt(dim(read_chain(later, wait = 60))[1], 0)
  wait_for_end(process)
})

test_that("a file is verified, and what is found is said in words", {
  file <- stored_run()
  run_mcmc(function(x) c(normal(x), one = 1), start(), 30, file = file, name = "second", compression = 4)
  expect_snapshot(check_file(file), transform = scrub)
  chain <- read_chain(file)
  bytes <- readBin(file, "raw", file.size(file))
  at <- grepRaw(writeBin(chain$draws[12, , 1], raw(), endian = "little")[1:8], bytes, fixed = TRUE, all = TRUE)
  stays <- chain$draws[, 1, 1] == chain$draws[12, 1, 1]
  bytes[at[length(at)]] <- xor(bytes[at[length(at)]], as.raw(1))
  writeBin(bytes, file)
  check <- check_file(file)
  wrong <- as.double(max(which(stays)))
  expect_identical(check$first_wrong[check$name == "mcmc"], wrong)
  expect_identical(check$n_right[check$name == "mcmc"], wrong - 1)
  expect_snapshot(print(check), transform = scrub)
  expect_snapshot(read_chain(file), error = TRUE, transform = scrub)
  expect_identical(dim(read_chain(file, "second"))[1], 30L)
  expect_message(resume_mcmc(file, normal), class = "livechain_message_dropped")
  expect_same_chain(read_chain(file), reference(20))
  expect_snapshot(check_file(file.path(emcee_files(), "plain.h5")))
  expect_snapshot(check_file(temp_chain()), error = TRUE, transform = scrub)
  expect_identical(nrow(check_file(stored_run())), 1L)
})

test_that("of a file that does not tell its runs, that is told", {
  file <- stored_run()
  bytes <- readBin(file, "raw", file.size(file))
  without_start <- replace(bytes, 1:4096, as.raw(0))
  for (damaged in list(bytes[1:200], without_start, raw())) {
    writeBin(damaged, file)
    check <- check_file(file)
    expect_identical(check[c("name", "ok")], data.frame(name = NA_character_, ok = FALSE), ignore_attr = TRUE)
    expect_match(check$problem, "is damaged|is not an HDF5 file")
  }
  expect_snapshot(check, transform = scrub)
})

test_that("a session that has looked at cut files ends in silence", {
  skip_if_not_installed("callr")
  file <- withr::local_tempfile(fileext = ".h5")
  run_mcmc(normal, start(), 200, file = file, seed = 1)
  said <- withr::local_tempfile()
  looked <- callr::r(function(file) {
    bytes <- readBin(file, "raw", file.size(file))
    vapply(c(500, 2500, 6000, 12000), function(n) {
      cut <- tempfile()
      writeBin(bytes[seq_len(n)], cut)
      tryCatch(livechain::read_chain(cut), error = function(condition) class(condition)[1])
    }, "")
  }, list(file), stderr = said)
  expect_identical(unique(looked), "livechain_error_damaged")
  expect_identical(readLines(said), character())
})

test_that("a refused density leaves the run's end as it is", {
  file <- temp_chain()
  log_prob <- function(x) if (x[1] > 1.5) stop("too far") else normal(x)
  expect_error(run_mcmc(log_prob, start() / 10, 1000, file = file, seed = 7), "too far")
  before <- chain_status(file)[c("state", "ended", "reason", "rate")]
  expect_identical(before$ended, "error")
  expect_refused(resume_mcmc(file, function(x) log_prob(x) - 1))
  expect_identical(chain_status(file)[c("state", "ended", "reason", "rate")], before)
})

test_that("differences count, however large the log-probabilities are", {
  file <- stored_run(function(x) normal(x) - 1e9)
  expect_refused(resume_mcmc(file, function(x) 3 * normal(x - 1) - 1e9, n_steps = 5))
  resume_mcmc(file, function(x) normal(x) - 1e9 + 1e-6, n_steps = 5)
  expect_identical(chain_status(file)$n_steps, 25)
})

test_that("verify = \"update\" needs a density that allows some of the positions", {
  file <- stored_run()
  expect_error(resume_mcmc(file, function(x) -Inf, n_steps = 5, verify = "update"), class = "livechain_error_log_prob")
  expect_identical(chain_status(file)$n_steps, 20)
})

test_that("a term cannot move from the likelihood to the prior", {
  likelihood <- function(x) sum(stats::dnorm(x, 1, 0.3, log = TRUE))
  prior <- function(x) sum(stats::dnorm(x, log = TRUE))
  file <- temp_chain()
  run_mcmc(likelihood, start(), 50, log_prior = prior, n_temperatures = 3, seed = 7, file = file)
  less <- function(x) likelihood(x) - 100
  more <- function(x) prior(x) + 100
  expect_error(resume_mcmc(file, less, 10, log_prior = more), class = "livechain_error_other_density")
  chain <- run_mcmc(likelihood, start(), 50, log_prior = prior, seed = 7)
  expect_error(resume_mcmc(chain, less, 10, log_prior = more), "a log-likelihood of", class = "livechain_error_other_density")
  resume_mcmc(file, likelihood, 10, log_prior = prior)
  expect_identical(chain_status(file)$n_steps, 60)
})

test_that("steps of another density are told from those of the present one", {
  before <- function(x) -sum(x^2) / 2
  after <- function(x) -sum((x - 3)^2) / 2 - 50
  go_on <- function(x) suppressMessages(resume_mcmc(x, after, n_steps = 1000, verify = "update"))
  file <- temp_chain()
  run_mcmc(before, start(), 1000, seed = 1, file = file)
  go_on(file)
  in_memory <- go_on(run_mcmc(before, start(), 1000, seed = 1))
  for (chain in list(read_chain(file), in_memory)) {
    expect_output(print(chain), "steps up to 1,000 are of another density")
    expect_gt(min(best_step(chain)), 2)
    expect_gt(attr(best_step(chain, thin = 7), "step"), 1000)
    expect_identical(diagnose(chain, discard = 0)$problems$kind[1], "density")
    expect_false("density" %in% diagnose(chain)$problems$kind)
    expect_equal(summary(chain, discard = "auto")$mean, c(3, 3), tolerance = 0.1)
    expect_identical(chain[1:1500, , ]$updated_at, 1000)
  }
  expect_identical(diagnose(file, discard = 0)$problems$kind[1], "density")
  expect_gt(read_chain(file, discard = "auto")$steps[1], 1000)
  expect_identical(c(run_mcmc(after, start(), 10, seed = 2), in_memory)$updated_at, 1010)
  expect_null(read_chain(stored_run())$updated_at)
})

test_that("rules go by the steps of the present density", {
  before <- function(x) -sum(x^2) / 2
  after <- function(x) -sum((x - 3)^2) / 2
  for (rule in list(converged(ess = 300), converged_tau(tau = 20, tol = 0.2))) {
    file <- temp_chain()
    long <- run_mcmc(before, start(), 2000, seed = 1)
    run_mcmc(before, start(), 2000, seed = 1, file = file)
    go_on <- function(x) suppressMessages(resume_mcmc(x, after, n_steps = 3000, verify = "update", stop_when = rule))
    chain <- go_on(long)
    go_on(file)
    expect_gt(chain$n_total, 2100)
    expect_lt(chain$n_total, 5000)
    expect_identical(chain_status(file)$n_steps, as.double(chain$n_total))
  }
})

test_that("a vectorized density is one of each row", {
  mu <- c(0, 5)
  expect_snapshot(run_mcmc(function(x) -rowSums((x - mu)^2) / 2, start(), 10, vectorized = TRUE), error = TRUE, transform = scrub)
  y <- seq_len(10) / 10
  expect_error(run_mcmc(function(x) dnorm(y, x[, 1], log = TRUE), start(), 10, vectorized = TRUE), class = "livechain_error_log_prob")
  right <- function(x) -rowSums(sweep(x, 2, mu)^2) / 2
  expect_identical(dim(run_mcmc(right, start(), 10, vectorized = TRUE)), c(10L, 20L, 2L))
  noisy <- function(x) right(x) + rnorm(nrow(x))
  expect_identical(dim(run_mcmc(noisy, start(), 10, vectorized = TRUE)), c(10L, 20L, 2L))
})
