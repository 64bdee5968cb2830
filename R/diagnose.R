#' Can this chain be trusted?
#'
#' A verdict on a chain, from what can be known of one that is wrong: ensembles that disagree, walkers that disagree, a
#' walker that is stuck, proposals that are hardly ever accepted, and a chain that is too short. One line of it stands
#' wherever a chain is shown: when it is printed, in [chain_status()], [watch_chain()] and [monitor_chain()], and at the end
#' of a run that has problems.
#'
#' What it costs does not depend on the length of the chain: it looks at some of the steps.
#'
#' @section What is looked at:
#' * `density`: some steps are of another density, with which the run was begun; see `verify` of [resume_mcmc()];
#' * `ensembles`: nested R-hat over ensembles is above 1.05; see [rhat()];
#' * `walkers`: R-hat over walkers is above 1.1;
#' * `stuck`: a walker never moved, or its mean log-probability is below the median over walkers by more than
#'   6 median absolute deviations and 3;
#' * `acceptance`: fewer than 1% of the proposals were accepted;
#' * `short`: the chain is shorter than 10 autocorrelation times of a parameter, pooled; see [autocorr_time()]. Walkers of a
#'   chain of that length have an R-hat of about 1.1. emcee asks for 50, of estimates in which each walker's own mean
#'   stands for the truth;
#' * `unknown`: the draws of a parameter never change, or some are missing.
#'
#' No problem is no proof. One ensemble that started in one of several modes, and never left it, looks right: start another
#' one elsewhere and compare.
#'
#' @inheritParams autocorr_time
#' @returns A list of class `chain_diagnosis`: `ok`, whether there is no problem; and `problems`, a data frame with a row
#'   for each: its `kind`, `what` it is in words, the `value` that was found, the `limit` that it is beyond, and an `advice`.
#' @concept convergence
#' @concept stuck walkers
#' @seealso [converged()], which ends a run when there is no problem and there are enough draws.
#' @examples
#' # Two modes between which no walker moves
#' log_prob <- function(x) log(sum(dnorm(x, c(-20, 20))))
#' init <- matrix(rep(c(-20, 20), 10) + rnorm(20))
#' chain <- run_mcmc(log_prob, init, 1000, moves = move_stretch(), seed = 1)
#' diagnose(chain)
#' @export
diagnose <- function(x, ..., discard = "auto", thin = 1, parameters = NULL) {
  check_no_dots(...)
  discard <- check_discard(discard)
  thin <- check_whole(thin, 1)
  if (is_path(x)) x <- stored_chain(x, rlang::current_env())
  if (!inherits(x, c("chain", "chain_file"))) x <- chain_of_numbers(x, rlang::current_env())
  view <- if (inherits(x, "chain_file") && thin == 1) {
    view_of_file(x$path, x$name, parameters, discard)
  } else if (identical(discard, "auto")) {
    view_of_chain(select_chain(x, thin = thin, parameters = parameters))
  } else {
    view_of_chain(select_chain(x, discard, thin, parameters), 0)
  }
  diagnose_view(view)
}

diagnose_view <- function(view) {
  rows <- view_rows(view, 256)
  if (length(rows$draws) == 0) abort("empty", "The chain has no steps to judge.", call = rlang::caller_env())
  problems <- do.call(rbind, lapply(unname(known_problems), function(look) look(view, rows)))
  if (is.null(problems)) problems <- problem(character(), character(), double(), double(), character())
  structure(list(ok = nrow(problems) == 0, problems = problems, view = view_facts(view)), class = "chain_diagnosis")
}

problem <- function(kind, what, value, limit, advice) data.frame(kind, what, value = unname(value), limit, advice)

# What is said when there is no problem.
view_facts <- function(view) list(n_ensembles = view$n_ensembles, ess = min(view_ess(view)), discard = view$discard)

# In autocorrelation times, for their pooled estimate to be believed.
least_length <- 10

