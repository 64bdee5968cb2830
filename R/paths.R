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
