# The page of monitor_chain() for a folder: a table of its runs, and from there the page of each.

folder_app <- function(folder, parameters, interval, token = NULL) {
  look <- folder_look(folder, seconds = 0.02)
  page <- function(request) {
    asked <- shiny::parseQueryString(request$QUERY_STRING %||% "")
    if (is.null(asked$file)) {
      return(folder_page(folder))
    }
    tryCatch(
      {
        path <- path_in_folder(folder, asked$file)
        chosen <- monitor_choices(path, asked$name, parameters)
        monitor_page(path, asked$name, chosen$choices, chosen$shown, back = way_back(folder, token))
      },
      livechain_error = function(condition) page_frame(basename(folder), way_back(folder, token), monitor_failure(condition))
    )
  }
  server <- function(input, output, session) {
    asked <- shiny::parseQueryString(shiny::isolate(session$clientData$url_search))
    if (is.null(asked$file)) {
      output$runs <- shiny::renderUI({
        shiny::invalidateLater(1000 * interval)
        folder_rows(look(), token)
      })
      session$allowReconnect("force")
    } else {
      path <- tryCatch(path_in_folder(folder, asked$file), livechain_error = function(condition) NULL)
      if (!is.null(path)) monitor_server(path, asked$name, interval)(input, output, session)
    }
  }
  guarded_app(page, server, token)
}

# Only files of the folder are shown, whatever the address asks for.
path_in_folder <- function(folder, file) {
  paths <- chain_files_in(folder)
  check_path(c(paths[basename(paths) == file], NA)[1])
}

folder_page <- function(folder) {
  page_frame(
    basename(folder),
    shiny::div(class = "head", shiny::div(class = "title", shiny::span(class = "run", basename(folder)))),
    shiny::div(class = "panel", shiny::uiOutput("runs"))
  )
}

way_back <- function(folder, token = NULL) {
  shiny::a(class = "back", href = query_of(token = token), paste("All runs in", basename(folder)))
}

folder_rows <- function(table, token = NULL) {
  if (nrow(table) == 0) {
    return("There is no run in this folder yet.")
  }
  header <- lapply(c("run", "state", "progress", "steps/s", "verdict"), shiny::tags$th)
  rows <- lapply(seq_len(nrow(table)), function(i) folder_row(table[i, ], token))
  shiny::tags$table(class = "runs", shiny::tags$thead(shiny::tags$tr(header)), shiny::tags$tbody(rows))
}

folder_row <- function(run, token) {
  title <- if (run$name == "mcmc") run$file else paste0(run$file, ":", run$name)
  shiny::tags$tr(
    shiny::tags$td(shiny::a(href = query_of(file = run$file, name = run$name, token = token), title)),
    shiny::tags$td(shiny::span(class = paste("state", run$state), run$state)),
    shiny::tags$td(monitor_bar(percent_done(run))),
    shiny::tags$td(class = "number", if (run$state == "running" && is.finite(run$rate)) format_rate(run$rate)),
    shiny::tags$td(one_line(run$verdict %|NA|% ""))
  )
}
