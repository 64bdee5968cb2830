# A run in blocks of steps, which fit into memory where the whole may not.

most_values_in_block <- function() getOption("livechain.block_values", 1e6)

# Of a chain, a chain_file or a path: `n_steps`, how many steps are left of it; `read(first, n)`, the chain of `n` of those
# from the `first`-th on; and `close()`.
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
  steps_read <- function(discard, first, n, blobs) {
    steps <- discard + thin * (first - 1 + seq_len(n))
    result <- read_steps(reader, steps[1] - 1, n, thin, seq_len(run$n_parameters), blobs, call)
    result$accepted <- progress$accepted
    new_chain(result, run$names, steps, run$thin_by, progress$n_steps, run$groups, run$n_ensembles)
  }
  if (identical(discard, "auto")) {
    n_all <- progress$n_steps %/% thin
    read_draws <- function(first, n) steps_read(0, first, n, blobs = FALSE)
    means <- means_of_blocks(n_all, run$n_walkers * (run$n_parameters + 1), run$n_ensembles, read_draws)
    discard <- burn_in(means, run$n_ensembles)
  }
  n_steps <- max(0, (progress$n_steps - discard) %/% thin)
  if (n_steps == 0) {
    close()
    abort_empty(path, name, progress$n_steps, discard, thin, call)
  }
  list(n_steps = n_steps, read = function(first, n) steps_read(discard, first, n, blobs), close = close)
}

# What burn_in() looks at, of a chain that is read block by block.
means_of_blocks <- function(n_steps, n_values, n_ensembles, read) {
  of_ensembles <- function(chain) {
    shape <- dim(chain)
    by_ensemble <- array(chain$draws, c(shape[1], shape[2] / n_ensembles, n_ensembles, shape[3]))
    list(steps = chain$steps, draws = apply(by_ensemble, c(1, 3, 4), mean), log_prob = chain$log_prob)
  }
  blocks <- lapply(blocks_from(n_steps, n_values), function(block) of_ensembles(read(block$first, block$n)))
  list(
    steps = unlist(lapply(blocks, `[[`, "steps")),
    draws = Reduce(function(x, y) bind_arrays(x, y, 1), lapply(blocks, `[[`, "draws")),
    log_prob = do.call(rbind, lapply(blocks, `[[`, "log_prob"))
  )
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
