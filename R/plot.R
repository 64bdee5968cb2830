#' Plot a chain
#'
#' Draws one or more of
#' * `"trace"`: the positions of all walkers, step by step, a panel for each parameter; of more than 500 steps their quantiles in parts
#'   of the run: from palest to darkest all walkers, 90% and 50% of them, and their median. What `discard` leaves out is shaded;
#' * `"density"`: the marginal density of each parameter, with its 5%, 50% and 95% quantiles;
#' * `"pairs"`: the marginal densities of each two parameters, with the regions that hold 50% and 90% of the draws; up to six
#'   parameters have their median above, with the distances of the 16% and 84% quantiles. A corner plot;
#' * `"rank"`: how often each walker, or each ensemble, has the lowest ranks among all draws, and so on to the highest
#'   (Vehtari et al. 2021). Where they agree the lines are level, at 1;
#' * `"autocorr"`: the autocorrelation time as it was estimated when the chain was shorter, against the number of
#'   updates `n`. Estimates below the line `n / 50` can be trusted;
#' * `"log_prob"`: the log-probability of all walkers, step by step;
#' * `"bands"`: blobs of several numbers, such as a fitted curve or predictive replicates, as quantiles over their index: a panel for
#'   each blob.
#'
#' Several ensembles have a colour each. Where the numbers of an axis differ only in late digits, they are from a number that its
#' label names, such as `T0 - 2454950`. Plots are drawn in the colours of the device, on light and on dark paper:
#' `par(bg = "black", fg = "white")`. Of a file at most some 10,000 steps are read, evenly spaced, unless `"autocorr"` is drawn.
#'
#' @inheritParams summary.chain
#' @param x A `chain`, a `chain_file`, or the path of a file: of its only run, or of that named `"mcmc"`.
#' @param type What to draw. `c("trace", "density")`, the default, has a row for each parameter.
#' @param parameters Names or numbers of the parameters to draw, or names of derived quantities; by default all, or, of
#'   more, the eight parameters with the longest autocorrelation times.
#' @param discard Number of steps to leave out at the beginning, or `"auto"`, as for [read_chain()]. Traces show them
#'   shaded.
#' @param truth Values to mark: numbers with the names of parameters, or one for each parameter that is drawn.
#' @param prior For `"density"`: a list with, by the names of parameters, the density of the prior, a function of a number, or
#'   draws from it. Dashed.
#' @param main A title for each page.
#' @param col A colour, or one for each ensemble.
#' @param blobs For `"bands"`: names of the blobs to draw; `NULL` for all that have several numbers.
#' @param probs For `"bands"`: probabilities of the quantiles. The outermost two are the palest band, and so on; the middle one is a
#'   line.
#' @param at,observed For `"bands"`: where on the axis the elements of a blob are, such as times, and what was observed there, as
#'   points.
#' @returns Invisibly, what was drawn: a list of data frames, one for each `type`.
#' @concept corner plot
#' @concept trace plot, rank plot
#' @concept posterior predictive check
#' @references Vehtari et al. (2021) \doi{10.1214/20-BA1221}.
#' @examples
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("x", "y")))
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 2000, seed = 1)
#' plot(chain, discard = 200)
#' plot(chain, type = "density", truth = c(x = 0), prior = list(x = function(x) dnorm(x, 0, 3)))
#' plot(chain, type = "pairs", truth = c(0, 0), main = "Two normal parameters")
#' drawn <- plot(chain, type = "autocorr")
#' head(drawn$autocorr)
#'
#' growth <- function(p) list(-sum((p - 1)^2) / 0.1, size = exp(p[1] * 0:10 / 5))
#' chain <- run_mcmc(growth, matrix(rnorm(20, 1), 20), 500, seed = 1)
#' plot(chain, type = "bands", discard = 100, at = 0:10)
#' @export
plot.chain <- function(x, type = c("trace", "density"), ..., discard = 0, thin = 1, parameters = NULL, truth = NULL, prior = NULL,
                       main = NULL, col = NULL, blobs = NULL, probs = c(0.05, 0.25, 0.5, 0.75, 0.95), at = NULL,
                       observed = NULL) {
  check_no_dots(...)
  type <- check_plot_type(type)
  if (!is.null(main)) check_string(main)
  check_colours(col)
  drawn <- list()
  if ("bands" %in% type) drawn$bands <- plot_bands(x, discard, thin, blobs, check_probs(probs), at, observed, main, col)
  type <- setdiff(type, "bands")
  if (length(type) == 0) {
    return(invisible(drawn))
  }
  thin <- if ("autocorr" %in% type) thin else thin_to_draw(x, thin)
  chain <- select_chain(x, discard, thin, parameters)
  if (length(chain$draws) == 0) {
    abort("empty", "The chain has no {c('steps', 'walkers', 'parameters')[dim(chain) == 0][1]} to plot.", call = rlang::current_env())
  }
  columns <- if (is.null(parameters)) slowest(chain$draws, most_shown) else seq_len(dim(chain)[3])
  if (!is.null(attr(columns, "what"))) {
    cli::cli_inform(c("i" = "Of {dim(chain)[3]} parameters, the {attr(columns, 'what')} are drawn; {.arg parameters} chooses others."))
  }
  names <- dimnames(chain$draws)[[3]]
  about <- list(truth = check_truth(truth, names[columns], names), prior = check_prior(prior, names), main = main, col = col)
  rows <- intersect(type, c("trace", "density"))
  if (length(rows) > 0) {
    whole <- if (identical(discard, 0) || !"trace" %in% rows) chain else select_chain(x, 0, thin, parameters)
    drawn[rows] <- plot_rows(whole, chain, rows, columns, about)
  }
  for (page in setdiff(type, rows)) drawn[[page]] <- plot_pages[[page]](chain, columns, about)
  invisible(drawn)
}

