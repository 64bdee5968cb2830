#' Plot a chain
#'
#' Draws one or more of
#' * `"trace"`: the positions of all walkers, step by step, a panel for each parameter;
#' * `"density"`: the marginal density of each parameter, with its 5%, 50% and 95% quantiles;
#' * `"pairs"`: the marginal densities of each two parameters, with the regions that hold 50% and 90% of the draws;
#' * `"autocorr"`: the autocorrelation time as it was estimated when the chain was shorter, against the number of
#'   updates `n`. Estimates below the line `n / 50` can be trusted;
#' * `"log_prob"`: the log-probability of all walkers, step by step;
#' * `"bands"`: blobs of several numbers, such as a fitted curve or predictive replicates, as quantiles over their index: a panel for
#'   each blob.
#'
#' @inheritParams summary.chain
#' @param x A `chain`, a `chain_file`, or the path of a file whose run is named `"mcmc"`.
#' @param type What to draw. `c("trace", "density")`, the default, has a row for each parameter.
#' @param parameters Names or numbers of the parameters to draw, or names of derived quantities; by default all, or, of
#'   more, the eight parameters with the longest autocorrelation times.
#' @param discard Number of steps to leave out at the beginning, or `"auto"`, as for [read_chain()]. Traces show them
#'   shaded.
#' @param blobs For `"bands"`: names of the blobs to draw; `NULL` for all that have several numbers.
#' @param probs For `"bands"`: probabilities of the quantiles. The outermost two are the palest band, and so on; the middle one is a
#'   line.
#' @param at,observed For `"bands"`: where on the axis the elements of a blob are, such as times, and what was observed there, as
#'   points.
#' @returns `x`, invisibly.
#' @examples
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("x", "y")))
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 2000, seed = 1)
#' plot(chain)
#' plot(chain, type = "pairs")
#' plot(chain, type = "autocorr")
#'
#' growth <- function(p) list(-sum((p - 1)^2) / 0.1, size = exp(p[1] * 0:10 / 5))
#' chain <- run_mcmc(growth, matrix(rnorm(20, 1), 20), 500, seed = 1)
#' plot(chain, type = "bands", discard = 100, at = 0:10)
#' @export
plot.chain <- function(x, type = c("trace", "density"), ..., discard = 0, thin = 1, parameters = NULL, blobs = NULL,
                       probs = c(0.05, 0.25, 0.5, 0.75, 0.95), at = NULL, observed = NULL) {
  check_no_dots(...)
  type <- check_plot_type(type)
  if ("bands" %in% type) plot_bands(x, discard, thin, blobs, check_probs(probs), at, observed)
  type <- setdiff(type, "bands")
  if (length(type) == 0) {
    return(invisible(x))
  }
  chain <- select_chain(x, discard, thin, parameters)
  if (dim(chain)[1] == 0) abort("empty", "The chain has no steps to plot.", call = rlang::current_env())
  columns <- if (is.null(parameters)) slowest(chain$draws, most_shown) else seq_len(dim(chain)[3])
  if (!is.null(attr(columns, "what"))) {
    cli::cli_inform(c("i" = "Of {dim(chain)[3]} parameters, the {attr(columns, 'what')} are drawn; {.arg parameters} chooses others."))
  }
  rows <- intersect(type, c("trace", "density"))
  if (length(rows) > 0) {
    whole <- if (identical(discard, 0) || !"trace" %in% rows) chain else select_chain(x, 0, thin, parameters)
    plot_rows(whole, chain, rows, columns)
  }
  for (page in setdiff(type, rows)) plot_pages[[page]](chain, columns)
  invisible(x)
}

#' @rdname plot.chain
#' @export
plot.chain_file <- plot.chain

check_plot_type <- function(type, call = rlang::caller_env()) {
  known <- c("trace", "density", names(plot_pages), "bands")
  if (!is.character(type) || length(type) == 0 || !all(type %in% known)) {
    expected <- paste0("one or more of ", paste0("\"", known, "\"", collapse = ", "))
    abort_argument("type", expected, type, call)
  }
  unique(type)
}

plot_pages <- list(
  pairs = function(x, columns) plot_pairs(x, columns),
  autocorr = function(x, columns) {
    local_panel()
    x$draws <- x$draws[, , columns, drop = FALSE]
    panel_autocorr(autocorr_history(x), dimnames(x$draws)[[3]])
  },
  log_prob = function(x, columns) {
    local_panel()
    panel_log_prob(x)
  }
)

plot_rows <- function(x, kept, type, columns) {
  local_panel(mfrow = c(length(columns), length(type)))
  for (column in columns) {
    if ("trace" %in% type) panel_trace(x, column, kept$steps[1])
    if ("density" %in% type) panel_density(kept, column)
  }
}

# Sets the style of panels until the calling function returns.
local_panel <- function(mfrow = c(1, 1), mar = c(3, 4.6, 0.8, 0.8), oma = c(0, 0, 0, 0), frame = parent.frame()) {
  old <- graphics::par(mfrow = mfrow, mar = mar, oma = oma, mgp = c(1.8, 0.5, 0), tcl = -0.25, las = 1)
  whole_numbers <- options(scipen = 7)
  restore <- substitute(
    {
      graphics::par(old)
      options(whole_numbers)
    },
    list(old = old, whole_numbers = whole_numbers)
  )
  do.call(on.exit, list(restore, add = TRUE), envir = frame)
}
