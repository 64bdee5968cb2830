# Where a run goes: the arguments that say so.

check_storage <- function(file, name, swmr, overwrite, compression, flush_interval, sync_interval,
                          call = rlang::caller_env()) {
  name <- check_run_name(name, call)
  check_flag(swmr, "swmr", call)
  check_flag(overwrite, "overwrite", call)
  compression <- check_whole(compression, 0, 9, "compression", call)
  flush_interval <- check_interval(flush_interval, "flush_interval", call)
  sync_interval <- check_interval(sync_interval, "sync_interval", call)
  if (is.null(file)) {
    return(NULL)
  }
  path <- check_path(file, call)
  check_new_place(path, file, "file", call)
  if (file.exists(path)) check_free(path, name, overwrite, call)
  list(
    path = path, name = name, swmr = swmr, compression = compression, flush_interval = flush_interval,
    sync_interval = sync_interval
  )
}

# Where a file can be made, or is.
check_new_place <- function(path, given, arg, call) {
  if (!dir.exists(dirname(path))) {
    abort("missing", c(
      "The folder of {.file {path}} does not exist.",
      "i" = "Make it with {.code dir.create()}, or choose another {.arg {arg}}."
    ), call = call)
  }
  if (is_link(path)) abort_argument(arg, "the path of a file", given, call, hint = "It is a link that leads nowhere but to itself.")
}

check_interval <- function(interval, arg, call = rlang::caller_env()) {
  check_number(interval, "a finite number of seconds, 0 or more", function(x) x >= 0 && is.finite(x), arg, call)
}

# That the file can take the run is looked at before the density is evaluated, and again when it is made.
check_free <- function(path, name, overwrite, call) {
  if (is_written(path, call)) {
    failure_reports$busy(list(path = path, detail = "a run in it is going on"), call)
  }
  runs <- native(livechain_list_runs, path, call = call)
  if (name %in% runs && !overwrite) failure_reports$exists(list(path = path, detail = name), call)
}

# Whether a writer has the file, or, where locks do not tell, the run.
is_going_on <- function(storage) is_written(storage$path) || describe_stored(storage$path, storage$name)$session$running

is_written <- function(path, call = rlang::caller_env()) native(livechain_has_writer, path, call = call)