#' @rdname plot.chain
#' @export
plot.chain_file <- plot.chain

check_plot_type <- function(type, call = rlang::caller_env()) {
  known <- c("trace", "density", names(plot_pages), "bands")
  if (!is.character(type) || length(type) == 0 || !all(type %in% known)) {
    expected <- paste0("one or more of ", paste0("\"", known, "\"", collapse = ", "))
    abort_argument("type", expected, type, call, hint = if ("corner" %in% type) "A corner plot is {.code type = \"pairs\"}.")
  }
  unique(type)
}

check_colours <- function(col, call = rlang::caller_env()) {
  known <- is.null(col) || ((is.character(col) || is.numeric(col)) && length(col) > 0 && !anyNA(col) &&
    !inherits(try(grDevices::col2rgb(col), silent = TRUE), "try-error"))
  if (!known) abort_argument("col", "NULL or colours", col, call)
}

# A list by the names of parameters.
check_truth <- function(truth, shown, known, call = rlang::caller_env()) {
  if (is.null(truth)) {
    return(list())
  }
  if (is.list(truth) && all(lengths(truth) == 1)) truth <- unlist(truth)
  if (is.numeric(truth) && is.null(names(truth)) && length(truth) == length(shown)) names(truth) <- shown
  require_known(names(truth), known, "truth", call)
  if (!is.numeric(truth) || is.null(names(truth))) {
    expected <- cli::format_inline("numbers with names of parameters, of {.val {known}}, or one for each of the {length(shown)} that are drawn")
    abort_argument("truth", expected, truth, call)
  }
  as.list(truth)
}

require_known <- function(names, known, arg, call) {
  unknown <- setdiff(names, known)
  if (length(unknown) > 0) {
    abort("argument", c(
      "The names of {.arg {arg}} must be those of parameters or derived quantities: {.val {known}}.",
      "x" = "There is no {.val {unknown}}."
    ), call = call, argument = arg)
  }
}

