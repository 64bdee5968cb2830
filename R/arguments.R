# Arguments are matched by their whole names, and what nobody takes is refused before anything is done with it.

# R matches `n = 10` with `n_steps`, since that stands before `...`. Returns the call in which it means the density's
# `n`, moved to `args`; NULL when every name is whole.
exact_call <- function(call, definition, frame) {
  call <- match.call(function(...) NULL, call, envir = frame)
  own <- names(formals(definition))
  before_dots <- own[seq_len(match("...", own) - 1)]
  is_part <- vapply(names(call) %||% rep("", length(call)), function(name) {
    nzchar(name) && !name %in% own && any(startsWith(before_dots, name))
  }, TRUE)
  if (!any(is_part)) {
    return(NULL)
  }
  moved <- as.call(c(quote(base::list), as.list(call)[is_part]))
  exact <- call[!is_part]
  exact[["args"]] <- bquote(base::structure(base::c(.(moved), .(call[["args"]])), moved = .(names(moved)[-1])))
  exact
}

# What goes on to the density beside the position: `...` and `args`. `own` are the arguments of the calling function.
density_arguments <- function(log_prob, dots, args, own, call = rlang::caller_env()) {
  if (!is.list(args) || is.object(args)) abort_argument("args", "a list of arguments for log_prob", args, call)
  given <- c(dots, args)
  if (is_compiled(log_prob) || length(given) == 0) {
    return(given)
  }
  names <- names(given) %||% rep("", length(given))
  check_given_once(names[nzchar(names)], call)
  takes <- names(formals(base::args(log_prob)))
  takes_any <- "..." %in% takes
  explicit <- setdiff(names(args), attr(args, "moved"))
  for (name in setdiff(names, c(takes, ""))) {
    if (!takes_any || (!name %in% explicit && is_misspelt(name, own))) abort_unknown(name, own, takes, call)
  }
  n_free <- if (takes_any) Inf else length(setdiff(takes, names)) - 1
  if (sum(!nzchar(names)) > n_free) abort_unnamed(n_free, call)
  given
}

# One vector of all parameters is what a density gets, not an argument for each.
check_takes_position <- function(log_prob, parameters, arguments, call = rlang::caller_env()) {
  takes <- formals(base::args(log_prob))
  required <- names(takes)[vapply(takes, function(default) identical(default, quote(expr = )), TRUE)]
  asked <- setdiff(required, c("...", names(arguments)))
  if (length(asked) > 1 && all(asked %in% parameters)) {
    abort("argument", c(
      "{.arg log_prob} must take all parameters as one vector, its first argument.",
      "x" = "It has the arguments {.arg {asked}}, which are parameters.",
      "i" = "{.code function(p) f({paste0(asked, ' = p[[\"', asked, '\"]]', collapse = ', ')})}"
    ), call = call, argument = "log_prob")
  }
}

check_given_once <- function(names, call) {
  twice <- unique(names[duplicated(names)])
  if (length(twice) > 0) {
    abort("argument", "{.arg {twice}} {?is/are} given twice to {.arg log_prob}: in {.arg ...} and in {.arg args}.",
      call = call, argument = twice[1]
    )
  }
}

abort_unknown <- function(name, own, takes, call) {
  abort("argument", c(
    "{.arg {name}} is an argument neither of the sampler nor of {.arg log_prob}.",
    "i" = advice_on(name, c(own, takes)),
    "i" = if ("..." %in% takes) "If it is meant for the {.code ...} of {.arg log_prob}: {.code args = list({name} = )}."
  ), call = call, argument = name)
}

abort_unnamed <- function(n_free, call) {
  abort("argument", c(
    "An argument without a name was given for {.arg log_prob}, which takes {if (n_free > 0) n_free else 'none'} beside the position.",
    "i" = "Arguments of the sampler after {.arg n_steps} need their names, such as {.code file = }."
  ), call = call, argument = "...")
}

# Of functions whose `...` is there to keep what comes after it from being matched by a part of its name, and of methods, which
# have it because their generics have. Nothing may vanish in it, and what comes before it needs its whole name, too.
check_no_dots <- function(..., .call = rlang::caller_env()) {
  frame <- sys.parent()
  own <- setdiff(names(formals(sys.function(frame))), "...")
  call <- match.call(function(...) NULL, sys.call(frame), envir = parent.frame(2))
  parts <- setdiff(names(call), c(own, ""))
  if (...length() > 0) refuse_argument(names(list(...))[1] %||% "", own, .call)
  if (length(parts) > 0) refuse_argument(parts[1], own, .call)
}

refuse_argument <- function(name, own, call) {
  abort("argument", c(
    if (nzchar(name)) "{.arg {name}} is not an argument here." else "An argument without a name is one too many.",
    "i" = if (nzchar(name)) advice_on(name, own),
    "i" = "There {?is/are} {.arg {own}}."
  ), call = call, argument = name)
}

# "Did you mean": the argument whose name is nearest, when that is near: a slip in so many letters.
advice_on <- function(name, known, letters = 3) {
  if (plain_name(name) %in% c("burnin", "warmup", "burn", "nburn") && !"discard" %in% known) {
    return("Burn-in is left out where a chain is looked at: {.code summary(run, discard = 1000)}.")
  }
  meant <- nearest_name(name, known, letters)
  if (!is.null(meant)) cli::format_inline("Did you mean {.arg {meant}}?")
}

is_misspelt <- function(name, own) {
  isTRUE(other_names[[plain_name(name)]] %in% own) || (nchar(name) > 3 && !is.null(advice_on(name, setdiff(own, "..."), letters = 4)))
}

nearest_name <- function(name, known, letters) {
  known <- setdiff(known, "...")
  meant <- other_names[[plain_name(name)]]
  if (!is.null(meant) && meant %in% known) {
    return(meant)
  }
  begins <- startsWith(plain_name(known), plain_name(name))
  if (sum(begins) == 1) {
    return(known[begins])
  }
  distance <- utils::adist(plain_name(name), plain_name(known))
  distance[nchar(name) > 2 & begins] <- 1
  near <- min(max(1, nchar(name) %/% letters), nchar(name) - 1)
  if (length(known) > 0 && min(distance) <= near) known[which.min(distance)]
}

plain_name <- function(name) gsub("ise", "ize", gsub("[._]", "", tolower(name)), fixed = TRUE)

# As other samplers call it.
other_names <- list(
  niter = "n_steps", iter = "n_steps", iterations = "n_steps", nsamples = "n_steps", nmcmc = "n_steps",
  p0 = "init", inits = "init", start = "init", initial = "init", startvalue = "init",
  filename = "file", path = "file", backend = "file", pool = "map", cluster = "map", ncores = "n_threads", cores = "n_threads",
  verbose = "progress", skipinitialstatecheck = "check_init", burnin = "discard", warmup = "discard", from = "discard",
  pars = "parameters", variables = "parameters", vars = "parameters", quantiles = "probs",
  prior = "log_prior", logprior = "log_prior", lnprior = "log_prior", bounds = "lower", lb = "lower", ub = "upper", lowerbound = "lower",
  upperbound = "upper", parallel = "map", cl = "map", workers = "n_workers", temps = "temperatures", ntemps = "n_temperatures",
  h5file = "file", output = "file", chains = "n_ensembles", nchains = "n_ensembles"
)
