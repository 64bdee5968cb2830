# Axes whose labels can be told apart, fit beside the panel and do not collide.

# A panel without axes; `...` goes to plot().
new_panel <- function(xlim, ylim, ...) {
  graphics::plot(NA, xlim = xlim, ylim = ylim, type = "n", axes = FALSE, xlab = "", ylab = "", ...)
}

# Draws the axis and, beyond the numbers, its label. Where numbers differ only in digits far behind, ticks are from a number that
# the label names: "T0 - 2454950". Of counts thousands are told apart, as wherever they are shown.
panel_axis <- function(side, label = "", of = c("values", "counts", "logs")) {
  ticks <- switch(match.arg(of),
    values = axis_ticks(axis_range(side)),
    counts = count_ticks(whole_ticks(axis_range(side))),
    logs = count_ticks(graphics::axTicks(side))
  )
  graphics::axis(side, at = ticks$at, labels = ticks$texts)
  axis_label(side, from_label(label, ticks$from), if (side == 1) 1.7 else text_lines(ticks$texts) + 0.7, most = 4.3)
}

axis_range <- function(side) graphics::par("usr")[if (side == 1) 1:2 else 3:4]

# As large as the panel has room for.
axis_label <- function(side, label, line, most = Inf) {
  room <- graphics::par("pin")[side] * 1.1
  graphics::mtext(label, side, line = min(line, most), las = 0, cex = fitting_cex(label, room, graphics::par("cex")))
}

# How many lines of the margin these texts take when they stand across it.
text_lines <- function(texts) {
  line <- graphics::par("mai")[2] / graphics::par("mar")[2]
  max(graphics::strwidth(texts, "inches"), 0) / line + 0.5
}

count_ticks <- function(at) list(at = at, from = 0, texts = vapply(at, with_commas, ""))

whole_ticks <- function(range) {
  at <- pretty(range)
  at[at >= range[1] & at <= range[2] & at %% 1 == 0]
}

axis_ticks <- function(range, n = 5, widest = 7) {
  at <- pretty(range, n)
  at <- at[at >= range[1] & at <= range[2]]
  if (max(nchar(sub("-", "", format_ticks(at))), 0) <= widest || length(at) < 2) {
    return(list(at = at, from = 0, texts = format_ticks(at)))
  }
  # A round number near the middle, to ten times the distance of the ticks.
  step <- 10^ceiling(log10(10 * diff(at[1:2])) - 1e-9)
  from <- round(mean(range) / step) * step
  if (abs(from) < diff(range(at))) from <- 0
  list(at = at, from = from, texts = texts_from(at, from))
}

texts_from <- function(at, from) {
  step <- signif(min(diff(at), Inf), 4)
  format_ticks(if (from == 0) at else step * round((at - from) / step))
}

# Whether texts at these places of a horizontal axis would touch.
collide <- function(at, texts, inches_per_unit) {
  width <- graphics::strwidth(texts, "inches")
  needed <- (width[-1] + width[-length(width)]) / 2 + graphics::strwidth("m", "inches")
  any(needed > diff(at) * inches_per_unit)
}

from_label <- function(label, from) {
  if (from == 0) label else paste(label, if (from < 0) "+" else "-", sub("[.]$", "", format_from(abs(from))))
}

format_from <- function(x) {
  text <- format(x, digits = 15, scientific = 9)
  if (grepl("[.]", text)) text else paste0(text, ".")
}

# How large text may be to fit into so many inches, and still be read.
fitting_cex <- function(text, inches, most = 1) {
  width <- max(graphics::strwidth(text, "inches", cex = 1), 1e-6)
  max(min(most, inches / width), 0.45)
}
