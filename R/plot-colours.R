# The colours of plots and of the web page: of a light and of a dark paper.

inks <- list(
  light = c(ink = "#1F4E79", accent = "#C8553D"),
  dark = c(ink = "#7DB3E8", accent = "#F0886E")
)

ink <- function() inks[[paper_kind()]][["ink"]]

accent <- function() inks[[paper_kind()]][["accent"]]

# What is drawn on: the background of the device or, where that is transparent, what its foreground is made for.
paper <- function() {
  background <- graphics::par("bg")
  if (grDevices::col2rgb(background, alpha = TRUE)["alpha", ] > 0) {
    background
  } else if (brightness(graphics::par("fg")) > 0.5) {
    "#1B1F24"
  } else {
    "white"
  }
}

paper_kind <- function() if (brightness(paper()) < 0.5) "dark" else "light"

brightness <- function(col) sum(c(0.299, 0.587, 0.114) * grDevices::col2rgb(col)) / 255

# The foreground of the device, unless it could not be told from the paper.
pen <- function() {
  foreground <- graphics::par("fg")
  if (abs(brightness(foreground) - brightness(paper())) > 0.3) {
    foreground
  } else if (paper_kind() == "dark") {
    "grey90"
  } else {
    "black"
  }
}

mixed <- function(col, with, part) {
  colour <- grDevices::colorRamp(c(with, col))(part)
  grDevices::rgb(colour, maxColorValue = 255)
}

# So much of the colour, on paper.
paler <- function(col, part = 0.28) mixed(col, paper(), part)

faded <- function(part) mixed(pen(), paper(), part)

# One for all walkers, or one for each ensemble.
colours_of <- function(n_ensembles, col = NULL) {
  if (is.null(col)) {
    return(if (n_ensembles > 1) several_colours(n_ensembles) else ink())
  }
  rep_len(col, n_ensembles)
}

several_colours <- function(n) {
  colours <- grDevices::hcl.colors(n, "Dark 3")
  if (paper_kind() == "dark") vapply(colours, mixed, "", with = "white", part = 0.75, USE.NAMES = FALSE) else colours
}
