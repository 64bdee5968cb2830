# Who may see the page of monitor_chain(), and under which address.

is_own_machine <- function(host) host %in% c("127.0.0.1", "::1", "localhost")

# Of the system's random bytes: R's generator is the user's, and can be guessed.
new_token <- function(host, call = rlang::caller_env()) {
  source <- "/dev/urandom"
  if (!file.exists(source)) {
    abort_argument("host", "an address of this machine alone, such as 127.0.0.1, since this system has no secret to offer", host, call)
  }
  bytes <- file(source, "rb", raw = TRUE)
  on.exit(close(bytes))
  paste(readBin(bytes, "raw", 16), collapse = "")
}

# An app that answers only those who know the token; anybody when there is none.
guarded_app <- function(page, server, token = NULL) {
  if (is.null(token)) {
    return(shiny::shinyApp(page, server))
  }
  knows <- function(query) identical(shiny::parseQueryString(query %||% "")$token, token)
  shiny::shinyApp(
    function(request) {
      if (knows(request$QUERY_STRING)) {
        page(request)
      } else {
        shiny::httpResponse(403L, "text/plain", "This page is shown to those who have its whole address, with the token.")
      }
    },
    function(input, output, session) {
      if (knows(shiny::isolate(session$clientData$url_search))) server(input, output, session) else session$close()
    }
  )
}

# A query of a link on the page, which takes the token along.
query_of <- function(..., token = NULL) {
  values <- c(list(...), list(token = token))
  values <- vapply(values[lengths(values) > 0], utils::URLencode, "", reserved = TRUE)
  paste0("?", paste(names(values), values, sep = "=", collapse = "&"))
}

# Serves the page until it is interrupted, and says where it is.
serve_page <- function(app, host, port, token, launch_browser, call = rlang::caller_env()) {
  tell <- function(url) {
    port <- sub("/.*", "", sub(".*:", "", url))
    name <- if (host %in% c("0.0.0.0", "::")) Sys.info()[["nodename"]] else host
    address <- function(name) paste0("http://", name, ":", port, if (!is.null(token)) paste0("/?token=", token))
    tunnel <- sprintf("ssh -L %s:localhost:%s %s", port, port, Sys.info()[["nodename"]])
    cli::cli_inform(c(
      "The page is at {.url {address(name)}}, until it is interrupted.",
      "i" = if (is_own_machine(host) && nzchar(Sys.getenv("SSH_CONNECTION"))) {
        "From where you are: {.code {tunnel}}, and then {.url {address('localhost')}}."
      }
    ), class = "livechain_message_page")
    if (launch_browser) utils::browseURL(address(if (is_own_machine(host)) host else "127.0.0.1"))
  }
  tryCatch(
    shiny::runApp(app, host = host, port = port, launch.browser = tell, quiet = TRUE),
    error = function(condition) {
      if (!grepl("create server", conditionMessage(condition), fixed = TRUE)) rlang::cnd_signal(condition)
      abort("argument", c(
        "The page cannot be served at {.code {host}}, port {port %||% 'any'}.",
        "x" = "Another program has that port, or the address is not of this machine.",
        "i" = "{.code port = NULL} takes a free one."
      ), call = call, argument = "port")
    }
  )
}
