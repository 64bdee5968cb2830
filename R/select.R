# What every verb takes: a chain, a chain_file or a path; `discard`, `thin` and `parameters` mean the same for each.

# The chain of `x`, without what is not wanted. `derived`: with all scalar blobs beside the parameters, when no
# `parameters` are chosen; chosen by name, they are there in any case.
select_chain <- function(x, discard = 0, thin = 1, parameters = NULL, derived = FALSE, call = rlang::caller_env()) {
  discard <- check_discard(discard, call)
  thin <- check_whole(thin, 1, call = call)
  if (is_path(x)) x <- stored_chain(x, call)
  if (inherits(x, "chain_file")) {
    return(select_stored(x, discard, thin, parameters, derived))
  }
  if (!inherits(x, "chain")) abort_not_chain(x, call)
  x <- select_steps(x, discard, thin, call)
  select_quantities(x, parameters, derived, call)
}

is_path <- function(x) is.character(x) && length(x) == 1 && !is.na(x)

select_stored <- function(x, discard, thin, parameters, derived) {
  stored <- if (is.character(parameters)) match_names(parameters, describe_stored(x$path, x$name)$names) else parameters
  if (!anyNA(stored)) {
    blobs <- derived && is.null(stored)
    chain <- read_chain(x$path, x$name, discard = discard, thin = thin, parameters = stored, blobs = blobs)
    return(if (derived) select_quantities(chain, NULL, is.null(stored)) else chain)
  }
  select_quantities(read_chain(x$path, x$name, discard = discard, thin = thin), parameters, derived)
}

# `discard` counts the steps of the run, so that what was left out before is not left out again; `thin` those that are
# left.
select_steps <- function(x, discard, thin, call = rlang::caller_env()) {
  if (discard == "auto") discard <- burn_in(c(unclass(x), settled_at = past_of_chain(x)$settled_at), x$n_ensembles %||% 1)
  if (discard == 0 && thin == 1) {
    return(x)
  }
  kept <- which(x$steps > discard)
  kept <- kept[seq_along(kept) %% thin == 0]
  if (length(kept) == 0) {
    abort("empty", c(
      "No step of the chain is left.",
      "x" = "It has {format_count(dim(x)[1])}, and {.code discard = {plain_number(discard)}} with {.code thin = {thin}} leaves none.",
      "i" = "Leave out fewer steps, or {.fn resume_mcmc} to have more."
    ), call = call)
  }
  keep(x, kept)
}

select_quantities <- function(x, parameters, derived, call = rlang::caller_env()) {
  if (is.null(parameters)) {
    return(if (derived) with_derived(x) else x)
  }
  names <- dimnames(x$draws)[[3]]
  if (is.character(parameters) && anyNA(match_names(parameters, names))) {
    x <- with_derived(x)
    x$draws <- with_vectors(x, group_of(parameters))
    names <- dimnames(x$draws)[[3]]
  }
  columns <- check_parameters(parameters, list(n_parameters = dim(x$draws)[3], names = names), call)
  keep(x, parameters = columns)
}

# Derived quantities: scalar blobs that are numbers, beside the parameters in the draws.
with_derived <- function(x) {
  derived <- setdiff(names(derived_of(x)), dimnames(x$draws)[[3]])
  if (length(derived) > 0) x$draws <- bind_columns(x$draws, derived_of(x)[derived])
  x
}

derived_of <- function(x) {
  Filter(function(field) length(dim(field)) == 2 && (is.numeric(field) || is.logical(field)), named_fields(x))
}

named_fields <- function(x) {
  fields <- blob_fields(x)
  fields[nzchar(names(fields))]
}

# A matrix [step, walker] for each element of each field, named as posterior does: fitted[1], table[2,1].
blob_columns <- function(fields) {
  unlist(unname(Map(function(field, name) {
    shape <- dim(field)[-(1:2)]
    if (length(shape) == 0) {
      return(stats::setNames(list(field), name))
    }
    indices <- apply(arrayInd(seq_len(prod(shape)), shape), 1, paste, collapse = ",")
    elements <- array(field, c(dim(field)[1:2], prod(shape)))
    columns <- lapply(seq_along(indices), function(i) array(elements[, , i], dim(field)[1:2]))
    stats::setNames(columns, paste0(name, "[", indices, "]"))
  }, fields, names(fields))), recursive = FALSE)
}

bind_columns <- function(draws, fields) {
  array(c(draws, unlist(fields, use.names = FALSE)), dim(draws) + c(0, 0, length(fields)),
    dimnames = list(NULL, NULL, c(dimnames(draws)[[3]], names(fields)))
  )
}

# Of a chain, these steps, walkers and parameters; TRUE for all.
keep <- function(x, steps = TRUE, walkers = TRUE, parameters = TRUE) {
  fields <- lapply(blob_fields(x), keep_elements, steps, walkers)
  x$n_ensembles <- count_ensembles(ensemble_of(x)[walkers])
  x$draws <- x$draws[steps, walkers, parameters, drop = FALSE]
  x$log_prob <- x$log_prob[steps, walkers, drop = FALSE]
  x$steps <- x$steps[steps]
  x$accepted <- x$accepted[walkers]
  x["groups"] <- list(x$groups[parameters])
  x$run <- NULL
  x["blobs"] <- list(if (length(fields) > 0) tidy_blobs(fields, x$steps))
  x
}

# Of how many ensembles the walkers are that are kept, one after the other; 1 when not as many of each are.
count_ensembles <- function(of) {
  runs <- rle(of)
  if (!anyDuplicated(runs$values) && length(unique(runs$lengths)) == 1) as.double(length(runs$values)) else 1
}

keep_elements <- function(field, steps, walkers) {
  rest <- rep(list(TRUE), length(dim(field)) - 2)
  do.call(`[`, c(list(field, steps, walkers), rest, list(drop = FALSE)))
}

# The blobs of a chain as a list of arrays [step, walker, ...] by their names; "" names the only one that has none.
blob_fields <- function(x) {
  blobs <- x$blobs
  shape <- dim(x$draws)[1:2]
  if (is.null(blobs)) {
    list()
  } else if (is.data.frame(blobs)) {
    lapply(blobs[setdiff(names(blobs), c("step", "walker"))], matrix, nrow = shape[1], ncol = shape[2])
  } else if (is.list(blobs)) {
    blobs
  } else if (is.null(dimnames(blobs)[[3]])) {
    stats::setNames(list(blobs), "")
  } else {
    names <- dimnames(blobs)[[3]]
    stats::setNames(lapply(names, function(name) matrix(blobs[, , name], shape[1], shape[2])), names)
  }
}
