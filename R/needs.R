# What functions need that does not travel with them: variables of the global environment, and attached packages.

# A list of `globals`, by name, and of the names of `packages`.
needs_of_functions <- function(functions) {
  globals <- list()
  packages <- character()
  visit_functions(functions, function(name, home) {
    package <- if (startsWith(environmentName(home), "package:")) sub("package:", "", environmentName(home), fixed = TRUE)
    if (!is.null(package)) {
      packages <<- union(packages, package)
    } else if (identical(home, globalenv())) {
      globals[name] <<- list(get(name, envir = home))
    }
  })
  always <- c("base", "methods", "datasets", "utils", "grDevices", "graphics", "stats")
  list(globals = globals, packages = setdiff(packages, always))
}

# Functions and those that they call, each once, but those of packages other than `own`. `at_variable` is called for each variable of
# each, with where it is found; `at_function` for each of them.
visit_functions <- function(functions, at_variable = function(name, home) NULL, at_function = function(f) NULL, own = NULL) {
  seen <- list()
  look_into <- function(f) {
    if (is.primitive(f) || is_of_other(topenv(environment(f)), own) || any(vapply(seen, identical, TRUE, f))) {
      return()
    }
    seen[[length(seen) + 1]] <<- f
    at_function(f)
    for (name in codetools::findGlobals(f)) {
      home <- home_of(name, environment(f))
      if (is.null(home)) next
      at_variable(name, home)
      is_of_package <- startsWith(environmentName(home), "package:")
      if (!is_of_package && is.function(value <- get(name, envir = home))) look_into(value)
    }
  }
  for (f in functions) look_into(f)
}

is_of_other <- function(home, own) isNamespace(home) && !identical(home, own)

# All names and texts in the code of a function and of those that it calls.
names_in_code <- function(f) {
  found <- character()
  visit_functions(list(f), at_function = function(f) found <<- union(found, words_of(list(formals(f), body(f)))), own = topenv(environment(f)))
  found
}

words_of <- function(code) {
  if (is.symbol(code) || is.character(code)) {
    return(as.character(code))
  }
  if (is.call(code) || is.pairlist(code) || is.list(code)) c(names(code), unlist(lapply(as.list(code), words_of)))
}

# The environment in which a variable is found; NULL when that is nowhere, or in base.
home_of <- function(name, from) {
  while (!identical(from, emptyenv()) && !identical(from, baseenv())) {
    if (exists(name, envir = from, inherits = FALSE)) {
      return(from)
    }
    from <- parent.env(from)
  }
  NULL
}

# What stands in a worker's global environment while it works on a job, and what stood there before.
at_work <- new.env(parent = emptyenv())

# The variables of the run are those of the worker, whatever others have left there, until the job ends or another comes.
provide_needs <- function(needs, key) {
  if (identical(at_work$key, key) && are_provided(needs)) {
    return(invisible())
  }
  withdraw_needs(at_work$key)
  for (package in needs$packages) library(package, character.only = TRUE)
  at_work$key <- key
  is_there <- vapply(names(needs$globals), exists, TRUE, envir = globalenv(), inherits = FALSE)
  given <- needs$globals[!is_there | vapply(needs$globals, is_for_all, TRUE)]
  at_work$given <- names(given) %||% character()
  at_work$before <- mget(at_work$given[is_there[at_work$given]], envir = globalenv())
  set_variables(given)
}

# Daemons of mirai forget, between two tasks, what the first has brought.
are_provided <- function(needs) {
  all(vapply(at_work$given, exists, TRUE, envir = globalenv(), inherits = FALSE)) && all(needs$packages %in% .packages())
}

set_variables <- function(values) if (length(values) > 0) list2env(values, envir = globalenv())

withdraw_needs <- function(key) {
  if (!is.null(key) && identical(at_work$key, key)) {
    rm(list = intersect(at_work$given, ls(globalenv(), all.names = TRUE)), envir = globalenv())
    set_variables(at_work$before)
    rm(list = ls(at_work), envir = at_work)
  }
}

# What may hold a pointer is worth nothing in another process, which may have one of its own: a connection, a compiled function.
is_for_all <- function(value) {
  switch(typeof(value),
    externalptr = ,
    weakref = ,
    environment = ,
    S4 = FALSE,
    list = all(vapply(value, is_for_all, TRUE)),
    closure = !holds_pointer(value) && !any(vapply(variables_of(value), typeof, "") %in% c("externalptr", "weakref")),
    TRUE
  )
}

# Those with which a function travels.
variables_of <- function(f) {
  home <- environment(f)
  travels <- !identical(home, globalenv()) && !identical(home, baseenv()) && !isNamespace(home)
  if (travels) as.list(home, all.names = TRUE) else list()
}
