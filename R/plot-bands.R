# Blobs of several numbers, such as a fitted curve or predictive replicates: quantile bands over their index.

plot_bands <- function(x, discard, thin, blobs, probs, at, observed, main = NULL, col = NULL,
                       call = rlang::caller_env()) {
  vectors <- vector_blobs(read_all(x, discard, thin, call))
  vectors <- vectors[check_vector_blobs(blobs, vectors, call)]
  local_panel(mfrow = grDevices::n2mfrow(length(vectors)), main = main)
  drawn <- lapply(names(vectors), function(name) {
    n <- dim(vectors[[name]])[3]
    panel_bands(
      vectors[[name]], name, probs,
      at = check_along(at, n, name, call, "at") %||% seq_len(n), observed = check_along(observed, n, name, call, "observed"),
      label = if (is.null(at)) "index" else "", col = col[1] %||% ink()
    )
  })
  do.call(rbind, drawn)
}

# Blobs of several numbers, not in rows and columns, by their names.
vector_blobs <- function(chain) {
  Filter(function(field) length(dim(field)) == 3 && (is.numeric(field) || is.logical(field)), export_fields(chain))
}

check_vector_blobs <- function(blobs, vectors, call) {
  known <- names(vectors)
  if (length(known) == 0) {
    abort("argument", c(
      "The chain has no blobs of several numbers to draw as bands.",
      "i" = "A density returns them as {.code list(log_prob, fitted = values)}."
    ), call = call, argument = "type")
  }
  if (is.null(blobs)) {
    return(known)
  }
  if (!is.character(blobs) || length(blobs) == 0 || !all(blobs %in% known)) {
    abort_argument("blobs", cli::format_inline("names of blobs of several numbers, of {.val {known}}"), blobs, call)
  }
  blobs
}

check_along <- function(values, n, blob, call, arg = rlang::caller_arg(values)) {
  if (!is.null(values) && (!is.numeric(values) || length(values) != n)) {
    abort_argument(arg, cli::format_inline("{n} numbers, one for each element of blob {.val {blob}}"), values, call)
  }
  values
}

# The outermost two of `probs` are the palest band, and so on inwards; the middle one of an odd number is a line.
panel_bands <- function(field, name, probs, at, observed = NULL, label = "index", col = ink()) {
  order <- order(at)
  draws <- some_rows(matrix(field, ncol = dim(field)[3]))[, order, drop = FALSE]
  at <- at[order]
  bands <- apply(draws, 2, finite_quantiles, sort(probs))
  bands <- matrix(bands, length(probs))
  if (!any(is.finite(bands))) {
    return(panel_message(paste("No finite", name)))
  }
  n_bands <- length(probs) %/% 2
  shades <- grDevices::colorRampPalette(c(paler(col), col))(n_bands + 2)
  new_panel(range(at), range(bands, observed, finite = TRUE))
  for (i in seq_len(n_bands)) draw_band(at, bands[i, ], bands[length(probs) + 1 - i, ], shades[i])
  if (length(probs) %% 2 == 1) graphics::lines(at, bands[n_bands + 1, ], col = col, lwd = 2)
  if (!is.null(observed)) graphics::points(at, observed[order], pch = 20, col = accent())
  panel_axis(1, label)
  panel_axis(2, name)
  graphics::box(col = faded(0.4))
  rownames(bands) <- paste0("q", 100 * sort(probs))
  data.frame(blob = name, at = at, t(bands))
}

# Where nothing is known there is a gap.
draw_band <- function(at, lower, upper, colour) {
  known <- is.finite(lower) & is.finite(upper)
  parts <- split(seq_along(at)[known], cumsum(!known)[known])
  for (part in parts) {
    graphics::polygon(c(at[part], rev(at[part])), c(lower[part], rev(upper[part])), col = colour, border = NA)
  }
}

finite_quantiles <- function(values, probs) {
  values <- values[is.finite(values)]
  if (length(values) == 0) rep(NA_real_, length(probs)) else stats::quantile(values, probs, names = FALSE)
}
