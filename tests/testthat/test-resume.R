test_that("resuming finishes what the first call owes, and adds what is asked for", {
  file <- temp_chain()
  n_calls <- 0
  failing <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 500) stop("enough")
    normal(x)
  }
  expect_error(run_mcmc(failing, start(), 100, file = file, seed = 7), "enough")
  expect_identical(chain_status(file)$state, "interrupted")
  expect_identical(chain_status(file)$target, 100)
  resume_mcmc(file, normal)
  expect_identical(chain_status(file)$state, "finished")
  expect_same_chain(read_chain(file), reference(100))
  resume_mcmc(file, normal, n_steps = 50)
  expect_same_chain(read_chain(file), reference(150))
  expect_identical(chain_status(file)$target, 150)
})

test_that("a finished run owes nothing", {
  file <- temp_chain()
  run_mcmc(normal, start(), 10, file = file)
  expect_message(resume_mcmc(file, normal), "finished")
  expect_identical(chain_status(file)$n_steps, 10)
})

test_that("everything but the density is remembered", {
  file <- temp_chain()
  moves <- list(move_stretch(a = 3), move_stretch(n_splits = 4))
  log_prob <- function(x) -rowSums(x^2) / 2
  arguments <- list(log_prob, named_start(), moves = moves, weights = c(1, 3), thin_by = 3, vectorized = TRUE, seed = 5)
  do.call(run_mcmc, c(arguments, list(n_steps = 20, file = file, compression = 3)))
  resume_mcmc(file, log_prob, n_steps = 20)
  expect_same_chain(read_chain(file), do.call(run_mcmc, c(arguments, list(n_steps = 40))))
})

test_that("... goes to the density", {
  file <- temp_chain()
  log_prob <- function(x, scale) -sum(x^2) / scale
  run_mcmc(log_prob, start(), 20, file = file, seed = 7, scale = 2)
  resume_mcmc(file, log_prob, n_steps = 20, scale = 2)
  expect_same_chain(read_chain(file), reference(40))
})

test_that("killed at any moment, a run keeps its published steps and ends in the same bits", {
  n_steps <- 20000
  full <- reference(n_steps)
  n_kills <- as.integer(Sys.getenv("LIVECHAIN_KILLS", "24"))
  survived <- vapply(seq_len(n_kills), function(i) {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "chain.h5")
    process <- sample_in_background(file, n_steps,
      flush_interval = c(0, 0.01, 0.5)[i %% 3 + 1], compression = if (i %% 4 == 0) 4 else 0
    )
    wait_until(function() file.exists(file))
    Sys.sleep(runif(1, 0, 0.3))
    process$kill()
    status <- chain_status(file)
    expect_identical(status$state, if (status$n_steps < n_steps) "interrupted" else "finished")
    if (status$n_steps > 0) expect_same_chain(read_chain(file), full)
    suppressMessages(resume_mcmc(file, normal))
    expect_same_chain(read_chain(file), full)
    expect_identical(list.files(folder, all.files = TRUE, no.. = TRUE), "chain.h5")
    status$state == "interrupted"
  }, TRUE)
  expect_gt(sum(survived), n_kills / 2)
})

test_that("what a killed process left beside a file is removed by the next one", {
  folder <- withr::local_tempdir()
  file <- file.path(folder, "chain.h5")
  aside <- function(process) sprintf(".chain.h5.%d.part", process$get_pid())
  dead <- in_background(function() NULL)
  wait_for_end(dead)
  alive <- in_background(function() Sys.sleep(60))
  file.create(file.path(folder, c(aside(dead), aside(alive))))
  run_mcmc(normal, start(), 5, file = file)
  expect_setequal(list.files(folder, all.files = TRUE, no.. = TRUE), c("chain.h5", aside(alive)))
})

