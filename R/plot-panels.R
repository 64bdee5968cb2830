# The panels that plots and the web page are made of, each drawn into the current figure. Each returns what it drew as a
# data frame.

# Of longer chains quantiles of so many parts are drawn.
most_lines <- 500
most_parts <- 250

# A density is the same to the eye with more of them.
some_rows <- function(draws, most = 1e5) draws[evenly(nrow(draws), most), , drop = FALSE]

evenly <- function(n, most) unique(round(seq(1, n, length.out = min(n, most))))

# What comes before step `first` is shaded.
panel_trace <- function(chain, column, first = chain$steps[1], label = "step", truth = NULL, col = NULL) {
  name <- dimnames(chain$draws)[[3]][column]
  drawn <- panel_walkers(chain, matrix(chain$draws[, , column], dim(chain)[1]), name, label, first, truth, col)
  if (!is.null(drawn)) cbind(parameter = name, drawn)
}

panel_log_prob <- function(chain, first = chain$steps[1], col = NULL) {
  panel_walkers(chain, chain$log_prob, "log-probability", first = first, col = col)
}

panel_walkers <- function(chain, values, name, label = "step", first = chain$steps[1], truth = NULL, col = NULL) {
  values[!is.finite(values)] <- NA
  if (all(is.na(values))) {
    return(panel_message(paste("No finite", name)))
  }
  ensembles <- ensemble_of(chain)
  colours <- colours_of(max(ensembles), col)
  draw <- if (nrow(values) > most_lines) walkers_as_bands else walkers_as_lines
  new_panel(range(chain$steps), range(values, truth, na.rm = TRUE))
  shade_burn_in(chain$steps[1], first)
  drawn <- draw(chain$steps, values, ensembles, colours)
  graphics::abline(h = truth, col = accent(), lwd = 1.5)
  panel_axis(1, label, of = "counts")
  panel_axis(2, name)
  graphics::box(col = faded(0.4))
  drawn
}

shade_burn_in <- function(start, first) {
  if (first > start) {
    edges <- graphics::par("usr")
    graphics::rect(edges[1], edges[3], first, edges[4], col = faded(0.08), border = NA)
    graphics::abline(v = first, col = faded(0.4), lty = 3)
  }
}

walkers_as_lines <- function(steps, values, ensembles, colours) {
  graphics::matplot(steps, values,
    type = if (length(steps) > 1) "l" else "p", pch = 20, lty = 1, lwd = 0.5, add = TRUE,
    col = grDevices::adjustcolor(colours, walker_alpha(ncol(values)))[ensembles]
  )
  data.frame(
    step = rep(steps, ncol(values)), walker = rep(seq_len(ncol(values)), each = length(steps)),
    ensemble = rep(ensembles, each = length(steps)), value = as.vector(values)
  )
}

# The more walkers, the fainter each of them.
walker_alpha <- function(n_walkers) max(0.08, min(0.8, 8 / n_walkers))

# All, 90%, 50% and the middle of the walkers, in parts of the run.
walkers_as_bands <- function(steps, values, ensembles, colours) {
  parts <- cut(seq_along(steps), most_parts, labels = FALSE)
  alpha <- if (max(ensembles) > 1) c(0.1, 0.2, 0.3) else c(0.2, 0.35, 0.5)
  drawn <- lapply(seq_len(max(ensembles)), function(ensemble) {
    bands <- part_quantiles(values[, ensembles == ensemble, drop = FALSE], parts)
    at <- as.vector(tapply(steps, parts, mean))
    for (i in 1:3) draw_band(at, bands[i, ], bands[8 - i, ], grDevices::adjustcolor(colours[ensemble], alpha[i]))
    graphics::lines(at, bands[4, ], col = colours[ensemble])
    data.frame(step = at, ensemble = ensemble, t(bands))
  })
  do.call(rbind, drawn)
}