# Each looks at a view and at some of its rows, and returns a problem or NULL.
known_problems <- list(
  density = function(view, rows) {
    if (view$discard < view$updated_at) {
      problem("density", "some steps are of another density", view$updated_at, 0, "Leave them out: discard = \"auto\" does.")
    }
  },
  ensembles = function(view, rows) {
    if (view$n_ensembles == 1 || nrow(rows$draws) < 8) {
      return(NULL)
    }
    disagreement(
      "ensembles", rhat_over(rows$draws, view$n_ensembles), 1.05, view$names,
      "The ensembles are in different places: run longer, mix in moves that jump, such as move_de(gamma0 = 1), or temper."
    )
  },
  walkers = function(view, rows) {
    if (nrow(rows$draws) < 8 || ncol(rows$draws) < 2) {
      return(NULL)
    }
    disagreement(
      "walkers", rhat_over(rows$draws), 1.1, view$names,
      "The walkers stay in different places: run longer, or with moves that jump, such as those of moves = NULL."
    )
  },
  stuck = function(view, rows) {
    varying <- apply(rows$draws, 3, function(x) any(x != x[1], na.rm = TRUE)) # a constant says nothing of walkers
    walkers <- which(any(varying) & never_moved(rows$draws[, , varying, drop = FALSE]) & view_updates(view) >= 50 | left_behind(rows$log_prob))
    if (length(walkers) == 0) {
      return(NULL)
    }
    what <- sprintf(ngettext(length(walkers), "walker %s is stuck", "walkers %s are stuck"), some_of(walkers))
    problem(
      "stuck", what, length(walkers), 0,
      "Start near each other where the density is high, for instance from last_state() of the others; mix in move_de()."
    )
  },
  acceptance = function(view, rows) {
    if (!isTRUE(view$acceptance > 0 && view$acceptance < 0.01)) {
      return(NULL)
    }
    problem(
      "acceptance", sprintf("%.1f%% of the proposals are accepted", 100 * view$acceptance), view$acceptance, 0.01,
      "The proposals are too bold: mix moves, or look whether parameters are correlated in odd ways."
    )
  },
  short = function(view, rows) {
    length <- view_updates(view) / pmax(view$tau, 1)
    if (nrow(rows$draws) < 2) length[] <- 0
    if (all(length >= least_length, na.rm = TRUE)) {
      return(NULL)
    }
    length[is.na(length)] <- Inf
    what <- sprintf("too short for %s: %d of %d autocorrelation times", some_of(view$names[length < least_length]), floor(min(length)), least_length)
    problem("short", what, min(length), least_length, "Run longer: resume_mcmc() goes on.")
  },
  unknown = function(view, rows) {
    unknown <- is.na(view$tau)
    if (nrow(rows$draws) < 2 || !any(unknown)) {
      return(NULL)
    }
    what <- sprintf("nothing is known of %s: the draws never change, or some are missing", some_of(view$names[unknown]))
    problem("unknown", what, sum(unknown), 0, "Look why, or choose the others by `parameters`.")
  }
)

disagreement <- function(kind, rhat, limit, names, advice) {
  worst <- which(rhat > limit)
  if (length(worst) == 0) {
    return(NULL)
  }
  what <- sprintf("%s disagree on %s: R-hat %.2f", kind, some_of(names[worst]), max(rhat[worst]))
  problem(kind, what, max(rhat[worst]), limit, advice)
}

never_moved <- function(draws) {
  apply(draws, 2, function(walker) {
    walker <- matrix(walker, nrow(draws))
    all(walker == rep(walker[1, ], each = nrow(walker)))
  })
}

# Walkers in places where the density is much lower than where the others are, all the time.
left_behind <- function(log_prob) {
  if (is.null(log_prob)) {
    return(FALSE)
  }
  forbidden <- colMeans(is.finite(log_prob)) < 0.5
  log_prob[!is.finite(log_prob)] <- NA
  level <- ifelse(forbidden, -Inf, colMeans(log_prob, na.rm = TRUE))
  usual <- level[!forbidden]
  level < stats::median(usual) - 6 * stats::mad(usual) - 3
}

some_of <- function(x) paste0(paste(utils::head(x, 3), collapse = ", "), if (length(x) > 3) sprintf(" and %d more", length(x) - 3))

#' @export
format.chain_diagnosis <- function(x, ...) {
  if (x$ok) {
    return(sprintf("no problem found, %s effective draws at least", format_count(x$view$ess)))
  }
  paste(x$problems$what, collapse = "; ")
}

#' @export
print.chain_diagnosis <- function(x, ...) {
  cat("<diagnosis> ", if (x$ok) format(x) else cli::pluralize("{nrow(x$problems)} problem{?s}"), "\n", sep = "")
  for (i in seq_len(nrow(x$problems))) {
    cat("* ", x$problems$what[i], " (limit ", format(x$problems$limit[i]), ")\n", sep = "")
    writeLines(strwrap(x$problems$advice[i], indent = 2, exdent = 2))
  }
  if (x$view$n_ensembles == 1) {
    cat("One ensemble cannot tell whether there are modes that it never saw: start another elsewhere and compare.\n")
  }
  invisible(x)
}

# One line, or nothing where nothing can be said.
verdict <- function(view) {
  diagnosis <- tryCatch(diagnose_view(view), error = function(condition) NULL)
  if (!is.null(diagnosis)) format(diagnosis)
}

# Of a file that may be anything.
verdict_of_file <- function(path, name) {
  view <- tryCatch(view_of_file(path, name), error = function(condition) NULL)
  if (!is.null(view)) verdict(view)
}

# The end of a run is told what it may have missed.
inform_problems <- function(view) {
  diagnosis <- tryCatch(diagnose_view(view), error = function(condition) NULL)
  if (is.null(diagnosis) || diagnosis$ok) {
    return(invisible())
  }
  cli::cli_inform(c("!" = "Not to be trusted yet, {format(diagnosis)}: see {.fn diagnose}."), class = "livechain_message_diagnosis")
}
