# Blobs: what the density returns beside the log-probability. Each keeps what it is, or is refused by its name when the
# first result is seen; C++ finds their types in what passed.

# For C++: a function that refuses what cannot be stored. `typed` gives the names that stand in the density's code.
blob_check <- function(parameters, vectorized, n_walkers, typed, call) {
  force(call)
  function(result, walker, position) {
    names(position) <- parameters
    at <- in_ladder(list(call = call, walker = walker, position = position), n_walkers)
    names <- names(result)[-1] %||% rep("", length(result) - 1)
    if (!all(nzchar(names)) || anyNA(names)) refuse_unnamed(result, names, vectorized, at)
    shown <- parameter_names(parameters, length(position))
    refuse_names(names, shown, at)
    if (is_named_datum(result, names, parameters, vectorized, typed)) warn_of_named_first(result, names, vectorized)
    refuse_columns(columns_of(result, names), shown, at)
    if (is.list(result)) for (name in names) refuse_value(result[[name]], name, at)
  }
}

refuse_blobs <- function(message, at, .envir = parent.frame()) {
  abort("log_prob", c(message, "i" = if (!is.null(at$walker)) "It was called for {describe_walker(at)} at {describe_position(at$position)}."),
    call = at$call, walker = at$walker, position = at$position, .envir = rlang::env(.envir, at = at)
  )
}

refuse_unnamed <- function(result, names, vectorized, at) {
  n_unnamed <- sum(!nzchar(names))
  refuse_blobs(c(
    "{.arg log_prob} must return one number{if (vectorized) ' for each position'}; values after the first are blobs, and need names.",
    "x" = "It returned {describe_value(unclass(result))}, of which {n_unnamed} {?has/have} no name beside the first.",
    "i" = "Was the sum of the values meant? {.code {if (vectorized) 'rowSums(...)' else 'sum(dnorm(y, mean, sd, log = TRUE))'}}",
    "i" = "Blobs: {.code c(log_prob, name = value)}, or {.code list(log_prob, name = values)} for more than numbers."
  ), at)
}

names_of_log_prob <- c(
  "lp", "lp__", "ll", "lnp", "lnprob", "lnl", "lnlike", "logp", "logpost", "logprob", "loglik", "logdens", "log_prob", "log_lik", "log_likelihood",
  "log_post", "log_posterior", "log_density", "log_target", "posterior", "density", "target", "value", "score", "sum", "total"
)

# The log-probability needs no name: where it has that of a datum, so have the blobs. A list and the columns of a matrix or a data
# frame have names in any case; those of data do not stand in the code of the density.
is_named_datum <- function(result, names, parameters, vectorized, typed) {
  first <- names(result)[1] %||% ""
  if (length(setdiff(names, prior_blobs)) == 0 || tolower(first) %in% c("", names_of_log_prob, tolower(parameters))) {
    return(FALSE)
  }
  (!is.list(result) && !vectorized) || !first %in% typed()
}

warn_of_named_first <- function(result, names, vectorized) {
  names <- cli::cli_vec(setdiff(names, prior_blobs), list("vec-trunc" = 5))
  what <- if (is.list(result)) "values" else "numbers"
  sum <- if (vectorized) "rowSums(...)" else if (is.list(result)) "sum(unlist(...))" else "sum(dnorm(y, mean, sd, log = TRUE))"
  cli::cli_warn(c(
    "{.arg log_prob} returned {length(names) + 1} {what} with names{if (vectorized) ' for each position'}: the first, {.val {names(result)[1]}}, is taken for the log-probability, the other{if (length(names) > 1) 's'}, {.val {names}}, for {if (length(names) > 1) 'blobs' else 'a blob'}.",
    "i" = "Was the sum of the values meant? {.code {sum}}",
    "i" = if (vectorized) "Otherwise, name the first of them {.code log_prob}." else "Otherwise, leave out the first name: {.code c(log_prob, name = value)}."
  ), class = "livechain_warning_blobs", call = NULL)
}

