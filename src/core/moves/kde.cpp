#include "core/moves/kde.h"

#include <algorithm>
#include <limits>

namespace livechain::core {

namespace {

constexpr Index most_kernels = 200;
constexpr double never = -std::numeric_limits<double>::infinity();

// [parameter, i], where a kernel is a standard normal density.
template <class Position>
void whiten(std::vector<double>& columns, Index n, const Root& root, Position position) {
  columns.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(root.d));
  for (Index i = 0; i < n; ++i) {
    const double* const x = position(i);
    for (Index p = 0; p < root.d; ++p) columns[static_cast<std::size_t>(p) * n + i] = x[p];
  }
  divide(root, columns.data(), n);
}

// The logarithm of the estimate at the i-th point, up to a constant. Sums go by eights, in the same order everywhere.
inline double log_estimate(const double* kernels, std::size_t n, const double* points, std::size_t n_points, std::size_t i,
                           Index d, double* squares) {
  const std::size_t padded = (n + 7) / 8 * 8;
  for (std::size_t k = 0; k < padded; ++k) squares[k] = k < n ? 0 : std::numeric_limits<double>::infinity();
  for (Index p = 0; p < d; ++p) {
    const double x = points[static_cast<std::size_t>(p) * n_points + i], *const row = kernels + static_cast<std::size_t>(p) * n;
    for (std::size_t k = 0; k < n; ++k) squares[k] += (row[k] - x) * (row[k] - x);
  }
  double least = squares[0];
  for (std::size_t k = 1; k < n; ++k) least = squares[k] < least ? squares[k] : least;
  for (std::size_t k = 0; k < padded; ++k) squares[k] = exp_of(-0.5 * (squares[k] - least));
  double sums[8] = {};
  for (std::size_t k = 0; k < padded; k += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += squares[k + lane];
  }
  for (std::size_t lane = 1; lane < 8; ++lane) sums[0] += sums[lane];
  return log_of(sums[0]) - 0.5 * least;
}

}  // namespace

double KdeMove::bandwidth(double n, double dimensions) const {
  if (rule_ == Bandwidth::fixed) return factor_;
  return exp_of(-log_of(rule_ == Bandwidth::scott ? n : n * (dimensions + 2) / 4) / (dimensions + 4));
}

void KdeMove::propose(const Part& rolled, const Proposals& to) {
  Part part(rolled);
  part.walkers = unrolled_.of(rolled.walkers, rolled.helpers, rolled.n_helpers);
  choose_centres(part);
  if (fit(part)) {
    draw(part, to);
    compare(part, to);
    return refuse_outside(part, to);
  }
  each_row(part, to, [](Index, const double* x, double* y, auto d) { std::copy_n(x, d, y); });
  std::fill_n(to.log_factor, part.n_active, never);
}

void KdeMove::choose_centres(const Part& part) {
  centres_.assign(part.helpers, part.helpers + part.n_helpers);
  if (part.n_helpers <= most_kernels) return;
  Stream draws = part.stream(Purpose::helpers);
  for (Index k = 0; k < most_kernels; ++k) std::swap(centres_[k], centres_[k + draws.below(part.n_helpers - k)]);
  centres_.resize(most_kernels);
}

// False when helpers coincide in a parameter: they have no density.
bool KdeMove::fit(const Part& part) {
  const Index d = part.n_parameters();
  Scatter scatter = scatter_of(part.walkers, part.helpers, part.n_helpers);
  const double width = bandwidth(static_cast<double>(centres_.size()), d), scale = width * width / (part.n_helpers - 1);
  for (Index p = 0; p < d; ++p) {
    const double variance = scale * scatter.products[static_cast<std::size_t>(p) * (d + 1)];
    if (!(variance > 0) || !std::isfinite(variance)) return false;
  }
  root_ = root_of(scatter.products, d, scale);
  if (!root_.is_deficient) return true;
  // Where correlations cannot be estimated, kernels without any will do: of the helpers alone, they are as exact.
  for (Index p = 0; p < d; ++p) std::fill_n(scatter.products.begin() + static_cast<std::ptrdiff_t>(p) * d, p, 0.0);
  root_ = root_of(scatter.products, d, scale);
  return true;
}

void KdeMove::draw(const Part& part, const Proposals& to) {
  draw_normals(part, 1, part.n_parameters(), normals_);
  multiply(root_, normals_.data(), part.n_active);
  wide([=, centres = centres_.data(), n_kernels = static_cast<Index>(centres_.size()), of_centre = part.uniform(0),
        steps = normals_.data(), n = static_cast<std::size_t>(part.n_active)] {
    each_row(part, to, [=](Index i, const double*, double* __restrict y, auto d) {
      const double* const c = part.walkers.position(centres[below(n_kernels, of_centre[i])]);
      for (Index p = 0; p < d; ++p) y[p] = c[p] + steps[static_cast<std::size_t>(p) * n + i];
    });
  });
}

void KdeMove::compare(const Part& part, const Proposals& to) {
  whiten(kernels_, static_cast<Index>(centres_.size()), root_, [&](Index k) { return part.walkers.position(centres_[static_cast<std::size_t>(k)]); });
  whiten(from_, part.n_active, root_, [&](Index i) { return part.position(i); });
  whiten(to_, part.n_active, root_, [&](Index i) { return to.positions + static_cast<std::size_t>(i) * root_.d; });
  exponents_.resize(centres_.size() + 8);
  wide([=, d = root_.d, n_of = centres_.size(), n = static_cast<std::size_t>(part.n_active), kernels = kernels_.data(),
        from = from_.data(), proposed = to_.data(), squares = exponents_.data()] {
    for (std::size_t i = 0; i < n; ++i) {
      const double present = log_estimate(kernels, n_of, from, n, i, d, squares);
      to.log_factor[i] = present - log_estimate(kernels, n_of, proposed, n, i, d, squares);
    }
  });
}

void KdeMove::refuse_outside(const Part& part, const Proposals& to) const {
  if (part.walkers.circles == nullptr) return;
  each_row(part, to, [&](Index i, const double*, const double* y, auto) {
    if (unrolled_.is_outside(y)) to.log_factor[i] = never;
  });
}

}  // namespace livechain::core
