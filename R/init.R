# Where the walkers start: checks of `init`.

check_init <- function(init, call = rlang::caller_env()) {
  if (inherits(init, c("chain", "chain_file"))) init <- last_state(init)
  if (inherits(init, "draws")) init <- draws_to_matrix(init)
  if (is_one_position(init)) abort_one_position(init, call)
  if (is_grouped(init)) init <- bind_groups(init)
  if (is.data.frame(init)) init <- frame_to_matrix(init, call)
  if (!is.matrix(init) || !is.numeric(init)) {
    abort_argument("init", "a numeric matrix with a row for each walker and a column for each parameter",
      init, call,
      hint = if (is.list(init)) describe_groups(init) else "{.fn init_walkers} makes one."
    )
  }
  if (nrow(init) == 0 || ncol(init) == 0) {
    abort_argument("init", "a matrix with at least one row and one column", init, call)
  }
  bad <- which(!is.finite(init), arr.ind = TRUE)
  if (nrow(bad) > 0) {
    walker <- bad[1, 1]
    parameter <- bad[1, 2]
    abort("argument", c(
      "{.arg init} must be finite everywhere.",
      "x" = "Walker {walker} starts at {describe_position(init[walker, ])}: parameter {parameter_name(init, parameter)} is {init[walker, parameter]}."
    ), call = call, argument = "init")
  }
  check_parameter_names(colnames(init), call)
  storage.mode(init) <- "double"
  matrix(init, nrow(init), dimnames = list(NULL, colnames(init)))
}

# A vector, or a list of single numbers, as other samplers take it.
is_one_position <- function(init) {
  if (is.list(init)) {
    return(is_grouped(init) && all(lengths(init) == 1))
  }
  is.numeric(init) && is.null(dim(init)) && !is.object(init)
}

abort_one_position <- function(position, call) {
  n <- length(position)
  abort("argument", c(
    "{.arg init} must be a matrix with a row for each walker: where each of them starts.",
    "x" = "It is {if (n == 1) 'one number' else paste(if (is.list(position)) 'a list of' else 'a vector of', n, 'numbers')}.",
    "i" = "If it is one position: {.code init = init_walkers({max(32, 4 * n)}, around = {if (is.list(position)) 'unlist(init)' else 'init'})} starts walkers around it.",
    "i" = if (n > 1 && !is.list(position)) "If it is one parameter of {n} walkers: {.code init = matrix(init, ncol = 1)}."
  ), call = call, argument = "init")
}

frame_to_matrix <- function(init, call, arg = "init") {
  other <- names(init)[!vapply(init, is_plain_numeric, TRUE)]
  if (length(other) > 0) {
    abort("argument", "The columns of {.arg {arg}} must be plain numbers; {.val {other}} {?is/are} not.", call = call, argument = arg)
  }
  as.matrix(init)
}

# A walker for each draw.
draws_to_matrix <- function(draws) {
  draws <- posterior::as_draws_matrix(draws)
  matrix(draws, nrow(draws), dimnames = list(NULL, colnames(draws)))
}

# Why a list is not one of groups.
describe_groups <- function(init) {
  rows <- vapply(init, NROW, 0L)
  if (is.null(names(init)) || !all(nzchar(names(init)))) {
    "A list makes groups of parameters: each element needs a name."
  } else if (length(unique(rows)) > 1) {
    paste("A list makes groups of parameters, each with a row for each walker; the rows are", toString(paste(names(rows), rows)))
  } else {
    "A list makes groups of parameters: each element must be a numeric vector or matrix."
  }
}

is_grouped <- function(init) {
  is.list(init) && !is.object(init) && length(init) > 0 && !is.null(names(init)) && all(nzchar(names(init))) &&
    all(vapply(init, is_column, TRUE)) && length(unique(vapply(init, NROW, 0L))) == 1
}

# Or several of them.
is_column <- function(x) is_plain_numeric(x) && length(dim(x)) < 3

# A matrix with the columns of all groups, named as posterior names them: mu, beta[1], beta[2], or, with column names,
# beta[slope].
bind_groups <- function(init) {
  named <- lapply(names(init), function(group) {
    columns <- as.matrix(init[[group]])
    indices <- colnames(columns) %||% if (ncol(columns) > 1) seq_len(ncol(columns))
    matrix(columns, nrow(columns), dimnames = list(NULL, paste0(group, if (!is.null(indices)) paste0("[", indices, "]"))))
  })
  do.call(cbind, named)
}

# The group of each parameter; NULL when there are no groups.
parameter_groups <- function(init) {
  if (is_grouped(init)) {
    rep(names(init), vapply(init, NCOL, 0L))
  } else if (inherits(init, "chain")) {
    init$groups
  } else if (inherits(init, "chain_file")) {
    describe_stored(init$path, init$name)$groups
  } else {
    attr(init, "groups")
  }
}

# Of the parameters of one group: slope of beta[slope]; NULL when they are numbered.
names_in_group <- function(parameters) {
  inner <- sub("^[^[]*\\[(.*)\\]$", "\\1", parameters)
  if (!identical(inner, parameters) && !identical(inner, as.character(seq_along(parameters)))) inner
}

parameter_name <- function(init, column) if (is.null(colnames(init))) column else dQuote(colnames(init)[column], FALSE)

