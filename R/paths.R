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

stored_chain <- function(path) new_chain_file(check_path(path, rlang::caller_env(2)), "mcmc")
