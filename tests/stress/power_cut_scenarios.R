# What is recorded for power_cuts.R: what is in the file before, and the work in which the power is cut.

set.seed(2)
wide <- matrix(rnorm(256), 64)  # four steps a chunk

with_blob <- function(x) c(normal(x), blob = x[1])

# Syncs take place while it runs.
slowly <- function(density) {
  function(x) {
    Sys.sleep(2e-5)
    density(x)
  }
}

sample_slowly <- function(file, n_steps = 120, density = normal, ..., flush_interval = 0.002) {
  run_mcmc(slowly(density), wide, n_steps, seed = 7, file = file, flush_interval = flush_interval, sync_interval = 0.04, ...)
}

unpack_emcee <- function(file) {
  folder <- folder_of()
  utils::untar(file.path(here, "..", "testthat", "emcee-files.tar.xz"), exdir = folder)
  file.copy(file.path(folder, "plain.h5"), file, copy.mode = FALSE)
}

nothing_before <- function(file) NULL

scenarios <- list(
  fresh = list(before = nothing_before, work = sample_slowly, density = normal),
  each_step = list(before = nothing_before, work = function(file) sample_slowly(file, flush_interval = 0), density = normal),
  blobs = list(before = nothing_before, work = function(file) sample_slowly(file, density = with_blob), density = with_blob),
  compressed = list(
    before = nothing_before, work = function(file) sample_slowly(file, density = with_blob, compression = 4), density = with_blob
  ),
  plain = list(before = nothing_before, work = function(file) sample_slowly(file, swmr = FALSE), density = normal),
  growing = list(
    before = function(file) sample_slowly(file, 4, flush_interval = 0),
    work = function(file) resume_mcmc(file, slowly(normal), n_steps = 150), density = normal
  ),
  resuming = list(
    before = function(file) {
      child <- forked(function() sample_slowly(file))
      wait_until(function() published(file) > 40)
      signal(child, 9)
      wait_until(function() !is_running(child))
    },
    work = function(file) resume_mcmc(file, slowly(normal)), density = normal
  ),
  closing = list(
    before = function(file) sample_slowly(file, 117), work = function(file) resume_mcmc(file, normal, n_steps = 3), density = normal
  ),
  adding = list(
    before = function(file) sample_slowly(file, 30), work = function(file) sample_slowly(file, 40, name = "second"), density = normal
  ),
  adopting = list(
    before = unpack_emcee, work = function(file) resume_mcmc(file, slowly(normal), n_steps = 100, verify = FALSE, flush_interval = 0.002),
    density = normal, verify = FALSE
  )
)

record_all <- function(folder, chosen) {
  recorder <- build_preloaded("record_writes")
  session <- background(function(here, folder, chosen) {
    assign("here", here, globalenv())
    for (file in c("support", "power_cut_scenarios")) sys.source(file.path(here, paste0(file, ".R")), globalenv())
    lapply(chosen, record_scenario, folder)
  }, normalizePath(here), folder, chosen, env = c(LD_PRELOAD = recorder, RECORD_MATCH = "chain.h5"))
  session$wait()
  session$get_result()
}

record_scenario <- function(name, folder) {
  scenario <- scenarios[[name]]
  folder <- file.path(folder, name)
  dir.create(folder)
  record <- list(scenario = name, log = file.path(folder, "log"), reference = file.path(folder, "reference.rds"), base = file.path(folder, "base"), number = 0)
  file <- file.path(folder, "chain.h5")
  suppressMessages(scenario$before(file))
  if (file.exists(file)) {
    file.copy(file, record$base)
    record$number <- as.double(system2("stat", c("-c", "%i", file), stdout = TRUE))
  }
  set.seed(3)
  Sys.setenv(RECORD = record$log)
  suppressMessages(scenario$work(file))
  Sys.unsetenv("RECORD")
  runs <- chain_status(file, name = NULL)$name
  saveRDS(stats::setNames(lapply(runs, function(run) read_chain(file, run)), runs), record$reference)
  record
}
