rated <- function(x) dexp(x[["rate"]], log = TRUE) + dbeta(x[["share"]], 2, 3, log = TRUE) + x[["shift"]] / 3 - x[["shift"]]^2
rated_start <- function(n = 20) {
  withr::with_seed(1, cbind(rate = rexp(n), share = rbeta(n, 2, 3), shift = rnorm(n)))
}

bounded_moves <- function() {
  list(
    default = NULL, stretch = move_stretch(), walk = move_walk(), kde = move_kde(), slice = move_slice(), dime = move_dime(),
    side = move_side(), gaussian = move_gaussian(1), blocks = list(move_block(move_de(), 1:2), move_block(move_slice(), "shift"))
  )
}

test_that("with bounds a chain is that of a density that is -Inf outside, which is not called there", {
  n_calls <- 0
  within <- function(x) {
    n_calls <<- n_calls + 1
    stopifnot(x[["rate"]] >= 0, x[["share"]] >= 0, x[["share"]] <= 1)
    rated(x)
  }
  n_all <- 0
  everywhere <- function(x) {
    n_all <<- n_all + 1
    if (x[["rate"]] < 0 || x[["share"]] < 0 || x[["share"]] > 1) -Inf else rated(x)
  }
  bounds <- list(lower = c(rate = 0, share = 0), upper = c(share = 1))
  for (move in bounded_moves()) {
    n_calls <- n_all <- 0
    chain <- do.call(run_mcmc, c(list(within, rated_start(), 60, moves = move, seed = 3), bounds))
    expect_same_chain(chain, run_mcmc(everywhere, rated_start(), 60, moves = move, seed = 3))
    expect_lt(n_calls, n_all)
  }
})

test_that("bounds are kept by every way to evaluate a density, with blobs, ensembles and thinning", {
  in_bounds <- function(x) if (x[[1]] < 0 || x[[1]] > 2) stop("outside") else c(normal(x), first = x[[1]])
  init <- withr::with_seed(1, cbind(runif(40, 0, 2), rnorm(40)))
  run <- function(log_prob, ..., lower = c(0, NA), upper = c(2, Inf)) {
    run_mcmc(log_prob, init, 40, ..., lower = lower, upper = upper, n_ensembles = 2, thin_by = 2, seed = 5, weights = c(1, 1), moves = list(move_de(), move_slice()))
  }
  chain <- run(in_bounds)
  expect_true(all(chain$draws[, , 1] >= 0 & chain$draws[, , 1] <= 2))
  expect_equal(chain$blobs[, , 1], unname(chain$draws[, , 1]), ignore_attr = TRUE)
  rows <- function(x) {
    stopifnot(x[, 1] >= 0, x[, 1] <= 2)
    cbind(-rowSums(x^2) / 2, first = x[, 1])
  }
  expect_same_chain(run(rows, vectorized = TRUE), chain)
  expect_same_chain(run(in_bounds, map = lapply), chain)
})

test_that("a file keeps bounds and periods, and resuming uses them, to the same bits", {
  log_prob <- function(x) {
    stopifnot(x[["rate"]] >= 0, x[["phi"]] >= 0, x[["phi"]] < 2 * pi)
    -x[["rate"]] + 2 * cos(x[["phi"]])
  }
  init <- withr::with_seed(1, cbind(rate = rexp(20), phi = rnorm(20)))
  moves <- list(move_stretch(), move_dime(tune_steps = 30), move_block(move_slice(), "phi"), move_block(move_kde(), 1:2))
  run <- function(...) run_mcmc(log_prob, init, ..., moves = moves, lower = c(rate = 0), periodic = c(phi = 2 * pi), seed = 4)
  file <- temp_chain()
  run(20, file = file)
  resume_mcmc(file, log_prob, n_steps = 60)
  full <- run(80)
  expect_same_chain(read_chain(file), full)
  expect_same_chain(resume_mcmc(run(20), log_prob, n_steps = 60), full)
  facts <- describe_stored(file, "mcmc")$facts
  expect_identical(facts[c("lower", "upper", "periodic")], list(lower = c(0, -Inf), upper = c(Inf, Inf), periodic = c(0, 2 * pi)))
  expect_identical(facts[["moves/3/move/type"]], "slice")
  expect_identical(facts[["moves/3/parameters"]], "phi")
  expect_identical(facts[["moves/4/parameters"]], c(1, 2))
})

test_that("killed within bounds and around circles, a run ends in the same bits", {
  skip_on_cran()
  file <- temp_chain()
  domain <- list(lower = c(-3, NA), upper = c(3, NA), periodic = c(NA, 2))
  process <- do.call(sample_in_background, c(list(file, 40000, flush_interval = 0), domain))
  wait_for_steps(file, 200)
  process$kill()
  expect_lt(chain_status(file)$n_steps, 40000)
  resume_mcmc(file, normal)
  expect_same_chain(read_chain(file), do.call(reference, c(list(40000), domain)))
})

