# What a density says on a worker, warnings, messages and output, is told where the run is: warnings with how often they came,
# for R/warnings.R to count, all else once.

# The value of `code`, a list, with what it said as `notes`. Output and messages are left to those maps that look after them.
hear <- function(code, everything) {
  warnings <- messages <- output <- character()
  value <- NULL
  listen <- function() {
    withCallingHandlers(code,
      warning = function(condition) {
        warnings <<- c(warnings, conditionMessage(condition))
        tryInvokeRestart("muffleWarning")
      },
      message = function(condition) {
        if (everything) {
          messages <<- c(messages, conditionMessage(condition))
          tryInvokeRestart("muffleMessage")
        }
      }
    )
  }
  if (everything) output <- utils::capture.output(value <- listen()) else value <- listen()
  notes <- Filter(length, list(warnings = table(warnings), messages = unique(messages), output = unique(output)))
  if (length(notes) > 0) value$notes <- notes
  value
}

# A function that tells the notes of an answer.
new_teller <- function() {
  told <- new.env(parent = emptyenv())
  is_new <- function(text) {
    new <- !nzchar(text) | !vapply(paste0(" ", text), exists, TRUE, envir = told, inherits = FALSE)
    for (one in text) assign(paste0(" ", one), TRUE, envir = told)
    new
  }
  function(notes) {
    for (kind in names(notes)) {
      texts <- notes[[kind]]
      switch(kind,
        warnings = for (text in names(texts)) {
          rlang::warn(text, class = "livechain_warning_worker", n_heard = texts[[text]], use_cli_format = FALSE)
        },
        messages = for (text in Filter(is_new, texts)) message(text, appendLF = FALSE),
        output = if (any(new <- is_new(texts))) writeLines(texts[new])
      )
    }
  }
}
