# Paths: summary("chain.h5") and plot("chain.h5") read the file. Other strings are summarized as ever.

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

is_chain_path <- function(x) is_path(x) && grepl("[.](h5|hdf5|hdf)$", x, ignore.case = TRUE)

# The only run of a file is meant, whatever its name.
stored_chain <- function(path, call = rlang::caller_env(2)) {
  path <- check_path(path, call)
  runs <- if (file.exists(path)) runs_in(path)
  new_chain_file(path, if (length(runs) == 1) runs else "mcmc")
}
