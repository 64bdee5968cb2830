// How the walkers of an ensemble are dealt to the parts that move one after the other.
#pragma once

#include "core/numbers.h"

namespace livechain::core {

class Split {
 public:
  // Of `n` walkers, of which the first is `first_walker`.
  Split(Index n, Index first_walker);

  // How many numbers a deal takes.
  static Index n_uniforms(Index n_walkers, int n_parts) { return n_parts > 1 ? n_walkers / n_parts : 0; }

  void deal(int n_parts, const double* drawn);
  void deal_in_turn(int n_parts);

  // The walkers of a part, and, behind them, all others.
  const Index* part(int k) const { return order_.data() + first_[static_cast<std::size_t>(k)]; }
  Index size(int k) const { return first_[static_cast<std::size_t>(k) + 1] - first_[static_cast<std::size_t>(k)]; }
  Index begin(int k) const { return first_[static_cast<std::size_t>(k)]; }

 private:
  template <class Turn>
  void deal_by(int n_parts, Turn turn);

  Index n_;
  Index first_walker_;
  std::vector<Index> order_;  // part by part, twice: what follows a part, around the end, are its helpers
  std::vector<Index> first_;  // of each part
};

}  // namespace livechain::core
