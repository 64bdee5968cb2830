# Marginal densities of each two parameters, below the diagonal; of each one, on it.

plot_pairs <- function(chain, columns, truth = NULL, main = NULL, col = NULL) {
  n <- length(columns)
  ink <- col[1] %||% ink()
  local_panel(mfrow = c(n, n), mar = c(0.3, 0.3, if (n <= most_titled) 1.6 else 0.3, 0.3), oma = c(5.5, 5.5, 0.8, 0.5), main = main)
  draws <- as.matrix(chain)[, columns, drop = FALSE]
  draws <- some_rows(draws[rowSums(!is.finite(draws)) == 0, , drop = FALSE])
  if (nrow(draws) == 0) {
    return(panel_message("No draw is finite."))
  }
  names <- colnames(draws)
  for (row in seq_len(n)) {
    for (column in seq_len(n)) {
      if (column > row) {
        graphics::plot.new()
        next
      }
      if (column == row) {
        pair_diagonal(draws[, row], truth[[names[row]]], ink)
        if (n <= most_titled) pair_title(names[row], draws[, row])
      } else {
        pair_region(draws[, column], draws[, row], truth[[names[column]]], truth[[names[row]]], ink)
      }
      if (row == n) pair_axis(1, names[column])
      if (column == 1 && row > 1) pair_axis(2, names[row])
    }
  }
  as.data.frame(draws)
}

# Of more there is no room for the quantiles above the diagonal.
most_titled <- 6

# Inches; of less the labels of ticks would collide.
least_with_ticks <- 0.4

# The median, with the distances of the 16% and 84% quantiles.
pair_title <- function(name, x) {
  quantiles <- stats::quantile(x, c(0.16, 0.5, 0.84), names = FALSE)
  sd <- stats::sd(x)
  text <- format_by_sd(c(quantiles[2], quantiles[3] - quantiles[2], quantiles[2] - quantiles[1]), rep(sd, 3), 2)
  title <- bquote(.(text[1])[paste("-", .(text[3]))]^paste("+", .(text[2])))
  graphics::mtext(title, 3, line = 0.2, las = 0, cex = fitting_cex(title, graphics::par("pin")[1] * 1.05, 0.75))
}

# Few ticks, so that they do not collide; those of the lowest row stand upright where they would.
pair_axis <- function(side, label) {
  range <- axis_range(side)
  ticks <- axis_ticks(range + c(0.08, -0.08) * diff(range), 3, widest = 6)
  size <- graphics::par("pin")[side]
  if (size < least_with_ticks) {
    return(graphics::mtext(label, side, line = 0.3, las = 2, cex = 0.5))
  }
  across <- side == 2 || collide(ticks$at, ticks$texts, size / diff(range))
  graphics::axis(side, at = ticks$at, labels = ticks$texts, las = if (across) 2 else 1)
  axis_label(side, from_label(label, ticks$from), if (across) text_lines(ticks$texts) + 0.7 else 1.7, most = 4.3)
}

pair_diagonal <- function(x, truth = NULL, ink) {
  density <- density_of(x)
  new_panel(range(density$x), c(0, 1.08 * max(density$y)), xaxs = "i", yaxs = "i")
  edges <- range(density$x)
  graphics::polygon(c(edges[1], density$x, edges[2]), c(0, density$y, 0), col = paler(ink), border = ink)
  graphics::abline(v = truth, col = accent(), lwd = 1.5)
  graphics::box(col = faded(0.3))
}

pair_region <- function(x, y, truth_x = NULL, truth_y = NULL, ink) {
  map <- density_map(x, y)
  new_panel(range(map$x), range(map$y), xaxs = "i", yaxs = "i")
  draw_heights(map, grDevices::colorRampPalette(c(paper(), paler(ink), ink))(64))
  levels <- levels_holding(map$z, c(0.5, 0.9))
  if (anyDuplicated(levels) == 0) {
    graphics::contour(map$x, map$y, map$z, levels = levels, drawlabels = FALSE, col = ink, lty = c(1, 3), add = TRUE)
  }
  graphics::abline(v = truth_x, h = truth_y, col = accent())
  graphics::box(col = faded(0.3))
}

draw_heights <- function(map, colours) {
  height <- map$z / max(map$z)
  picture <- matrix(colours[1 + round((length(colours) - 1) * height)], nrow(height))
  edges <- graphics::par("usr")
  graphics::rasterImage(t(picture)[rev(seq_len(ncol(picture))), ], edges[1], edges[3], edges[2], edges[4])
}

# The density of the draws on a grid: a histogram, smoothed by a Gaussian kernel.
density_map <- function(x, y, n = 96) {
  axis_of <- function(values) {
    range <- plot_range(values)
    middle <- range[1] + diff(range) * (seq_len(n) - 0.5) / n
    kernel <- outer(middle, middle, function(a, b) stats::dnorm(a, b, smoothing_width(values, range, n)))
    list(middle = middle, kernel = kernel, cell = findInterval(values, seq(range[1], range[2], length.out = n + 1), all.inside = TRUE))
  }
  across <- axis_of(x)
  up <- axis_of(y)
  counts <- matrix(tabulate(across$cell + n * (up$cell - 1), n^2), n)
  list(x = across$middle, y = up$middle, z = across$kernel %*% counts %*% up$kernel)
}

smoothing_width <- function(values, range, n) max(1.4 * stats::bw.nrd0(values), diff(range) / n)

# The heights above which lie these parts of the whole.
levels_holding <- function(z, parts) {
  sorted <- sort(z, decreasing = TRUE)
  sorted[findInterval(parts, cumsum(sorted) / sum(sorted)) + 1]
}
