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

# After so many calls, the worker of this process ends or stops itself.
killing <- function(x, victims, signal = 9, n_calls = 200) {
  options(n_calls = getOption("n_calls", 0) + 1)
  if (Sys.getpid() %in% victims && getOption("n_calls") == n_calls) tools::pskill(Sys.getpid(), signal)
  -sum(x^2) / 2
}

test_that("what a lost worker had to do is done by the others", {
  cluster <- two_workers()
  victim <- parallel::clusterCall(cluster[2], Sys.getpid)[[1]]
  expect_message(
    chain <- run_mcmc(killing, start(), 60, seed = 7, map = cluster, victims = victim),
    "Worker 2 of the cluster has been lost: 1 is left",
    class = "livechain_message_worker"
  )
  expect_same_chain(chain, reference(60))
})

test_that("a worker that a map of its own lost is told and counted", {
  skip_on_os("windows")
  flag <- withr::local_tempfile(lines = "")
  parent <- Sys.getpid()
  log_prob <- function(x) {
    if (Sys.getpid() != parent && file.remove(flag) |> suppressWarnings()) tools::pskill(Sys.getpid(), 9)
    -sum(x^2) / 2
  }
  forked <- function(X, FUN) suppressWarnings(parallel::mclapply(X, FUN, mc.cores = 2))
  file <- temp_chain()
  expect_message(
    run_mcmc(log_prob, start(), 20, seed = 7, map = forked, n_workers = 2, file = file),
    "1 worker of the `map` gave no answer",
    class = "livechain_message_worker"
  )
  expect_same_chain(read_chain(file), reference(20))
  expect_identical(chain_status(file)$n_lost_workers, 1)
})

test_that("a run whose workers are all lost ends, and can be resumed", {
  cluster <- two_workers()
  victims <- unlist(parallel::clusterCall(cluster, Sys.getpid))
  file <- temp_chain()
  expect_error(
    suppressMessages(run_mcmc(killing, start(), 1000, seed = 7, map = cluster, file = file, victims = victims)),
    "All workers of the cluster have been lost",
    class = "livechain_error_worker"
  )
  expect_identical(chain_status(file)$state, "interrupted")
  expect_gt(chain_status(file)$n_steps, 0)
  expect_identical(chain_status(file)$n_lost_workers, 2)
  others <- two_workers()
  victim <- parallel::clusterCall(others[1], Sys.getpid)[[1]]
  suppressMessages(resume_mcmc(file, killing, map = others, victims = victim))
  expect_same_chain(read_chain(file), reference(1000))
  expect_identical(chain_status(file)$n_lost_workers, 3)
  expect_output(print(chain_status(file)), "3 workers lost")
})

test_that("a worker that was stopped is not waited for longer than worker_timeout", {
  cluster <- two_workers()
  victim <- parallel::clusterCall(cluster[1], Sys.getpid)[[1]]
  withr::defer(tools::pskill(victim, tools::SIGCONT))
  expect_warning(
    chain <- run_mcmc(killing, start(), 60, seed = 7, map = cluster, victims = victim, signal = tools::SIGSTOP, worker_timeout = 0.2),
    "1 worker of the cluster did not answer"
  )
  expect_same_chain(chain, reference(60))
})

test_that("a walker that takes too long for two workers is an error with its position", {
  cluster <- two_workers()
  draws <- reference(10)$draws
  moved <- which(draws[10, , 1] != draws[5, , 1])[1]
  slow <- function(x, where) if (x[1] == where) Sys.sleep(20) else -sum(x^2) / 2
  condition <- tryCatch(
    suppressWarnings(run_mcmc(slow, start(), 20, seed = 7, map = cluster, where = draws[10, moved, 1], worker_timeout = 0.3)),
    error = identity
  )
  expect_s3_class(condition, "livechain_error_worker")
  expect_identical(condition$walker, as.double(moved))
  expect_identical(condition$position, unname(draws[10, moved, ]))
})

test_that("what the density says on workers is told once", {
  cluster <- two_workers()
  talking <- function(x) {
    warning("far away")
    message("here I am")
    cat("number one\n")
    -sum(x^2) / 2
  }
  warnings <- messages <- character()
  output <- capture.output(withCallingHandlers(
    run_mcmc(talking, start(), 3, seed = 7, map = cluster),
    warning = function(condition) {
      warnings <<- c(warnings, conditionMessage(condition))
      invokeRestart("muffleWarning")
    },
    message = function(condition) {
      messages <<- c(messages, conditionMessage(condition))
      invokeRestart("muffleMessage")
    }
  ))
  expect_identical(sum(grepl("^far away \\([0-9]+ times\\)$", warnings)), 1L)
  expect_identical(sum(messages == "here I am\n"), 1L)
  expect_identical(sum(output == "number one"), 1L)
})