test_that("emcee's files have no bounds, and a run from the last step of another none of its", {
  chain <- run_mcmc(normal, abs(start()), 20, lower = 0, seed = 1)
  expect_true(any(run_mcmc(normal, chain, 200, seed = 1)$draws < 0))
})

test_that("positions on a circle are kept from 0 to the period, also where the walkers start", {
  seen <- 0.5
  log_prob <- function(x) {
    seen <<- range(seen, x)
    cos(2 * pi * x[1]) + cos(2 * pi * x[2])
  }
  init <- withr::with_seed(1, matrix(rnorm(40, 0, 3), 20))
  init[1:2] <- c(-1e-20, 1)
  for (move in c(bounded_moves()[c("default", "stretch", "walk", "kde", "slice", "dime", "side", "gaussian")], list(move_mh(function(x) x + 5)))) {
    chain <- suppressMessages(run_mcmc(log_prob, init, 100, moves = move, periodic = 1, seed = 1))
    expect_true(all(chain$draws >= 0 & chain$draws < 1))
    expect_true(all(seen >= 0 & seen < 1))
  }
})

test_that("a density that straddles the border is sampled as well as one in the middle", {
  skip_on_cran()
  init <- withr::with_seed(1, matrix(rnorm(80, 0, 0.5), 40))
  log_prob <- function(x, at) 4 * cos(x[, 1] - at) - (x[, 2] - sin(x[, 1] - at))^2
  tau_of <- function(move, at) {
    chain <- suppressMessages(run_mcmc(log_prob, init + rep(c(at, 0), each = 40), 4000, moves = move, periodic = c(2 * pi, NA), vectorized = TRUE, seed = 2, at = at))
    apply(sin(chain$draws[-(1:200), , 1, drop = FALSE] - at), 3, function(x) autocorr_time(array(x, c(3800, 40, 1)), tol = 0))
  }
  for (name in setdiff(names(bounded_moves()), "blocks")) {
    move <- bounded_moves()[[name]]
    ratio <- tau_of(move, 0) / tau_of(move, pi)
    expect_gt(ratio, 0.7, label = name)
    expect_lt(ratio, 1.4, label = name)
  }
})

test_that("bounds and periods that cannot be are refused", {
  expect_refused <- function(...) expect_snapshot(run_mcmc(rated, rated_start(), 10, ...), error = TRUE)
  expect_refused(lower = c(rate = 0, share = 1, shift = 2), upper = c(rate = 9, share = 1, shift = 1))
  expect_refused(lower = c(rat = 0))
  expect_refused(upper = c(rate = 9, rate = 8))
  expect_refused(lower = c(0, 1))
  expect_refused(lower = "a")
  expect_refused(periodic = c(shift = 0))
  expect_refused(periodic = -1)
  expect_refused(periodic = c(shift = 1), lower = 0)
  expect_refused(lower = c(rate = 0.5), upper = c(share = 0.4))
})

test_that("a group's name is that of its parameters", {
  init <- list(mu = start(20, 2), sigma = abs(start(20, 2)))
  chain <- run_mcmc(function(p) -sum(p$mu^2) / 2 - sum(p$sigma), init, 50, lower = c(sigma = 0), seed = 1)
  expect_true(all(chain$draws[, , 3:4] >= 0))
  expect_true(any(chain$draws[, , 1:2] < 0))
})

test_that("bounds of a file that are none are said to be damaged", {
  run <- list(facts = list(lower = 0, upper = 1), n_parameters = 2)
  expect_error(stored_domain(run, NULL), class = "livechain_error_damaged")
  run$facts <- list(periodic = c(NaN, 1))
  expect_error(stored_domain(run, NULL), class = "livechain_error_damaged")
  run$facts <- list(lower = c(0, 0))
  expect_error(stored_domain(run, NULL), class = "livechain_error_damaged")
  run$facts <- list()
  expect_length(stored_domain(run, NULL), 0)
})

test_that("a slice that is the whole of a circle does not spoil the scale of move_slice()", {
  for (k in c(0, 0.01)) {
    set.seed(2)
    init <- matrix(runif(10, 0, 2 * pi))
    chain <- suppressMessages(run_mcmc(function(x) k * cos(x[, 1]), init, 3000, moves = move_slice(), seed = 2, periodic = 2 * pi, vectorized = TRUE))
    phi <- as.vector(chain$draws[501:3000, , 1])
    expect_true(all(phi >= 0 & phi < 2 * pi))
    expect_length(unique(phi), length(phi))
    expect_lt(abs(mean(cos(phi)) - k / 2), 0.025)
  }
})
