#' livechain: MCMC whose chain can be read while it is being sampled
#'
#' [run_mcmc()] samples with the affine-invariant ensemble sampler of Goodman & Weare (2010) into an HDF5
#' file; [read_chain()] and [chain_status()] read that file from any other R session at any moment,
#' without disturbing the sampler and without ever seeing half a step. A run that was killed goes on with
#' [resume_mcmc()] and ends in the same chain, bit for bit.
#'
#' @section Conditions:
#' Every error is a classed condition, `livechain_error_<kind>` with parent class `livechain_error`:
#' \tabular{ll}{
#'   kind \tab meaning \cr
#'   `argument` \tab an argument is not what is expected; field `argument` has its name \cr
#'   `missing` \tab there is no such file \cr
#'   `denied` \tab the system refuses access \cr
#'   `not_hdf5` \tab the file is no HDF5 file \cr
#'   `no_run` \tab the file holds no run of that name \cr
#'   `not_a_chain` \tab what it holds under that name is no chain \cr
#'   `exists` \tab there is a run already that would be replaced \cr
#'   `busy` \tab another process writes to the file \cr
#'   `empty` \tab there are no steps, or none is left \cr
#'   `memory` \tab a chain does not fit into memory \cr
#'   `damaged` \tab the file is not what was written; fields `first_wrong` and `n_right`, where steps are wrong \cr
#'   `no_space` \tab the disk or quota is full \cr
#'   `gone` \tab the file was taken away from its writer \cr
#'   `taken_over` \tab another session has taken up the run of a writer that seemed dead \cr
#'   `replaced` \tab an open reader's file holds another run now \cr
#'   `io` \tab the system failed to read or write \cr
#'   `log_prob` \tab the density failed or returned no log-probability; fields `walker` and `position` \cr
#'   `position` \tab a move proposed a position that is not finite; fields `walker` and `position` \cr
#'   `other_density` \tab the density to resume with has other values than are stored \cr
#'   `compiled` \tab a compiled density cannot be used \cr
#'   `worker` \tab a worker of `map` failed \cr
#'   `autocorr` \tab the chain is too short for an autocorrelation time; field `tau` has the estimates \cr
#'   `ahead` \tab a copy of a run has more steps than the run \cr
#'   `command` \tab the command of [mirror_chain()] failed \cr
#'   `package` \tab a suggested package is not installed
#' }
#' Warnings are of class `livechain_warning_<kind>`: `autocorr`, `blobs` (the first of several named numbers is taken for the
#' log-probability), `command` (that of [mirror_chain()] failed, and is tried again),
#' `ensembles` (of different sizes, which count as one), `evidence` (an estimate that is not to be trusted or not known), `interrupted` (a run in memory was interrupted), `rule` (that
#' of `stop_when` failed), `worker` (what a density warned of elsewhere, workers that do not answer). Messages are of class
#' `livechain_message_<kind>`: `diagnosis` (what [diagnose()] found at the end of a run), `dropped` (steps that were not what was
#' written), `new_numbers`, `page` (where [monitor_chain()] serves it), `rule` and `start` (what is to be known when a run
#' begins), `worker` (one was lost).
#'
#' @references
#' Goodman, J. and Weare, J. (2010). Ensemble samplers with affine invariance. *Communications in Applied
#' Mathematics and Computational Science* 5(1), 65--80. \doi{10.2140/camcos.2010.5.65}
#'
#' Foreman-Mackey, D., Hogg, D. W., Lang, D. and Goodman, J. (2013). emcee: The MCMC Hammer. *Publications
#' of the Astronomical Society of the Pacific* 125, 306--312. \doi{10.1086/670067}
#' @useDynLib livechain, .registration = TRUE
#' @importFrom Rcpp sourceCpp
#' @importFrom RcppParallel defaultNumThreads
#' @importFrom rlang %||%
#' @keywords internal
"_PACKAGE"
