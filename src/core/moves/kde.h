#pragma once

#include "core/circles.h"
#include "core/normal.h"
#include "core/proposal.h"

namespace livechain::core {

// Proposals are drawn from a Gaussian kernel density estimate of the helpers, whatever the walker's own
// position; log factor: log estimate(x) - log estimate(y). Of very many helpers, kernels stand at some only, drawn anew
// for each update. On circles, those are cut open opposite to the helpers, and nothing is proposed beyond.
class KdeMove : public ProposalMove {
 public:
  enum class Bandwidth { scott, silverman, fixed };
  KdeMove(Bandwidth rule, double factor) : rule_(rule), factor_(factor) {}
  Index n_uniforms(Index n_parameters) const override { return 1 + uniforms_for(n_parameters); }

 protected:
  void propose(const Part& part, const Proposals& to) override;

 private:
  void choose_centres(const Part& part);
  bool fit(const Part& part);
  void draw(const Part& part, const Proposals& to);
  void compare(const Part& part, const Proposals& to);
  void refuse_outside(const Part& part, const Proposals& to) const;
  double bandwidth(double n, double dimensions) const;

  Bandwidth rule_;
  double factor_;  // of the standard deviation, when fixed

  Unrolled unrolled_;
  std::vector<Index> centres_;  // numbers of walkers
  Root root_;                   // of a kernel's covariance
  std::vector<double> normals_;
  std::vector<double> kernels_, from_, to_, exponents_;
};

}  // namespace livechain::core
