# A posterior that is read while it is being sampled.
#
#   Rscript live-posterior.R [seconds] [picture.png]
#
# A background R process samples for about 20 seconds into an HDF5 file; this session reads the whole chain
# from that file several times a second, prints how the estimates settle, and counts what fails.

library(livechain)
if (!requireNamespace("callr", quietly = TRUE)) {
  stop("The demo starts its background process with callr: install.packages(\"callr\")", call. = FALSE)
}
arguments <- commandArgs(trailingOnly = TRUE)
seconds <- if (length(arguments) >= 1) as.numeric(arguments[1]) else 20
picture <- if (length(arguments) >= 2) arguments[2] else "livechain-demo.png"
count <- function(n) format(n, big.mark = ",", trim = TRUE, scientific = FALSE)

# -- The model ----------------------------------------------------------------------------------------------
# Minutes between eruptions of the Old Faithful geyser (R's `faithful`): a mixture of two normal distributions.
#   share of short waits ~ Uniform(0, 1)
#   means                ~ Normal(70, 20), in this order: mean_short < mean_long
#   standard deviations  ~ half-Normal(10)
waiting <- faithful$waiting

log_likelihood <- function(p, waiting) {
  sum(log(p[1] * dnorm(waiting, p[2], p[4]) + (1 - p[1]) * dnorm(waiting, p[3], p[5])))
}

log_posterior <- function(p, waiting, log_likelihood) {
  if (p[1] <= 0 || p[1] >= 1 || p[2] >= p[3] || p[4] <= 0 || p[5] <= 0) {
    return(-Inf)
  }
  log_prior <- sum(dnorm(p[2:3], 70, 20, log = TRUE)) + sum(dnorm(p[4:5], 0, 10, log = TRUE))
  log_prior + log_likelihood(p, waiting)
}

set.seed(1)
n_walkers <- 64
init <- cbind(
  share_short = runif(n_walkers, 0.2, 0.8),
  mean_short = rnorm(n_walkers, 55, 3), mean_long = rnorm(n_walkers, 80, 3),
  sd_short = runif(n_walkers, 3, 9), sd_long = runif(n_walkers, 3, 9)
)

# -- How many steps are 20 seconds? -------------------------------------------------------------------------
# Machines differ, so the rate is measured in memory first: the second run lasts about a second.
steps_per_second <- function(n_steps) {
  time <- system.time(suppressMessages(run_mcmc(log_posterior, init, n_steps, waiting, log_likelihood, seed = 2)))
  n_steps / time[["elapsed"]]
}
rate <- steps_per_second(max(100, round(steps_per_second(100))))
n_steps <- max(200, round(rate * seconds, -2))

cat("Old Faithful: ", length(waiting), " waiting times, a mixture of two normal distributions.\n", sep = "")
cat(ncol(init), " parameters, ", n_walkers, " walkers. In memory, this machine makes ", count(round(rate)),
  " steps/s: ", count(n_steps), " steps should take\nabout ", round(n_steps / rate), " s.\n\n",
  sep = ""
)

# -- The writer: another R process --------------------------------------------------------------------------
file <- tempfile("old-faithful-", fileext = ".h5")
sampler <- callr::r_bg(
  function(log_posterior, init, n_steps, waiting, log_likelihood, file) {
    livechain::run_mcmc(log_posterior, init, n_steps, waiting, log_likelihood, file = file, seed = 1)
  },
  list(log_posterior, init, n_steps, waiting, log_likelihood, file),
  libpath = .libPaths()
)
cat("Process ", sampler$get_pid(), " samples into ", file, "\nand this one, ", Sys.getpid(),
  ", reads the whole chain from it several times a second. Estimates are from\n",
  "the second half of what is there; tau, the longest autocorrelation time, stands in brackets until the\n",
  "chain is 50 times as long.\n\n",
  sep = ""
)

