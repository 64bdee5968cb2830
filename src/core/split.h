// How the walkers of an ensemble are dealt to the parts that move one after the other.
#pragma once

#include "core/numbers.h"

namespace livechain::core {

class Split {
 public:
  // Of `n` walkers, of which the first is `first_walker`.
  Split(Index n, Index first_walker) : n_(n), first_walker_(first_walker), order_(2 * static_cast<std::size_t>(n)) {}

  // How many numbers a deal takes.
  static Index n_uniforms(Index n_walkers, int n_parts) { return n_parts > 1 ? n_walkers / n_parts : 0; }

  // Neighbours are dealt to the parts in turn, beginning with the first one, or with one that is drawn for each `n_parts` of
  // them. So parts are as equal as they can be, any two walkers come to be in different ones, and nothing is sorted.
  void deal(int n_parts, bool in_turn, const double* drawn);

  // The walkers of a part, and, behind them, all others.
  const Index* part(int k) const { return order_.data() + begin(k); }
  Index begin(int k) const { return first_[static_cast<std::size_t>(k)]; }
  Index size(int k) const { return begin(k + 1) - begin(k); }

 private:
  Index n_;
  Index first_walker_;
  std::vector<Index> order_;  // part by part, twice: what follows a part, around the end, are its helpers
  std::vector<Index> first_;  // of each part
};

}  // namespace livechain::core
