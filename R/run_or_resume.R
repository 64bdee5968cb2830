#' Start a run, or take it up
#'
#' One call for the script of a job that a scheduler ends and starts again: it starts the run, or takes up what is in the
#' file, or says that all is done. The chain is the same, bit for bit, as that of one long job.
#'
#' Where the scheduler tells when the job will be ended (see [max_time()]), the run ends by itself `margin` seconds before. A
#' rule of `stop_when` that looks at the chain, such as [converged()], ends the run for good; a time limit only until it is
#' taken up. Scripts for Slurm that queue a job several times, have it queued again, or have it submit itself, are in
#' `system.file("schedulers", package = "livechain")`.
#'
#' @inheritParams run_mcmc
#' @param init Where the walkers start, as for [run_mcmc()]; when the run is taken up, only its shape and names matter.
#' @param n_steps How many steps the run shall have in the end, a whole number.
#' @param ... Further arguments of [run_mcmc()], of which those that [resume_mcmc()] has are used again, and bounds,
#'   periods, `thin_by` and the like must be those of the run; and of `log_prob`.
#' @param file Path of the HDF5 file.
#' @param margin How many seconds before the end of the job to end, a number.
#' @returns Invisibly, whether all is done: `TRUE` when there are `n_steps` steps, when a rule of `stop_when` is met that does not look
#'   at the clock, or when [stop_mcmc()] ended the run; `FALSE` when another job has to go on. A script turns it into its
#'   exit status: `quit(status = if (done) 0 else 75)`. An error ends the script with status 1; a signal, also SIGUSR1, by that
#'   signal, with all finished steps in the file.
#' @seealso [resume_mcmc()], [max_time()].
#' @examples
#' file <- tempfile(fileext = ".h5")
#' log_prob <- function(x) -sum(x^2) / 2
#' init <- matrix(rnorm(20), 10)
#' print(run_or_resume(log_prob, init, 200, file = file, seed = 1))
#' print(run_or_resume(log_prob, init, 200, file = file, seed = 1)) # is done
#' print(run_or_resume(log_prob, init, 300, file = file, seed = 1)) # adds 100
#' @export
run_or_resume <- function(log_prob, init, n_steps, ..., args = list(), file, name = "mcmc", stop_when = NULL, margin = 60) {
  exact <- exact_call(sys.call(), sys.function(), parent.frame())
  if (!is.null(exact)) {
    return(eval(exact, parent.frame()))
  }
  n_steps <- check_whole(n_steps, 0)
  if (missing(file)) abort("argument", "{.arg file} must be given by name: the path of the file of the run.", call = rlang::current_env(), argument = "file")
  path <- check_path(file)
  name <- check_run_name(name)
  margin <- check_seconds(margin)
  text <- rule_text(if (!is.null(stop_when)) substitute(stop_when))
  check_stop_when(stop_when)
  rule <- within_job(stop_when, margin, text)
  common <- c(list(log_prob = log_prob), list(...), list(args = args, file = path, name = name))
  common["stop_when"] <- list(rule)
  if (!has_run(path, name)) {
    do.call(run_mcmc, c(common, list(init = init, n_steps = n_steps)), quote = TRUE)
    return(invisible(is_done(path, name, n_steps, stop_when)))
  }
  check_same_run(list(...), tryCatch(init, error = function(condition) NULL), path, name)
  if (is_done(path, name, n_steps, stop_when)) {
    cli::cli_inform(c("v" = "Run {.val {name}} in {.file {path}} is done, after {chain_status(path, name)$n_steps} step{?s}."))
    return(invisible(TRUE))
  }
  only_first <- setdiff(names(formals(run_mcmc)), names(formals(resume_mcmc)))
  common <- common[!names(common) %in% only_first]
  rest <- n_steps - chain_status(path, name)$n_steps
  do.call(resume_mcmc, c(common, list(n_steps = rest)), quote = TRUE)
  invisible(is_done(path, name, n_steps, stop_when))
}

# What the posterior and the meaning of a step depend on, and what resume_mcmc() does not take, must be what the run was begun with.
check_same_run <- function(given, init, path, name, call = rlang::caller_env()) {
  run <- describe_stored(path, name, call)
  if (!run$own) {
    return(invisible())
  }
  domain <- check_domain(given$lower, given$upper, given$periodic, run$names, call)
  n_given <- max(length(given$temperatures), given$n_temperatures, 1)
  compare <- function(arg, given, stored) {
    if (!identical(given, stored)) abort_begun_otherwise(arg, given, stored, path, name, call)
  }
  none <- list(lower = -Inf, upper = Inf, periodic = 0)
  for (arg in names(none)) {
    of_all <- function(values) stats::setNames(as.double(values %||% rep(none[[arg]], run$n_parameters)), run$names)
    compare(arg, of_all(domain[[arg]]), of_all(run$facts[[arg]]))
  }
  compare("n_temperatures", as.double(n_given), as.double(run$facts[["n_temperatures"]] %||% 1))
  compare("n_ensembles", as.double(given$n_ensembles %||% 1), as.double(run$n_ensembles))
  compare("thin_by", as.double(given$thin_by %||% 1), as.double(run$thin_by))
  compare("vectorized", isTRUE(given$vectorized), isTRUE(as.logical(run$facts[["vectorized"]])))
  if (is.matrix(init) && is.numeric(init)) {
    compare("init", dim(init), as.integer(c(run$n_walkers, run$n_parameters)))
    if (!is.null(run$parameters)) compare("init", colnames(init) %||% run$parameters, run$parameters)
  }
}

abort_begun_otherwise <- function(arg, given, stored, path, name, call) {
  shown <- function(x) {
    what <- if (is.numeric(x)) plain_number(x) else if (is.character(x)) dQuote(x, FALSE) else format(x)
    if (arg == "init" && is.numeric(x)) {
      return(paste(what, collapse = " x "))
    }
    paste(if (is.null(names(x))) what else paste(names(x), "=", what), collapse = ", ")
  }
  abort("argument", c(
    "{.arg {arg}} must be what run {.val {name}} in {.file {path}} was begun with.",
    "x" = "It is {shown(given)}, and that of the run {shown(stored)}.",
    "i" = "Another {.arg file} or {.arg name} begins a run with what is new."
  ), call = call, argument = arg)
}

has_run <- function(path, name) file.exists(path) && name %in% runs_in(path)

# A rule that was met may have been the clock's: it is asked again, with all of its time before it.
is_done <- function(path, name, n_steps, stop_when) {
  status <- chain_status(path, name)
  if (status$n_steps >= n_steps || identical(status$ended, "request")) {
    return(TRUE)
  }
  identical(status$ended, "rule") && !is.null(stop_when) && is_met(stop_when, path, name)
}

is_met <- function(rule, path, name) {
  see <- sights_in_file(path, name)
  on.exit(see$close())
  stop_rule(rule, see)()
}

# The user's rule, or the end of the scheduler's job; what text the file keeps of it is that of the user's.
within_job <- function(stop_when, margin, text) {
  if (is.na(job_end())) {
    return(with_text(stop_when, text))
  }
  limit <- max_time(margin = margin)
  with_text(if (is.null(stop_when)) limit else any_of(stop_when, limit), paste(c(text, "max_time()"), collapse = " or "))
}

with_text <- function(rule, text) {
  if (!is.null(rule)) attr(rule, "text") <- text
  rule
}
