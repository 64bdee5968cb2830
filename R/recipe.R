# How another process makes a compiled density, of which a pointer is worth nothing there: by a function that both have, of a
# package or of a C++ source, and its arguments.

# `make` is a function, or the name of one, of a package or of a source.
new_recipe <- function(make, args, source, call) {
  if (!is.list(args) || is.object(args)) abort_argument("args", "a list of arguments for make", args, call)
  if (!is.null(source)) {
    source <- check_source(source, call)
    name <- check_string(make, "make", call)
    source <- build_source(source, call)
    check_exported(name, source, call)
    return(list(make = name, source = source, args = args))
  }
  if (!is.function(make)) {
    hint <- if (is.character(make)) "For the name of a function, give its {.arg source}, too."
    abort_argument("make", "a function that makes a density", make, call, hint)
  }
  if (holds_pointer(make)) abort_loaded(call)
  c(list(args = args), name_in_package(make))
}

follow_recipe <- function(recipe) {
  make <- recipe$make
  if (!is.null(recipe$package)) make <- get(make, envir = getNamespace(recipe$package))
  if (!is.null(recipe$source)) make <- get(make, envir = functions_of(recipe$source))
  log_prob <- do.call(make, recipe$args, quote = TRUE)
  if (is_compiled(log_prob)) assign("recipe", recipe, envir = environment(log_prob))
  log_prob
}

name_in_package <- function(make) {
  home <- environment(make)
  names <- if (isNamespace(home)) Filter(function(name) identical(get0(name, home), make), ls(home, all.names = TRUE))
  if (length(names) > 0) list(make = names[1], package = getNamespaceName(home)[[1]]) else list(make = make)
}

# As a function of Rcpp::sourceCpp() does.
holds_pointer <- function(f) {
  is.call(body(f)) && any(vapply(as.list(body(f)), function(part) typeof(part) == "externalptr", TRUE))
}

abort_loaded <- function(call) {
  abort("argument", c(
    "{.arg make} must be known by its name when it comes from {.fn Rcpp::sourceCpp}: another process cannot have the function itself.",
    "i" = "Give the name and the source: {.code compiled_density(\"make_model\", args, source = \"model.cpp\")}."
  ), call = call, argument = "make")
}

check_source <- function(source, call) {
  check_string(source, "source", call)
  if (grepl("\n", source)) {
    return(list(text = source))
  }
  if (!file.exists(source) || dir.exists(source)) {
    abort_argument("source", "the path of a C++ file, or its text", source, call, hint = "There is no such file.")
  }
  path <- normalizePath(source)
  list(path = path, text = text_in(path))
}

text_in <- function(path) paste0(readLines(path, warn = FALSE, encoding = "UTF-8"), "\n", collapse = "")

check_exported <- function(name, source, call) {
  exported <- ls(functions_of(source))
  if (!name %in% exported) {
    abort("argument", c(
      "{.arg make} must be the name of a function that {.arg source} exports.",
      "x" = "It is {.val {name}}.",
      "i" = if (length(exported) > 0) "There {?is/are} {.val {exported}}." else "It exports none: {.code // [[Rcpp::export]]} stands before one."
    ), call = call, argument = "make")
  }
}

# The functions of sources that this session has loaded.
loaded_sources <- new.env(parent = emptyenv())

# With the checksums of what was built, which is loaded where it is found again.
build_source <- function(source, call = rlang::caller_env()) {
  made <- compile_source(source, call)
  files <- list.files(made$folder, paste0("([.]R|[.]", sub("^[.]", "", .Platform$dynlib.ext), ")$"), full.names = TRUE)
  source$built <- tools::md5sum(files)
  assign(key_of_source(source), made$functions, envir = loaded_sources)
  source
}

key_of_source <- function(source) paste(source$built, collapse = " ")

functions_of <- function(source) {
  key <- key_of_source(source)
  if (!exists(key, envir = loaded_sources, inherits = FALSE)) {
    assign(key, load_built(source$built) %||% compile_source(source)$functions, envir = loaded_sources)
  }
  loaded_sources[[key]]
}

# NULL where it is not there, or of another kind of machine.
load_built <- function(built) {
  functions <- new.env()
  script <- grep("[.]R$", names(built), value = TRUE)
  if (length(script) != 1 || !identical(unname(tools::md5sum(names(built))), unname(built))) {
    return(NULL)
  }
  tryCatch(
    {
      sys.source(script, functions)
      functions
    },
    error = function(condition) NULL
  )
}

# From the file where that is the same here, so that what it includes is found.
compile_source <- function(source, call = rlang::caller_env()) {
  functions <- new.env()
  is_here <- !is.null(source$path) && file.exists(source$path) && identical(text_in(source$path), source$text)
  from <- if (is_here) list(file = source$path) else list(code = source$text)
  made <- tryCatch(
    do.call(Rcpp::sourceCpp, c(from, list(env = functions, embeddedR = FALSE))),
    error = function(condition) abort_build(from, conditionMessage(condition), call)
  )
  list(functions = functions, folder = made$buildDirectory)
}

# What the compiler says goes past R, and is heard in another process.
abort_build <- function(from, reason, call) {
  script <- tempfile(fileext = ".R")
  on.exit(unlink(script))
  dput(bquote({
    .libPaths(.(.libPaths()))
    do.call(Rcpp::sourceCpp, .(from))
  }), script)
  said <- suppressWarnings(system2(file.path(R.home("bin"), "Rscript"), shQuote(script), stdout = TRUE, stderr = TRUE))
  errors <- utils::head(grep("error:", said, value = TRUE), 10)
  lines <- if (length(errors) > 0) errors else reason
  abort("compiled", c("The {.arg source} of the density cannot be compiled.", as_lines(lines)), call = call)
}

# Of a message, each by itself and as it is.
as_lines <- function(texts) {
  plain <- gsub("}", "}}", gsub("{", "{{", texts, fixed = TRUE), fixed = TRUE)
  stats::setNames(plain, rep("x", length(plain)))
}
