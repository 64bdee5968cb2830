# A seed gives one chain, whatever the machine.

# Runs `code` with the loops of each instruction set that the processor has; afterwards, all is as it was.
on_each_instruction_set <- function(code) {
  use <- function(number) native(livechain_use_instruction_set, as.integer(number))
  found <- use(-1)
  withr::defer(use(found[1]))
  lapply(0:found[2], function(number) {
    use(number)
    code()
  })
}

test_that("the generator gives the published words", {
  # kat_vectors of Random123: counter, key and result of threefry4x64 with 13 rounds
  pi <- c(
    "243f6a8885a308d3", "13198a2e03707344", "a4093822299f31d0", "082efa98ec4e6c89", "452821e638d01377", "be5466cf34e90c6c",
    "c0ac29b7c97c50dd", "3f84d5b5b5470917"
  )
  vectors <- list(
    list(rep("0", 8), c("4071fabee1dc8e05", "02ed3113695c9c62", "397311b5b89f9d49", "e21292c3258024bc")),
    list(rep("ffffffffffffffff", 8), c("7eaed935479722b5", "90994358c429f31c", "496381083e07a75b", "627ed0d746821121")),
    list(pi, c("4361288ef9c1900c", "8717291521782833", "0d19db18c20cf47e", "a0b41d63ac8581e5"))
  )
  for (vector in vectors) {
    expect_identical(native(livechain_threefry, vector[[1]][1:4], vector[[1]][5:8]), vector[[2]])
  }
})

test_that("every instruction set gives the same bits, for every move", {
  moves <- list(
    default = NULL, stretch = move_stretch(), in_turn = move_stretch(n_splits = 3, randomize_split = FALSE), de = move_de(), snooker = move_de_snooker(),
    walk = move_walk(), walk_some = move_walk(s = 3), kde = move_kde(), gaussian = move_gaussian(0.5),
    gaussian_random = move_gaussian(0.5, factor = 2, mode = "random"), slice = move_slice(), dime = move_dime(aimh_prob = 0.5), side = move_side()
  )
  density <- function(x) -rowSums(x^2) / 2
  for (shape in list(list(20, 2, 1), list(46, 7, 2), list(1000, 3, 1), list(46, 7, 2, lower = c(-3, rep(NA, 6)), periodic = c(NA, rep(3, 6))))) {
    init <- start(shape[[1]], shape[[2]])
    for (name in names(moves)) {
      chains <- on_each_instruction_set(function() {
        suppressMessages(rlang::inject(run_mcmc(density, init, 20,
          moves = moves[[name]], n_ensembles = shape[[3]], seed = 7, vectorized = TRUE, !!!shape[-(1:3)]
        )))
      })
      for (chain in chains[-1]) expect_identical(chain$draws, chains[[1]]$draws, info = name)
    }
  }
})

test_that("chains of a seed are the ones of this version", {
  sums <- function(...) {
    draws <- reference(20, ...)$draws
    sprintf("%.15g", c(sum(draws), sum(abs(draws))))
  }
  expect_snapshot({
    sums()
    sums(moves = move_stretch())
    sums(moves = move_slice())
    sums(moves = move_kde())
    sums(moves = move_dime())
  })
})
