# The panels that plots and the web page are made of, each drawn into the current figure.

ink <- "#1F4E79"
pale <- "#C9DAEA"
accent <- "#C8553D"

# At most this many points of a walker are drawn: more than a screen or a page can show.
most_points <- 1000

# A density is the same to the eye with more of them.
some_rows <- function(draws, most = 1e5) {
  draws[unique(round(seq(1, nrow(draws), length.out = min(nrow(draws), most)))), , drop = FALSE]
}

panel_trace <- function(chain, column) {
  panel_walkers(chain, matrix(chain$draws[, , column], dim(chain)[1]), dimnames(chain$draws)[[3]][column])
}

panel_log_prob <- function(chain) panel_walkers(chain, chain$log_prob, "log-probability")

panel_walkers <- function(chain, values, label) {
  shown <- unique(round(seq(1, nrow(values), length.out = min(nrow(values), most_points))))
  values <- values[shown, , drop = FALSE]
  values[!is.finite(values)] <- NA
  if (all(is.na(values))) {
    return(panel_message(paste("No finite", label)))
  }
  graphics::matplot(chain$steps[shown], values,
    type = if (length(shown) > 1) "l" else "p", pch = 20, lty = 1, lwd = 0.5,
    col = grDevices::adjustcolor(ink, walker_alpha(ncol(values))), xlab = "step", ylab = ""
  )
  graphics::title(ylab = label, line = 3.2)
}

# The more walkers, the fainter each of them.
walker_alpha <- function(n_walkers) max(0.08, min(0.8, 8 / n_walkers))

panel_density <- function(chain, column) {
  values <- some_rows(matrix(chain$draws[, , column]))[, 1]
  values <- values[is.finite(values)]
  if (length(values) == 0) {
    return(panel_message(paste("No finite", dimnames(chain$draws)[[3]][column])))
  }
  density <- stats::density(values, from = plot_range(values)[1], to = plot_range(values)[2])
  graphics::plot(density$x, density$y,
    type = "n", xlab = dimnames(chain$draws)[[3]][column], ylab = "", ylim = c(0, 1.05 * max(density$y)),
    yaxs = "i", yaxt = "n"
  )
  graphics::polygon(c(density$x[1], density$x, density$x[length(density$x)]), c(0, density$y, 0), col = pale, border = ink)
  graphics::abline(v = stats::quantile(values, c(0.05, 0.5, 0.95)), lty = c(3, 1, 3), col = ink)
}

# Where the values are, without the few that are far away.
plot_range <- function(values) {
  range <- stats::quantile(values, c(0.001, 0.999), names = FALSE)
  margin <- if (diff(range) > 0) 0.15 * diff(range) else max(abs(range[1]), 1) * 1e-6
  range + c(-margin, margin)
}

# `history$tau` is a matrix [length of the chain, parameter].
panel_autocorr <- function(history, names) {
  seen <- is.finite(history$tau) & history$tau > 0
  if (!any(seen)) {
    return(panel_message("The chain is too short to estimate its autocorrelation time."))
  }
  colours <- grDevices::hcl.colors(max(3, length(names)), "Dark 3")[seq_along(names)]
  n <- history$n_steps
  graphics::matplot(n, ifelse(seen, history$tau, NA),
    type = "o", pch = 20, cex = 0.7, lty = 1, lwd = 1.5, col = colours, log = "xy",
    ylim = range(history$tau[seen], n / 50), xlab = "steps n", ylab = ""
  )
  graphics::title(ylab = "autocorrelation time in steps", line = 3.2)
  graphics::lines(n, n / 50, lty = 2, col = accent)
  graphics::text(max(n), max(n) / 50, "n / 50", pos = 2, offset = 1.2, col = accent)
  graphics::legend("topleft", names, col = colours, lwd = 1.5, pch = 20, bty = "n", cex = 0.9)
}

panel_acceptance <- function(chain) {
  rates <- acceptance_rate(chain)
  graphics::plot(seq_along(rates), rates,
    type = "n", xlim = c(0.5, length(rates) + 0.5), ylim = c(0, 1), xaxs = "i", yaxs = "i",
    xlab = "walker", ylab = "acceptance rate"
  )
  usual <- c(0.2, 0.5)
  graphics::rect(0, usual[1], length(rates) + 1, usual[2], col = grDevices::adjustcolor(pale, 0.4), border = NA)
  graphics::abline(h = mean(rates), lty = 2, col = accent)
  graphics::points(seq_along(rates), rates, pch = 19, cex = max(0.4, min(1, 60 / length(rates))), col = ink)
  graphics::box()
}

panel_message <- function(text) {
  graphics::plot.new()
  graphics::text(0.5, 0.5, paste(strwrap(text, 50), collapse = "\n"), col = "grey40")
}
