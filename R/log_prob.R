# From the user's function to the density that the sampler evaluates.

# A compiled density as it is, or a call that is evaluated inside of `frame`, where `...` is, with `position` set
# anew each time.
new_density <- function(frame, parameters, settings, map, n_threads, groups) {
  if (is_compiled(frame$log_prob)) {
    pointer <- about_compiled(frame$log_prob)$pointer
    return(list(pointer = native(livechain_compiled_density, pointer, n_threads, call = frame), parameters = parameters))
  }
  # Of its own, and small: what is looked up at every call is found at once.
  scope <- new.env(hash = FALSE, parent = frame)
  scope$log_prob <- group_parameters(frame$log_prob, groups, settings$vectorized)
  batch <- settings$vectorized || !is.null(map)
  dots <- eval(quote(list(...)), frame)
  call <- if (length(dots) > 0) quote(log_prob(position, ...)) else quote(log_prob(position))
  if (!is.null(map)) {
    scope$mapped <- mapped_density(map, scope$log_prob, dots, settings$vectorized)
    call <- quote(mapped(position, walkers))
  } else if (settings$vectorized) {
    call <- bquote(split_results(.(call), nrow(position)))
  }
  list(pointer = native(livechain_density, call, scope, parameters, batch), parameters = parameters)
}

# Parameters in groups: the density gets a list, with a vector (a matrix, when it is vectorized) for each.
group_parameters <- function(log_prob, groups, vectorized) {
  if (is.null(groups)) {
    return(log_prob)
  }
  columns <- split(seq_along(groups), factor(groups, unique(groups)))
  force(log_prob)
  if (vectorized) {
    function(position, ...) log_prob(lapply(columns, function(i) unname(position[, i, drop = FALSE])), ...)
  } else {
    function(position, ...) log_prob(lapply(columns, function(i) unname(position[i])), ...)
  }
}

# An error in the density goes on to the user as it is, with the walker and the position for which it was
# evaluated.
with_position <- function(density, code) {
  withCallingHandlers(code, error = function(condition) {
    current <- native(livechain_current, density$pointer)
    if (!is.null(current)) {
      stop(locate(condition, current$walker, stats::setNames(current$position, density$parameters)))
    }
  })
}

locate <- function(condition, walker, position) {
  if (inherits(condition, "livechain_error_log_prob")) {
    return(condition)
  }
  where <- paste0("It happened for walker ", walker, " at ", describe_position(position), ".")
  if (inherits(condition, "rlang_error")) {
    condition$body <- c(condition$body, "i" = where)
  } else {
    condition$message <- paste0(conditionMessage(condition), "\n", where)
  }
  condition$walker <- walker
  condition$position <- position
  class(condition) <- c("livechain_error_log_prob", "livechain_error", class(condition))
  condition
}
