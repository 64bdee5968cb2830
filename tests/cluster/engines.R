# How each engine is started, what of it is the `map`, and how it is stopped.

new_engine <- function(start, stop, map = identity, packages = character(), has_timeout = FALSE, n_steps = 50, is_there = function() TRUE, needs = "") {
  list(start = start, stop = stop, map = map, packages = packages, has_timeout = has_timeout, n_steps = n_steps, is_there = is_there, needs = needs)
}

socket_cluster <- function(make) {
  function(n) {
    cluster <- make(n)
    paths <- .libPaths()
    parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
    cluster
  }
}
stop_sockets <- function(cluster) try(suppressWarnings(parallel::stopCluster(cluster)), silent = TRUE)

# Stopped processes are not ended by those who only ask.
wake_children <- function() {
  children <- suppressWarnings(system2("pgrep", c("-P", Sys.getpid()), stdout = TRUE))
  for (pid in as.integer(children)) tools::pskill(pid, tools::SIGCONT)
}

with_plan <- function(strategy) {
  new_engine(
    function(n) future::plan(strategy, workers = n), function(old) future::plan(old),
    function(started) future.apply::future_lapply, c("future", "future.apply"), n_steps = 10
  )
}

engines <- list(
  PSOCK = new_engine(socket_cluster(parallel::makePSOCKcluster), stop_sockets, has_timeout = TRUE),
  fork = new_engine(socket_cluster(parallel::makeForkCluster), stop_sockets, has_timeout = TRUE),
  mclapply = new_engine(identity, function(n) NULL, function(n) function(X, FUN) parallel::mclapply(X, FUN, mc.cores = n), n_steps = 10),
  "mirai cluster" = new_engine(function(n) mirai::make_cluster(n), function(cluster) {
    wake_children()
    mirai::stop_cluster(cluster)
  }, packages = "mirai", has_timeout = TRUE),
  "mirai daemons" = new_engine(function(n) mirai::daemons(n), function(started) {
    wake_children()
    mirai::daemons(0)
  }, function(started) mirai::mirai_map, "mirai", has_timeout = TRUE),
  "mirai cluster as Slurm jobs" = new_engine(
    function(n) {
      wrap <- c("--time=5", paste0("--export=ALL,R_LIBS=", paste(.libPaths(), collapse = ":")), "--wrap", ".")
      remote <- mirai::remote_config("sbatch", args = rep(list(wrap), n), rscript = "Rscript", quote = TRUE)
      mirai::make_cluster(n, url = mirai::local_url(tcp = TRUE), remote = remote)
    },
    function(cluster) mirai::stop_cluster(cluster),
    packages = "mirai", is_there = function() nzchar(Sys.which("sinfo")) && system2("sinfo", stdout = FALSE, stderr = FALSE) == 0, needs = "a Slurm that runs"
  ),
  crew = new_engine(
    function(n) {
      controller <- crew::crew_controller_local(workers = n)
      controller$start()
      controller
    },
    function(controller) controller$terminate(),
    function(controller) function(X, FUN) controller$map(FUN(x), iterate = list(x = X), data = list(FUN = FUN), verbose = FALSE)$result,
    "crew", n_steps = 3
  ),
  "future multisession" = with_plan("multisession"),
  "future callr" = local({
    engine <- with_plan("sequential")
    engine$start <- function(n) future::plan(future.callr::callr, workers = n)
    engine$packages <- c(engine$packages, "future.callr")
    engine$n_steps <- 2
    engine
  })
)

# Where a killed worker ends the whole engine, which is not for us to mend.
may_fail <- c("future multisession", "future callr", "crew")
