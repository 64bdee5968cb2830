#' # Situations
#'
#' As a person would type them, with what they print: a page to read, not a test to pass. `run.sh` writes it.

#+ include = FALSE
knitr::opts_chunk$set(error = TRUE, comment = "", collapse = TRUE)
options(width = 100, cli.num_colors = 1L, cli.unicode = FALSE, cli.width = 100)
library(livechain)

#+
set.seed(1)
init <- init_walkers(20, c(a = 0, b = 0), spread = 1)
normal <- function(p) -sum(p^2) / 2
y <- c(1.2, 0.4, 2.2, 1.7)

#' ## An argument of the density has a name that begins as one of ours
run_mcmc(function(p, n, k) -k * sum(p^2) / n, init, 300, n = 10, k = 7)

#' ## It has the name of one of ours
run_mcmc(function(p, weights) -sum(weights * p^2), init, 300, args = list(weights = c(1, 2)))

#' ## A misspelt argument, and others as other samplers call them
run_mcmc(normal, init, nsteps = 100)
run_mcmc(function(p, ...) normal(p), init, 100, vectorised = TRUE)
run_mcmc(normal, init, 100, burnin = 50)
run_mcmc(normal, init, 100, "chain.h5")

#' ## A forgotten sum()
run_mcmc(function(p) dnorm(y, p[["a"]], 1, log = TRUE), init, 100)

#' ## A blob with a class, and one with the name of a parameter
run_mcmc(function(p) list(normal(p), when = Sys.Date()), init, 100)
run_mcmc(function(p) c(normal(p), p["a"]), init, 100)

#' ## NaN on the way
run_mcmc(function(p) normal(p) + log(p[["a"]] + 3) * 0, init, 500, seed = 1) |> suppressWarnings()
chain <- run_mcmc(function(p) if (p[["a"]] > 2.5) NA else normal(p), init, 500, seed = 1, on_nan = "reject")

#' ## Starts
run_mcmc(normal, c(a = 0, b = 0), 100)
run_mcmc(normal, list(a = 0, b = 0), 100)
run_mcmc(normal, t(init), 100)
run_mcmc(function(p) if (p[["a"]] > 0) normal(p) else -Inf, init, 100, seed = 1)
fit <- optim(c(a = 1, b = 1), function(p) -normal(p), hessian = TRUE)
head(init_walkers(20, fit), 3)

#' ## A derived quantity
chain <- run_mcmc(function(p) c(normal(p), radius = sqrt(sum(p^2))), init, 2000, seed = 1)
chain
summary(chain, discard = 500, parameters = "radius", probs = c(0.16, 0.84))
quantile(chain, 0.9, parameters = "radius")
head(as.data.frame(chain), 2)
best_step(chain)

#' ## Parts
chain[1001:2000, 1:5, "b"]
chain[1:10]
mean(chain)
summary(chain, pars = "a")
c(head(chain, 10), tail(chain, 10))

#' ## A path
file <- tempfile(fileext = ".h5")
run <- run_mcmc(normal, init, 500, file = file, seed = 1)
summary(file, discard = 100)
list_runs(file)

#' ## It fails, and goes on
n_calls <- 0
failing <- function(p) {
  n_calls <<- n_calls + 1
  if (n_calls > 1000) stop("the disk of the model is full")
  normal(p)
}
condition <- tryCatch(run_mcmc(failing, init, 200, seed = 1), error = identity)
conditionMessage(condition)
identical(resume_mcmc(condition$chain, normal)$draws, run_mcmc(normal, init, 200, seed = 1)$draws)

#' ## A log line every 200 steps
log_line <- function(chain) cat(dim(chain)[1], "steps, mean of a", format(mean(chain$draws[, , "a"]), digits = 2), "\n")
chain <- run_mcmc(normal, init, 600, seed = 1, callback = log_line, callback_every = 200)

#' ## A simulated likelihood is the same run each time
simulated <- function(p) normal(p) + rnorm(1, sd = 0.1)
identical(run_mcmc(simulated, init, 100, seed = 1)$draws, run_mcmc(simulated, init, 100, seed = 1)$draws)
