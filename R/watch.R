#' Watch a run in the terminal
#'
#' Shows how a run is going, whoever is sampling it, until it ends: how far it is, how fast, the time left, and
#' for each parameter the mean, the standard deviation, the autocorrelation time `tau` in updates, the length of the chain
#' in autocorrelation times, the effective sample size `ess`, and a trace of the mean of the walkers from the
#' run's beginning on. Ctrl-C leaves it; the run is not disturbed. It works from any shell as well, by
#' `Rscript -e 'livechain::watch_chain("enzyme.h5")'`.
#'
#' In a terminal, the display is refreshed in place. Where the output goes elsewhere, to a file or a notebook, a line is
#' printed a minute instead.
#'
#' An estimate of `tau` is marked by `~` when the chain is shorter than 10 `tau` and it cannot be trusted yet.
#' The last line is the verdict of [diagnose()] on all parameters, also those that are not shown. What a look costs does not
#' depend on the length of the chain.
#'
#' Of a folder, a table of its runs is shown, as [chain_status()] has it, until none of them is going on.
#'
#' @inheritParams open_chain
#' @param file Path of the HDF5 file, or the `chain_file` that [run_mcmc()] returned; or of a folder.
#' @param interval Seconds between two looks; `NULL` for 1 in a terminal and 60 where lines are printed.
#' @param parameters Names or numbers of the parameters to show, or names of derived quantities, which are blobs of one number; by
#'   default the first eight parameters.
#' @param wait How many seconds to wait at most for a file that does not exist yet.
#' @returns The last [chain_status()], invisibly.
#' @inheritSection open_chain Errors
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 1000, file = file, seed = 1)
#' watch_chain(file) # ends at once, as the run has ended
#' @export
watch_chain <- function(file, name = "mcmc", ..., interval = NULL, parameters = NULL, wait = 0) {
  check_no_dots(...)
  in_place <- cli::is_ansi_tty(stdout())
  interval <- if (is.null(interval)) (if (in_place) 1 else 60) else check_positive(interval)
  if (is_folder(file)) {
    return(invisible(watch_folder(file, interval, in_place)))
  }
  path <- check_path(file)
  name <- check_run_name(run_name(file, name))
  follower <- follow_chain(path, name, parameters, if (is.null(parameters)) most_shown else Inf, check_seconds(wait))
  on.exit(close_follower(follower))
  show <- if (in_place) show_in_place() else show_line
  tryCatch(watch(follower, interval, show), interrupt = function(condition) cat("\n"))
  invisible(structure(follower_status(follower), class = c("chain_status", "data.frame")))
}

# The end of the run is seen at once, however long the interval.
watch <- function(follower, interval, show) {
  repeat {
    status <- follower_status(follower)
    show(status, follower)
    if (status$state != "running") break
    shown <- seconds_now()
    while (follower$look$state == "running" && seconds_now() < shown + interval) {
      pause(min(interval, 0.5))
      if (seconds_now() < shown + interval) follower$look <- poll(follower$reader)
    }
    update_follower(follower)
  }
}

show_line <- function(status, follower) {
  figures <- parameter_figures(follower)
  worst <- which.max(figures$tau)
  told <- c(
    status_progress(status),
    if (is.finite(status$acceptance)) sprintf("acceptance %.2f", status$acceptance),
    status_temperatures(status),
    if (length(worst) == 1) sprintf("tau %s (%s)", format_tau(figures)[worst], figures$parameter[worst]),
    if (length(worst) == 1) paste("ess", format_count(figures$ess[worst])),
    if (length(worst) == 1) verdict(judged_view(follower)),
    if (nzchar(status_end(status))) status_end(status)
  )
  cat(format(Sys.time(), "%Y-%m-%d %H:%M:%S "), status$name, ": ", paste(told, collapse = ", "), "\n", sep = "")
}

show_in_place <- function() {
  show <- lines_in_place()
  function(status, follower) show(watch_screen(status, follower))
}

