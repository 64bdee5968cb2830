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
  is_columns <- is.list(results) && length(results) > 0 && all(vapply(results, NROW, 0L) == n) &&
    is.null(dim(results[[1]])) && (is.data.frame(results) || length(results) != n)
  if (!is_columns) {
    return(results)
  }
  lapply(seq_len(n), function(i) lapply(results, row_of, i))
}

# Of a column, which may be a matrix, plain or as I() makes it.
row_of <- function(column, i) if (is.matrix(column)) unname(unclass(column)[i, ]) else column[[i]]
