# Wrong moves: from exact starts, every move must have the density's distribution after 25 and after 400 updates. As a
# control, emcee's snooker must fail. tests/testthat/helper-exact.R says how.

source(file.path(here, "..", "testthat", "helper-exact.R"))

moves_to_try <- function() {
  list(
    default = list(NULL, 25), default_400 = list(NULL, 400),
    stretch = list(move_stretch(), 25), stretch_400 = list(move_stretch(), 400),
    de = list(move_de(), 25), de_400 = list(move_de(), 400), de_modes = list(move_de(gamma0 = 1), 25),
    snooker = list(move_de_snooker(), 25), snooker_400 = list(move_de_snooker(), 400),
    walk = list(move_walk(), 25), walk_400 = list(move_walk(s = 4), 400),
    side = list(move_side(), 25), side_400 = list(move_side(), 400),
    blocks = list(blocks(), 25), blocks_400 = list(blocks(), 400),
    kde = list(move_kde(), 25), kde_400 = list(move_kde(), 400), kde_fixed = list(move_kde(0.5), 25),
    gaussian = list(move_gaussian(0.1), 25), slice = list(move_slice(tune_steps = 0), 25), slice_400 = list(move_slice(), 400),
    dime = list(move_dime(), 400), dime_half = list(move_dime(aimh_prob = 0.5), 400)
  )
}

# In each, other moves on parts of the parameters; the last is for those that the blocks leave.
blocks <- function() {
  list(
    move_block(move_stretch(), 1), move_block(move_slice(tune_steps = 0), 2), move_block(move_kde(), 1:2),
    move_block(move_dime(aimh_prob = 0.5, tune_steps = 0), 2), move_block(move_walk(), 1:2), move_de()
  )
}

exact_starts <- function() {
  largest <- 0
  broken <- character()
  n <- 0
  targets <- if (factor < 0.1) c("gauss2", "gauss5", "bound4", "torus") else names(exact_targets())
  for (name in targets) {
    for (move in names(moves_to_try())) {
      tried <- moves_to_try()[[move]]
      z <- exact_z(exact_targets()[[name]], tried[[1]], n_updates = tried[[2]], n_runs = counts(400, 20))
      n <- n + length(z)
      largest <- max(largest, abs(z))
      if (max(abs(z)) > 4.5) broken <- c(broken, sprintf("%s on %s: z %.1f", move, name, z[which.max(abs(z))]))
    }
  }
  # E r^2 / d, which should be 1
  control <- exact_z(exact_targets()$gauss5, snooker_in_r(wrong = TRUE), n_runs = counts(100, 40), n_walkers = 40)[11]
  result("means after exact starts", n, "means",
    wrong = length(broken), control_unnoticed = control > -4,
    note = paste(c(sprintf("largest z %.1f, that of emcee's snooker %.0f", largest, abs(control)), broken), collapse = "; ")
  )
}
