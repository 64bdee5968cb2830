# Some hundred steps a second.
slow_run <- function(file, ..., env = parent.frame()) {
  process <- sample_in_background(file, 1e7, thin_by = 50, flush_interval = 0.01, ..., env = env)
  wait_for_steps(file)
  process
}

mirror_in_background <- function(from, ..., env = parent.frame()) {
  in_background(function(from, arguments) do.call(mirror_chain, c(list(from), arguments)), from, list(...), env = env)
}

# A whole run, and its copy, are the same but for what is the writers' own.
expect_copy <- function(to, from, name = "mcmc", except = NULL) {
  expect_identical(read_chain(to, name), read_chain(from, name))
  of_the_writer <- c("rate", "durable", "age", "pid", "size", except)
  of_the_run <- setdiff(names(chain_status(from, name)), of_the_writer)
  expect_identical(as.list(chain_status(to, name))[of_the_run], as.list(chain_status(from, name))[of_the_run])
  expect_identical(describe_stored(to, name)$facts, describe_stored(from, name)$facts)
  check_file(to)
}

kill <- function(process) {
  process$signal(9)
  process$wait()
}

test_that("a run that is going on has a copy that is a prefix of it at any moment", {
  from <- temp_chain()
  to <- temp_chain()
  writer <- slow_run(from)
  mirror <- mirror_in_background(from, to, interval = 0.02)
  wait_for_steps(to)
  seen <- list()
  reader <- open_chain(to)
  until <- Sys.time() + 3
  while (Sys.time() < until) {
    copied <- chain_status(to)
    expect_identical(copied$state, "running")
    expect_lte(copied$n_steps, chain_status(from)$n_steps)
    expect_s3_class(read_new(reader), "chain")
    seen <- c(seen, list(read_chain(to, last = 50)))
  }
  close(reader)
  expect_gt(seen[[length(seen)]]$n_total, seen[[1]]$n_total)
  stop_mcmc(from)
  wait_for_end(mirror)
  expect_null(mirror$get_result()$error)
  wait_for_end(writer)
  expect_copy(to, from)
  whole <- read_chain(from)
  for (chain in seen) expect_identical(chain$draws, whole$draws[chain$steps, , , drop = FALSE])
})

test_that("a mirror that was killed, or whose run was, is taken up", {
  from <- temp_chain()
  to <- temp_chain()
  writer <- slow_run(from)
  mirror <- mirror_in_background(from, to, interval = 0.01)
  wait_for_steps(to, 500)
  kill(mirror)
  expect_identical(chain_status(to)$state, "interrupted")
  n_before <- chain_status(to)$n_steps
  mirror <- mirror_in_background(from, to, interval = 0.01)
  wait_for_steps(to, n_before + 500)
  kill(writer)
  wait_for_end(mirror)
  expect_copy(to, from, except = "ended")
  expect_identical(chain_status(to)$ended, "left")
  suppressMessages(resume_mcmc(from, normal, 100))
  mirror_chain(from, to)
  expect_copy(to, from)
})

test_that("a mirror waits for its run, and for one that was interrupted to be taken up again", {
  from <- temp_chain()
  to <- temp_chain()
  mirror <- mirror_in_background(from, to, interval = 0.05, wait = 60)
  writer <- slow_run(from)
  wait_for_steps(to, 100)
  kill(writer)
  suppressMessages(resume_mcmc(from, normal, 500))
  stop_mcmc(from)
  status <- chain_status(from)
  wait_until(function() chain_status(to)$n_steps == status$n_steps)
  expect_true(mirror$is_alive())
})

test_that("blobs, compressed runs, ensembles, temperatures and streams are mirrored", {
  from <- temp_chain()
  to <- temp_chain()
  with_blobs <- function(x) c(normal(x), square = sum(x^2))
  run_mcmc(with_blobs, named_start(), 300, file = from, name = "blobs", seed = 7)
  run_mcmc(normal, start(), 3000, file = from, name = "compressed", compression = 4, seed = 7)
  run_mcmc(normal, start(40), 300, file = from, name = "ensembles", n_ensembles = 2, seed = 7)
  run_mcmc(normal, start(), 1000, file = from, name = "warm", log_prior = function(x) -sum(x^2) / 200, n_temperatures = 3, adapt_steps = 50, seed = 7)
  writer <- chain_writer(from, 2, c("a", "b"), name = "stream")
  append_steps(writer, array(rnorm(400), c(100, 2, 2)))
  close(writer)
  for (name in list_runs(from)) {
    mirror_chain(from, to, name = name)
    expect_copy(to, from, name)
  }
  expect_setequal(list_runs(to), list_runs(from))
})

test_that("a run that emcee began has a copy, too", {
  from <- file.path(emcee_files(), "plain.h5")
  to <- temp_chain()
  set_as_ours <- function() suppressMessages(resume_mcmc(from, normal, n_steps = 30, name = list_runs(from)[1], verify = FALSE))
  set_as_ours()
  mirror_chain(from, to, name = list_runs(from)[1])
  set_as_ours()
  mirror_chain(from, to, name = list_runs(from)[1])
  expect_copy(to, from, list_runs(from)[1])
})

