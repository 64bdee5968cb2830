#' Sample with an ensemble of walkers
#'
#' Runs the affine-invariant ensemble sampler of Goodman & Weare (2010), with the red-blue splitting of
#' Foreman-Mackey et al. (2013), as emcee does. With `file`, the chain goes into an HDF5 file that any
#' number of other processes can read while it grows, with [read_chain()] and [chain_status()] or with any
#' other HDF5 reader; without, it is returned.
#'
#' @section Same chain, always:
#' One seed gives one chain, whatever `file`, `flush_interval`, `compression`, `map` or `n_threads`, interrupted or not. The
#' default seed is drawn from R's generator, so that [set.seed()] decides it; this advances R's generator by
#' exactly one draw. The numbers themselves come from a counter-based generator (Threefry 4x64, Salmon et
#' al. 2011).
#'
#' A density may draw random numbers, for a simulated likelihood or predictive replicates as blobs. As soon as it does, R's
#' generator is seeded from the run's for each walker of each step (for all walkers of a call when it is
#' `vectorized`), whatever its state and kind, and set back afterwards: such a run, too, is the same when it is killed
#' and resumed, or evaluated by other processes.
#'
#' @section Workers:
#' The density and its data are sent once to each worker, which needs livechain installed, with the variables of the global
#' environment that it uses, which for the time of the run stand there in place of its own, and the packages that are attached here. Then positions alone go out. Workers of a cluster of
#' parallel and daemons of mirai get the walkers by small pieces, those that took longest first, so that none waits for others;
#' a cluster of mirai deals in turn, and gets as many pieces as it has workers. At the end of the run they forget it.
#'
#' When a worker is lost, the others do its part, and a message says so; when the last one is, or when there has been no daemon
#' for a minute, the run ends with an error of class `livechain_error_worker`, and can be resumed. New daemons of mirai are
#' used from the next step on. What the density says on a worker, in warnings, messages and output, is told here, each
#' text once.
#'
#' A density that was written in C++ is made anew by each worker, of what [compiled_density()] was told.
#'
#' @section When a run ends early:
#' In memory, an interrupt (Ctrl-C, Escape) ends the run with the chain so far, and a warning; an error carries it as
#' `chain`, as in `tryCatch(run_mcmc(...), error = function(e) e$chain)`. Such a chain can be resumed.
#'
#' With `file`, an error in `log_prob`, an interrupt or a full disk ends the run; every finished step is
#' then in the file, the file is closed, and the original condition goes on to the caller. Even a process
#' that is killed loses no step that was published, and a power cut none that was brought to the disk, every
#' `sync_interval` seconds. [resume_mcmc()] goes on from there. The file keeps why the run ended: see [chain_status()].
#'
#' @param log_prob The log of the density to sample, up to a constant: a function of one position, a numeric
#'   vector (named when `init` has column names), that returns one number. `-Inf` forbids a position; `NaN`
#'   is an error, see `on_nan`. More than one value, `c(log_prob, name = value, ...)` or `list(log_prob, name = values,
#'   ...)`, gives *blobs*: the values after the first, all of which need names, are stored with each step. Numbers,
#'   whole numbers, logicals and strings keep their types, vectors and matrices their shapes; objects of a class, such
#'   as factors and dates, are refused. A string has room for 64 bytes, or for those that its attribute `width`
#'   declares: `structure("text", width = 200)`. Where the density is just `-Inf`, blobs can be left out.
#'   Or a density that was written in C++: see [compiled_density].
#' @param init Where the walkers start: a numeric matrix or data frame `[walker, parameter]`, or a `chain` or `chain_file`
#'   from whose last step to start. Column names name the parameters. A named list of such matrices (or vectors,
#'   for one parameter) makes groups of parameters: `log_prob` then gets a list with a vector for each group, which is
#'   named when the matrix has column names. A `chain`, a `chain_file` and [last_state()] keep the groups of their run.
#' @param n_steps The number of steps to record, a whole number. A step is one update of all walkers
#'   (`thin_by` of them, when that is given).
#' @param ... Passed on to `log_prob`, by whole names: no argument is matched by a part of its name, and one that
#'   neither this function nor `log_prob` has is an error. Of methods: not used, and refused.
#' @param args A list of further arguments for `log_prob`, for those whose names are also arguments here, such as
#'   `args = list(weights = w, name = "a")`.
#' @param log_prior The log of the prior density, a function as `log_prob` is; `log_prob` is then the log-likelihood, and what is
#'   sampled is the sum of both. It is called with the position alone. Where it is `-Inf`, the likelihood is not evaluated. Both are
#'   stored with each step, as the blobs `log_likelihood` and `log_prior`. Of a density in C++, the prior is part: see
#'   [compiled_density].
#' @param n_ensembles In how many ensembles the walkers are dealt: the first rows of `init` are the first ensemble, and so
#'   on, as many of each. They stand side by side in one chain, but each walker is moved with the help of its own ensemble
#'   alone. Start them apart: what [rhat()] and [diagnose()] say of ensembles that were is what one ensemble cannot know.
#' @param n_temperatures At how many temperatures to sample, for densities with several modes and for the evidence: see
#'   [log_evidence()]. At temperature `t`, an ensemble of as many walkers samples prior times likelihood^(1 / `t`), and ensembles at
#'   neighbouring temperatures exchange walkers after each update. The coldest is the chain. Needs a `log_prior`, which must be
#'   proper when `max_temperature` is `Inf`; all temperatures are evaluated in one call. The log-likelihoods of the hotter ensembles
#'   are stored as the blob `hot_log_likelihood`. `init` may be an array `[walker, parameter, temperature]`.
#' @param temperatures The temperatures, increasing from 1 on; the last may be `Inf`. They are kept, unless `adapt_steps` is given.
#'   `NULL` chooses `n_temperatures` from 1 to `max_temperature`.
#' @param max_temperature The hottest temperature. That of the evidence is `Inf`, which is the prior.
#' @param adapt_steps In how many steps from the beginning on the temperatures between the coldest and the hottest move to where as many
#'   walkers are exchanged everywhere (Vousden, Farr and Mandel 2016); then they are frozen. `NULL` is 40% of `n_steps`, or none where
#'   `temperatures` are given. Discard these steps, as `discard = "auto"` does.
#' @param lower,upper Bounds of the parameters, both included: a number for all of them, one for each, or numbers with the
#'   names of some, such as `lower = c(sigma = 0)`; `NA` and infinite numbers bound nothing. Outside, the density is not called: the
#'   chain is that of a density that is `-Inf` there. The walkers must start within.
#' @param periodic The periods of parameters on a circle, such as `c(phi = 2 * pi)`, in the same ways: 0 and the period are
#'   the same place. Positions are kept from 0 to the period, and differences between walkers, on which moves
#'   build, are those of the shorter way, so that a density that straddles the border is sampled as well as another. Such a
#'   parameter has no bounds. Means and quantiles are those of the numbers.
#' @param file Path of the HDF5 file, or `NULL` to keep the chain in memory.
#' @param name Name of the run in the file: a file can hold several, which are written one after the other.
#' @param moves A move, or a list of moves of which one is drawn for each update; `NULL` for a mixture of [move_de()] (0.6),
#'   `move_de(gamma0 = 1)` (0.1), [move_de_snooker()] (0.1) and [move_stretch()] (0.2), which gives several times the effective
#'   draws of any of them alone over many kinds of densities. emcee's default is `move_stretch()`.
#' @param weights The relative frequencies of the moves, in their order or with their names; `NULL` for equal ones.
#' @param thin_by Record only every `thin_by`-th update.
#' @param vectorized Whether `log_prob` takes a matrix `[walker, parameter]` of positions and returns a
#'   numeric vector with one log-probability each; with blobs, a matrix or data frame with a row for each
#'   position, whose first column is the log-probability. Columns of a data frame can be matrices. The value of a row must not
#'   depend on the others: at the start it is looked at whether two of them have it alone, too.
#' @param map How to evaluate the density in other processes: a function that is called as `lapply(X, FUN)`, such
#'   as `future.apply::future_lapply`; a cluster made by `parallel::makeCluster()` or `mirai::make_cluster()`; or
#'   `mirai::mirai_map`, for the daemons that `mirai::daemons()` has set. The chain is the same as without. See the section
#'   on workers.
#' @param n_workers In how many pieces the walkers go out at least, a whole number; of a cluster, how many of its workers to use.
#'   `NULL` for all that the cluster, the daemons or the plan of future have, else `parallelly::availableCores()`.
#' @param worker_timeout How many seconds a worker of a cluster or a daemon of mirai may take for one walker. Then another is given
#'   the walker, and if that takes too long as well, the run ends with an error that tells the position.
#' @param n_threads How many threads evaluate a density that was written in C++; see [compiled_density]. With `map`, so many in each worker. An R
#'   function can only be called by one: use `map`. The chain is the same for any
#'   number; no more are used than the machine has cores.
#' @param seed A whole number from 0 to 2^53; `NULL` draws it from R's generator.
#' @param swmr Whether the file can be read while it is written (HDF5's *single writer, multiple readers*
#'   mode). `FALSE` makes an ordinary HDF5 file, which readers cannot open before the run has ended.
#' @param overwrite Whether a run of that name in the file is replaced.
#' @param compression Level of compression from 0 (none) to 9. A compressed run is published in whole chunks
#'   of steps, not by `flush_interval`; what the last chunk lacks is published at the end.
#' @param flush_interval A finished step is published, so that readers see it, at the latest after this many
#'   seconds; 0 publishes each step at once. Until then steps wait in memory, never more than 2 MB of them.
#' @param sync_interval After so many seconds, or 64 MB, what was published is brought to the disk, in the background: a power
#'   cut costs no more than the steps since then. [chain_status()] tells how far that is (`durable`).
#' @param stop_when `NULL`, or a function of a `chain` that returns `TRUE` when the run can end before `n_steps`,
#'   such as [converged()] or [max_time()]. When it fails, the run goes on.
#' @param check_every After how many steps to ask `stop_when`. `NULL` asks when the run has 100 steps, and whenever it has
#'   become a fifth longer; rules that look at the clock once a second.
#' @param callback `NULL`, or a function that is called with the `chain` so far, to log a line or draw a figure. What it returns
#'   does not matter; an error in it ends the run.
#' @param callback_every After how many steps to call `callback`: exactly, and at no other.
#' @param check_init Whether to check that the walkers span the space, by emcee's test: the condition number
#'   of their positions is at most 1e8.
#' @param tune Whether moves that tune themselves, [move_slice()] and [move_dime()], do so during the whole run; discard such a run
#'   as burn-in.
#' @param on_nan What to do when `log_prob` is `NaN` or `NA` at a proposed position: `"error"` stops and shows the walker
#'   and the position; `"reject"` counts it, takes it for `-Inf`, and tells at the end how many there were. Where
#'   the walkers start, `NaN` is always an error.
#' @param progress Whether to show a progress bar with the rate and the time left; where the output is no terminal, such as
#'   in a log or a report, a line now and then.
#' @returns With `file`, invisibly, a `chain_file`: the path and the run's name, for [read_chain()],
#'   [chain_status()], `summary()`, `plot()` and [resume_mcmc()]. Without, a `chain`; see [read_chain()].
#' @references Goodman and Weare (2010) \doi{10.2140/camcos.2010.5.65}; Foreman-Mackey et al. (2013)
#'   \doi{10.1086/670067}; Salmon et al. (2011) \doi{10.1145/2063384.2063405}; Vousden, Farr and Mandel (2016)
#'   \doi{10.1093/mnras/stv2422}.
#' @concept ensemble sampler
#' @concept affine invariant MCMC
#' @concept emcee
#' @concept derived quantities, generated quantities, blobs
#' @seealso [resume_mcmc()] to go on with a run, [read_chain()] and [chain_status()] to look at it.
#' @examples
#' # A correlated normal density in two dimensions
#' precision <- solve(matrix(c(1, 0.8, 0.8, 1), 2))
#' log_prob <- function(x) -0.5 * drop(x %*% precision %*% x)
#' init <- matrix(rnorm(40), 20, 2, dimnames = list(NULL, c("x", "y")))
#'
#' file <- tempfile(fileext = ".h5")
#' run <- run_mcmc(log_prob, init, 500, file = file, seed = 1)
#' run
#'
#' # From this or any other R session, also while it is running:
#' chain <- read_chain(file, discard = 100)
#' summary(chain)
#' @export
run_mcmc <- function(log_prob, init, n_steps, ..., args = list(), log_prior = NULL, n_ensembles = 1, n_temperatures = 1,
                     temperatures = NULL, max_temperature = Inf, adapt_steps = NULL,
                     lower = NULL, upper = NULL, periodic = NULL, file = NULL, name = "mcmc",
                     moves = NULL, weights = NULL, thin_by = 1, vectorized = FALSE, map = NULL, n_workers = NULL,
                     worker_timeout = Inf, n_threads = 1, seed = NULL, swmr = TRUE, overwrite = FALSE, compression = 0, flush_interval = 0.5,
                     sync_interval = 5, stop_when = NULL, check_every = NULL, callback = NULL, callback_every = 100,
                     check_init = TRUE, tune = FALSE, on_nan = "error", progress = interactive()) {
  exact <- exact_call(sys.call(), sys.function(), parent.frame())
  if (!is.null(exact)) {
    return(eval(exact, parent.frame()))
  }
  check_function(log_prob)
  arguments <- density_arguments(log_prob, list(...), args, names(formals()))
  check_log_prior(log_prior, log_prob)
  groups <- parameter_groups(init)
  given <- stack_temperatures(init, max(length(temperatures), n_temperatures))
  init <- check_init(given$init)
  colnames(init) <- match_parameters(log_prob, colnames(init), ncol(init), "init")
  check_takes_position(log_prob, colnames(init), arguments)
  parameters <- parameter_names(colnames(init), ncol(init))
  domain <- check_domain(lower, upper, periodic, parameters)
  init <- start_within(init, domain, parameters)
  map <- check_map(map, n_workers, worker_timeout)
  check_flag(vectorized)
  n_threads <- check_evaluation(log_prob, n_threads, map, vectorized, length(arguments))
  if (is.null(moves) && is.null(weights)) weights <- default_weights
  names_of_moves <- if (!inherits(moves, "livechain_move")) names(moves)
  moves <- lapply(check_moves(moves %||% default_moves()), fit_move, parameters, rlang::current_env())
  if (check_flag(tune)) moves <- lapply(moves, tune_always)
  n_ensembles <- check_ensembles(n_ensembles, nrow(init) / given$n_given)
  check_enough_walkers(nrow(init) / given$n_given / n_ensembles, ncol(init), moves, n_ensembles = n_ensembles)
  if (check_flag(check_init)) check_spanning_each(init, moves, n_ensembles * given$n_given)
  check_flag(progress)
  settings <- list(
    n_steps = check_whole(n_steps, 0),
    n_done = 0,
    moves = moves,
    weights = check_weights(weights, moves, names_of_moves),
    domain = domain,
    thin_by = check_whole(thin_by, 1),
    n_ensembles = n_ensembles,
    vectorized = vectorized,
    n_walkers = nrow(init) / given$n_given,
    has_prior = has_prior(log_prob, log_prior),
    on_nan = check_choice(on_nan, c("error", "reject")),
    rule = rule_text(if (!is.null(stop_when)) substitute(stop_when))
  )
  check_all_moved(moves, settings$weights, parameters)
  tempering <- check_tempering(
    n_temperatures, temperatures, max_temperature, adapt_steps, settings$n_steps, settings$thin_by, ncol(init)
  )
  check_temperable(tempering, settings$has_prior, moves)
  settings <- c(settings, tempering, check_rule(stop_when, check_every), check_callback(callback, callback_every))
  storage <- check_storage(file, name, swmr, overwrite, compression, flush_interval, sync_interval)
  settings$seed <- if (is.null(seed)) draw_seed() else check_whole(seed, 0)

  settings[c("groups", "parameters", "start")] <- list(groups, colnames(init), list(init = init, is_shared = given$n_given == 1))
  density <- new_density(log_prob, log_prior, arguments, colnames(init), settings, map, n_threads, groups)
  walkers <- start_walkers(density, settings)
  if (is.null(storage)) {
    return(run_to_memory(walkers, density, settings, progress))
  }
  writer <- native(
    livechain_create_writer, storage$path, storage$name,
    describe_run(settings, storage, colnames(init), groups), walkers, settings, storage, overwrite
  )
  run_to_file(walkers, density, settings, writer, storage, progress)
}

