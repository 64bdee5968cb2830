# A posterior is sampled in a background R process; this one watches the chain grow.
#
# The model: robust regression of Brownlee's stack loss data (21 days of a plant that oxidises ammonia).
#
#   loss_i ~ t(nu, mean = b0 + b1 air_i + b2 water_i + b3 acid_i, scale = sigma)
#
# with the predictors standardised, and priors
#
#   b0 ~ N(mean(loss), 20^2), b1, b2, b3 ~ N(0, 10^2), sigma ~ half-Cauchy(0, 5), nu ~ Gamma(2, rate = 0.1).
#
# sigma and nu are sampled as logarithms: six parameters. The least squares fit, which the four well-known
# outliers pull away, is printed for comparison.

library(livechain)

loss <- stackloss$stack.loss
design <- cbind(1, scale(as.matrix(stackloss[, 1:3])))

log_posterior <- function(theta, loss, design) {
  sigma <- exp(theta[5])
  nu <- exp(theta[6])
  residual <- (loss - design %*% theta[1:4]) / sigma
  log_likelihood <- sum(dt(residual, nu, log = TRUE)) - length(loss) * theta[5]
  log_prior <- dnorm(theta[1], mean(loss), 20, log = TRUE) + sum(dnorm(theta[2:4], 0, 10, log = TRUE)) +
    dcauchy(sigma, 0, 5, log = TRUE) + theta[5] + dgamma(nu, 2, 0.1, log = TRUE) + theta[6]
  log_likelihood + log_prior
}

n_walkers <- 64
least_squares <- lm.fit(design, loss)
centre <- c(least_squares$coefficients, log(sd(least_squares$residuals)), log(4))
set.seed(1)
init <- matrix(rnorm(n_walkers * 6, rep(centre, each = n_walkers), 0.1), n_walkers)
colnames(init) <- c("intercept", "air", "water", "acid", "log_sigma", "log_nu")

# As many steps as take about 20 seconds on this machine.
seconds <- 20
trial <- system.time(run_mcmc(log_posterior, init, 1000, loss = loss, design = design, seed = 1))[["elapsed"]]
n_steps <- 1000 * round(seconds / trial)

file <- tempfile("stackloss-", fileext = ".h5")
sampler <- callr::r_bg(
  function(...) {
    livechain::run_mcmc(..., seed = 1)
    NULL
  },
  list(log_posterior, init, n_steps, loss = loss, design = design, file = file),
  libpath = .libPaths(), supervise = TRUE
)

cat(sprintf(
  "Process %d samples %d steps of %d walkers in %d dimensions into\n%s\n\n",
  sampler$get_pid(), n_steps, n_walkers, ncol(init), file
))
cat("time (s)   steps  acceptance       air (mean, sd)    acid (mean, sd)   tau    polls  failed\n")

report <- function(chain, elapsed, n_polls, n_failed) {
  kept <- chain$draws[-seq_len(dim(chain)[1] / 5), , , drop = FALSE]
  estimate <- function(name) sprintf("%6.2f %6.3f", mean(kept[, , name]), sd(kept[, , name]))
  tau <- suppressWarnings(max(autocorr_time(kept, quiet = TRUE)))
  cat(sprintf(
    "%8.1f %7d %11.2f %20s %18s %5.0f %8d %7d\n",
    elapsed, chain$n_total, mean(acceptance_rate(chain)), estimate("air"), estimate("acid"), tau,
    n_polls, n_failed
  ))
}

started <- Sys.time()
elapsed <- function() as.double(difftime(Sys.time(), started, units = "secs"))
n_polls <- 0
n_failed <- 0
next_report <- 1
while (!file.exists(file) && sampler$is_alive()) Sys.sleep(0.01)
while (sampler$is_alive()) {
  chain <- tryCatch(read_chain(file),
    # The first moments of a run, before any step is there, are not a failure.
    livechain_error_empty = function(condition) NULL,
    error = function(condition) {
      n_failed <<- n_failed + 1
      message(conditionMessage(condition))
      NULL
    }
  )
  n_polls <- n_polls + 1
  if (!is.null(chain) && elapsed() >= next_report && dim(chain)[1] >= 100) {
    report(chain, elapsed(), n_polls, n_failed)
    next_report <- floor(elapsed()) + 1
  }
  Sys.sleep(0.05)
}
invisible(sampler$get_result())

chain <- read_chain(file, discard = n_steps %/% 10)
cat(sprintf("\n%d polls in %.1f s, %d failed\n\n", n_polls, elapsed(), n_failed))
print(chain_status(file))
cat("\nPosterior:\n")
print(summary(chain))
cat("\nLeast squares:", sprintf("%s %.2f", colnames(init)[1:4], least_squares$coefficients), sep = "  ")

picture <- "livechain-demo.png"
png(picture, width = 1400, height = 1500, res = 130)
plot(chain)
invisible(dev.off())
cat("\n\nTraces and densities:", normalizePath(picture), "\n")
if (n_failed > 0) quit(status = 1)