test_that("what a density needs of the global environment and of attached packages goes along, and is forgotten", {
  cluster <- two_workers()
  assign("helper_of_test", eval(quote(function(x) scale_of_test * sum(x^2)), globalenv()), globalenv())
  assign("scale_of_test", -0.5, globalenv())
  withr::defer(rm("helper_of_test", "scale_of_test", envir = globalenv()))
  log_prob <- eval(quote(function(x) helper_of_test(x)), globalenv())
  expect_identical(run_mcmc(log_prob, start(), 10, seed = 7, map = cluster)$draws, reference(10)$draws)
  left <- parallel::clusterCall(cluster, function() {
    list(exists("helper_of_test"), length(ls(getNamespace("livechain")$kept_jobs)))
  })
  expect_identical(left, rep(list(list(FALSE, 0L)), 2))
})

test_that("workers use the run's variables, not those that others have left there", {
  cluster <- two_workers()
  set_global <- function(name, value) assign(name, value, envir = globalenv())
  parallel::clusterCall(cluster, set_global, "centre_of_test", 5)
  set_global("centre_of_test", 7)
  withr::defer(rm("centre_of_test", envir = globalenv()))
  log_prob <- eval(quote(function(x) c(-sum((x - centre_of_test)^2), centre = centre_of_test)), globalenv())
  sampled <- function(map) run_mcmc(log_prob, start(), 5, seed = 7, map = map)
  expect_identical(sampled(cluster), sampled(NULL))
  expect_identical(parallel::clusterEvalQ(cluster, centre_of_test), list(5, 5))
  set_global("centre_of_test", 8)
  expect_identical(unique(c(sampled(cluster)$blobs)), 8)
  # A pointer of this session is worth nothing there.
  parallel::clusterCall(cluster, set_global, "pointer_of_test", "a worker's own")
  set_global("pointer_of_test", methods::new("externalptr"))
  withr::defer(rm("pointer_of_test", envir = globalenv()))
  log_prob <- eval(quote(function(x) if (is.character(pointer_of_test)) -sum(x^2) else stop("not mine")), globalenv())
  expect_identical(dim(run_mcmc(log_prob, start(), 5, seed = 7, map = cluster))[1], 5L)
})

test_that("a density that draws random numbers makes the same chain on workers", {
  cluster <- two_workers()
  random <- function(x) -sum(x^2) / 2 + rnorm(1) / 10
  expect_identical(run_mcmc(random, start(), 20, seed = 7, map = cluster), run_mcmc(random, start(), 20, seed = 7))
  expect_identical(run_mcmc(random, start(), 20, seed = 7, map = lapply), run_mcmc(random, start(), 20, seed = 7))
})

test_that("a run that waits for workers obeys signals, and leaves a cluster that can be used", {
  file <- temp_chain()
  slow <- function(file, init) {
    cluster <- parallel::makePSOCKcluster(2)
    paths <- .libPaths()
    parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
    log_prob <- function(x) {
      if (x[1] < -100) Sys.sleep(2)
      -sum(x^2) / 2
    }
    waiting <- function(x) {
      options(n_calls = getOption("n_calls", 0) + 1)
      if (getOption("n_calls") > 100) Sys.sleep(2)
      -sum(x^2) / 2
    }
    tryCatch(run_mcmc(waiting, init, 1000, seed = 7, map = cluster, file = file), interrupt = function(condition) NULL)
    parallel::clusterApply(cluster, 1:2, function(i) i^2)
  }
  interrupted <- in_background(slow, file, start())
  wait_for_steps(file)
  Sys.sleep(1)
  interrupted$interrupt()
  wait_for_end(interrupted, 100)
  expect_identical(interrupted$get_result(), list(1, 4))

  file <- temp_chain()
  ended <- in_background(slow, file, start())
  wait_for_steps(file)
  Sys.sleep(1)
  time <- system.time({
    ended$signal(tools::SIGTERM)
    wait_for_end(ended, 100)
  })[["elapsed"]]
  expect_lt(time, 2)
  expect_identical(chain_status(file)$ended, "signal")
})

