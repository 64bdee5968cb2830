#' # Situations
#'
#' Sixty of them, as a person would type them, with what they print: a page to read, not a test to pass. `run.sh` writes it.

#+ include = FALSE
knitr::opts_knit$set(root.dir = tempdir())
knitr::opts_chunk$set(error = TRUE, comment = "", collapse = TRUE)
options(width = 100, cli.num_colors = 1L, cli.unicode = FALSE, cli.width = 100)
library(livechain)

#+
set.seed(1)
init <- init_walkers(20, c(a = 0, b = 0), spread = 1)
normal <- function(p) -sum(p^2) / 2
y <- c(1.2, 0.4, 2.2, 1.7)

#' ## Arguments
#'
#' ### An argument of the density has a name that begins as one of ours
run_mcmc(function(p, n, k) -k * sum(p^2) / n, init, 300, n = 10, k = 7)

#' ### It has the name of one of ours
run_mcmc(function(p, weights) -sum(weights * p^2), init, 300, args = list(weights = c(1, 2)))

#' ### A misspelt argument
run_mcmc(normal, init, nsteps = 100)

#' ### A misspelt argument, and the density takes anything
run_mcmc(function(p, ...) normal(p), init, 100, vectorised = TRUE)

#' ### As another sampler calls it
run_mcmc(normal, init, 100, burnin = 50)

#' ### The file in the fourth place
run_mcmc(normal, init, 100, "chain.h5")

#' ### The data are forgotten
run_mcmc(function(p, y) sum(dnorm(y, p[["a"]], 1, log = TRUE)), init, 100)

#' ### The density is given as its value
run_mcmc(normal(c(0, 0)), init, 100)

#' ### A number of steps that is none
run_mcmc(normal, init, "1000")

#' ## What a density returns
#'
#' ### A forgotten sum()
run_mcmc(function(p) dnorm(y, p[["a"]], 1, log = TRUE), init, 100)

#' ### Nothing
run_mcmc(function(p) if (p[["a"]] > 10) normal(p), init, 100)

#' ### Text
run_mcmc(function(p) "1", init, 100)

#' ### An error of its own
run_mcmc(function(p) if (p[["a"]] > 1) stop("the model did not converge") else normal(p), init, 100, seed = 1)

#' ### NaN on the way
run_mcmc(function(p) normal(p) + log(p[["a"]] + 3) * 0, init, 500, seed = 1) |> suppressWarnings()

#' ### NaN, which shall be rejected
chain <- run_mcmc(function(p) if (p[["a"]] > 2.5) NA else normal(p), init, 500, seed = 1, on_nan = "reject")

#' ### One number for all walkers
run_mcmc(function(p) -sum(p^2) / 2, init, 100, vectorized = TRUE)

#' ### A parameter that does not exist
run_mcmc(function(p) -p[["sigma"]]^2, init, 100)

#' ### A blob with a class
run_mcmc(function(p) list(normal(p), when = Sys.Date()), init, 100)

#' ### A factor
run_mcmc(function(p) list(normal(p), side = factor(if (p[["a"]] > 0) "right" else "left")), init, 100)

#' ### A blob with the name of a parameter
run_mcmc(function(p) c(normal(p), p["a"]), init, 100)

#' ### Two blobs with the same name
run_mcmc(function(p) c(normal(p), r = 1, r = 2), init, 100)

#' ## Starts
#'
#' ### One point
run_mcmc(normal, c(a = 0, b = 0), 100)

#' ### A list
run_mcmc(normal, list(a = 0, b = 0), 100)

#' ### Walkers as columns
run_mcmc(normal, t(init), 100)

#' ### Too few walkers
run_mcmc(normal, init[1:3, ], 100)

#' ### All in one place
run_mcmc(normal, matrix(0, 20, 2), 100)

#' ### A missing value
run_mcmc(normal, replace(init, 5, NA), 100)

#' ### Some where the density is zero
chain <- run_mcmc(function(p) if (p[["a"]] > 0) normal(p) else -Inf, init, 3000, seed = 1)

#' ### All where the density is zero
run_mcmc(function(p) -Inf, init, 100)

#' ### From a fit by optim()
fit <- optim(c(a = 1, b = 1), function(p) -normal(p), hessian = TRUE)
head(init_walkers(20, fit), 3)

#' ### From a fit by glm()
head(init_walkers(20, glm(am ~ wt, binomial, mtcars)), 3)

