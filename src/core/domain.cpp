#include "core/domain.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace livechain::core {

void InDomain::evaluate(Batch& batch) {
  if (domain_.circles) wrap(batch);
  if (!domain_.bounds) return density_.evaluate(batch);
  find_inside(batch);
  const auto n = static_cast<Index>(inside_.size());
  if (n == batch.n) return density_.evaluate(batch);
  std::fill(batch.log_prob.begin(), batch.log_prob.end(), -std::numeric_limits<double>::infinity());
  if (n == 0) return;
  batch_inside_.resize(n, batch.n_parameters, batch.blob_size);
  for (Index i = 0; i < n; ++i) batch_inside_.take_position(i, batch, inside_[static_cast<std::size_t>(i)]);
  density_.evaluate(batch_inside_);
  for (Index i = 0; i < n; ++i) batch.take_result(inside_[static_cast<std::size_t>(i)], batch_inside_, i);
}

void InDomain::wrap(Batch& batch) const {
  for (Index p = 0; p < batch.n_parameters; ++p) {
    const double period = domain_.circles->period[static_cast<std::size_t>(p)];
    if (period == 0) continue;
    for (Index i = 0; i < batch.n; ++i) {
      double& x = batch.position(i)[p];
      if (x >= 0 && x < period) continue;
      x -= period * std::floor(x / period);
      if (!(x < period)) x = 0;
    }
  }
}

void InDomain::find_inside(const Batch& batch) {
  inside_.resize(static_cast<std::size_t>(batch.n));
  Index n_inside = 0;
  wide([=, to = inside_.data(), found = &n_inside, lower = domain_.bounds->lower.data(), upper = domain_.bounds->upper.data(),
        rows = batch.positions.data(), n = batch.n, d = batch.n_parameters] {
    Index next = 0;
    for (Index i = 0; i < n; ++i) {
      const double* const x = rows + static_cast<std::size_t>(i) * d;
      bool is_outside = false;
      for (Index p = 0; p < d; ++p) is_outside |= x[p] < lower[p] || x[p] > upper[p];
      to[next] = i;
      next += !is_outside;
    }
    *found = next;
  });
  inside_.resize(static_cast<std::size_t>(n_inside));
}

}  // namespace livechain::core
