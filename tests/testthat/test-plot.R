n_paths <- function(svg) lengths(regmatches(svg, gregexpr("<path", svg)))

test_that("every type of plot draws, of chains and of files", {
  file <- temp_chain()
  chain <- read_chain(run_mcmc(normal, named_start(), 300, file = file, seed = 1))
  for (type in list("trace", "density", c("trace", "density"), "pairs", "rank", "autocorr", "log_prob")) {
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
    for (type in c("trace", "pairs", "rank", "autocorr", "log_prob")) plot(chain, type = type)
    expect_identical(graphics::par(no.readonly = TRUE)[names(before)], before)
    expect_identical(getOption("scipen"), scipen)
  })
})

test_that("chains that show nothing are drawn", {
  still <- run_mcmc(function(x) if (all(x == 1)) 0 else -Inf, matrix(1, 10, 2), 70, seed = 1, check_init = FALSE)
  one <- reference(1)
  for (type in c("trace", "density", "pairs", "rank", "autocorr", "log_prob")) {
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

# Into no file.
quietly <- function(code) {
  grDevices::pdf(NULL)
  withr::defer(grDevices::dev.off())
  force(code)
}

test_that("plot() returns what it drew", {
  chain <- run_mcmc(normal, named_start(), 300, seed = 1)
  drawn <- quietly(plot(chain, type = c("trace", "density", "pairs", "rank", "autocorr", "log_prob")))
  expect_named(drawn, c("trace", "density", "pairs", "rank", "autocorr", "log_prob"))
  first <- drawn$trace[drawn$trace$parameter == "b" & drawn$trace$walker == 3, ]
  expect_identical(first$value, chain$draws[, 3, 2])
  expect_identical(drawn$log_prob$value, as.vector(chain$log_prob))
  expect_identical(drawn$pairs$a, as.vector(chain$draws[, , 1]))
  areas <- tapply(seq_len(nrow(drawn$density)), drawn$density$parameter, function(i) {
    with(drawn$density[i, ], sum(density[-1] * diff(x)))
  })
  expect_equal(as.vector(areas), c(1, 1), tolerance = 0.01)
})

test_that("a long trace is quantiles of parts of the run, with all walkers in them", {
  chain <- run_mcmc(normal, start(), 3000, seed = 1)
  chain$draws[1500, 3, 1] <- 50
  trace <- quietly(plot(chain, type = "trace", parameters = 1))$trace
  expect_identical(nrow(trace), 250L)
  expect_identical(max(trace$q100), 50)
  part <- chain$draws[1:12, , 1]
  expect_equal(unlist(trace[1, c("q5", "q50", "q95")], use.names = FALSE), quantile(part, c(0.05, 0.5, 0.95), names = FALSE))
  expect_identical(trace$step[1], 6.5)
})

test_that("a density does not cut tails, and ends at a bound", {
  withr::local_seed(1)
  normal <- density_of(rnorm(1e5))
  expect_gt(max(normal$x), 4)
  exponential <- density_of(rexp(1e5))
  expect_gte(exponential$x[1], 0)
  expect_equal(exponential$y[1], 1, tolerance = 0.1)
  # of a few that are very far away it shows the rest
  expect_lt(max(density_of(c(rnorm(1e4), 1e6))$x), 20)
})

test_that("ranks are level where walkers agree, and tell one that stays elsewhere", {
  chain <- run_mcmc(normal, start(), 500, seed = 1)
  expect_lt(max(quietly(plot(chain, type = "rank"))$rank$frequency), 3)
  chain$draws[, 3, 1] <- chain$draws[, 3, 1] + 10
  rank <- quietly(plot(chain, type = "rank"))$rank
  expect_identical(max(rank$frequency[rank$of == 3 & rank$parameter == "theta[1]"]), 20)
})

test_that("ensembles have colours, and truth, prior and title are drawn", {
  chain <- run_mcmc(normal, rbind(start(), start() + 1), 100, seed = 1, n_ensembles = 2)
  expect_setequal(quietly(plot(chain, type = "trace"))$trace$ensemble, 1:2)
  plain <- drawn(plot(chain))
  prior <- list("theta[1]" = function(x) dnorm(x, 0, 3), "theta[2]" = rnorm(100))
  variants <- list(
    drawn(plot(chain, truth = c(0, 0))), drawn(plot(chain, truth = c("theta[2]" = 1))), drawn(plot(chain, prior = prior)),
    drawn(plot(chain, main = "Title")), drawn(plot(chain, col = c("red", "#00FF00")))
  )
  expect_length(unique(c(plain, unlist(variants))), 6)
  expect_match(variants[[5]], "rgb\\(100(.0*)?%, ?0(.0*)?%, ?0(.0*)?%\\)")
})

test_that("40 parameters are drawn, on as many pages as it takes", {
  chain <- run_mcmc(normal, start(82, 40), 20, seed = 1)
  expect_message(quietly(plot(chain)), "8")
  n_pages <- function(code) {
    folder <- withr::local_tempdir()
    grDevices::png(file.path(folder, "%03d.png"), 600, 600)
    tryCatch(code, finally = grDevices::dev.off())
    length(list.files(folder))
  }
  expect_identical(n_pages(plot(chain, parameters = 1:40)), 5L)
  expect_identical(n_pages(plot(chain, parameters = 1:12, type = "pairs")), 1L)
})

test_that("of a long file not every step is read", {
  file <- temp_chain()
  run <- run_mcmc(normal, start(), 25000, file = file, seed = 1)
  expect_identical(thin_to_draw(run, 1), 2)
  expect_identical(thin_to_draw(file, 3), 3)
  expect_identical(nrow(quietly(plot(run, type = "trace", parameters = 1, discard = 5000))$trace), 250L)
})

test_that("ticks are from a number that the label names, where they differ in late digits", {
  ticks <- axis_ticks(2454950.3 + c(-1, 1) * 3e-4)
  expect_identical(from_label("T0", ticks$from), "T0 - 2454950.3")
  expect_identical(ticks$texts[1:2], c("-0.0003", "-0.0002"))
  expect_identical(axis_ticks(c(0, 100))$from, 0)
  expect_match(from_label("y", axis_ticks(-2454950.3 + c(-1, 1) * 3e-4)$from), "y + 2454950.3", fixed = TRUE)
})

test_that("bad arguments are named", {
  chain <- reference(20)
  expect_snapshot(error = TRUE, {
    plot(chain, truth = c(c = 1))
    plot(chain, truth = "a")
    plot(chain, prior = list(c = dnorm))
    plot(chain, prior = dnorm)
    plot(chain, main = 1)
    plot(chain, col = "blau")
  })
  expect_snapshot(plot(chain, type = "histogram"), error = TRUE)
  expect_snapshot(plot(chain, type = 1), error = TRUE)
  expect_snapshot(plot(chain, parameters = "c"), error = TRUE)
})

test_that("a label names what is taken from the ticks of its axis, zeros and all", {
  expect_identical(from_label("T0", 2454950), "T0 - 2454950")
  expect_identical(from_label("T0", -2454950.3), "T0 + 2454950.3")
  expect_identical(from_label("T0", 0), "T0")
})

test_that("what is to be marked in no panel is named", {
  expect_snapshot(plot(reference(20), truth = c(zz = 3)), error = TRUE)
  expect_snapshot(plot(reference(20), prior = list(zz = dnorm)), error = TRUE)
})

test_that("what there is none of is not drawn", {
  chain <- reference(20)
  expect_error(plot(chain[, , 0]), "no parameters to plot", class = "livechain_error_empty")
  expect_error(plot(chain[, 0, ]), "no walkers to plot", class = "livechain_error_empty")
})

test_that("a corner plot is found, and truth may be a list", {
  chain <- run_mcmc(normal, named_start(), 200, seed = 1)
  expect_error(plot(chain, type = "corner"), "A corner plot is", class = "livechain_error_argument")
  expect_identical(plot(chain, type = "density", truth = list(a = 1)), plot(chain, type = "density", truth = c(a = 1)))
})
