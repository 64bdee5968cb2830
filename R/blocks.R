# A run in blocks of steps, which fit into memory where the whole may not.

most_values_in_block <- function() getOption("livechain.block_values", 1e6)

# Of a chain, a chain_file or a path: `n_steps`, how many steps are left of it; `read(first, n)`, the chain of `n` of those
# from the `first`-th on; `flags()`, which quantities are logical; and `close()`.
open_blocks <- function(x, name, discard, thin, parameters, blobs, call = rlang::caller_env()) {
  force(call)
  discard <- check_discard(discard, call)
  thin <- check_whole(thin, 1, call = call)
  source <- if (inherits(x, "chain")) {
    blocks_of_chain(select_steps(x, discard, thin, call), call)
  } else if (inherits(x, "chain_file") || is_path(x)) {
    name <- check_run_name(run_name(x, name), call)
    blocks_of_file(check_path(x, call), name, discard, thin, blobs || is.character(parameters), call)
  } else {
    abort_not_chain(x, call)
  }
  read <- source$read
  source$flags <- function() flags_of(read(1, 1))
  source$read <- function(first, n) select_blobs(select_quantities(read(first, n), parameters, FALSE, call), blobs)
  source
}

# The chain with all its blobs.
read_all <- function(x, discard = 0, thin = 1, call = rlang::caller_env()) {
  source <- open_blocks(x, "mcmc", discard, thin, NULL, blobs = TRUE, call)
  on.exit(source$close())
  source$read(1, source$n_steps)
}

# Each quantity once: what was chosen by name stands beside the parameters, and no longer among the blobs.
select_blobs <- function(chain, blobs) {
  fields <- blob_fields(chain)
  kept <- blobs & !names(fields) %in% dimnames(chain$draws)[[3]]
  chain["blobs"] <- list(if (any(kept)) tidy_blobs(fields[kept], chain$steps))
  chain
}

blocks_of_chain <- function(chain, call) {
  n_steps <- dim(chain)[1]
  if (n_steps == 0) abort("empty", "The chain has no steps.", call = call)
  list(
    n_steps = n_steps,
    read = function(first, n) keep(chain, first - 1 + seq_len(n)),
    close = function() NULL
  )
}

blocks_of_file <- function(path, name, discard, thin, blobs, call) {
  reader <- open_reader(path, name, call = call)
  close <- function() native(livechain_close_reader, reader)
  progress <- native(livechain_refresh, reader, call = call)
  run <- describe_reader(reader, call)
  read <- function(first, n) {
    read_part(reader, run, progress, discard + thin * first - 1, n, thin, seq_len(run$n_parameters), blobs, call)
  }
  if (discard == "auto") discard <- stored_burn_in(reader, run, progress, call)
  n_steps <- max(0, (progress$n_steps - discard) %/% thin)
  if (n_steps == 0) {
    close()
    abort_empty(path, name, progress$n_steps, discard, thin, call)
  }
  list(n_steps = n_steps, read = read, close = close)
}

# What `discard = "auto"` leaves out of a run that has come so far: of each block, the means of the ensembles are kept.
stored_burn_in <- function(reader, run, progress, call = rlang::caller_env()) {
  n_steps <- progress$n_steps
  if (n_steps == 0) {
    return(0)
  }
  blocks <- blocks_from(n_steps, run$n_walkers * (run$n_parameters + 1))
  means <- lapply(blocks, function(block) {
    read <- read_steps(reader, block$first - 1, block$n, 1, seq_len(run$n_parameters), blobs = FALSE, call)
    by_ensemble <- array(read$draws, c(block$n, run$n_walkers / run$n_ensembles, run$n_ensembles, run$n_parameters))
    list(draws = apply(by_ensemble, c(1, 3, 4), mean), log_prob = read$log_prob)
  })
  rows <- list(
    steps = as.double(seq_len(n_steps)),
    draws = Reduce(function(x, y) bind_arrays(x, y, 1), lapply(means, `[[`, "draws")),
    log_prob = do.call(rbind, lapply(means, `[[`, "log_prob")),
    settled_at = past_of(progress$updated_at, run$facts[["adapt_steps"]], n_steps)$settled_at
  )
  burn_in(rows, run$n_ensembles)
}

# Where blocks begin, and how many steps each of them has, when a step has `n_values` values.
blocks_from <- function(n_steps, n_values) {
  most <- max(1, most_values_in_block() %/% n_values)
  lapply(seq(1, length.out = ceiling(n_steps / most), by = most), function(first) {
    list(first = first, n = min(most, n_steps - first + 1))
  })
}

# How many values a step of this chain has.
values_per_step <- function(chain) {
  sum(lengths(unclass(chain)[c("draws", "log_prob")]), lengths(blob_fields(chain))) / max(1, dim(chain)[1])
}