#' Go on with a run
#'
#' Continues a run after its last published step, when it was interrupted, killed or finished. Seed, moves, thinning and the
#' remaining steps are read from the file, so that a run that was interrupted ends in the same chain, bit for
#' bit, as one that never was. Not in the file, and to be given again, are the density with its data, the function of a [move_mh()],
#' `stop_when` with `check_every`, `callback`, `map` and `n_threads`. A file that a killed process could not close is repaired first.
#'
#' All steps in the file are verified before the run goes on. Steps that are not what was written, after a power cut or
#' because something else wrote to the file, are dropped with all that follow them, and a message says so; the run goes on
#' from the last step before them of which all is known.
#'
#' Runs that emcee made can be continued as well. emcee's state is not enough to draw the numbers that emcee
#' would have drawn, so a new seed is taken from R's generator, and the moves are [move_stretch()]; the file
#' is laid out anew beside its place and then replaced.
#'
#' @inheritParams run_mcmc
#' @param file Path of the HDF5 file, or the `chain_file` that [run_mcmc()] returned; or the `chain` of a run in memory,
#'   also one that ended early.
#' @param n_steps How many steps to make, also beyond the end of a finished run; `NULL` for those that remain of the
#'   first call. Those that then still remain are not forgotten.
#' @param moves Only needed when the run uses [move_mh()], whose function is not in the file, or to choose the
#'   moves for a run that emcee made; otherwise `NULL`.
#' @param verify Whether to evaluate the density where some of the walkers stand, and to compare with what is stored:
#'   data or code may have changed since the run began, and the chain would be of neither density. `"update"` goes on with
#'   the new density: all walkers are evaluated anew, and it is kept after which step (see [chain_status()]), so that
#'   `discard = "auto"` leaves out the steps of the old one, and [diagnose()] tells of them. `FALSE` is for a density that
#'   is random by design, such as a simulated likelihood. Blobs are not compared, since they may be random, as draws of what
#'   a model predicts are.
#' @param flush_interval,on_nan As for [run_mcmc()]; `NULL` for those of the first call.
#' @returns A `chain_file`, invisibly; of a `chain`, the `chain` with the new steps.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' log_prob <- function(x) -sum(x^2) / 2
#' run_mcmc(log_prob, matrix(rnorm(20), 10), 100, file = file)
#' resume_mcmc(file, log_prob, n_steps = 50)
#' chain_status(file)
#' @export
resume_mcmc <- function(file, log_prob, n_steps = NULL, ..., args = list(), log_prior = NULL, name = "mcmc",
                        verify = TRUE, moves = NULL, map = NULL, n_workers = NULL, worker_timeout = Inf, n_threads = 1,
                        flush_interval = NULL, stop_when = NULL, check_every = NULL,
                        callback = NULL, callback_every = 100, on_nan = NULL, progress = interactive()) {
  exact <- exact_call(sys.call(), sys.function(), parent.frame())
  if (!is.null(exact)) {
    return(eval(exact, parent.frame()))
  }
  check_function(log_prob)
  arguments <- density_arguments(log_prob, list(...), args, names(formals()))
  check_log_prior(log_prior, log_prob)
  callback <- check_callback(callback, callback_every)
  map <- check_map(map, n_workers, worker_timeout)
  if (inherits(file, "chain")) {
    return(resume_in_memory(
      file, log_prob, log_prior, n_steps, arguments, check_verify(verify), map, n_threads, stop_when, check_every, callback, on_nan, progress
    ))
  }
  n_threads <- check_evaluation(log_prob, n_threads, map, n_dots = length(arguments))
  rule <- check_rule(stop_when, check_every)
  if (!is.null(n_steps)) n_steps <- check_whole(n_steps, 0)
  if (!is.null(on_nan)) check_choice(on_nan, c("error", "reject"))
  check_flag(progress)
  storage <- list(
    path = check_path(file), name = check_run_name(run_name(file, name)), swmr = TRUE, compression = 0,
    flush_interval = if (!is.null(flush_interval)) check_interval(flush_interval, "flush_interval")
  )
  verify <- check_verify(verify)
  run <- describe_start(storage$path, storage$name)
  rule$rule <- rule_text(if (!is.null(stop_when)) substitute(stop_when))
  settings <- c(stored_settings(run, moves), callback, rule)
  settings$on_nan <- on_nan %||% settings$on_nan
  settings$n_walkers <- run$n_walkers
  check_enough_walkers(run$n_walkers / run$n_ensembles, run$n_parameters, settings$moves, "file", run$n_ensembles)
  match_parameters(log_prob, run$parameters, run$n_parameters, "file")
  check_same_prior(log_prob, log_prior, settings$has_prior)
  storage$swmr <- settings$swmr
  storage$flush_interval <- storage$flush_interval %||% settings$flush_interval
  storage$sync_interval <- settings$sync_interval

  density <- new_density(log_prob, log_prior, arguments, run$parameters, settings, map, n_threads, run$groups)
  verify <- verify_before_resuming(verify, density, storage, run, settings$n_temperatures > 1)
  writer <- native(
    livechain_resume_writer, storage$path, storage$name,
    describe_run(settings, storage, run$parameters, run$groups), settings, storage
  )
  on.exit(native(livechain_close_writer, writer), add = TRUE)
  stored <- native(livechain_writer_progress, writer)
  inform_dropped(storage$path, storage$name, stored$n_found, stored$n_steps)
  inform_new_numbers(run)
  walkers <- native(livechain_writer_walkers, writer, density$pointer)
  walkers <- withCallingHandlers(
    verify_density(verify, walkers, writer, density, storage, settings$n_temperatures > 1),
    error = function(condition) native(livechain_say_why, writer, conditionMessage(condition))
  )
  settings$n_done <- stored$n_steps
  settings$n_steps <- if (is.null(n_steps)) max(0, stored$target - stored$n_steps) else n_steps
  if (!is.null(n_steps)) native(livechain_set_target, writer, max(stored$target, stored$n_steps + n_steps))
  if (settings$n_steps == 0) {
    cli::cli_inform(c(
      "i" = "Run {.val {storage$name}} is finished after {format_count(stored$n_steps)} step{cli::qty(stored$n_steps)}{?s}: add more with {.arg n_steps}."
    ))
    return(invisible(new_chain_file(storage$path, storage$name)))
  }
  inform_rule_missing(run$facts[["stop_when"]], stop_when)
  run_to_file(walkers, density, settings, writer, storage, progress)
}

