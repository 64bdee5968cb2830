#pragma once

#include "core/normal.h"
#include "core/proposal.h"

namespace livechain::core {

// Metropolis steps of each walker by itself: x + f L N, where L is a root of the covariance.
class GaussianMove : public ProposalMove {
 public:
  enum class Mode { vector, random, sequential };  // which parameters change in an update

  // `log_factor` above 0 scales the steps of an update by exp(uniform(-log_factor, log_factor)).
  GaussianMove(Root root, Mode mode, double log_factor) : root_(std::move(root)), mode_(mode), log_factor_(log_factor) {}
  Index n_uniforms(Index n_parameters) const override { return 1 + uniforms_for(n_parameters); }

 protected:
  void propose(const Part& part, const Proposals& to) override {
    const auto turn = static_cast<Index>(part.step % static_cast<std::uint64_t>(part.n_parameters()));
    const double scale = exp_of(log_factor_ * (2 * part.stream(Purpose::scale).uniform() - 1));
    draw_normals(part, 1, part.n_parameters(), steps_);
    multiply(root_, steps_.data(), part.n_active);
    wide([=, mode = mode_, of_parameter = part.uniform(0), steps = steps_.data(), n = static_cast<std::size_t>(part.n_active)] {
      each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
        const Index kept = mode == Mode::sequential ? turn : below(d, of_parameter[i]);
        for (Index p = 0; p < d; ++p) {
          const bool changes = mode == Mode::vector || p == kept;
          y[p] = x[p] + (changes ? scale * steps[static_cast<std::size_t>(p) * n + i] : 0);
        }
        to.log_factor[i] = 0;
      });
    });
  }

 private:
  Root root_;
  Mode mode_;
  double log_factor_;
  std::vector<double> steps_;
};

}  // namespace livechain::core
