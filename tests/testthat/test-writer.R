test_that("draws of another sampler are stored as a chain, whatever the size of the pieces", {
  draws <- withr::with_seed(1, array(rnorm(30 * 4 * 2), c(30, 4, 2)))
  log_prob <- matrix(seq_len(120), 30, 4)
  file <- temp_chain()
  writer <- chain_writer(file, 4, c("x", "y"), n_steps = 100)
  expect_identical(chain_status(file)$state, "running")
  append_steps(writer, draws[1, , ], log_prob[1, ])
  append_steps(writer, draws[2:20, , ], log_prob[2:20, ])
  append_steps(writer, draws[21:30, , , drop = FALSE], log_prob[21:30, ])
  run <- close(writer)
  chain <- read_chain(run)
  expect_identical(unname(chain$draws), draws)
  expect_identical(chain$log_prob, log_prob * 1.0)
  expect_identical(dimnames(chain$draws)[[3]], c("x", "y"))
  expect_identical(chain$accepted, rep(29, 4))
  expect_identical(chain_status(file)$state, "finished")

  writer <- chain_writer(file, resume = TRUE)
  append_steps(writer, draws[30:1, , ])
  close(writer)
  expect_identical(unname(read_chain(file)$draws[31:60, , ]), draws[30:1, , ])
})

test_that("a stream of which nobody knows how long it gets does not run out of places for rows", {
  file <- temp_chain()
  writer <- chain_writer(file, 10, 2)
  block <- array(seq_len(20000) / 7, c(1000, 10, 2))
  for (i in 1:60) append_steps(writer, block + i)
  close(writer)
  chain <- read_chain(file)
  expect_identical(dim(chain), c(60000L, 10L, 2L))
  expect_identical(unname(chain$draws[59001:60000, , ]), block + 60)
  expect_lt(file.size(file), 1.2 * 60000 * (8 * 30 + 8))
})

test_that("a stream can be read while it is written, and after its writer was killed", {
  file <- temp_chain()
  process <- in_background(function(file) {
    writer <- chain_writer(file, 1, 1, flush_interval = 0)
    for (i in 1:1e6) append_steps(writer, i)
  }, file)
  wait_for_steps(file, 50)
  expect_identical(read_chain(file)$draws[1:50, 1, 1], as.double(1:50))
  process$kill()
  expect_identical(chain_status(file)$n_steps, as.double(dim(read_chain(file))[1]))
})

test_that("wrong draws are named and nothing is written", {
  file <- temp_chain()
  writer <- chain_writer(file, 2, 3)
  expect_snapshot(append_steps(writer, 1:3), error = TRUE)
  expect_snapshot(append_steps(writer, matrix(0, 3, 2)), error = TRUE)
  expect_snapshot(append_steps(writer, matrix("a", 2, 3)), error = TRUE)
  expect_snapshot(append_steps(writer, matrix(0, 2, 3), 1:3), error = TRUE)
  expect_snapshot(append_steps(writer, matrix(c(0, NaN), 2, 3)), error = TRUE)
  copy <- unserialize(serialize(writer, NULL))
  expect_snapshot(append_steps(copy, matrix(0, 2, 3)), error = TRUE)
  expect_no_error(close(copy))
  close(writer)
  expect_snapshot(append_steps(writer, matrix(0, 2, 3)), error = TRUE)
  expect_snapshot(append_steps("a", 1), error = TRUE)
  expect_snapshot(chain_writer(file, 2, 3), error = TRUE, transform = scrub)
  expect_snapshot(chain_writer(temp_chain(), 0, 3), error = TRUE)
  expect_identical(chain_status(file)$n_steps, 0)
})

test_that("a second run leaves everything else in the file", {
  skip_without_hdf5r()
  file <- temp_chain()
  h5 <- hdf5r::H5File$new(file, "w")
  h5[["mydata"]] <- 1:10
  notes <- h5$create_group("notes")
  notes[["x"]] <- "text"
  hdf5r::h5attr(h5, "author") <- "me"
  hdf5r::h5attr(h5, "numbers") <- c(1.5, 2.5)
  h5$link_create_soft("/nowhere", "dangling")
  h5$link_create_external("other.h5", "/there", "outside")
  h5$close_all()
  run_mcmc(normal, start(), 10, file = file, seed = 7)
  run_mcmc(normal, start(), 10, file = file, name = "second", seed = 7)
  run_mcmc(normal, start(), 20, file = file, seed = 7, overwrite = TRUE)
  h5 <- chain_h5(file)
  expect_setequal(names(h5), c("mydata", "notes", "dangling", "outside", "mcmc", "second"))
  expect_identical(h5[["mydata"]][], 1:10)
  expect_identical(h5[["notes/x"]][], "text")
  expect_identical(hdf5r::h5attr(h5, "author"), "me")
  expect_identical(hdf5r::h5attr(h5, "numbers"), c(1.5, 2.5))
  h5$close_all()
  expect_setequal(chain_status(file, name = NULL)$name, c("mcmc", "second"))
  expect_same_chain(read_chain(file), reference(20))
})

