#include "core/split.h"

#include "core/wide.h"

#include <algorithm>

namespace livechain::core {

void Split::deal(int n_parts, bool in_turn, const double* drawn) {
  const Index n_groups = n_ / n_parts, n_left = n_ % n_parts;
  first_.assign(1, 0);
  for (Index k = 0; k < n_parts; ++k) {
    Index* const part = order_.data() + first_.back();
    wide([=, first = first_walker_] {
      for (Index group = 0; group < n_groups; ++group) {
        const Index turned = k + (in_turn ? 0 : below(n_parts, drawn[group]));
        part[group] = first + group * n_parts + (turned < n_parts ? turned : turned - n_parts);
      }
    });
    if (k < n_left) part[n_groups] = first_walker_ + n_groups * n_parts + k;
    first_.push_back(first_.back() + n_groups + (k < n_left));
  }
  std::copy_n(order_.data(), n_, order_.data() + n_);
}

}  // namespace livechain::core
