#pragma once

#include "core/circles.h"
#include "core/proposal.h"

#include <limits>

namespace livechain::core {

// The stretch move of Goodman & Weare (2010), parallel as in Foreman-Mackey et al. (2013): walker x and a
// helper c give c + z (x - c), z from g(z) ~ 1 / sqrt(z) on [1 / a, a]; log factor (d - 1) log z. On a circle, the way back
// from beyond half of it would be another one: x does not go there.
class StretchMove : public ProposalMove {
 public:
  explicit StretchMove(double a) : a_(a) {}
  Index n_uniforms(Index) const override { return 2; }

 protected:
  void propose(const Part& part, const Proposals& to) override {
    constexpr double never = -std::numeric_limits<double>::infinity();
    with_space(part.walkers, [&](auto space) {
      wide([=, a = a_, of_z = part.uniform(0), of_helper = part.uniform(1), z = to.scratch] {
        for (Index i = 0; i < part.n_active; ++i) {
          const double root = (a - 1) * of_z[i] + 1;
          z[i] = root * root / a;
          to.log_factor[i] = (part.n_parameters() - 1) * log_of(z[i]);
        }
        each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
          const double stretch = z[i], *const c = part.helper(below(part.n_helpers, of_helper[i]));
          bool is_far = false;
          for (Index p = 0; p < d; ++p) {
            const double step = stretch * space.from(c[p], x[p], p);
            y[p] = c[p] + step;
            is_far |= space.is_far(step, p);
          }
          if (is_far) to.log_factor[i] = never;
        });
      });
    });
  }

 private:
  double a_;
};

}  // namespace livechain::core