test_that("a second writer is refused with the name of the first, which is not disturbed", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e7, flush_interval = 0)
  wait_for_steps(file)
  condition <- tryCatch(resume_mcmc(file, normal), livechain_error_busy = identity)
  expect_match(conditionMessage(condition), as.character(process$get_pid()))
  expect_error(run_mcmc(normal, start(), 10, file = file, overwrite = TRUE), class = "livechain_error_busy")
  expect_error(run_mcmc(normal, start(), 10, file = file, name = "other"), class = "livechain_error_busy")
  expect_error(repair_chain(file), class = "livechain_error_busy")
  expect_true(process$is_alive())
  stop_mcmc(file)
  wait_for_end(process)
  expect_identical(process$get_result(), "done")
  chain <- read_chain(file)
  expect_same_chain(chain, reference(dim(chain)[1]))
})

test_that("a second writer in the same process is refused, too", {
  file <- temp_chain()
  refused <- NULL
  log_prob <- function(x) {
    if (is.null(refused) && file.exists(file)) {
      refused <<- tryCatch(resume_mcmc(file, normal), error = identity)
    }
    normal(x)
  }
  run_mcmc(log_prob, start(), 20, file = file, seed = 7)
  expect_s3_class(refused, "livechain_error_busy")
  expect_same_chain(read_chain(file), reference(20))
})

test_that("wrong arguments and files are named", {
  file <- temp_chain()
  expect_snapshot(resume_mcmc(file, normal), error = TRUE, transform = scrub)
  run_mcmc(normal, start(), 10, file = file)
  expect_snapshot(resume_mcmc(file, 3), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(file, normal, n_steps = NA), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(file, normal, name = "other"), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(3, normal), error = TRUE, transform = scrub)
})

test_that("killed in its first moments, or while it is being resumed, a run is not lost", {
  full <- reference(3000)
  job <- function(file, init, swmr) {
    log_prob <- function(x) -sum(x^2) / 2
    if (file.exists(file)) {
      resume_mcmc(file, log_prob)
    } else {
      run_mcmc(log_prob, init, 3000, file = file, seed = 7, flush_interval = 0.001, swmr = swmr)
    }
  }
  spin <- function(until) while (!until()) NULL
  for (i in seq_len(6)) {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "chain.h5")
    for (attempt in 1:2) {
      before <- file.mtime(file)
      process <- in_background(job, file, start(), i %% 3 > 0)
      spin(function() !process$is_alive() || !identical(file.mtime(file), before))
      moment <- Sys.time() + runif(1, 0, 0.005)
      spin(function() Sys.time() > moment)
      process$kill()
      status <- chain_status(file)
      if (status$n_steps > 0) expect_same_chain(read_chain(file), full)
    }
    suppressMessages(resume_mcmc(file, normal))
    expect_same_chain(read_chain(file), full)
    expect_identical(list.files(folder, all.files = TRUE, no.. = TRUE), "chain.h5")
  }
})

test_that("an ordinary file whose writer was killed is laid out anew with all that was in it", {
  skip_without_hdf5r()
  file <- temp_chain()
  with_blobs <- function(x) c(normal(x), sum = sum(x))
  run_mcmc(normal, start(), 10, file = file, name = "other", seed = 7)
  run_mcmc(with_blobs, named_start(), 30, file = file, seed = 7, swmr = FALSE, compression = 3)
  mode <- file.info(file)$mode
  h5 <- hdf5r::H5File$new(file, "r+")
  h5[["mcmc"]]$create_attr("note", "mine")
  h5$create_group("beside")
  h5$close_all()
  size <- file.size(file)

  process <- in_background(function(file) {
    resume_mcmc(file, function(x) c(-sum(x^2) / 2, sum = sum(x)), n_steps = 1e6)
  }, file)
  wait_until(function() file.size(file) > size + 1e5)
  process$kill()
  n_killed <- chain_status(file)$n_steps
  full <- run_mcmc(with_blobs, named_start(), n_killed + 20, seed = 7)
  expect_same_chain(read_chain(file), full)
  expect_true(repair_chain(file))
  expect_false(repair_chain(file))
  expect_identical(file.info(file)$mode, mode)
  expect_identical(list.files(dirname(file), paste0("^[.]", basename(file)), all.files = TRUE), character())
  expect_same_chain(read_chain(file), full)
  resume_mcmc(file, with_blobs, n_steps = 20)
  chain <- read_chain(file)
  expect_same_chain(chain, full)
  expect_identical(chain$blobs, full$blobs)
  expect_same_chain(read_chain(file, "other"), reference(10))
  h5 <- hdf5r::H5File$new(file, "r")
  withr::defer(h5$close_all())
  expect_identical(hdf5r::h5attr(h5[["mcmc"]], "note"), "mine")
  expect_true(h5$exists("beside"))
})

