# Marginal densities of each two parameters, below the diagonal; of each one, on it.

plot_pairs <- function(chain, columns) {
  n <- length(columns)
  local_panel(mfrow = c(n, n), mar = c(0.4, 0.4, 0.4, 0.4), oma = c(4, 4.4, 0.5, 0.5))
  draws <- as.matrix(chain)[, columns, drop = FALSE]
  draws <- some_rows(draws[rowSums(!is.finite(draws)) == 0, , drop = FALSE])
  if (nrow(draws) == 0) {
    return(panel_message("No draw is finite."))
  }
  for (row in seq_len(n)) {
    for (column in seq_len(n)) {
      if (column > row) {
        graphics::plot.new()
        next
      }
      if (column == row) pair_diagonal(draws[, row]) else pair_region(draws[, column], draws[, row])
      if (row == n) pair_axis(1, colnames(draws)[column])
      if (column == 1 && row > 1) pair_axis(2, colnames(draws)[row])
    }
  }
}

pair_axis <- function(side, label) {
  graphics::axis(side)
  graphics::mtext(label, side, line = if (side == 1) 2 else 3, las = 0, cex = 0.8)
}

pair_diagonal <- function(x) {
  range <- plot_range(x)
  density <- stats::density(x, from = range[1], to = range[2])
  graphics::plot(density$x, density$y,
    type = "n", axes = FALSE, xlab = "", ylab = "", xlim = range, xaxs = "i", yaxs = "i", ylim = c(0, 1.08 * max(density$y))
  )
  graphics::polygon(c(range[1], density$x, range[2]), c(0, density$y, 0), col = pale, border = ink)
  graphics::box(col = "grey70")
}

pair_region <- function(x, y) {
  map <- density_map(x, y)
  graphics::image(map$x, map$y, map$z,
    col = grDevices::colorRampPalette(c("white", pale, ink))(64), axes = FALSE, xlab = "", ylab = ""
  )
  levels <- levels_holding(map$z, c(0.5, 0.9))
  if (anyDuplicated(levels) == 0) {
    graphics::contour(map$x, map$y, map$z, levels = levels, drawlabels = FALSE, col = accent, add = TRUE)
  }
  graphics::box(col = "grey70")
}

# The density of the draws on a grid: a histogram, smoothed by a Gaussian kernel.
density_map <- function(x, y, n = 64) {
  axis_of <- function(values) {
    range <- plot_range(values)
    middle <- range[1] + diff(range) * (seq_len(n) - 0.5) / n
    kernel <- outer(middle, middle, function(a, b) stats::dnorm(a, b, smoothing_width(values, range, n)))
    list(middle = middle, kernel = kernel, cell = findInterval(values, seq(range[1], range[2], length.out = n + 1)))
  }
  across <- axis_of(x)
  up <- axis_of(y)
  inside <- across$cell %in% seq_len(n) & up$cell %in% seq_len(n)
  counts <- matrix(tabulate((across$cell + n * (up$cell - 1))[inside], n^2), n)
  list(x = across$middle, y = up$middle, z = across$kernel %*% counts %*% up$kernel)
}

smoothing_width <- function(values, range, n) max(0.7 * stats::bw.nrd0(values), diff(range) / n)

# The heights above which lie these parts of the whole.
levels_holding <- function(z, parts) {
  sorted <- sort(z, decreasing = TRUE)
  sorted[findInterval(parts, cumsum(sorted) / sum(sorted)) + 1]
}
