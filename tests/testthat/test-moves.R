covariance <- matrix(c(2, 1.2, 1.2, 1), 2)

all_moves <- function() {
  list(
    stretch = move_stretch(), de = move_de(), snooker = list(move_de(), move_de_snooker()),
    walk = move_walk(s = 5), kde = move_kde(), kde_fixed = move_kde(0.6),
    gaussian = move_gaussian(2), gaussian_matrix = move_gaussian(covariance, factor = 2),
    gaussian_random = move_gaussian(c(2, 1), mode = "random"),
    gaussian_sequential = move_gaussian(covariance, mode = "sequential"),
    slice = move_slice(), dime = move_dime(), side = move_side(),
    mh = move_mh(function(x) x + rnorm(length(x))),
    mixture = list(move_stretch(), move_slice(), move_dime())
  )
}

# Thinned by the autocorrelation time, draws are nearly independent, and the test's p-value means something.
p_value <- function(draws, cdf) {
  tau <- max(1, unname(autocorr_time(draws, tol = 0)))
  kept <- draws[seq(1, dim(draws)[1], by = ceiling(2 * tau)), , 1]
  # Rejected proposals make ties.
  suppressWarnings(stats::ks.test(as.vector(kept), cdf)$p.value)
}

test_that("every move samples a normal density", {
  precision <- solve(covariance)
  log_prob <- function(x) -0.5 * rowSums((x %*% precision) * x)
  for (name in names(all_moves())) {
    chain <- run_mcmc(log_prob, start(40), 5000, moves = all_moves()[[name]], seed = 11, vectorized = TRUE)
    draws <- chain$draws[-(1:1000), , ]
    tau <- autocorr_time(draws, tol = 0)
    error <- sqrt(diag(covariance) * tau / (4000 * 40))
    expect_lt(max(abs(apply(draws, 3, mean)) / error), 4, label = name)
    expect_equal(cov(matrix(draws, ncol = 2)), covariance, tolerance = 0.12, label = name)
    expect_gt(p_value(draws[, , 1, drop = FALSE], function(q) pnorm(q, sd = sqrt(2))), 1e-3, label = name)
    rate <- mean(acceptance_rate(chain))
    expect_gt(rate, 0.1, label = name)
    if (!name %in% c("slice", "mixture")) expect_lt(rate, 0.9, label = name)
  }
})

test_that("every move samples a bounded and a uniform density", {
  gamma <- function(x) ifelse(x[, 1] > 0, dgamma(x[, 1], 3, log = TRUE), -Inf)
  uniform <- function(x) ifelse(x[, 1] > 0 & x[, 1] < 1, 0, -Inf)
  init <- withr::with_seed(1, matrix(runif(32), 32))
  moves <- all_moves()
  moves$gaussian_matrix <- moves$gaussian_sequential <- moves$gaussian_random <- NULL
  moves$gaussian <- move_gaussian(0.3)
  moves$mh <- move_mh(function(x) x + rnorm(length(x), 0, 0.5))
  for (name in names(moves)) {
    chain <- run_mcmc(gamma, init, 4000, moves = moves[[name]], seed = 5, vectorized = TRUE)
    expect_gt(p_value(chain$draws[-(1:1000), , , drop = FALSE], function(q) pgamma(q, 3)), 1e-3, label = name)
    chain <- run_mcmc(uniform, init, 4000, moves = moves[[name]], seed = 6, vectorized = TRUE)
    expect_gt(p_value(chain$draws[-(1:1000), , , drop = FALSE], punif), 1e-3, label = name)
  }
})

test_that("every move resumes to the same bits", {
  for (name in names(all_moves())) {
    moves <- all_moves()[[name]]
    file <- temp_chain()
    n_calls <- 0
    failing <- function(x) {
      n_calls <<- n_calls + 1
      if (n_calls > 3000) stop("enough")
      normal(x)
    }
    try(run_mcmc(failing, start(), 200, moves = moves, seed = 7, file = file, flush_interval = 0), silent = TRUE)
    n_steps <- chain_status(file)$n_steps
    expect_true(n_steps > 0 && n_steps < 200, label = name)
    resume_mcmc(file, normal, moves = if (name == "mh") moves)
    expect_same_chain(read_chain(file), reference(200, moves = moves))
  }
})

test_that("weights decide how often a move is taken", {
  never <- move_gaussian(1e-30)
  chain <- reference(2000, moves = list(move_stretch(), never), weights = c(1, 3))
  distance <- abs(diff(chain$draws[, 1, 1]))
  alone <- reference(2000, moves = move_stretch())
  share <- mean(distance > 1e-10) / mean(abs(diff(alone$draws[, 1, 1])) > 1e-10)
  expect_equal(share, 0.25, tolerance = 0.15)
})

