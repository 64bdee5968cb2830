# Checks of arguments: each names the argument, what was expected and what came.

abort_argument <- function(arg, expected, value, call, hint = NULL) {
  abort("argument", c(
    "{.arg {arg}} must be {expected}.",
    "x" = "It is {describe_value(value)}.",
    "i" = hint
  ), call = call, argument = arg)
}

is_number <- function(x) is.numeric(x) && !is.object(x) && length(x) == 1 && !is.na(x)

is_whole <- function(x) is_number(x) && is.finite(x) && x == round(x)

# Not a Date, a difftime or an integer64, whose numbers mean something else.
is_plain_numeric <- function(x) is.numeric(x) && (!is.object(x) || is.matrix(x))

check_number <- function(x, expected, ok, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is_number(x) || !ok(x)) abort_argument(arg, expected, x, call)
  as.double(x)
}

check_positive <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  check_number(x, "a positive number", function(x) is.finite(x) && x > 0, arg, call)
}

check_seconds <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  check_number(x, "a number of seconds, 0 or more", function(x) x >= 0, arg, call)
}

check_whole <- function(x, least, most = 2^53, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is_whole(x) || x < least || x > most) {
    too_large <- is_whole(x) && x > most
    range <- if (most < 2^53 || too_large) paste("from", plain_number(least), "to", plain_number(most)) else paste(plain_number(least), "or more")
    abort_argument(arg, paste("a whole number,", range), x, call)
  }
  as.double(x)
}

check_flag <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.logical(x) || length(x) != 1 || is.na(x)) abort_argument(arg, "TRUE or FALSE", x, call)
  x
}

check_choice <- function(x, choices, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.character(x) || length(x) != 1 || !x %in% choices) {
    abort_argument(arg, paste0("\"", choices, "\"", collapse = " or "), x, call)
  }
  x
}

check_string <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.character(x) || length(x) != 1 || is.na(x) || !nzchar(x)) {
    abort_argument(arg, "a string", x, call)
  }
  enc2utf8(x)
}

check_function <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.function(x)) abort_argument(arg, "a function", x, call)
  x
}

# The name of a run is the name of a group in the file.
check_run_name <- function(name, call = rlang::caller_env()) {
  check_string(name, "name", call)
  if (grepl("/|[[:cntrl:]]", name) || name %in% c(".", "..")) {
    abort_argument("name", "the name of a run, without slashes and control characters", name, call)
  }
  enc2utf8(name)
}

# A path, or what run_mcmc(file = ) returned. Links are followed: a file has one name, and one lock.
check_path <- function(file, call = rlang::caller_env(), arg = "file") {
  if (inherits(file, "chain_file")) {
    return(file$path)
  }
  if (!is.character(file) || length(file) != 1 || is.na(file) || !nzchar(file)) {
    hint <- if (inherits(file, "chain")) "A chain in memory is not read: {.code summary(x, discard = 100)} and other verbs take it as it is."
    abort_argument(arg, "a path, or what run_mcmc(file = ) returned", file, call, hint)
  }
  if (dir.exists(file)) {
    abort_argument(arg, "the path of a file", file, call, hint = "It is a folder.")
  }
  whole_path(file)
}

# Of a file that may not exist yet, where a link to it leads.
whole_path <- function(file) {
  for (i in 1:40) {
    target <- if (file.exists(file)) "" else Sys.readlink(file)
    if (is.na(target) || !nzchar(target)) break
    file <- if (startsWith(target, "/")) target else file.path(dirname(file), target)
  }
  if (file.exists(file)) normalizePath(file) else file.path(normalizePath(dirname(file), mustWork = FALSE), basename(file))
}

is_link <- function(file) !is.na(Sys.readlink(file)) && nzchar(Sys.readlink(file))

run_name <- function(file, name) {
  if (inherits(file, "chain_file") && identical(name, "mcmc")) file$name else name
}

check_installed <- function(package, why, call = rlang::caller_env()) {
  if (!requireNamespace(package, quietly = TRUE)) {
    abort("package", c(
      "Package {.pkg {package}} is needed {why}, and is not installed.",
      "i" = "Install it with {.code install.packages(\"{package}\")}."
    ), call = call, package = package)
  }
}
