# A function of the chain that is called every so many steps, exactly: to log a line, to draw a figure.

check_callback <- function(callback, callback_every, call = rlang::caller_env()) {
  if (is.null(callback)) {
    return(list())
  }
  takes_chain <- is.function(callback) && (is.primitive(callback) || length(formals(callback)) > 0)
  if (!takes_chain) abort_argument("callback", "NULL or a function that takes a chain", callback, call)
  list(callback = callback, callback_every = check_whole(callback_every, 1, call = call))
}

# For C++: the settings with a function that makes the chain so far with `read`, and goes on whatever is returned.
with_callback <- function(settings, read) {
  callback <- settings$callback
  if (!is.null(callback)) {
    settings$callback <- function(...) {
      chain <- tryCatch(read(...), livechain_error_empty = function(condition) NULL)
      if (!is.null(chain)) callback(chain)
      FALSE
    }
  }
  settings
}