test_that("move_mh() leaves R's generator alone and corrects for its proposal", {
  proposal <- function(x) {
    y <- x * exp(0.5 * rnorm(length(x)))
    list(y, rowSums(log(y / x)))
  }
  log_prob <- function(x) if (x > 0) dgamma(x, 3, log = TRUE) else -Inf
  set.seed(3)
  before <- .Random.seed
  init <- withr::with_seed(1, matrix(rexp(20), 20))
  chain <- run_mcmc(log_prob, init, 4000, moves = move_mh(proposal), seed = 1)
  expect_identical(.Random.seed, before)
  expect_gt(p_value(chain$draws[-(1:500), , , drop = FALSE], function(q) pgamma(q, 3)), 1e-3)
})

test_that("a run with move_mh() needs its function again", {
  file <- temp_chain()
  moves <- move_mh(function(x) x + rnorm(length(x)))
  run_mcmc(normal, start(), 10, moves = moves, file = file)
  expect_snapshot(resume_mcmc(file, normal, n_steps = 5), error = TRUE, transform = scrub)
  expect_snapshot(resume_mcmc(file, normal, n_steps = 5, moves = move_stretch()), error = TRUE, transform = scrub)
})

test_that("a file cannot make us call anything but moves", {
  made <- withr::local_tempfile()
  expect_error(move_from_text(sprintf("file.create('%s')", made)), class = "livechain_error_damaged")
  expect_error(move_from_text(sprintf("base::file.create('%s')", made)), class = "livechain_error_damaged")
  expect_false(file.exists(made))
})

test_that("wrong arguments are named", {
  expect_snapshot(move_stretch(a = 1), error = TRUE, transform = scrub)
  expect_snapshot(move_stretch(n_splits = 1), error = TRUE, transform = scrub)
  expect_snapshot(move_de(sigma = -1), error = TRUE, transform = scrub)
  expect_snapshot(move_de_snooker(gammas = 0), error = TRUE, transform = scrub)
  expect_snapshot(move_walk(s = 1), error = TRUE, transform = scrub)
  expect_snapshot(move_kde("wide"), error = TRUE, transform = scrub)
  expect_snapshot(move_gaussian(-1), error = TRUE, transform = scrub)
  expect_snapshot(move_gaussian(matrix(1, 2, 2)), error = TRUE, transform = scrub)
  expect_snapshot(move_gaussian(1, mode = "all"), error = TRUE, transform = scrub)
  expect_snapshot(move_slice(mu = 0), error = TRUE, transform = scrub)
  expect_snapshot(move_dime(df = 2), error = TRUE, transform = scrub)
  expect_snapshot(move_mh(3), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 5, moves = move_gaussian(c(1, 2, 3))), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(4, 1), 5, moves = move_de_snooker(n_splits = 2)), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 5, moves = move_mh(function(x) 1)), error = TRUE, transform = scrub)
})

test_that("by default the moves are a mixture, with which a file goes on", {
  file <- temp_chain()
  run_mcmc(normal, start(), 40, file = file, seed = 7)
  moves <- list(move_de(), move_de(gamma0 = 1), move_de_snooker(), move_stretch())
  expect_same_chain(read_chain(file), reference(40, moves = moves, weights = c(6, 1, 1, 2)))
  resume_mcmc(file, normal, 60)
  expect_same_chain(read_chain(file), reference(100))

  stretch <- temp_chain()
  run_mcmc(normal, start(), 40, file = stretch, seed = 7, moves = move_stretch())
  resume_mcmc(stretch, normal, 60)
  expect_same_chain(read_chain(stretch), reference(100, moves = move_stretch()))
  expect_snapshot(reference(10, weights = c(1, 2)), error = TRUE)
})

test_that("what DIME has learnt stays as it is after its tune_steps", {
  draws <- function(...) reference(150, moves = move_dime(aimh_prob = 1, ...))$draws
  same_until <- function(a, b) sum(cumprod(rowSums(a != b) == 0))
  expect_identical(draws(tune_steps = 150), draws(tune_steps = 2^53))
  expect_identical(same_until(draws(tune_steps = 50), draws(tune_steps = 100)), 51)
})

test_that("a slice that reaches its limit is reported, others are not", {
  far <- function(x) -sum(x^2) / 2e20
  expect_message(run_mcmc(far, start(), 3, moves = move_slice(mu = 1e-3), seed = 7), "did not find the end of a slice")
  expect_no_message(run_mcmc(normal, start(), 3000, moves = move_slice(), seed = 7), message = "did not find")
})

