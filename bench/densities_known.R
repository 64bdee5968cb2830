# Densities of which the mean and the standard deviation of some parameters are known, exactly or by quadrature. `draw`
# makes wide starts.

normal_of <- function(d, rho) {
  precision <- solve(rho^abs(outer(seq_len(d), seq_len(d), "-")))
  list(
    d = d, log_prob = function(x) -0.5 * rowSums((x %*% precision) * x), draw = function(n) matrix(rnorm(n * d, 0, 3), n),
    mean = rep(0, d), sd = rep(1, d)
  )
}

log_mixture <- function(components) {
  largest <- do.call(pmax, components)
  largest + log(Reduce(`+`, lapply(components, function(component) exp(component - largest))))
}

within_box <- function(x, lower, upper, log_prob) ifelse(rowSums(x < lower | x > upper) == 0, log_prob(x), -Inf)

bimodal <- function(d) {
  list(
    d = d, mean = c(-2, rep(0, d - 1)), sd = c(4.690416, rep(1, d - 1)),
    log_prob = function(x) {
      rest <- -0.5 * rowSums(x[, -1, drop = FALSE]^2)
      within_box(x, -20, 20, function(x) rest + log_mixture(list(log(0.7) - 0.5 * (x[, 1] + 5)^2, log(0.3) - 0.5 * (x[, 1] - 5)^2)))
    },
    draw = function(n) matrix(runif(n * d, -20, 20), n), ball = function(n) matrix(rnorm(n * d, 0, 0.5), n) + rep(c(5, rep(0, d - 1)), each = n)
  )
}

eight_schools <- function(centred) {
  y <- c(28, 8, -3, 7, -1, 1, 18, 12)
  s <- c(15, 10, 16, 11, 9, 11, 10, 18)
  of_theta <- c(6.211884, 5.593126)
  of_eta <- c(0.316660, 0.988475)
  of_first <- if (centred) of_theta else of_eta
  list(
    d = 10, mean = c(4.396821, 0.802142, of_first[1]), sd = c(3.317704, 1.171208, of_first[2]),
    log_prob = function(x) {
      mu <- x[, 1]
      tau <- exp(x[, 2])
      theta <- if (centred) x[, -(1:2)] else mu + tau * x[, -(1:2)]
      prior <- if (centred) dnorm(theta, mu, tau, log = TRUE) else dnorm(x[, -(1:2)], log = TRUE)
      likelihood <- dnorm(theta, rep(y, each = nrow(x)), rep(s, each = nrow(x)), log = TRUE)
      rowSums(matrix(prior + likelihood, nrow(x))) - mu^2 / 50 - log1p((tau / 5)^2) + x[, 2]
    },
    draw = function(n) cbind(rnorm(n, 5, 5), rnorm(n), matrix(rnorm(8 * n, if (centred) 5 else 0, if (centred) 5 else 1), n))
  )
}

known_densities <- list(
  gauss2 = normal_of(2, 0.95), gauss5 = normal_of(5, 0.9), gauss25 = normal_of(25, 0.95),
  banana = list(
    d = 2, log_prob = function(x) -(100 * (x[, 2] - x[, 1]^2)^2 + (1 - x[, 1])^2) / 20,
    draw = function(n) cbind(rnorm(n, 1, 3), rnorm(n, 11, 15)), mean = c(1, 11), sd = c(3.162278, 15.495161)
  ),
  funnel10 = list(
    d = 10, log_prob = function(x) -x[, 1]^2 / 18 - 4.5 * x[, 1] - 0.5 * exp(-x[, 1]) * rowSums(x[, -1]^2),
    draw = function(n) cbind(rnorm(n, 0, 3), matrix(rnorm(9 * n), n)), mean = 0, sd = 3
  ),
  "eight, non-centred" = eight_schools(FALSE), "eight, centred" = eight_schools(TRUE),
  bound4 = list(
    d = 4, log_prob = function(x) {
      within_box(x, 0, 1, function(x) {
        x <- pmin(pmax(x, 0), 1)
        rowSums(matrix(dbeta(x, rep(c(0.5, 1, 1, 2), each = nrow(x)), rep(c(0.5, 1, 5, 2), each = nrow(x)), log = TRUE), nrow(x)))
      })
    },
    draw = function(n) matrix(runif(4 * n), n), mean = c(0.5, 0.5, 1 / 6, 0.5), sd = c(0.353553, 0.288675, 0.140859, 0.223607)
  ),
  bimodal5 = bimodal(5), bimodal20 = bimodal(20),
  four = list(
    d = 2, mean = c(-1, -2), sd = c(4.943430, 4.630065),
    log_prob = function(x) {
      at <- function(weight, centre, sd) log(weight / sd^2) - 0.5 * rowSums((x - rep(centre, each = nrow(x)))^2) / sd^2
      within_box(x, -20, 20, function(x) {
        log_mixture(list(at(0.4, c(-5, -5), 0.5), at(0.3, c(5, -5), 1), at(0.2, c(-5, 5), 0.25), at(0.1, c(5, 5), 0.5)))
      })
    },
    draw = function(n) matrix(runif(2 * n, -20, 20), n), ball = function(n) matrix(rnorm(2 * n, 5, 0.3), n)
  ),
  egg = list(
    d = 2, mean = rep(15.707963, 2), sd = rep(9.398729, 2),
    log_prob = function(x) within_box(x, 0, 10 * pi, function(x) (2 + cos(x[, 1] / 2) * cos(x[, 2] / 2))^5),
    draw = function(n) matrix(runif(2 * n, 0, 10 * pi), n), ball = function(n) matrix(rnorm(2 * n, 4 * pi, 0.3), n)
  )
)
