# What is open in this session: readers and writers hold a pointer to it, which is worth nothing in another session.

is_open <- function(handle) !is.null(handle$pointer) && .Call(livechain_is_valid, handle$pointer)

state_of_handle <- function(handle) {
  if (is.null(handle$pointer)) "closed" else if (is_open(handle)) "open" else "of another R session"
}

check_open <- function(handle, arg, again, call = rlang::caller_env()) {
  if (!is_open(handle)) {
    abort("argument", c(
      "{.arg {arg}} is {state_of_handle(handle)}.",
      "i" = "{.fn {again}} opens the file again."
    ), call = call, argument = arg)
  }
}
