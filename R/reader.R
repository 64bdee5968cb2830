#' Read a chain, also while it is being sampled
#'
#' Reads a run from the file that [run_mcmc()] writes, or that emcee wrote. It can be called at any moment,
#' from any process, as often as you like: it never disturbs the sampler, needs no environment variable, and
#' always gives a whole prefix of the run, never half a step. Every step is compared with the checksum that was stored with
#' it. What a busy writer can explain is tried again for about a second before it becomes an error.
#'
#' @inheritParams resume_mcmc
#' @param file Path of the HDF5 file, or the `chain_file` that [run_mcmc()] returned.
#' @param discard Number of steps to leave out at the beginning (burn-in), or `"auto"` for as many as make the standard
#'   error of the mean of the rest smallest: the MSER rule of White (1997), applied to the mean of the walkers of each
#'   parameter and to their mean log-probability; the largest, and never more than half. Steps of another
#'   density (see `verify` of [resume_mcmc()]), and those in which temperatures were adapted, are left out in any case.
#' @param thin Keep only the last of every `thin` steps after those, as emcee does.
#' @param last Read only the last so many steps, of those that `discard` and `thin` leave; `NULL` for all.
#' @param parameters Names or numbers of the parameters to read; `NULL` for all. The name of a group stands for all
#'   parameters in it: `"mu"` for `mu[1]` and `mu[2]`.
#' @param ensembles Numbers of the ensembles to return, of a run with several; `NULL` for all.
#' @param blobs Whether to return the blobs, too.
#' @param wait How many seconds to wait at most for the file, and for steps to read.
#' @param ... Not used: an argument that is not known is an error.
#' @param swmr Whether to open the file so that it can be read while it is written. `FALSE` opens it as an
#'   ordinary HDF5 file, which is refused while a writer has it.
#' @returns A `chain`, a list with
#' * `draws`, a numeric array `[step, walker, parameter]` with the names of the parameters;
#' * `log_prob`, a numeric matrix `[step, walker]`;
#' * `blobs`, `NULL` when there are none; an array `[step, walker]` or `[step, walker, blob]` when they are of
#'   one type; a data frame with columns `step` and `walker` and one for each blob when they are not; or a
#'   list of arrays when some of them are arrays themselves;
#' * `accepted`, the number of accepted proposals of each walker since the run began;
#' * `steps`, the numbers of the steps in the run; `n_total`, how many steps were published; `thin_by`,
#'   the number of updates in a step; `n_ensembles`, of how many ensembles the walkers are, one after the other;
#' * `updated_at`, of a run that went on with another density (see `verify` of [resume_mcmc()]), the last step of the old one.
#'
#' It has methods for `print()`, `summary()`, `plot()`, `quantile()`, `dim()`, `dimnames()`, `str()`; those of
#' [subset_chain], such as `x[i, j, k]`; those of [draws], such as `as.data.frame()`; and those of [convert] for
#' posterior and coda.
#' @section Errors:
#' `livechain_error_missing` when the file does not exist (yet), `livechain_error_not_hdf5` when it is
#' something else, `livechain_error_no_run` and `livechain_error_not_a_chain` when it does not hold that
#' run, `livechain_error_empty` when no step has been published (or none is left after `discard` and
#' `thin`), `livechain_error_busy` when it is written to in a way that does not admit readers, and
#' `livechain_error_damaged` when it is cut short or contradicts itself, or when a step is not what was written: the message,
#' and the condition's `first_wrong`, say which is the first; all before it are right.
#' @concept burn-in, thinning
#' @concept posterior samples
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, file = file, seed = 1)
#' chain <- read_chain(file, discard = 50, thin = 2)
#' dim(chain)
#' @export
read_chain <- function(file, name = "mcmc", ..., discard = 0, thin = 1, last = NULL, parameters = NULL,
                       ensembles = NULL, blobs = TRUE, wait = 0, swmr = TRUE) {
  check_no_dots(...)
  path <- check_path(file)
  name <- check_run_name(run_name(file, name))
  discard <- check_discard(discard)
  thin <- check_whole(thin, 1)
  if (!is.null(last)) last <- check_whole(last, 1)
  wait <- check_seconds(wait)
  check_flag(swmr)
  wait_for(wait, function() file.exists(path))
  reader <- open_reader(path, name, swmr)
  on.exit(native(livechain_close_reader, reader))
  progress <- native(livechain_refresh, reader)
  run <- describe_reader(reader)
  columns <- check_parameters(parameters, run)

  count <- function() max(0, (progress$n_steps - if (discard == "auto") 0 else discard) %/% thin)
  wait_for(wait, function() count() > 0 || (progress <<- native(livechain_refresh, reader))$n_steps < 0)
  if (discard == "auto") discard <- stored_burn_in(reader, run, progress)
  n_steps <- count()
  if (n_steps == 0) abort_empty(path, name, progress$n_steps, discard, thin)
  n_left_out <- if (is.null(last)) 0 else max(0, n_steps - last)
  n_steps <- n_steps - n_left_out
  first <- discard + thin * (n_left_out + 1) - 1
  chain <- read_part(reader, run, progress, first, n_steps, thin, columns, check_flag(blobs))
  keep_ensembles(chain, ensembles)
}

# Steps of a run as a chain: those that read_steps() reads.
read_part <- function(reader, run, progress, first, n_steps, thin, columns, blobs, call = rlang::caller_env()) {
  result <- read_steps(reader, first, n_steps, thin, columns, blobs, call)
  result$accepted <- progress$accepted
  chain <- new_chain(result, run$names[columns],
    steps = first + 1 + thin * (seq_len(n_steps) - 1), thin_by = run$thin_by, n_total = progress$n_steps,
    groups = run$groups[columns], n_ensembles = run$n_ensembles
  )
  with_past(chain, run, progress)
}

