# Exact starts: walkers that are drawn from the density must have its distribution after any number of steps. A move that
# is wrong, by a factor in its acceptance or by what it learns, changes it.

# Densities of which draws, and the mean of some functions of them, are known.
exact_targets <- function() {
  list(
    gauss2 = correlated_normal(2, 0.95), gauss5 = correlated_normal(5, 0.9), bound4 = bounded(4),
    within4 = within_bounds(bounded(4)), border = on_circle(3), broad = on_circle(0.5), opposite = opposite_modes(3),
    torus = on_torus(2)
  )
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

# Bounded by the sampler, which is not to call the density outside.
within_bounds <- function(target) {
  inner <- target$log_prob
  target$log_prob <- function(x) {
    stopifnot(x >= 0, x <= 1)
    inner(x)
  }
  target$domain <- list(lower = 0, upper = 1)
  target
}

# An angle with von Mises' density around 0, which is the border, and a number that depends on it.
on_circle <- function(kappa) {
  ratio <- function(order) besselI(kappa, order) / besselI(kappa, 0)
  list(
    d = 2, log_prob = function(x) kappa * cos(x[, 1]) - 2 * (x[, 2] - cos(x[, 1]))^2,
    draw = function(n) {
      angle <- von_mises(n, kappa)
      matrix(c(angle, cos(angle) + rnorm(n, 0, 0.5)), n)
    },
    functions = function(x) cbind(cos(x[, 1]), sin(x[, 1]), cos(2 * x[, 1]), sin(2 * x[, 1]), x[, 2], x[, 2]^2, x[, 2] * sin(x[, 1])),
    means = c(ratio(1), 0, ratio(2), 0, ratio(1), 0.25 + (1 + ratio(2)) / 2, 0), domain = list(periodic = c(2 * pi, NA))
  )
}

# Two angles, each with a mode at the border and another opposite to it.
opposite_modes <- function(kappa) {
  list(
    d = 2, log_prob = function(x) kappa * rowSums(cos(2 * x)),
    draw = function(n) matrix((von_mises(2 * n, kappa) / 2 + sample(c(0, pi), 2 * n, TRUE)) %% (2 * pi), n),
    functions = function(x) cbind(cos(x), sin(x), cos(2 * x), sin(2 * x)),
    means = rep(c(0, besselI(kappa, 1) / besselI(kappa, 0), 0), c(4, 2, 2)), domain = list(periodic = 2 * pi)
  )
}

# Two angles in different units, each uniform, whose difference is not, and a number.
on_torus <- function(kappa) {
  list(
    d = 3, log_prob = function(x) kappa * cos(x[, 1] - 2 * pi * x[, 3]) - x[, 2]^2 / 2,
    draw = function(n) {
      turns <- runif(n)
      matrix(c((2 * pi * turns + von_mises(n, kappa)) %% (2 * pi), rnorm(n), turns), n)
    },
    functions = function(x) {
      difference <- x[, 1] - 2 * pi * x[, 3]
      cbind(cos(x[, 1]), sin(x[, 1]), cos(2 * pi * x[, 3]), sin(2 * pi * x[, 3]), cos(difference), sin(difference), x[, 2], x[, 2]^2)
    },
    means = c(0, 0, 0, 0, besselI(kappa, 1) / besselI(kappa, 0), 0, 0, 1), domain = list(periodic = c(2 * pi, NA, 1))
  )
}

# By rejection, from 0 to 2 pi.
von_mises <- function(n, kappa) {
  angles <- numeric()
  while (length(angles) < n) {
    tried <- runif(4 * n, 0, 2 * pi)
    angles <- c(angles, tried[log(runif(4 * n)) < kappa * (cos(tried) - 1)])
  }
  angles[seq_len(n)]
}

# The deviations of the means after `n_updates`, in standard errors over runs: `n_runs` ensembles of `n_walkers` each.
exact_z <- function(target, moves, weights = NULL, n_updates = 25, n_runs = 40, n_walkers = 12, seed = 1) {
  means <- vapply(seq_len(n_runs), function(run) {
    init <- withr::with_seed(1000 * seed + run, target$draw(n_walkers))
    chain <- suppressMessages(rlang::inject(run_mcmc(target$log_prob, init, 1,
      moves = moves, weights = weights, thin_by = n_updates, seed = 1000 * seed + run, vectorized = TRUE, check_init = FALSE,
      !!!target$domain
    )))
    colMeans(target$functions(matrix(chain$draws, n_walkers)))
  }, target$means)
  normal_of_t((rowMeans(means) - target$means) / (apply(means, 1, sd) / sqrt(n_runs)), n_runs - 1)
}

# As far out for a normal number as t is for Student's.
normal_of_t <- function(t, df) sign(t) * -qnorm(pt(-abs(t), df, log.p = TRUE), log.p = TRUE)

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
