# Pictures as they were looked at; without vdiffr, test-plot.R looks at what they are made of.

expect_picture <- function(title, draw) {
  skip_on_cran()
  skip_if_not_installed("vdiffr")
  vdiffr::expect_doppelganger(title, draw)
}

# Walkers on curves that are the same on every machine.
curves <- function(n_steps, n_walkers, names, shift = 0) {
  step <- seq_len(n_steps)
  draws <- array(0, c(n_steps, n_walkers, length(names)), list(NULL, NULL, names))
  for (walker in seq_len(n_walkers)) {
    for (i in seq_along(names)) draws[, walker, i] <- 2 * sin(step * (1 + i / 7) + walker) + sin(step / 3 + i * walker) + shift * walker
  }
  draws
}

chain_of <- function(draws, n_ensembles = 1, blobs = NULL) {
  result <- list(draws = draws, log_prob = -draws[, , 1]^2, blobs = blobs)
  new_chain(result, dimnames(draws)[[3]], steps = seq_len(nrow(draws)), thin_by = 1, n_total = nrow(draws), n_ensembles = n_ensembles)
}

test_that("rows of traces and densities, with burn-in, truth and prior", {
  chain <- chain_of(curves(1200, 6, c("period", "T0")))
  expect_picture("rows", function() {
    plot(chain, discard = 200, truth = c(period = 1), prior = list(T0 = function(x) 0.1 + 0 * x), main = "Rows")
  })
})

test_that("on dark paper", {
  chain <- chain_of(curves(100, 6, c("period", "T0")))
  expect_picture("rows on dark paper", function() {
    old <- graphics::par(bg = "#1B1F24", fg = "grey85")
    on.exit(graphics::par(old))
    plot(chain, discard = 20)
  })
})

test_that("ranks of ensembles that disagree", {
  chain <- chain_of(curves(300, 6, "x", shift = 0.2), n_ensembles = 3)
  expect_picture("ranks of ensembles", function() plot(chain, type = "rank"))
})

test_that("bands of a blob, with what was observed", {
  curve <- outer(curves(50, 4, "x")[, , 1], 1:8, function(x, i) x + i^2)
  chain <- chain_of(curves(50, 4, "x"), blobs = list(curve = curve))
  expect_picture("bands", function() plot(chain, type = "bands", at = 2000 + 1:8, observed = (1:8)^2 + 1))
})
