// Positions as R has them, a matrix [walker, parameter], and as they are stored, row by row.
#pragma once

#include <Rcpp.h>

#include <vector>

namespace livechain::glue {

inline std::vector<double> rows_of(const Rcpp::NumericMatrix& matrix) {
  std::vector<double> rows;
  rows.reserve(static_cast<std::size_t>(matrix.size()));
  for (int i = 0; i < matrix.nrow(); ++i) {
    for (int p = 0; p < matrix.ncol(); ++p) rows.push_back(matrix(i, p));
  }
  return rows;
}

inline Rcpp::NumericMatrix matrix_of(const std::vector<double>& rows, int n_rows) {
  Rcpp::NumericMatrix matrix(n_rows, static_cast<int>(rows.size()) / n_rows);
  auto value = rows.begin();
  for (int i = 0; i < matrix.nrow(); ++i) {
    for (int p = 0; p < matrix.ncol(); ++p) matrix(i, p) = *value++;
  }
  return matrix;
}

}  // namespace livechain::glue
