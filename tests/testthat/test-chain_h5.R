test_that("hdf5r reads a file that is being written", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  process <- sample_in_background(file, 1e6, flush_interval = 0.01)
  wait_for_steps(file, 100)
  h5 <- chain_h5(file)
  expect_true("mcmc" %in% names(h5))
  chain <- h5[["mcmc/chain"]]
  before <- chain$dims
  expect_equal(before[1:2], c(2, 20))
  first <- chain[, , 1:50]
  expect_identical(aperm(first), reference(50)$draws, ignore_attr = TRUE)
  expect_error(h5[["mcmc"]]$create_group("mine"))
  h5$close_all()
  wait_until(function() {
    h5 <- chain_h5(file)
    on.exit(h5$close_all())
    h5[["mcmc/chain"]]$dims[3] > before[3] && hdf5r::h5attr(h5[["mcmc"]], "iteration") > before[3]
  })
  expect_true(process$is_alive())
  process$kill()
  expect_same_chain(read_chain(file), reference(chain_status(file)$n_steps))
})

test_that("a finished, a killed and emcee's file are opened as well", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  run_mcmc(normal, start(), 30, file = file, seed = 7)
  files <- c(file, file.path(emcee_files(), "plain.h5"))
  for (file in files) {
    h5 <- chain_h5(file)
    expect_gt(h5[["mcmc/chain"]]$dims[3], 0)
    h5$close_all()
  }
  file <- temp_chain()
  process <- sample_in_background(file, 1e6)
  wait_for_steps(file, 10)
  process$kill()
  h5 <- chain_h5(file)
  expect_gte(h5[["mcmc/chain"]]$dims[3], 10)
  h5$close_all()
  expect_true(repair_chain(file))
})

test_that("a file that this session writes is not handed out", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  writer <- chain_writer(file, 2, "a")
  append_steps(writer, matrix(1:2, 2))
  expect_error(chain_h5(file), class = "livechain_error_busy")
  close(writer)
})

test_that("another HDF5 library is seen", {
  expect_false(native(livechain_shares_hdf5, "/no/such/library.so"))
  expect_false(native(livechain_shares_hdf5, getNamespaceInfo("cli", "DLLs")$cli[["path"]]))
})

test_that("what cannot be opened is an error", {
  skip_if_not_installed("hdf5r")
  expect_snapshot(chain_h5(temp_chain()), error = TRUE, transform = scrub)
  text <- withr::local_tempfile(lines = "text", fileext = ".txt")
  expect_snapshot(chain_h5(text), error = TRUE, transform = scrub)
  expect_snapshot(chain_h5(1), error = TRUE)
})
