# What functions need that does not travel with them: variables of the global environment, and attached packages.

# A list of `globals`, by name, and of the names of `packages`. Functions that are found on the way are looked into, those of
# packages are not.
needs_of_functions <- function(functions) {
  globals <- list()
  packages <- character()
  seen <- list()
  look_into <- function(f) {
    if (is.primitive(f) || isNamespace(topenv(environment(f))) || any(vapply(seen, identical, TRUE, f))) {
      return()
    }
    seen[[length(seen) + 1]] <<- f
    for (name in codetools::findGlobals(f)) {
      home <- home_of(name, environment(f))
      if (is.null(home)) next
      package <- if (startsWith(environmentName(home), "package:")) sub("package:", "", environmentName(home), fixed = TRUE)
      if (!is.null(package)) {
        packages <<- union(packages, package)
        next
      }
      value <- get(name, envir = home)
      if (identical(home, globalenv())) globals[name] <<- list(value)
      if (is.function(value)) look_into(value)
    }
  }
  for (f in functions) look_into(f)
  always <- c("base", "methods", "datasets", "utils", "grDevices", "graphics", "stats")
  list(globals = globals, packages = setdiff(packages, always))
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

# On a worker they are found behind what its global environment has.
provide_needs <- function(needs, key) {
  for (package in needs$packages) library(package, character.only = TRUE)
  if (length(needs$globals) > 0) do.call("attach", list(needs$globals, name = key, warn.conflicts = FALSE))
}

withdraw_needs <- function(key) if (key %in% search()) detach(key, character.only = TRUE)