part_quantiles <- function(values, parts) {
  probs <- c(0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)
  bands <- vapply(split(seq_along(parts), parts), function(rows) {
    finite_quantiles(values[rows[evenly(length(rows), ceiling(2e4 / ncol(values)))], ], probs)
  }, probs)
  rownames(bands) <- paste0("q", 100 * probs)
  bands
}

panel_density <- function(chain, column, truth = NULL, prior = NULL, col = NULL) {
  name <- dimnames(chain$draws)[[3]][column]
  values <- finite_some(chain$draws[, , column])
  if (length(values) == 0) {
    return(panel_message(paste("No finite", name)))
  }
  ensembles <- ensemble_of(chain)
  colours <- colours_of(max(ensembles), col)
  whole <- density_of(values)
  before <- prior_density(prior, whole$x, name)
  each <- if (max(ensembles) > 1) {
    lapply(seq_len(max(ensembles)), function(i) density_of(finite_some(chain$draws[, ensembles == i, column]), range(whole$x)))
  }
  tallest <- max(whole$y, unlist(lapply(each, `[[`, "y")), pmin(before, 3 * max(whole$y)))
  new_panel(range(whole$x, truth), c(0, 1.05 * tallest), yaxs = "i")
  base <- if (length(each) == 0) colours else faded(0.4)
  graphics::polygon(c(whole$x[1], whole$x, whole$x[length(whole$x)]), c(0, whole$y, 0), col = paler(base), border = base)
  for (i in seq_along(each)) graphics::lines(each[[i]]$x, each[[i]]$y, col = colours[i])
  if (!is.null(before)) graphics::lines(whole$x, before, lty = 2, col = faded(0.7))
  graphics::abline(v = stats::quantile(values, c(0.05, 0.5, 0.95)), lty = c(3, 1, 3), col = base)
  graphics::abline(v = truth, col = accent(), lwd = 1.5)
  panel_axis(1, name)
  graphics::box(col = faded(0.4))
  data.frame(parameter = name, x = whole$x, density = whole$y)
}

finite_some <- function(values) {
  values <- some_rows(matrix(values))[, 1]
  values[is.finite(values)]
}

# By a Gaussian kernel, wider than for independent draws. What it would put beyond the outermost draws is turned back there, so that a bound looks like one.
density_of <- function(values, range = plot_range(values)) {
  width <- 1.4 * stats::bw.nrd0(c(values, values))
  near <- 5 * width
  mirrored <- c(
    values, 2 * range[1] - values[values < range[1] + near], 2 * range[2] - values[values > range[2] - near]
  )
  density <- stats::density(mirrored, bw = width, from = range[1], to = range[2], n = 1024)
  list(x = density$x, y = density$y * length(mirrored) / length(values))
}

# All draws, unless a few of them are so far away that nothing could be seen of the others.
plot_range <- function(values) {
  body <- stats::quantile(values, c(0.01, 0.99), names = FALSE)
  width <- 1.5 * diff(body)
  range <- c(max(min(values), body[1] - width), min(max(values), body[2] + width))
  if (diff(range) > 0) range else range + c(-1, 1) * max(abs(range[1]), 1) * 1e-6
}

# A function of the parameter, or draws of it.
prior_density <- function(prior, x, name) {
  if (is.function(prior)) {
    height <- lapply(x, prior)
    bad <- Position(function(y) !is_number(y) || y < 0, height)
    if (!is.na(bad)) {
      abort("argument", c(
        "A function in {.arg prior} must return a density, one number for each value.",
        "x" = "For {.val {name}} at {format(x[bad], digits = 7)} it returned {describe_value(height[[bad]])}."
      ), call = NULL, argument = "prior")
    }
    unlist(height)
  } else if (!is.null(prior)) {
    density <- density_of(prior)
    stats::approx(density$x, density$y, x, yleft = 0, yright = 0)$y
  }
}

