# Effective samples per thousand calls of the density, for every move on four densities: the smallest over the
# parameters. It measures the moves, not the machine: the seeds are fixed. Writes the table in moves.md.

library(livechain)

densities <- list(
  "correlated normal (10)" = list(d = 10, log_prob = local({
    precision <- solve(0.9^abs(outer(1:10, 1:10, "-")))
    function(x) -0.5 * rowSums((x %*% precision) * x)
  })),
  "Rosenbrock (2)" = list(d = 2, log_prob = function(x) -(100 * (x[, 2] - x[, 1]^2)^2 + (1 - x[, 1])^2) / 20),
  "bimodal mixture (3)" = list(d = 3, log_prob = function(x) {
    near <- -0.5 * rowSums((x - 2)^2)
    far <- -0.5 * rowSums((x + 2)^2)
    pmax(near, far) + log1p(exp(-abs(near - far)))
  }),
  "funnel (5)" = list(d = 5, log_prob = function(x) {
    -x[, 1]^2 / 18 - 0.5 * exp(-x[, 1]) * rowSums(x[, -1, drop = FALSE]^2) - 2 * x[, 1]
  })
)

moves <- list(
  "stretch" = move_stretch(), "de" = move_de(), "de + snooker" = list(move_de(), move_de_snooker()),
  "walk (5 helpers)" = move_walk(s = 5), "kde" = move_kde(), "gaussian (0.5)" = move_gaussian(0.5),
  "mh (uniform)" = move_mh(function(x) x + runif(length(x), -1, 1)), "slice" = move_slice(), "dime" = move_dime()
)

n_walkers <- 60
n_steps <- 100000

efficiency <- function(density, move) {
  n_calls <- 0
  counted <- function(x) {
    n_calls <<- n_calls + nrow(x)
    density$log_prob(x)
  }
  set.seed(1)
  init <- matrix(rnorm(n_walkers * density$d), n_walkers)
  weights <- if (inherits(move, "livechain_move")) NULL else c(0.8, 0.2)
  chain <- run_mcmc(counted, init, n_steps, moves = move, weights = weights, vectorized = TRUE, seed = 2)
  draws <- chain$draws[-seq_len(n_steps / 5), , , drop = FALSE]
  tau <- suppressWarnings(autocorr_time(draws, quiet = TRUE))
  # A chain that is shorter than 50 autocorrelation times says nothing about them.
  if (anyNA(tau) || 50 * max(tau) > dim(draws)[1]) NA else 1000 * min(prod(dim(draws)[1:2]) / tau) / (0.8 * n_calls)
}

result <- sapply(densities, function(density) sapply(moves, function(move) signif(efficiency(density, move), 2)))
folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
shown <- knitr::kable(result, format = "pipe")
print(shown)
writeLines(c(
  "# Effective samples per thousand calls of the density", "",
  sprintf("%d walkers, %d steps, the first fifth discarded; the smallest over the parameters. `NA`: the chain is", n_walkers, n_steps),
  "shorter than 50 autocorrelation times. Made by `Rscript bench/moves.R`.", "", shown
), file.path(folder, "moves.md"))
