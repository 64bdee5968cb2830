teller <- function(at, ...) {
  times <- c(0, at)
  i <- 0
  progress_teller(..., now = function() times[i <<- i + 1])
}

test_that("the progress of a run fits in 80 columns, with the time left", {
  withr::local_options(cli.width = 80, cli.unicode = FALSE)
  written <- character()
  display <- progress_in_place(function(text) written <<- c(written, text))
  told <- teller(c(2, 3600), 0, 2e6)
  display$show(told(2e5))
  display$show(told(1e6))
  display$end()
  expect_identical(nchar(written), c(80L, 80L, 1L))
  expect_snapshot(writeLines(trimws(written)))
})

test_that("the rate is that of this process", {
  status <- teller(10, 900, 1000)(950)
  expect_equal(status[c("rate", "remaining")], list(rate = 5, remaining = 10))
  expect_identical(teller(0, 0, 100)(0)$rate, NA_real_)
})

test_that("in a log there is a line now and then", {
  time <- 0
  display <- progress_lines(now = function() time)
  told <- progress_teller(0, 1e5, now = function() time)
  lines <- capture_messages(for (second in 1:600) {
    time <- second
    display$show(told(100 * second))
  })
  expect_length(lines, 12)
  expect_identical(lines[1], "Sampling: 500 of 100,000 steps (0%), 100 steps/s, 16.6 min left\n")
})

test_that("a run tells its progress, and nothing of it when not asked", {
  slow <- function(x) {
    Sys.sleep(0.012)
    normal(x)
  }
  lines <- capture_messages(run_mcmc(slow, start(), 30, seed = 7, progress = TRUE))
  expect_match(lines[1], "^Sampling: [0-9]+ of 30 steps")
  expect_no_match(capture_messages(reference(30)), "Sampling")
})
