# Every argument of every exported function with values that are wrong: each is an error of the package that names the
# argument, and no file is made or changed.

wrong_for <- list(
  number = list("a", NA_real_, c(1, 2), quote(NULL), list(), -1, NaN, TRUE),
  count = list("a", NA_real_, c(1, 2), quote(NULL), list(), -1, 1.5, Inf, TRUE),
  flag = list("a", NA, c(TRUE, FALSE), quote(NULL), list(), 1),
  file = list(1, NA_character_, c("a", "b"), quote(NULL), list(), "", TRUE, tempdir()),
  name = list(1, NA_character_, c("a", "b"), list(), "", "a/b", "."),
  a_function = list("a", 1, quote(NULL), NA, list())
)

# For each function: a call that works, and the kind of each argument that is then replaced.
table_of_arguments <- function(file) {
  chain <- read_chain(file)
  init <- start
  reader <- open_chain(file)
  new <- tempfile(fileext = ".h5")
  log_prob <- normal
  draws <- matrix(0, 2, 1)
  tempered <- run_mcmc(normal, start, 20, log_prior = function(x) 0, temperatures = c(1, 2), adapt_steps = 5, seed = 7)
  no_folder <- Filter(function(x) !identical(x, tempdir()), wrong_for$file)
  optional <- function(kind) Filter(function(x) !identical(x, quote(NULL)), wrong_for[[kind]])
  list(
    run_mcmc = list(
      list(log_prob = log_prob, init = init, n_steps = 10, file = new),
      log_prob = wrong_for$a_function, n_steps = wrong_for$count, file = optional("file"), name = wrong_for$name,
      init = list("a", NA, NULL, 1:3, matrix(NA_real_, 4, 2), matrix("a", 4, 2), matrix(0, 0, 2), matrix(0, 4, 0), list()),
      moves = list("stretch", 1, list(), NA), weights = list("a", -1, c(1, 2), NA), thin_by = wrong_for$count,
      vectorized = wrong_for$flag, map = list("lapply", 1, NA), n_workers = optional("count"), worker_timeout = wrong_for$number, n_threads = wrong_for$count, seed = optional("count"), n_ensembles = c(wrong_for$count, 0, 3), log_prior = list("a", 1, NA), n_temperatures = c(wrong_for$count, 0, 1001),
      temperatures = list("a", 1, c(1, NA), c(2, 4), c(1, 1), list()), max_temperature = list("a", NA, 1, -1, quote(NULL)), adapt_steps = optional("count"), swmr = wrong_for$flag,
      overwrite = wrong_for$flag, compression = c(wrong_for$count, 10), flush_interval = wrong_for$number,
      stop_when = list("a", 1, NA), check_every = optional("count"), check_init = wrong_for$flag,
      tune = wrong_for$flag, progress = wrong_for$flag,
      lower = list("a", list(), 1:3, Inf, c(z = 1), 100), upper = list("a", list(), 1:3, -Inf, c(z = 1), -100),
      periodic = list("a", list(), 1:3, 0, -1, -Inf, c(z = 1))
    ),
    resume_mcmc = list(
      list(file = file, log_prob = log_prob, n_steps = 5),
      file = wrong_for$file, log_prob = wrong_for$a_function, n_steps = optional("count"), name = wrong_for$name, log_prior = list("a", 1, function(x) 0),
      moves = list("stretch", 1, list(), NA, move_de()), map = list("lapply", 1, NA), n_workers = optional("count"), worker_timeout = wrong_for$number, n_threads = wrong_for$count,
      flush_interval = optional("number"), stop_when = list("a", 1, NA), check_every = optional("count"), progress = wrong_for$flag
    ),
    read_chain = list(
      list(file = file),
      file = wrong_for$file, name = wrong_for$name, discard = wrong_for$count, thin = c(wrong_for$count, 0),
      parameters = list("z", 0, 99, NA, list(), character(), 1.5), ensembles = list("z", 2, NA, 1.5), swmr = wrong_for$flag
    ),
    run_or_resume = list(
      list(log_prob = log_prob, init = init, n_steps = 10, file = new),
      log_prob = wrong_for$a_function, n_steps = wrong_for$count, file = wrong_for$file, name = wrong_for$name,
      stop_when = list("a", 1, NA), margin = wrong_for$number
    ),
    compiled_density = list(
      list(make = function() 1),
      make = list("a", 1, quote(NULL), NA, list(), function() 1), args = list("a", 1, quote(NULL), NA), source = list(1, NA, "none.cpp", "", character(), tempdir())
    ),
    combine_chains = list(list(files = file), files = list(1, NA, quote(NULL), list(), character(), c(file, file)), name = wrong_for$name, discard = wrong_for$count, thin = c(wrong_for$count, 0)),
    mirror_chain = list(
      list(from = file, to = new),
      from = wrong_for$file, to = c(Filter(function(x) !identical(x, tempdir()), wrong_for$file), file.path("nowhere", "to")), command = optional("name"), name = wrong_for$name, interval = c(wrong_for$number, 0), wait = wrong_for$number, timeout = wrong_for$number
    ),
    chain_status = list(list(file = file), file = no_folder, name = wrong_for$name),
    open_chain = list(list(file = file), file = wrong_for$file, name = wrong_for$name, from = Filter(function(x) !identical(x, Inf), wrong_for$count), wait = wrong_for$number),
    read_new = list(list(reader = reader), reader = list(1, "a", quote(NULL), NA, list()), wait = wrong_for$number),
    plot = list(
      list(x = chain),
      type = list("histogram", 1, NA, quote(NULL)), discard = wrong_for$count, thin = c(wrong_for$count, 0), parameters = list("z", 99, NA),
      truth = list("a", c(z = 1), list(), TRUE), prior = list(1, list(1), list(z = dnorm), TRUE), main = list(1, NA_character_, c("a", "b"), ""),
      col = list("blau", list(), NA_character_, TRUE)
    ),
    watch_chain = list(
      list(file = file),
      file = no_folder, name = wrong_for$name, interval = optional("number"), parameters = list("z", 99, NA), wait = wrong_for$number
    ),
    monitor_chain = list(
      list(file = file, launch_browser = FALSE),
      file = no_folder, name = wrong_for$name, interval = wrong_for$number, host = list(1, NA, ""), port = optional("count"),
      launch_browser = wrong_for$flag, wait = wrong_for$number
    ),
    repair_chain = list(list(file = file), file = wrong_for$file),
    chain_h5 = list(list(file = file), file = wrong_for$file),
    chain_writer = list(
      list(file = new, n_walkers = 2, parameters = 1),
      file = wrong_for$file, n_walkers = wrong_for$count, parameters = list(NA, list(), -1, 1.5, c("a", "a"), c("a", NA), quote(NULL)),
      n_steps = wrong_for$count, name = wrong_for$name, resume = wrong_for$flag, overwrite = wrong_for$flag,
      compression = c(wrong_for$count, 10), flush_interval = wrong_for$number
    ),
    stop_requested = list(list(writer = quote(writer)), writer = list(1, "a", quote(NULL), NA)),
    append_steps = list(list(writer = quote(writer), draws = draws), writer = list(1, "a", quote(NULL), NA), draws = list("a", quote(NULL), 1:3, array(0, c(1, 3, 1))), log_prob = list("a", 1:3)),
    autocorr_time = list(list(x = chain), x = list("a", quote(NULL), list(), numeric()), c = wrong_for$number, tol = wrong_for$number, quiet = wrong_for$flag),
    ess = list(list(x = chain), x = list("a", quote(NULL), list(), numeric()), c = wrong_for$number, tol = wrong_for$number, quiet = wrong_for$flag),
    mcse = list(list(x = chain), x = list("a", quote(NULL), list(), numeric()), c = wrong_for$number, tol = wrong_for$number, quiet = wrong_for$flag),
    rhat = list(list(x = chain), x = list("a", quote(NULL), list(), numeric()), n_ensembles = optional("count"), discard = wrong_for$count, thin = wrong_for$count),
    log_evidence = list(list(x = tempered), x = list("a", 1, quote(NULL), list(), chain), discard = c(optional("count"), 3)),
    acceptance_rate = list(list(x = chain), x = list("a", 1, quote(NULL), list())),
    stop_mcmc = list(list(file = file), file = wrong_for$file, name = wrong_for$name),
    check_file = list(list(file = file), file = wrong_for$file),
    list_runs = list(list(file = file), file = wrong_for$file),
    best_step = list(list(x = chain), thin = wrong_for$count),
    bind_chains = list(list(chain, chain), along = list("parameters", 1, NA)),
    init_walkers = list(list(n_walkers = 10, around = c(a = 1, b = 2)), n_walkers = list("a", -1, NA, 1.5)),
    last_state = list(list(x = chain), x = list("a", 1, quote(NULL), list())),
    export_chain = list(
      list(x = chain, to = tempfile(fileext = ".csv")),
      x = list(1, quote(NULL), list()), to = list(1, NA_character_, c("a", "b"), "", "x.txt", quote(NULL)), discard = wrong_for$count,
      thin = c(wrong_for$count, 0), parameters = list("z", 0, 99, NA, list()), blobs = wrong_for$flag, groups = list("a", 1, NA, c(a = "b")),
      overwrite = wrong_for$flag, progress = wrong_for$flag
    ),
    converged = list(list(), ess = optional("number"), tau = optional("number"), rhat = c(wrong_for$number, 1)),
    converged_tau = list(list(), tau = optional("number"), tol = wrong_for$number),
    max_time = list(list(seconds = 1), seconds = wrong_for$number, margin = wrong_for$number),
    any_of = list(list(max_time(1)), rule = list("a", 1, NA)),
    all_of = list(list(max_time(1)), rule = list("a", 1, NA)),
    diagnose = list(list(x = chain), x = list("a", quote(NULL), list(), numeric()), discard = wrong_for$count, thin = c(wrong_for$count, 0), parameters = list("z", 0, NA)),
    move_stretch = list(list(), a = wrong_for$number),
    move_de = list(list(), sigma = wrong_for$number, gamma0 = optional("number")),
    move_de_snooker = list(list(), gammas = wrong_for$number),
    move_walk = list(list(), s = optional("count")),
    move_kde = list(list(), bandwidth = list("a", NA, -1, list())),
    move_gaussian = list(list(cov = 1), cov = list("a", NA, -1, matrix(1, 2, 3), list()), mode = list("a", 1, NA), factor = list("a", NA, -1)),
    move_mh = list(list(proposal = function(x) x), proposal = wrong_for$a_function),
    move_slice = list(list()),
    move_side = list(list(), sigma = c(wrong_for$number, 0)),
    move_block = list(list(move = move_de(), parameters = 1), move = list("de", 1, NA, quote(NULL), list(), move_block(move_de(), 1)), parameters = list(0, NA, list(), quote(NULL), 1.5, c(1, 1), NA_character_)),
    move_dime = list(list())
  )
}

