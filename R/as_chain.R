# What diagnostics look at: a chain, whatever they were given.

as_chain <- function(x, discard = 0, thin = 1, parameters = NULL, call = rlang::caller_env()) {
  if (!inherits(x, c("chain", "chain_file")) && !is_path(x)) x <- chain_of_numbers(x, call)
  select_chain(x, discard, thin, parameters, derived = TRUE, call = call)
}

chain_of_numbers <- function(x, call) {
  if (inherits(x, c("draws", "mcmc", "mcmc.list"))) x <- array_of_draws(x)
  rank <- length(dim(x))
  if (!is.numeric(x) || rank > 3 || length(x) == 0) {
    abort_argument("x", "a chain, a chain_file, a path, or a numeric array [step, walker, parameter]", x, call)
  }
  if (!is.double(x) || rank < 3) {
    shape <- if (rank < 2) c(length(x), 1, 1) else c(dim(x), 1)[1:3]
    x <- array(as.double(x), shape, dimnames = if (rank == 3) dimnames(x))
  }
  structure(list(draws = x, steps = seq_len(nrow(x)), n_total = nrow(x), thin_by = 1), class = "chain")
}

# Of posterior and coda, whose matrices have a column for each parameter.
array_of_draws <- function(x) {
  if (inherits(x, c("mcmc", "mcmc.list"))) {
    x <- lapply(if (inherits(x, "mcmc")) list(x) else x, function(chain) as.matrix(unclass(chain)))
    return(aperm(simplify2array(x), c(1, 3, 2)))
  }
  unclass(posterior::as_draws_array(x))
}

# How many updates lie between two rows, and how many all rows stand for.
row_spacing <- function(chain) chain$thin_by * step_spacing(chain$steps)

# Of steps that are not evenly apart, what most of them are.
step_spacing <- function(steps) {
  n <- length(steps)
  if (n < 2) {
    return(1)
  }
  first <- steps[2] - steps[1]
  if (steps[n] - steps[1] == (n - 1) * first) first else stats::median(diff(steps))
}

n_updates <- function(chain) row_spacing(chain) * length(chain$steps)
