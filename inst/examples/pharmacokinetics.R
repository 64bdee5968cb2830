# Theophylline in twelve people (R's `Theoph`): a hierarchy of 43 parameters in four groups.
#
#   Rscript pharmacokinetics.R [steps]     # 400 are a look; 30,000 an answer
library(livechain)
n_steps <- c(as.integer(commandArgs(TRUE)), 400)[1]

subject <- as.integer(factor(Theoph$Subject, levels = 1:12))
names <- c("lKe", "lKa", "lCl")

# One compartment, absorbed and eliminated at first order; a row of `theta` for each measurement.
concentration <- function(theta) {
  ke <- exp(theta[, 1])
  ka <- exp(theta[, 2])
  Theoph$Dose * ke * ka / exp(theta[, 3]) * (exp(-ke * Theoph$Time) - exp(-ka * Theoph$Time)) / (ka - ke)
}

# `log_prob` gets a list with a vector for each group; `z` are the subjects' deviations in units of `omega`.
log_posterior <- function(p) {
  z <- matrix(p$z, 12)
  theta <- sweep(sweep(z, 2, exp(p$log_omega), "*"), 2, p$mu, "+")
  if (any(theta[, 2] <= theta[, 1])) return(-Inf)
  fitted <- concentration(theta[subject, ])
  log_lik <- dnorm(Theoph$conc, fitted, exp(p$log_sigma), log = TRUE)
  log_prior <- sum(dnorm(p$z, log = TRUE), dnorm(p$mu, 0, 5, log = TRUE), dnorm(p$log_omega, -1, 1, log = TRUE))
  list(sum(log_lik) + log_prior,
    half_life = log(2) / exp(p$mu[["lKe"]]), clearance = exp(p$mu[["lCl"]]), log_lik = log_lik, fitted = fitted[subject == 1]
  )
}

set.seed(1)
n_walkers <- 120
pooled <- nls(conc ~ SSfol(Dose, Time, lKe, lKa, lCl), Theoph)
init <- list(
  mu = init_walkers(n_walkers, pooled),
  log_omega = init_walkers(n_walkers, setNames(rep(-1, 3), names), spread = 0.2),
  z = init_walkers(n_walkers, setNames(numeric(36), outer(1:12, names, paste)), spread = 0.5),
  log_sigma = rnorm(n_walkers, 0, 0.1)
)
chain <- run_mcmc(log_posterior, init, n_steps, seed = 1)

cat("\nThe population, and what follows from it\n")
print(summary(chain, discard = n_steps / 2, parameters = c("mu", "log_omega", "log_sigma", "half_life", "clearance"), probs = c(0.05, 0.95)))
cat("\nHow far subject 1 is from it\n")
print(quantile(chain, discard = n_steps / 2, parameters = paste0("z[1 ", names, "]")))
cat("\n")
print(diagnose(chain))
if (interactive()) {
  first <- subset(Theoph, Subject == 1)
  plot(chain, type = "bands", blobs = "fitted", discard = n_steps / 2, at = first$Time, observed = first$conc)
}
