#include "core/normal.h"

namespace livechain::core {

Scatter scatter_of(const Walkers& walkers, const Index* which, Index n) {
  const auto d = static_cast<std::size_t>(walkers.n_parameters);
  Scatter scatter{std::vector<double>(d), std::vector<double>(d * d)};
  std::vector<double> deviation(d);
  wide([=, mean = scatter.mean.data(), products = scatter.products.data(), deviates = deviation.data()] {
    for (Index i = 0; i < n; ++i) {
      const double* const x = walkers.position(which[i]);
      for (std::size_t p = 0; p < d; ++p) mean[p] += x[p];
    }
    for (std::size_t p = 0; p < d; ++p) mean[p] /= n;
    for (Index i = 0; i < n; ++i) {
      const double* const x = walkers.position(which[i]);
      for (std::size_t p = 0; p < d; ++p) deviates[p] = x[p] - mean[p];
      for (std::size_t p = 0; p < d; ++p) {
        for (std::size_t q = 0; q <= p; ++q) products[p * d + q] += deviates[p] * deviates[q];
      }
    }
  });
  return scatter;
}

Root root_of(const std::vector<double>& matrix, Index n_parameters, double scale) {
  constexpr double least_share = 1e-14;  // of a variance that the parameters before do not explain; less would be noise
  const auto d = static_cast<std::size_t>(n_parameters);
  Root root{std::vector<double>(d * d), n_parameters, false};
  wide([=, from = matrix.data(), l = root.entries.data(), is_deficient = &root.is_deficient] {
    for (std::size_t q = 0; q < d; ++q) {
      double pivot = scale * from[q * d + q];
      for (std::size_t k = 0; k < q; ++k) pivot -= l[q * d + k] * l[q * d + k];
      if (!(pivot > least_share * scale * from[q * d + q]) || !(pivot < HUGE_VAL)) {
        *is_deficient = true;
        continue;
      }
      l[q * d + q] = std::sqrt(pivot);
      for (std::size_t p = q + 1; p < d; ++p) {
        double rest = scale * from[p * d + q];
        for (std::size_t k = 0; k < q; ++k) rest -= l[p * d + k] * l[q * d + k];
        l[p * d + q] = rest / l[q * d + q];
      }
    }
  });
  return root;
}

void draw_normals(const Part& part, Index first, Index n, std::vector<double>& out) {
  const auto n_active = static_cast<std::size_t>(part.n_active);
  out.resize(static_cast<std::size_t>(uniforms_for(n)) * n_active);
  for (Index k = 0; k < n; k += 2) {
    double* const one = out.data() + static_cast<std::size_t>(k) * n_active;
    wide([=, u = part.uniform(first + k), v = part.uniform(first + k + 1), other = one + n_active] {
      for (Index i = 0; i < part.n_active; ++i) {
        const double radius = std::sqrt(-2 * log_of(u[i]));
        const Turn direction = turn(v[i]);
        one[i] = radius * direction.cosine;
        other[i] = radius * direction.sine;
      }
    });
  }
}

// From the last parameter on, so that those are still there which the others need.
void multiply(const Root& root, double* vectors, Index n) {
  wide([=, d = static_cast<std::size_t>(root.d), l = root.entries.data(), width = static_cast<std::size_t>(n)] {
    for (std::size_t p = d; p-- > 0;) {
      double* const row = vectors + p * width;
      for (Index i = 0; i < n; ++i) row[i] *= l[p * d + p];
      for (std::size_t q = 0; q < p; ++q) {
        const double entry = l[p * d + q], *const other = vectors + q * width;
        for (Index i = 0; i < n; ++i) row[i] += entry * other[i];
      }
    }
  });
}

void divide(const Root& root, double* vectors, Index n) {
  wide([=, d = static_cast<std::size_t>(root.d), l = root.entries.data(), width = static_cast<std::size_t>(n)] {
    for (std::size_t p = 0; p < d; ++p) {
      double* const row = vectors + p * width;
      for (std::size_t q = 0; q < p; ++q) {
        const double entry = l[p * d + q], *const other = vectors + q * width;
        for (Index i = 0; i < n; ++i) row[i] -= entry * other[i];
      }
      for (Index i = 0; i < n; ++i) row[i] /= l[p * d + p];
    }
  });
}

}  // namespace livechain::core
