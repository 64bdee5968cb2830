# Which walkers go out together, and in which order: lists of rows. Evaluations that took long are begun first, so that none of
# them is waited for at the end.

# Where walkers take less, it is not measured what each of them does.
least_time <- 0.0002

# A piece of less than so many seconds is not worth its journey.
least_piece <- 0.001

# What the session itself has to do with a piece, in seconds, while no other can be sent. What `seconds` of work are cut into takes
# it least when it sends no longer than a piece is worked on.
exchange_time <- 0.0002
most_pieces <- function(seconds, n_workers) min(n_workers, max(4, ceiling(sqrt(seconds / exchange_time))))

take_piece <- function(rows, key, positions, walkers, seeds, draws, timed, numbers = seq_along(walkers)) {
  sent <- list(
    key = key, positions = positions[rows, , drop = FALSE], seeds = seeds[, rows, drop = FALSE], draws = draws, timed = timed
  )
  list(rows = numbers[rows], walkers = walkers[rows], sent = sent)
}

split_piece <- function(piece) {
  sent <- piece$sent
  lapply(seq_along(piece$rows), function(i) {
    take_piece(i, sent$key, sent$positions, piece$walkers, sent$seeds, sent$draws, sent$timed, piece$rows)
  })
}

# Neighbours go to different workers, so that costs that change slowly from walker to walker are shared evenly.
cut_in_turn <- function(n, n_pieces) {
  n_pieces <- min(n, n_pieces)
  lapply(seq_len(n_pieces), function(first) seq.int(first, n, n_pieces))
}

# As many pieces as workers, each as long as the others: to whoever has least, the longest first.
cut_evenly <- function(costs, n_workers) {
  if (anyNA(costs) || sum(costs) < least_piece * n_workers) {
    return(cut_in_turn(length(costs), n_workers))
  }
  loads <- numeric(min(n_workers, length(costs)))
  piece <- integer(length(costs))
  for (row in order(costs, decreasing = TRUE)) {
    piece[row] <- which.min(loads)
    loads[piece[row]] <- loads[piece[row]] + costs[row]
  }
  unname(split(seq_along(costs), piece))
}

# For workers that take the next piece when they have done one: the less is left, the smaller they are. What is not known is
# found out one by one.
cut_guided <- function(costs, n_workers) {
  if (all(is.na(costs))) {
    return(as.list(seq_along(costs)))
  }
  costs[is.na(costs)] <- max(costs, na.rm = TRUE)
  total <- sum(costs)
  n_pieces <- most_pieces(total, n_workers)
  if (total < least_piece * n_workers) {
    return(cut_in_turn(length(costs), n_pieces))
  }
  # Where there are more workers than can be sent to in time, several walkers go together, also if they took little last time: that
  # may change.
  together <- if (n_pieces < n_workers) total / n_pieces else exchange_time * n_workers
  together <- max(1, floor(together * length(costs) / total))
  rows <- order(costs, decreasing = TRUE)
  done <- c(0, cumsum(costs[rows]))
  pieces <- list()
  first <- 1
  while (first <= length(rows)) {
    end <- done[first] + max(least_piece, (done[length(done)] - done[first]) / (3 * n_workers))
    last <- min(length(rows), first + together - 1)
    while (last < length(rows) && done[last + 2] <= end) last <- last + 1
    pieces[[length(pieces) + 1]] <- rows[first:last]
    first <- last + 1
  }
  pieces
}

# What each walker took last, in seconds.
new_costs <- function() {
  seconds <- numeric()
  list(
    of = function(walkers) {
      if (max(walkers) > length(seconds)) seconds[(length(seconds) + 1):max(walkers)] <<- NA
      seconds[walkers]
    },
    # An answer has seconds for each walker, or for all of its piece.
    learn = function(pieces, answers) {
      for (i in seq_along(pieces)) {
        walkers <- pieces[[i]]$walkers
        taken <- answers[[i]]$seconds
        seconds[walkers] <<- if (length(taken) == length(walkers)) taken else taken / length(walkers)
      }
    }
  )
}
