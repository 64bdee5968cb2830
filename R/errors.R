# Every error of the package is made here: a classed condition that says what was expected, what was found
# and what to do.

abort <- function(kind, message, ..., call = NULL, .envir = parent.frame()) {
  cli::cli_abort(message, ...,
    class = c(paste0("livechain_error_", kind), "livechain_error"),
    call = call, .envir = .envir
  )
}

# The entry is an argument here, which R CMD check cannot see through.
call_entry <- .Call

# Calls a C++ entry. What it returns as a failure, a list of facts, becomes a condition with `call`.
native <- function(entry, ..., call = rlang::caller_env()) checked(call_entry(entry, ...), call)

checked <- function(result, call) {
  if (inherits(result, "livechain_failure")) {
    report <- failure_reports[[result$kind]]
    report(result, call)
  }
  result
}

failure_reports <- list(
  missing = function(failure, call) {
    abort("missing", c(
      "File {.file {failure$path}} does not exist.",
      "i" = "Check the path. A run that was just started makes its file when the density has been evaluated at every start: {.code wait = 30} waits for it, in {.fn read_chain} and {.fn open_chain}."
    ), call = call)
  },
  denied = function(failure, call) {
    abort("denied", c(
      "File {.file {failure$path}} cannot be used.",
      "x" = "The system refused to {failure$detail}.",
      "i" = "Check the permissions of the file and of its folder."
    ), call = call)
  },
  not_hdf5 = function(failure, call) {
    abort("not_hdf5", c(
      "File {.file {failure$path}} is not an HDF5 file.",
      "i" = "A file made by {.fn run_mcmc} or by emcee's {.cls HDFBackend} was expected."
    ), call = call)
  },
  no_run = function(failure, call) {
    runs <- runs_in(failure$path)
    abort("no_run", c(
      "File {.file {failure$path}} holds no run named {.val {failure$detail}}.",
      "i" = if (length(runs) > 0) "It holds {.val {runs}}: choose one with {.arg name}." else "It holds no run at all."
    ), call = call)
  },
  not_a_chain = function(failure, call) {
    abort("not_a_chain", c(
      "What {.file {failure$path}} holds under that {.arg name} is not a chain: {failure$detail}.",
      "i" = "Choose a run with {.arg name}; {.fn list_runs} has their names."
    ), call = call)
  },
  exists = function(failure, call) {
    if (identical(failure$detail, "another process has just made it")) {
      abort("exists", c(
        "File {.file {failure$path}} was made by another process, or is a link, which cannot be replaced.",
        "i" = "Look at it with {.fn chain_status}, or choose another {.arg file}."
      ), call = call)
    }
    streamed <- identical(rlang::call_name(rlang::error_call(call)), "chain_writer")
    abort("exists", c(
      "File {.file {failure$path}} already holds a run named {.val {failure$detail}}.",
      "i" = if (streamed) "To append to it, use {.code chain_writer(resume = TRUE)}." else "To go on with it, use {.fn resume_mcmc}.",
      "i" = "To replace it, use {.code overwrite = TRUE}; to keep both, another {.arg name}."
    ), call = call)
  },
  busy = function(failure, call) {
    owner <- writer_of(failure$path)
    abort("busy", c(
      "File {.file {failure$path}} is being written by {owner}.",
      "i" = "One process at a time can write to a file: wait until it has ended, or use another {.arg file}.",
      "i" = "{.fn chain_status} tells how far it is; {.fn read_chain} reads its chain at any moment."
    ), call = call)
  },
  unreadable = function(failure, call) {
    abort("busy", c(
      "File {.file {failure$path}} is being written as an ordinary HDF5 file, which admits no readers.",
      "i" = "Wait until its run has ended; a run with {.code swmr = TRUE}, the default, can be read at any moment."
    ), call = call)
  },
  damaged = function(failure, call) {
    abort("damaged", c(
      "File {.file {failure$path}} cannot be read: it is damaged, cut short, or was not closed by its writer.",
      "x" = "{failure$detail}.",
      "i" = "If its writer died, {.fn repair_chain} repairs it."
    ), call = call)
  },
  wrong_rows = function(failure, call) {
    n_right <- failure$first_wrong - 1
    abort("damaged", c(
      "File {.file {failure$path}} is damaged: step {format_count(failure$first_wrong)} is not what was written.",
      "i" = "The {format_count(n_right)} step{cli::qty(n_right)}{?s} before it {?is/are} right.",
      "i" = "{.fn repair_chain} keeps those and drops the rest; {.fn resume_mcmc} does so, too, and samples the rest again."
    ), call = call, first_wrong = failure$first_wrong, n_right = n_right)
  },
  taken_over = function(failure, call) {
    abort("taken_over", c(
      "Another session has taken up the run in {.file {failure$path}}, and this one has stopped.",
      "i" = "It seemed to be dead: no step and no mark of it came for some seconds. Nothing was lost; look with {.fn chain_status}."
    ), call = call)
  },
  no_space = function(failure, call) {
    abort("no_space", c(
      "There is no room for more steps in {.file {failure$path}}.",
      "x" = "The system refused to {failure$detail}.",
      "i" = "All steps that were published are in the file: make room, then go on with {.fn resume_mcmc}, or {.code chain_writer(resume = TRUE)}. A run that is not in the file yet is started again."
    ), call = call)
  },
  gone = function(failure, call) {
    abort("gone", c(
      "File {.file {failure$path}} is no longer the one that this run writes: {failure$detail}.",
      "i" = "The run was stopped, since nobody could have read its further steps. Leave the file in its place while a run writes it."
    ), call = call)
  },
  io = function(failure, call) {
    abort("io", c(
      "File {.file {failure$path}} could not be written or read.",
      "x" = "{failure$detail}."
    ), call = call)
  },
  bad_log_prob = function(failure, call) {
    abort("log_prob", c(
      "The log-probability of {describe_walker(failure)} is {failure$value}.",
      "x" = "The position was {describe_position(failure$position)}.",
      "i" = "It must be a number or {.code -Inf}, which forbids a position.",
      "i" = if (is_unnamed_miss(failure)) "The parameters have no names, by which {.code p[\"name\"]} is {.code NA}: name the columns of {.arg init}.",
      "i" = if (is.na(failure$value)) {
        switch(failure$stage,
          start = "Start the walkers where it is known; later, {.code on_nan = \"reject\"} takes it for {.code -Inf}.",
          resumption = "The run stands there, so it was known: resume with the same data and code.",
          run = "{.code on_nan = \"reject\"} takes it for {.code -Inf} and goes on."
        )
      }
    ), call = call, walker = failure$walker, position = failure$position)
  },
  bad_position = function(failure, call) {
    abort("position", c(
      "A move was to take {describe_walker(failure)} to {describe_position(failure$position)}, which is no position.",
      "i" = if (anyNA(failure$position)) {
        "Numbers as large as these overflow where they are multiplied: give the parameters another unit."
      } else {
        "Nothing holds the walkers back: does the log-probability fall where parameters become large?"
      }
    ), call = call, walker = failure$walker, position = failure$position)
  },
  density_error = function(failure, call) {
    abort("log_prob", c(
      "{failure$message}",
      "i" = "It happened {if (failure$walker > 0) paste('for', describe_walker(failure), '')}at {describe_position(failure$position)}."
    ), call = quote(log_prob()), walker = failure$walker, position = failure$position)
  },
  other_blobs = function(failure, call) {
    abort("log_prob", c(
      "The compiled density must have the blobs that the run has: {failure$expected}, of type {.cls double}.",
      "x" = "It has {failure$found}."
    ), call = call)
  },
  other_memory = function(failure, call) {
    abort("damaged", c(
      "{.arg file} lacks what the moves of the run had learnt from its steps, without which it cannot go on.",
      "x" = "It should have {failure$expected} number{?s} of it, and has {failure$found}.",
      "i" = "Start a new run from its last step, {.code run_mcmc(init = last_state(file))}."
    ), call = call)
  },
  unusable_density = function(failure, call) {
    reason <- if (failure$detail == "version") {
      c(
        "The compiled density was made with another version of {.file livechain.h}.",
        "i" = "Compile it again."
      )
    } else {
      c(
        "The compiled density was made in another R session; its code is not loaded in this one.",
        "i" = "Compile the C++ file here, with {.code Rcpp::sourceCpp()}, and call the function that makes the density."
      )
    }
    abort("compiled", reason, call = call)
  },
  bad_result = function(failure, call) {
    where <- if (failure$walker > 0) {
      c("i" = "It was called for {describe_walker(failure)} at {describe_position(failure$position)}.")
    }
    abort("log_prob", c(
      "{.arg log_prob} must return {failure$expected}.",
      "x" = "It returned {describe_value(failure$found)}.",
      where
    ), call = call, walker = failure$walker, position = failure$position)
  }
)

