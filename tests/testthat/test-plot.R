n_paths <- function(svg) lengths(regmatches(svg, gregexpr("<path", svg)))

test_that("every type of plot draws, of chains and of files", {
  file <- temp_chain()
  chain <- read_chain(run_mcmc(normal, named_start(), 300, file = file, seed = 1))
  for (type in list("trace", "density", c("trace", "density"), "pairs", "autocorr", "log_prob")) {
    picture <- drawn(expect_invisible(plot(chain, type = type)))
    expect_gt(n_paths(picture), 10)
  }
  expect_identical(drawn(plot(chain)), drawn(plot(read_chain(file))))
  expect_gt(n_paths(drawn(plot(chain))), n_paths(drawn(plot(chain, parameters = "b"))))
})

test_that("a plot restores what it changes", {
  chain <- reference(50)
  drawn({
    before <- graphics::par(no.readonly = TRUE)[c("mar", "mfrow", "oma", "las", "tcl", "mgp")]
    scipen <- getOption("scipen")
    for (type in c("trace", "pairs", "autocorr", "log_prob")) plot(chain, type = type)
    expect_identical(graphics::par(no.readonly = TRUE)[names(before)], before)
    expect_identical(getOption("scipen"), scipen)
  })
})

test_that("chains that show nothing are drawn", {
  still <- run_mcmc(function(x) if (all(x == 1)) 0 else -Inf, matrix(1, 10, 2), 70, seed = 1, check_init = FALSE)
  one <- reference(1)
  for (type in c("trace", "density", "pairs", "autocorr", "log_prob")) {
    expect_gt(n_paths(drawn(plot(still, type = type))) + n_paths(drawn(plot(one, type = type))), 0)
  }
})

test_that("the regions of a pair hold what they say", {
  withr::local_seed(1)
  map <- density_map(rnorm(1e5), rnorm(1e5))
  levels <- levels_holding(map$z, c(0.5, 0.9))
  held <- vapply(levels, function(level) sum(map$z[map$z >= level]) / sum(map$z), 1)
  expect_equal(held, c(0.5, 0.9), tolerance = 0.02)
  # of a two-dimensional normal density, the region with 50% has radius sqrt(2 log 2)
  area <- sum(map$z >= levels[1]) * diff(map$x[1:2]) * diff(map$y[1:2])
  expect_equal(area, pi * 2 * log(2), tolerance = 0.1)
})

test_that("the history of the autocorrelation time is what it was", {
  chain <- run_mcmc(normal, start(), 1000, seed = 1)
  history <- autocorr_history(chain)
  expect_identical(history$n_updates[c(1, length(history$n_updates))], c(64, 724))
  first <- chain$draws[1:256, , ]
  expect_equal(history$tau[history$n_updates == 256, ], autocorr_time(first, tol = 0), ignore_attr = TRUE)
})

test_that("bad arguments are named", {
  chain <- reference(20)
  expect_snapshot(plot(chain, type = "histogram"), error = TRUE)
  expect_snapshot(plot(chain, type = 1), error = TRUE)
  expect_snapshot(plot(chain, parameters = "c"), error = TRUE)
})