test_that("a reader in the session of the writer does not keep the file open", {
  file <- temp_chain()
  writer <- chain_writer(file, 20, 2)
  chain <- reference(60)
  append_steps(writer, chain$draws[1:30, , ], chain$log_prob[1:30, ])
  reader <- open_chain(file)
  close(writer)
  # Another process goes on with it, then this one does, and then the reader is closed.
  other <- in_background(function(file, draws, log_prob) {
    writer <- livechain::chain_writer(file, resume = TRUE)
    livechain::append_steps(writer, draws, log_prob)
    close(writer)
  }, file, chain$draws[31:60, , ], chain$log_prob[31:60, ])
  wait_for_end(other, 30)
  expect_identical(other$get_result()$name, "mcmc")
  writer <- chain_writer(file, resume = TRUE)
  append_steps(writer, chain$draws[1, , ], chain$log_prob[1, ])
  close(writer)
  close(reader)
  read <- read_chain(file)
  expect_identical(read$draws[1:60, , ], chain$draws)
  expect_identical(dim(read)[1], 61L)
})

test_that("a forked child that exits does not touch its parent's file", {
  file <- temp_chain()
  draws <- array(rnorm(2000), c(1000, 1, 2))
  parent <- in_background(function(file, draws) {
    writer <- livechain::chain_writer(file, 1, 2, flush_interval = 0)
    livechain::append_steps(writer, draws[1:10, , , drop = FALSE])
    child <- parallel:::mcfork()
    if (inherits(child, "masterProcess")) {
      Sys.sleep(0.5)
      quit("no") # runs the exit handlers of all libraries, unlike parallel's own children
    }
    livechain::append_steps(writer, draws[11:500, , , drop = FALSE])
    Sys.sleep(2)
    livechain::append_steps(writer, draws[501:1000, , , drop = FALSE])
    state <- livechain::chain_status(file)$state
    close(writer)
    state
  }, file, draws)
  wait_for_end(parent, 30)
  expect_identical(parent$get_result(), "running")
  expect_identical(read_chain(file)$draws, draws, ignore_attr = TRUE)
  expect_false(repair_chain(file))
  writer <- chain_writer(file, resume = TRUE)
  append_steps(writer, draws)
  close(writer)
  expect_identical(read_chain(file)$draws[1001:2000, , ], draws[, 1, ], ignore_attr = TRUE)
})

test_that("a writer that was forgotten is closed when R ends", {
  file <- temp_chain()
  process <- in_background(function(file) {
    writer <<- livechain::chain_writer(file, 1, 2, flush_interval = 1000)
    livechain::append_steps(writer, array(1:20, c(10, 1, 2)))
    NULL
  }, file)
  wait_for_end(process, 30)
  expect_identical(chain_status(file)$n_steps, 10)
  expect_false(repair_chain(file))
})

test_that("many files are written at once, and all are let go", {
  files <- replicate(70, tempfile(fileext = ".h5"))
  withr::defer(unlink(files))
  writers <- lapply(files, function(file) append_steps(chain_writer(file, 1, 1), 1))
  expect_true(all(vapply(files, function(file) chain_status(file)$state == "running", TRUE)))
  lapply(writers, close)
  expect_true(all(vapply(files, function(file) chain_status(file)$state == "finished", TRUE)))
})

test_that("what a process with the same number left behind is no hindrance", {
  file <- temp_chain()
  aside <- file.path(dirname(file), sprintf(".%s.%d.part", basename(file), Sys.getpid()))
  file.create(aside)
  run_mcmc(normal, start(), 10, file = file, seed = 7)
  expect_false(file.exists(aside))
})

test_that("what another sampler streamed cannot be resumed by run_mcmc's moves", {
  file <- temp_chain()
  close(append_steps(chain_writer(file, 20, 2), start()))
  expect_snapshot(resume_mcmc(file, normal, 10), error = TRUE)
})

