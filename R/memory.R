# Runs in memory. One that ends early gives its chain, which knows what it takes to go on: `chain$run`.

run_to_memory <- function(walkers, density, settings, progress, before = NULL, call = rlang::caller_env()) {
  as_chain <- function(result) {
    chain <- chain_in_memory(result, settings)
    if (is.null(before)) chain else go_on(before, chain)
  }
  run <- within_memory(
    native(livechain_memory_run, walkers, density$pointer, settings, call = call),
    settings$n_steps, settings$n_walkers * (1 + ncol(native(livechain_walker_positions, walkers))),
    "Keep it in a {.arg file}, record only every {.arg thin_by}-th update, or make fewer steps.", call
  )
  so_far <- function() as_chain(native(livechain_memory_so_far, run, call = call))
  bar <- progress_bar(settings, progress)
  rule <- stop_rule(settings$stop_when, sights_in_memory(as_chain))
  result <- tryCatch(
    evaluating(density, livechain_run_to_memory, run, with_callback(settings, as_chain), bar, rule,
      complete = function(condition) with_chain(condition, so_far()), call = call
    ),
    interrupt = function(condition) NULL
  )
  if (is.null(result)) {
    return(interrupted(so_far()))
  }
  if (!is.null(bar)) bar(settings$n_done + result$n_steps)
  report_nan(result$n_nan)
  report_limited(result$n_limited)
  inform_stopped(result$stopped, settings$n_done + result$n_steps)
  chain <- as_chain(result)
  if (dim(chain)[1] > 0) inform_problems(view_of_chain(chain))
  chain
}

# Makes arrays for so many steps; R's error says how much it could not have, but neither why nor what to do.
within_memory <- function(code, n_steps, n_values, advice, call) {
  tryCatch(code, simpleError = function(condition) {
    abort("memory", c(
      "A chain of {format_count(n_steps)} steps does not fit into memory.",
      "x" = "It takes {format_bytes(8 * n_steps * n_values)}.",
      "i" = advice
    ), call = call)
  })
}

# Arrays that have room for the whole run hold the steps so far.
chain_in_memory <- function(result, settings) {
  n_steps <- result$n_steps
  if (n_steps < settings$n_steps) {
    parts <- c("draws", "log_prob", "blobs")
    result[parts] <- lapply(result[parts], keep_steps, n_steps)
  }
  n_total <- settings$n_done + n_steps
  chain <- new_chain(result, settings$parameters,
    steps = settings$n_done + seq_len(n_steps), thin_by = settings$thin_by, n_total = n_total, groups = settings$groups,
    n_ensembles = settings$n_ensembles
  )
  facts <- c(
    "moves", "weights", "domain", "thin_by", "n_ensembles", "vectorized", "has_prior", "on_nan", "seed", "groups", "parameters", "rule",
    names_of_tempering
  )
  target <- if (result$stopped) n_total else settings$target %||% settings$n_steps
  if (isTRUE(settings$n_temperatures > 1)) {
    chain$tempering <- read_ladder(result$memory, settings$n_temperatures, settings$adapt_steps)
  }
  chain$run <- c(settings[intersect(facts, names(settings))], result[c("n_nan", "memory", "widths")], list(target = target))
  if (n_total == 0) chain$run$start <- settings$start
  chain
}

go_on <- function(before, chain) {
  both <- follow(before, chain)
  both$run <- chain$run
  both$tempering <- chain$tempering
  both
}

with_chain <- function(condition, chain) {
  condition$chain <- chain
  if (dim(chain)[1] == 0) {
    return(condition)
  }
  kept <- cli::pluralize("The chain so far, {format_count(dim(chain)[1])} step{cli::qty(dim(chain)[1])}{?s}, is the field `chain` of this error.")
  if (inherits(condition, "rlang_error")) {
    condition$body <- c(condition$body, "i" = kept)
  } else {
    condition$message <- paste0(conditionMessage(condition), "\n", kept)
  }
  condition
}

interrupted <- function(chain) {
  cli::cli_warn(c(
    "The run was interrupted after {format_count(chain$n_total)} of {format_count(chain$run$target)} steps.",
    "i" = "{.code resume_mcmc(chain, log_prob)} goes on from there."
  ), class = "livechain_warning_interrupted", call = NULL)
  chain
}

resume_in_memory <- function(chain, log_prob, log_prior, n_steps, arguments, verify, map, n_threads, stop_when, check_every, callback, on_nan,
                             progress, call = rlang::caller_env()) {
  check_resumable(chain, call)
  run <- chain$run
  n_threads <- check_evaluation(log_prob, n_threads, map, run$vectorized, length(arguments), call)
  if (!is.null(on_nan)) check_choice(on_nan, c("error", "reject"), call = call)
  check_flag(progress, call = call)
  match_parameters(log_prob, run$parameters, dim(chain)[3], "file", call)
  check_same_prior(log_prob, log_prior, isTRUE(run$has_prior), call)
  n_steps <- if (is.null(n_steps)) max(0, run$target - chain$n_total) else check_whole(n_steps, 0, call = call)
  settings <- c(run[setdiff(names(run), "target")], callback, check_rule(stop_when, check_every, call), list(
    n_steps = n_steps, n_done = chain$n_total, target = max(run$target, chain$n_total + n_steps)
  ))
  settings$on_nan <- on_nan %||% run$on_nan
  settings$n_walkers <- dim(chain)[2]
  if (n_steps == 0) {
    cli::cli_inform(c("i" = "The run is finished after {format_count(chain$n_total)} step{cli::qty(chain$n_total)}{?s}: add more with {.arg n_steps}."))
    return(chain)
  }
  inform_rule_missing(run$rule, stop_when)
  density <- new_density(log_prob, log_prior, arguments, run$parameters, settings, map, n_threads, run$groups, call)
  if (chain$n_total == 0) {
    return(run_to_memory(start_walkers(density, settings, call), density, settings, progress, call = call))
  }
  walkers <- native(livechain_walkers, last_state(chain), chain$log_prob[dim(chain)[1], ], last_results(chain), list(
    accepted = chain$accepted, n_nan = run$n_nan, memory = run$memory
  ), density$pointer, call = call)
  walkers <- verify_density(verify, walkers, NULL, density, NULL, isTRUE(settings$n_temperatures > 1), call)
  if (identical(verify, "update")) chain$updated_at <- chain$n_total
  run_to_memory(walkers, density, settings, progress, chain, call)
}

check_resumable <- function(chain, call) {
  if (is.null(chain$run)) {
    abort("argument", c(
      "{.arg file} must be a chain as {.fn run_mcmc} or {.fn resume_mcmc} made it in memory.",
      "x" = "It was read from a file, or is a part of a chain or several.",
      "i" = "A run in a file is resumed by its path; {.code run_mcmc(init = chain)} starts a new run from its last step."
    ), call = call, argument = "file")
  }
}

# What the density returned for each walker after the last step; an empty list when there are no blobs.
last_results <- function(chain) {
  n <- dim(chain)[1]
  fields <- blob_fields(chain)
  if (length(fields) == 0) {
    return(list())
  }
  lapply(seq_len(dim(chain)[2]), function(walker) {
    values <- Map(function(field, width) {
      value <- keep_elements(field, n, walker)
      shape <- dim(value)[-(1:2)]
      dim(value) <- if (length(shape) > 1) shape
      if (width > 0) structure(value, width = width) else value
    }, fields, chain$run$widths[names(fields)])
    c(list(chain$log_prob[n, walker]), values)
  })
}
