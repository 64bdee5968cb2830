#' The stretch move
#'
#' The affine-invariant move of Goodman & Weare (2010), in the parallel form of Foreman-Mackey et al.
#' (2013): a walker at \eqn{x} is stretched towards or away from a randomly chosen helper at \eqn{c} of the
#' other half of the ensemble, to \eqn{c + z (x - c)}, where \eqn{z} has density proportional to
#' \eqn{1/\sqrt{z}} on \eqn{[1/a, a]}. The proposal is accepted with probability
#' \eqn{\min(1, z^{d-1} p(y) / p(x))} in \eqn{d} dimensions.
#'
#' It needs no tuning and does not care about the scales of, and linear correlations between, parameters.
#' In more than about 20 dimensions other moves mix better.
#'
#' @param a Scale of the stretch, a number greater than 1. Larger values propose longer jumps, of which
#'   fewer are accepted.
#' @param n_splits In how many parts the ensemble is split, a whole number of at least 2. The walkers of
#'   one part are updated with the help of all others.
#' @param randomize_split Whether the walkers are dealt to the parts anew at each step.
#' @param live_dangerously Whether fewer walkers than twice the number of parameters are allowed.
#' @returns A move, to be given to [run_mcmc()] as `moves`, alone or in a list of moves.
#' @references Goodman and Weare (2010) \doi{10.2140/camcos.2010.5.65}; Foreman-Mackey et al. (2013)
#'   \doi{10.1086/670067}.
#' @examples
#' move_stretch()
#' move_stretch(a = 3)
#' @export
move_stretch <- function(a = 2, n_splits = 2, randomize_split = TRUE, live_dangerously = FALSE) {
  a <- check_number(a, "a number greater than 1", function(x) is.finite(x) && x > 1)
  new_move("stretch", list(a = a), n_splits, randomize_split, live_dangerously)
}

# A move is a list: its type and parameters, for C++, and the call that makes it again, for files.
new_move <- function(type, parameters, n_splits, randomize_split, live_dangerously,
                     call = rlang::caller_env()) {
  common <- list(
    n_splits = check_whole(n_splits, 2, 1000, "n_splits", call),
    randomize_split = check_flag(randomize_split, "randomize_split", call),
    live_dangerously = check_flag(live_dangerously, "live_dangerously", call)
  )
  structure(c(list(type = type), parameters, common),
    text = move_text(type, parameters, common),
    class = "livechain_move"
  )
}

# The arguments that differ from nothing in particular are all written, so that a file says it all.
move_text <- function(type, parameters, common) {
  arguments <- c(parameters, common)
  values <- vapply(arguments, function(x) {
    paste(deparse(x, width.cutoff = 500L, control = c("keepNA", "keepInteger", "digits17")), collapse = "")
  }, "")
  paste0("move_", type, "(", paste(names(arguments), "=", values, collapse = ", "), ")")
}

#' @export
format.livechain_move <- function(x, ...) attr(x, "text")

#' @export
print.livechain_move <- function(x, ...) {
  cat("<", format(x), ">\n", sep = "")
  invisible(x)
}

# What a file says about moves may only call what makes moves.
move_from_text <- function(text) {
  makers <- c("move_stretch", "c", "list", "matrix", "-")
  frame <- list2env(mget(makers, envir = topenv(), inherits = TRUE), parent = emptyenv())
  eval(str2lang(text), frame)
}

check_moves <- function(moves, call = rlang::caller_env()) {
  if (inherits(moves, "livechain_move")) moves <- list(moves)
  is_move <- vapply(moves, inherits, TRUE, what = "livechain_move")
  if (!is.list(moves) || length(moves) == 0 || !all(is_move)) {
    abort_argument("moves", "a move, such as move_stretch(), or a list of moves", moves, call)
  }
  unname(moves)
}

check_weights <- function(weights, moves, call = rlang::caller_env()) {
  if (is.null(weights)) {
    return(rep(1, length(moves)))
  }
  ok <- is.numeric(weights) && length(weights) == length(moves) && all(is.finite(weights)) &&
    all(weights >= 0) && sum(weights) > 0
  if (!ok) {
    expected <- sprintf("%d non-negative numbers, one for each move, not all zero", length(moves))
    abort_argument("weights", expected, weights, call)
  }
  as.double(weights)
}