test_that("a session that reads a run can resume and repair it", {
  file <- temp_chain()
  run_mcmc(normal, start(), 30, file = file, seed = 7)
  reader <- open_chain(file)
  resume_mcmc(file, normal, 30)
  expect_identical(read_new(reader)$draws, reference(60)$draws)
  process <- in_background(function(file) resume_mcmc(file, function(x) -sum(x^2) / 2, 1e7), file)
  wait_until(function() chain_status(file)$n_steps > 100)
  expect_gt(dim(read_new(reader))[1], 0)
  process$kill()
  expect_true(repair_chain(file))
  n_steps <- chain_status(file)$n_steps
  resume_mcmc(file, normal, 10)
  expect_identical(max(read_new(reader)$steps), n_steps + 10)
  expect_same_chain(read_chain(file), reference(n_steps + 10))
})

test_that("a killed run is mended when HDF5 is told to lock files", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e7)
  wait_for_steps(file, 10)
  process$kill()
  mended <- callr::r(function(file, paths) {
    .libPaths(paths)
    livechain::repair_chain(file)
  }, list(file, .libPaths()), env = c(callr::rcmd_safe_env(), HDF5_USE_FILE_LOCKING = "TRUE"))
  expect_true(mended)
})

test_that("a file whose facts are not what was written is refused", {
  file <- temp_chain()
  run_mcmc(normal, start(), 10, file = file, moves = move_slice())
  bytes <- readBin(file, "raw", file.size(file))
  stored <- charToRaw("slice")
  at <- grepRaw(stored, bytes, fixed = TRUE)
  bytes[at - 1 + seq_along(stored)] <- charToRaw("spice")
  writeBin(bytes, file)
  expect_error(resume_mcmc(file, normal, n_steps = 10), class = "livechain_error_damaged")
  expect_error(read_chain(file), class = "livechain_error_damaged")
  expect_identical(check_file(file)$ok, FALSE)
})

test_that("neither long runs with blobs nor many sessions run out of places for rows", {
  with_blobs <- function(x) c(normal(x), a = x[1], b = x[2])
  file <- temp_chain()
  run_mcmc(with_blobs, start(), 20000, file = file, seed = 7, flush_interval = 0.01)
  expect_same_chain(read_chain(file), reference(20000))

  file <- temp_chain()
  run_mcmc(with_blobs, start(), 5, file = file, seed = 7)
  for (i in 1:75) resume_mcmc(file, with_blobs, n_steps = 1)
  expect_same_chain(read_chain(file), reference(80))
  expect_identical(check_file(file)$ok, TRUE)
})

test_that("steps that are added to an interrupted run do not make it forget what remains", {
  file <- temp_chain()
  n_calls <- 0
  failing <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 500) stop("enough")
    normal(x)
  }
  expect_error(run_mcmc(failing, start(), 100, file = file, seed = 7), "enough")
  resume_mcmc(file, normal, n_steps = 10)
  status <- chain_status(file)
  expect_identical(status$target, 100)
  expect_identical(status$state, "interrupted")
  resume_mcmc(file, normal)
  expect_same_chain(read_chain(file), reference(100))
  resume_mcmc(file, normal, n_steps = 10)
  expect_identical(chain_status(file)$target, 110)
})
