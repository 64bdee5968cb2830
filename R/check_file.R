#' Verify a file
#'
#' Reads every step of every run in a file and compares it with the checksum that was stored with it, so that
#' damage is found wherever it is: a power cut, a disk, another program. [read_chain()] does the same for the steps
#' that it returns. Runs of emcee, and of livechain 0.1.0, have no checksums and cannot be verified.
#'
#' @inheritParams read_chain
#' @returns A data frame of class `chain_check` with a row for each run: `name`; `format`, who made it; `n_steps`, the
#'   steps that are published; `n_right`, how many of them, from the first on, are what was written, `NA` when that cannot
#'   be known; `first_wrong`, the first step that is not, or `NA`; `ok`, whether all are right, `NA` when that cannot be
#'   known; `problem`, what else is wrong with the run, or `NA`. Of a file that does not even tell its runs there is one row,
#'   with an `NA` as `name`. `print()` says it in words.
#' @section Errors:
#' `livechain_error_missing` when there is no such file, `livechain_error_denied` when it may not be read,
#' `livechain_error_busy` when it is written to in a way that does not admit readers.
#' @examples
#' file <- tempfile(fileext = ".h5")
#' run_mcmc(function(x) -sum(x^2) / 2, matrix(rnorm(20), 10), 200, file = file, seed = 1)
#' check_file(file)
#' @export
check_file <- function(file) {
  path <- check_path(file)
  rows <- tryCatch(
    lapply(native(livechain_list_runs, path), function(name) check_run(path, name)),
    livechain_error_damaged = function(condition) list(row_of_failure(NA_character_, condition)),
    livechain_error_not_hdf5 = function(condition) list(row_of_failure(NA_character_, condition))
  )
  structure(do.call(rbind, c(list(no_check()), rows)), class = c("chain_check", "data.frame"), path = path)
}

check_run <- function(path, name) {
  tryCatch(
    {
      reader <- open_reader(path, name)
      on.exit(native(livechain_close_reader, reader))
      run <- describe_reader(reader)
      n_steps <- native(livechain_refresh, reader)$n_steps
      verified <- run$format == "livechain 2"
      n_right <- if (verified) native(livechain_count_right, reader, n_steps) else NA_real_
      check_row(name, run$format, n_steps, n_right, NA_character_)
    },
    livechain_error = function(condition) row_of_failure(name, condition)
  )
}

row_of_failure <- function(name, condition) {
  check_row(name, NA_character_, NA_real_, NA_real_, cli::ansi_strip(conditionMessage(condition)))
}

check_row <- function(name, format, n_steps, n_right, problem) {
  data.frame(
    name = name, format = format, n_steps = n_steps, n_right = n_right,
    first_wrong = if (isTRUE(n_right < n_steps)) n_right + 1 else NA_real_,
    ok = if (is.na(problem)) n_right == n_steps else FALSE, problem = problem
  )
}

no_check <- function() {
  data.frame(
    name = character(), format = character(), n_steps = double(), n_right = double(), first_wrong = double(),
    ok = logical(), problem = character()
  )
}

#' @export
print.chain_check <- function(x, ...) {
  if (!all(names(no_check()) %in% names(x))) {
    print(as.data.frame(unclass(x)), ...)
    return(invisible(x))
  }
  if (nrow(x) == 0) cat("No run in this file.\n")
  for (i in seq_len(nrow(x))) {
    cat(if (is.na(x$name[i])) "the file" else x$name[i], ": ", check_words(x[i, ]), "\n", sep = "")
  }
  invisible(x)
}

check_words <- function(run) {
  steps <- paste(format_count(run$n_steps), "steps")
  if (!is.na(run$problem)) {
    paste("cannot be read:", one_line(run$problem))
  } else if (is.na(run$ok)) {
    paste0(steps, ", made by ", run$format, ": without checksums, cannot be verified")
  } else if (run$ok) {
    paste0("all ", steps, " are what was written")
  } else {
    sprintf("step %s of %s is not what was written; the %s before it are", format_count(run$first_wrong), steps, format_count(run$n_right))
  }
}
