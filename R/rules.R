#' Rules for when to stop, and how to combine them
#'
#' For `stop_when` in [run_mcmc()]. `max_time()` ends a run after some seconds, wherever it is; `any_of()` when one of
#' several rules says so, `all_of()` when all of them do.
#'
#' @param seconds How long the run may take, a positive number, or `Inf`. The step during which the time is up is finished. `NULL` in a
#'   job of a scheduler: until `margin` seconds before the job's end, as `SLURM_JOB_END_TIME`, `squeue` or `PBS_WALLTIME` tells it.
#' @param margin How many seconds before the end of a job to end, a number: as long as a step takes, and closing the file.
#' @param ... Rules: what [converged()] or `max_time()` make, or functions of a `chain` that return `TRUE` or `FALSE`.
#' @returns A rule: a function of a `chain` that returns `TRUE` or `FALSE`.
#' @examples
#' log_prob <- function(x) -sum(x^2) / 2
#' chain <- run_mcmc(log_prob, matrix(rnorm(40), 20), 1e5,
#'   stop_when = any_of(all_of(converged(), function(chain) dim(chain)[1] >= 1500), max_time(60)), seed = 1
#' )
#' dim(chain)
#' @export
max_time <- function(seconds = NULL, margin = 60) {
  margin <- check_seconds(margin)
  if (is.null(seconds)) {
    end <- job_end()
    if (is.na(end)) abort_no_limit(rlang::current_env())
    return(new_rule(function(chain) as.double(Sys.time()) >= end - margin, call_text("max_time", list(margin = margin)), needs = "nothing", timed = TRUE))
  }
  seconds <- check_number(seconds, "a positive number", function(seconds) seconds > 0)
  began <- Inf
  new_rule(function(chain) seconds_now() - began >= seconds, call_text("max_time", list(seconds = seconds)),
    needs = "nothing", begin = function() began <<- seconds_now(), timed = TRUE
  )
}

abort_no_limit <- function(call) {
  abort("argument", c(
    "{.arg seconds} must be given outside of a scheduler's job that has a limit.",
    "i" = "Neither {.envvar SLURM_JOB_END_TIME} nor {.envvar PBS_WALLTIME} is set."
  ), call = call, argument = "seconds")
}

#' @rdname max_time
#' @export
any_of <- function(...) combine_rules(list(...), any, "any_of")

#' @rdname max_time
#' @export
all_of <- function(...) combine_rules(list(...), all, "all_of")

# What suffices for the most demanding of them suffices for all.
combine_rules <- function(rules, how, name, call = rlang::caller_env()) {
  if (length(rules) == 0 || !all(vapply(rules, is.function, TRUE))) {
    abort_argument("...", "rules: functions of a chain, such as converged()", rules, call)
  }
  demands <- c("nothing", "view", "draws", "chain")
  most <- max(match(vapply(rules, needs_of, ""), demands))
  forgiven <- lapply(rules, forgiving_rule)
  answers <- function(chain) {
    made <- tryCatch(list(chain), error = identity)
    give <- function() if (inherits(made, "error")) stop(made) else made[[1]]
    vapply(forgiven, function(rule) isTRUE(rule(give())), TRUE)
  }
  new_rule(function(chain) how(answers(chain)), call_text(name, lapply(rules, text_of_rule)),
    needs = demands[most], begin = function() for (rule in rules) begin_rule(rule),
    timed = any(vapply(rules, is_timed, TRUE))
  )
}