test_that("a compressed run is followed", {
  from <- temp_chain()
  to <- temp_chain()
  writer <- slow_run(from, compression = 2)
  mirror <- mirror_in_background(from, to, interval = 0.01)
  wait_for_steps(to, chain_status(from)$n_steps + 1)
  expect_identical(chain_status(to)$state, "running")
  kill(mirror)
  stop_mcmc(from)
  wait_for_end(writer)
  mirror_chain(from, to)
  expect_copy(to, from)
})

test_that("a copy is gone on with as the run would be", {
  from <- temp_chain()
  to <- temp_chain()
  run_mcmc(normal, start(), 333, file = from, moves = list(move_de(), move_slice()), weights = c(1, 1), seed = 7)
  mirror_chain(from, to)
  for (file in c(from, to)) suppressMessages(resume_mcmc(file, normal, 200))
  expect_copy(to, from)
})

test_that("a mirror is left when its time is over", {
  from <- temp_chain()
  to <- temp_chain()
  slow_run(from)
  status <- mirror_chain(from, to, interval = 60, timeout = 0.5)
  expect_identical(status$state, "interrupted")
  expect_gt(status$n_steps, 0)
})

test_that("a mirror is asked to end as a run is, which goes on", {
  from <- temp_chain()
  to <- temp_chain()
  slow_run(from)
  mirror <- mirror_in_background(from, to, interval = 0.05)
  wait_for_steps(to)
  stop_mcmc(to)
  wait_for_end(mirror)
  expect_identical(chain_status(to)$state, "interrupted")
  expect_identical(chain_status(from)$state, "running")
})

test_that("a command gets whole files", {
  from <- temp_chain()
  folder <- withr::local_tempdir()
  to <- file.path(folder, "copy.h5")
  command <- sprintf("cat > %s.part && mv %s.part %s", to, to, to)
  writer <- slow_run(from)
  mirror <- mirror_in_background(from, command = command, interval = 0.1)
  wait_for_steps(to, 100)
  looks <- lapply(1:20, function(i) {
    Sys.sleep(0.05)
    read_chain(to)
  })
  expect_gt(length(unique(vapply(looks, function(chain) chain$n_total, 0))), 2)
  stop_mcmc(from)
  wait_for_end(mirror)
  wait_for_end(writer)
  expect_copy(to, from)
  whole <- read_chain(from)
  for (chain in looks) expect_same_chain(chain, whole)
  expect_identical(list.files(folder), "copy.h5")
})

test_that("a command that fails is told of and tried again", {
  from <- temp_chain()
  run_mcmc(normal, start(), 100, file = from, seed = 7)
  to <- temp_chain()
  mark <- withr::local_tempfile()
  fails_once <- sprintf("if test -e %s; then cat > %s; else touch %s; exit 3; fi", mark, to, mark)
  expect_warning(mirror_chain(from, command = fails_once), class = "livechain_warning_command")
  expect_copy(to, from)
  expect_snapshot(mirror_chain(from, command = "exit 3"), error = TRUE)
})

test_that("a copy of another run is not touched", {
  from <- temp_chain()
  to <- temp_chain()
  run_mcmc(normal, start(), 100, file = from, seed = 7)
  run_mcmc(normal, start(), 100, file = to, seed = 8)
  before <- tools::md5sum(to)
  expect_snapshot(mirror_chain(from, to), error = TRUE, transform = scrub)
  expect_identical(tools::md5sum(to), before)
  copy <- temp_chain()
  mirror_chain(from, copy)
  suppressMessages(resume_mcmc(copy, normal, 50))
  expect_snapshot(mirror_chain(from, copy), error = TRUE, transform = scrub)
  expect_identical(dim(read_chain(copy))[1], 150L)
  suppressMessages(resume_mcmc(from, normal, 100))
  mirror_chain(from, copy)
  expect_copy(copy, from)
})

test_that("a copy that is being written is not written twice", {
  from <- temp_chain()
  to <- temp_chain()
  slow_run(from)
  mirror_in_background(from, to, interval = 0.1)
  wait_for_steps(to)
  expect_error(mirror_chain(from, to), class = "livechain_error_busy")
})

test_that("arguments are checked", {
  from <- temp_chain()
  run_mcmc(normal, start(), 10, file = from, seed = 7)
  expect_snapshot(error = TRUE, transform = scrub, {
    mirror_chain(from)
    mirror_chain(from, temp_chain(), command = "cat")
    mirror_chain(from, from)
    mirror_chain(from, dirname(from))
    mirror_chain(from, file.path(dirname(from), "nowhere", "copy.h5"))
    mirror_chain(1, "copy.h5")
    mirror_chain(from, 1)
    mirror_chain(from, command = "")
    mirror_chain(from, temp_chain(), interval = 0)
  })
  foreign <- file.path(emcee_files(), "plain.h5")
  expect_snapshot(mirror_chain(foreign, temp_chain()), error = TRUE, transform = scrub)
})
