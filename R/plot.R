#' Plot a chain
#'
#' Draws the traces of all walkers and the marginal density of each parameter, a row each.
#'
#' @param x A `chain` or a `chain_file`.
#' @param parameters Names or numbers of the parameters to plot, at most eight by default.
#' @param ... Not used.
#' @returns `x`, invisibly.
#' @examples
#' init <- matrix(rnorm(40), 20, dimnames = list(NULL, c("x", "y")))
#' chain <- run_mcmc(function(x) -sum(x^2) / 2, init, 500, seed = 1)
#' plot(chain)
#' @export
plot.chain <- function(x, parameters = NULL, ...) {
  names <- dimnames(x$draws)[[3]]
  if (is.null(parameters)) parameters <- utils::head(seq_along(names), 8)
  columns <- check_parameters(parameters, list(n_parameters = length(names), names = names))
  old <- graphics::par(
    mfrow = c(length(columns), 2), mar = c(3, 4.6, 0.8, 0.8), mgp = c(1.8, 0.5, 0), tcl = -0.25, las = 1
  )
  on.exit(graphics::par(old))
  for (column in columns) {
    plot_trace(x, column)
    plot_density(x, column)
  }
  invisible(x)
}

#' @export
plot.chain_file <- function(x, ...) {
  plot(read_file(x), ...)
  invisible(x)
}

# At most this many points of a walker are drawn: more than a screen or a page can show.
most_points <- 1000

plot_trace <- function(x, column) {
  shown <- unique(round(seq(1, dim(x)[1], length.out = min(dim(x)[1], most_points))))
  values <- matrix(x$draws[shown, , column], length(shown))
  graphics::matplot(x$steps[shown], values,
    type = "l", lty = 1, lwd = 0.5, col = grDevices::adjustcolor("#1F4E79", walker_alpha(dim(x)[2])),
    xlab = "step", ylab = ""
  )
  graphics::title(ylab = dimnames(x$draws)[[3]][column], line = 3.2)
}

# The more walkers, the fainter each of them.
walker_alpha <- function(n_walkers) max(0.08, min(0.8, 8 / n_walkers))

plot_density <- function(x, column) {
  values <- as.vector(x$draws[, , column])
  if (diff(range(values)) == 0) values <- values[1] + c(-1, 1) * 1e-9
  density <- stats::density(values)
  graphics::plot(density$x, density$y,
    type = "n", xlab = dimnames(x$draws)[[3]][column], ylab = "", ylim = c(0, 1.05 * max(density$y)),
    yaxs = "i", yaxt = "n"
  )
  graphics::polygon(density$x, density$y, col = "#C9DAEA", border = "#1F4E79")
  graphics::abline(v = stats::quantile(values, c(0.05, 0.5, 0.95)), lty = c(3, 1, 3), col = "#1F4E79")
}
