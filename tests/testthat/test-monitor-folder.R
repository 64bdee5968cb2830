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
