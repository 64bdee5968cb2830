#' Export a chain
#'
#' Writes a chain for other programs, in the format that the ending of the file says:
#' * `.nc`: netCDF, as ArviZ reads it (`az.from_netcdf("chain.nc")`, or `xarray.open_dataset("chain.nc", group = "posterior")`);
#' * `.csv`, `.csv.gz`: a table as text, with as many digits as make the same number again;
#' * `.parquet`: the same table in columns, for arrow, DuckDB, polars or pandas;
#' * `.rds`: the `chain` itself, for [readRDS()].
#'
#' A run in a file is read block by block, so that it may be larger than the memory (but for `.rds`), also while it is being
#' sampled: what is published at the call is exported. The new file is made beside its place and then renamed, so that there is
#' never half a file under its name.
#'
#' @section Tables:
#' A row for each walker of each step, in the order of the steps: `step` and `walker`, the parameters, the blobs, and `log_prob`.
#' Blobs of several values have a column for each, `fitted[1]`, `fitted[2]`.
#'
#' @section netCDF:
#' Walkers are chains, steps are draws, with their numbers in the run. Group `posterior` has the parameters and the blobs of
#' numbers, `sample_stats` the log-probability as `lp` and blobs of text. Parameters that are elements, such as `mu[1]` and `mu[2]`, make
#' one variable `mu` with a dimension `mu_dim_0`; so do blobs of several values. What a name cannot have in netCDF is
#' replaced by `_`, and the attribute `long_name` has it as it was.
#'
#' @param x A `chain`, a `chain_file` or the path of a file.
#' @param to Path of the file to write, whose ending says the format.
#' @param ... Not used: an argument that is not known is an error.
#' @param name Name of the run, when `x` is a path.
#' @inheritParams summary.chain
#' @param blobs Whether to write all blobs, too; by default when no `parameters` are chosen.
#' @param groups Which blobs belong into other groups of ArviZ, for netCDF: a character vector such as
#'   `c(log_lik = "log_likelihood", y_rep = "posterior_predictive")`.
#' @param overwrite Whether a file that exists is replaced.
#' @param progress Whether to show a progress bar, when it takes longer than two seconds.
#' @returns `to`, invisibly.
#' @section Errors:
#' `livechain_error_exists` when the file exists; `livechain_error_package` when a package is not installed that the format needs,
#' RNetCDF or nanoparquet; `livechain_error_denied` and `livechain_error_io` when the file cannot be written; those of [read_chain()].
#' @examples
#' log_prob <- function(x) c(-sum(x^2) / 2, radius = sqrt(sum(x^2)))
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("a", "b")))
#' chain <- run_mcmc(log_prob, init, 500, seed = 1)
#' file <- tempfile(fileext = ".csv")
#' export_chain(chain, file, discard = 100, thin = 5)
#' head(read.csv(file))
#' @export
export_chain <- function(x, to, ..., name = "mcmc", discard = 0, thin = 1, parameters = NULL, blobs = is.null(parameters),
                         groups = c(log_lik = "log_likelihood"), overwrite = FALSE, progress = interactive()) {
  check_no_dots(...)
  format <- export_format(to)
  check_groups(groups)
  check_flag(overwrite)
  check_flag(progress)
  to <- whole_path(to)
  check_target(to, x, overwrite)
  source <- open_blocks(x, name, discard, thin, parameters, check_flag(blobs))
  on.exit(source$close())
  first <- source$read(1, 1)
  source$n_values <- values_per_step(first)
  source$advance <- export_progress(to, source$n_steps, progress)
  source$groups <- groups
  if (!missing(groups)) check_blobs_of_groups(groups, names(blob_fields(first)))
  # A chain that is whole can be resumed.
  source$whole <- if (inherits(x, "chain") && identical(discard, 0) && thin == 1 && is.null(parameters) && blobs) x
  part <- tempfile(paste0(basename(to), "-"), dirname(to), ".part")
  on.exit(unlink(part), add = TRUE)
  tryCatch(export_formats[[format]]$write(source, part), error = function(condition) abort_unwritten(condition, to))
  if (!file.rename(part, to)) abort_unwritable(to)
  invisible(to)
}