# How often each walker, or each ensemble where there are several, has the ranks of each part among all draws.
panel_rank <- function(chain, column, label = "rank of the draw", col = NULL, n_parts = 20) {
  name <- dimnames(chain$draws)[[3]][column]
  values <- matrix(chain$draws[, , column], dim(chain)[1])
  values <- values[evenly(nrow(values), 1e5), , drop = FALSE]
  if (!all(is.finite(values))) {
    return(panel_message(paste("Not all draws are finite:", name)))
  }
  ensembles <- ensemble_of(chain)
  of <- if (max(ensembles) > 1) ensembles else seq_len(ncol(values))
  part <- ceiling(n_parts * rank(values, ties.method = "average") / length(values))
  share <- table(factor(part, seq_len(n_parts)), rep(of, each = nrow(values)))
  share <- n_parts * unclass(share) / rep(colSums(share), each = n_parts)
  at <- (seq_len(n_parts) - 0.5) / n_parts
  colours <- if (max(ensembles) > 1) colours_of(max(ensembles), col) else grDevices::adjustcolor(col[1] %||% ink(), walker_alpha(ncol(share)))
  new_panel(c(0, 1), c(0, max(2, share)), xaxs = "i", yaxs = "i")
  graphics::matplot(c(0, seq_len(n_parts)) / n_parts, share[c(seq_len(n_parts), n_parts), , drop = FALSE], type = "s", lty = 1, col = colours, add = TRUE)
  graphics::abline(h = 1, lty = 2, col = accent())
  panel_axis(1, label)
  panel_axis(2, name)
  graphics::box(col = faded(0.4))
  data.frame(parameter = name, of = rep(sort(unique(of)), each = n_parts), rank = at, frequency = as.vector(share))
}

# `history$tau` is a matrix [length of the chain in updates, parameter].
panel_autocorr <- function(history, names) {
  seen <- is.finite(history$tau) & history$tau > 0
  if (!any(seen)) {
    return(panel_message("The chain is too short to estimate its autocorrelation time."))
  }
  colours <- several_colours(length(names))
  n <- history$n_updates
  graphics::matplot(n, ifelse(seen, history$tau, NA),
    type = "o", pch = 20, cex = 0.7, lty = 1, lwd = 1.5, col = colours, log = "xy", axes = FALSE,
    ylim = range(history$tau[seen], n / 50), xlab = "", ylab = ""
  )
  panel_axis(1, "updates n", of = "logs")
  panel_axis(2, "autocorrelation time in updates", of = "logs")
  graphics::lines(n, n / 50, lty = 2, col = accent())
  graphics::text(max(n), max(n) / 50, "n / 50", pos = 2, offset = 1.2, col = accent())
  if (length(names) <= 12) graphics::legend("topleft", names, col = colours, lwd = 1.5, pch = 20, bty = "n", cex = 0.9)
  graphics::box(col = faded(0.4))
  data.frame(
    parameter = rep(names, each = length(n)), n_updates = rep(n, length(names)), tau = as.vector(history$tau)
  )
}

panel_acceptance <- function(chain) {
  rates <- acceptance_rate(chain)
  new_panel(c(0.5, length(rates) + 0.5), c(0, 1), xaxs = "i", yaxs = "i")
  usual <- c(0.2, 0.5)
  graphics::rect(0, usual[1], length(rates) + 1, usual[2], col = grDevices::adjustcolor(paler(ink()), 0.4), border = NA)
  graphics::abline(h = mean(rates), lty = 2, col = accent())
  graphics::points(seq_along(rates), rates, pch = 19, cex = max(0.4, min(1, 60 / length(rates))), col = ink())
  panel_axis(1, "walker", of = "counts")
  panel_axis(2, "acceptance rate")
  graphics::box(col = faded(0.4))
  data.frame(walker = seq_along(rates), rate = rates)
}

panel_message <- function(text) {
  graphics::plot.new()
  graphics::text(0.5, 0.5, paste(strwrap(text, 50), collapse = "\n"), col = faded(0.6))
  NULL
}