bad_arguments <- function() {
  folder <- folder_of()
  old <- setwd(folder)
  on.exit(setwd(old))
  file <- file.path(folder, "chain.h5")
  run_mcmc(normal, start, 60, seed = 7, file = file)
  table <- table_of_arguments(file)
  writer <<- chain_writer(file.path(folder, "stream.h5"), 2, 1)
  append_steps(writer, matrix(0, 2, 1), c(0, 0))
  before <- tools::md5sum(file)
  unrefused <- unclassed <- unnamed <- 0
  n <- 0
  for (name in names(table)) {
    good <- table[[name]][[1]]
    for (argument in names(table[[name]])[-1]) {
      for (value in table[[name]][[argument]]) {
        if (identical(value, quote(NULL))) value <- NULL
        call <- good
        call[argument] <- list(value)
        if (name %in% c("chain_writer", "run_mcmc") && argument != "file") call$file <- tempfile(tmpdir = folder, fileext = ".h5")
        if (name == "append_steps" && argument != "writer") call$writer <- writer
        n <- n + 1
        outcome <- tryCatch(
          {
            utils::capture.output(do.call(name, call))
            NULL
          },
          error = identity, warning = function(w) NULL
        )
        told <- sprintf("%s(%s = %s)", name, argument, paste(deparse(value, nlines = 1), collapse = ""))
        if (is.null(outcome)) {
          unrefused <- unrefused + 1
          message(told, " is not refused")
        } else if (!inherits(outcome, "livechain_error")) {
          unclassed <- unclassed + 1
          message(told, ": ", conditionMessage(outcome))
        } else if (!grepl(argument, cli::ansi_strip(conditionMessage(outcome)), fixed = TRUE)) {
          unnamed <- unnamed + 1
          message(told, " is not named: ", cli::ansi_strip(conditionMessage(outcome)))
        }
      }
    }
  }
  close(writer)
  changed <- !identical(before, tools::md5sum(file)) + length(setdiff(list.files(folder, all.files = TRUE, no.. = TRUE), c("chain.h5", "stream.h5")))
  exports <- getNamespaceExports("livechain")
  result(
    "bad arguments of every exported function", n, "calls", unrefused = unrefused, unclassed = unclassed, unnamed = unnamed,
    changed = changed, missing = length(setdiff(exports, names(table))), note = toString(setdiff(exports, names(table)))
  )
}
