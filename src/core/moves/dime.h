#pragma once

#include "core/circles.h"
#include "core/normal.h"
#include "core/proposal.h"

namespace livechain::core {

// The differential-independence mixture ensemble of Boehl (2022): a differential evolution proposal, or,
// with a small probability, one that does not depend on where the walker is, from a multivariate t
// distribution. Its mean and covariance are those of the ensembles before the last step, each weighted by its density
// and by how many of its walkers have moved; older ones fade. Once it has learnt, it is frozen, and the move exact. Circles
// are cut open opposite to its mean, and nothing is proposed beyond.
class DimeMove : public ProposalMove {
 public:
  struct Settings {
    double sigma;             // standard deviation of the noise on a differential proposal
    double gamma;             // 0 stands for 2.38 / sqrt(2 d)
    double independent;       // probability of the proposal from the t distribution
    double degrees;           // of freedom, above 2
    double fading;            // of the weight of the past in a step
    std::int64_t tune_steps;  // in which it learns
  };
  explicit DimeMove(const Settings& settings) : settings_(settings) {}

  void begin(const Walkers& walkers) override;
  void prepare(const Walkers& walkers) override;
  Index n_uniforms(Index n_parameters) const override { return 3 + uniforms_for(n_parameters); }
  std::vector<double> memory() const override;
  void remember(const double* memory) override;

 protected:
  void propose(const Part& part, const Proposals& to) override;

 private:
  void fit();
  void learn(const Walkers& walkers);
  void propose_differences(const Part& part, const Proposals& to);
  void propose_independent(const Part& part, const Proposals& to);
  double draw_chi_squared(Stream draws) const;

  Settings settings_;

  // What was learnt.
  std::vector<double> mean_;
  std::vector<double> covariance_;  // [parameter, parameter]
  double log_weight_ = 0;           // of the past
  double n_accepted_ = 0;           // until the last step
  std::int64_t n_steps_ = 0;

  // The t distribution, and the root of its scale matrix, which may have none.
  std::vector<double> location_;
  Root root_;
  bool has_root_ = false;
  bool is_fitted_ = false;

  Unrolled unrolled_;
  std::vector<double> normals_, present_;  // [parameter, walker]
};

}  // namespace livechain::core
