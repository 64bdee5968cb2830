# Small, so that it runs with the others; tests/stress/exact.R has more of everything.
exact_moves <- function() {
  list(
    stretch = move_stretch(), de = move_de(), de_modes = move_de(gamma0 = 1), snooker = move_de_snooker(),
    walk = move_walk(s = 3), walk_all = move_walk(), side = move_side(), kde = move_kde(), gaussian = move_gaussian(0.1), slice = move_slice(tune_steps = 0),
    mh = move_mh(function(x) x + 0.2 * rnorm(length(x))), default = NULL,
    blocks = list(move_block(move_stretch(), 1), move_block(move_slice(tune_steps = 0), 2), move_de_snooker())
  )
}

test_that("no move leaves the density, from an exact start", {
  skip_on_cran()
  for (name in setdiff(names(exact_targets()), c("within4", "broad", "opposite"))) {
    for (move in names(exact_moves())) {
      z <- exact_z(exact_targets()[[name]], exact_moves()[[move]])
      expect_lt(max(abs(z)), 4.5, label = paste(move, "on", name))
    }
  }
})

test_that("moves that tune themselves are exact once they do no more", {
  skip_on_cran()
  for (target in exact_targets()[c("bound4", "border")]) {
    for (move in list(move_slice(tune_steps = 20), move_dime(aimh_prob = 0.5, tune_steps = 20))) {
      z <- exact_z(target, move, n_updates = 150)
      expect_lt(max(abs(z)), 4.5)
    }
  }
})

test_that("this finds a wrong move: emcee's snooker", {
  skip_on_cran()
  squares <- function(wrong) exact_z(exact_targets()$gauss5, snooker_in_r(wrong), n_walkers = 40, n_runs = 80)[11]
  expect_lt(abs(squares(wrong = FALSE)), 4)
  expect_lt(squares(wrong = TRUE), -4.5)
})