# Where the walkers start, evaluated.
start_walkers <- function(density, settings, call = rlang::caller_env()) {
  init <- settings$start$init
  walkers <- evaluating(density, livechain_start, init, density$pointer, stage = "start", call = call)
  check_possible_start(native(livechain_log_prob, walkers), init, settings$n_walkers, call)
  if (settings$vectorized) check_rows_apart(walkers, density, init, call)
  if (settings$n_temperatures > 1) native(livechain_temper, walkers, settings, settings$start$is_shared, call = call) else walkers
}

run_to_file <- function(walkers, density, settings, writer, storage, progress, call = rlang::caller_env()) {
  density$lost$keep_in(writer)
  bar <- progress_bar(settings, progress)
  settings <- with_callback(settings, function() read_chain(storage$path, storage$name))
  see <- sights_in_file(storage$path, storage$name)
  on.exit(see$close())
  rule <- stop_rule(settings$stop_when, see)
  result <- withCallingHandlers(
    evaluating(density, livechain_run_to_file, walkers, density$pointer, settings, writer, bar, rule, call = call),
    error = function(condition) native(livechain_say_why, writer, cli::ansi_strip(conditionMessage(condition))),
    interrupt = function(condition) native(livechain_say_why, writer, NULL)
  )
  if (!is.null(bar)) bar(result$n_steps)
  report_nan(result$n_nan)
  report_limited(result$n_limited)
  inform_stopped(result$stopped, result$n_steps)
  inform_asked(result$asked, result$n_steps)
  if (result$n_steps > 0) inform_problems(view_of_file(storage$path, storage$name))
  invisible(new_chain_file(storage$path, storage$name))
}

report_nan <- function(n_nan) {
  if (n_nan > 0) {
    cli::cli_inform(c(
      "!" = "The log-probability was {.code NaN} {format_count(n_nan)} time{cli::qty(n_nan)}{?s}, which counted as {.code -Inf}."
    ))
  }
}

report_limited <- function(n_limited) {
  if (n_limited > 0) {
    cli::cli_inform(c(
      "!" = "{.fn move_slice} did not find the end of a slice {format_count(n_limited)} time{cli::qty(n_limited)}{?s}: walkers are far from where the density is.",
      "i" = "Start nearer, or with larger {.arg mu}."
    ))
  }
}

# One draw from R's generator, as a whole number.
draw_seed <- function() floor(stats::runif(1) * 2^31)
