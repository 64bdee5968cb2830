# Simulation-based calibration (Talts et al. 2018): of a truth from the prior and data from the truth, the rank of the truth
# among draws from the posterior is uniform, for each parameter and for the log-probability. As a control, a transformed
# parameter without its Jacobian must fail. The draws are where the walkers stand after the last update: independent.

draws_kept <- 19
walkers_for <- 20
n_bins <- 5

# A mean and a standard deviation, bounded or by its logarithm.
normal_model <- function() {
  list(
    prior = function(n) cbind(mu = rnorm(n), sigma = rexp(n)),
    simulate = function(truth) rnorm(2, truth[["mu"]], truth[["sigma"]]),
    log_prob = function(x, data) {
      squares <- rowSums(outer(-x[, "mu"], data, "+")^2)
      -x[, "mu"]^2 / 2 - x[, "sigma"] - length(data) * log(x[, "sigma"]) - squares / (2 * x[, "sigma"]^2)
    },
    domain = list(lower = c(sigma = 0))
  )
}

without_jacobian <- function() {
  model <- normal_model()
  of_sigma <- model$log_prob
  back <- function(x) cbind(mu = x[, "mu"], sigma = exp(x[, "sigma"]))
  model$prior <- function(n) cbind(mu = rnorm(n), sigma = log(rexp(n)))
  model$simulate <- function(truth) rnorm(2, truth[["mu"]], exp(truth[["sigma"]]))
  model$log_prob <- function(x, data) of_sigma(back(x), data)
  model$domain <- list()
  model
}

# The phase of an oscillation, which may be anywhere, and its amplitude.
phase_model <- function() {
  hours <- (0:7) / 8 * 2 * pi
  list(
    prior = function(n) cbind(phase = runif(n, 0, 2 * pi), amplitude = abs(rnorm(n))),
    simulate = function(truth) truth[["amplitude"]] * cos(hours - truth[["phase"]]) + rnorm(length(hours)),
    log_prob = function(x, data) {
      expected <- x[, "amplitude"] * cos(outer(-x[, "phase"], hours, "+"))
      -x[, "amplitude"]^2 / 2 - rowSums((rep(data, each = nrow(x)) - expected)^2) / 2
    },
    domain = list(lower = c(amplitude = 0), periodic = c(phase = 2 * pi))
  )
}

ranks_of <- function(model, seed, moves = NULL) {
  set.seed(seed)
  truth <- model$prior(1)
  data <- model$simulate(truth[1, ])
  chain <- suppressMessages(rlang::inject(run_mcmc(model$log_prob, model$prior(walkers_for), 1,
    data = data, moves = moves, thin_by = 200, seed = seed, vectorized = TRUE, check_init = FALSE, !!!model$domain
  )))
  kept <- seq_len(draws_kept)
  c(
    colSums(matrix(chain$draws[1, kept, ], draws_kept) < rep(truth, each = draws_kept)),
    sum(chain$log_prob[1, kept] < model$log_prob(truth, data))
  )
}

# The p-values of uniform ranks.
p_uniform <- function(model, n, ...) {
  ranks <- vapply(seq_len(n), function(seed) ranks_of(model, seed, ...), numeric(3))
  apply(ranks, 1, function(rank) {
    suppressWarnings(chisq.test(tabulate(1 + (rank * n_bins) %/% (draws_kept + 1), n_bins))$p.value)
  })
}

calibration <- function() {
  n <- counts(1000, 40)
  blocks <- list(move_block(move_stretch(), 1), move_block(move_slice(), 2))
  p <- list(
    normal = p_uniform(normal_model(), n), normal_side = p_uniform(normal_model(), n, move_side()),
    phase = p_uniform(phase_model(), n), phase_blocks = p_uniform(phase_model(), n, blocks)
  )
  control <- min(p_uniform(without_jacobian(), counts(1000, 100)))
  worst <- vapply(p, min, 0)
  result("simulated truths, ranked among draws", n * length(p), "truths",
    wrong = sum(worst < 1e-5), control_unnoticed = control > 1e-3,
    note = sprintf("smallest p %.2g, without a Jacobian %.0g", min(worst), control)
  )
}