lines_in_place <- function() {
  n_before <- 0
  function(lines) {
    lines <- cli::ansi_strtrim(lines, cli::console_width())
    up <- if (n_before > 0) sprintf("\033[%dA", n_before) else ""
    cat(up, paste0(lines, "\033[K\n"), "\033[J", sep = "")
    utils::flush.console()
    n_before <<- length(lines)
  }
}

watch_screen <- function(status, follower, width = min(cli::console_width(), 100)) {
  state <- switch(status$state, running = cli::col_green("running"), finished = cli::col_blue("finished"), cli::col_red("interrupted"))
  shape <- c(
    cli::pluralize("{status$n_walkers} walker{?s} x {status$n_parameters} parameter{?s}"),
    status_temperatures(status),
    if (is.finite(status$acceptance)) sprintf("acceptance %.2f", status$acceptance), paste(format_bytes(status$size), "file")
  )
  c(
    paste0(cli::style_bold(status$name), " in ", basename(follower$reader$path), " ", state, ", ", status_writer(status)),
    progress_line(status, width),
    paste(shape, collapse = ", "),
    "",
    parameter_table(follower, width),
    if (isTRUE(status$n_steps > 0)) verdict(judged_view(follower)),
    if (status$state == "interrupted") sprintf("%s: resume_mcmc() goes on.", status_end(status))
  )
}

progress_line <- function(status, width) {
  figures <- paste(status_progress(status)[-1], collapse = ", ")
  room <- width - nchar(figures) - 1
  if (room < 5) {
    return(substr(figures, 1, width))
  }
  done <- round(room * percent_done(status) / 100)
  glyphs <- if (cli::is_utf8_output()) c("\u2588", "\u2591") else c("#", "-")
  paste(paste0(strrep(glyphs[1], done), strrep(glyphs[2], room - done)), figures)
}

parameter_table <- function(follower, width) {
  figures <- parameter_figures(follower)
  if (is.null(figures)) {
    return("No step has been published yet.")
  }
  columns <- list(
    parameter = figures$parameter, mean = format_by_sd(figures$mean, figures$sd), sd = format_by_sd(figures$sd, figures$sd),
    tau = format_tau(figures), "n/tau" = format_count(figures$n_updates / figures$tau), ess = format_count(figures$ess)
  )
  aligned <- Map(format, Map(c, names(columns), columns), justify = c("left", rep("right", 5)))
  table <- do.call(paste, c(unname(aligned), sep = "  "))
  traces <- apply(follower_chain(follower)$draws, 3, rowMeans)
  room <- max(8, width - nchar(table[1]) - 2)
  traces <- apply(matrix(traces, ncol = nrow(figures)), 2, block_trace, width = room)
  paste0(table, "  ", c("trace", traces))
}

# A data frame with a row a parameter, or NULL as long as there are no steps.
parameter_figures <- function(follower, discard = 0) {
  n_steps <- follower$look$n_steps - discard
  if (is.na(n_steps) || n_steps <= 0) {
    return(NULL)
  }
  n_updates <- n_steps * follower$reader$run$thin_by
  chain <- follower_chain(follower, discard)
  tau <- follower_tau(follower, discard)
  data.frame(
    parameter = dimnames(chain$draws)[[3]], mean = apply(chain$draws, 3, mean), sd = apply(chain$draws, 3, stats::sd),
    tau = tau, n_updates = n_updates, ess = n_updates * dim(chain)[2] / tau
  )
}

# A series as a row of block characters, each as high as the mean of its part.
block_trace <- function(x, width) {
  parts <- cut(seq_along(x), min(width, length(x)), labels = FALSE)
  heights <- as.vector(tapply(x, parts, mean))
  range <- range(heights, finite = TRUE)
  format(cli::spark_bar(if (diff(range) > 0) (heights - range[1]) / diff(range) else 0 * heights))
}

format_tau <- function(figures) {
  uncertain <- ifelse(least_length * figures$tau > figures$n_updates, "~", "")
  ifelse(is.finite(figures$tau), paste0(uncertain, trimws(formatC(figures$tau, digits = 3, format = "fg", big.mark = ",", decimal.mark = "."))), "-")
}
