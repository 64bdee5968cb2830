#' A Metropolis-Hastings move of your own
#'
#' Proposals come from an R function. It draws its random numbers from R's own generator, which is seeded from
#' the run before each call and put back afterwards: the chain is the same for the same seed, also when it was
#' interrupted and resumed. R functions are not stored in the file: give `moves` to [resume_mcmc()] again.
#'
#' @param proposal A function of a numeric matrix `[walker, parameter]`, the positions of all walkers, with the names of
#'   the parameters as its columns' names, that returns a list: a matrix of proposed positions of the same shape, and a numeric vector with the log of
#'   \eqn{q(x | y) / q(y | x)} for each walker, where \eqn{q(y | x)} is the density of proposing \eqn{y} at
#'   \eqn{x}. For a symmetric proposal the matrix alone is enough.
#' @inherit move_stretch return
#' @references Hastings (1970) \doi{10.1093/biomet/57.1.97}.
#' @examples
#' # Multiplicative steps for positive parameters: q(x | y) / q(y | x) = prod(y / x)
#' proposal <- function(x) {
#'   y <- x * exp(0.5 * rnorm(length(x)))
#'   list(y, rowSums(log(y / x)))
#' }
#' log_prob <- function(x) if (all(x > 0)) sum(dgamma(x, 3, log = TRUE)) else -Inf
#' run_mcmc(log_prob, matrix(rexp(20), 10), 200, moves = move_mh(proposal), seed = 1)
#' @export
move_mh <- function(proposal) {
  check_function(proposal)
  new_move("mh", list(proposal = proposal), no_split, derived = list(propose = seeded_proposal(proposal)))
}

# Positions have the names of parameters, unless these are those of parameters without.
seeded_proposal <- function(proposal, parameters = NULL) {
  if (identical(parameters, parameter_names(NULL, length(parameters)))) parameters <- NULL
  function(positions, seed) {
    colnames(positions) <- parameters
    returned <- with_seed(seed, proposal(positions))
    result <- if (is.list(returned)) returned else list(returned, rep(0, nrow(positions)))
    ok <- length(result) == 2 && is.numeric(result[[1]]) && identical(dim(result[[1]]), dim(positions)) &&
      is.numeric(result[[2]]) && length(result[[2]]) == nrow(positions)
    if (!ok) {
      abort("argument", c(
        "{.arg proposal} of {.fn move_mh} must return a list of a {nrow(positions)} x {ncol(positions)} matrix and {nrow(positions)} log ratios.",
        "x" = "It returned {describe_value(returned)}."
      ), argument = "proposal")
    }
    lacks <- which(!is.finite(rowSums(result[[1]])) | is.na(result[[2]]))
    if (length(lacks) > 0) {
      row <- lacks[1]
      abort("argument", c(
        "{.arg proposal} of {.fn move_mh} must return finite positions, and log ratios that are numbers.",
        "x" = "For the walker at {describe_position(positions[row, ])} it returned {describe_position(result[[1]][row, ])} with a log ratio of {result[[2]][row]}."
      ), argument = "proposal")
    }
    list(positions = result[[1]], log_ratio = as.double(result[[2]]))
  }
}

# As withr::with_seed(), with all kinds of generators fixed.
with_seed <- function(seed, code) {
  global <- globalenv()
  kinds <- RNGkind()
  old <- get0(".Random.seed", global, inherits = FALSE)
  on.exit({
    RNGkind(kinds[1], kinds[2], kinds[3])
    if (is.null(old)) rm(".Random.seed", envir = global) else assign(".Random.seed", old, envir = global)
  })
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
  code
}
