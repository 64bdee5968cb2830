# How numbers are shown, wherever they are.

# Whatever R's options say of decimal points.
with_commas <- function(x) format(x, big.mark = ",", decimal.mark = ".", trim = TRUE, scientific = FALSE)

format_count <- function(n) ifelse(is.finite(n), with_commas(round(n)), "-")

# As it is typed in code.
plain_number <- function(x) if (is.numeric(x)) format(x, scientific = 7, digits = 15) else x

format_rate <- function(rate) with_commas(signif(rate, 3))

format_seconds <- function(seconds) {
  unit <- c(day = 86400, h = 3600, min = 60, s = 1)
  unit <- unit[seconds >= unit | unit == 1][1]
  sprintf("%s %s", format(round(seconds / unit, 1), nsmall = if (seconds < 10) 1 else 0), names(unit))
}

format_bytes <- function(bytes) format(structure(bytes, class = "object_size"), units = "auto", standard = "SI")

# To the digit that the spread of a distribution gives a meaning to: 3.5247000 when it is 0.0000021.
format_by_sd <- function(x, sd, digits = 3) {
  mapply(function(x, sd) {
    if (!is.finite(x)) {
      return(format(x))
    }
    decimals <- if (is.finite(sd) && sd > 0) digits - 1 - floor(log10(sd))
    if (is.null(decimals)) {
      return(format(x, digits = 7))
    }
    plain <- decimals <= 15 && abs(x) < 1e12 && (decimals <= 6 || abs(x) > 1e-3)
    significant <- if (x == 0) digits else min(max(digits, decimals + 1 + floor(log10(abs(x)))), 15)
    if (plain) formatC(round(x, decimals) + 0, digits = max(0, decimals), format = "f") else format(x, digits = significant)
  }, x, sd, USE.NAMES = FALSE)
}

# All significant digits, also when they are zeros; as 0.00012, not as 1.2e-04, unless it is very small or large.
format_signif <- function(x, digits) {
  plain <- is.finite(x) & (x == 0 | (abs(x) >= 1e-6 & abs(x) < 1e9))
  ifelse(plain, sub("[.]$", "", formatC(x, digits = digits, format = "fg", flag = "#")), format(signif(x, digits), trim = TRUE))
}

# Where an axis has its ticks: as many digits as tell them apart.
format_ticks <- function(at) {
  step <- min(diff(sort(unique(at))), Inf)
  if (!is.finite(step) || step == 0) {
    return(format(at, trim = TRUE))
  }
  decimals <- max(0, -floor(log10(step) + 1e-5))
  at <- round(at, min(decimals + 3, 300)) + 0
  size <- max(abs(at))
  if (size >= 1e9 || decimals > 12 || (size < 1e-4 && size > 0)) {
    return(format(signif(at, 15), trim = TRUE, scientific = TRUE))
  }
  formatC(at, digits = decimals, format = "f")
}
