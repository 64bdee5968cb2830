source(system.file("simulations", "cluster-size.R", package = "livechain"), local = TRUE)

nothing <- list(
  call = 0, walker = 0, piece = 0, send = 0, send_each = 0, take = 0, take_each = 0, look = 0, look_each = 0, latency = 0, pause = 0
)

test_that("a simulated step without overheads is that of its halves", {
  expect_equal(simulate_step(8, 16, even(1), nothing, n_splits = 2), data.frame(ms = 2000, efficiency = 1))
  expect_equal(simulate_step(8, 17, even(1), nothing, n_splits = 2)$ms, 3000)
  expect_equal(simulate_step(8, 8, even(1), nothing, n_ensembles = 4, n_splits = 2), data.frame(ms = 4000, efficiency = 1))
  expect_equal(simulate_step(8, 16, even(1), nothing)$ms, 0.9 * 2000 + 0.1 * 4000)
})

test_that("a simulated session does one thing after the other", {
  slow <- utils::modifyList(nothing, list(send = 1, latency = 0.5))
  expect_equal(simulate_call(rep(10, 4), 4, slow), 4 + 0.5 + 10)
  expect_equal(simulate_call(rep(10, 4), 4, utils::modifyList(slow, list(take = 1))), 4 + 0.5 + 10 + 1)
})

test_that("the measured overheads make steps longer than the evaluations", {
  for (engine in read_overheads(system.file("simulations", package = "livechain"))) {
    step <- simulate_step(10, 40, uneven(0.01), engine)
    expect_gt(step$ms, 40)
    expect_lt(step$efficiency, 1)
  }
})
