# The progress bar of a run: NULL, or a function that is told the number of steps a few times a second.
progress_bar <- function(settings, show, frame = parent.frame()) {
  if (!show) {
    return(NULL)
  }
  bar <- cli::cli_progress_bar(
    total = settings$n_done + settings$n_steps,
    format = "Sampling {cli::pb_bar} {cli::pb_percent} | {cli::pb_current}/{cli::pb_total} steps | {cli::pb_rate} | {cli::pb_eta_str}",
    current = FALSE, clear = FALSE, .envir = frame, .auto_close = TRUE
  )
  cli::cli_progress_update(set = settings$n_done, id = bar)
  function(n_steps) cli::cli_progress_update(set = n_steps, id = bar)
}
