#include "core/split.h"

#include "core/wide.h"

#include <algorithm>

namespace livechain::core {

Split::Split(Index n, Index first_walker) : n_(n), first_walker_(first_walker), order_(2 * static_cast<std::size_t>(n)) {}

// Neighbours are dealt to the parts in turn, beginning with a part that is drawn for each `n_parts` of them. So parts are as
// equal as they can be, any two walkers come to be in different ones, and nothing is sorted or shuffled.
void Split::deal(int n_parts, const double* drawn) {
  deal_by(n_parts, [=](Index group) { return below(n_parts, drawn[group]); });
}

void Split::deal_in_turn(int n_parts) {
  deal_by(n_parts, [](Index) { return 0; });
}

template <class Turn>
void Split::deal_by(int n_parts, Turn turn) {
  const Index n_groups = n_ / n_parts, n_left = n_ % n_parts;
  first_.assign(static_cast<std::size_t>(n_parts) + 1, 0);
  for (Index k = 0; k < n_parts; ++k) {
    const Index begin = first_[static_cast<std::size_t>(k)], end = begin + n_groups + (k < n_left);
    first_[static_cast<std::size_t>(k) + 1] = end;
    Index* const part = order_.data() + begin;
    wide([=, first = first_walker_] {
      for (Index group = 0; group < n_groups; ++group) {
        const Index turned = k + turn(group);
        part[group] = first + group * n_parts + (turned < n_parts ? turned : turned - n_parts);
      }
    });
    if (k < n_left) part[n_groups] = first_walker_ + n_groups * n_parts + k;
  }
  std::copy_n(order_.data(), n_, order_.data() + n_);
}

}  // namespace livechain::core
