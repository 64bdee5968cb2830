# Draws of which package posterior, or theory, says what is to be said of them.

# Runs [step, walker, run] with autocorrelation time 9.
autoregressive_runs <- function(n_runs, n_steps = 1000, n_walkers = 4, rho = 0.8) {
  withr::with_seed(1, {
    x <- stats::filter(rnorm((n_steps + 100) * n_walkers * n_runs), rho, "recursive")
    array(matrix(x, n_steps + 100)[-(1:100), ], c(n_steps, n_walkers, n_runs))
  })
}

awkward_draws <- function() {
  withr::with_seed(2, list(
    sampled = run_mcmc(normal, start(), 1000, seed = 7)$draws,
    odd = run_mcmc(normal, start(), 257, seed = 7)$draws,
    long = autoregressive_runs(2, 6000, 3, 0.99),
    heavy_tails = array(rt(4000, 1), c(200, 10, 2)),
    far_apart = array(rnorm(3000) + rep(c(0, 0, 3), each = 200), c(200, 3, 5)),
    of_other_scale = array(rnorm(3000) * rep(c(1, 1, 6), each = 200), c(200, 3, 5)),
    far_out = array(c(rnorm(3999), 1e300), c(200, 10, 2)),
    far_from_zero = array(2454950.3 + rnorm(4000) * 1e-5, c(200, 10, 2)),
    almost_all_one_value = array(c(rep(1, 3900), rnorm(100)), c(200, 10, 2)),
    repeated = array(rep(rnorm(1000), each = 4), c(200, 10, 2)),
    ties = array(rpois(2000, 1.5) + 0, c(100, 10, 2)),
    alternating = array(rep(c(-1, 1), 300) + rnorm(600) / 10, c(200, 3, 1)),
    few = array(rnorm(24), c(4, 3, 2)),
    one_walker = array(rnorm(300), c(300, 1, 1))
  ))
}