check_parameter_names <- function(parameters, call, arg = "init") {
  taken <- intersect(parameters, reserved_names)
  if (length(taken) > 0) {
    abort("argument", c(
      "A parameter cannot be named {.val {taken[1]}}, which is the name of a column beside the parameters.",
      "i" = if (arg == "init") "Rename the column of {.arg init}." else "Choose another name in {.arg {arg}}."
    ), call = call, argument = arg)
  }
  if (anyDuplicated(parameters) || anyNA(parameters) || any(!nzchar(parameters)) || any(grepl("[[:cntrl:]]", parameters))) {
    abort("argument", c(
      if (arg == "init") {
        "The column names of {.arg init} name the parameters: they must be unique, not empty, and without control characters."
      } else {
        "{.arg {arg}} must be unique, not empty, and without control characters."
      },
      "x" = "They are {.val {parameters}}."
    ), call = call, argument = arg)
  }
}

check_enough_walkers <- function(n_walkers, n_parameters, moves, arg = "init", n_ensembles = 1, call = rlang::caller_env()) {
  found <- cli::pluralize(if (n_ensembles > 1) "Each of its {n_ensembles} ensembles has {n_walkers}" else "It has {n_walkers} walker{?s}")
  whose <- if (n_ensembles > 1) " in each ensemble"
  needed <- max(vapply(moves, least_walkers, 0, n_parameters = n_parameters))
  if (n_walkers < needed) {
    abort("argument", c(
      "{.arg {arg}} must have at least {needed} walker{?s}{whose}, so that each can be moved with the help of others.",
      "x" = "{found}.",
      "i" = if (is_turned(n_walkers, n_parameters, arg)) "A row is a walker: if yours are columns, give {.code t(init)}.",
      "i" = if (arg != "init") "Choose {.arg moves} that need fewer, such as {.fn move_gaussian}."
    ), call = call, argument = arg)
  }
  dangerous <- any(vapply(moves, function(move) move$live_dangerously, TRUE))
  n_parameters <- max(vapply(moves, function(move) length(moved_by(move, n_parameters)), 0L))
  if (n_walkers < 2 * n_parameters && !dangerous) {
    abort("argument", c(
      "{.arg {arg}} must have at least twice as many walkers{whose} as parameters.",
      "x" = "{found} for {n_parameters} parameter{?s}: moves that combine so few walkers do not reach every point.",
      "i" = if (is_turned(n_walkers, n_parameters, arg)) "A row is a walker: if yours are columns, give {.code t(init)}.",
      "i" = "{if (arg == 'init') 'Start more walkers, or set' else 'Set'} {.code live_dangerously = TRUE} in the move."
    ), call = call, argument = arg)
  }
}

# Walkers as columns, as it seems.
is_turned <- function(n_walkers, n_parameters, arg) n_parameters > 3 * n_walkers && arg == "init"

# The largest part of the ensemble must leave enough helpers.
least_walkers <- function(move, n_parameters) {
  if (!is_ensemble_move(move)) {
    return(1)
  }
  helpers <- sum(attr(move, "least_helpers") * c(1, n_parameters))
  n_walkers <- move$n_splits
  while (n_walkers - ceiling(n_walkers / move$n_splits) < helpers) n_walkers <- n_walkers + 1
  n_walkers
}

# emcee's test: the condition number of the centred and scaled positions. A move that does not combine the
# positions of walkers leaves their subspace by itself.
check_spanning <- function(init, moves, call = rlang::caller_env()) {
  blocks <- unique(lapply(moves, moved_by, ncol(init)))
  blocks <- blocks[lengths(blocks) < ncol(init) | length(blocks) == 1]
  is_flat <- vapply(blocks, function(columns) spread_condition(init[, columns, drop = FALSE]) > 1e8, TRUE)
  if (all(vapply(moves, is_ensemble_move, TRUE)) && any(is_flat)) {
    abort("argument", c(
      "The walkers in {.arg init} must be linearly independent.",
      "x" = "They do not span the space of {ncol(init)} parameter{?s}, and moves that combine them stay in the part that they do span.",
      "i" = "Start them in a small ball, {.code init_walkers({nrow(init)}, around = init[1, ])}, or set {.code check_init = FALSE}."
    ), call = call, argument = "init")
  }
}

check_spanning_each <- function(init, moves, n_ensembles, call = rlang::caller_env()) {
  of <- rep(seq_len(n_ensembles), each = nrow(init) / n_ensembles)
  for (ensemble in seq_len(n_ensembles)) check_spanning(init[of == ensemble, , drop = FALSE], moves, call)
}

spread_condition <- function(init) {
  centred <- sweep(init, 2, colMeans(init))
  largest <- apply(abs(centred), 2, max)
  if (any(largest == 0)) {
    return(Inf)
  }
  scaled <- sweep(centred, 2, largest, "/")
  scaled <- sweep(scaled, 2, sqrt(colSums(scaled^2)), "/")
  singular <- svd(scaled, nu = 0, nv = 0)$d
  max(singular) / min(singular)
}

check_possible_start <- function(log_prob, init, n_walkers, call = rlang::caller_env()) {
  if (all(log_prob == -Inf)) {
    abort("log_prob", c(
      "The log-probability is {.code -Inf} where the walkers start, for every walker.",
      "x" = "Walker 1 starts at {describe_position(init[1, ])}.",
      "i" = "Start at least one walker where the density is positive."
    ), call = call, walker = 1, position = init[1, ])
  }
  n_forbidden <- sum(log_prob == -Inf)
  if (n_forbidden > 0) {
    first <- which(log_prob == -Inf)[1]
    cli::cli_inform(c(
      "!" = "{n_forbidden} of {length(log_prob)} walkers start{cli::qty(n_forbidden)}{?s/} where the log-probability is {.code -Inf}.",
      "i" = "For instance {describe_walker(in_ladder(list(walker = first), n_walkers))}, at {describe_position(init[first, ])}."
    ), class = "livechain_message_start")
  }
}
