two_workers <- function(env = parent.frame()) {
  cluster <- parallel::makePSOCKcluster(2)
  withr::defer(try(parallel::stopCluster(cluster), silent = TRUE), envir = env)
  paths <- .libPaths()
  parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
  cluster
}

scaled <- function(x, scale) -sum(x^2) / (2 * scale)

expect_same_as_serial <- function(map, ...) {
  serial <- run_mcmc(scaled, start(), 40, scale = 3, seed = 7)
  file <- temp_chain()
  run_mcmc(scaled, start(), 20, scale = 3, seed = 7, map = map, file = file, ...)
  resume_mcmc(file, scaled, n_steps = 20, scale = 3, map = map)
  expect_same_chain(read_chain(file), serial)
}

test_that("lapply() itself gives the same chain", {
  expect_same_as_serial(lapply)
})

test_that("a cluster gives the same chain, and gets the density once", {
  cluster <- two_workers()
  expect_same_as_serial(cluster)
  pids <- unique(as.vector(run_mcmc(function(x) c(scaled(x, 1), pid = Sys.getpid()), start(), 5, map = cluster)$blobs))
  expect_length(pids, 2)
  expect_false(Sys.getpid() %in% pids)
})

test_that("future gives the same chain", {
  skip_if_not_installed("future.apply")
  old <- future::plan(future::multisession, workers = 2)
  withr::defer(future::plan(old))
  expect_same_as_serial(future.apply::future_lapply)
  pids <- unique(as.vector(run_mcmc(function(x) c(-sum(x^2), pid = Sys.getpid()), start(), 5, map = future.apply::future_lapply)$blobs))
  expect_false(Sys.getpid() %in% pids)
})

test_that("forked workers give the same chain and leave the file alone", {
  forked <- function(X, FUN) parallel::mclapply(X, FUN, mc.cores = 2)
  expect_same_as_serial(forked)
  collected <- FALSE
  quitting <- function(x) {
    if (parallel:::isChild() && !collected) collected <<- !is.null(gc())
    scaled(x, 3)
  }
  file <- temp_chain()
  run_mcmc(quitting, start(), 4, seed = 7, map = forked, file = file, flush_interval = 0)
  expect_same_chain(read_chain(file), run_mcmc(quitting, start(), 4, seed = 7))
})

test_that("forked workers end when they are asked to, although a run does so only when its step is complete", {
  file <- temp_chain()
  asked <- function(x) {
    if (file.exists(file) && parallel:::isChild()) tools::pskill(Sys.getpid())
    -sum(x^2) / 2
  }
  forked <- function(X, FUN) suppressWarnings(parallel::mclapply(X, FUN, mc.cores = 2))
  expect_error(run_mcmc(asked, start(), 5, map = forked, file = file), class = "livechain_error_worker")
})

test_that("a vectorized density with blobs can be mapped", {
  log_prob <- function(x) cbind(-rowSums(x^2) / 2, twice = 2 * x[, 1])
  cluster <- two_workers()
  mapped <- run_mcmc(log_prob, start(), 20, seed = 7, vectorized = TRUE, map = cluster)
  expect_identical(mapped, run_mcmc(log_prob, start(), 20, seed = 7, vectorized = TRUE))
  expect_identical(mapped$blobs[, , "twice"], 2 * mapped$draws[, , 1])
})

test_that("an error on a worker says for which walker", {
  cluster <- two_workers()
  fragile <- function(x) if (x[1] > 1.5) stop("too far") else -sum(x^2) / 2
  init <- start()
  init[, 1] <- -abs(init[, 1])
  serial <- tryCatch(run_mcmc(fragile, init, 200, seed = 7), error = identity)
  remote <- tryCatch(run_mcmc(fragile, init, 200, seed = 7, map = cluster), error = identity)
  expect_s3_class(remote, "livechain_error_log_prob")
  expect_identical(remote$walker, serial$walker)
  expect_identical(unname(remote$position), serial$position)
  expect_match(conditionMessage(remote), "too far")
})

test_that("NaN from a worker says for which walker", {
  cluster <- two_workers()
  condition <- tryCatch(run_mcmc(function(x) NaN, start(), 10, map = cluster), error = identity)
  expect_identical(condition$walker, 1)
})

test_that("a lost worker is an error that names it and keeps the steps", {
  cluster <- two_workers()
  pid <- parallel::clusterCall(cluster[2], Sys.getpid)[[1]]
  file <- temp_chain()
  killing <- function(x, victim) {
    n_calls <- getOption("n_calls", 0) + 1
    options(n_calls = n_calls)
    if (Sys.getpid() == victim && n_calls > 200) tools::pskill(victim, 9)
    -sum(x^2) / 2
  }
  expect_error(
    run_mcmc(killing, start(), 1000, seed = 7, map = cluster, file = file, victim = pid),
    "1 worker has been lost: 2",
    class = "livechain_error_worker"
  )
  expect_gt(chain_status(file)$n_steps, 0)
  resume_mcmc(file, normal, n_steps = 20)
  expect_same_chain(read_chain(file), reference(dim(read_chain(file))[1]))
})

test_that("wrong maps are named", {
  withr::local_options(mc.cores = 2) # so many pieces are made
  expect_snapshot(run_mcmc(normal, start(), 5, map = "lapply"), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 5, map = function(X, FUN) list()), error = TRUE, transform = scrub)
})

# In another process: children that this one forks later would die of what nanonext leaves in it.
test_that("mirai gives the same chain", {
  skip_if_not_installed("mirai")
  file <- temp_chain()
  process <- in_background(function(file, init, scaled) {
    cluster <- mirai::make_cluster(2)
    run_mcmc(scaled, init, 20, scale = 3, seed = 7, map = cluster, file = file)
    resume_mcmc(file, scaled, n_steps = 20, scale = 3, map = cluster)
    mirai::stop_cluster(cluster)
    "done"
  }, file, start(), scaled)
  process$wait()
  expect_identical(process$get_result(), "done")
  expect_same_chain(read_chain(file), run_mcmc(scaled, start(), 40, scale = 3, seed = 7))
})
