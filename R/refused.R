# What a chain is not: a number, a matrix or a data frame. Without these methods R would take its parts for a list and
# answer something.

refused <- function(verb, hint) {
  force(verb)
  force(hint)
  function(...) {
    abort("argument", c("{.fn {verb}} does not take a chain.", "i" = hint), call = rlang::current_env(), argument = "x")
  }
}

of_parts <- "Its parts are arrays: {.code x$draws} and {.code x$log_prob}; {.fn as.data.frame} has all in columns."
by_parameter <- "By parameter: {.code summary(x)}, {.code quantile(x)}, or {.code apply(x$draws, 3, mean)}."

#' @export
mean.chain <- refused("mean", by_parameter)

#' @importFrom stats median
#' @export
median.chain <- refused("median", by_parameter)

#' @export
rbind.chain <- refused("rbind", "{.code c(x, y)} puts the steps of one behind those of the other.")

#' @export
cbind.chain <- refused("cbind", "{.code bind_chains(x, y, along = \"walkers\")} puts walkers side by side.")

#' @export
t.chain <- refused("t", of_parts)

#' @export
Ops.chain <- function(e1, e2) refused(.Generic, of_parts)()

#' @export
Math.chain <- function(x, ...) refused(.Generic, of_parts)()

#' @export
Summary.chain <- function(..., na.rm = FALSE) refused(.Generic, by_parameter)()

# These, R would do with its parts.

#' @export
unique.chain <- refused("unique", of_parts)

#' @export
rep.chain <- refused("rep", "{.code c(x, y)} puts the steps of one behind those of the other.")

#' @export
anyNA.chain <- function(x, recursive = FALSE) anyNA(x$draws) || anyNA(x$log_prob)

to_be_read <- "{.fn read_chain} reads the file: what it returns can be asked so."

#' @export
`[.chain_file` <- refused("[", to_be_read)

#' @export
c.chain_file <- refused("c", "{.code combine_chains(list(x, y))} puts runs of several files together.")

#' @export
mean.chain_file <- mean.chain

#' @export
median.chain_file <- median.chain

#' @export
t.chain_file <- refused("t", to_be_read)

#' @export
unique.chain_file <- refused("unique", to_be_read)

#' @export
rep.chain_file <- refused("rep", to_be_read)

#' @export
head.chain_file <- refused("head", to_be_read)

#' @export
tail.chain_file <- refused("tail", to_be_read)

#' @export
window.chain_file <- refused("window", to_be_read)

#' @export
subset.chain_file <- refused("subset", to_be_read)

for_independent_chains <- c(
  "The walkers of an ensemble are not independent chains, which it takes for granted: see {.fn ess} and {.fn autocorr_time}."
)

#' @exportS3Method posterior::ess_basic
ess_basic.chain <- refused("posterior::ess_basic", for_independent_chains)

#' @exportS3Method posterior::ess_basic
ess_basic.chain_file <- ess_basic.chain

#' @exportS3Method posterior::ess_bulk
ess_bulk.chain <- refused("posterior::ess_bulk", for_independent_chains)

#' @exportS3Method posterior::ess_bulk
ess_bulk.chain_file <- ess_bulk.chain

#' @exportS3Method posterior::ess_mean
ess_mean.chain <- refused("posterior::ess_mean", for_independent_chains)

#' @exportS3Method posterior::ess_mean
ess_mean.chain_file <- ess_mean.chain

#' @exportS3Method posterior::ess_quantile
ess_quantile.chain <- refused("posterior::ess_quantile", for_independent_chains)

#' @exportS3Method posterior::ess_quantile
ess_quantile.chain_file <- ess_quantile.chain

#' @exportS3Method posterior::ess_sd
ess_sd.chain <- refused("posterior::ess_sd", for_independent_chains)

#' @exportS3Method posterior::ess_sd
ess_sd.chain_file <- ess_sd.chain

#' @exportS3Method posterior::ess_tail
ess_tail.chain <- refused("posterior::ess_tail", for_independent_chains)

#' @exportS3Method posterior::ess_tail
ess_tail.chain_file <- ess_tail.chain

#' @exportS3Method posterior::mcse_mean
mcse_mean.chain <- refused("posterior::mcse_mean", for_independent_chains)

#' @exportS3Method posterior::mcse_mean
mcse_mean.chain_file <- mcse_mean.chain

#' @exportS3Method posterior::mcse_quantile
mcse_quantile.chain <- refused("posterior::mcse_quantile", for_independent_chains)

#' @exportS3Method posterior::mcse_quantile
mcse_quantile.chain_file <- mcse_quantile.chain

#' @exportS3Method posterior::mcse_sd
mcse_sd.chain <- refused("posterior::mcse_sd", for_independent_chains)

#' @exportS3Method posterior::mcse_sd
mcse_sd.chain_file <- mcse_sd.chain

#' @exportS3Method posterior::rhat
rhat.chain <- refused("posterior::rhat", for_independent_chains)

#' @exportS3Method posterior::rhat
rhat.chain_file <- rhat.chain

#' @exportS3Method posterior::rhat_basic
rhat_basic.chain <- refused("posterior::rhat_basic", for_independent_chains)

#' @exportS3Method posterior::rhat_basic
rhat_basic.chain_file <- rhat_basic.chain
