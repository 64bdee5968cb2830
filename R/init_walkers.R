#' Positions for the walkers to start from
#'
#' Draws the matrix that [run_mcmc()] takes as `init`. Ensembles start well when they are spread about as the density is,
#' or in a small ball around a good point; walkers that all start in one place cannot leave it.
#'
#' @param n_walkers How many walkers, a whole number; `NULL` for four for each parameter, and at least 32.
#' @param around Where to start:
#'   * a numeric vector, best with names: around this point;
#'   * what `optim(hessian = TRUE)`, `lm()`, `glm()` or `nls()` returned, or anything else that has `coef()` and
#'     `vcov()`: from the normal distribution with its estimates and their covariance. Of `optim()`, the function must
#'     have been the log-probability, or its negative;
#'   * draws: a matrix, a data frame or draws of posterior, with a row for each draw and a column for each parameter, or
#'     a `chain`: different ones of these;
#'   * `NULL`: uniformly between `lower` and `upper`.
#' @param spread How far from a point: a standard deviation for all parameters or for each, or a covariance matrix. `NULL` is
#'   that of the fit, or a ten-thousandth of the parameter, as is usual for a small ball.
#' @param lower,upper Limits: a number for all parameters or for each, which can have names. What is drawn outside
#'   is drawn again.
#' @param ... Not used.
#' @returns A numeric matrix `[walker, parameter]`. R's generator draws it, so that [set.seed()] decides it.
#' @examples
#' set.seed(1)
#' init_walkers(32, c(mean = 1, sd = 2), spread = c(0.1, 0.5), lower = c(-Inf, 0))
#' init_walkers(32, lower = c(a = 0, b = -1), upper = c(1, 1))
#'
#' fit <- nls(rate ~ v_max * conc / (k + conc), subset(Puromycin, state == "treated"), start = c(v_max = 200, k = 0.1))
#' head(init_walkers(32, fit))
#' @export
init_walkers <- function(n_walkers = NULL, around = NULL, ..., spread = NULL, lower = -Inf, upper = Inf) {
  check_no_dots(...)
  if (!is.null(n_walkers)) check_n_walkers(n_walkers)
  source <- start_source(around, spread, lower, upper)
  lower <- rep_limits(lower, -Inf, source)
  upper <- rep_limits(upper, Inf, source)
  n_walkers <- n_walkers %||% max(32, 4 * source$n)
  init <- draw_within(source$draw, n_walkers, lower, upper)
  colnames(init) <- source$names
  structure(init, groups = if (inherits(around, c("chain", "chain_file", "matrix"))) parameter_groups(around))
}

check_n_walkers <- function(n_walkers, call = rlang::caller_env()) {
  if (!is_whole(n_walkers) || n_walkers < 1) {
    abort_argument("n_walkers", "a whole number, 1 or more", n_walkers, call,
      hint = if (length(n_walkers) > 1) "Where to start comes second: {.code init_walkers(32, around)}."
    )
  }
}

# A distribution of starts: `draw(n)` makes a matrix with `n` rows.
start_source <- function(around, spread, lower, upper, call = rlang::caller_env()) {
  if (inherits(around, c("chain", "chain_file"))) {
    around <- as.matrix(around)
  } else if (inherits(around, "draws")) {
    around <- draws_to_matrix(around)
  }
  if (is.null(around)) {
    start_in_box(lower, upper, call)
  } else if (is.matrix(around) || is.data.frame(around)) {
    start_from_draws(if (is.data.frame(around)) frame_to_matrix(around, call, "around") else around, call)
  } else if (is_plain_numeric(around)) {
    start_around(around, spread %||% small_ball(around), call)
  } else {
    fit <- fitted_normal(around, call)
    start_around(fit$mean, spread %||% fit$covariance %||% small_ball(fit$mean), call)
  }
}

start_in_box <- function(lower, upper, call) {
  n <- max(length(lower), length(upper))
  names <- names(lower) %||% names(upper)
  if (is_plain_numeric(lower) && is_plain_numeric(upper)) upper <- by_name(upper, names, "upper", call)
  if (!is_plain_numeric(lower) || !is_plain_numeric(upper) || !all(is.finite(c(lower, upper))) || any(lower >= upper)) {
    abort("argument", c(
      "Without {.arg around}, {.arg lower} and {.arg upper} must be finite numbers for each parameter, the former smaller.",
      "i" = "Around a point: {.code init_walkers(32, c(a = 1, b = 2))}."
    ), call = call, argument = "lower")
  }
  list(n = n, names = names, draw = function(n_rows) {
    t(matrix(stats::runif(n * n_rows, lower, upper), n))
  })
}

