# Paths: summary("chain.h5") and plot("chain.h5") read the file. Strings that are no paths of HDF5 files are summarized as ever.

#' @rdname summary.chain
#' @export
summary.character <- function(object, ...) {
  if (is_chain_path(object)) summary(stored_chain(object), ...) else NextMethod()
}

#' @rdname plot.chain
#' @export
plot.character <- function(x, ...) {
  if (is_chain_path(x)) plot(stored_chain(x), ...) else NextMethod()
}

# The rest takes a path where R has no method for strings of its own, as it has for as.data.frame().
of_path <- function(verb) {
  force(verb)
  function(x, ...) if (is_chain_path(x)) get(paste0(verb, ".chain_file"))(stored_chain(x), ...) else NextMethod()
}

#' @export
as.array.character <- of_path("as.array")

#' @export
as.matrix.character <- of_path("as.matrix")

#' @export
quantile.character <- of_path("quantile")

# Of other packages; those that have no method for strings at all refuse one that is no path.
verbs_of_paths <- c(
  "coda::as.mcmc", "coda::as.mcmc.list", "loo::loo", "loo::waic",
  paste0("posterior::", c(
    "as_draws", "as_draws_array", "as_draws_df", "as_draws_list", "as_draws_matrix", "as_draws_rvars", "subset_draws", "summarise_draws", "variables"
  ))
)

for (verb in sub(".*::", "", verbs_of_paths)) assign(paste0(verb, ".character"), of_path(verb))
rm(verb)

#' @evalNamespace sprintf("S3method(%s,character)", verbs_of_paths)
NULL

is_chain_path <- function(x) is_path(x) && (grepl("[.](h5|hdf5|hdf)$", x, ignore.case = TRUE) || is_hdf5_file(x))

is_hdf5_file <- function(path) {
  begins <- if (isTRUE(file.exists(path)) && !dir.exists(path)) tryCatch(readBin(path, "raw", 8), error = function(condition) NULL)
  identical(begins, as.raw(c(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)))
}

# The only run of a file is meant, whatever its name.
stored_chain <- function(path, call = rlang::caller_env()) {
  path <- check_path(path, call)
  if (!file.exists(path)) failure_reports$missing(list(path = path), call)
  runs <- runs_in(path)
  new_chain_file(path, if (length(runs) == 1) runs else "mcmc")
}
