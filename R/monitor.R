#' Watch a run in the browser
#'
#' Opens a page that follows a run live, whoever is sampling it: how far it is, how fast, the time left; the
#' traces of all walkers and the marginal densities, the densities of each two parameters, the autocorrelation time
#' against the number of steps, the acceptance rate of each walker, the log-probability and a summary. Parameters, derived
#' quantities and burn-in are chosen on the page. It says so when the run has ended, and when its process died.
#'
#' The page reads only new steps, and shows long chains thinned to what a screen can show: it is as quick for a
#' million steps as for a thousand. Estimates of mean, quantiles and density come from these thinned steps, those of
#' the autocorrelation time from as many steps as they need.
#'
#' The verdict of [diagnose()] is on all parameters, also those that are not shown. The page is dark where the browser prefers that.
#'
#' Of a folder, the page is a table of its runs, the newest first, each with its state, its progress and the verdict of
#' [diagnose()]; a click on one opens its page. Files that come later are shown as well.
#'
#' To see the page of a machine that you are logged in to, let ssh bring it: with `port = 8080` and
#' `ssh -L 8080:localhost:8080 machine`, it is at `http://localhost:8080` where you are. A page that has lost its connection, as
#' after a sleep, comes back by itself.
#'
#' @inheritParams watch_chain
#' @param file Path of the HDF5 file, or the `chain_file` that [run_mcmc()] returned; or of a folder.
#' @param interval Seconds between two looks.
#' @param parameters Names or numbers of the parameters to show at first, or names of derived quantities; by default the first eight.
#' @param host,port Where the page is served. By default only this machine can see it; `port = NULL` takes a free
#'   port. Elsewhere, `host = "0.0.0.0"` for all addresses of this machine, only those see it who have the whole address that
#'   is printed: a token in it is made anew each time. It is not encrypted: over a network that is not yours, take a tunnel.
#' @param launch_browser Whether to open the page in a browser. The address is printed in any case.
#' @param wait How many seconds to wait at most for a file that does not exist yet.
#' @returns Nothing: it serves the page until it is interrupted, by Ctrl-C or Esc.
#' @section Errors:
#' Those of [open_chain()], and `livechain_error_package` when shiny or bslib is not installed.
#' @examples
#' \dontrun{
#' # in a session other than the one that samples
#' monitor_chain("enzyme.h5")
#' }
#' @export
monitor_chain <- function(file, name = "mcmc", ..., interval = 1, parameters = NULL, host = "127.0.0.1",
                          port = NULL, launch_browser = interactive(), wait = 0) {
  check_no_dots(...)
  check_installed("shiny", "for monitor_chain()")
  check_installed("bslib", "for monitor_chain()")
  interval <- check_positive(interval)
  host <- check_string(host)
  if (!is.null(port)) port <- check_whole(port, 1, 65535)
  check_flag(launch_browser)
  token <- if (!is_own_machine(host)) new_token(host)
  app <- if (is_folder(file)) {
    folder_app(normalizePath(file), parameters, interval, token)
  } else {
    name <- check_run_name(run_name(file, name))
    path <- check_path(file)
    chosen <- monitor_choices(path, name, parameters, check_seconds(wait), rlang::current_env())
    page <- function(request) monitor_page(path, name, chosen$choices, chosen$shown)
    guarded_app(page, monitor_server(path, name, interval), token)
  }
  serve_page(app, host, port, token, launch_browser)
  invisible(NULL)
}

monitor_choices <- function(path, name, parameters, wait = 0, call = rlang::caller_env()) {
  follower <- follow_chain(path, name, parameters, if (is.null(parameters)) most_shown else Inf, wait, call = call)
  on.exit(close(follower$reader))
  list(choices = c(follower$reader$run$names, derived_in(follower$reader)), shown = follower$names)
}
