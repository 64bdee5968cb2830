# Rscript tools/readme.R   runs the R of README.md as it is printed there, with fewer steps; an error of any block is one.
#
# A block that a text "Save this as `x`" or "in a file `x`" precedes is written to that file; one that begins with
# library(livechain) begins a fresh session; `kill -9` kills the process of fit.R, which was started before the sessions.

n_steps <- 6000

blocks_of <- function(lines) {
  fences <- grep("^```", lines)
  starts <- fences[c(TRUE, FALSE)]
  ends <- fences[c(FALSE, TRUE)]
  Map(function(start, end, after) {
    text <- paste(lines[seq_len(start - 1)][seq_len(start - 1) > after], collapse = " ")
    named <- regmatches(text, gregexpr("(Save this as|this as|in a file) `[^`]+`", text))[[1]]
    list(
      language = sub("^```", "", lines[start]), code = lines[seq_len(end - start - 1) + start],
      file = if (length(named) > 0) gsub(".*`(.*)`", "\\1", utils::tail(named, 1))
    )
  }, starts, ends, c(0, utils::head(ends, -1)))
}

shorter <- function(code) gsub("201000", format(n_steps + 1000), gsub("200000", format(n_steps), code))

# The scripts of the sessions; blocks that install packages are left out.
sessions_of <- function(blocks, pid) {
  code <- lapply(blocks, function(block) {
    if (!is.null(block$file) || any(grepl("install.packages|R CMD", block$code))) {
      NULL
    } else if (block$language == "r") {
      shorter(block$code)
    } else if (any(grepl("^kill -9", block$code))) {
      sprintf("system(\"kill -9 %d\")", pid)
    }
  })
  code <- Filter(Negate(is.null), code)
  fresh <- vapply(code, function(lines) lines[1] == "library(livechain)", TRUE)
  unname(lapply(split(code, cumsum(fresh)), unlist))
}

rscript <- function(file) {
  output <- suppressWarnings(system2(file.path(R.home("bin"), "Rscript"), c("-e", shQuote(sprintf("source(\"%s\", echo = TRUE, max.deparse.length = Inf)", file))),
    stdout = TRUE, stderr = TRUE
  ))
  writeLines(output)
  if (!is.null(attr(output, "status"))) stop("a block of README.md fails", call. = FALSE)
}

# Its process stands still as soon as there is something to look at, so that it does not end before it is killed.
start_fit <- function() {
  process <- processx::process$new(file.path(R.home("bin"), "Rscript"), "fit.R", stderr = "fit.log", stdout = "fit.log")
  n_published <- function() tryCatch(livechain::chain_status("enzyme.h5")$n_steps, livechain_error = function(e) 0)
  while (process$is_alive() && n_published() < 1500) Sys.sleep(0.02)
  if (!process$is_alive() && n_published() < 1500) stop("fit.R fails: ", paste(readLines("fit.log"), collapse = "\n"))
  process$suspend()
  process
}

readme <- normalizePath("README.md")
emcee_files <- normalizePath("tests/testthat/emcee-files.tar.xz")
folder <- tempfile("readme-")
dir.create(folder)
setwd(folder)
blocks <- blocks_of(readLines(readme))
for (block in blocks) if (!is.null(block$file)) writeLines(shorter(block$code), block$file)
utils::untar(emcee_files)
invisible(file.copy("plain.h5", "emcee.h5"))
fit <- start_fit()
for (session in sessions_of(blocks, fit$get_pid())) {
  writeLines(session, "session.R")
  rscript("session.R")
}
setwd(dirname(readme))
unlink(folder, recursive = TRUE)
cat("README.md runs as it is printed\n")
