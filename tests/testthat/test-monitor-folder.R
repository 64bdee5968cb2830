test_that("the rows of a folder show names as text, and link to each run", {
  skip_if_not_installed("shiny")
  folder <- withr::local_tempdir()
  expect_identical(folder_rows(chain_status(folder)), "There is no run in this folder yet.")
  name <- "<script>alert(1)<&>.h5"
  suppressMessages(run_mcmc(normal, start(), 50, seed = 1, file = file.path(folder, "a.h5")))
  table <- chain_status(folder)
  table$file <- name
  html <- as.character(folder_rows(table))
  expect_no_match(html, "<script", fixed = TRUE)
  expect_match(html, "&lt;script&gt;alert(1)", fixed = TRUE)
  expect_match(html, "?file=%3Cscript%3E", fixed = TRUE)
})

test_that("only files of the folder are opened", {
  folder <- withr::local_tempdir()
  file.create(file.path(folder, "a.h5"))
  expect_identical(basename(path_in_folder(folder, "a.h5")), "a.h5")
  expect_error(path_in_folder(folder, "../a.h5"), class = "livechain_error")
  expect_error(path_in_folder(folder, file.path(folder, "a.h5")), class = "livechain_error")
})

test_that("the page of a folder serves the table and the page of a run, and nothing else", {
  skip_if_not_installed("shiny")
  skip_if_not_installed("bslib")
  folder <- withr::local_tempdir()
  suppressMessages(run_mcmc(normal, start(), 50, seed = 1, file = file.path(folder, "a.h5")))
  app <- folder_app(folder, NULL, 1)
  get <- function(query) {
    request <- list2env(list(REQUEST_METHOD = "GET", PATH_INFO = "/", QUERY_STRING = query))
    answer <- app$httpHandler(request)
    paste(answer$content, collapse = "")
  }
  expect_match(get(""), 'id="runs"', fixed = TRUE)
  run <- get("?file=a.h5&name=mcmc")
  expect_match(run, 'class="back"', fixed = TRUE)
  expect_match(run, 'id="parameters"', fixed = TRUE)
  expect_match(get("?file=..%2Fa.h5&name=mcmc"), "can no longer be followed", fixed = TRUE)
})

# Serves `...` in the background; the port, once it answers.
serve_in_background <- function(..., env = parent.frame()) {
  port <- sample(20000:40000, 1)
  server <- in_background(function(port, ...) livechain::monitor_chain(..., port = port), port, ..., env = env)
  wait_until(function() {
    if (!server$is_alive()) server$get_result()
    Sys.sleep(0.1)
    any(grepl("page is at", server$read_error_lines())) || answers(port)
  })
  list(server = server, port = port)
}

answer_to <- function(port, query = "") {
  address <- url(sprintf("http://127.0.0.1:%d/%s", port, query), open = "rb")
  on.exit(close(address))
  paste(readLines(address, warn = FALSE), collapse = "\n")
}

test_that("a page for others is shown to those who know its token", {
  skip_if_not_installed("shiny")
  skip_if_not_installed("bslib")
  server <- function(input, output, session) NULL
  app <- guarded_app(function(request) shiny::tags$p("secret"), server, new_token("0.0.0.0"))
  ask <- function(app, query) app$httpHandler(list2env(list(REQUEST_METHOD = "GET", PATH_INFO = "/", QUERY_STRING = query)))
  expect_identical(ask(app, "")$status, 403L)
  expect_identical(ask(app, "?token=")$status, 403L)
  expect_identical(ask(app, paste0("?token=", new_token("0.0.0.0")))$status, 403L)
  known <- guarded_app(function(request) shiny::tags$p("secret"), server, "abc")
  expect_match(paste(ask(known, "?token=abc")$content, collapse = ""), "secret")
  expect_match(paste(folder_rows(data.frame(
    file = "a.h5", name = "mcmc", state = "finished", n_steps = 1, target = 1, rate = 1, verdict = ""
  ), "abc"), collapse = ""), "name=mcmc&amp;token=abc", fixed = TRUE)
})

test_that("a page that others may see is refused without its token, and a port in use is said to be", {
  skip_on_cran()
  skip_if_not_installed("shiny")
  skip_if_not_installed("bslib")
  folder <- withr::local_tempdir()
  suppressMessages(run_mcmc(normal, start(), 50, seed = 1, file = file.path(folder, "a.h5")))
  open <- serve_in_background(folder, launch_browser = FALSE)
  expect_match(answer_to(open$port), 'id="runs"', fixed = TRUE)
  expect_error(monitor_chain(folder, port = open$port, launch_browser = FALSE), class = "livechain_error_argument")
  guarded <- serve_in_background(folder, launch_browser = FALSE, host = "0.0.0.0")
  expect_error(suppressWarnings(answer_to(guarded$port)), "cannot open")
  expect_error(suppressWarnings(answer_to(guarded$port, "?file=a.h5&name=mcmc")), "cannot open")
})
