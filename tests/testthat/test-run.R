test_that("a run in memory and a run in a file are the same chain", {
  file <- temp_chain()
  run <- run_mcmc(normal, start(), 200, file = file, seed = 7)
  expect_s3_class(run, "chain_file")
  expect_same_chain(read_chain(file), reference(200))
})

test_that("one seed gives one chain, however it is published", {
  expected <- reference(300)
  for (storage in list(
    list(flush_interval = 0), list(flush_interval = 1e6), list(swmr = FALSE), list(compression = 5)
  )) {
    file <- temp_chain()
    do.call(run_mcmc, c(list(normal, start(), 300, file = file, seed = 7), storage))
    expect_same_chain(read_chain(file), expected)
  }
  expect_false(identical(reference(300, seed = 8)$draws, expected$draws))
})

test_that("set.seed() decides the seed and is advanced by exactly one draw", {
  set.seed(42)
  first <- run_mcmc(normal, start(), 50)
  after <- runif(1)
  set.seed(42)
  second <- run_mcmc(normal, start(), 50)
  expect_identical(first$draws, second$draws)

  set.seed(42)
  runif(1)
  expect_identical(runif(1), after)

  set.seed(42)
  run_mcmc(normal, start(), 50, seed = 1)
  advanced <- runif(1)
  set.seed(42)
  expect_identical(runif(1), advanced)
})

test_that("a thinned chain holds every thin_by-th update", {
  thinned <- reference(50, thin_by = 4)
  all <- reference(200)
  expect_identical(thinned$draws, all$draws[4 * (1:50), , , drop = FALSE])
  expect_identical(acceptance_rate(thinned), acceptance_rate(all))
})

test_that("the sampler finds the moments of a correlated normal density", {
  covariance <- matrix(c(2, 1.2, 1.2, 1), 2)
  precision <- solve(covariance)
  log_prob <- function(x) -0.5 * drop((x - c(1, -2)) %*% precision %*% (x - c(1, -2)))
  chain <- run_mcmc(log_prob, start(40), 6000, seed = 3)
  draws <- chain$draws[1001:6000, , ]
  error <- sqrt(diag(covariance) * autocorr_time(draws) / (5000 * 40))
  expect_lt(max(abs(apply(draws, 3, mean) - c(1, -2)) / error), 4)
  expect_equal(cov(matrix(draws, ncol = 2)), covariance, tolerance = 0.1)
  expect_gt(min(acceptance_rate(chain)), 0.3)
})

test_that("a vectorized density and one of single positions give the same chain", {
  chain <- run_mcmc(function(x) -rowSums(x^2) / 2, start(), 100, seed = 7, vectorized = TRUE)
  expect_equal(chain$draws, reference(100)$draws)
})

test_that("... goes to the density, and positions carry the names of the parameters", {
  log_prob <- function(x, centre, scale) {
    stopifnot(identical(names(x), c("a", "b")))
    -((x[["a"]] - centre)^2 + x[["b"]]^2) / scale
  }
  chain <- run_mcmc(log_prob, named_start(), 200, centre = 5, scale = 2, seed = 1)
  expect_identical(dimnames(chain$draws)[[3]], c("a", "b"))
  expect_gt(mean(chain$draws[150:200, , "a"]), 2)
})

test_that("a file that holds the run is an error that leaves it untouched", {
  file <- temp_chain()
  run_mcmc(normal, start(), 20, file = file, seed = 7)
  before <- tools::md5sum(file)
  expect_snapshot(run_mcmc(normal, start(), 20, file = file), error = TRUE, transform = scrub)
  expect_error(run_mcmc(normal, start(), 20, file = file), class = "livechain_error_exists")
  expect_identical(tools::md5sum(file), before)
})

test_that("overwrite replaces one run, and other names are added", {
  file <- temp_chain()
  run_mcmc(normal, start(), 20, file = file, seed = 7)
  run_mcmc(normal, start(), 30, file = file, name = "second", seed = 8)
  run_mcmc(normal, start(), 40, file = file, seed = 9, overwrite = TRUE)
  expect_same_chain(read_chain(file), reference(40, seed = 9))
  expect_same_chain(read_chain(file, "second"), reference(30, seed = 8))
  resume_mcmc(file, normal, n_steps = 10, name = "second")
  expect_same_chain(read_chain(file, "second"), reference(40, seed = 8))
  expect_same_chain(read_chain(file), reference(40, seed = 9))
  expect_setequal(chain_status(file, name = NULL)$name, c("mcmc", "second"))
})