check_prior <- function(prior, known, call = rlang::caller_env()) {
  if (is.list(prior)) require_known(names(prior), known, "prior", call)
  is_prior <- function(x) is.function(x) || (is.numeric(x) && length(x) > 1 && all(is.finite(x)))
  if (!is.null(prior) && !(is.list(prior) && !is.null(names(prior)) && all(vapply(prior, is_prior, TRUE)))) {
    abort_argument("prior", cli::format_inline("a list with functions or draws by the names of parameters, of {.val {known}}"), prior, call)
  }
  prior
}

# More steps of a file are not read for a picture.
thin_to_draw <- function(x, thin, most = 1e4) {
  if (inherits(x, "chain") || !is_whole(thin)) {
    return(thin)
  }
  thin * max(1, dim(x)[1] %/% (most * thin))
}

plot_pages <- list(
  pairs = function(x, columns, about) plot_pairs(x, columns, about$truth, about$main, about$col),
  rank = function(x, columns, about) {
    plot_grid(columns, 1, about, function(column, is_last) panel_rank(x, column, if (is_last) "rank of the draw" else "", about$col))
  },
  autocorr = function(x, columns, about) {
    local_panel(main = about$main)
    x$draws <- x$draws[, , columns, drop = FALSE]
    panel_autocorr(autocorr_history(x), dimnames(x$draws)[[3]])
  },
  log_prob = function(x, columns, about) {
    local_panel(main = about$main)
    panel_log_prob(x, col = about$col)
  }
)

plot_rows <- function(x, kept, type, columns, about) {
  drawn <- list()
  plot_grid(columns, length(type), about, function(column, is_last) {
    name <- dimnames(x$draws)[[3]][column]
    if ("trace" %in% type) {
      trace <- panel_trace(x, column, kept$steps[1], if (is_last) "step" else "", about$truth[[name]], about$col)
      drawn$trace <<- rbind(drawn$trace, trace)
    }
    if ("density" %in% type) {
      density <- panel_density(kept, column, about$truth[[name]], about$prior[[name]], about$col)
      drawn$density <<- rbind(drawn$density, density)
    }
  }, below = if ("density" %in% type) 3 else 2)
  drawn[type]
}

# A row for each column of the draws, on as many pages as it takes to read them; `below`: lines for what is below each.
plot_grid <- function(columns, n_across, about, draw, below = 2) {
  n_pages <- ceiling(length(columns) / max(1, floor(graphics::par("din")[2] / least_row)))
  n_down <- ceiling(length(columns) / n_pages)
  local_panel(mfrow = c(n_down, n_across), mar = c(below, 5.4, 0.6, 1.8), oma = c(1.2, 0, 0, 0), main = about$main)
  rows <- lapply(seq_along(columns), function(i) draw(columns[i], i %% n_down == 0 || i == length(columns)))
  do.call(rbind, rows)
}

# Inches. Eight rows have room on a page of seven.
least_row <- 0.85

# Sets the style of panels until the calling function returns.
local_panel <- function(mfrow = c(1, 1), mar = c(3, 5.4, 0.8, 1.8), oma = c(0, 0, 0, 0), main = NULL, frame = parent.frame()) {
  if (!is.null(main)) oma[3] <- oma[3] + 2
  pen <- pen()
  old <- graphics::par(
    mfrow = mfrow, cex = 0.75, mar = mar, oma = oma, mgp = c(1.8, 0.45, 0), tcl = -0.25, las = 1,
    fg = pen, col = pen, col.axis = pen
  )
  whole_numbers <- options(scipen = 7)
  title <- if (!is.null(main)) function() graphics::mtext(main, 3, line = oma[3] - 1.7, outer = TRUE, las = 0, font = 2)
  restore <- substitute(
    {
      if (!is.null(title)) title()
      graphics::par(old)
      options(whole_numbers)
    },
    list(old = old, whole_numbers = whole_numbers, title = title)
  )
  do.call(on.exit, list(restore, add = TRUE), envir = frame)
}
