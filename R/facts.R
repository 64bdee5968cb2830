# What a file says of a run, so that resuming needs no more than the density.

describe_run <- function(settings, storage, parameters, groups) {
  moves <- move_facts(settings$moves, settings$weights)
  is_array <- vapply(moves, function(fact) length(fact) > 1 || is.matrix(fact), TRUE)
  list(
    version = package_version_text(),
    target = settings$n_steps,
    compression = storage$compression,
    facts = c(
      list(
        seed = settings$seed,
        n_steps = settings$n_steps,
        thin_by = settings$thin_by,
        n_ensembles = settings$n_ensembles,
        vectorized = as.integer(settings$vectorized),
        on_nan = settings$on_nan,
        swmr = as.integer(storage$swmr),
        flush_interval = storage$flush_interval,
        sync_interval = storage$sync_interval,
        started = moment_text()
      ),
      if (isTRUE(settings$has_prior)) list(has_prior = 1),
      tempering_facts(settings),
      moves[!is_array]
    ),
    texts = list(
      parameters = enc2utf8(as.character(parameters)),
      groups = enc2utf8(as.character(groups)),
      stop_when = enc2utf8(as.character(settings$rule))
    ),
    arrays = c(moves[is_array], tempering_arrays(settings))
  )
}

# Of a run that another sampler makes.
describe_stream <- function(parameters, n_steps, storage) {
  list(
    version = package_version_text(),
    target = n_steps, compression = storage$compression,
    facts = list(thin_by = 1, n_steps = n_steps, started = moment_text()),
    texts = list(parameters = enc2utf8(as.character(parameters))),
    arrays = list()
  )
}

package_version_text <- function() paste("livechain", utils::packageVersion("livechain"))

moment_text <- function() format(Sys.time(), "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")

stored_settings <- function(run, moves, call = rlang::caller_env()) {
  if (!run$own) {
    moves <- check_moves(moves %||% move_stretch(live_dangerously = TRUE), call)
    return(list(
      n_steps = 0, moves = lapply(moves, fit_move, run$n_parameters, call),
      weights = rep(1, length(moves)), thin_by = 1, n_ensembles = 1, n_temperatures = 1, vectorized = FALSE, has_prior = FALSE, on_nan = "error",
      seed = draw_seed(), swmr = TRUE, flush_interval = 0.5, sync_interval = 5
    ))
  }
  facts <- run$facts
  stored <- if (run$format == "livechain 1") moves_of_format_1(facts, call) else moves_in(facts, call)
  if (length(stored$moves) == 0) {
    abort("argument", c(
      "{.arg file} holds a run that another sampler streamed: there are no moves to go on with.",
      "i" = "Append to it with {.code chain_writer(file, resume = TRUE)}, or start from its {.fn last_state}."
    ), call = call, argument = "file")
  }
  c(stored_tempering(facts, facts[["thin_by"]], call), list(
    n_steps = facts[["n_steps"]] %||% 0,
    moves = lapply(choose_moves(stored$moves, moves, call), fit_move, run$n_parameters, call),
    weights = check_stored_weights(stored$weights, call),
    thin_by = facts[["thin_by"]],
    n_ensembles = run$n_ensembles,
    vectorized = as.logical(facts[["vectorized"]]),
    has_prior = isTRUE(facts[["has_prior"]] == 1),
    on_nan = facts[["on_nan"]],
    seed = facts[["seed"]],
    swmr = as.logical(facts[["swmr"]]),
    flush_interval = facts[["flush_interval"]],
    sync_interval = facts[["sync_interval"]] %||% 5
  ))
}

check_stored_weights <- function(weights, call) {
  if (!all(is.finite(weights) & weights >= 0) || sum(weights) <= 0) {
    abort("damaged", "The file of the run is damaged: its moves have the weights {.val {weights}}.", call = call)
  }
  weights
}

# A move is stored as its type, its weight and its arguments: `moves/1/type`, `moves/1/weight`, `moves/1/a`, ...
move_facts <- function(moves, weights) {
  facts <- lapply(seq_along(moves), function(i) {
    arguments <- attr(moves[[i]], "arguments")
    arguments <- arguments[!vapply(arguments, function(x) is.null(x) || is.function(x), TRUE)]
    of_move <- c(list(type = moves[[i]]$type, weight = weights[i]), lapply(arguments, plain_fact))
    stats::setNames(of_move, paste0("moves/", i, "/", names(of_move)))
  })
  do.call(c, facts)
}

plain_fact <- function(x) if (is.logical(x)) as.integer(x) else if (is.matrix(x)) unname(x) else as.vector(x)

moves_in <- function(facts, call) {
  keys <- strsplit(names(facts)[startsWith(names(facts), "moves/")], "/", fixed = TRUE)
  numbers <- sort(unique(as.integer(vapply(keys, `[`, "", 2))))
  of_move <- function(i) {
    prefix <- paste0("moves/", i, "/")
    mine <- facts[startsWith(names(facts), prefix)]
    stats::setNames(mine, substring(names(mine), nchar(prefix) + 1))
  }
  stored <- lapply(numbers, of_move)
  list(
    moves = lapply(stored, move_from_facts, call),
    weights = vapply(stored, function(move) as.double(move[["weight"]] %||% NA), 0)
  )
}

stored_types <- c("stretch", "de", "de_snooker", "walk", "kde", "gaussian", "slice", "dime")

# Only what makes moves is called, with numbers and texts. A proposal that is an R function is not in the file: of such a move,
# only the type.
move_from_facts <- function(facts, call) {
  type <- facts[["type"]]
  if (identical(type, "mh")) {
    return("move_mh")
  }
  arguments <- facts[setdiff(names(facts), c("type", "weight"))]
  flags <- intersect(names(arguments), c("randomize_split", "live_dangerously"))
  arguments[flags] <- lapply(arguments[flags], as.logical)
  move <- if (isTRUE(type %in% stored_types)) {
    tryCatch(do.call(paste0("move_", type), arguments, envir = topenv()), error = function(condition) NULL)
  }
  require_move(move, cli::format_inline("It is of type {.val {as.character(type)}}, with {.val {names(arguments)}}."), call)
}

require_move <- function(move, found, call) {
  if (!inherits(move, "livechain_move")) {
    abort("damaged", c("The file of the run is damaged: one of its moves is not a move.", "x" = "{found}"), call = call)
  }
  move
}

# The moves of a stored run, or those that the user gives again, which is needed for move_mh().
choose_moves <- function(stored, moves, call) {
  texts <- vapply(stored, function(move) if (is.character(move)) "move_mh()" else format(move), "")
  if (is.null(moves)) {
    if (any(texts == "move_mh()")) {
      abort("argument", c(
        "{.arg moves} must be given again: the run uses {.fn move_mh}, whose function is not in the file.",
        "i" = "The run's moves are {.code {texts}}."
      ), call = call, argument = "moves")
    }
    return(stored)
  }
  moves <- check_moves(moves, call)
  given <- vapply(moves, format, "")
  if (!identical(given, texts)) {
    abort("argument", c(
      "{.arg moves} must be the moves with which the run was started.",
      "x" = "They are {.code {given}}.",
      "i" = "The run's moves are {.code {texts}}."
    ), call = call, argument = "moves")
  }
  moves
}