# The file appears when the sampler is ready, and its first steps are published within half a second.
n_published <- function() tryCatch(chain_status(file)$n_steps, livechain_error = function(e) 0)
while (sampler$is_alive() && n_published() == 0) Sys.sleep(0.05)

# -- The reader: this session -------------------------------------------------------------------------------
second_half <- function(chain) {
  n <- dim(chain)[1]
  chain$draws[seq(n %/% 2 + 1, n), , , drop = FALSE]
}

print_line <- function(time, n_polls, chain) {
  draws <- second_half(chain)
  tau <- max(suppressWarnings(autocorr_time(draws, tol = 0, quiet = TRUE)))
  trusted <- is.finite(tau) && 50 * tau <= dim(draws)[1]
  estimates <- apply(draws[, , c("share_short", "mean_short", "mean_long")], 3, function(x) c(mean(x), sd(x)))
  cat(sprintf(
    "%4.0f s %5d %7s %7.1f MB  %8.2f %6s   %.3f ± %.3f   %5.2f ± %.2f   %5.2f ± %.2f\n",
    time, n_polls, count(dim(chain)[1]), file.size(file) / 2^20, mean(acceptance_rate(chain)),
    sprintf(if (trusted) "%.0f " else "(%.0f)", tau),
    estimates[1, 1], estimates[2, 1], estimates[1, 2], estimates[2, 2], estimates[1, 3], estimates[2, 3]
  ))
}

cat("  time polls   steps       file  accepted   tau      share_short      mean_short       mean_long\n")
start <- proc.time()[["elapsed"]]
polls <- data.frame(time = numeric(), steps = numeric(), read = numeric())
failures <- list()
contradictions <- 0 # polls in which a step was missing, or other than an earlier poll had read it
chain <- NULL
last_line <- -Inf

repeat {
  alive <- sampler$is_alive()
  began <- proc.time()[["elapsed"]]
  latest <- tryCatch(read_chain(file), error = identity)
  now <- proc.time()[["elapsed"]]
  if (inherits(latest, "error")) {
    failures <- c(failures, list(latest))
    polls[nrow(polls) + 1, ] <- c(now - start, NA, now - began)
  } else {
    if (!is.null(chain)) {
      n <- dim(chain)[1]
      goes_on <- dim(latest)[1] >= n && identical(latest$draws[n, , ], chain$draws[n, , ])
      if (!goes_on) contradictions <- contradictions + 1
    }
    chain <- latest
    polls[nrow(polls) + 1, ] <- c(now - start, dim(chain)[1], now - began)
    if (now - last_line >= 1 || !alive) {
      print_line(now - start, nrow(polls), chain)
      last_line <- now
    }
  }
  if (!alive) break
  Sys.sleep(max(0, 0.125 - (proc.time()[["elapsed"]] - began)))
}
invisible(sampler$get_result()) # an error in the background process becomes one here

# -- What came out ------------------------------------------------------------------------------------------
while_sampling <- utils::head(polls, -1)
cat("\n")
print(chain_status(file))
cat(sprintf(
  "\n  polls                           %5d   (%.1f a second)\n", nrow(polls), nrow(while_sampling) / max(while_sampling$time)
))
cat(sprintf("  failed polls                    %5d\n", length(failures)))
cat(sprintf("  polls contradicting an earlier  %5d\n", contradictions))
cat(sprintf(
  "  time of a poll                  %5.0f ms in the middle, %.0f ms at most, for up to %.0f MB\n",
  1000 * median(polls$read), 1000 * max(polls$read), file.size(file) / 2^20
))

