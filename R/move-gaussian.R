#' The Gaussian move
#'
#' A Metropolis step of each walker by itself: \eqn{y = x + f N(0, \Sigma)}. Every walker draws its own step.
#' It needs a good `cov`, and no other walkers: even one is enough.
#'
#' @param cov Covariance \eqn{\Sigma} of the step: a positive number (a variance, the same for all
#'   parameters), a vector of variances, or a positive definite matrix; with names, in the order of its names.
#' @param mode Which parameters change in an update: `"vector"` all of them, `"random"` one drawn for each
#'   walker, `"sequential"` one after the other. With a matrix, the others are left as they are.
#' @param factor A number above 1 scales the steps of each update by a number between `1 / factor` and `factor`,
#'   log-uniformly; `NULL` does not.
#' @inherit move_stretch return
#' @references Metropolis et al. (1953) \doi{10.1063/1.1699114}; Hastings (1970) \doi{10.1093/biomet/57.1.97}.
#' @param ... Not used: an argument that is not known is an error.
#' @examples
#' move_gaussian(0.5)
#' move_gaussian(matrix(c(1, 0.9, 0.9, 1), 2), factor = 3)
#' @export
move_gaussian <- function(cov, mode = "vector", factor = NULL, ...) {
  check_no_dots(...)
  root <- covariance_root(cov)
  if (!is.character(mode) || length(mode) != 1 || !mode %in% c("vector", "random", "sequential")) {
    abort_argument("mode", "\"vector\", \"random\" or \"sequential\"", mode, rlang::current_env())
  }
  if (!is.null(factor)) {
    factor <- check_number(factor, "NULL or a number above 1", function(x) is.finite(x) && x > 1)
  }
  new_move("gaussian", list(cov = cov, mode = mode, factor = factor), no_split,
    derived = list(root = root, log_factor = if (is.null(factor)) 0 else log(factor))
  )
}

# A lower triangular matrix, or, for a number, one that is made as large as the run needs.
covariance_root <- function(cov, call = rlang::caller_env()) {
  ok <- is.numeric(cov) && length(cov) > 0 && all(is.finite(cov))
  if (ok && is.matrix(cov)) {
    root <- if (isSymmetric(unname(cov))) tryCatch(t(chol(cov)), error = function(e) NULL)
    if (!is.null(root)) {
      return(root)
    }
  } else if (ok && all(cov > 0)) {
    return(diag(sqrt(as.double(cov)), length(cov)))
  }
  abort_argument("cov", "a positive number, positive numbers, or a positive definite matrix", cov, call)
}

# Variances that have names are those of the parameters of these names.
in_order <- function(move, parameters, call) {
  if (move$type == "block") {
    columns <- columns_of_block(move, parameters)
    return(if (anyNA(columns)) move else move_block(in_order(move$move, parameters[columns], call), move$parameters))
  }
  cov <- if (move$type == "gaussian") attr(move, "arguments")$cov
  names <- names_of_entries(cov)
  if (is.null(names)) {
    return(move)
  }
  are_named <- !identical(parameters, parameter_names(NULL, length(parameters))) || setequal(names, parameters)
  arguments <- attr(move, "arguments")
  arguments$cov <- unname(if (are_named) by_name(cov, parameters, "cov", call, "the parameters,") else cov)
  do.call(move_gaussian, arguments)
}

# One variance stands for all parameters; otherwise the sizes must agree.
fit_move <- function(move, parameters, call = rlang::caller_env()) {
  move <- in_order(move, parameters, call)
  if (move$type == "block") {
    return(fit_block(move, parameters, call))
  }
  if (move$type == "mh") {
    move$propose <- seeded_proposal(move$proposal, parameters)
    return(move)
  }
  n_parameters <- length(parameters)
  if (move$type != "gaussian" || nrow(move$root) == n_parameters) {
    return(move)
  }
  if (nrow(move$root) != 1) {
    abort("argument", c(
      "{.arg cov} of {.fn move_gaussian} must have one entry for each of the {n_parameters} parameter{?s}.",
      "x" = "It has {nrow(move$root)}."
    ), call = call, argument = "moves")
  }
  move$root <- diag(move$root[1, 1], n_parameters)
  move
}
