# Two planets in the radial velocity of a star: 12 parameters, and the masses that follow from them.
#
#   Rscript two-planets.R [steps]
library(livechain)
n_steps <- c(as.integer(commandArgs(TRUE)), 1500)[1]

# Of one planet, in m/s: semi-amplitude, period in days, phase, and eccentricity with its direction as h and k.
velocity <- function(p, time) {
  e <- p[["h"]]^2 + p[["k"]]^2
  omega <- atan2(p[["h"]], p[["k"]])
  mean_anomaly <- 2 * pi * time / exp(p[["log_period"]]) + p[["phase"]]
  anomaly <- mean_anomaly
  for (i in 1:8) anomaly <- anomaly - (anomaly - e * sin(anomaly) - mean_anomaly) / (1 - e * cos(anomaly))
  true_anomaly <- 2 * atan2(sqrt(1 + e) * sin(anomaly / 2), sqrt(1 - e) * cos(anomaly / 2))
  exp(p[["log_K"]]) * (cos(true_anomaly + omega) + e * cos(omega))
}

# Minimum mass in masses of Jupiter, around a star of one solar mass.
mass <- function(p) {
  e <- p[["h"]]^2 + p[["k"]]^2
  exp(p[["log_K"]]) / 28.4329 * sqrt(1 - e^2) * (exp(p[["log_period"]]) / 365.25)^(1 / 3)
}

set.seed(1)
b <- c(log_K = log(55), log_period = log(4.23), phase = 1, h = 0.1, k = 0.2) # 0.44 masses of Jupiter
c <- c(log_K = log(30), log_period = log(61), phase = 2, h = 0.4, k = 0.3) # 0.56
time <- sort(runif(60, 0, 200))
measured <- velocity(b, time) + velocity(c, time) + 12 + rnorm(60, sd = 4)

# `log_prob` gets a list with a vector for each group.
log_posterior <- function(p) {
  e <- c(p$b[["h"]]^2 + p$b[["k"]]^2, p$c[["h"]]^2 + p$c[["k"]]^2)
  if (any(e >= 0.95)) return(-Inf)
  fitted <- velocity(p$b, time) + velocity(p$c, time) + p$offset
  list(sum(dnorm(measured, fitted, exp(p$log_noise), log = TRUE)) + dnorm(p$log_noise, 1, 1, log = TRUE),
    mass_b = mass(p$b), mass_c = mass(p$c), e_b = e[1], e_c = e[2], residual = measured - fitted
  )
}

init <- list(
  b = init_walkers(48, b, spread = c(0.05, 1e-4, 0.05, 0.05, 0.05)),
  c = init_walkers(48, c, spread = c(0.05, 1e-3, 0.05, 0.05, 0.05)),
  offset = rnorm(48, 10, 1), log_noise = rnorm(48, 1.5, 0.1)
)
chain <- run_mcmc(log_posterior, init, n_steps, seed = 1)

cat("\nMinimum masses (0.44 and 0.56 are true) and eccentricities\n")
print(summary(chain, discard = "auto", parameters = c("mass_b", "mass_c", "e_b", "e_c"), probs = c(0.16, 0.84)))
cat("\nThe orbit of b, and the best of the draws\n")
print(summary(chain, discard = "auto", parameters = "b", probs = c(0.16, 0.84)))
print(best_step(chain)[1:5])
cat("\n")
print(diagnose(chain))
if (interactive()) plot(chain, type = "bands", blobs = "residual", discard = "auto", at = time)
