# What a file says of a run, so that resuming needs no more than the density.

describe_run <- function(settings, storage, parameters, groups) {
  moves <- move_facts(settings$moves, settings$weights)
  is_array <- vapply(moves, function(fact) length(fact) > 1 || is.matrix(fact), TRUE)
  is_text <- vapply(moves, is.character, TRUE)
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
    texts = c(moves[is_array & is_text], list(
      parameters = enc2utf8(as.character(parameters)),
      groups = enc2utf8(as.character(groups)),
      stop_when = enc2utf8(as.character(settings$rule))
    )),
    arrays = c(moves[is_array & !is_text], settings$domain, tempering_arrays(settings))
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
      n_steps = 0, moves = lapply(moves, fit_move, run$names, call),
      weights = rep(1, length(moves)), domain = NULL, thin_by = 1, n_ensembles = 1, n_temperatures = 1, vectorized = FALSE,
      has_prior = FALSE, on_nan = "error",
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
    moves = lapply(choose_moves(stored$moves, moves, run$names, call), fit_move, run$names, call),
    weights = check_stored_weights(stored$weights, call),
    domain = stored_domain(run, call),
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

# A move is stored as its type, its weight and its arguments: `moves/1/type`, `moves/1/weight`, `moves/1/a`, ...; that of a
# block in the same way: `moves/1/move/type`, ...
move_facts <- function(moves, weights) {
  do.call(c, lapply(seq_along(moves), function(i) {
    below(c(list(weight = weights[i]), facts_of_move(moves[[i]])), paste0("moves/", i))
  }))
}

facts_of_move <- function(move) {
  arguments <- attr(move, "arguments")
  arguments <- arguments[!vapply(arguments, function(x) is.null(x) || is.function(x), TRUE)]
  is_move <- vapply(arguments, inherits, TRUE, what = "livechain_move")
  c(
    list(type = move$type), lapply(arguments[!is_move], plain_fact),
    if (any(is_move)) below(facts_of_move(arguments$move), "move")
  )
}

below <- function(facts, group) stats::setNames(facts, paste0(group, "/", names(facts)))

facts_below <- function(facts, group) {
  prefix <- paste0(group, "/")
  mine <- facts[startsWith(names(facts), prefix)]
  stats::setNames(mine, substring(names(mine), nchar(prefix) + 1))
}

plain_fact <- function(x) if (is.logical(x)) as.integer(x) else if (is.matrix(x)) unname(x) else as.vector(x)

moves_in <- function(facts, call) {
  keys <- strsplit(names(facts)[startsWith(names(facts), "moves/")], "/", fixed = TRUE)
  numbers <- sort(unique(as.integer(vapply(keys, `[`, "", 2))))
  stored <- lapply(numbers, function(i) facts_below(facts, paste0("moves/", i)))
  list(
    moves = lapply(stored, move_from_facts, call),
    weights = vapply(stored, function(move) as.double(move[["weight"]] %||% NA), 0)
  )
}

stored_types <- c("stretch", "de", "de_snooker", "walk", "kde", "gaussian", "slice", "dime", "side")

# Only what makes moves is called, with numbers and texts. A proposal that is an R function is not in the file: of such a move,
# only its text.
move_from_facts <- function(facts, call) {
  type <- facts[["type"]]
  if (identical(type, "mh")) {
    return("move_mh()")
  }
  if (identical(type, "block")) {
    return(block_from_facts(facts, call))
  }
  arguments <- facts[setdiff(names(facts), c("type", "weight"))]
  flags <- intersect(names(arguments), c("randomize_split", "live_dangerously"))
  arguments[flags] <- lapply(arguments[flags], as.logical)
  move <- if (isTRUE(type %in% stored_types)) {
    tryCatch(do.call(paste0("move_", type), arguments, envir = topenv()), error = function(condition) NULL)
  }
  require_move(move, cli::format_inline("It is of type {.val {as.character(type)}}, with {.val {names(arguments)}}."), call)
}

block_from_facts <- function(facts, call) {
  inner <- facts_below(facts, "move")
  move <- if (!identical(inner[["type"]], "block")) move_from_facts(inner, call)
  parameters <- tryCatch(check_block(facts[["parameters"]]), error = function(condition) NULL)
  if (is.character(move) && !is.null(parameters)) {
    return(block_text(move, parameters))
  }
  block <- if (inherits(move, "livechain_move") && !is.null(parameters)) move_block(move, parameters)
  require_move(block, "It is a block of {.val {as.character(parameters)}}.", call)
}

require_move <- function(move, found, call) {
  if (!inherits(move, "livechain_move")) {
    abort("damaged", c("The file of the run is damaged: one of its moves is not a move.", "x" = "{found}"), call = call)
  }
  move
}

# The moves of a stored run, or those that the user gives again, which is needed for move_mh().
choose_moves <- function(stored, moves, parameters, call) {
  is_text <- vapply(stored, is.character, TRUE)
  texts <- vapply(stored, format, "")
  if (is.null(moves)) {
    if (any(is_text)) {
      abort("argument", c(
        "{.arg moves} must be given again: the run uses {.fn move_mh}, whose function is not in the file.",
        "i" = "The run's moves are {.code {texts}}."
      ), call = call, argument = "moves")
    }
    return(stored)
  }
  moves <- lapply(check_moves(moves, call), in_order, parameters, call)
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
