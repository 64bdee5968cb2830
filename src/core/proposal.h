// Moves that only propose: Metropolis and Hastings' rule, the same for all of them, decides.
#pragma once

#include "core/move.h"

#include <vector>

namespace livechain::core {

class ProposalMove : public Move {
 public:
  void update(Ensemble& ensemble, const Split& split, const Moment& moment, Evaluator& evaluator) final;

 protected:
  using Position = Eigen::Map<Eigen::RowVectorXd>;

  // Called before the proposals of an update.
  virtual void begin_update(const Ensemble&, const Split&, const Moment&) {}

  // Fills in where `walker` might go. Returns the log of the ratio by which acceptance is to be multiplied.
  virtual double propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                         Position proposed) = 0;

 private:
  void accept(Ensemble& ensemble, const Split& split);

  Evaluated proposed_;
  std::vector<double> log_factors_;
  std::vector<Stream> draws_;  // of each active walker; acceptance takes the next number
};

// The walker takes the position, log-probability and blob that stand in row `i` of `batch`.
void take(Ensemble& ensemble, Eigen::Index walker, const Evaluated& batch, Eigen::Index i);

}  // namespace livechain::core