# The same model by maximum likelihood, with standard errors from the curvature at the maximum.
fit <- optim(c(0.4, 55, 80, 6, 6), function(p) -log_likelihood(p, waiting),
  method = "L-BFGS-B",
  lower = c(0.01, 40, 40, 1, 1), upper = c(0.99, 100, 100, 30, 30), control = list(parscale = c(0.1, 10, 10, 1, 1)),
  hessian = TRUE
)
posterior <- summary(read_chain(file, discard = n_steps %/% 10))
comparison <- data.frame(
  posterior$parameter,
  sprintf("%#.3g", posterior$mean), sprintf("%#.2g", posterior$sd),
  sprintf("%#.3g to %#.3g", posterior$q5, posterior$q95),
  ifelse(is.na(posterior$ess), "-", count(round(posterior$ess))),
  sprintf("%#.3g", fit$par), sprintf("%#.2g", sqrt(diag(solve(fit$hessian))))
)
names(comparison) <- c("", "mean", "sd", "5% to 95%", "ess", "max. likelihood", "s.e.")
cat("\nThe posterior, without the first tenth of the steps, beside maximum likelihood:\n\n")
print(comparison, row.names = FALSE)

# -- A picture ----------------------------------------------------------------------------------------------
ink <- "#1F4E79"
accent <- "#C8553D"

panel_title <- function(text) title(main = text, adj = 0, font.main = 1, cex.main = 1.1, line = 0.35)

draw_traces <- function(chain) {
  shown <- unique(round(seq(1, dim(chain)[1], length.out = 1500)))
  for (parameter in dimnames(chain$draws)[[3]]) {
    matplot(chain$steps[shown], chain$draws[shown, , parameter],
      type = "l", lty = 1, lwd = 0.5, col = adjustcolor(ink, 0.12), xlab = "", ylab = "", xaxs = "i", xaxt = "n"
    )
    panel_title(parameter)
  }
  axis(1)
  title(xlab = "step", line = 1.9, xpd = NA)
}

draw_data <- function(chain) {
  minutes <- seq(40, 100, 0.5)
  draws <- as.matrix(chain)
  some <- draws[round(seq(nrow(draws) / 10, nrow(draws), length.out = 1000)), ]
  curves <- apply(some, 1, function(p) p[1] * dnorm(minutes, p[2], p[4]) + (1 - p[1]) * dnorm(minutes, p[3], p[5]))
  band <- apply(curves, 1, quantile, c(0.05, 0.95))
  hist(waiting,
    breaks = seq(39.5, 99.5, 3), freq = FALSE, col = "grey90", border = "white", main = "", xlab = "", ylab = "",
    ylim = c(0, 0.05)
  )
  polygon(c(minutes, rev(minutes)), c(band[1, ], rev(band[2, ])), col = adjustcolor(ink, 0.3), border = NA)
  lines(minutes, rowMeans(curves), col = ink, lwd = 2)
  panel_title("the data, and the density by the posterior with its 90% band")
  title(xlab = "minutes between eruptions", line = 1.9)
}

draw_polls <- function(polls) {
  plot(polls$time, polls$steps,
    pch = 19, cex = 0.45, col = accent, xlab = "", ylab = "",
    xlim = c(0, max(polls$time)), ylim = c(0, n_steps)
  )
  panel_title(sprintf("steps read by each of %d polls during the run; %d failed", nrow(polls), length(failures)))
  title(xlab = "seconds", line = 1.9, xpd = NA)
}

png(picture, width = 1600, height = 1000, res = 120)
layout(cbind(1:5, c(6, 6, 6, 7, 7)), widths = c(1.15, 1))
par(mar = c(0.5, 4, 1.8, 1), oma = c(3, 0, 0, 0), mgp = c(2, 0.5, 0), tcl = -0.25, las = 1, cex = 0.85)
draw_traces(chain)
par(mar = c(4, 4, 1.8, 1))
draw_data(chain)
par(mar = c(0.5, 4, 1.8, 1))
draw_polls(polls)
invisible(dev.off())
cat("\nTraces of the walkers, the fit, and what the polls saw: ", normalizePath(picture), "\n", sep = "")

invisible(file.remove(file))
if (length(failures) > 0) stop("A poll failed: ", conditionMessage(failures[[1]]), call. = FALSE)
if (contradictions > 0) stop("A poll contradicted an earlier one.", call. = FALSE)