#' ### In a box
head(init_walkers(20, lower = c(a = 0, b = -1), upper = c(1, 1)), 3)

#' ### From the end of another run
chain <- run_mcmc(normal, init, 2000, seed = 1)
dim(run_mcmc(normal, last_state(chain), 2000, seed = 2))

#' ## Runs
#'
#' ### Groups of parameters
groups <- list(mu = init, sigma = runif(20, 0.5, 2))
grouped <- run_mcmc(function(p) if (p$sigma <= 0) -Inf else sum(dnorm(p$mu, 0, p$sigma, log = TRUE)) - p$sigma, groups, 3000, seed = 1)
summary(grouped, discard = 500, parameters = "mu")

#' ### It fails, and goes on
n_calls <- 0
failing <- function(p) {
  n_calls <<- n_calls + 1
  if (n_calls > 1000) stop("the disk of the model is full")
  normal(p)
}
condition <- tryCatch(run_mcmc(failing, init, 200, seed = 1), error = identity)
conditionMessage(condition)
identical(resume_mcmc(condition$chain, normal)$draws, run_mcmc(normal, init, 200, seed = 1)$draws)

#' ### A log line every 1,000 steps
log_line <- function(chain) cat(dim(chain)[1], "steps, mean of a", format(mean(chain$draws[, , "a"]), digits = 2), "\n")
chain <- run_mcmc(normal, init, 3000, seed = 1, callback = log_line, callback_every = 1000)

#' ### A simulated likelihood is the same run each time
simulated <- function(p) normal(p) + rnorm(1, sd = 0.1)
identical(run_mcmc(simulated, init, 100, seed = 1)$draws, run_mcmc(simulated, init, 100, seed = 1)$draws)

#' ### In a file and in memory
run <- run_mcmc(normal, init, 2000, file = "chain.h5", seed = 1)
identical(read_chain("chain.h5")$draws, run_mcmc(normal, init, 2000, seed = 1)$draws)

#' ### Once more into the same file
run_mcmc(normal, init, 2000, file = "chain.h5", seed = 1)

#' ### A finished run is resumed
resume_mcmc("chain.h5", normal)

#' ### It is resumed with another density
resume_mcmc("chain.h5", function(p) -sum(p^2), n_steps = 100)

#' ### Until there is enough of it
dim(run_mcmc(normal, init, 1e5, stop_when = converged(ess = 1000), seed = 1))

#' ### Ensembles that started in different modes
modes <- function(p) log(sum(dnorm(p[["a"]], c(-20, 20)))) - p[["b"]]^2 / 2
far <- rbind(init_walkers(20, c(a = -20, b = 0), spread = 1), init_walkers(20, c(a = 20, b = 0), spread = 1))
chain <- run_mcmc(modes, far, 2000, n_ensembles = 2, moves = move_stretch(), seed = 1)

#' ## Looking at a chain
#'
#' ### A derived quantity
chain <- run_mcmc(function(p) c(normal(p), radius = sqrt(sum(p^2))), init, 3000, seed = 1)
chain

#' ### Its quantiles
summary(chain, discard = 500, parameters = "radius", probs = c(0.16, 0.84))
quantile(chain, 0.9, parameters = "radius")

#' ### As a data frame
head(as.data.frame(chain), 2)

#' ### The best of the draws
best_step(chain)

#' ### A misspelt argument of a verb, and one that is cut short
summary(chain, pars = "a")
read_chain("chain.h5", disc = 500)

#' ### Parts
chain[1001:3000, 1:5, "b"]

#' ### As if it were a vector
chain[1:10]
mean(chain)

#' ### The beginning and the end
dim(c(head(chain, 10), tail(chain, 10)))

#' ### Another number of walkers behind it
c(chain, chain[, 1:10, ])

#' ### More left out than there is
summary(chain, discard = 3000)

#' ### Too short to tell
ess(head(chain, 50))

#' ### A path
summary("chain.h5", discard = 100)

#' ### A path that leads nowhere, or to something else
summary("nowhere.h5")
writeLines("step,a,b", "notes.h5")
read_chain("notes.h5")

#' ### A run that is not in the file
list_runs("chain.h5")
read_chain("chain.h5", "second")

#' ## Other packages
#'
#' ### A table for elsewhere
export_chain(chain, "chain.csv", discard = 1000, thin = 100)
readLines("chain.csv", 3)

#' ### A file is there already
export_chain(chain, "chain.csv")

#' ### posterior
posterior::summarise_draws(chain, "mean", "sd")