test_that("a file keeps its permissions, and no other file stays beside it", {
  folder <- withr::local_tempdir()
  file <- file.path(folder, "chain.h5")
  run_mcmc(normal, start(), 20, file = file)
  Sys.chmod(file, "0640")
  run_mcmc(normal, start(), 20, file = file, name = "second")
  expect_identical(format(file.mode(file)), "640")
  expect_identical(list.files(folder, all.files = TRUE, no.. = TRUE), "chain.h5")
})

test_that("a link to a file is the file", {
  folder <- withr::local_tempdir()
  file <- file.path(folder, "chain.h5")
  link <- file.path(folder, "link.h5")
  run_mcmc(normal, start(), 20, file = file, seed = 7)
  file.symlink(file, link)
  run_mcmc(normal, start(), 20, file = link, name = "second", seed = 7)
  expect_identical(Sys.readlink(link), file)
  expect_same_chain(read_chain(file, "second"), reference(20))
})

test_that("a relative path means what it meant when the run began", {
  folder <- withr::local_tempdir()
  run <- withr::with_dir(folder, run_mcmc(normal, start(), 20, file = "chain.h5", seed = 7))
  expect_same_chain(read_chain(run), reference(20))
})

test_that("an error in the density leaves every finished step in a closed file and reaches the user as it is", {
  file <- temp_chain()
  n_calls <- 0
  log_prob <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 20 * 31) rlang::abort("boom", class = "my_error", detail = 17)
    normal(x)
  }
  condition <- tryCatch(run_mcmc(log_prob, start(), 100, file = file, seed = 7), my_error = identity)
  expect_identical(condition$detail, 17)
  expect_identical(chain_status(file)$state, "interrupted")
  chain <- read_chain(file)
  expect_identical(dim(chain)[1], 30L)
  expect_false(repair_chain(file))
  resume_mcmc(file, normal)
  expect_same_chain(read_chain(file), reference(100))
})

test_that("an interrupt leaves every finished step in a closed file", {
  file <- temp_chain()
  process <- in_background(function(file, init) {
    tryCatch(
      run_mcmc(function(x) -sum(x^2) / 2, init, 1e7, file = file, seed = 7, flush_interval = 1e6),
      interrupt = function(condition) "interrupted"
    )
  }, file, start())
  wait_until(function() file.exists(file))
  Sys.sleep(0.3)
  process$interrupt()
  wait_for_end(process, 10)
  expect_identical(process$get_result(), "interrupted")
  expect_false(repair_chain(file))
  chain <- read_chain(file)
  expect_gt(dim(chain)[1], 100)
  expect_same_chain(chain, reference(dim(chain)[1]))
})

test_that("what ended a run is told: an interrupt, or code that did not return", {
  quitting <- function(file, init, leave) {
    n_calls <- 0
    log_prob <- function(x) {
      n_calls <<- n_calls + 1
      if (n_calls > 500) leave()
      -sum(x^2) / 2
    }
    tryCatch(livechain::run_mcmc(log_prob, init, 100, file = file, seed = 7), interrupt = function(condition) NULL)
  }
  file <- temp_chain()
  process <- in_background(quitting, file, start(), function() quit(status = 3))
  wait_for_end(process)
  expect_match(paste(capture.output(print(chain_status(file))), collapse = "\n"), "left unfinished, as by quit()", fixed = TRUE)
  expect_identical(dim(read_chain(file))[1], 24L)
  file <- temp_chain()
  quitting(file, start(), rlang::interrupt)
  expect_identical(chain_status(file)$ended, "interrupt")
  file <- temp_chain()
  process <- in_background(function(file) {
    writer <- livechain::chain_writer(file, 4, 2)
    livechain::append_steps(writer, array(1:16 + 0, c(2, 4, 2)), matrix(0, 2, 4))
  }, file)
  wait_for_end(process)
  expect_identical(chain_status(file)$ended, "left")
})

