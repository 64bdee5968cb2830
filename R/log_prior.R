# A density that is made of a log-likelihood and a log-prior. What each of them was stands beside the log-probability, as
# the last two blobs.

prior_blobs <- c("log_likelihood", "log_prior")

check_log_prior <- function(log_prior, log_prob, call = rlang::caller_env()) {
  if (is.null(log_prior)) {
    return(NULL)
  }
  if (!is.function(log_prior)) abort_argument("log_prior", "a function, or NULL", log_prior, call)
  if (is_compiled(log_prob)) {
    abort_compiled("log_prior", "must be NULL", "its prior is C++, too", "{.code livechain::density(f).prior(g)} makes a density of both.", call)
  }
  log_prior
}

# Whether likelihood and prior are known apart.
has_prior <- function(log_prob, log_prior) {
  if (is_compiled(log_prob)) all(prior_blobs %in% about_compiled(log_prob)$blobs) else !is.null(log_prior)
}

# A run goes on with a prior when it began with one.
check_same_prior <- function(log_prob, log_prior, had_prior, call = rlang::caller_env()) {
  if (has_prior(log_prob, log_prior) == had_prior) {
    return(invisible())
  }
  abort("argument", c(
    if (had_prior) "{.arg log_prior} must be given again: the run has one." else "{.arg log_prior} must be NULL: the run has none.",
    "i" = if (had_prior && is_compiled(log_prob)) "{.code livechain::density(f).prior(g)} makes a compiled density of both."
  ), call = call, argument = "log_prior")
}

with_prior <- function(log_likelihood, log_prior, vectorized) {
  if (is.null(log_prior)) log_likelihood else if (vectorized) posterior_of_rows(log_likelihood, log_prior) else posterior_of_one(log_likelihood, log_prior)
}

posterior_of_one <- function(log_likelihood, log_prior) {
  force(log_likelihood)
  force(log_prior)
  function(position, ...) {
    prior <- log_prior(position)
    require_priors(prior, 1)
    prior <- as.double(prior)
    if (is.na(prior) || prior == -Inf) prior else add_prior(log_likelihood(position, ...), prior)
  }
}

# The likelihood gets the rows of which the prior leaves something.
posterior_of_rows <- function(log_likelihood, log_prior) {
  force(log_likelihood)
  force(log_prior)
  function(position, ...) {
    priors <- log_prior(position)
    require_priors(priors, nrow(position))
    priors <- as.double(priors)
    possible <- which(priors > -Inf)
    if (length(possible) == 0) {
      return(as.double(priors))
    }
    likelihoods <- split_results(log_likelihood(position[possible, , drop = FALSE], ...), length(possible))
    require_likelihoods(likelihoods, length(possible))
    if (is.list(likelihoods)) {
      results <- as.list(priors)
      results[possible] <- Map(add_prior, likelihoods, priors[possible])
      return(results)
    }
    results <- cbind(log_prob = priors, log_likelihood = NA, log_prior = NA)
    results[possible, ] <- c(priors[possible] + likelihoods, likelihoods, priors[possible])
    results
  }
}

# To what the density returned for one position. What it should not have returned is left as it is, to be refused.
add_prior <- function(result, prior) {
  likelihood <- if (length(result) > 0) result[[1]]
  if (!is.numeric(likelihood) || length(likelihood) != 1 || (is.nan(likelihood) && length(result) == 1)) {
    return(result)
  }
  likelihood <- as.double(likelihood)
  result[[1]] <- likelihood + prior
  c(result, log_likelihood = likelihood, log_prior = prior)
}

require_priors <- function(priors, n) {
  if ((is.numeric(priors) || all(is.na(priors))) && length(priors) == n) {
    return(invisible())
  }
  abort("log_prob", c(
    if (n == 1) "{.arg log_prior} must return a number." else "{.arg log_prior} must return one number for each of the {n} positions.",
    "x" = "It returned {describe_value(priors)}."
  ), call = quote(log_prior()))
}

require_likelihoods <- function(likelihoods, n) {
  if ((is.numeric(likelihoods) || is.list(likelihoods)) && length(likelihoods) == n) {
    return(invisible())
  }
  abort("log_prob", c(
    "{.arg log_prob} must return one number for each of the {n} positions that the prior allows.",
    "x" = "It returned {describe_value(likelihoods)}."
  ), call = quote(log_prob()))
}
