# Whether the density is the one with which a run was begun.

check_verify <- function(verify, call = rlang::caller_env()) {
  ok <- identical(verify, "update") || (is.logical(verify) && length(verify) == 1 && !is.na(verify))
  if (!ok) abort_argument("verify", "TRUE, FALSE or \"update\"", verify, call)
  verify
}

# The walkers to go on with, of a file with its writer and `storage` or of a chain in memory: those that are stored, when the density says of some of them what it said before.
verify_density <- function(verify, walkers, writer, density, storage, tempered, call = rlang::caller_env()) {
  if (identical(verify, "update")) {
    if (tempered) refuse_update(call)
    updated <- reevaluate(walkers, density, NULL, call)
    positions <- native(livechain_walker_positions, updated)
    colnames(positions) <- density$parameters
    check_possible_start(native(livechain_log_prob, updated), positions, density$n_walkers, call)
    if (!is.null(writer)) native(livechain_set_updated, writer)
    return(updated)
  }
  if (verify) require_same_density(walkers, density, storage, call)
  walkers
}

# The walkers as the density finds them now: those of the numbers `some`, from 0 on; NULL for all.
reevaluate <- function(walkers, density, some, call) {
  evaluating(density, livechain_reevaluate, walkers, density$pointer, some, stage = "resumption", call = call)
}

# A vectorized density is one of each row: what else is in the matrix, and in which place a row is, make no difference. Where R takes
# a vector down the columns instead of along the rows, they do. One that is random has no value to compare.
check_rows_apart <- function(walkers, density, init, call) {
  log_prob <- native(livechain_log_prob, walkers)
  ends <- rev(range(which(is.finite(log_prob))))
  if (ends[1] == ends[2]) {
    return(invisible())
  }
  alone <- function() native(livechain_log_prob, reevaluate(walkers, density, ends - 1, call))
  found <- alone()
  off <- which(abs(found - log_prob[ends]) > 1e-3 + 1e-6 * abs(found) | !is.finite(found))[1]
  if (is.na(off) || !identical(alone(), found)) {
    return(invisible())
  }
  at <- in_ladder(list(walker = ends[off]), density$n_walkers)
  abort("log_prob", c(
    "{.arg log_prob} must give a position one value, whichever others are in the matrix.",
    "x" = "For {describe_walker(at)} at {describe_position(init[ends[off], ])} it gives {format(log_prob[ends[off]], digits = 7)} among all {length(log_prob)} walkers, and {format(found[off], digits = 7)} beside one other.",
    "i" = "Is a vector combined with the rows? {.code x - mu} goes down the columns of a matrix: {.code sweep(x, 2, mu)} goes along its rows."
  ), call = call, walker = at$walker, position = init[ends[off], ])
}

refuse_update <- function(call) {
  abort("argument", c(
    "{.arg verify} cannot be {.val update} for a run at several temperatures.",
    "i" = "{.code run_mcmc(init = last_state(file))} starts a new run with the new density."
  ), call = call, argument = "verify")
}

# A file is touched only for a density that can go on with its run. Returns what is left to verify then: all, where the last step is
# damaged, so that the run goes on from another.
verify_before_resuming <- function(verify, density, storage, run, tempered, call = rlang::caller_env()) {
  if (run$format != "livechain 2") {
    return(verify_before_adopting(verify, density, storage, call))
  }
  if (!isTRUE(verify) || tempered) {
    return(verify)
  }
  tryCatch(
    if (is_going_on(storage)) verify else verify_before_adopting(verify, density, storage, call),
    livechain_error_damaged = function(condition) verify
  )
}

# A file of emcee or of format 1 is laid out anew.
verify_before_adopting <- function(verify, density, storage, call = rlang::caller_env()) {
  walkers <- native(livechain_stored_walkers, storage$path, storage$name, density$pointer, call = call)
  if (isTRUE(verify)) {
    require_same_density(walkers, density, storage, call)
    return(FALSE)
  }
  reevaluate(walkers, density, 0, call)
  verify
}

require_same_density <- function(walkers, density, storage, call) {
  stored <- native(livechain_log_prob, walkers)
  some <- which(is.finite(stored))
  some <- some[unique(round(seq(1, length(some), length.out = min(3, length(some)))))]
  if (length(some) == 0) {
    return(invisible())
  }
  positions <- native(livechain_walker_positions, walkers)
  now <- reevaluate(walkers, density, some - 1, call)
  compare <- function(stored, now, what) {
    i <- which(!is_close(now, stored))[1]
    if (is.na(i)) {
      return()
    }
    at <- in_ladder(list(walker = some[i]), density$n_walkers)
    abort_other_density(at, stats::setNames(positions[some[i], ], density$parameters), what, stored[i], now[i], storage, call)
  }
  compare(stored[some], native(livechain_log_prob, now), "")
  # A run at several temperatures goes by the likelihood alone.
  likelihood <- native(livechain_log_likelihood, walkers)
  if (!is.null(likelihood)) compare(likelihood[some], native(livechain_log_likelihood, now), "a log-likelihood of ")
}

# Another processor or library may round in another way. However large the log-probabilities are, differences of them count. What
# emcee has stored in single precision has seven digits, as the positions have.
is_close <- function(now, stored) {
  size <- pmax(1, abs(stored))
  tolerance <- ifelse(is_single(stored), pmax(pmin(1e-4 * size, 0.01), 1e-6 * size), pmin(1e-8 * size, 0.01))
  abs(now - stored) <= tolerance & !is.na(now)
}

is_single <- function(x) readBin(writeBin(as.double(x), raw(), size = 4), "double", length(x), size = 4) == x

abort_other_density <- function(at, position, what, stored, now, storage, call) {
  abort("other_density", c(
    if (is.null(storage)) {
      "{.arg log_prob} is not the density with which the chain was sampled."
    } else {
      "{.arg log_prob} is not the density with which run {.val {storage$name}} in {.file {storage$path}} was sampled."
    },
    "x" = "For {describe_walker(at)} at {describe_position(position)} the {if (is.null(storage)) 'chain' else 'file'} has {what}{format(stored, digits = 15)}, and {.arg log_prob} gives {format(now, digits = 15)}.",
    "i" = "Resume with the same data and code; or go on with the new density by {.code verify = \"update\"}{if (!is.null(storage)) ', which the file will tell'}.",
    "i" = "A density that is random by design is resumed with {.code verify = FALSE}."
  ), call = call, walker = at$walker, stored = stored, found = now)
}

inform_dropped <- function(path, name, n_found, n_kept, goes_on = TRUE) {
  n <- n_found - n_kept
  if (n > 0) {
    cli::cli_inform(c(
      "!" = "{format_count(n)} step{cli::qty(n)}{?s} of run {.val {name}} in {.file {path}} {cli::qty(n)}{?was/were} dropped, from step {format_count(n_kept + 1)} on: {cli::qty(n)}{?it is/they are} not what was written, or not all is known that going on needs.",
      "i" = if (goes_on) "The run goes on after step {format_count(n_kept)}."
    ), class = "livechain_message_dropped")
  }
}

inform_asked <- function(asked, n_steps) {
  if (isTRUE(asked)) cli::cli_inform(c("i" = "The run was ended after {format_count(n_steps)} step{cli::qty(n_steps)}{?s}, as {.fn stop_mcmc} asked."))
}