test_that("steps are published in time though one step takes long", {
  file <- temp_chain()
  seen <- NULL
  log_prob <- function(x) {
    Sys.sleep(0.01)
    if (file.exists(file)) seen <<- c(seen, chain_status(file)$n_steps)
    normal(x)
  }
  run_mcmc(log_prob, start(), 5, file = file, seed = 7, flush_interval = 0.05)
  expect_gt(length(unique(seen)), 3)
})

test_that("a chain can be read from inside the density that makes it", {
  file <- temp_chain()
  shapes <- NULL
  log_prob <- function(x) {
    if (file.exists(file) && chain_status(file)$n_steps > 0) {
      shapes <<- rbind(shapes, dim(read_chain(file)))
    }
    normal(x)
  }
  run_mcmc(log_prob, start(10), 20, file = file, seed = 7, flush_interval = 0)
  expect_identical(max(shapes[, 1]), 19L)
  expect_false(is.unsorted(shapes[, 1]))
})

test_that("wrong arguments are named", {
  expect_snapshot(run_mcmc("normal", start(), 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), -1), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 2.5), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), "10"), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, thin_by = 0), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, seed = NA), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, moves = "stretch"), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, moves = list(move_stretch()), weights = c(1, 2)), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, vectorized = NA), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, file = 3), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, file = tempfile("no/such/folder/", fileext = ".h5")), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, file = temp_chain(), name = "a/b"), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, file = temp_chain(), compression = 10), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, file = temp_chain(), flush_interval = -1), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 10, on_nan = "ignore"), error = TRUE, transform = scrub)
})

test_that("a bad argument or a bad start makes no file", {
  folder <- withr::local_tempdir()
  file <- file.path(folder, "chain.h5")
  expect_error(run_mcmc(normal, start(), 10, file = file, flush_interval = "soon"), class = "livechain_error_argument")
  expect_error(run_mcmc(function(x) NaN, start(), 10, file = file), class = "livechain_error_log_prob")
  expect_length(list.files(folder, all.files = TRUE, no.. = TRUE), 0)
})

test_that("a file that is deleted under its run stops the run", {
  file <- temp_chain()
  n_calls <- 0
  deleting <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls == 500) unlink(file)
    normal(x)
  }
  expect_snapshot(run_mcmc(deleting, start(), 1e6, file = file, flush_interval = 0), error = TRUE, transform = scrub)
})

test_that("a limit to the size of files stops the run while its file is sound", {
  file <- temp_chain()
  script <- withr::local_tempfile(fileext = ".R", lines = c(
    sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")),
    "library(livechain)",
    "set.seed(1)",
    "init <- matrix(rnorm(40), 20)",
    sprintf("result <- try(run_mcmc(function(x) -sum(x^2) / 2, init, 5e4, file = '%s', seed = 7))", file),
    "cat(class(attr(result, 'condition')), sum(1:10))"
  ))
  output <- system2("bash", c("-c", shQuote(sprintf("ulimit -f 2000; '%s' '%s' 2>&1", file.path(R.home("bin"), "Rscript"), script))), stdout = TRUE)
  expect_match(paste(output, collapse = "\n"), "livechain_error_no_space.* 55$")
  expect_gt(chain_status(file)$n_steps, 500)
  resume_mcmc(file, normal, n_steps = 100)
  expect_same_chain(read_chain(file), reference(dim(read_chain(file))[1]))
})

test_that("a run that replaces another one leaves no room to it", {
  file <- temp_chain()
  run_mcmc(normal, start(), 3000, file = file, seed = 7) |> suppressMessages()
  alone <- file.size(file)
  run_mcmc(normal, start(), 3000, file = file, seed = 8, overwrite = TRUE) |> suppressMessages()
  expect_lt(file.size(file), 1.01 * alone)
  run_mcmc(normal, start(), 10, file = file, seed = 9, name = "other") |> suppressMessages()
  run_mcmc(normal, start(), 10, file = file, seed = 8, overwrite = TRUE) |> suppressMessages()
  expect_identical(list_runs(file), c("mcmc", "other"))
})
