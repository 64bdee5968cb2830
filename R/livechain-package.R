#' livechain: MCMC whose chain can be read while it is being sampled
#'
#' [run_mcmc()] samples with the affine-invariant ensemble sampler of Goodman & Weare (2010) into an HDF5
#' file; [read_chain()] and [chain_status()] read that file from any other R session at any moment,
#' without disturbing the sampler and without ever seeing half a step. A run that was killed goes on with
#' [resume_mcmc()] and ends in the same chain, bit for bit.
#'
#' @section Errors:
#' Every error is a classed condition: `livechain_error_<kind>` with parent class `livechain_error`. The
#' kinds are `argument`, `missing`, `denied`, `not_hdf5`, `no_run`, `not_a_chain`, `exists`, `busy`,
#' `empty`, `damaged`, `no_space`, `gone`, `io`, `log_prob`, `compiled`, `worker`, `autocorr`
#' and `package`.
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
