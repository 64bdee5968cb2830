# From the user's function to the density that the sampler evaluates.

# A compiled density as it is, unless other processes evaluate it, or a call that is evaluated in a frame of its own, with
# `position` set anew each time.
new_density <- function(log_prob, log_prior, arguments, parameters, settings, map, n_threads, groups, call = rlang::caller_env()) {
  lost <- lost_counter()
  density_at <- function(pointer) {
    list(pointer = pointer, parameters = parameters, heard = warning_counter(), lost = lost, n_walkers = settings$n_walkers)
  }
  if (is_compiled(log_prob) && is.null(map)) {
    refuse_names(setdiff(about_compiled(log_prob)$blobs, prior_blobs), parameters, list(call = call))
    return(density_at(native(livechain_compiled_density, about_compiled(log_prob)$pointer, n_threads, call = call)))
  }
  scope <- density_scope(arguments)
  grouped <- function(f) if (!is.null(f)) group_parameters(f, parameters, groups, settings$vectorized)
  if (!is_compiled(log_prob)) scope$log_prob <- with_prior(grouped(log_prob), grouped(log_prior), settings$vectorized)
  typed <- function() if (!is_compiled(log_prob)) names_in_code(log_prob)
  scope$check_blobs <- blob_check(parameters, settings$vectorized, settings$n_walkers, typed, call)
  kind <- if (!is.null(map)) "mapped" else if (settings$vectorized) "batch" else "point"
  code <- if (length(arguments) > 0) quote(log_prob(position, ...)) else quote(log_prob(position))
  if (!is.null(map)) {
    job <- new_job(map, log_prob, scope$log_prob, arguments, settings$vectorized, parameters, n_threads)
    job$n_walkers <- settings$n_walkers
    mapped <- mapped_density(map, job, function() native(livechain_attend, scope$pointer), lost)
    scope$mapped <- mapped$evaluate
    code <- quote(mapped(position, walkers, seeds))
    at_end(call, function() {
      scope$pointer <- NULL
      mapped$end()
    })
  }
  scope$split_results <- split_results
  # With R's generator untouched so far in a session, it could not be told that the density draws from it.
  if (!exists(".Random.seed", globalenv(), inherits = FALSE)) set.seed(NULL)
  pointer <- native(livechain_density, code, scope, parameters, kind, settings$seed)
  if (!is.null(map)) scope$pointer <- pointer
  density_at(pointer)
}

# Calls `code` when the function returns whose frame this is.
at_end <- function(frame, code) do.call(on.exit, list(as.call(list(code)), add = TRUE), envir = frame)

# Where the call is evaluated: `...` are the arguments. Of its own, and small: what is looked up at every call is
# found at once.
density_scope <- function(arguments) {
  frame <- do.call(function(...) environment(), arguments, quote = TRUE)
  new.env(hash = FALSE, parent = frame)
}

# Parameters in groups: the density gets a list, with a vector (a matrix, when it is vectorized) for each.
group_parameters <- function(log_prob, parameters, groups, vectorized) {
  if (is.null(groups)) {
    return(log_prob)
  }
  columns <- split(seq_along(groups), factor(groups, unique(groups)))
  inner <- lapply(columns, function(i) names_in_group(parameters[i]))
  force(log_prob)
  split <- if (vectorized) {
    function(position) {
      Map(function(i, names) {
        matrix(position[, i], ncol = length(i), dimnames = if (!is.null(names)) list(NULL, names))
      }, columns, inner)
    }
  } else if (all(vapply(inner, is.null, TRUE))) {
    function(position) lapply(columns, function(i) unname(position[i]))
  } else {
    function(position) Map(function(i, names) stats::setNames(position[i], names), columns, inner)
  }
  is_first <- TRUE
  function(position, ...) {
    groups <- split(position)
    if (is_first) {
      is_first <<- FALSE
      class(groups) <- c("livechain_groups", "list")
    }
    log_prob(groups, ...)
  }
}

# A list gives NULL for what it does not have, and `p$m` for `p$mu`, of which sums are made in silence. The first position that a
# density gets does neither.

#' @export
`$.livechain_groups` <- function(x, name) require_group(x, name)

#' @export
`[[.livechain_groups` <- function(x, i, ...) if (is.character(i)) require_group(x, i) else .subset2(x, i, ...)

require_group <- function(x, name) {
  if (!name %in% names(x)) {
    abort("log_prob", c(
      "There is no group of parameters {.val {name}}.",
      "i" = "The position has {.val {names(x)}}."
    ), call = quote(log_prob()))
  }
  .subset2(x, name)
}

# Calls a C++ entry that evaluates the density. An error in it goes on to the user as it is, with the walker and the
# position for which it was evaluated, and with what `complete` adds to it. Warnings at the start, or before a run goes on, are given
# with those of the run.
evaluating <- function(density, entry, ..., stage = "run", complete = identity, call = rlang::caller_env()) {
  more_to_come <- FALSE
  on.exit(if (!more_to_come) density$heard$tell())
  result <- withCallingHandlers(
    {
      result <- counting_warnings(call_entry(entry, ...), density$heard)
      if (inherits(result, "livechain_failure") && length(result$position) > 0) {
        names(result$position) <- density$parameters
        result$stage <- stage
        result <- in_ladder(result, density$n_walkers)
      }
      checked(result, call)
    },
    error = function(condition) {
      current <- native(livechain_current, density$pointer)
      if (!is.null(current$n)) {
        condition <- as_log_prob_error(condition, together(current$n))
      } else if (!is.null(current)) {
        condition <- locate(condition, in_ladder(current, density$n_walkers), stats::setNames(current$position, density$parameters))
      }
      signal_again(complete(condition))
    }
  )
  more_to_come <- stage != "run"
  result
}

# An error of rlang keeps its way of showing.
signal_again <- function(condition) {
  if (inherits(condition, "rlang_error")) rlang::cnd_signal(condition) else stop(condition)
}

# Walkers of a run at several temperatures are numbered through: which of which temperature it is.
in_ladder <- function(at, n_walkers) {
  if (isTRUE(at$walker > n_walkers)) {
    at$temperature <- (at$walker - 1) %/% n_walkers + 1
    at$walker <- (at$walker - 1) %% n_walkers + 1
  }
  at
}

together <- function(n) cli::pluralize("It happened when {n} position{?s} {?was/were} evaluated at once.")

locate <- function(condition, at, position) {
  if (is_located(condition)) {
    return(condition)
  }
  condition[c("walker", "position")] <- list(at$walker, position)
  as_log_prob_error(condition, paste0(
    "It happened for ", describe_walker(at), if (!is.null(at$temperature)) ",", " at ", describe_position(position), "."
  ))
}

is_located <- function(condition) inherits(condition, "livechain_error_log_prob") && !is.null(condition$walker)

# Our own say how many positions there were.
as_log_prob_error <- function(condition, where) {
  is_ours <- inherits(condition, "livechain_error_log_prob")
  if (is_ours && is.null(condition$walker)) {
    return(condition)
  }
  if (inherits(condition, "rlang_error")) {
    condition$body <- c(condition$body, "i" = where)
  } else {
    condition$message <- paste0(conditionMessage(condition), "\n", where)
  }
  if (!is_ours) class(condition) <- c("livechain_error_log_prob", "livechain_error", class(condition))
  condition
}
