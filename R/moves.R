# What all moves have in common.

# A move is a list: its type and parameters, for C++, and the call that makes it again, for files. `derived`
# holds what C++ needs and the parameters imply; `least_helpers` is the number of helpers that the move needs,
# as a constant and a multiple of the number of parameters.
new_move <- function(type, parameters, common, derived = list(), least_helpers = c(1, 0)) {
  fields <- c(derived, parameters[setdiff(names(parameters), names(derived))])
  structure(c(list(type = type), fields, common),
    text = move_text(type, parameters, common),
    arguments = c(parameters, if (common$n_splits > 1) common),
    least_helpers = least_helpers,
    class = "livechain_move"
  )
}

check_split <- function(n_splits, randomize_split, live_dangerously, call = rlang::caller_env()) {
  list(
    n_splits = check_whole(n_splits, 2, 1000, "n_splits", call),
    randomize_split = check_flag(randomize_split, "randomize_split", call),
    live_dangerously = check_flag(live_dangerously, "live_dangerously", call)
  )
}

# For moves of each walker by itself.
no_split <- list(n_splits = 1, randomize_split = FALSE, live_dangerously = TRUE)

is_ensemble_move <- function(move) move$n_splits > 1

# All arguments are written, so that a file says it all. What cannot be written is left out.
move_text <- function(type, parameters, common) {
  arguments <- c(parameters, if (common$n_splits > 1) common)
  arguments <- arguments[!vapply(arguments, is.function, TRUE)]
  values <- vapply(arguments, function(x) {
    paste(deparse(x, width.cutoff = 500L, control = c("keepNA", "keepInteger", "showAttributes")), collapse = "")
  }, "")
  paste0("move_", type, "(", paste(names(arguments), values, sep = " = ", collapse = ", "), ")")
}

#' @export
format.livechain_move <- function(x, ...) attr(x, "text")

#' @export
print.livechain_move <- function(x, ...) {
  cat("<", format(x), ">\n", sep = "")
  invisible(x)
}

# For moves that tune themselves: during the whole run.
tune_always <- function(move) {
  if (move$type == "block") {
    move$move <- tune_always(move$move)
    return(move)
  }
  arguments <- attr(move, "arguments")
  if (!"tune_steps" %in% names(arguments)) {
    return(move)
  }
  arguments$tune_steps <- 2^53
  do.call(paste0("move_", move$type), arguments, envir = topenv())
}

check_moves <- function(moves, call = rlang::caller_env()) {
  if (inherits(moves, "livechain_move")) moves <- list(moves)
  is_move <- vapply(moves, inherits, TRUE, what = "livechain_move")
  if (!is.list(moves) || length(moves) == 0 || !all(is_move)) {
    abort_argument("moves", "a move, such as move_stretch(), or a list of moves", moves, call)
  }
  unname(moves)
}

# de moves positions, snooker and stretch the distance from the middle; gamma0 = 1 goes from mode to mode.
default_moves <- function() list(move_de(), move_de(gamma0 = 1), move_de_snooker(), move_stretch())
default_weights <- c(0.6, 0.1, 0.1, 0.2)

check_weights <- function(weights, moves, names_of_moves = NULL, call = rlang::caller_env()) {
  if (is.null(weights)) {
    return(rep(1, length(moves)))
  }
  ok <- is.numeric(weights) && length(weights) == length(moves) && all(weights >= 0) && isTRUE(sum(weights) > 0) &&
    is.finite(sum(weights))
  if (!ok) {
    expected <- sprintf("non-negative numbers, one for each move (here %d), not all zero", length(moves))
    abort_argument("weights", expected, weights, call)
  }
  given <- names(weights)
  if (!is.null(given)) {
    if (anyDuplicated(given) || !setequal(given, names_of_moves)) refuse_names_of_weights(given, names_of_moves, call)
    weights <- weights[names_of_moves]
  }
  as.double(weights)
}

refuse_names_of_weights <- function(given, names_of_moves, call) {
  known <- if (is.null(names_of_moves)) "which have none" else cli::format_inline("{.val {names_of_moves}}")
  abort("argument", c(
    "The names of {.arg weights} must be those of the moves, {known}.",
    "x" = "They are {.val {given}}."
  ), call = call, argument = "weights")
}
