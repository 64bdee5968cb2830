#pragma once

#include "core/circles.h"
#include "core/proposal.h"

namespace livechain::core {

// The side move of Chen (2025): x + sigma / sqrt(2 d) N(0, 1) (c1 - c2).
class SideMove : public ProposalMove {
 public:
  explicit SideMove(double sigma) : sigma_(sigma) {}
  Index n_uniforms(Index) const override { return 4; }

 protected:
  void propose(const Part& part, const Proposals& to) override {
    const double scale = sigma_ / std::sqrt(2.0 * part.n_parameters());
    with_space(part.walkers, [&](auto space) {
      wide([=, u = part.uniform(0), v = part.uniform(1), of_first = part.uniform(2), of_second = part.uniform(3),
            length = to.scratch] {
        for (Index i = 0; i < part.n_active; ++i) {
          length[i] = scale * normal(u[i], v[i]);
          to.log_factor[i] = 0;
        }
        each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
          const auto [first, second] = two_below(part.n_helpers, of_first[i], of_second[i]);
          const double by = length[i], *const c1 = part.helper(first), *const c2 = part.helper(second);
          for (Index p = 0; p < d; ++p) y[p] = x[p] + by * space.from(c2[p], c1[p], p);
        });
      });
    });
  }

 private:
  double sigma_;
};

}  // namespace livechain::core