test_that("helpers that span no space make kernels without correlations, not wrong ones", {
  line <- withr::with_seed(1, rnorm(40))
  for (moves in list(move_kde(), move_dime(sigma = 0.5, aimh_prob = 0.5))) {
    chain <- suppressMessages(run_mcmc(normal, matrix(line, 40, 2), 4000, moves = moves, seed = 1, check_init = FALSE))
    draws <- chain$draws[-(1:500), , ]
    expect_true(all(is.finite(draws)))
    expect_lt(abs(cor(c(draws[, , 1]), c(draws[, , 2]))), 0.1)
    expect_equal(mean(draws^2), 1, tolerance = 0.1)
  }
})

test_that("tune lets moves that tune themselves do so during the whole run", {
  for (early in list(move_slice(mu = 0.01, tune_steps = 2), move_dime(tune_steps = 2))) {
    expect_false(identical(reference(200, moves = early)$draws, reference(200, moves = early, tune = TRUE)$draws))
  }
  expect_identical(reference(200, tune = TRUE)$draws, reference(200)$draws)
})

test_that("walkers that coincide cost no error and no evaluations without end", {
  init <- start(12)
  init[2:6, ] <- init[rep(1, 5), ]
  for (name in names(all_moves())) {
    n_calls <- 0
    counting <- function(x) {
      n_calls <<- n_calls + 1
      normal(x)
    }
    chain <- run_mcmc(counting, init, 50, moves = all_moves()[[name]], seed = 7)
    expect_true(all(is.finite(chain$draws)), label = name)
    expect_lt(n_calls, 50 * 12 * 20, label = name)
  }
  chain <- run_mcmc(normal, init, 50, moves = move_de_snooker(), seed = 7)
  expect_true(all(is.finite(chain$draws)))
  expect_gt(mean(acceptance_rate(chain)), 0)
  same <- init[rep(1, 12), ]
  for (moves in list(move_de_snooker(), move_slice())) {
    chain <- run_mcmc(normal, same, 5, moves = moves, seed = 7, check_init = FALSE)
    expect_identical(unique(as.vector(chain$draws[, , 1])), init[1, 1])
  }
})

test_that("names of weights and variances are those of moves and parameters", {
  run <- function(...) run_mcmc(normal, named_start(), 50, ..., seed = 3)
  moves <- list(bold = move_gaussian(4), wary = move_stretch())
  expect_identical(run(moves = moves, weights = c(wary = 1, bold = 3))$draws, run(moves = moves, weights = c(3, 1))$draws)
  expect_snapshot(run(moves = moves, weights = c(wary = 1, other = 3)), error = TRUE)
  expect_snapshot(run(moves = unname(moves), weights = c(wary = 1, bold = 3)), error = TRUE)
  expect_error(run(moves = moves, weights = c(1e308, 1e308)), "weights", class = "livechain_error_argument")
  by_place <- run(moves = move_gaussian(c(1, 4)))$draws
  expect_identical(run(moves = move_gaussian(c(b = 4, a = 1)))$draws, by_place)
  cov <- matrix(c(4, 1, 1, 1), 2, dimnames = rep(list(c("b", "a")), 2))
  expect_identical(run(moves = move_gaussian(cov))$draws, run(moves = move_gaussian(unname(cov[2:1, 2:1])))$draws)
  expect_identical(run(moves = list(move_block(move_gaussian(c(b = 4, a = 1)), c("a", "b"))))$draws, run(moves = list(move_block(move_gaussian(c(1, 4)), c("a", "b"))))$draws)
  expect_snapshot(run(moves = move_gaussian(c(u = 4, v = 1))), error = TRUE)

  file <- temp_chain()
  run(moves = move_gaussian(c(b = 4, a = 1)), file = file)
  resume_mcmc(file, normal, n_steps = 10, moves = move_gaussian(c(b = 4, a = 1)))
  expect_identical(read_chain(file)$draws[1:50, , ], by_place)
})

test_that("a proposal knows its parameters by name, and must be one", {
  run <- function(proposal) run_mcmc(normal, named_start(), 10, moves = move_mh(proposal), seed = 3)
  expect_identical(dim(run(function(x) cbind(x[, "a"] + 0.1, x[, "b"]))), c(10L, 20L, 2L))
  expect_error(run(function(x) NULL), "It returned NULL", class = "livechain_error_argument")
  expect_snapshot(run(function(x) list(x, replace(numeric(nrow(x)), 3, NaN))), error = TRUE, transform = scrub)
  expect_error(run(function(x) replace(x, 3, NA)), "it returned \\(a = NA", class = "livechain_error_argument")
})
