#' A live file for hdf5r
#'
#' Package hdf5r cannot open a file that is being written. `chain_h5()` opens it so that it can be read while it
#' grows, and hands it over as an [`hdf5r::H5File`][hdf5r::H5File-class], for those who want what livechain does not offer: other
#' groups and attributes of the file, its datasets as they are stored (hdf5r shows their dimensions in
#' reverse: `chain` as `[parameter, walker, step]`).
#'
#' What is seen is the file as it was when it was opened, and hdf5r has no way to bring that up to date: to see newer
#' steps, close the file and call `chain_h5()` again. Of a run that is going on, only the first `iteration` steps, an
#' attribute of the run, are complete. [read_chain()] takes care of both.
#'
#' @inheritParams read_chain
#' @returns An `hdf5r::H5File`, open for reading. Close it with `$close_all()`.
#' @section Errors:
#' Those of [read_chain()]; `livechain_error_package` when hdf5r is not installed, or uses another HDF5 library
#' than livechain, so that the one does not know what the other has opened.
#' @examplesIf requireNamespace("hdf5r", quietly = TRUE)
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, file = file, seed = 1)
#' h5 <- chain_h5(file)
#' h5[["mcmc/chain"]]$dims
#' h5$close_all()
#' @export
chain_h5 <- function(file) {
  path <- check_path(file)
  check_installed("hdf5r", "for chain_h5()")
  if (!native(livechain_shares_hdf5, getNamespaceInfo("hdf5r", "DLLs")$hdf5r[["path"]])) {
    abort("package", c(
      "{.pkg hdf5r} uses another HDF5 library than {.pkg livechain}, and cannot take over a file from it.",
      "i" = "Install both from source on a machine with one HDF5, and see that {.pkg livechain} is configured with that."
    ), call = rlang::current_env(), package = "hdf5r")
  }
  hdf5r::H5File$new(id = native(livechain_h5_id, path))
}
