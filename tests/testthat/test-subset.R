several <- function(x) list(normal(x), radius = sqrt(sum(x^2)), pair = 2 * x, word = if (x[1] > 0) "up" else "down")

test_that("three indices keep a chain, with its log-probabilities and blobs", {
  chain <- run_mcmc(several, named_start(), 30, seed = 7)
  part <- chain[c(3, 7), 4:6, "b"]
  expect_s3_class(part, "chain")
  expect_identical(part$draws, chain$draws[c(3, 7), 4:6, "b", drop = FALSE])
  expect_identical(part$log_prob, chain$log_prob[c(3, 7), 4:6])
  expect_identical(part$blobs$pair, chain$blobs$pair[c(3, 7), 4:6, , drop = FALSE])
  expect_identical(part$steps, chain$steps[c(3, 7)])
  expect_identical(part$accepted, chain$accepted[4:6])
  expect_same_chain(chain[, , ], chain)
  expect_identical(chain[-(1:29), , ]$draws, tail(chain, 1)$draws)
  mixed <- run_mcmc(function(x) list(normal(x), one = x[[1]], word = "a"), named_start(), 30, seed = 7)
  expect_identical(mixed[5, 2, ]$blobs, data.frame(step = 5, walker = 1L, one = mixed$draws[[5, 2, 1]], word = "a"))
})

test_that("what is not a part of a chain is refused", {
  chain <- reference(10)
  expect_snapshot(chain[1], error = TRUE)
  expect_snapshot(chain[1:2, 3], error = TRUE)
  expect_snapshot(chain[11, , ], error = TRUE)
  expect_snapshot(chain[, , "c"], error = TRUE)
  expect_snapshot(chain[, 3.5e9, ], error = TRUE)
})

test_that("head, tail, window and subset are chains", {
  chain <- run_mcmc(several, named_start(), 60, seed = 7)
  expect_identical(head(chain, 5)$draws, chain$draws[1:5, , ])
  expect_identical(tail(chain, -50)$steps, as.double(51:60))
  expect_identical(window(chain, 11, 40, thin = 10)$steps, c(20, 30, 40))
  part <- subset(chain, walkers = 1:2, parameters = c("radius", "b"), discard = 50)
  expect_identical(dim(part), c(10L, 2L, 2L))
  expect_identical(part$draws[, , "radius"], chain$blobs$radius[51:60, 1:2])
  expect_snapshot(subset(chain, walker = 1), error = TRUE)
  expect_identical(dimnames(chain)[[3]], c("a", "b"))
  expect_output(str(chain), "60 steps, 20 walkers, 2 parameters")
})

test_that("pieces of a chain make the chain again", {
  file <- temp_chain()
  for (log_prob in list(normal, several, function(x) c(normal(x), one = x[[1]]))) {
    chain <- run_mcmc(log_prob, named_start(), 60, file = file, seed = 7, overwrite = TRUE)
    chain <- read_chain(file)
    expect_identical(c(head(chain, 20), chain[21:60, , ]), chain)
    expect_identical(bind_chains(chain[, 1:5, ], chain[, 6:20, ], along = "walkers"), chain)
  }
})

test_that("chains of different runs are numbered on, and their counts added", {
  first <- reference(20)
  second <- run_mcmc(normal, first, 30, seed = 8)
  both <- c(first, second)
  expect_identical(both$steps, as.double(1:50))
  expect_identical(both$n_total, 50)
  expect_identical(acceptance_rate(both), (first$accepted + second$accepted) / 50)
  expect_snapshot(c(first, second[, 1:3, ]), error = TRUE)
  expect_snapshot(bind_chains(first, second, along = "walkers"), error = TRUE)
  expect_snapshot(c(first, 3), error = TRUE)
})

test_that("the best step is the one with the highest log-probability", {
  chain <- run_mcmc(normal, named_start(), 200, seed = 7)
  best <- best_step(chain)
  expect_identical(attr(best, "log_prob"), max(chain$log_prob))
  expect_identical(as.vector(best), as.vector(chain$draws[attr(best, "step"), attr(best, "walker"), ]))
  expect_named(best, c("a", "b"))
  expect_gt(attr(best_step(chain, discard = 100), "step"), 100)
  expect_snapshot(best_step(reference(0)), error = TRUE)
})

test_that("what a chain is not, it refuses to be", {
  chain <- reference(10)
  expect_snapshot(mean(chain), error = TRUE)
  expect_snapshot(median(chain), error = TRUE)
  expect_snapshot(range(chain), error = TRUE)
  expect_snapshot(log(chain), error = TRUE)
  expect_snapshot(2 * chain, error = TRUE)
  expect_snapshot(rbind(chain, chain), error = TRUE)
  expect_error(cbind(chain, chain), class = "livechain_error_argument")
  expect_error(t(chain), class = "livechain_error_argument")
  skip_if_not_installed("posterior")
  expect_snapshot(posterior::rhat(chain), error = TRUE)
  expect_error(posterior::ess_bulk(chain), class = "livechain_error_argument")
  expect_error(posterior::ess_tail(chain), class = "livechain_error_argument")
})

