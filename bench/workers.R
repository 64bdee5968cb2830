# What a `map` costs: milliseconds a step of 100 walkers and 5 parameters beyond one process, with two workers and a density that
# costs nothing; and uneven costs, against the time in which the workers could do them. Writes the tables in workers.md.

library(livechain)

n_workers <- 2
set.seed(1)
init <- matrix(rnorm(500), 100)
normal <- function(x) -sum(x^2) / 2

per_step <- function(map, n_steps, init, log_prob = normal) {
  run <- function(n) system.time(suppressMessages(run_mcmc(log_prob, init, n, seed = 1, map = map, check_init = FALSE)))[["elapsed"]]
  run(2)
  1000 * stats::median(replicate(3, run(n_steps) - run(0))) / n_steps
}

with_parallel <- function(use, n = n_workers, make = parallel::makePSOCKcluster) {
  cluster <- make(n)
  on.exit(parallel::stopCluster(cluster))
  paths <- .libPaths()
  parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
  use(cluster)
}

with_mirai <- function(use, n = n_workers) {
  cluster <- mirai::make_cluster(n)
  on.exit(mirai::stop_cluster(cluster))
  use(cluster)
}

with_daemons <- function(use, n = n_workers) {
  mirai::daemons(n)
  on.exit(mirai::daemons(0))
  use(mirai::mirai_map)
}

with_future <- function(use) {
  old <- future::plan(future::multisession, workers = n_workers)
  on.exit(future::plan(old))
  use(future.apply::future_lapply)
}

# Where the machine does other things as well, all grows with what one process takes: 0.1 ms where it is quiet.
serial <- per_step(NULL, 1000, init)
overhead <- function(map, n_steps) per_step(map, n_steps, init) - serial
engines <- list(
  "lapply" = list(0.3, overhead(lapply, 200)),
  "PSOCK cluster" = list(3, with_parallel(function(map) overhead(map, 50))),
  "fork cluster" = list(3, with_parallel(function(map) overhead(map, 50), make = parallel::makeForkCluster)),
  "mclapply" = list(NA, overhead(function(X, FUN) parallel::mclapply(X, FUN, mc.cores = n_workers), 3)),
  "future multisession" = list(30, with_future(function(map) overhead(map, 3))),
  "mirai cluster" = list(3, with_mirai(function(map) overhead(map, 50))),
  "mirai daemons (mirai_map)" = list(NA, with_daemons(function(map) overhead(map, 50)))
)
overheads <- data.frame(
  map = names(engines), ms = signif(vapply(engines, `[[`, 0, 2), 2), target = vapply(engines, function(x) as.double(x[[1]]), 0), row.names = NULL
)
overheads <- rbind(data.frame(map = "(one process, all of it)", ms = signif(serial, 2), target = NA), overheads)
print(overheads)

# Costs of 5 to 100 ms that depend on the walker, asleep, so that two cores serve four workers. The first parameter tells which
# walker it is, and stays what it is.
set.seed(2)
costs <- sample(seq(0.005, 0.1, length.out = 64))
apart <- cbind(1000 * seq_along(costs) + rnorm(64) / 10, rnorm(64))
sleepy <- function(x, costs) {
  Sys.sleep(costs[round(x[1] / 1000)])
  0
}
uneven_time <- function(map, n_steps = 12) {
  time <- function(n) {
    system.time(suppressMessages(run_mcmc(sleepy, apart, n, costs = costs, seed = 1, map = map, moves = move_gaussian(1e-6), check_init = FALSE)))[["elapsed"]]
  }
  time(n_steps) - time(0)
}
ideal <- 12 * sum(costs) / 4
seconds <- c(
  "PSOCK cluster" = with_parallel(uneven_time, 4), "mirai cluster" = with_mirai(uneven_time, 4),
  "mirai daemons (mirai_map)" = with_daemons(uneven_time, 4)
)
uneven <- data.frame(map = names(seconds), seconds = seconds, ideal = ideal, ratio = round(seconds / ideal, 2), row.names = NULL)
print(uneven)

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
writeLines(c(
  "# What workers cost", "", "Made by `Rscript bench/workers.R`. Milliseconds a step of 100 x 5 beyond one process, two workers, a density that costs nothing:", "",
  knitr::kable(overheads, format = "pipe"), "",
  "Where the first row is more than 0.1, the machine did other things as well, and all the others grow with it.", "",
  "Seconds of 12 steps of 64 walkers whose density takes 5 to 100 ms, four workers, against the sum of all times by four:", "",
  knitr::kable(uneven, format = "pipe", digits = 2)
), file.path(folder, "workers.md"))
