#' Stop when the chain has converged
#'
#' A rule for `stop_when` in [run_mcmc()]: emcee's own. The run ends when the chain is longer than `tau`
#' autocorrelation times of every parameter, and no estimate of these has changed by more than a fraction `tol`
#' since the last look.
#'
#' @param tau How many autocorrelation times the chain must be long, a positive number.
#' @param tol The largest relative change of an estimate, a positive number.
#' @returns A function of a `chain` that returns `TRUE` or `FALSE`. Rules of your own are just such functions.
#' @seealso [autocorr_time()]
#' @examples
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(40), 20), 20000,
#'   stop_when = converged(), check_every = 500, seed = 1
#' )
#' dim(chain)
#' @export
converged <- function(tau = 50, tol = 0.01) {
  tau <- check_positive(tau)
  tol <- check_positive(tol)
  last <- Inf
  function(chain) {
    estimate <- autocorr_estimate(chain$draws)
    change <- abs(estimate - last) / estimate
    last <<- estimate
    isTRUE(all(estimate * tau < dim(chain)[1] & change < tol))
  }
}

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

# For C++: NULL, or a function that makes the chain so far with `read` and asks the rule. A compressed run is
# published in whole chunks, and has no chain before the first.
stop_rule <- function(settings, read) {
  if (is.null(settings$stop_when)) {
    return(NULL)
  }
  function(...) {
    chain <- tryCatch(read(...), livechain_error_empty = function(condition) NULL)
    if (is.null(chain)) {
      return(FALSE)
    }
    answer <- settings$stop_when(chain)
    if (!is.logical(answer) || length(answer) != 1 || is.na(answer)) {
      abort("argument", c(
        "{.arg stop_when} must return TRUE or FALSE.",
        "x" = "It returned {describe_value(answer)}."
      ), argument = "stop_when")
    }
    answer
  }
}

# How the rule was written, for those who resume the run: it cannot be stored itself.
rule_text <- function(rule) {
  text <- if (!is.null(rule)) deparse1(rule)
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

inform_stopped <- function(stopped, n_steps) {
  if (stopped) cli::cli_inform(c("v" = "The rule of {.arg stop_when} was met after {n_steps} step{?s}."))
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
