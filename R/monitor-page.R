# What the page of monitor_chain() consists of.

page_frame <- function(title, ...) {
  shiny::addResourcePath("livechain", system.file("monitor", package = "livechain"))
  bslib::page_fluid(
    theme = bslib::bs_theme(version = 5, primary = inks$light[["ink"]], danger = inks$light[["accent"]], success = "#3A7D44"),
    title = title,
    shiny::tags$head(shiny::tags$link(rel = "stylesheet", href = "livechain/monitor.css")),
    ...
  )
}

# `back`: a link to the folder that it is of.
monitor_page <- function(path, name, choices, chosen, back = NULL) {
  page_frame(
    paste(name, "-", basename(path)),
    back,
    shiny::uiOutput("head"),
    shiny::uiOutput("notice"),
    shiny::uiOutput("figures"),
    shiny::uiOutput("verdict"),
    shiny::div(
      class = "choices",
      shiny::selectizeInput("parameters", "Parameters", choices, chosen, multiple = TRUE, width = "100%"),
      shiny::numericInput("discard", "Burn-in, steps", 0, min = 0, width = "100%")
    ),
    shiny::tabsetPanel(
      id = "tab", type = "pills",
      monitor_tab("Traces", "rows"),
      monitor_tab("Pairs", "pairs"),
      monitor_tab("Autocorrelation", "autocorr"),
      monitor_tab("Acceptance", "acceptance"),
      monitor_tab("Log-probability", "log_prob"),
      shiny::tabPanel("Summary", shiny::div(class = "panel", shiny::tableOutput("summary")))
    )
  )
}

monitor_tab <- function(title, plot) {
  shiny::tabPanel(title, shiny::div(class = "panel", shiny::plotOutput(plot, height = "auto")))
}

monitor_head <- function(status, path) {
  shiny::div(
    class = "head",
    shiny::div(
      class = "title", shiny::span(class = "run", status$name), shiny::span(class = "file", basename(path)),
      shiny::span(class = paste("state", status$state), status$state)
    ),
    monitor_bar(percent_done(status)),
    shiny::div(
      class = "detail",
      paste(c(status_progress(status)[2], status_writer(status)), collapse = ", ")
    )
  )
}

monitor_bar <- function(percent) {
  shiny::div(class = "progress", shiny::div(class = "progress-bar", style = sprintf("width: %.1f%%", percent)))
}

monitor_notice <- function(status) {
  if (status$state != "interrupted") {
    return(NULL)
  }
  shiny::div(
    class = "alert alert-danger", role = "alert",
    sprintf(
      "The run has ended before its target, at step %s: %s. Every published step is kept: resume_mcmc() goes on from there.",
      format_count(status$n_steps), status_end(status)
    )
  )
}

monitor_verdict <- function(diagnosis) {
  shiny::div(class = paste("verdict", if (diagnosis$ok) "ok" else "problem"), title = paste(diagnosis$problems$advice, collapse = "\n"), format(diagnosis))
}

monitor_failure <- function(condition) {
  shiny::div(
    class = "alert alert-danger", role = "alert", shiny::strong("The run can no longer be followed. "),
    cli::ansi_strip(conditionMessage(condition)), " Reload the page to look again."
  )
}

monitor_figures <- function(status, figures) {
  least <- which.min(figures$ess)
  box <- function(value, label) shiny::div(class = "figure", shiny::div(class = "value", value), shiny::div(class = "label", label))
  known <- function(x, format) if (length(x) == 1 && is.finite(x)) format(x) else "-"
  shiny::div(
    class = "figures",
    box(known(status$rate, format_rate), "steps per second"),
    box(known(status$remaining, format_seconds), "left"),
    box(known(status$acceptance, function(x) sprintf("%.2f", x)), "acceptance rate"),
    box(known(figures$tau[least], function(x) format_tau(figures)[least]), paste(c("autocorrelation time", figures$parameter[least]), collapse = " of ")),
    box(known(figures$ess[least], format_count), paste(c("effective samples", figures$parameter[least]), collapse = " of ")),
    box(sprintf("%s x %s", status$n_walkers, status$n_parameters), "walkers x parameters"),
    if (status$n_temperatures > 1) box(known(status$swap_rate, function(x) sprintf("%.2f", x)), sprintf("least swap rate of %.0f temperatures", status$n_temperatures))
  )
}
