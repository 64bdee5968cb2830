# Exact starts: walkers that are drawn from the density must have its distribution after any number of steps. A move that
# is wrong, by a factor in its acceptance or by what it learns, changes it.

# Densities of which draws, and the mean of some functions of them, are known.
exact_targets <- function() {
  list(gauss2 = correlated_normal(2, 0.95), gauss5 = correlated_normal(5, 0.9), bound4 = bounded(4))
}

correlated_normal <- function(d, rho) {
  covariance <- rho^abs(outer(seq_len(d), seq_len(d), "-"))
  precision <- solve(covariance)
  squares <- function(x) rowSums((x %*% precision) * x)
  list(
    d = d, log_prob = function(x) -0.5 * squares(x),
    draw = function(n) matrix(rnorm(n * d), n) %*% chol(covariance),
    functions = function(x) cbind(x, x^2, squares(x) / d), means = rep(c(0, 1), c(d, d + 1))
  )
}

bounded <- function(d) {
  a <- c(0.5, 1, 1, 2)
  b <- c(0.5, 1, 5, 2)
  mean <- a / (a + b)
  variance <- mean * (1 - mean) / (a + b + 1)
  list(
    d = d,
    log_prob = function(x) {
      inside <- rowSums(x <= 0 | x >= 1) == 0
      x[!inside, ] <- 0.5
      density <- vapply(1:4, function(i) dbeta(x[, i], a[i], b[i], log = TRUE), numeric(nrow(x)))
      ifelse(inside, rowSums(matrix(density, nrow(x))), -Inf)
    },
    draw = function(n) vapply(1:4, function(i) rbeta(n, a[i], b[i]), numeric(n)),
    functions = function(x) cbind(x, x^2), means = c(mean, variance + mean^2)
  )
}

# The deviations of the means after `n_updates`, in standard errors over runs: `n_runs` ensembles of `n_walkers` each.
exact_z <- function(target, moves, weights = NULL, n_updates = 25, n_runs = 40, n_walkers = 12, seed = 1) {
  means <- vapply(seq_len(n_runs), function(run) {
    init <- withr::with_seed(1000 * seed + run, target$draw(n_walkers))
    chain <- suppressMessages(run_mcmc(target$log_prob, init, 1,
      moves = moves, weights = weights, thin_by = n_updates, seed = 1000 * seed + run, vectorized = TRUE, check_init = FALSE
    ))
    colMeans(target$functions(matrix(chain$draws, n_walkers)))
  }, target$means)
  (rowMeans(means) - target$means) / (apply(means, 1, sd) / sqrt(n_runs))
}

# A snooker that moves a quarter of the walkers with the help of the others, in R: `step` is how far along the line, in
# units of it, and `log_factor` what the acceptance has; both of the distance from the helper.
snooker_in_r <- function(wrong) {
  move_mh(function(x) {
    y <- x
    log_ratio <- numeric(nrow(x))
    active <- sample(nrow(x), nrow(x) %/% 4)
    helpers <- setdiff(seq_len(nrow(x)), active)
    for (i in active) {
      of <- sample(helpers, 3)
      away <- x[i, ] - x[of[1], ]
      distance <- sqrt(sum(away^2))
      # emcee 3.1 divides by the root of the distance, and takes half of the exponent
      direction <- away / if (wrong) sqrt(distance) else distance
      y[i, ] <- x[i, ] + 1.7 * sum(direction * (x[of[2], ] - x[of[3], ])) * direction
      exponent <- (ncol(x) - 1) * if (wrong) 0.5 else 1
      log_ratio[i] <- exponent * log(sqrt(sum((y[i, ] - x[of[1], ])^2)) / distance)
    }
    list(y, log_ratio)
  })
}
