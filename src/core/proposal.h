// Moves that only propose: Metropolis and Hastings' rule, the same for all of them, decides.
#pragma once

#include "core/move.h"

#include <type_traits>

namespace livechain::core {

// Where the active walkers of a part might go, row by row, and the logarithm of what acceptance is to be multiplied by.
struct Proposals {
  double* positions;
  double* log_factor;
  double* scratch;  // a number for each walker, for what the move likes
};

class ProposalMove : public Move {
 public:
  void update(const Parts& parts, Evaluator& evaluator) final;

 protected:
  virtual void propose(const Part& part, const Proposals& to) = 0;

 private:
  Batch proposed_;
  std::vector<double> log_factors_, scratch_, nowhere_;
};

// Calls f with n, as a constant when it is small: the compiler then unrolls the loops up to n.
template <class F>
inline void with_constant(Index n, const F& f) {
  switch (n) {
    case 1: return f(std::integral_constant<Index, 1>());
    case 2: return f(std::integral_constant<Index, 2>());
    case 3: return f(std::integral_constant<Index, 3>());
    case 4: return f(std::integral_constant<Index, 4>());
    case 5: return f(std::integral_constant<Index, 5>());
    case 6: return f(std::integral_constant<Index, 6>());
    case 8: return f(std::integral_constant<Index, 8>());
    case 10: return f(std::integral_constant<Index, 10>());
    default: return f(n);
  }
}

// For each active walker: its number in the part, its position, where its proposal goes, and the number of parameters,
// which the compiler knows when it is small.
template <class Row>
inline void each_row(const Part& part, const Proposals& to, const Row& row) {
  with_constant(part.n_parameters(), [&](auto d) {
    for (Index i = 0; i < part.n_active; ++i) row(i, part.position(i), to.positions + static_cast<std::size_t>(i) * d, d);
  });
}

}  // namespace livechain::core
