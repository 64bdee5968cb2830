test_that("a run that has ended is shown once", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 2000, file = file, seed = 1)
  output <- capture.output(status <- watch_chain(file))
  expect_length(output, 1)
  expect_match(output, "mcmc: finished, 2,000 of 2,000 steps \\(100%\\).*acceptance 0[.].*tau [0-9.]+ \\([ab]\\), ess")
  expect_s3_class(status, "chain_status")
  expect_identical(status$n_steps, 2000)
})

test_that("a run of another process is followed to its end, from any shell", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e7, flush_interval = 0.05)
  wait_for_steps(file)
  code <- sprintf(".libPaths(%s); livechain::watch_chain('%s', interval = 0.3)", deparse1(.libPaths()), file)
  shown <- withr::local_tempfile()
  watcher <- callr::process$new(file.path(R.home("bin"), "Rscript"), c("-e", code), stdout = shown)
  withr::defer(watcher$kill())
  wait_until(function() length(readLines(shown, warn = FALSE)) > 2)
  stop_mcmc(file)
  wait_for_end(watcher, 30)
  output <- readLines(shown)
  n_steps <- format_count(chain_status(file)$n_steps)
  expect_match(output[1], "mcmc: running")
  expect_match(output[length(output)], sprintf("mcmc: finished, %s of %s steps", n_steps, n_steps))
  steps <- as.numeric(gsub(",", "", sub(".*(running|finished), ([0-9,]+) of.*", "\\2", output)))
  expect_false(is.unsorted(steps))
})

test_that("a terminal is refreshed in place", {
  skip_if_not_installed("processx")
  file <- temp_chain()
  process <- sample_in_background(file, 1e7, flush_interval = 0.05)
  wait_for_steps(file, 500)
  code <- sprintf(".libPaths(%s); livechain::watch_chain('%s', interval = 0.2)", deparse1(.libPaths()), file)
  terminal <- processx::process$new(
    file.path(R.home("bin"), "Rscript"), c("-e", code),
    pty = TRUE, pty_options = list(rows = 30L, cols = 90L), env = c("current", TERM = "xterm", LANG = "C.UTF-8")
  )
  withr::defer(terminal$kill())
  output <- ""
  # A terminal whose program has ended cannot be read.
  read <- function() output <<- paste0(output, tryCatch(terminal$read_output(), error = function(e) ""))
  wait_until(function() {
    read()
    lengths(regmatches(output, gregexpr("parameter +mean", output))) > 3
  })
  expect_match(output, "\033\\[[0-9]+A")
  expect_match(output, "\u2588", fixed = TRUE)
  # Killed, it is seen at once.
  process$kill()
  wait_until(function() {
    read()
    !terminal$is_alive()
  })
  expect_match(output, "resume_mcmc() goes on", fixed = TRUE)
})

test_that("Ctrl-C leaves it in peace", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e7)
  wait_for_steps(file, 100)
  watcher <- in_background(function(file) livechain::watch_chain(file, interval = 0.2)$state, file)
  wait_until(function() has_open(watcher$get_pid(), file))
  Sys.sleep(2) # it is at work then, also on a busy machine
  watcher$interrupt()
  wait_for_end(watcher, 60)
  expect_identical(watcher$get_result(), "running")
  expect_true(process$is_alive())
  process$kill()
})

test_that("a screen tells what is known", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 3000, file = file, seed = 1)
  follower <- follow_chain(file, "mcmc")
  withr::local_options(cli.num_colors = 1, cli.unicode = TRUE)
  screen <- watch_screen(follower_status(follower), follower, 80)
  screen[1] <- sub("in [^ ]*h5", "in <file>", sub("[0-9.]+ s ago", "<age>", screen[1]))
  screen[2] <- sub("\u2588+", "<bar>", sub("[0-9,]+ steps/s", "<rate>", screen[2]))
  expect_snapshot(writeLines(screen))
})

test_that("a follower sees what the whole chain shows", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 40000, file = file, seed = 1)
  follower <- follow_chain(file, "mcmc", n_values = 1024 * 20 * 2)
  whole <- read_chain(file)
  expect_identical(follower$n_rows, 1024)
  expect_gt(length(follower$levels), 5)
  shown <- follower_chain(follower)
  expect_identical(shown$draws, whole$draws[shown$steps, , , drop = FALSE])
  expect_equal(follower_tau(follower), unname(autocorr_time(whole)), tolerance = 0.25)
  expect_equal(colMeans(as.matrix(shown)), colMeans(as.matrix(whole)), tolerance = 0.1)
  history <- follower_history(follower)
  expect_identical(history$n_updates, history_steps(40000))
})

