# What inst/simulations/cluster-size.R is made of and how true it is: writes overheads.csv and checked.csv beside it, and
# cluster_size.md here. Workers sleep, so that two cores serve eight of them.

library(livechain)

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
simulations <- file.path(folder, "..", "inst", "simulations")
source(file.path(simulations, "cluster-size.R"))
own <- asNamespace("livechain")

with_psock <- function(n, use) {
  cluster <- parallel::makePSOCKcluster(n)
  on.exit(parallel::stopCluster(cluster))
  paths <- .libPaths()
  parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
  use(cluster)
}

with_mirai <- function(n, use) {
  mirai::daemons(n)
  on.exit(mirai::daemons(0))
  use(mirai::mirai_map)
}

engines <- list(psock = with_psock, mirai = with_mirai)

# Of times, what one in ten is below: in the others, other programs may have had the processors.
fast <- function(x) stats::quantile(x, 0.1, names = FALSE)

now <- own$seconds_now
elapsed <- function(code) {
  start <- now()
  force(code)
  now() - start
}

# Of this session, in which others on the machine have no part; workers that have got a piece are on the processors at once.
processor_time <- function() sum(proc.time()[1:2])

# -- What the session's doings cost -------------------------------------------------------------------------------------

new_job_of <- function(map, density) own$new_job(list(to = map), density, density, list(), FALSE, letters[1:5], 1)

new_pool <- function(map, job, n_workers) {
  if (inherits(map, "cluster")) own$socket_pool(map, n_workers) else own$mirai_pool(map, n_workers)
}

pieces_of <- function(n, job) {
  lapply(seq_len(n), own$take_piece, job$key, matrix(0, n, 5), seq_len(n), matrix(c(10403L, 624L, 1:624), 626, n), FALSE, TRUE)
}

deal_with <- function(pool, pieces, job) {
  own$deal(pool, pieces, job, Inf, function() FALSE, list(add = identity), own$new_teller())
}

# Of a piece for each of `n` workers, which have all answered before the session looks: seconds of sending one, and of taking
# an answer. With fewer processes than workers, the other pieces wait in the dispatcher.
measure_exchange <- function(map, n) {
  job <- new_job_of(map, function(x) 0)
  pool <- new_pool(map, job, n)
  pieces <- pieces_of(n, job)
  for (i in 1:2) deal_with(pool, pieces, job)
  rounds <- replicate(max(5, 600 %/% n), {
    sent <- answered <- NULL
    late <- pool
    late$collect <- function(seconds) {
      if (is.null(sent)) {
        sent <<- processor_time()
        Sys.sleep(0.1 + n / 1000)
        answered <<- now()
      }
      pool$collect(seconds)
    }
    start <- processor_time()
    deal_with(late, pieces, job)
    c(send = sent - start, take = now() - answered) / n
  })
  pool$forget(job$key)
  c(send = mean(rounds["send", ]), take = fast(rounds["take", ]))
}

# Of one look while `n` workers are busy.
measure_look <- function(map, n) {
  job <- new_job_of(map, function(x) Sys.sleep(1))
  pool <- new_pool(map, job, n)
  for (piece in pieces_of(n, job)) pool$send(c(piece$sent, list(job = job)), job)
  looks <- replicate(200, elapsed(pool$collect(0)))
  Sys.sleep(1)
  pool$forget(job$key)
  fast(looks)
}

# Of a call of the density with one piece, for a worker that waits: what the session does, and all of it.
measure_trip <- function(map) {
  job <- new_job_of(map, function(x) 0)
  pool <- new_pool(map, job, 2)
  pieces <- pieces_of(2, job)
  for (i in 1:2) deal_with(pool, pieces, job)
  start <- processor_time()
  calls <- replicate(500, elapsed(deal_with(pool, pieces[1], job)))
  session <- (processor_time() - start) / length(calls)
  pool$forget(job$key)
  c(session = session, all = fast(calls))
}

# Of a walker where none travels, and of cutting a piece.
measure_session <- function() {
  init <- matrix(stats::rnorm(10000), 2000)
  ends <- numeric()
  suppressMessages(run_mcmc(
    function(x) 0, init, 200, map = lapply, moves = move_stretch(), check_init = FALSE, callback_every = 1,
    callback = function(chain) ends <<- c(ends, now())
  ))
  job <- list(key = "a key, as long as they are, of the process and a number")
  cuts <- replicate(50, elapsed(own$cut_guided(rep(1, 500), 500))) + replicate(50, elapsed(pieces_of(500, job)))
  c(walker = fast(diff(ends)) / 2000, piece = fast(cuts) / 500)
}

# What does not depend on the number of workers, and what each of them adds, which is not less than nothing.
fit_line <- function(x, y) {
  n <- length(x)
  slope <- if (n > 1) max(0, (y[n] - y[1]) / (x[n] - x[1])) else 0
  c(max(0, y[1] - slope * x[1]), slope)
}

