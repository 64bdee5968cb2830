# Densities that misbehave in the middle of a run: the error is theirs, the steps before it are kept, and the run goes
# on to the same bits with a density that behaves.

misbehaviours <- list(
  error = function() stop("no"), warning = function() {
    warning("hm")
    "fine"
  },
  nan = function() NaN, na = function() NA_real_, infinite = function() Inf, null = function() NULL, empty = function() numeric(),
  two = function() c(1, 2), text = function() "1", list = function() list(), environment = function() globalenv(),
  logical = function() TRUE, complex = function() 1i,
  restart = function() invokeRestart("abort_run"), quits_loop = function() rlang::abort("no", class = "mine"),
  recursion = function() {
    f <- function() f()
    f()
  },
  memory = function() numeric(1e13), browser = function() {
    browser()
    "fine"
  },
  nested_run = function() {
    run_mcmc(function(x) -sum(x^2) / 2, matrix(stats::rnorm(20), 10), 20, seed = 1)
    "fine"
  },
  nested_read = function() {
    try(read_chain(current_file), silent = TRUE)
    chain_status(current_file)
    "fine"
  },
  seed = function() {
    set.seed(99)
    stats::runif(10)
    "fine"
  },
  interrupt = function() rlang::interrupt(), gc = function() {
    gc()
    "fine"
  }
)

# In a process of its own, where browser() finds no input that is meant for others.
misbehaving_densities <- function() {
  files <- file.path(here, c("support.R", "densities.R"))
  process <- background(function(files) {
    for (file in files) source(file, local = globalenv())
    misbehave()
  }, normalizePath(files))
  process$wait()
  process$get_result()
}

misbehave <- function() {
  reference <- reference_of(60)
  lost <- wrong <- unusable <- 0
  culprits <- character()
  for (name in names(misbehaviours)) {
    current_file <<- tempfile(fileext = ".h5")
    n_calls <- 0
    log_prob <- function(x) {
      n_calls <<- n_calls + 1
      value <- if (n_calls == 500) misbehaviours[[name]]() else "fine"
      if (identical(value, "fine")) normal(x) else value
    }
    withRestarts(
      tryCatch(
        utils::capture.output(suppressWarnings(run_mcmc(log_prob, start, 60, seed = 7, file = current_file))),
        error = identity, interrupt = identity
      ),
      abort_run = function() NULL
    )
    # 20 walkers at the start, and 24 whole steps of 20 walkers.
    if (published(current_file) < 23) lost <- lost + 1
    if (chain_status(current_file)$state == "running") unusable <- unusable + 1
    if (chain_status(current_file)$state == "interrupted") resume_mcmc(current_file, normal)
    if (!identical(read_chain(current_file)$draws, reference$draws)) {
      wrong <- wrong + 1
      culprits <- c(culprits, name)
    }
    unlink(current_file)
  }
  result("densities that misbehave", length(misbehaviours), "kinds", lost = lost, wrong = wrong, unusable = unusable, note = toString(culprits))
}