# Columns of data frames and of draws, beside the parameters.
reserved_names <- c("step", "walker", "log_prob", ".chain", ".iteration", ".draw")

# A record's names stand in the head of an HDF5 object, which has 64 kB.
most_blobs <- 1000
most_name_bytes <- 16000

# What is stored of the other temperatures of a run.
tempered_blob <- "hot_log_likelihood"

refuse_names <- function(names, parameters, at) {
  twice <- unique(names[duplicated(names)])
  if (length(twice) > 0) {
    refuse_blobs("Blobs must have different names: {.val {twice}} {?is/are} the name of more than one.", at)
  }
  if (any(grepl("[[:cntrl:]]", names))) refuse_blobs("Names of blobs must be without control characters: {.val {grep('[[:cntrl:]]', names, value = TRUE)}}.", at)
  refuse_taken(intersect(names, c(reserved_names, tempered_blob, parameters, group_of(parameters))), parameters, at)
  if (length(names) > most_blobs || sum(nchar(names, "bytes")) > most_name_bytes) {
    refuse_blobs(c(
      "There can be at most {most_blobs} blobs, whose names have at most {most_name_bytes} bytes together.",
      "x" = "There are {length(names)}.",
      "i" = "Make one blob of values that belong together: {.code list(log_prob, fitted = values)}."
    ), at)
  }
}

refuse_taken <- function(taken, parameters, at) {
  if (length(taken) == 0) {
    return(invisible())
  }
  whose <- if (taken[1] %in% parameters) "a parameter" else if (taken[1] %in% group_of(parameters)) "a group of parameters" else "a column beside the blobs"
  refuse_blobs(c(
    "A blob cannot be named {.val {taken[1]}}.",
    "x" = "It is the name of {whose}.",
    "i" = if (taken[1] %in% parameters) "Was the sum of the values meant? {.code sum(dnorm(x, log = TRUE))}, or {.code rowSums(...)} of a matrix.",
    "i" = "A blob needs another name."
  ), at)
}

# Values of a blob have columns of their own.
columns_of <- function(result, names) {
  if (!is.list(result)) {
    return(names)
  }
  unlist(lapply(names, function(name) {
    n <- length(result[[name]])
    if (n > 1) paste0(name, "[", seq_len(n), "]") else name
  }))
}

refuse_columns <- function(columns, parameters, at) {
  twice <- columns[duplicated(columns) | columns %in% parameters]
  if (length(twice) > 0) {
    refuse_blobs(c(
      "In a table, {.val {twice[1]}} would be the name of more than one column.",
      "i" = "A blob of several numbers has a column for each of them: give it another name."
    ), at)
  }
}

refuse_value <- function(value, name, at) {
  if (is.object(value)) {
    refuse_blobs(c(
      "Blob {.val {name}} would lose its class {.cls {class(value)}}.",
      "i" = "Return what shall be stored: {.code {plain_form(value)}}."
    ), at)
  }
  if (!is.atomic(value) || is.null(value) || is.complex(value) || is.raw(value)) {
    refuse_blobs(c(
      "Blob {.val {name}} must be numeric, logical or character.",
      "x" = "It is {describe_value(value)}."
    ), at)
  }
  if (is.logical(value) && anyNA(value)) {
    refuse_blobs(c(
      "The first value of blob {.val {name}} says what it holds, and cannot be {.code NA}.",
      "i" = "Return {.code NA_real_}, {.code NA_integer_} or {.code NA_character_} for a number or text that is missing."
    ), at)
  }
  if (length(value) == 0) refuse_blobs("Blob {.val {name}} must have at least one value.", at)
}

plain_form <- function(value) {
  if (is.factor(value) || is.character(value)) {
    "as.character(value)"
  } else if (inherits(value, "difftime")) {
    "as.numeric(value, units = \"days\")"
  } else if (is.data.frame(value)) {
    "as.matrix(value)"
  } else {
    "as.numeric(value)"
  }
}
