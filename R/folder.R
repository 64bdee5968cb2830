# The runs of many files: what chain_status() and watch_chain() say of a folder.

is_folder <- function(file) is.character(file) && length(file) == 1 && !is.na(file) && nzchar(file) && dir.exists(file)

chain_files_in <- function(folder) {
  list.files(folder, pattern = "[.](h5|hdf5)$", full.names = TRUE, ignore.case = TRUE)
}

# A function that looks at all runs, and reads again only what has changed since its last look: a data frame as of
# chain_status(), newest first, with `file` before, and `verdict` at the end. Verdicts cost more: as many are renewed in a look as
# there is time for, first those that are not known yet.
folder_look <- function(folder, seconds = Inf) {
  known <- list()
  renew <- function(path, stamp) {
    status <- tryCatch(unclass_status(chain_status(path, NULL)), livechain_error = function(condition) NULL)
    before <- known[[path]]
    verdicts <- before$verdicts[intersect(names(before$verdicts), status$name)]
    known[[path]] <<- list(stamp = stamp, status = status, verdicts = verdicts, judged = before$judged)
  }
  judge <- function(path) {
    status <- known[[path]]$status
    names <- status$name[status$n_steps > 0]
    verdict <- function(name) tryCatch(cli::ansi_strip(verdict_of_file(path, name)), error = function(condition) "")
    known[[path]]$verdicts <<- stats::setNames(vapply(names, verdict, ""), names)
    known[[path]]$judged <<- known[[path]]$stamp
  }
  function() {
    paths <- chain_files_in(folder)
    about <- file.info(paths, extra_cols = FALSE)
    stamps <- paste(as.double(about$mtime), about$size)
    known <<- known[intersect(names(known), paths)]
    is_stale <- function(i) {
      one <- known[[paths[i]]]
      is.null(one) || one$stamp != stamps[i] || any(one$status$state == "running")
    }
    for (i in Filter(is_stale, seq_along(paths))) renew(paths[i], stamps[i])
    start <- proc.time()[["elapsed"]]
    is_judged <- vapply(paths, function(path) !is.null(known[[path]]$judged), NA)
    for (path in paths[order(is_judged, -as.double(about$mtime))]) {
      if (proc.time()[["elapsed"]] - start > seconds) break
      if (!identical(known[[path]]$judged, known[[path]]$stamp)) judge(path)
    }
    folder_table(paths, known)
  }
}

folder_table <- function(paths, known) {
  rows <- lapply(paths, function(path) {
    status <- known[[path]]$status
    if (length(status$name) == 0) {
      return(NULL)
    }
    unknown <- rep(NA_character_, length(status$name))
    verdict <- unname(known[[path]]$verdicts[status$name]) %||% unknown
    c(list(file = rep(basename(path), length(status$name))), status, list(verdict = verdict))
  })
  rows <- Filter(Negate(is.null), rows)
  empty <- c(list(file = character()), unclass_status(no_status()), list(verdict = character()))
  columns <- lapply(names(empty), function(name) do.call(c, c(list(empty[[name]]), lapply(rows, `[[`, name))))
  table <- as.data.frame(stats::setNames(columns, names(empty)), stringsAsFactors = FALSE)
  table <- table[order(table$started, decreasing = TRUE, na.last = TRUE), ]
  rownames(table) <- NULL
  structure(table, class = c("folder_status", "data.frame"))
}

unclass_status <- function(status) as.list(unclass(status))[names(no_status())]

#' @export
print.folder_status <- function(x, ...) {
  if (!all(c("file", names(no_status())) %in% names(x))) {
    print(as.data.frame(unclass(x)), ...)
  } else {
    cat(folder_lines(x), sep = "\n")
  }
  invisible(x)
}

folder_lines <- function(table) {
  if (nrow(table) == 0) {
    return("There is no run in this folder.")
  }
  runs <- lapply(seq_len(nrow(table)), function(i) table[i, ])
  columns <- list(
    run = ifelse(table$name == "mcmc", table$file, paste0(table$file, ":", table$name)),
    state = table$state,
    steps = format_count(table$n_steps),
    done = vapply(runs, function(run) if (run$target > 0) sprintf("%.0f%%", percent_done(run)) else "", ""),
    left = vapply(runs, function(run) if (is.na(run$remaining)) "" else format_seconds(run$remaining), ""),
    verdict = vapply(runs, function(run) {
      end <- if (run$state == "running") "" else status_end(run)
      paste(Filter(nzchar, c(end, one_line(run$verdict %|NA|% ""))), collapse = "; ")
    }, "")
  )
  aligned <- Map(format, Map(c, names(columns), columns), justify = c("left", "left", "right", "right", "right", "left"))
  trimws(do.call(paste, c(unname(aligned), sep = "  ")), "right")
}

# Until no run is going on any more.
watch_folder <- function(folder, interval, in_place) {
  look <- folder_look(folder, seconds = 0.02)
  print_lines <- function(lines) cat(format(Sys.time(), "%Y-%m-%d %H:%M:%S"), lines, "", sep = "\n")
  show <- if (in_place) lines_in_place() else print_lines
  repeat {
    table <- look()
    if (!any(table$state == "running")) break
    lines <- folder_lines(table)
    show(if (in_place) utils::head(lines, max(2, console_height() - 1)) else lines)
    pause(interval)
  }
  table <- folder_look(folder)()
  show(folder_lines(table))
  table
}

console_height <- function() {
  lines <- suppressWarnings(as.integer(Sys.getenv("LINES", "40")))
  if (is.na(lines)) 40 else lines
}