test_that("a follower that looks often has what one has that looks once", {
  file <- temp_chain()
  writer <- chain_writer(file, 4, c("a", "b"), flush_interval = 0)
  chain <- run_mcmc(normal, start(4), 3000, seed = 1)
  cuts <- c(0, 1, 2, 10, 300, 301, 1000, 2999, 3000)
  follower <- NULL
  for (i in seq_along(cuts)[-1]) {
    steps <- (cuts[i - 1] + 1):cuts[i]
    append_steps(writer, chain$draws[steps, , , drop = FALSE], chain$log_prob[steps, , drop = FALSE])
    if (is.null(follower)) follower <- follow_chain(file, "mcmc", n_values = 1) else update_follower(follower)
  }
  close(writer)
  expect_identical(follower$levels, follow_chain(file, "mcmc", n_values = 1)$levels)
})

test_that("derived quantities are followed by their names", {
  file <- temp_chain()
  writer_of_blobs <- function(x) list(normal(x), radius = sqrt(sum(x^2)), pair = x, word = "a", inside = x[1] > 0)
  run <- run_mcmc(writer_of_blobs, named_start(), 3000, file = file, seed = 1) |> suppressMessages()
  whole <- read_chain(run)
  for (n_values in c(1, 4e5)) {
    follower <- follow_chain(file, "mcmc", c("radius", "a", "inside"), n_values = n_values)
    shown <- follower_chain(follower)
    expect_identical(dimnames(shown$draws)[[3]], c("radius", "a", "inside"))
    expect_identical(shown$draws[, , "radius"], whole$blobs$radius[shown$steps, ])
    expect_identical(shown$draws[, , "a"], whole$draws[shown$steps, , "a"])
    expect_identical(shown$draws[, , "inside"], whole$blobs$inside[shown$steps, ] + 0)
  }
  expect_identical(parameter_figures(follower)$parameter, c("radius", "a", "inside"))
  expect_equal(follower_tau(follower), unname(autocorr_time(run, tol = 0, parameters = c("radius", "a", "inside"))))
  expect_output(watch_chain(file, parameters = "radius"), "tau [0-9.]+ \\(radius\\)")
  expect_error(watch_chain(file, parameters = "pair"), class = "livechain_error_argument")
})

test_that("derived quantities are followed from a run's beginning", {
  file <- temp_chain()
  run_mcmc(function(x) c(normal(x), radius = sqrt(sum(x^2))), named_start(), 0, file = file, seed = 1)
  follower <- follow_chain(file, "mcmc", "radius")
  expect_null(parameter_figures(follower))
  resume_mcmc(file, function(x) c(normal(x), radius = sqrt(sum(x^2))), n_steps = 100) |> suppressMessages()
  expect_true(update_follower(follower))
  expect_identical(follower_chain(follower)$draws[, , 1], read_chain(file)$blobs[, , 1])
})

test_that("bad arguments are named", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 10, file = file)
  expect_snapshot(watch_chain(file, interval = 0), error = TRUE)
  expect_snapshot(watch_chain(file, parameters = "c"), error = TRUE)
  expect_snapshot(watch_chain(file, wait = -1), error = TRUE)
  expect_snapshot(watch_chain(temp_chain()), error = TRUE, transform = scrub)
})

test_that("the verdict is on all parameters, also those that are not shown", {
  file <- temp_chain()
  sampler <- chain_writer(file, 20, 10)
  withr::local_seed(1)
  draws <- array(rnorm(2000 * 20 * 10), c(2000, 20, 10))
  draws[, , 10] <- draws[, , 10] + rep(c(-20, 20), each = 2000 * 10)
  append_steps(sampler, draws, matrix(0, 2000, 20))
  close(sampler)
  output <- capture.output(watch_chain(file))
  expect_match(output, "walkers disagree on theta[10]", fixed = TRUE, all = FALSE)
  follower <- follow_chain(file, "mcmc", 1:2)
  expect_match(verdict(judged_view(follower)), "theta[10]", fixed = TRUE)
  close_follower(follower)
})
