test_that("discard, thin and parameters choose steps as emcee does", {
  file <- temp_chain()
  run_mcmc(function(x) -sum(x^2) / 2, named_start(c("a", "b", "c")), 100, file = file, seed = 7)
  all <- read_chain(file)
  some <- read_chain(file, discard = 20, thin = 3, parameters = c("c", "a"))
  expect_identical(some$steps, 23 + 3 * (0:25))
  expect_identical(some$draws, all$draws[some$steps, , c("c", "a")])
  expect_identical(some$log_prob, all$log_prob[some$steps, ])
  expect_identical(some$n_total, 100)
  expect_identical(acceptance_rate(some), acceptance_rate(all))
  expect_identical(read_chain(file, parameters = 2)$draws, all$draws[, , "b", drop = FALSE])
})

test_that("no read fails, sees half a step, or goes backward while a run goes on", {
  n_steps <- 200000
  full <- reference(n_steps)
  for (compression in c(0, 4)) {
    file <- temp_chain()
    process <- sample_in_background(file, n_steps, flush_interval = 0, compression = compression)
    wait_for_steps(file)
    seen <- 0
    polls <- list()
    while (process$is_alive()) {
      chain <- read_chain(file, discard = max(0, seen - 20))
      polls[[length(polls) + 1]] <- c(
        forward = chain$n_total >= seen,
        draws = identical(chain$draws, full$draws[chain$steps, , , drop = FALSE]),
        log_prob = identical(chain$log_prob, full$log_prob[chain$steps, , drop = FALSE])
      )
      seen <- chain$n_total
    }
    expect_true(all(unlist(polls)))
    expect_gt(length(polls), 3)
    expect_identical(process$get_result(), "done")
    expect_same_chain(read_chain(file), full)
  }
})

test_that("an ordinary HDF5 file turns readers away while it is written, and its writer lives on", {
  file <- temp_chain()
  process <- in_background(function(file, init) {
    log_prob <- function(x) {
      Sys.sleep(0.001)
      -sum(x^2) / 2
    }
    run_mcmc(log_prob, init, 600, file = file, seed = 7, swmr = FALSE)
    "done"
  }, file, start())
  wait_until(function() file.exists(file))
  expect_snapshot(read_chain(file), error = TRUE, transform = scrub)
  expect_error(read_chain(file, swmr = FALSE), class = "livechain_error_busy")
  wait_for_end(process)
  expect_identical(process$get_result(), "done")
  expect_same_chain(read_chain(file), reference(600))
})

test_that("each thing that is not a chain has its own error", {
  folder <- withr::local_tempdir()
  path <- function(name) file.path(folder, name)
  expect_snapshot(read_chain(path("none.h5")), error = TRUE, transform = scrub)
  expect_snapshot(read_chain(folder), error = TRUE, transform = scrub)
  writeLines("text", path("text.h5"))
  expect_snapshot(read_chain(path("text.h5")), error = TRUE, transform = scrub)
  file.create(path("empty.h5"))
  expect_snapshot(read_chain(path("empty.h5")), error = TRUE, transform = scrub)

  run_mcmc(normal, start(), 50, file = path("chain.h5"))
  expect_snapshot(read_chain(path("chain.h5"), name = "other"), error = TRUE, transform = scrub)
  expect_snapshot(read_chain(path("chain.h5"), discard = 50), error = TRUE, transform = scrub)
  expect_snapshot(read_chain(path("chain.h5"), parameters = "c"), error = TRUE, transform = scrub)
  expect_snapshot(read_chain(path("chain.h5"), thin = 0), error = TRUE, transform = scrub)

  run_mcmc(normal, start(), 0, file = path("nothing.h5"))
  expect_snapshot(read_chain(path("nothing.h5")), error = TRUE, transform = scrub)

  bytes <- readBin(path("chain.h5"), "raw", 1e6)
  writeBin(head(bytes, length(bytes) / 2), path("cut.h5"))
  expect_error(read_chain(path("cut.h5")), class = "livechain_error_damaged")
})

