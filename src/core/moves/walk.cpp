#include "core/moves/walk.h"

#include <algorithm>
#include <numeric>

namespace livechain::core {

void WalkMove::begin(const Walkers& walkers) { n_helpers_ = std::min(n_helpers_, walkers.n); }

Index WalkMove::n_uniforms(Index n_parameters) const {
  return std::max(uniforms_for(n_parameters), n_helpers_ + uniforms_for(n_helpers_));
}

void WalkMove::propose(const Part& part, const Proposals& to) {
  std::fill_n(to.log_factor, part.n_active, 0.0);
  const bool with_all = n_helpers_ == 0 || n_helpers_ >= part.n_helpers;
  with_all ? propose_with_all(part, to) : propose_with_some(part, to);
}

void WalkMove::propose_with_all(const Part& part, const Proposals& to) {
  const Scatter scatter = scatter_of(unrolled_.of(part.walkers, part.helpers, part.n_helpers), part.helpers, part.n_helpers);
  const Root root = root_of(scatter.products, part.n_parameters(), 1.0 / part.n_helpers);
  draw_normals(part, 0, part.n_parameters(), normals_);
  multiply(root, normals_.data(), part.n_active);
  wide([=, steps = normals_.data(), n = static_cast<std::size_t>(part.n_active)] {
    each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
      for (Index p = 0; p < d; ++p) y[p] = x[p] + steps[static_cast<std::size_t>(p) * n + i];
    });
  });
}

// The first numbers of a shuffle choose the helpers; undone, it is ready for the next walker.
void WalkMove::propose_with_some(const Part& part, const Proposals& to) {
  order_.resize(static_cast<std::size_t>(part.n_helpers));
  std::iota(order_.begin(), order_.end(), 0);
  drawn_.resize(static_cast<std::size_t>(n_helpers_));
  mean_.resize(static_cast<std::size_t>(part.n_parameters()));
  draw_normals(part, n_helpers_, n_helpers_, normals_);
  with_space(part.walkers, [&](auto space) {
    wide([=, s = n_helpers_, order = order_.data(), drawn = drawn_.data(), mean = mean_.data(), normals = normals_.data(),
          n = static_cast<std::size_t>(part.n_active)] {
      const double scale = 1 / std::sqrt(static_cast<double>(s));
      each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
        for (Index p = 0; p < d; ++p) mean[p] = 0;
        for (Index k = 0; k < s; ++k) {
          drawn[k] = k + below(part.n_helpers - k, part.uniform(k)[i]);
          std::swap(order[k], order[drawn[k]]);
          const double *const c = part.helper(order[k]), *const first = part.helper(order[0]);
          for (Index p = 0; p < d; ++p) mean[p] += space.near(first[p], c[p], p);
        }
        for (Index p = 0; p < d; ++p) {
          mean[p] /= s;
          y[p] = x[p];
        }
        const double* const first = part.helper(order[0]);
        for (Index k = s; k-- > 0;) {
          const double step = scale * normals[static_cast<std::size_t>(k) * n + i], *const c = part.helper(order[k]);
          for (Index p = 0; p < d; ++p) y[p] += step * (space.near(first[p], c[p], p) - mean[p]);
          std::swap(order[k], order[drawn[k]]);
        }
      });
    });
  });
}

}  // namespace livechain::core
