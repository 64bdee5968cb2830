# The first format stored moves as the calls that make them, and its runs drew other random numbers.

inform_new_numbers <- function(run) {
  if (identical(run$format, "livechain 1")) {
    cli::cli_inform(c("i" = "The run was made by livechain 0.1, whose random numbers were others: it goes on with new ones."), class = "livechain_message_new_numbers")
  }
}

moves_of_format_1 <- function(facts, call) {
  texts <- facts[["moves"]]
  if (!is.character(texts)) {
    return(list())
  }
  weights <- suppressWarnings(as.double(facts[["weights"]]))
  if (length(weights) != length(texts)) weights <- rep(NA_real_, length(texts))
  list(moves = lapply(texts, move_from_text, call), weights = weights)
}

# Such a text may only call what makes moves.
move_from_text <- function(text, call) {
  if (startsWith(text, "move_mh(")) {
    return("move_mh")
  }
  makers <- c(paste0("move_", stored_types), "c", "matrix", "structure", "-")
  frame <- list2env(mget(makers, envir = topenv(), inherits = TRUE), parent = emptyenv())
  move <- tryCatch(eval(str2lang(text), frame), error = function(condition) NULL)
  if (!inherits(move, "livechain_move")) {
    abort("damaged", c(
      "The file of the run is damaged: one of its moves is not a move.",
      "x" = "It is {.val {text}}."
    ), call = call)
  }
  move
}