export_formats <- list(
  nc = list(package = "RNetCDF", write = function(source, path) write_netcdf(source, path)),
  csv = list(write = function(source, path) write_csv(source, path, file)),
  csv.gz = list(write = function(source, path) write_csv(source, path, gzfile)),
  parquet = list(package = "nanoparquet", write = function(source, path) write_parquet(source, path)),
  rds = list(write = function(source, path) saveRDS(source$whole %||% source$read(1, source$n_steps), path))
)

export_format <- function(to, call = rlang::caller_env()) {
  check_string(to, call = call)
  known <- names(export_formats)
  format <- known[endsWith(tolower(to), paste0(".", known))]
  if (length(format) == 0) abort_argument("to", paste0("a path that ends in .", paste(known, collapse = ", .")), to, call)
  package <- export_formats[[format]]$package
  if (!is.null(package)) check_installed(package, paste0("to write .", format), call)
  format
}

check_target <- function(to, x, overwrite, call = rlang::caller_env()) {
  if (dir.exists(to)) abort_argument("to", "the path of a file", to, call, hint = "It is a folder.")
  if (!dir.exists(dirname(to)) || file.access(dirname(to), 2) != 0) abort_unwritable(to, call)
  if (file.exists(to) && !overwrite) {
    abort("exists", c(
      "File {.file {to}} already exists.",
      "i" = "To replace it, use {.code overwrite = TRUE}."
    ), call = call)
  }
}

abort_unwritable <- function(to, call = rlang::caller_env()) {
  abort("denied", c(
    "File {.file {to}} cannot be written.",
    "i" = "Does its folder exist, and do you have the permission to write there?"
  ), call = call)
}

# What went wrong with the chain is its own error.
abort_unwritten <- function(condition, to, call = rlang::caller_env(4)) {
  if (inherits(condition, "livechain_error")) stop(condition)
  abort("io", c(
    "File {.file {to}} could not be written.",
    "x" = "{conditionMessage(condition)}",
    "i" = "Is there enough room on the disk?"
  ), call = call)
}

check_groups <- function(groups, call = rlang::caller_env()) {
  known <- c("log_likelihood", "log_prior", "posterior", "posterior_predictive", "predictions", "sample_stats")
  if (!is.character(groups) || (length(groups) > 0 && is.null(names(groups))) || !all(groups %in% known)) {
    expected <- paste("groups of ArviZ by the names of blobs, of", paste0("\"", known, "\"", collapse = ", "))
    abort_argument("groups", expected, groups, call)
  }
}

check_blobs_of_groups <- function(groups, blobs, call = rlang::caller_env()) {
  unknown <- setdiff(names(groups), blobs)
  if (length(unknown) > 0) {
    abort("argument", c(
      "The names of {.arg groups} must be those of blobs that are exported.",
      "x" = "There is no {.val {unknown}}{if (length(blobs) > 0) cli::format_inline('; the blobs are {.val {blobs}}')}."
    ), call = call, argument = "groups")
  }
}

# Calls `write` with the chain of each block and the place of its first step.
each_block <- function(source, write) {
  for (block in blocks_from(source$n_steps, source$n_values)) {
    write(source$read(block$first, block$n), block$first)
    source$advance(block$first + block$n - 1)
  }
}

export_progress <- function(to, n_steps, show, frame = parent.frame()) {
  if (!show) {
    return(function(n_done) NULL)
  }
  bar <- cli::cli_progress_bar(
    total = n_steps, clear = TRUE, .envir = frame, .auto_close = TRUE,
    format = "Writing {.file {basename(to)}} {cli::pb_bar} {cli::pb_percent} | {cli::pb_eta_str}"
  )
  function(n_done) cli::cli_progress_update(set = n_done, id = bar)
}
