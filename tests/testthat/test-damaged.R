# Steps that another program changed: what is right before them is kept, and what is dropped is said.

# The value of the first parameter of the first walker in this step.
spoil <- function(file, step, name = "mcmc") {
  h5 <- hdf5r::H5File$new(file, "r+")
  withr::defer(h5$close_all())
  chain <- h5[[paste0(name, "/chain")]]
  chain[1, 1, step] <- chain[1, 1, step] + 1
}

streamed <- function(n_steps, env = parent.frame()) {
  file <- temp_chain(env)
  writer <- chain_writer(file, n_walkers = 1, parameters = "x")
  append_steps(writer, array(as.double(seq_len(n_steps) %/% 2), c(n_steps, 1, 1)), matrix(0, n_steps, 1))
  close(writer)
  file
}

test_that("repairing keeps all steps before the first that is wrong, and says what it drops", {
  skip_if_not_installed("hdf5r")
  file <- streamed(1000)
  spoil(file, 900)
  expect_error(read_chain(file), "899 steps before it", class = "livechain_error_damaged")
  expect_snapshot(repair_chain(file), transform = scrub)
  chain <- read_chain(file)
  expect_identical(as.vector(chain$draws), as.double(1:899 %/% 2))
  expect_identical(chain$accepted, 449)
  expect_true(check_file(file)$ok)

  file <- temp_chain()
  run_mcmc(normal, start(), 100, file = file, seed = 7)
  spoil(file, 61)
  expect_message(repair_chain(file), class = "livechain_message_dropped")
  expect_same_chain(read_chain(file), reference(60))
  resume_mcmc(file, normal, n_steps = 40)
  expect_same_chain(read_chain(file), reference(100))
})

test_that("resuming goes on from the last right step, with its counts", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  run_mcmc(normal, start(), 100, file = file, seed = 7)
  spoil(file, 61)
  expect_message(resume_mcmc(file, normal, n_steps = 40), class = "livechain_message_dropped")
  expect_same_chain(read_chain(file), reference(100))

  file <- streamed(300)
  spoil(file, 200)
  expect_message(writer <- chain_writer(file, resume = TRUE), class = "livechain_message_dropped")
  append_steps(writer, 100, 0)
  close(writer)
  expect_identical(as.vector(read_chain(file)$draws), c(1:199 %/% 2, 100))
})

test_that("a run that is added leaves a damaged one alone", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  run_mcmc(normal, start(), 100, file = file, seed = 7)
  spoil(file, 61)
  h5 <- hdf5r::H5File$new(file, "r+")
  h5[["mcmc/chain"]]$set_extent(c(2, 20, 50))
  h5$close_all()
  before <- tools::md5sum(file)
  expect_error(run_mcmc(normal, start(), 5, file = file, name = "second"), class = "livechain_error_damaged")
  expect_identical(tools::md5sum(file), before)

  spoil(file, 1)
  expect_error(repair_chain(file), "nothing of it could be kept", class = "livechain_error_damaged")
})

test_that("a size in the first bytes that is older than the file does not cut it", {
  file <- temp_chain()
  run_mcmc(normal, start(), 30, file = file, seed = 7)
  size <- file.size(file)
  first <- readBin(file, "raw", 48)
  resume_mcmc(file, normal, n_steps = 3000)
  connection <- file(file, "r+b")
  writeBin(first, connection)
  close(connection)
  expect_gt(file.size(file), size)
  suppressMessages(resume_mcmc(file, normal, n_steps = 10))
  expect_same_chain(read_chain(file), reference(3040))
})

test_that("a run that has lost its parts is damaged, and a group that never was a run is none", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  run_mcmc(normal, start(), 30, file = file, seed = 7)
  h5 <- hdf5r::H5File$new(file, "r+")
  for (link in h5[["mcmc"]]$ls()$name) h5[["mcmc"]]$link_delete(link)
  h5$attr_delete(grep("mcmc", hdf5r::h5attr_names(h5), value = TRUE))
  h5$create_group("other")
  h5$close_all()
  expect_error(read_chain(file), class = "livechain_error_damaged")
  expect_error(read_chain(file, "other"), class = "livechain_error_not_a_chain")
})
