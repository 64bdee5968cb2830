with_curve <- function(x) list(normal(x), curve = x[1] + c(0, 10, 20, 30), table = matrix(1, 2, 2), flag = c(x[1] > 0, TRUE))

# What a plot drew: the arguments of each polygon and line.
plot_calls <- function(code) {
  grDevices::pdf(NULL)
  withr::defer(grDevices::dev.off())
  grDevices::dev.control("enable")
  force(code)
  calls <- grDevices::recordPlot()[[1]]
  lapply(calls, `[[`, 2)
}

called <- function(calls, name) Filter(function(call) call[[1]]$name == name, calls)

test_that("bands are quantiles of each element of a blob", {
  file <- temp_chain()
  run <- run_mcmc(with_curve, start(), 200, file = file, seed = 7) |> suppressMessages()
  probs <- c(0.9, 0.1, 0.5)
  calls <- plot_calls(plot(run, type = "bands", blobs = "curve", probs = probs, discard = 50, thin = 2))
  curve <- read_chain(run, discard = 50, thin = 2)$blobs$curve
  expected <- apply(curve, 3, quantile, sort(probs))
  polygon <- called(calls, "C_polygon")
  expect_length(polygon, 1)
  expect_equal(polygon[[1]][[2]], c(1:4, 4:1))
  expect_equal(polygon[[1]][[3]], c(expected[1, ], rev(expected[3, ])))
  in_memory <- plot_calls(plot(read_chain(run), type = "bands", blobs = "curve", probs = probs, discard = 50, thin = 2))
  expect_identical(called(in_memory, "C_polygon")[[1]][[3]], polygon[[1]][[3]])
})

test_that("elements stand where they belong, with what was observed", {
  chain <- run_mcmc(with_curve, start(), 100, seed = 7) |> suppressMessages()
  calls <- plot_calls(plot(chain, type = "bands", blobs = "curve", probs = c(0.1, 0.9), at = c(3, 0, 1, 2), observed = c(30, 0, 10, 20)))
  expect_equal(called(calls, "C_polygon")[[1]][[2]], c(0:3, 3:0))
  points <- Filter(function(call) identical(call[[3]], "p"), called(calls, "C_plotXY"))
  expect_equal(points[[1]][[2]]$x, 0:3)
  expect_equal(points[[1]][[2]]$y, c(0, 10, 20, 30))
})

test_that("all vector blobs are drawn, beside other plots, also where values are missing", {
  chain <- run_mcmc(with_curve, start(), 100, seed = 7) |> suppressMessages()
  chain$blobs$curve[, , 2] <- NA
  chain$blobs$curve[1, 1, 3] <- Inf
  expect_length(called(plot_calls(plot(chain, type = "bands")), "C_polygon"), 6)
  expect_no_error(plot_calls(plot(chain, type = c("bands", "trace"))))
  chain$blobs$curve[] <- NaN
  expect_no_error(plot_calls(plot(chain, type = "bands", blobs = "curve")))
})

test_that("bands that cannot be drawn are said", {
  chain <- run_mcmc(with_curve, start(), 20, seed = 7) |> suppressMessages()
  without <- reference(20) |> suppressMessages()
  expect_snapshot(plot(without, type = "bands"), error = TRUE)
  expect_snapshot(plot(chain, type = "bands", blobs = "table"), error = TRUE)
  expect_snapshot(plot(chain, type = "bands", blobs = "curve", at = 1:3), error = TRUE)
  expect_snapshot(plot(chain, type = "bands", probs = 95), error = TRUE)
})