test_that("what is appended has the shape and the names of the run", {
  writer <- chain_writer(temp_chain(), 3, c("a", "b"))
  expect_error(append_steps(writer, array(0, c(2, 3, 2)), matrix(0, 3, 2)), class = "livechain_error_argument")
  append_steps(writer, array(0, c(2, 3, 2)), matrix(0, 2, 3))
  close(writer)
  writer <- chain_writer(temp_chain(), 1, c("a", "b"))
  expect_error(append_steps(writer, c(b = 20, a = 10), 1), class = "livechain_error_argument")
  append_steps(writer, c(a = 10, b = 20), 1)
  close(writer)
})

test_that("a stream that nobody closed is not finished", {
  file <- temp_chain()
  wait_for_end(in_background(function(file) {
    writer <- chain_writer(file, 1, 1)
    append_steps(writer, 1, 1)
  }, file))
  expect_identical(chain_status(file)[c("state", "n_steps")], data.frame(state = "interrupted", n_steps = 1), ignore_attr = TRUE)
  writer <- chain_writer(file, resume = TRUE, n_steps = 10)
  append_steps(writer, 2, 2)
  expect_identical(chain_status(file)$target, 10)
  close(writer)
  expect_identical(chain_status(file)[c("state", "n_steps")], data.frame(state = "finished", n_steps = 2), ignore_attr = TRUE)
})

test_that("a stream says what it needs", {
  expect_snapshot(chain_writer(temp_chain()), error = TRUE)
  expect_snapshot(chain_writer(temp_chain(), 2, c("a", "a")), error = TRUE)
})

test_that("a run whose file is renamed stops, with what is published under the new name", {
  folder <- withr::local_tempdir()
  file <- file.path(folder, "chain.h5")
  writer <- chain_writer(file, 1, 1, flush_interval = 0)
  append_steps(writer, 1, 1)
  Sys.sleep(1.5)
  file.rename(file, file.path(folder, "other.h5"))
  Sys.sleep(1.5)
  expect_error(append_steps(writer, 2, 2), class = "livechain_error_gone")
  expect_error(close(writer), class = "livechain_error_gone")
  expect_identical(dim(read_chain(file.path(folder, "other.h5"))), c(1L, 1L, 1L))
})

test_that("a link leads to the file, which need not be there yet", {
  folder <- withr::local_tempdir()
  link <- file.path(folder, "link.h5")
  file.symlink("chain.h5", link)
  run_mcmc(normal, start(), 5, file = link, seed = 7)
  expect_identical(Sys.readlink(link), "chain.h5")
  expect_same_chain(read_chain(link), reference(5))
  file.symlink(file.path(folder, "none", "chain.h5"), away <- file.path(folder, "away.h5"))
  expect_error(run_mcmc(normal, start(), 5, file = away), "folder", class = "livechain_error_missing")
  file.symlink("loop.h5", loop <- file.path(folder, "loop.h5"))
  expect_error(run_mcmc(normal, start(), 5, file = loop), "link", class = "livechain_error_argument")
})

test_that("a pipe is not a file, and is not waited for", {
  pipe <- file.path(withr::local_tempdir(), "pipe")
  skip_if(system2("mkfifo", pipe) != 0)
  expect_error(run_mcmc(normal, start(), 5, file = pipe), class = "livechain_error_not_hdf5")
  expect_error(chain_writer(pipe, 1, 2), class = "livechain_error_not_hdf5")
})

test_that("a stream is told that it is to end", {
  file <- temp_chain()
  process <- in_background(function(file) {
    writer <- chain_writer(file, 1, "x")
    before <- stop_requested(writer)
    step <- 0
    while (!stop_requested(writer) && step < 1e5) {
      step <- step + 1
      append_steps(writer, step)
      Sys.sleep(0.001)
    }
    close(writer)
    list(before, step)
  }, file)
  wait_for_steps(file, 1)
  expect_true(stop_mcmc(file))
  wait_for_end(process)
  seen <- process$get_result()
  expect_false(seen[[1]])
  expect_lt(seen[[2]], 1e5)
  status <- chain_status(file)
  expect_identical(status$state, "finished")
  expect_identical(status$n_steps, seen[[2]])
  expect_identical(status$ended, "request")
})

test_that("nobody asks a closed stream", {
  writer <- chain_writer(temp_chain(), 1, "x")
  close(writer)
  expect_error(stop_requested(writer), "is closed", class = "livechain_error_argument")
  expect_error(stop_requested(1), class = "livechain_error_argument")
})

test_that("appending no steps does nothing", {
  file <- temp_chain()
  writer <- chain_writer(file, n_walkers = 2, parameters = c("a", "b"))
  append_steps(writer, array(1, c(1, 2, 2)))
  expect_no_warning(append_steps(writer, array(0, c(0, 2, 2)), array(0, c(0, 2))))
  close(writer)
  expect_identical(read_chain(file)$steps, 1)
})
