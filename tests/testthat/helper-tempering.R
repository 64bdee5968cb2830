# Tempered densities of which the truth is known.

# A normal likelihood with a normal prior: at inverse temperature b, a normal with known moments.
conjugate <- function(d, sd = 0.5, prior_sd = 2, y = 1) {
  moments <- function(b) {
    precision <- 1 / prior_sd^2 + b / sd^2
    list(mean = b * y / sd^2 / precision, sd = 1 / sqrt(precision))
  }
  list(
    likelihood = function(x) rowSums(matrix(dnorm(x, y, sd, log = TRUE), nrow(x))),
    prior = function(x) rowSums(matrix(dnorm(x, 0, prior_sd, log = TRUE), nrow(x))),
    draw = function(n, b) matrix(rnorm(n * d, moments(b)$mean, moments(b)$sd), n),
    moments = moments, log_evidence = d * dnorm(y, 0, sqrt(sd^2 + prior_sd^2), log = TRUE)
  )
}

uniform_box <- function(d, width = 40) function(x) ifelse(rowSums(abs(x) > width / 2) > 0, -Inf, -d * log(width))

bimodal <- function(d) {
  function(x) {
    rest <- -rowSums(x[, -1, drop = FALSE]^2) / 2 - d / 2 * log(2 * pi)
    away <- -cbind((x[, 1] + 5)^2, (x[, 1] - 5)^2) / 2 + rep(log(c(0.7, 0.3)), each = nrow(x))
    largest <- pmax(away[, 1], away[, 2])
    rest + largest + log(rowSums(exp(away - largest)))
  }
}

# Four modes of different weight and width, in two dimensions.
four <- function(x) {
  weight <- c(0.4, 0.3, 0.2, 0.1)
  centre <- rbind(c(-5, -5), c(5, -5), c(-5, 5), c(5, 5))
  sd <- c(0.5, 1, 0.25, 0.5)
  parts <- vapply(1:4, function(i) {
    log(weight[i]) - ((x[, 1] - centre[i, 1])^2 + (x[, 2] - centre[i, 2])^2) / (2 * sd[i]^2) - 2 * log(sd[i]) - log(2 * pi)
  }, numeric(nrow(x)))
  parts <- matrix(parts, nrow(x))
  largest <- apply(parts, 1, max)
  largest + log(rowSums(exp(parts - largest)))
}
