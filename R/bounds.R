# Where walkers may be: bounds, and parameters on circles.

# Of all parameters, as the sampler and files have them: `lower` and `upper`, `periodic`, or none of them.
check_domain <- function(lower, upper, periodic, parameters, call = rlang::caller_env()) {
  lower <- of_parameters(lower, -Inf, parameters, "lower", call)
  upper <- of_parameters(upper, Inf, parameters, "upper", call)
  period <- of_parameters(periodic, Inf, parameters, "periodic", call)
  crossed <- lower >= upper
  if (any(crossed)) {
    abort("argument", c(
      "{.arg lower} must be below {.arg upper}.",
      "x" = "{cli::qty(sum(crossed))}It is not for parameter{?s} {.val {parameters[crossed]}}."
    ), call = call, argument = "lower")
  }
  check_periods(period, is.finite(lower) | is.finite(upper), parameters, call)
  is_bounded <- any(is.finite(c(lower, upper)))
  c(
    if (is_bounded) list(lower = lower, upper = upper),
    if (any(is.finite(period))) list(periodic = ifelse(is.finite(period), period, 0))
  )
}

check_periods <- function(period, is_bounded, parameters, call) {
  if (any(period <= 0)) {
    abort("argument", c(
      "{.arg periodic} must be positive: a period.",
      "x" = "That of {.val {parameters[period <= 0][1]}} is {period[period <= 0][1]}."
    ), call = call, argument = "periodic")
  }
  both <- is.finite(period) & is_bounded
  if (any(both)) {
    abort("argument", c(
      "A parameter in {.arg periodic} has no bounds: it goes from 0 to its period, and around.",
      "x" = "{.val {parameters[both]}} {cli::qty(sum(both))}{?is/are} in {.arg lower} or {.arg upper}, too."
    ), call = call, argument = "periodic")
  }
}

# One number for each parameter, with `none` where there is none.
of_parameters <- function(values, none, parameters, arg, call) {
  if (is.null(values)) {
    return(rep(none, length(parameters)))
  }
  ok <- is.atomic(values) && !is.object(values) && is.null(dim(values)) && length(values) > 0 &&
    (is.numeric(values) || all(is.na(values)))
  named <- !is.null(names(values))
  if (!ok || !(named || length(values) %in% c(1, length(parameters)))) {
    expected <- sprintf("a number, one for each parameter (here %d), or numbers with the names of parameters", length(parameters))
    abort_argument(arg, expected, values, call)
  }
  all <- rep(none, length(parameters))
  if (named) {
    columns <- lapply(names(values), match_names, parameters)
    check_bound_names(names(values), columns, parameters, arg, call)
    all[unlist(columns)] <- rep(as.double(values), lengths(columns))
  } else {
    all[] <- as.double(values)
  }
  ifelse(is.na(all), none, all)
}

check_bound_names <- function(names, columns, parameters, arg, call) {
  unknown <- vapply(columns, anyNA, TRUE)
  if (any(unknown)) {
    abort("argument", c(
      "The names of {.arg {arg}} must be those of parameters: {.val {parameters}}.",
      "x" = "{.val {names[unknown]}} {cli::qty(sum(unknown))}{?is/are} not."
    ), call = call, argument = arg)
  }
  twice <- unique(unlist(columns)[duplicated(unlist(columns))])
  if (length(twice) > 0) {
    abort("argument", "{.arg {arg}} must name a parameter once; {.val {parameters[twice]}} {?is/are} named twice.",
      call = call, argument = arg
    )
  }
}

# Where the walkers start: within the bounds, or wrapped around circles.
start_within <- function(init, domain, parameters, call = rlang::caller_env()) {
  if (!is.null(domain$lower)) check_within(init, domain, parameters, call)
  for (column in which(domain$periodic > 0)) init[, column] <- wrapped(init[, column], domain$periodic[column])
  init
}

# R's remainder of a number just below 0 is the period.
wrapped <- function(x, period) {
  x <- x %% period
  ifelse(x < period, x, 0)
}

check_within <- function(init, domain, parameters, call) {
  is_out <- sweep(init, 2, domain$lower, "<") | sweep(init, 2, domain$upper, ">")
  if (!any(is_out)) {
    return(invisible())
  }
  walkers <- which(rowSums(is_out) > 0)
  out <- parameters[colSums(is_out) > 0]
  first <- which(is_out[walkers[1], ])[1]
  abort("argument", c(
    "{.arg init} must be within {.arg lower} and {.arg upper}.",
    "x" = "{length(walkers)} of {nrow(init)} walkers start{cli::qty(length(walkers))}{?s/} outside: {walkers}.",
    "x" = "{cli::qty(length(out))}They do so in parameter{?s} {.val {out}}.",
    "i" = "Walker {walkers[1]}, for instance, at {describe_position(init[walkers[1], ])}: {.val {parameters[first]}} goes from {domain$lower[first]} to {domain$upper[first]}.",
    "i" = "{.fn init_walkers} takes {.arg lower} and {.arg upper}, too."
  ), call = call, argument = "init", walkers = walkers)
}

# Of a run in a file that may have been made by anybody.
stored_domain <- function(run, call) {
  domain <- Filter(Negate(is.null), run$facts[c("lower", "upper", "periodic")])
  n <- run$n_parameters
  fits <- vapply(domain, function(values) is.numeric(values) && length(values) == n && !anyNA(values), TRUE)
  if (!all(fits) || is.null(domain$lower) != is.null(domain$upper) || !all(is.finite(domain$periodic)) || any(domain$periodic < 0)) {
    abort("damaged", c(
      "The file of the run is damaged: its bounds are none.",
      "x" = "There are {.val {names(domain)}} for {n} parameter{?s}."
    ), call = call)
  }
  domain
}
