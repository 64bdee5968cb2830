# Warnings of a density, which may come at every call: each is given once, at the end, with how often it came.

# Other than these are counted together.
most_warnings <- 10

# Evaluates `code`; `heard` counts. Where warnings are errors (`options(warn = 2)`), they remain so, and ours are not the density's.
counting_warnings <- function(code, heard) {
  withCallingHandlers(code, warning = function(condition) {
    if (getOption("warn") < 2 && !inherits(condition, own_warnings)) {
      heard$hear(condition)
      tryInvokeRestart("muffleWarning")
    }
  })
}

own_warnings <- paste0("livechain_warning_", c("rule", "autocorr", "interrupted", "blobs"))

warning_counter <- function() {
  kept <- list()
  n_others <- 0
  hear <- function(condition) {
    n <- condition$n_heard %||% 1
    key <- paste(c(conditionMessage(condition), deparse(conditionCall(condition), nlines = 1)), collapse = "\n")
    if (is.null(kept[[key]]) && length(kept) == most_warnings) {
      n_others <<- n_others + n
    } else {
      kept[[key]] <<- list(condition = condition, n = n + (kept[[key]]$n %||% 0))
    }
  }
  tell <- function() {
    for (one in kept) warning(with_count(one$condition, one$n))
    if (n_others > 0) warning(sprintf("and %s warnings of other kinds", format_count(n_others)), call. = FALSE)
    kept <<- list()
    n_others <<- 0
  }
  list(hear = hear, tell = tell, kept = function() unname(kept))
}

with_count <- function(condition, n) {
  if (n > 1) condition$message <- sprintf("%s (%s times)", conditionMessage(condition), format_count(n))
  condition
}
