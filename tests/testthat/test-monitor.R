# A real browser on a real page on a real run.
open_page <- function(file, ..., env = parent.frame()) {
  skip_if_not_installed("shiny")
  skip_if_not_installed("bslib")
  skip_if_not_installed("chromote")
  skip_if(is.null(suppressMessages(chromote::find_chrome())), "there is no Chromium")
  port <- sample(20000:40000, 1)
  server <- in_background(function(file, port, ...) livechain::monitor_chain(file, port = port, interval = 0.3, ...), file, port, ..., env = env)
  arguments <- c("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
  withr::local_envvar(CHROMOTE_HEADLESS = "old")
  browser <- chromote::ChromoteSession$new(chromote::Chromote$new(chromote::Chrome$new(args = arguments)), width = 1200, height = 900)
  withr::defer(suppressMessages(browser$parent$close()), envir = env)
  page <- list(server = server, browser = browser)
  wait_until(function() {
    if (!server$is_alive()) server$get_result()
    Sys.sleep(0.1)
    answers(port)
  })
  browser$Page$navigate(sprintf("http://127.0.0.1:%d", port))
  page
}

evaluate <- function(page, code) page$browser$Runtime$evaluate(code)$result$value
text_of <- function(page) evaluate(page, "document.body.innerText")
wait_for_text <- function(page, pattern) {
  wait_until(function() isTRUE(grepl(pattern, text_of(page))))
  expect_match(text_of(page), pattern)
}
choose_tab <- function(page, title) {
  evaluate(page, sprintf("[...document.querySelectorAll('.nav-pills a')].find(e => e.textContent == '%s').click()", title))
}
# The address of the picture in a tab: its bytes.
picture <- function(page, plot) evaluate(page, sprintf("(document.querySelector('#%s img') || {}).src || ''", plot))
wait_for_picture <- function(page, plot, other_than = "") {
  wait_until(function() {
    now <- picture(page, plot)
    !is.null(now) && nchar(now) > 3000 && now != other_than
  })
  expect_gt(nchar(picture(page, plot)), 3000)
}

test_that("the page follows a run to its death and beyond", {
  skip_on_cran()
  file <- temp_chain()
  process <- sample_in_background(file, 1e7, flush_interval = 0.05)
  wait_for_steps(file, 500)
  page <- open_page(file)
  wait_for_text(page, "running")
  wait_for_picture(page, "rows")
  before <- picture(page, "rows")
  wait_for_picture(page, "rows", other_than = before)
  for (tab in c(Pairs = "pairs", Autocorrelation = "autocorr", Acceptance = "acceptance", "Log-probability" = "log_prob")) {
    choose_tab(page, c(pairs = "Pairs", autocorr = "Autocorrelation", acceptance = "Acceptance", log_prob = "Log-probability")[[tab]])
    wait_for_picture(page, tab)
  }
  choose_tab(page, "Summary")
  wait_for_text(page, "theta\\[2\\]")

  process$kill()
  wait_for_text(page, "has ended before its target")
  n_steps <- chain_status(file)$n_steps
  resumed <- in_background(function(file) resume_mcmc(file, function(x) -sum(x^2) / 2), file)
  wait_until(function() grepl("running", text_of(page)) && !grepl("has ended", text_of(page)))
  expect_gte(chain_status(file)$n_steps, n_steps)
  expect_true(page$server$is_alive())
  expect_identical(evaluate(page, "document.querySelectorAll('.shiny-output-error').length"), 0L)
  resumed$kill()
})

test_that("parameters and burn-in are chosen, and a file that is replaced is reported", {
  skip_on_cran()
  file <- temp_chain()
  run_mcmc(normal, named_start(), 500, file = file, seed = 1)
  page <- open_page(file)
  wait_for_text(page, "finished")
  wait_for_picture(page, "rows")
  before <- picture(page, "rows")
  evaluate(page, "Shiny.setInputValue('parameters', ['b'])")
  wait_for_picture(page, "rows", other_than = before)
  one <- picture(page, "rows")
  evaluate(page, "Shiny.setInputValue('discard', 400)")
  wait_for_picture(page, "rows", other_than = one)
  evaluate(page, "Shiny.setInputValue('discard', 500)")
  wait_for_text(page, "must be a number of steps")
  run_mcmc(normal, start(30, 1), 10, file = file, overwrite = TRUE)
  wait_for_text(page, "can no longer be followed")
  expect_true(page$server$is_alive())
})

test_that("derived quantities can be chosen, at the call and on the page", {
  skip_on_cran()
  file <- temp_chain()
  run_mcmc(function(x) c(normal(x), radius = sqrt(sum(x^2)), angle = atan2(x[[2]], x[[1]])), named_start(), 500, file = file, seed = 1) |>
    suppressMessages()
  page <- open_page(file, parameters = c("radius", "b"))
  wait_for_text(page, "effective samples of")
  choose_tab(page, "Summary")
  wait_for_text(page, "radius\\s+[0-9]")
  expect_no_match(text_of(page), "angle\\s+[0-9.-]+")
  evaluate(page, "Shiny.setInputValue('parameters', ['angle'])")
  wait_for_text(page, "angle\\s+[0-9.-]+")
  choose_tab(page, "Traces")
  wait_for_picture(page, "rows")
})

test_that("every chosen parameter has a row in the picture, dark where the browser prefers it", {
  skip_on_cran()
  file <- temp_chain()
  run_mcmc(normal, start(20, 8), 300, file = file, seed = 1) |> suppressMessages()
  page <- open_page(file)
  wait_for_picture(page, "rows")
  expect_identical(evaluate(page, "document.querySelector('#rows img').naturalHeight / window.devicePixelRatio"), 1600L)
  expect_identical(evaluate(page, "getComputedStyle(document.querySelector('.panel')).backgroundColor"), "rgb(255, 255, 255)")
  page$browser$Emulation$setEmulatedMedia(features = list(list(name = "prefers-color-scheme", value = "dark")))
  evaluate(page, "document.querySelector('#rows').remove()")
  page$browser$Page$reload()
  wait_for_picture(page, "rows")
  corner <- "(() => { const i = document.querySelector('#rows img'), c = document.createElement('canvas'); c.getContext('2d').drawImage(i, 0, 0); return c.getContext('2d').getImageData(2, 2, 1, 1).data.slice(0, 3).join() })()"
  expect_identical(evaluate(page, corner), "27,31,36")
})

test_that("bad arguments are named before a page is served", {
  skip_if_not_installed("shiny")
  skip_if_not_installed("bslib")
  file <- temp_chain()
  run_mcmc(normal, named_start(), 10, file = file)
  expect_snapshot(monitor_chain(file, interval = "1"), error = TRUE)
  expect_snapshot(monitor_chain(file, port = 70000), error = TRUE)
  expect_snapshot(monitor_chain(file, host = NA), error = TRUE)
  expect_snapshot(monitor_chain(file, launch_browser = NA), error = TRUE)
  expect_snapshot(monitor_chain(temp_chain()), error = TRUE, transform = scrub)
})