measure_engine <- function(engine, numbers, n_processes, session) engines[[engine]](n_processes, function(map) {
  exchanges <- vapply(numbers, function(n) measure_exchange(map, n), c(0, 0))
  looks <- vapply(numbers, function(n) measure_look(map, n), 0)
  send <- fit_line(numbers / 2, exchanges["send", ]) # half of them are busy in the middle of sending
  take <- fit_line(numbers / 2, exchanges["take", ])
  look <- fit_line(numbers, looks)
  trip <- measure_trip(map)
  seconds <- c(
    call = max(0, trip[["session"]] - send[1] - take[1] - look[1]), session,
    send = send[1], send_each = send[2], take = take[1], take_each = take[2], look = look[1], look_each = look[2],
    latency = max(0, trip[["all"]] - trip[["session"]]), pause = if (engine == "mirai") 0.002 else 0 # as in R/map-mirai.R
  )
  data.frame(engine = engine, as.list(signif(seconds, 3)))
})

# -- Steps that were simulated, and real ones -----------------------------------------------------------------------------

# Asleep for as long as `cost` says, and later awake than asked, as a blob. What a position takes cannot be known before.
sleepy <- function(x, cost, is_even) {
  clock <- getNamespace("livechain")$seconds_now
  share <- if (is_even) 1 else 0.1 + 1.8 * (abs(x[1]) * 1e6) %% 1
  start <- clock()
  Sys.sleep(cost * share)
  c(-sum(x^2) / 2, late = clock() - start - cost * share)
}

real_run <- function(map, n_workers, n_walkers, n_ensembles, cost, is_even) {
  init <- matrix(stats::rnorm(2 * n_walkers * n_ensembles), ncol = 2)
  ends <- numeric()
  n_steps <- max(8, ceiling(1.5 * n_workers / (n_walkers * n_ensembles * cost)))
  chain <- suppressMessages(run_mcmc(
    sleepy, init, n_steps + 1, cost = cost, is_even = is_even, n_ensembles = n_ensembles, map = map, n_workers = n_workers, moves = move_stretch(),
    check_init = FALSE, callback = function(chain) ends <<- c(ends, now()), callback_every = 1
  ))
  list(ms = 1000 * stats::median(diff(ends)), late = unlist(chain$blobs))
}

check_engine <- function(engine, n_workers, overheads) {
  layouts <- list(c(2, 1), c(4, 1), c(1, 4)) # walkers a worker in an ensemble, and ensembles
  cases <- expand.grid(layout = 1:3, cost = c(0.005, 0.02, 0.1), is_even = c(TRUE, FALSE))
  engines[[engine]](n_workers, function(map) {
    rows <- lapply(seq_len(nrow(cases)), function(i) {
      case <- cases[i, ]
      layout <- layouts[[case$layout]]
      n_walkers <- max(4, n_workers * layout[1])
      real <- real_run(map, n_workers, n_walkers, layout[2], case$cost, case$is_even)
      draw <- (if (case$is_even) even else uneven)(case$cost)
      # A piece waits three times for somebody to wake: the worker, the sleeper in it, the session.
      woken <- function(n) rowSums(matrix(sample(real$late, 3 * n, TRUE), n))
      simulated <- replicate(20, simulate_step(
        n_workers, n_walkers, function(n) draw(n) + woken(n), overheads, layout[2], n_splits = 2
      )$ms)
      row <- data.frame(
        engine = engine, workers = n_workers, walkers = n_walkers, ensembles = layout[2], cost_ms = 1000 * case$cost,
        costs = if (case$is_even) "even" else "uneven", late_ms = 1000 * mean(real$late),
        simulated_ms = stats::median(simulated), measured_ms = real$ms
      )
      cbind(row, ratio = row$measured_ms / row$simulated_ms)
    })
    do.call(rbind, rows)
  })
}
# -- All of it; with the argument `check`, by what was measured before ------------------------------------------------------

if (!identical(commandArgs(TRUE), "check")) {
  session <- measure_session()
  measured <- rbind(measure_engine("psock", 16, 16, session), measure_engine("mirai", c(32, 300, 1000), 4, session))
  utils::write.csv(measured, file.path(simulations, "overheads.csv"), row.names = FALSE, quote = FALSE)
}
overheads <- read_overheads(simulations)
checked <- do.call(rbind, lapply(names(engines), function(engine) {
  do.call(rbind, lapply(c(2, 4, 8), function(n) check_engine(engine, n, overheads[[engine]])))
}))
checked[] <- lapply(checked, function(x) if (is.numeric(x)) signif(x, 3) else x)
utils::write.csv(checked, file.path(simulations, "checked.csv"), row.names = FALSE, quote = FALSE)

microseconds <- t(1e6 * do.call(rbind, lapply(overheads, unlist)))
writeLines(c(
  "# Steps on a cluster, simulated and real", "", "Made by `Rscript bench/cluster_size.R`. Microseconds of the session, by which `inst/simulations/cluster-size.R` goes:", "",
  knitr::kable(microseconds, format = "pipe", digits = 2), "",
  "Milliseconds a step of `move_stretch()`, the median, with workers asleep instead of computing. The simulation is told how much later than asked",
  "they woke, which grows with what else the machine does, and has whoever waits for a message wake as late.", "",
  knitr::kable(checked, format = "pipe", digits = 2)
), file.path(folder, "cluster_size.md"))
