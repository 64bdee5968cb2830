# A chain as a table, written block by block: a row for each walker of each step, in the order of the steps.

block_table <- function(chain, flags) {
  shape <- dim(chain)
  parameters <- stats::setNames(
    lapply(seq_len(shape[3]), function(column) matrix(chain$draws[, , column], shape[1])), dimnames(chain$draws)[[3]]
  )
  columns <- c(parameters, blob_columns(export_fields(chain)), list(log_prob = chain$log_prob))
  list2DF(c(
    list(step = rep(chain$steps, each = shape[2]), walker = rep(seq_len(shape[2]), shape[1])),
    with_flags(lapply(columns, function(column) as.vector(t(column))), flags)
  ))
}

# The only blob that has no name gets one.
export_fields <- function(chain) {
  fields <- blob_fields(chain)
  names(fields)[!nzchar(names(fields))] <- "blob"
  fields
}

# R does not tell of all that could not be written.
write_csv <- function(source, path, open) {
  n_bytes <- write_lines(source, open(path, "wb"))
  if (count_bytes(path) != n_bytes) stop("The system did not take all of it.")
}

write_lines <- function(source, connection) {
  on.exit(suppressWarnings(close(connection)))
  n_bytes <- 0
  put <- function(lines) {
    n_bytes <<- n_bytes + sum(nchar(lines, "bytes") + 1)
    writeLines(lines, connection, useBytes = TRUE)
  }
  flags <- source$flags()
  each_block(source, function(chain, first) {
    table <- block_table(chain, flags)
    if (first == 1) put(paste(quoted(names(table)), collapse = ","))
    put(do.call(paste, c(lapply(unname(table), text_of), sep = ",")))
  })
  n_bytes
}

# Unpacked, if they are packed.
count_bytes <- function(path) {
  connection <- gzfile(path, "rb")
  on.exit(close(connection))
  n <- 0
  while (length(read <- readBin(connection, "raw", 2^22)) > 0) n <- n + length(read)
  n
}

text_of <- function(x) {
  if (is.character(x)) {
    ifelse(is.na(x), "NA", quoted(x))
  } else if (is.double(x)) {
    number_text(x)
  } else {
    as.character(x)
  }
}

# As few digits as make the same number again, of 15 and 17.
number_text <- function(x) {
  text <- sprintf("%.15g", x)
  finite <- which(is.finite(x))
  changed <- finite[as.double(text[finite]) != x[finite]]
  text[changed] <- sprintf("%.17g", x[changed])
  text
}

quoted <- function(x) {
  x <- enc2utf8(x)
  needs <- grepl("[\",\r\n]", x) | x %in% c("", "NA") | trimws(x) != x
  x[needs] <- paste0("\"", gsub("\"", "\"\"", x[needs], fixed = TRUE), "\"")
  x
}

# Each block is a group of rows: without that, each append would write the last group anew.
write_parquet <- function(source, path) {
  options <- nanoparquet::parquet_options(keep_row_groups = TRUE)
  n_rows <- 0
  flags <- source$flags()
  each_block(source, function(chain, first) {
    write <- if (first == 1) nanoparquet::write_parquet else nanoparquet::append_parquet
    table <- block_table(chain, flags)
    write(table, path, options = options)
    n_rows <<- n_rows + nrow(table)
  })
  if (nanoparquet::read_parquet_info(path)$num_rows != n_rows) stop("The system did not take all of it.")
}
