# Images of a file as a power cut may leave it, made from a record of what was done to it: see record_writes.c.

read_record <- function(path) {
  connection <- file(path, "rb")
  on.exit(close(connection))
  entries <- list()
  repeat {
    numbers <- readBin(connection, "double", 5)
    if (length(numbers) < 5) break
    entry <- list(kind = rawToChar(as.raw(numbers[1])), file = as.character(numbers[2]), at = numbers[3], n = numbers[4], other = as.character(numbers[5]))
    if (entry$kind == "w") entry$bytes <- readBin(connection, "raw", entry$n)
    entries[[length(entries) + 1]] <- entry
  }
  entries
}

resized <- function(bytes, size) if (size > length(bytes)) c(bytes, raw(size - length(bytes))) else bytes[seq_len(size)]

# The entry done to the bytes, in those pages that `reaches` has.
apply_entry <- function(bytes, entry, sector, reaches = NULL) {
  if (entry$kind == "t") {
    return(resized(bytes, entry$at))
  }
  end <- entry$at + entry$n
  if (entry$kind == "p") end <- min(end, length(bytes))
  if (end <= entry$at) {
    return(bytes)
  }
  if (end > length(bytes)) bytes <- resized(bytes, end)
  if (entry$kind == "a") {
    return(bytes)
  }
  content <- if (entry$kind == "w") entry$bytes else raw(end - entry$at)
  if (is.null(reaches)) {
    bytes[(entry$at + 1):end] <- content
    return(bytes)
  }
  for (page in (entry$at %/% sector):((end - 1) %/% sector)) {
    if (!reaches(page)) next
    from <- max(entry$at, page * sector)
    to <- min(end, (page + 1) * sector)
    bytes[(from + 1):to] <- content[(from - entry$at + 1):(to - entry$at)]
  }
  bytes
}

apply_all <- function(bytes, entries) {
  for (entry in entries) bytes <- apply_entry(bytes, entry, 4096)
  bytes
}

pages_of <- function(entries, sector) {
  changes <- Filter(function(entry) entry$kind %in% c("w", "p") && entry$n > 0, entries)
  unique(unlist(lapply(changes, function(entry) (entry$at %/% sector):((entry$at + entry$n - 1) %/% sector))))
}

# `file` has what is surely on the disk, and what was done since.
cut_power <- function(file, model) {
  bytes <- file$base
  sector <- model$sector
  pages <- pages_of(file$recent, sector)
  if (length(pages) == 0 || model$kind %in% c("size", "prefix")) {
    bytes <- apply_all(bytes, file$recent)
    return(if (model$kind == "size") bytes[seq_len(min(length(bytes), length(file$base)))] else bytes)
  }
  n <- length(file$recent)
  moments <- if (model$kind == "pages") {
    sample.int(n + 1, length(pages), replace = TRUE) - 1
  } else {
    ifelse(seq_along(pages) == sample.int(length(pages), 1), 0, n)
  }
  until <- numeric(max(pages) + 1)
  until[pages + 1] <- moments
  for (i in seq_len(n)) {
    bytes <- apply_entry(bytes, file$recent[[i]], sector, function(page) i <= until[page + 1])
  }
  bytes
}

# Calls `look` with n images, made at random moments after the file had its name. An image is `bytes`; `truth`, all that was
# done to it.
each_image <- function(record, model, n, look) {
  entries <- read_record(record$log)
  set.seed(4)
  files <- list()
  named <- NULL
  if (record$number > 0) {
    named <- as.character(record$number)
    files[[named]] <- list(base = readBin(record$base, "raw", file.size(record$base)), recent = list(), mark = 0)
  }
  first <- if (is.null(named)) Position(function(entry) entry$kind == "r", entries) else 1
  cuts <- sort(sample(first:length(entries), n, replace = TRUE))
  before <- NULL  # the file that had the name until the last renaming, as long as that is not on the disk
  done <- 0
  for (i in seq_along(entries)) {
    entry <- entries[[i]]
    file <- if (is.null(files[[entry$file]])) list(base = raw(), recent = list(), mark = 0) else files[[entry$file]]
    switch(entry$kind,
      b = file$mark <- length(file$recent),
      s = {
        surely <- seq_along(file$recent) <= file$mark
        file <- list(base = apply_all(file$base, file$recent[surely]), recent = file$recent[!surely], mark = 0)
      },
      r = {
        before <- named
        named <- entry$file
      },
      d = {
        if (!is.null(before) && before != named) files[[before]] <- NULL
        before <- NULL
      },
      u = NULL,
      file$recent <- c(file$recent, list(entry))
    )
    if (entry$kind %in% c("b", "s", "w", "t", "a", "p")) files[[entry$file]] <- file
    while (done < n && cuts[done + 1] == i) {
      done <- done + 1
      name <- if (!is.null(before) && stats::runif(1) < 0.5) before else named
      look(done, list(
        bytes = cut_power(files[[name]], model), truth = apply_all(files[[name]]$base, files[[name]]$recent), is_cut = TRUE
      ))
    }
  }
}