# What is known of the steps before: the ladder, and whether there was another density.
with_past <- function(chain, run, progress) {
  chain$tempering <- ladder_of(run, progress$ladder)
  if (progress$updated_at > 0) chain$updated_at <- progress$updated_at
  chain
}

keep_ensembles <- function(chain, ensembles, call = rlang::caller_env()) {
  if (is.null(ensembles)) {
    return(chain)
  }
  chosen <- unique(check_index(ensembles, chain$n_ensembles, NULL, "ensembles", call))
  if (length(chosen) == 0) abort_argument("ensembles", "at least one of the ensembles, or NULL for all", ensembles, call)
  keep(chain, walkers = unlist(lapply(chosen, function(one) which(ensemble_of(chain) == one))))
}

# The number of the ensemble to which each walker belongs.
ensemble_of <- function(chain) {
  n_walkers <- dim(chain)[2]
  n_ensembles <- chain$n_ensembles %||% 1
  rep(seq_len(n_ensembles), each = n_walkers / n_ensembles)
}

open_reader <- function(path, name, swmr = TRUE, call = rlang::caller_env()) {
  native(livechain_open_reader, path, name, swmr, call = call)
}

# Neighbouring columns are read at once, and those that were not asked for are dropped.
read_steps <- function(reader, first, n_steps, thin, columns, blobs = TRUE, call = rlang::caller_env()) {
  range <- range(columns)
  n_columns <- range[2] - range[1] + 1
  result <- within_memory(
    native(livechain_read, reader, first, n_steps, thin, range[1] - 1, n_columns, blobs, call = call),
    n_steps, describe_reader(reader, call)$n_walkers * (1 + n_columns),
    "Read part of it, by {.arg discard}, {.arg thin}, {.arg last} or {.arg parameters}; {.fn export_chain} and {.fn plot} need no more than a part.", call
  )
  if (!identical(as.double(columns), as.double(seq(range[1], range[2])))) {
    result$draws <- result$draws[, , columns - range[1] + 1, drop = FALSE]
  }
  result
}

# What is known of a run beside its steps; `names` are those of all parameters.
describe_reader <- function(reader, call = rlang::caller_env()) {
  run <- native(livechain_describe, reader, call = call)
  stored <- run$facts[["parameters"]]
  run$parameters <- if (length(stored) == run$n_parameters) stored
  run$groups <- if (length(run$facts[["groups"]]) > 0) run$facts[["groups"]]
  run$names <- parameter_names(run$parameters, run$n_parameters)
  run$thin_by <- run$facts[["thin_by"]] %||% 1
  run$n_ensembles <- run$facts[["n_ensembles"]] %||% 1
  run
}

describe_stored <- function(path, name, call = rlang::caller_env()) {
  reader <- open_reader(path, name, call = call)
  on.exit(native(livechain_close_reader, reader))
  c(describe_reader(reader, call), native(livechain_poll, reader, call = call))
}

# Also of a run of which nobody can tell how far it is.
describe_start <- function(path, name, call = rlang::caller_env()) {
  reader <- open_reader(path, name, call = call)
  on.exit(native(livechain_close_reader, reader))
  describe_reader(reader, call)
}

parameter_names <- function(parameters, n) {
  if (is.null(parameters)) paste0("theta[", seq_len(n), "]") else parameters
}

check_parameters <- function(parameters, run, call = rlang::caller_env()) {
  if (is.null(parameters)) {
    return(seq_len(run$n_parameters))
  }
  columns <- if (is.character(parameters)) match_names(parameters, run$names) else parameters
  ok <- is.numeric(columns) && length(columns) > 0 && !anyNA(columns) &&
    all(columns == round(columns)) && all(columns >= 1 & columns <= run$n_parameters)
  if (!ok) {
    abort("argument", c(
      "{.arg parameters} must be names or numbers of parameters of the run.",
      "x" = if (is.character(parameters) && anyNA(columns)) {
        "{.val {unknown_names(parameters, run$names)}} {?is/are} not."
      } else {
        "It is {describe_value(parameters)}."
      },
      "i" = "The run has {run$n_parameters} parameter{?s}: {.val {run$names}}."
    ), call = call, argument = "parameters")
  }
  unique(columns)
}

unknown_names <- function(parameters, names) {
  Filter(function(name) anyNA(match_names(name, names)), parameters)
}

# mu of mu[1] and mu[slope]; a parameter in no group is its own.
group_of <- function(names) sub("\\[.*\\]$", "", names)

# Numbers of the parameters named; the name of a group, mu of mu[1] and mu[2], names all that are in it.
match_names <- function(parameters, names) {
  group <- group_of(names)
  unlist(lapply(parameters, function(name) {
    if (name %in% names || !name %in% group) match(name, names) else which(group == name)
  }))
}

abort_empty <- function(path, name, n_steps, discard, thin, call = rlang::caller_env()) {
  hint <- if (n_steps == 0 && !describe_stored(path, name)$session$running) {
    "It ended before its first step: {.fn resume_mcmc} with {.arg n_steps} makes some."
  } else if (n_steps == 0) {
    "The run has begun, but no step has been published yet: {.code wait = 30} waits for the first."
  } else {
    "The run has published {format_count(n_steps)} step{cli::qty(n_steps)}{?s}, and {.code discard = {plain_number(discard)}} with {.code thin = {thin}} leaves none."
  }
  abort("empty", c("Run {.val {name}} in {.file {path}} has no steps to read.", "i" = hint), call = call)
}
