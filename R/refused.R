# What a chain is not: a number, a matrix or a data frame. Without these methods R would take its parts for a list and
# answer something. Of a run in a file, what would need its draws.

refused <- function(verb, hint, hint_of_file = to_be_read) {
  force(verb)
  force(hint)
  force(hint_of_file)
  function(...) refuse_verb(verb, ..1, hint, hint_of_file, rlang::current_env())
}

refuse_verb <- function(verb, x, hint, hint_of_file = to_be_read, call = rlang::caller_env()) {
  is_file <- inherits(x, "chain_file")
  shown <- if (grepl("[[:alnum:]]", verb)) "{.fn {verb}}" else "{.code {verb}}"
  abort("argument", c(
    paste(shown, "does not take a {if (is_file) 'chain_file' else 'chain'}."),
    "i" = if (is_file) hint_of_file else hint
  ), call = call, argument = "x")
}

of_parts <- "Its parts are arrays: {.code x$draws} and {.code x$log_prob}; {.fn as.data.frame} has all in columns."
by_parameter <- "By parameter: {.code summary(x)}, {.code quantile(x)}, or {.code apply(x$draws, 3, mean)}."
by_parameter_of_file <- "By parameter: {.code summary(x)}, {.code quantile(x)}, or {.code apply(as.array(x), 3, mean)}."
steps_behind <- "{.code c(x, y)} puts the steps of one behind those of the other."
to_be_read <- "{.fn read_chain} reads the file: what it returns can be asked so."
together_from_files <- "{.code combine_chains(list(x, y))} puts runs of several files together."

#' @export
mean.chain <- refused("mean", by_parameter, by_parameter_of_file)

#' @export
mean.chain_file <- mean.chain

#' @importFrom stats median
#' @export
median.chain <- refused("median", by_parameter, by_parameter_of_file)

#' @export
median.chain_file <- median.chain

#' @export
rbind.chain <- refused("rbind", steps_behind, together_from_files)

#' @export
rbind.chain_file <- rbind.chain

#' @export
cbind.chain <- refused("cbind", "{.code bind_chains(x, y, along = \"walkers\")} puts walkers side by side.", together_from_files)

#' @export
cbind.chain_file <- cbind.chain

#' @export
t.chain <- refused("t", of_parts)

#' @export
t.chain_file <- t.chain

#' @export
Ops.chain <- function(e1, e2) refuse_verb(.Generic, if (inherits(e1, c("chain", "chain_file"))) e1 else e2, of_parts)

#' @export
Ops.chain_file <- Ops.chain

#' @export
Math.chain <- function(x, ...) refuse_verb(.Generic, x, of_parts)

#' @export
Math.chain_file <- Math.chain

#' @export
Summary.chain <- function(..., na.rm = FALSE) refuse_verb(.Generic, ..1, by_parameter, by_parameter_of_file)

#' @export
Summary.chain_file <- Summary.chain

# These, R would do with its parts.

#' @export
unique.chain <- refused("unique", of_parts)

#' @export
unique.chain_file <- unique.chain

#' @export
rep.chain <- refused("rep", steps_behind)

#' @export
rep.chain_file <- rep.chain

#' @export
anyNA.chain <- function(x, recursive = FALSE) anyNA(x$draws) || anyNA(x$log_prob)

# What a chain has, and a file has when it is read.

#' @export
`$.chain_file` <- function(x, name) {
  if (!name %in% names(x)) {
    abort("argument", c("A chain_file has no {.code ${name}}: it is a path, {.code $path}, and a run's name, {.code $name}.", "i" = to_be_read), argument = "x")
  }
  .subset2(x, name)
}

#' @export
`[.chain_file` <- refused("[", to_be_read)

#' @export
c.chain_file <- refused("c", together_from_files, together_from_files)

#' @export
head.chain_file <- refused("head", to_be_read)

#' @export
tail.chain_file <- refused("tail", to_be_read)

#' @export
window.chain_file <- refused("window", to_be_read)

#' @export
subset.chain_file <- refused("subset", to_be_read)

# What posterior asks of independent chains.

for_independent_chains <- c(
  "The walkers of an ensemble are not independent chains, which it takes for granted: see {.fn ess} and {.fn autocorr_time}."
)

refused_of_posterior <- c(
  "ess_basic", "ess_bulk", "ess_mean", "ess_quantile", "ess_sd", "ess_tail", "mcse_mean", "mcse_quantile", "mcse_sd", "rhat", "rhat_basic"
)

for (verb in refused_of_posterior) {
  method <- refused(paste0("posterior::", verb), for_independent_chains, for_independent_chains)
  for (class in c("chain", "chain_file")) assign(paste0(verb, ".", class), method)
}
rm(verb, method, class)

#' @evalNamespace sprintf("S3method(posterior::%s,%s)", rep(refused_of_posterior, 2), rep(c("chain", "chain_file"), each = length(refused_of_posterior)))
NULL
