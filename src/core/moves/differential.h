#pragma once

#include "core/circles.h"
#include "core/proposal.h"

#include <limits>

namespace livechain::core {

// The differential evolution move of ter Braak (2006), as in Nelson et al. (2014): x + g (c1 - c2), with
// g = gamma0 (1 + sigma N(0, 1)) drawn for each walker.
class DifferentialMove : public ProposalMove {
 public:
  // `gamma0` 0 stands for 2.38 / sqrt(2 d).
  DifferentialMove(double sigma, double gamma0) : sigma_(sigma), gamma0_(gamma0) {}
  Index n_uniforms(Index) const override { return 4; }

 protected:
  void propose(const Part& part, const Proposals& to) override {
    const double gamma0 = gamma0_ > 0 ? gamma0_ : 2.38 / std::sqrt(2.0 * part.n_parameters());
    with_space(part.walkers, [&](auto space) {
      wide([=, sigma = sigma_, u = part.uniform(0), v = part.uniform(1), of_first = part.uniform(2),
            of_second = part.uniform(3), gamma = to.scratch] {
        for (Index i = 0; i < part.n_active; ++i) {
          gamma[i] = gamma0 * (1 + sigma * normal(u[i], v[i]));
          to.log_factor[i] = 0;
        }
        each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
          const auto [first, second] = two_below(part.n_helpers, of_first[i], of_second[i]);
          const double g = gamma[i], *const c1 = part.helper(first), *const c2 = part.helper(second);
          for (Index p = 0; p < d; ++p) y[p] = x[p] + g * space.from(c2[p], c1[p], p);
        });
      });
    });
  }

 private:
  double sigma_;
  double gamma0_;
};

// The snooker move of ter Braak & Vrugt (2008): along the line from a helper z through x, by gamma times
// the difference of two more helpers projected onto it; log factor (d - 1) log(|y - z| / |x - z|). On circles, as in
// StretchMove.
class SnookerMove : public ProposalMove {
 public:
  explicit SnookerMove(double gamma) : gamma_(gamma) {}
  Index n_uniforms(Index) const override { return 3; }

 protected:
  void propose(const Part& part, const Proposals& to) override {
    constexpr double never = -std::numeric_limits<double>::infinity();
    with_space(part.walkers, [&](auto space) {
      wide([=, gamma = gamma_, u = part.uniform(0), v = part.uniform(1), w = part.uniform(2), stretch = to.scratch] {
        each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
          const auto [centre, first, second] = three_below(part.n_helpers, u[i], v[i], w[i]);
          const double *const z = part.helper(centre), *const c1 = part.helper(first), *const c2 = part.helper(second);
          double squared = 0, projected = 0;
          for (Index p = 0; p < d; ++p) {
            const double away = space.from(z[p], x[p], p);
            squared += away * away;
            projected += away * space.from(c2[p], c1[p], p);
          }
          const double factor = squared > 0 ? 1 + gamma * projected / squared : 0;  // no line leads through walkers that coincide
          bool is_far = false;
          for (Index p = 0; p < d; ++p) {
            const double step = factor * space.from(z[p], x[p], p);
            y[p] = z[p] + step;
            is_far |= space.is_far(step, p);
          }
          stretch[i] = is_far ? 0 : factor;
        });
        for (Index i = 0; i < part.n_active; ++i) {
          to.log_factor[i] = stretch[i] == 0 ? never : (part.n_parameters() - 1) * log_of(std::abs(stretch[i]));
        }
      });
    });
  }

 private:
  double gamma_;
};

}  // namespace livechain::core
