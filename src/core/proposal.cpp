#include "core/proposal.h"

#include <algorithm>
#include <cmath>

namespace livechain::core {

void ProposalMove::update(Ensemble& ensemble, const Split& split, const Moment& moment,
                          Evaluator& evaluator) {
  const std::size_t n_active = split.active.size();
  proposed_.resize(static_cast<Eigen::Index>(n_active), ensemble.n_parameters(), ensemble.blob_size);
  log_factors_.resize(n_active);
  draws_.clear();
  for (const Eigen::Index walker : split.active) draws_.push_back(moment.of_walker(walker));
  begin_update(ensemble, split, moment);
  for (std::size_t i = 0; i < n_active; ++i) {
    const Eigen::Index walker = split.active[i];
    const Position proposed(proposed_.positions.row(static_cast<Eigen::Index>(i)).data(), ensemble.n_parameters());
    log_factors_[i] = propose(ensemble, split, walker, draws_[i], proposed);
  }
  evaluator.evaluate(proposed_, split.active);
  accept(ensemble, split);
}

void ProposalMove::accept(Ensemble& ensemble, const Split& split) {
  for (std::size_t active = 0; active < split.active.size(); ++active) {
    const Eigen::Index walker = split.active[active];
    const auto i = static_cast<Eigen::Index>(active);
    const double log_ratio = log_factors_[active] + proposed_.log_prob[i] - ensemble.log_prob[walker];
    const bool certain = log_ratio >= 0;  // whatever number would be drawn
    if (certain || log_ratio > std::log(draws_[active].uniform())) take(ensemble, walker, proposed_, i);
  }
}

void take(Ensemble& ensemble, Eigen::Index walker, const Evaluated& batch, Eigen::Index i) {
  std::copy_n(batch.positions.row(i).data(), batch.n_parameters(), ensemble.positions.row(walker).data());
  ensemble.log_prob[walker] = batch.log_prob[i];
  std::copy_n(batch.blob(i), batch.blob_size, ensemble.blob(walker));
  ++ensemble.accepted[static_cast<std::size_t>(walker)];
}

}  // namespace livechain::core