# NA, which is not NaN, is what an element has that is not there.
is_unnamed_miss <- function(failure) {
  identical(failure$stage, "start") && is.null(names(failure$position)) && is.na(failure$value) && !is.nan(failure$value)
}

# The names of the runs in a file that may be anything.
runs_in <- function(path) {
  runs <- .Call(livechain_list_runs, path)
  if (inherits(runs, "livechain_failure")) character() else runs
}

# Who writes to a file, as its newest run says, or as little as can be known.
writer_of <- function(path) {
  status <- tryCatch(chain_status(path, name = NULL), livechain_error = function(e) NULL)
  running <- status[status$state == "running", ]
  if (is.null(status) || nrow(running) == 0) {
    return("another process")
  }
  cli::format_inline("process {running$pid[1]} on {running$host[1]}")
}

# "walker 3", and of a run at several temperatures of which.
describe_walker <- function(at) paste0("walker ", at$walker, if (!is.null(at$temperature)) paste(" at temperature", at$temperature))

# "(0.5, 2)", or, with names, "(a = 0.5, b = 2)".
describe_position <- function(position) {
  shown <- utils::head(position, 8)
  values <- format(shown, digits = 7, trim = TRUE)
  if (!is.null(names(shown))) values <- paste(names(shown), "=", values)
  more <- if (length(position) > length(shown)) ", ..." else ""
  paste0("(", paste(values, collapse = ", "), more, ")")
}

quote_text <- function(x) if (validEnc(x) && Encoding(x) != "bytes") dQuote(x, FALSE) else "text whose encoding is not known"

# "a character vector of length 2", for messages.
describe_value <- function(x) {
  if (is.null(x)) {
    return("NULL")
  }
  if (is.matrix(x)) {
    sprintf("a %s matrix with %d rows and %d columns", mode(x), nrow(x), ncol(x))
  } else if (is.function(x)) {
    "a function"
  } else if (is.language(x)) {
    "code"
  } else if (is.object(x)) {
    sprintf("an object of class <%s>", class(x)[1])
  } else if (is.atomic(x) && length(x) == 1) {
    if (is.character(x) && !is.na(x)) quote_text(x) else if (is.numeric(x)) plain_number(x) else format(x)
  } else {
    kind <- if (is.list(x)) "list" else paste(mode(x), "vector")
    sprintf("a %s of length %d", kind, length(x))
  }
}
