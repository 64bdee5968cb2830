# When a run may end before its target: what `stop_when` is asked, and when.

# A rule of ours is a function with facts: `needs`, what it is given, a "view" (see R/view.R) or "draws", a chain without
# blobs; `begin`, called when a run begins; `timed`, whether the clock decides, so that it is to be asked often; `made_by`, the
# call that makes it. Functions of users need a whole "chain".
new_rule <- function(ask, made_by, needs = "view", begin = function() NULL, timed = FALSE) {
  structure(ask, made_by = made_by, needs = needs, begin = begin, timed = timed, class = c("stop_rule", "function"))
}

call_text <- function(name, arguments) {
  values <- vapply(arguments, function(x) as.character(plain_number(x)), "")
  names <- if (!is.null(names(arguments))) paste(names(arguments), "= ")
  sprintf("%s(%s)", name, paste0(names, values, collapse = ", "))
}

text_of_rule <- function(rule) attr(rule, "made_by") %||% "function(chain)"

#' @export
print.stop_rule <- function(x, ...) {
  cat("<rule> ", text_of_rule(x), "\n", "for stop_when of run_mcmc(): ends a run when it returns TRUE\n", sep = "")
  invisible(x)
}

needs_of <- function(rule) attr(rule, "needs") %||% "chain"
is_timed <- function(rule) attr(rule, "timed") %||% FALSE
begin_rule <- function(rule) if (inherits(rule, "stop_rule")) attr(rule, "begin")()

check_stop_when <- function(stop_when, call = rlang::caller_env()) {
  if (!is.null(stop_when) && !is.function(stop_when)) {
    abort_argument("stop_when", "NULL or a function of a chain, such as converged()", stop_when, call)
  }
  if (identical(stop_when, converged)) {
    abort_argument("stop_when", "a function of a chain", stop_when, call,
      hint = "Did you mean {.code converged()}, which makes one?"
    )
  }
  stop_when
}

# 0 stands for growing lengths.
check_check_every <- function(check_every, call = rlang::caller_env()) {
  if (is.null(check_every)) 0 else check_whole(check_every, 1, arg = "check_every", call = call)
}

# As settings of a run.
check_rule <- function(stop_when, check_every, call = rlang::caller_env()) {
  list(
    stop_when = check_stop_when(stop_when, call), check_every = check_check_every(check_every, call),
    timed = is_timed(stop_when)
  )
}

# For C++: NULL, or a function that asks the rule; `see` makes what the rule needs, from what C++ hands over. A
# compressed run is published in whole chunks, and has no chain before the first.
stop_rule <- function(rule, see) {
  if (is.null(rule)) {
    return(NULL)
  }
  begin_rule(rule)
  forgiven <- forgiving_rule(rule)
  function(...) isTRUE(forgiven(see[[needs_of(rule)]](...))) # what is not known yet is no reason to end
}

# One that fails does not end a run, nor keep other rules from it; it is said once, but for what is not known yet of a chain that is
# too short.
forgiving_rule <- function(rule) {
  force(rule)
  failed <- FALSE
  function(chain) {
    answer <- tryCatch(rule(chain), livechain_error_empty = function(condition) FALSE, livechain_error_autocorr = function(condition) FALSE,
      error = function(condition) {
        if (identical(condition$argument, "stop_when")) stop(condition)
        if (!failed) warn_rule_failed(condition)
        failed <<- TRUE
        FALSE
      }
    )
    require_answer_of_rule(answer)
  }
}

require_answer_of_rule <- function(answer) {
  if (!is.logical(answer) || length(answer) != 1) {
    abort("argument", c(
      "{.arg stop_when} must return TRUE or FALSE.",
      "x" = "It returned {describe_value(answer)}."
    ), call = quote(stop_when()), argument = "stop_when")
  }
  answer
}

# How the rule was written, for those who resume the run: it cannot be stored itself.
rule_text <- function(rule) {
  if (is.call(rule) && identical(rule[[1]], quote(base::quote))) rule <- rule[[2]] # by do.call()
  text <- attr(rule, "text") %||% if (!is.null(rule)) deparse1(rule)
  if (length(text) > 0 && nchar(text) > 60) paste0(substr(text, 1, 57), "...") else text
}

inform_rule_missing <- function(text, stop_when) {
  if (length(text) > 0 && is.null(stop_when)) {
    cli::cli_inform(c(
      "!" = "The run was started with {.code stop_when = {text}}, which is not stored, and goes on without a rule.",
      "i" = "Give {.arg stop_when} again to have one."
    ), class = "livechain_message_rule")
  }
}

warn_rule_failed <- function(condition) {
  cli::cli_warn(c(
    "The rule of {.arg stop_when} failed, and the run goes on.",
    "x" = "{conditionMessage(condition)}"
  ), class = "livechain_warning_rule")
}

# What a rule may need of a run in memory, made of its arrays.
sights_in_memory <- function(as_chain) {
  list(nothing = function(...) NULL, chain = as_chain, draws = as_chain, view = function(result) view_of_chain(as_chain(result)))
}

# And of a run in a file, of which only new steps are read; a function of the user's gets it as read_chain() does.
sights_in_file <- function(path, name) {
  follower <- NULL
  pieces <- list()
  follow <- function(...) {
    if (is.null(follower)) follower <<- follow_chain(path, name, ...) else update_follower(follower)
  }
  list(
    nothing = function() NULL,
    chain = function() read_chain(path, name),
    draws = function() {
      follow(n_values = 1)
      pieces <<- c(pieces, list(steps_since(follower, sum(vapply(pieces, function(piece) nrow(piece$draws), 1)))))
      chain_of_pieces(pieces, follower)
    },
    view = function() {
      follow(n_values = 1e5)
      view_of_follower(follower)
    },
    close = function() if (!is.null(follower)) close(follower$reader)
  )
}

steps_since <- function(follower, n_before) {
  read_steps(follower$reader$pointer, n_before, follower$look$n_steps - n_before, 1, follower$columns, blobs = FALSE)
}

chain_of_pieces <- function(pieces, follower) {
  draws <- Reduce(function(a, b) bind_steps(a, seq_len(nrow(a)), b), lapply(pieces, function(piece) piece$draws))
  log_prob <- do.call(rbind, lapply(pieces, function(piece) piece$log_prob))
  n <- follower$look$n_steps
  chain <- new_chain(list(draws = draws, log_prob = log_prob, accepted = follower$look$accepted),
    follower$reader$run$names,
    steps = seq_len(n), thin_by = follower$reader$run$thin_by, n_total = n,
    n_ensembles = follower$reader$run$n_ensembles
  )
  chain$updated_at <- follower$look$updated_at
  chain
}

inform_stopped <- function(stopped, n_steps) {
  if (stopped) cli::cli_inform(c("v" = "The rule of {.arg stop_when} was met after {format_count(n_steps)} step{cli::qty(n_steps)}{?s}."))
}

# The first `n` steps of a result that has room for more.
keep_steps <- function(x, n) {
  if (is.null(x)) {
    return(NULL)
  }
  if (is.list(x)) {
    return(lapply(x, keep_steps, n))
  }
  rest <- rep(list(TRUE), length(dim(x)) - 1)
  do.call(`[`, c(list(x, seq_len(n)), rest, list(drop = FALSE)))
}