test_that("walkers of runs of other lengths keep their acceptance rates", {
  short <- run_mcmc(normal, start(), 100, seed = 1)
  long <- run_mcmc(normal, start(), 1000, seed = 2)
  both <- bind_chains(short, long[1:100, , ], along = "walkers")
  expect_equal(acceptance_rate(both), c(acceptance_rate(short), acceptance_rate(long)))
})

test_that("steps keep their order, and a chain without walkers or parameters is shown", {
  chain <- reference(10)
  expect_snapshot(chain[10:1, , ], error = TRUE)
  expect_error(chain[c(1, 1), , ], class = "livechain_error_argument")
  expect_error(subset(chain, steps = c(3, 2)), class = "livechain_error_argument")
  expect_output(print(chain[, 0, ]), "10 steps x 0 walkers")
  expect_output(print(chain[, , 0]), "x 0 parameters")
})

test_that("draws that are there twice are refused, and ensembles are not forgotten in silence", {
  chain <- reference(50)
  expect_snapshot(c(chain, chain), error = TRUE)
  expect_error(c(chain, chain[20:40, , ]), class = "livechain_error_argument")
  expect_error(bind_chains(chain[, 1:5, ], chain[, 5:10, ], along = "walkers"), class = "livechain_error_argument")
  still <- run_mcmc(function(x) if (all(x %in% start())) 0 else -Inf, start(), 5, seed = 1)
  expect_identical(dim(c(still, still))[1], 10L)
  two <- run_mcmc(normal, start(), 50, seed = 8, n_ensembles = 2)
  expect_snapshot(invisible(bind_chains(two, chain, along = "walkers")))
  expect_warning(c(two, chain), class = "livechain_warning_ensembles")
  expect_no_warning(bind_chains(two, chain[, 1:10, ], along = "walkers"))
})

test_that("the same draws are known by where the walkers were", {
  flat <- function(x) if (all(abs(x) < 3)) 0 else -Inf
  init <- start() / 10
  one <- run_mcmc(flat, init, 20, seed = 1)
  other <- run_mcmc(flat, init, 20, seed = 2)
  expect_no_error(bind_chains(one, other, along = "walkers"))
  expect_error(c(one, one), class = "livechain_error_argument")
  expect_error(c(one, one[, 20:1, ]), class = "livechain_error_argument")
  expect_error(c(one[1:10, , ], one[10:20, , ]), class = "livechain_error_argument")
  expect_snapshot(one[, c(1, 1), ], error = TRUE)
  expect_error(one[, , c(1, 1)], class = "livechain_error_argument")
})

test_that("autocorrelation times go by how far most steps are apart", {
  chain <- reference(2000)
  tau <- autocorr_time(chain, quiet = TRUE)
  expect_equal(autocorr_time(chain[-2, , ], quiet = TRUE), tau, tolerance = 0.1)
  expect_equal(autocorr_time(chain[c(1, 1001:2000), , ], quiet = TRUE), tau, tolerance = 0.3)
  expect_null(chain$a)
})

test_that("what a chain has, a chain_file is not taken for", {
  file <- run_mcmc(normal, named_start(), 10, file = temp_chain(), seed = 1)
  expect_snapshot(file[1:2, , ], error = TRUE)
  expect_snapshot(file$draws, error = TRUE)
  expect_snapshot(mean(file), error = TRUE)
  for (verb in list(range, log, rbind, cbind, t, c, head, function(x) x + 1, function(x) 1 - x, posterior::ess_bulk)) {
    expect_error(verb(file), "does not take a chain_file", class = "livechain_error_argument")
  }
  expect_identical(dimnames(file)[[3]], c("a", "b"))
})

test_that("pieces of one run are put into its order, those of others are numbered on", {
  log_prob <- function(x) list(normal(x), at = x)
  chain <- suppressMessages(run_mcmc(log_prob, start(), 50, seed = 1))
  odd <- chain[seq(1, 49, 2), , ]
  even <- chain[seq(2, 50, 2), , ]
  whole <- chain[1:50, , ]
  expect_identical(c(odd, even), whole)
  expect_identical(c(even, odd), whole)
  expect_identical(c(chain[31:50, , ], chain[1:10, , ], chain[11:30, , ]), whole)
  other <- suppressMessages(run_mcmc(log_prob, start(), 50, seed = 2))
  expect_identical(c(odd, other[seq(2, 50, 2), , ])$steps, c(odd$steps, 49L + even$steps) + 0)
})