test_that("an HDF5 file without a chain is told from one that has one", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  h5 <- hdf5r::H5File$new(file, "w")
  h5$create_group("mcmc")
  h5[["numbers"]] <- 1:10
  h5$close_all()
  expect_snapshot(read_chain(file), error = TRUE, transform = scrub)
  expect_snapshot(read_chain(file, name = "numbers"), error = TRUE, transform = scrub)
  expect_snapshot(read_chain(file, name = "none"), error = TRUE, transform = scrub)
})

test_that("hdf5r reads in our files what we do", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  run_mcmc(normal, start(), 50, file = file, seed = 7)
  h5 <- hdf5r::H5File$new(file, "r")
  withr::defer(h5$close_all())
  expect_identical(aperm(h5[["mcmc/chain"]][, , ], c(3, 2, 1)), unname(reference(50)$draws))
  expect_equal(hdf5r::h5attr(h5[["mcmc"]], "iteration"), 50)
})

test_that("a file without permission is refused", {
  # root may read everything, so it sends somebody else.
  root <- Sys.info()[["user"]] == "root"
  if (root) skip_if_not(nzchar(Sys.which("setpriv")), "setpriv is not installed")
  file <- temp_chain()
  run_mcmc(normal, start(), 20, file = file)
  Sys.chmod(file, "0000")
  script <- withr::local_tempfile(fileext = ".R", lines = c(
    sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")),
    sprintf("result <- try(livechain::read_chain('%s'))", file),
    "cat(class(attr(result, 'condition')))"
  ))
  Sys.chmod(c(script, dirname(file)), "0755")
  command <- c(if (root) c("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), file.path(R.home("bin"), "Rscript"))
  result <- withr::with_envvar(c(TMPDIR = "/tmp"), suppressWarnings(system2(command[1], c(command[-1], script), stdout = TRUE, stderr = TRUE)))
  skip_if(any(grepl("there is no package", result)), "the package cannot be read by others")
  expect_match(paste(result, collapse = "\n"), "livechain_error_denied")
})

test_that("reading does not change the file", {
  file <- temp_chain()
  run_mcmc(normal, start(), 20, file = file)
  before <- tools::md5sum(file)
  read_chain(file)
  chain_status(file)
  summary(read_chain(file))
  expect_identical(tools::md5sum(file), before)
})

test_that("counts in a file are not believed beyond its data", {
  skip_if_not_installed("hdf5r")
  file <- temp_chain()
  n <- 4e8
  h5 <- hdf5r::H5File$new(file, "w")
  group <- h5$create_group("mcmc")
  for (fact in list(list("nwalkers", n), list("ndim", 1), list("iteration", 3))) {
    group$create_attr(fact[[1]], robj = as.integer(fact[[2]]), dtype = hdf5r::h5types$H5T_STD_I64LE, space = hdf5r::H5S$new("scalar"))
  }
  for (dataset in list(list("chain", c(1, n, 3)), list("log_prob", c(n, 3)), list("accepted", n))) {
    space <- hdf5r::H5S$new("simple", dims = dataset[[2]], maxdims = dataset[[2]])
    group$create_dataset(dataset[[1]], dtype = hdf5r::h5types$H5T_IEEE_F64LE, space = space, chunk_dims = pmin(dataset[[2]], 16))
  }
  h5$close_all()
  expect_error(chain_status(file), "numbers of walkers and parameters", class = "livechain_error_damaged")
  expect_error(read_chain(file), class = "livechain_error_damaged")
})

test_that("an open reader follows a run that goes on without SWMR", {
  file <- temp_chain()
  run_mcmc(normal, start(), 30, file = file, seed = 7, swmr = FALSE)
  reader <- open_chain(file, from = 30)
  process <- in_background(function(file) {
    resume_mcmc(file, function(x) {
      Sys.sleep(0.002)
      -sum(x^2) / 2
    }, 50)
  }, file)
  expect_true(process$is_alive())
  first <- read_new(reader, wait = 30)
  wait_for_end(process, 60)
  second <- read_new(reader)
  seen <- c(first$steps, second$steps)
  expect_identical(seen, 31:80 + 0)
  expect_identical(second$draws, reference(80)$draws[second$steps, , , drop = FALSE])
  expect_same_chain(read_chain(file), reference(80))
})

# A run in a file, changed by `change`, a function of its group. Without what is ours it is as emcee would have left it.
changed_run <- function(change, ours = FALSE, env = parent.frame()) {
  skip_if_not_installed("hdf5r")
  file <- temp_chain(env)
  run_mcmc(normal, start(), 10, file = file, seed = 7)
  h5 <- hdf5r::H5File$new(file, "r+")
  if (!ours) {
    h5[["mcmc"]]$link_delete("livechain")
    h5$attr_delete("livechain:mcmc")
  }
  change(h5[["mcmc"]])
  h5$close_all()
  Sys.setFileTime(file, Sys.time() - 3600)
  file
}

test_that("an attribute of many values is not read where one is expected", {
  many <- function(group, name, values) {
    group$attr_delete(name)
    group$create_attr(name, robj = values)
  }
  file <- changed_run(function(run) many(run, "iteration", 1:5000))
  expect_error(chain_status(file), "iteration", class = "livechain_error_damaged")
  expect_error(resume_mcmc(file, normal, n_steps = 2), "iteration", class = "livechain_error_damaged")
  file <- changed_run(function(run) many(run[["livechain"]], "seed", 1:5000), ours = TRUE)
  expect_error(resume_mcmc(file, normal, n_steps = 2), "facts", class = "livechain_error_damaged")
})

test_that("what is wrong with the part of other programs does not keep ours from being right", {
  file <- changed_run(function(run) run$link_delete("accepted"), ours = TRUE)
  expect_same_chain(read_chain(file), reference(10))
  resume_mcmc(file, normal, n_steps = 10)
  expect_same_chain(read_chain(file), reference(20))
  h5 <- hdf5r::H5File$new(file, "r")
  withr::defer(h5$close_all())
  expect_equal(h5[["mcmc/accepted"]][], reference(20)$accepted)
})

test_that("a shape that the file is too small for asks for no memory", {
  replaced <- function(run, name, dims, chunk, type = hdf5r::h5types$H5T_IEEE_F64LE) {
    if (name %in% names(run)) run$link_delete(name)
    space <- hdf5r::H5S$new("simple", dims = dims, maxdims = c(dims[-length(dims)], Inf))
    run$create_dataset(name, dtype = type, space = space, chunk_dims = chunk)
  }
  n <- 2e9
  file <- changed_run(function(run) {
    replaced(run, "chain", c(n, 20, 10), c(16, 1, 1))
    run$attr_delete("ndim")
    run$create_attr("ndim", robj = as.integer(n), space = hdf5r::H5S$new("scalar"))
  })
  expect_error(chain_status(file), "walkers and parameters", class = "livechain_error_damaged")
  expect_error(resume_mcmc(file, normal, n_steps = 2), "walkers and parameters", class = "livechain_error_damaged")

  wide <- hdf5r::H5T_ARRAY$new(dims = 1e8, dtype_base = hdf5r::h5types$H5T_STD_I8LE)
  file <- changed_run(function(run) replaced(run, "blobs", c(20, 10), c(1, 1), wide))
  expect_error(read_chain(file), "all steps that were published", class = "livechain_error_damaged")
  expect_error(resume_mcmc(file, normal, n_steps = 2), class = "livechain_error")
})

test_that("a progress that is not what was written is not believed", {
  file <- changed_run(ours = TRUE, function(run) {
    table <- run[["livechain/progress"]]
    newest <- which.max(as.double(table[1, ]))
    table[1, newest] <- 2^62
  })
  expect_lt(chain_status(file)$n_steps, 11)
  resume_mcmc(file, normal, n_steps = 5)
  expect_same_chain(read_chain(file), reference(dim(read_chain(file))[1]))

  file <- changed_run(ours = TRUE, function(run) run[["livechain/progress"]][2, ] <- 9)
  expect_error(chain_status(file), "how many steps", class = "livechain_error_damaged")
  suppressMessages(resume_mcmc(file, normal))
  expect_same_chain(read_chain(file), reference(10))
})

test_that("values in the description of a dataset are not believed to be all", {
  file <- changed_run(function(run) {
    run$link_delete("accepted")
    compact <- hdf5r::H5P_DATASET_CREATE$new()
    compact$set_layout(hdf5r::h5const$H5D_COMPACT)
    run$create_dataset("accepted", numeric(20), dataset_create_pl = compact, chunk_dims = NULL)
  })
  expect_error(chain_status(file), "layout of 'accepted'", class = "livechain_error_damaged")
})
