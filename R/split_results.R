# What a vectorized density may return: a number each; a matrix with a row for each position, of which the first
# column is the log-probability; or a data frame or list of columns, which may be matrices. The latter become a result a
# position.
split_results <- function(results, n) {
  if (is.logical(results) && all(is.na(results))) storage.mode(results) <- "double"
  if (is.double(results) && is.null(dim(results))) {
    return(results)
  }
  if (is.matrix(results) && is.numeric(results) && nrow(results) == n && ncol(results) > 1) {
    return(lapply(seq_len(n), function(i) stats::setNames(results[i, ], colnames(results))))
  }
  if (!is_columns(results, n)) {
    return(results)
  }
  lapply(seq_len(n), function(i) lapply(results, row_of, i))
}

# A list of as many columns as positions could be one of results: columns have names after the first, results do not, or inside.
is_columns <- function(results, n) {
  fits <- is.list(results) && length(results) > 0 && all(vapply(results, NROW, 0L) == n) && is.null(dim(results[[1]]))
  if (!fits || is.data.frame(results) || length(results) != n) {
    return(fits)
  }
  names <- names(results)[-1]
  length(names) > 0 && all(nzchar(names)) && is.null(names(results[[1]]))
}

# Of a column, which may be a matrix, plain or as I() makes it.
row_of <- function(column, i) if (is.matrix(column)) unname(unclass(column)[i, ]) else column[[i]]
