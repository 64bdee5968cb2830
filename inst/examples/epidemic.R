# Influenza in a boarding school, 1978: an SEIR model solved by deSolve, with what it predicts as blobs.
#
#   Rscript epidemic.R [steps]
library(livechain)
n_steps <- c(as.integer(commandArgs(TRUE)), 500)[1]

in_bed <- c(3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4)
days <- seq_along(in_bed)
n_pupils <- 763

seir <- function(time, state, p) {
  infection <- p[["beta"]] * state[["S"]] * state[["I"]] / n_pupils
  onset <- p[["sigma"]] * state[["E"]]
  recovery <- p[["gamma"]] * state[["I"]]
  list(c(-infection, infection - onset, onset - recovery, recovery))
}

log_posterior <- function(p) {
  rates <- exp(p)
  start <- c(S = n_pupils - 1, E = 0, I = 1, R = 0)
  infectious <- deSolve::ode(start, c(0, days), seir, rates, method = "rk4")[-1, "I"]
  if (!all(infectious > 0 & infectious < n_pupils) %in% TRUE) return(-Inf)
  log_lik <- dnbinom(in_bed, mu = infectious, size = rates[["size"]], log = TRUE)
  list(sum(log_lik) + sum(dnorm(p, log(c(2, 1, 0.5, 10)), 1, log = TRUE)),
    R0 = rates[["beta"]] / rates[["gamma"]], latent_days = 1 / rates[["sigma"]], infectious_days = 1 / rates[["gamma"]],
    log_lik = log_lik, predicted = rnbinom(length(days), mu = infectious, size = rates[["size"]])
  )
}

set.seed(1)
init <- init_walkers(16, log(c(beta = 2, sigma = 1, gamma = 0.5, size = 10)), spread = 0.1)
chain <- run_mcmc(log_posterior, init, n_steps, seed = 1) # draws random numbers, and is the same run each time

cat("\nWhat is asked of it\n")
print(summary(chain, discard = "auto", parameters = c("R0", "latent_days", "infectious_days")))
cat("\nWhat it predicts for each day, and what came\n")
predicted <- apply(subset(chain, discard = n_steps / 2)$blobs$predicted, 3, quantile, c(0.05, 0.5, 0.95))
print(data.frame(day = days, t(predicted), in_bed, check.names = FALSE), row.names = FALSE)
if (requireNamespace("loo", quietly = TRUE)) print(suppressWarnings(loo::loo(chain, discard = "auto")))
if (interactive()) plot(chain, type = "bands", blobs = "predicted", discard = "auto", observed = in_bed)
