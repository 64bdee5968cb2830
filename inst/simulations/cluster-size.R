# How long a step of run_mcmc(map = ) takes, and how busy it keeps the workers: a simulation of what the session does, with what
# each of its doings was measured to cost (overheads.csv; checked.csv has simulated steps beside real ones).
#
# The session is one process. It cuts those walkers into pieces that are moved at once, sends the pieces to workers that are
# free, takes answers as they come, one after the other, and goes on when all are there.

# Seconds of the session, by engine, and the latency of a piece beyond them: between machines, add the time of the network.
read_overheads <- function(folder) {
  table <- utils::read.csv(file.path(folder, "overheads.csv"))
  lapply(split(table, table$engine), function(row) as.list(row[names(row) != "engine"]))
}

# What evaluations of the density take: functions of how many there are.
even <- function(cost) function(n) rep(cost, n)
uneven <- function(cost) function(n) stats::runif(n, 0.1 * cost, 1.9 * cost)

# Seconds of one call of the density. `costs` are those of its walkers, `known` what they took last time.
simulate_call <- function(costs, n_workers, overheads, known = costs) {
  o <- overheads
  pieces <- livechain:::cut_guided(known, n_workers)
  work <- vapply(pieces, function(rows) sum(costs[rows]), 0)
  now <- o$call + length(costs) * o$walker + length(pieces) * o$piece
  n_sent <- n_taken <- 0
  answers <- numeric() # when those of the busy workers are there; the first `gone` of them are taken
  gone <- 0
  while (n_taken < length(pieces)) {
    n_out <- length(answers) - gone
    n_new <- min(n_workers - n_out, length(pieces) - n_sent)
    if (n_new > 0) {
      sent <- now + cumsum(o$send + o$send_each * (n_out + seq_len(n_new)))
      answers <- sort(c(answers[gone + seq_len(n_out)], sent + o$latency + work[n_sent + seq_len(n_new)]))
      gone <- 0
      now <- sent[n_new]
      n_sent <- n_sent + n_new
      n_out <- n_out + n_new
    }
    now <- looked_until(now, answers[gone + 1], o$pause) + o$look + o$look_each * n_out
    came <- 1
    while (came < n_out && answers[gone + came + 1] <= now) came <- came + 1
    now <- now + came * (o$take + o$take_each * n_out)
    gone <- gone + came
    n_taken <- n_taken + came
  }
  now
}

# Who is not woken by an answer looks from time to time: the longer it has waited, the less often, up to each `pause`.
looked_until <- function(now, answer, pause) {
  waited <- max(0, answer - now)
  now + waited + if (waited > 0) min(pause, waited / 50) / 2 else 0
}

# A step of `n_walkers` in each of `n_ensembles`: milliseconds, and the part of the workers' time that is used. Moves split an
# ensemble in so many parts, the default ones in two or, one in ten, in four; the parts of all ensembles are moved in one call.
simulate_step <- function(n_workers, n_walkers, cost, overheads, n_ensembles = 1, n_splits = c(2, 4), shares = c(0.9, 0.1)) {
  step <- function(n_splits) {
    sizes <- n_walkers %/% n_splits + (seq_len(n_splits) <= n_walkers %% n_splits)
    calls <- table(n_ensembles * sizes[sizes > 0])
    each <- vapply(as.integer(names(calls)), function(n) {
      costs <- cost(n)
      c(simulate_call(costs, n_workers, overheads, known = cost(n)), sum(costs))
    }, c(0, 0))
    each %*% calls
  }
  shares <- shares[seq_along(n_splits)] / sum(shares[seq_along(n_splits)])
  both <- vapply(n_splits, step, c(0, 0)) %*% shares
  data.frame(ms = 1000 * both[1], efficiency = both[2] / both[1] / n_workers)
}
