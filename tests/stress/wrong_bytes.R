# Files that were cut short, or of which some bytes are others: flipped bits, pages of zeros, pages that changed places, pages of
# an older state of the same run or of another run. What is in them is right, or refused.

wrong_bytes <- function() {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  sound <- sound_files(folder, sort(sample(names(originals_of), min(length(originals_of), counts(500)))))
  jobs <- do.call(rbind, lapply(names(damages), function(kind) {
    n <- ceiling(counts(damages[[kind]]$n) / length(originals_of))
    expand.grid(kind = kind, i = seq_len(n), of = n, file = names(sound), stringsAsFactors = FALSE)
  }))
  result("wrong bytes", nrow(jobs), "files", in_isolation(check_damages, jobs, folder, sound), note = paste(length(sound), "originals"))
}

# Each length that a file may be cut to.
every_length <- function() {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  sound <- sound_files(folder, names(originals_of))
  jobs <- do.call(rbind, lapply(names(sound), function(file) {
    size <- length(sound[[file]]$bytes)
    data.frame(file = file, length = sort(sample(0:(size - 1), counts(size)), decreasing = TRUE))
  }))
  result("every length", nrow(jobs), "files", in_isolation(check_lengths, jobs, folder, sound), note = paste(length(sound), "originals"))
}

# From the longest to the shortest, so that one file can be cut again and again.
check_lengths <- function(jobs, log, sound) {
  path <- file.path(dirname(log), "chain.h5")
  counts <- no_failures()
  kept <- character()
  for (file in unique(jobs$file)) {
    writeBin(sound[[file]]$bytes, path)
    reference <- reference_for(sound[[file]])
    for (i in which(jobs$file == file)) {
      writeLines(as.character(i), log)
      cut_to(path, jobs$length[i])
      chain <- tryCatch(read_chain(path), error = identity)
      wrong <- if (inherits(chain, "livechain_error")) {
        NULL
      } else if (inherits(chain, "error")) {
        "unclassed"
      } else if (!same_steps(chain, reference) || !same_blobs(chain, reference)) {
        "wrong"
      }
      counts[wrong] <- counts[wrong] + 1
      if (!is.null(wrong)) kept <- c(kept, paste(file, "of", jobs$length[i], "bytes:", wrong))
    }
  }
  list(found = counts, kept = kept)
}

# An hour ago: of a file that is being written, readers are patient.
cut_to <- function(path, length) {
  file <- file(path, "r+b")
  seek(file, length, rw = "write")
  truncate(file)
  close(file)
  Sys.setFileTime(path, Sys.time() - 3600)
}

page_of <- function(bytes, page, size) (page * size + 1):min(length(bytes), (page + 1) * size)
any_page <- function(bytes, size) sample.int(ceiling(length(bytes) / size), 1) - 1
any_size <- function() sample(c(512, 4096), 1)

replace_page <- function(bytes, by) {
  size <- any_size()
  at <- page_of(bytes, any_page(bytes, size), size)
  at <- at[at <= length(by)]
  bytes[at] <- by[at]
  bytes
}

# `n` of them; `damage` gets the bytes, what else there is of the file, and which of how many this is.
damages <- list(
  cut = list(n = 3000, damage = function(bytes, original, i, of) bytes[seq_len(floor(length(bytes) * (i - 1) / of))]),
  bit = list(n = 10000, damage = function(bytes, original, i, of) {
    at <- sample.int(length(bytes), 1)
    bytes[at] <- xor(bytes[at], as.raw(2^sample(0:7, 1)))
    bytes
  }),
  zeros = list(n = 1000, damage = function(bytes, original, i, of) replace_page(bytes, raw(length(bytes)))),
  swapped = list(n = 1000, damage = function(bytes, original, i, of) {
    size <- any_size()
    pages <- sample.int(length(bytes) %/% size, 2) - 1
    one <- page_of(bytes, pages[1], size)
    other <- page_of(bytes, pages[2], size)
    bytes[c(one, other)] <- bytes[c(other, one)]
    bytes
  }),
  older = list(n = 1000, damage = function(bytes, original, i, of) replace_page(bytes, original$older)),
  other_run = list(n = 1000, damage = function(bytes, original, i, of) replace_page(bytes, original$other))
)

originals_of <- list(
  plain = list(density = normal), blobs = list(density = with_blob), compressed = list(density = with_blob, compression = 4),
  killed = list(density = normal)
)

# Of each, what it was when it was half done, and one of another seed.
sound_files <- function(folder, kinds) {
  sound <- lapply(kinds, function(kind) {
    options <- originals_of[[kind]]
    file <- file.path(folder, paste0(kind, ".h5"))
    sample <- function(file, n, seed) {
      do.call(run_mcmc, c(list(options$density, wide, n, seed = seed, file = file, overwrite = TRUE), options[names(options) == "compression"]))
    }
    sample(file, 30, 8)
    other <- readBin(file, "raw", file.size(file))
    sample(file, 15, 7)
    older <- readBin(file, "raw", file.size(file))
    if (kind == "killed") {
      child <- forked(function() resume_mcmc(file, slowly(normal), n_steps = 15, flush_interval = 0))
      wait_until(function() published(file) > 25)
      signal(child, 9)
      wait_until(function() !is_running(child))
    } else {
      suppressMessages(resume_mcmc(file, options$density, n_steps = 15))
    }
    list(bytes = readBin(file, "raw", file.size(file)), older = older, other = other, density = options$density)
  })
  stats::setNames(sound, kinds)
}

check_damages <- function(jobs, log, sound) {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  found <- no_failures()
  kept <- character()
  for (i in seq_len(nrow(jobs))) {
    writeLines(as.character(i), log)
    job <- jobs[i, ]
    original <- sound[[job$file]]
    set.seed(job$i)
    image <- list(
      bytes = damages[[job$kind]]$damage(original$bytes, original, job$i, job$of), truth = original$bytes, is_cut = FALSE
    )
    failures <- check_image(image, list(density = original$density), list(mcmc = reference_for(original)), folder)
    if (sum(failures$counts) > 0) {
      name <- paste(job$file, job$kind, job$i, sep = "-")
      kept <- c(kept, paste(name, failures$words, keep_image(image, name)))
    }
    found <- found + failures$counts
  }
  list(found = found, kept = kept)
}

references <- new.env()
reference_for <- function(original) {
  key <- if (identical(original$density, normal)) "normal" else "with_blob"
  if (is.null(references[[key]])) references[[key]] <- run_mcmc(original$density, wide, 30, seed = 7)
  references[[key]]
}
