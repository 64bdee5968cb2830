test_that("a block's move leaves the other parameters as they are", {
  init <- named_start(c("a", "b", "c"))
  log_prob <- function(x) -sum(x^2) / 2
  alone <- suppressMessages(run_mcmc(log_prob, init, 30, moves = list(move_block(move_stretch(), c("a", "c")), move_stretch()), weights = c(1, 1e-9), seed = 1))
  expect_identical(alone$draws[30, , "b"], init[, "b"])
  expect_true(all(alone$draws[30, , "a"] != init[, "a"]))
})

test_that("a block of all parameters is the move itself, with blobs, and when it learns", {
  log_prob <- function(x) c(normal(x), first = x[[1]])
  for (move in list(move_stretch(), move_de_snooker(), move_walk(), move_kde(), move_slice(), move_dime(), move_gaussian(c(1, 2)), move_mh(function(x) x + rnorm(length(x))))) {
    of <- function(move) run_mcmc(log_prob, start(), 60, moves = move, seed = 2, tune = TRUE)
    expect_same_chain(of(move_block(move, 1:2)), of(move))
    expect_identical(of(move_block(move, 1:2))$blobs, of(move)$blobs)
  }
})

test_that("a block needs walkers for itself alone", {
  init <- start(12, 20)
  blocks <- lapply(seq(1, 20, 4), function(first) move_block(move_de(), first:(first + 3)))
  expect_identical(dim(suppressMessages(run_mcmc(normal, init, 10, moves = blocks, seed = 1)))[2], 12L)
  expect_error(run_mcmc(normal, init, 10, moves = c(blocks, list(move_de()))), class = "livechain_error_argument")
  init[, 3] <- init[, 4]
  expect_error(run_mcmc(normal, init, 10, moves = blocks), "linearly independent")
})

test_that("a block whose move is an R function is resumed when it is given again", {
  file <- temp_chain()
  moves <- list(move_block(move_mh(function(x) x + rnorm(length(x))), c("b", "a")))
  run_mcmc(normal, named_start(), 20, moves = moves, file = file, seed = 3)
  expect_snapshot(resume_mcmc(file, normal, n_steps = 20), error = TRUE)
  resume_mcmc(file, normal, n_steps = 20, moves = moves)
  expect_same_chain(read_chain(file), run_mcmc(normal, named_start(), 40, moves = moves, seed = 3))
})

test_that("blocks that cannot be are refused", {
  expect_snapshot(error = TRUE, {
    move_block(move_block(move_de(), 1), 1)
    move_block(move_de(), c("a", "a"))
    move_block(move_de(), 0)
    run_mcmc(normal, named_start(), 10, moves = move_block(move_de(), "z"))
    run_mcmc(normal, named_start(), 10, moves = move_block(move_de(), 1:3))
    run_mcmc(normal, named_start(), 10, moves = move_block(move_de(), "a"))
    run_mcmc(normal, named_start(), 10, moves = move_block(move_gaussian(c(1, 2)), "a"))
  })
})

test_that("blocks print as the calls that make them", {
  expect_snapshot({
    move_block(move_stretch(), c("a", "b"))
    move_block(move_gaussian(0.5), 2)
  })
})