test_that("costly walkers go out one by one, the slowest first, and cheap ones together", {
  expect_identical(cut_guided(c(1, 3, 2), 2), list(2L, 3L, 1L))
  expect_identical(cut_guided(rep(1e-6, 5), 2), cut_in_turn(5, 2))
  expect_identical(cut_guided(rep(NA_real_, 3), 2), list(1L, 2L, 3L))
  expect_identical(lengths(cut_guided(rep(0.001, 60), 2))[c(1:4, 17)], c(10L, 8L, 7L, 5L, 1L))
  expect_identical(sort(unlist(cut_evenly(c(4, 1, 3, 2), 2))), 1:4)
  expect_identical(cut_evenly(c(4, 1, 3, 2), 2), list(c(1L, 2L), c(3L, 4L)))
})

test_that("more workers than the session can send to in time get fewer and larger pieces", {
  expect_length(cut_guided(rep(1e-6, 500), 100), 4)
  many <- cut_guided(rep(0.001, 2000), 1000)
  expect_lt(length(many), 120)
  expect_identical(sort(unlist(many)), 1:2000)
  expect_length(cut_guided(rep(1, 2000), 1000), 2000)
})

test_that("no more than the walkers' positions and a key goes out in a step", {
  expect_lt(length(serialize(messenger("answer_message"), NULL)), 300)
  expect_identical(environment(messenger("answer_message")), baseenv())
})

test_that("wrong maps are named", {
  withr::local_options(mc.cores = 2) # so many pieces are made
  expect_snapshot(run_mcmc(normal, start(), 5, map = lapply, n_workers = 0), error = TRUE)
  expect_snapshot(run_mcmc(normal, start(), 5, map = lapply, worker_timeout = 5), error = TRUE)
  expect_snapshot(run_mcmc(normal, start(), 5, map = lapply, worker_timeout = "a"), error = TRUE)
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
  wait_for_end(process)
  expect_identical(process$get_result(), "done")
  expect_same_chain(read_chain(file), run_mcmc(scaled, start(), 40, scale = 3, seed = 7))
})

test_that("daemons of mirai that clean up after each task keep what a density needs", {
  skip_if_not_installed("mirai")
  process <- in_background(function(init) {
    assign("centre", 5, globalenv())
    log_prob <- eval(quote(function(x) -sum((x - centre)^2) / 2), globalenv())
    mirai::daemons(2)
    on.exit(mirai::daemons(0))
    identical(run_mcmc(log_prob, init, 10, seed = 7, map = mirai::mirai_map), run_mcmc(log_prob, init, 10, seed = 7))
  }, start())
  wait_for_end(process)
  expect_true(process$get_result())
})

test_that("a cluster of mirai can be stopped as soon as a run has ended", {
  skip_if_not_installed("mirai")
  process <- in_background(function(init, scaled) {
    for (i in 1:12) {
      cluster <- mirai::make_cluster(2)
      run_mcmc(scaled, init, 5, scale = 3, map = cluster)
      mirai::stop_cluster(cluster)
    }
    "done"
  }, start(), scaled)
  wait_for_end(process, 120)
  expect_identical(process$get_result(), "done")
})

test_that("mirai, as a cluster and by its daemons, goes on without workers that are lost or stopped", {
  skip_if_not_installed("mirai")
  process <- in_background(function(init, killing) {
    run <- function(map, pids, ...) {
      tryCatch(suppressMessages(run_mcmc(killing, init, 40, seed = 7, map = map, victims = pids[1], ...)), error = conditionMessage)
    }
    cluster <- mirai::make_cluster(2)
    pids <- unlist(parallel::clusterCall(cluster, Sys.getpid))
    chains <- list(run(cluster, pids))
    mirai::daemons(2)
    pids <- unique(unlist(mirai::mirai_map(1:20, function(i) Sys.getpid())[]))
    chains[[2]] <- run(mirai::mirai_map, pids)
    mirai::daemons(0)
    mirai::daemons(2)
    pids <- unique(unlist(mirai::mirai_map(1:20, function(i) Sys.getpid())[]))
    chains[[3]] <- run(mirai::mirai_map, pids, signal = tools::SIGSTOP, worker_timeout = 0.5)
    tools::pskill(pids[1], tools::SIGCONT)
    mirai::daemons(0)
    chains
  }, start(), killing)
  wait_for_end(process)
  for (chain in process$get_result()) expect_same_chain(chain, reference(40))
})

test_that("a map that answers in another order gives the same chain", {
  backwards <- function(X, FUN) rev(lapply(rev(seq_along(X)), function(i) FUN(X[[i]])))
  shuffled <- function(X, FUN) lapply(X[rev(seq_along(X))], FUN)
  for (map in list(backwards, shuffled)) {
    expect_identical(run_mcmc(normal, start(), 20, map = map, n_workers = 4, seed = 7)$draws, reference(20)$draws)
  }
  expect_snapshot(run_mcmc(normal, start(), 5, map = sapply, n_workers = 2), error = TRUE)
})
