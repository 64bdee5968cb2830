#' A move on a block of parameters
#'
#' Makes a move that updates some of the parameters by another move, as if there were no others, and leaves those as they
#' are. In many dimensions, proposals that change all parameters are mostly rejected; blocks of those that belong
#' together, in turn, are not. The density is evaluated as always, at all parameters.
#'
#' Give several to [run_mcmc()], so that each parameter is in a block or moved by another move: a parameter that no
#' move would change is an error. For a block of \eqn{k} parameters the ensemble needs \eqn{2k} walkers, not \eqn{2d}.
#'
#' @param move A move, such as [move_de()], but not a block.
#' @param parameters Names of parameters or of groups of them, or numbers, from 1 on.
#' @param ... Not used: an argument that is not known is an error.
#' @inherit move_stretch return
#' @references Metropolis within Gibbs: Tierney (1994) \doi{10.1214/aos/1176325750}.
#' @examples
#' init <- matrix(rnorm(60), 20, dimnames = list(NULL, c("a", "b", "c")))
#' moves <- list(
#'   move_block(move_de(), c("a", "b")), move_block(move_gaussian(1), "c"),
#'   move_stretch()
#' )
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 200, moves = moves, seed = 1)
#' @export
move_block <- function(move, parameters, ...) {
  check_no_dots(...)
  if (!inherits(move, "livechain_move") || move$type == "block") {
    abort_argument("move", "a move, such as move_de(), and not a block", move, rlang::current_env())
  }
  parameters <- check_block(parameters)
  structure(c(list(type = "block", move = move, parameters = parameters), move[names(no_split)]),
    text = block_text(format(move), parameters),
    arguments = list(move = move, parameters = parameters),
    least_helpers = attr(move, "least_helpers"),
    class = "livechain_move"
  )
}

check_block <- function(parameters, call = rlang::caller_env()) {
  ok <- is.null(dim(parameters)) && !is.object(parameters) && length(parameters) > 0 && !anyNA(parameters) &&
    !anyDuplicated(parameters)
  ok <- ok && (is.character(parameters) || (is.numeric(parameters) && all(is.finite(parameters) & parameters >= 1 & parameters == round(parameters))))
  if (!ok) abort_argument("parameters", "names or numbers of parameters, each of them once", parameters, call)
  if (is.character(parameters)) enc2utf8(unname(parameters)) else as.double(parameters)
}

block_text <- function(move, parameters) {
  paste0("move_block(", move, ", parameters = ", paste(deparse(parameters, width.cutoff = 500L), collapse = ""), ")")
}

# Numbers of the block's parameters among those of a run; NA for names that no parameter has.
columns_of_block <- function(move, parameters) {
  if (is.character(move$parameters)) match_names(move$parameters, parameters) else move$parameters
}

# The block among the parameters of a run.
fit_block <- function(move, parameters, call) {
  columns <- columns_of_block(move, parameters)
  if (anyNA(columns) || anyDuplicated(columns) || any(columns > length(parameters))) {
    abort("argument", c(
      "{.arg parameters} of {.fn move_block} must be names or numbers of parameters of the run, each of them once.",
      "x" = "{cli::qty(length(move$parameters))}{?It is/They are} {.val {move$parameters}}.",
      "i" = "The run has {length(parameters)} parameter{?s}: {.val {parameters}}."
    ), call = call, argument = "moves")
  }
  move$columns <- as.double(columns)
  move$move <- fit_move(move$move, parameters[columns], call)
  attr(move, "least_helpers") <- c(sum(attr(move, "least_helpers") * c(1, length(columns))), 0)
  move
}

# Numbers of the parameters that a fitted move changes.
moved_by <- function(move, n_parameters) move$columns %||% seq_len(n_parameters)

check_all_moved <- function(moves, weights, parameters, call = rlang::caller_env()) {
  moved <- unlist(lapply(moves[weights > 0], moved_by, length(parameters)))
  left <- parameters[-moved]
  if (length(left) > 0) {
    abort("argument", c(
      "{.arg moves} must move each parameter.",
      "x" = "{cli::qty(length(left))}Nothing moves {.val {left}}.",
      "i" = "Add a {.fn move_block} that does, or a move of all parameters."
    ), call = call, argument = "moves")
  }
}
