test_that("an hdf5r with another HDF5 library is refused", {
  skip_if_not_installed("hdf5r")
  path <- getNamespaceInfo(asNamespace("hdf5r"), "DLLs")$hdf5r[["path"]]
  skip_if(native(livechain_shares_hdf5, path), "hdf5r uses the same HDF5 library as livechain")
  expect_error(chain_h5(temp_chain()), "another HDF5 library", class = "livechain_error_package")
})

test_that("hdf5r reads a file that is being written", {
  skip_without_hdf5r()
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
  skip_without_hdf5r()
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

test_that("a reader outlives what hdf5r closes", {
  skip_without_hdf5r()
  file <- temp_chain()
  run_mcmc(normal, start(), 30, file = file, seed = 7)
  reader <- open_chain(file, from = 20)
  expect_silent(chain_h5(file)$close_all())
  expect_identical(chain_status(file)$n_steps, 30)
  expect_identical(read_new(reader)$draws, reference(30)$draws[21:30, , ])
  chain_h5(file)$close_all()
  close(reader)
  expect_same_chain(read_chain(file), reference(30))
})

test_that("a file that this session writes is read as another process would read it", {
  skip_without_hdf5r()
  file <- temp_chain()
  writer <- chain_writer(file, 2, "a", flush_interval = 0)
  append_steps(writer, matrix(1:2, 2))
  h5 <- chain_h5(file)
  expect_equal(h5[["mcmc/chain"]][, , 1], 1:2)
  expect_error(h5[["mcmc"]]$create_group("mine"))
  h5$close_all()
  append_steps(writer, matrix(3:4, 2))
  close(writer)
  expect_identical(as.vector(t(read_chain(file)$draws[, , 1])), c(1, 2, 3, 4))
})

test_that("another HDF5 library is seen", {
  expect_false(native(livechain_shares_hdf5, "/no/such/library.so"))
  expect_false(native(livechain_shares_hdf5, getNamespaceInfo("cli", "DLLs")$cli[["path"]]))
})

test_that("what cannot be opened is an error", {
  skip_without_hdf5r()
  expect_snapshot(chain_h5(temp_chain()), error = TRUE, transform = scrub)
  text <- withr::local_tempfile(lines = "text", fileext = ".txt")
  expect_snapshot(chain_h5(text), error = TRUE, transform = scrub)
  expect_snapshot(chain_h5(1), error = TRUE)
})
