# Ensembles at several temperatures: the arguments, and what is known of the ladder.

most_temperatures <- 1000

names_of_tempering <- c("n_temperatures", "betas", "adapt_steps", "adapt_updates")

check_tempering <- function(n_temperatures, temperatures, max_temperature, adapt_steps, n_steps, thin_by, n_parameters,
                            call = rlang::caller_env()) {
  n <- check_whole(n_temperatures, 1, most_temperatures, "n_temperatures", call)
  check_number(max_temperature, "a number above 1, or Inf", function(x) x > 1, "max_temperature", call)
  if (!is.null(adapt_steps)) check_whole(adapt_steps, 0, arg = "adapt_steps", call = call)
  if (!is.null(temperatures)) {
    check_temperatures(temperatures, n, max_temperature, call)
    n <- length(temperatures)
  }
  if (n == 1) {
    refuse_without_temperatures(max_temperature, adapt_steps, call)
    return(list(n_temperatures = 1))
  }
  adapt_steps <- adapt_steps %||% if (is.null(temperatures)) floor(0.4 * n_steps) else 0
  list(
    n_temperatures = n, betas = 1 / (temperatures %||% first_ladder(n, max_temperature, n_parameters)),
    adapt_steps = adapt_steps, adapt_updates = adapt_steps * thin_by
  )
}

check_temperatures <- function(temperatures, n, max_temperature, call) {
  ok <- is.numeric(temperatures) && !is.object(temperatures) && length(temperatures) %in% 2:most_temperatures &&
    !anyNA(temperatures) && temperatures[1] == 1 && all(diff(temperatures) > 0)
  if (!ok) abort_argument("temperatures", "two or more numbers that increase from 1 on; the last may be Inf", temperatures, call)
  if (n != 1 && n != length(temperatures)) {
    abort("argument", "{.arg n_temperatures} is {n}, and there are {length(temperatures)} {.arg temperatures}.", call = call, argument = "n_temperatures")
  }
  if (max_temperature != Inf) {
    abort("argument", "{.arg max_temperature} must be left out where {.arg temperatures} are given.", call = call, argument = "max_temperature")
  }
}

refuse_without_temperatures <- function(max_temperature, adapt_steps, call) {
  given <- c(if (max_temperature != Inf) "max_temperature", if (!is.null(adapt_steps)) "adapt_steps")
  if (length(given) > 0) {
    abort("argument", "{.arg {given[1]}} is for runs with {.arg n_temperatures} of 2 or more.", call = call, argument = given[1])
  }
}

# So far apart that a quarter of the swaps would be taken if the density were normal.
first_ladder <- function(n, max_temperature, n_parameters) {
  if (max_temperature < Inf) {
    return(max_temperature^((seq_len(n) - 1) / (n - 1)))
  }
  c((1 + 2 * sqrt(log(4) / n_parameters))^(seq_len(n - 1) - 1), Inf)
}

check_temperable <- function(tempering, has_prior, moves, call = rlang::caller_env()) {
  if (tempering$n_temperatures == 1) {
    return(invisible())
  }
  if (!has_prior) {
    abort("argument", c(
      "{.arg log_prior} is needed for several temperatures: the prior is not tempered.",
      "i" = "{.arg log_prob} is then the log-likelihood. In C++: {.code livechain::density(f).prior(g)}."
    ), call = call, argument = "log_prior")
  }
  if (any(vapply(moves, function(move) "dime" %in% c(move$type, move$move$type), TRUE))) {
    abort("argument", "{.arg moves} cannot have {.fn move_dime} at several temperatures: what it learns is of one.", call = call, argument = "moves")
  }
}

# A matrix, from which each temperature begins, or [walker, parameter, temperature], which becomes rows, temperature after
# temperature.
stack_temperatures <- function(init, n_temperatures, call = rlang::caller_env()) {
  if (length(dim(init)) != 3 || is.object(init)) {
    return(list(init = init, n_given = 1))
  }
  if (dim(init)[3] != n_temperatures) {
    abort("argument", c(
      "{.arg init} must be a matrix, or have a layer for each of the {n_temperatures} temperature{?s}.",
      "x" = "It has {dim(init)[3]}."
    ), call = call, argument = "init")
  }
  rows <- matrix(aperm(init, c(1, 3, 2)), ncol = dim(init)[2], dimnames = list(NULL, dimnames(init)[[2]]))
  list(init = rows, n_given = n_temperatures)
}

tempering_facts <- function(settings) {
  if (settings$n_temperatures > 1) list(n_temperatures = settings$n_temperatures, adapt_steps = settings$adapt_steps)
}

tempering_arrays <- function(settings) if (settings$n_temperatures > 1) list(betas = settings$betas)

stored_tempering <- function(facts, thin_by, call) {
  n <- facts[["n_temperatures"]]
  if (is.null(n)) {
    return(list(n_temperatures = 1))
  }
  betas <- facts[["betas"]]
  adapt_steps <- facts[["adapt_steps"]]
  ok <- is_whole(n) && n > 1 && n <= most_temperatures && is.numeric(betas) && length(betas) == n &&
    isTRUE(betas[1] == 1 && all(diff(betas) < 0) && betas[n] >= 0) && is_whole(adapt_steps)
  if (!ok) abort("damaged", "The file of the run is damaged: its temperatures are not what a run can have.", call = call)
  list(n_temperatures = n, betas = as.double(betas), adapt_steps = adapt_steps, adapt_updates = adapt_steps * thin_by)
}

# `ladder` are the first numbers of a run's memory: inverse temperatures, swaps tried and taken between each and the next,
# and round trips; the latter of them since the ladder is frozen.
read_ladder <- function(ladder, n, adapt_steps) {
  between <- seq_len(n - 1)
  list(
    temperatures = 1 / ladder[seq_len(n)],
    swap_rate = ladder[2 * n - 1 + between] / ladder[n + between],
    n_trips = ladder[3 * n - 1], adapt_steps = adapt_steps
  )
}

# Of a run as it is described; NULL when there is one temperature.
ladder_of <- function(run, ladder) {
  n <- run$facts[["n_temperatures"]]
  if (!is.null(n) && length(ladder) == 3 * n - 1) read_ladder(ladder, n, run$facts[["adapt_steps"]])
}

describe_ladder <- function(ladder) {
  paste0(length(ladder$temperatures), " temperatures, ", format_rates(ladder$swap_rate))
}

least_swap_rate <- function(ladder) {
  rate <- min(ladder$swap_rate %||% NA_real_)
  if (is.finite(rate)) rate else NA_real_
}

# Of a row of chain_status().
status_temperatures <- function(run) {
  if (run$n_temperatures > 1) {
    known <- if (is.na(run$swap_rate)) "no swaps yet" else sprintf("swap rates from %.2f", run$swap_rate)
    sprintf("%.0f temperatures, %s", run$n_temperatures, known)
  }
}

format_rates <- function(rate) {
  if (!all(is.finite(rate))) {
    return("no swaps yet")
  }
  paste("swap rates", paste(unique(sprintf("%.2f", range(rate))), collapse = " to "))
}