start_from_draws <- function(draws, call) {
  if (!is.numeric(draws)) abort_argument("around", "draws with a numeric column for each parameter", draws, call)
  force(call)
  left <- sample.int(nrow(draws))
  list(n = ncol(draws), names = colnames(draws), draw = function(n_rows) {
    if (n_rows > length(left)) {
      abort("argument", c(
        "{.arg around} must have at least as many different draws within the limits as there are walkers.",
        "x" = "Of {nrow(draws)} draw{?s}, too few are left."
      ), call = call, argument = "around")
    }
    rows <- left[seq_len(n_rows)]
    left <<- left[-seq_len(n_rows)]
    draws[rows, , drop = FALSE]
  })
}

start_around <- function(centre, spread, call) {
  n <- length(centre)
  spread <- by_name(spread, names(centre), "spread", call)
  factor <- if (is.matrix(spread)) {
    ok <- is_plain_numeric(spread) && identical(dim(spread), c(n, n)) && isSymmetric(unname(spread))
    if (ok) tryCatch(chol(spread), error = function(condition) NULL)
  } else if (is_plain_numeric(spread) && length(spread) %in% c(1, n) && all(is.finite(spread) & spread > 0)) {
    diag(rep_len(spread, n), n)
  }
  if (is.null(factor) || !all(is.finite(centre))) {
    abort_argument("spread", sprintf("a positive number, %d of them, or a covariance matrix, around a finite point", n), spread, call)
  }
  list(n = n, names = names(centre), draw = function(n_rows) {
    sweep(matrix(stats::rnorm(n * n_rows), n_rows) %*% factor, 2, centre, "+")
  })
}

small_ball <- function(centre) 1e-4 * ifelse(centre == 0, 1, abs(centre))

# The estimates of a fit and their covariance, which may be unknown.
fitted_normal <- function(fit, call) {
  if (is.list(fit) && is.numeric(fit$par)) {
    return(list(mean = fit$par, covariance = covariance_at(fit$hessian)))
  }
  mean <- tryCatch(stats::coef(fit), error = function(condition) NULL)
  if (!is.numeric(mean) || length(mean) == 0) {
    abort_argument("around", "a numeric vector, draws, or a fit such as optim(), lm(), glm() or nls() return", fit, call)
  }
  known <- names(mean)
  list(mean = mean, covariance = tryCatch(stats::vcov(fit)[known, known, drop = FALSE], error = function(condition) NULL))
}

# Of a log-probability that was maximized, or its negative that was minimized.
covariance_at <- function(hessian) {
  if (is.null(hessian)) {
    return(NULL)
  }
  symmetric <- (hessian + t(hessian)) / 2
  inverse <- function(precision) tryCatch(unname(chol2inv(chol(precision))), error = function(condition) NULL)
  inverse(symmetric) %||% inverse(-symmetric)
}

rep_limits <- function(limit, none, source, arg = rlang::caller_arg(limit), call = rlang::caller_env()) {
  if (!is_plain_numeric(limit) || anyNA(limit)) abort_argument(arg, "numbers", limit, call)
  if (!is.null(names(limit)) && !is.null(source$names)) {
    return(of_parameters(limit, none, source$names, arg, call))
  }
  if (!length(limit) %in% c(1, source$n)) {
    abort_argument(arg, sprintf("one number, or one for each of the %d parameters", source$n), limit, call)
  }
  rep_len(unname(limit), source$n)
}

# A value for each parameter, or a matrix of them, in the order of the parameters.
by_name <- function(values, parameters, arg, call, whose = "the parameters:") {
  own <- names_of_entries(values)
  if (is.null(own) || is.null(parameters) || identical(own, parameters)) {
    return(values)
  }
  if (!setequal(own, parameters) || anyDuplicated(own)) {
    abort("argument", c(
      "The names of {.arg {arg}} must be those of {whose} {.val {parameters}}.",
      "x" = "They are {.val {own}}."
    ), call = call, argument = arg)
  }
  at <- match(parameters, own)
  if (is.matrix(values)) values[at, at, drop = FALSE] else values[at]
}

names_of_entries <- function(values) {
  if (is.matrix(values)) rownames(values) %||% colnames(values) else names(values)
}

draw_within <- function(draw, n, lower, upper, call = rlang::caller_env()) {
  init <- NULL
  for (attempt in 1:1000) {
    drawn <- draw(n - NROW(init))
    inside <- colSums(t(drawn) < lower | t(drawn) > upper) == 0
    init <- rbind(init, drawn[inside, , drop = FALSE])
    if (nrow(init) == n) {
      return(unname(init))
    }
  }
  abort("argument", c(
    "{.arg lower} and {.arg upper} must leave room for the walkers.",
    "x" = "Of {n} walker{?s}, {nrow(init)} could be placed in {attempt} attempts."
  ), call = call, argument = "lower")
}
