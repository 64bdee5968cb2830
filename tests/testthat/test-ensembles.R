two_ensembles <- function(second = 0) rbind(start(20), start(20, seed = 2) + second)

test_that("one ensemble's chain does not depend on what the others do", {
  for (moves in list(NULL, move_slice(tune_steps = 0), move_kde(), move_gaussian(1))) {
    sample <- function(init) suppressMessages(run_mcmc(normal, init, 50, moves = moves, n_ensembles = 2, seed = 7))
    first <- sample(two_ensembles())$draws[, 1:20, ]
    expect_identical(sample(two_ensembles(second = 3))$draws[, 1:20, ], first)
    expect_identical(first, suppressMessages(reference(50, moves = moves))$draws)
  }
})

test_that("the walkers of all ensembles are evaluated in one call", {
  for (moves in list(move_stretch(), move_slice())) {
    rows <- integer()
    counting <- function(x) {
      rows <<- c(rows, nrow(x))
      -rowSums(x^2) / 2
    }
    suppressMessages(run_mcmc(counting, two_ensembles(), 10, moves = moves, n_ensembles = 2, seed = 7, vectorized = TRUE))
    expect_identical(rows[1:3], c(40L, 2L, 20L)) # two at the start, apart from the others
    if (moves$type == "stretch") expect_identical(rows[-(1:2)], rep(20L, 20))
  }
})

test_that("ensembles are stored, resumed and read as what they are", {
  file <- temp_chain()
  in_memory <- suppressMessages(run_mcmc(normal, two_ensembles(), 60, n_ensembles = 2, seed = 7))
  suppressMessages(run_mcmc(normal, two_ensembles(), 40, n_ensembles = 2, seed = 7, file = file))
  suppressMessages(resume_mcmc(file, normal, 20))
  chain <- read_chain(file)
  expect_same_chain(chain, in_memory)
  expect_identical(chain$n_ensembles, 2)
  expect_identical(in_memory$n_ensembles, 2)
  expect_identical(rhat(chain), rhat(chain$draws, n_ensembles = 2) |> stats::setNames(names(rhat(chain))))
  expect_identical(read_new(open_chain(file))$n_ensembles, 2)
  second <- read_chain(file, ensembles = 2, discard = 10)
  expect_identical(second$draws, chain$draws[-(1:10), 21:40, ])
  expect_identical(second$n_ensembles, 1)
  expect_identical(dim(read_chain(file, ensembles = 2:1, discard = "auto"))[2], 40L)
  expect_snapshot(read_chain(file, ensembles = 3), error = TRUE)
  expect_output(print(chain), "2 ensembles")
})

test_that("ensembles that started in different modes are told apart where walkers agree", {
  modes <- function(x) log(sum(stats::dnorm(x, c(-20, 20))))
  init <- withr::with_seed(1, matrix(rep(c(-20, 20), each = 20) + rnorm(40)))
  expect_message(
    chain <- run_mcmc(modes, init, 4000, n_ensembles = 2, moves = move_stretch(), seed = 1), "ensembles disagree"
  )
  expect_true("ensembles" %in% diagnose(chain)$problems$kind)
  expect_lt(rhat(chain$draws[, 1:20, , drop = FALSE]), 1.1)
  expect_false(converged(ess = 10, tau = 1, rhat = 100)(chain))
  expect_identical(summary(chain)$rhat, unname(rhat(chain)))
  together <- run_mcmc(normal, two_ensembles(), 5000, n_ensembles = 2, seed = 1)
  expect_true(diagnose(together)$ok)
})

test_that("wrong numbers of ensembles are named", {
  expect_snapshot(run_mcmc(normal, start(), 10, n_ensembles = 3), error = TRUE)
  expect_snapshot(run_mcmc(normal, start(), 10, n_ensembles = 0), error = TRUE)
  expect_snapshot(run_mcmc(normal, start(8), 10, n_ensembles = 4), error = TRUE)
})

test_that("draws for posterior know their ensembles", {
  skip_if_not_installed("posterior")
  chain <- suppressMessages(run_mcmc(normal, two_ensembles(), 20, n_ensembles = 2, seed = 7))
  for (convert in list(posterior::as_draws_array, posterior::as_draws_df)) {
    expect_identical(attr(convert(chain), "superchain_ids"), rep(1:2, each = 20))
  }
  expect_null(attr(posterior::as_draws_array(chain[, 1:20, ]), "superchain_ids"))
})

test_that("ensembles are read in the order in which they are asked for", {
  file <- temp_chain()
  run_mcmc(normal, matrix(rnorm(36), 18), 20, seed = 1, n_ensembles = 3, file = file)
  whole <- read_chain(file)
  part <- read_chain(file, ensembles = c(3, 1))
  expect_identical(part$draws, whole$draws[, c(13:18, 1:6), ])
  expect_identical(part$n_ensembles, 2)
  expect_snapshot(read_chain(file, ensembles = 0), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(normal, start(), 5, n_ensembles = 20), error = TRUE)
  expect_snapshot(run_mcmc(normal, start(), 5, n_ensembles = 10, moves = move_stretch()), error = TRUE)
})
