// Normal vectors for all walkers that move, and the covariances that they are to have.
#pragma once

#include "core/move.h"

namespace livechain::core {

// A lower triangular root of a covariance, row by row.
struct Root {
  std::vector<double> entries;  // [parameter, parameter]
  Index d = 0;
  bool is_deficient = false;  // of positions that span less than the space: what is missing is 0
};

// Of `n` positions: their mean, and the sums of products of what they deviate from it by.
struct Scatter {
  std::vector<double> mean;
  std::vector<double> products;  // [parameter, parameter], the lower triangle
};

Scatter scatter_of(const Walkers& walkers, const Index* which, Index n);

// Of `scale` times a symmetric matrix, of which the lower triangle is read.
Root root_of(const std::vector<double>& matrix, Index d, double scale);

// How many uniform numbers `n` normal ones take.
constexpr Index uniforms_for(Index n) { return n + n % 2; }

// [number, walker], `n` for each active walker, from the part's columns from `first` on. There is room for one number more.
void draw_normals(const Part& part, Index first, Index n, std::vector<double>& out);

// vectors [parameter, i] become root times vectors, in place; and back.
void multiply(const Root& root, double* vectors, Index n);
void divide(const Root& root, double* vectors, Index n);

}  // namespace livechain::core
