#include "core/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace livechain::core {

namespace {

void require_usable(const Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  for (Eigen::Index i = 0; i < batch.n_walkers(); ++i) {
    const double value = batch.log_prob[i];
    if (std::isnan(value) || value == std::numeric_limits<double>::infinity()) {
      const double* row = batch.positions.row(i).data();
      throw BadLogProb(value, walkers[static_cast<std::size_t>(i)], {row, row + batch.n_parameters()});
    }
  }
}

}  // namespace

const Move& Mixture::choose(const Random& random, std::uint64_t step) const {
  if (moves.size() == 1) return *moves.front();
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double left = random.stream(step, 0, Purpose::move).uniform() * total;
  std::size_t i = 0;
  while (i + 1 < moves.size() && left >= weights[i]) left -= weights[i++];
  return *moves[i];
}

Sampler::Sampler(Ensemble ensemble, Density& density, Mixture mixture, Random random,
                 std::int64_t n_done, std::int64_t thin_by)
    : ensemble_(std::move(ensemble)),
      density_(density),
      mixture_(std::move(mixture)),
      random_(random),
      n_done_(n_done),
      thin_by_(thin_by),
      part_of_(static_cast<std::size_t>(ensemble_.n_walkers())) {}

void Sampler::evaluate_start(Ensemble& ensemble, Density& density) {
  std::vector<Eigen::Index> walkers(static_cast<std::size_t>(ensemble.n_walkers()));
  std::iota(walkers.begin(), walkers.end(), 0);
  density.evaluate(ensemble, walkers);
  require_usable(ensemble, walkers);
}

void Sampler::run(std::int64_t n_steps, Sink& sink, Monitor& monitor) {
  for (std::int64_t i = 0; i < n_steps; ++i) {
    const auto first = static_cast<std::uint64_t>(n_done_ * thin_by_);
    for (std::int64_t k = 0; k < thin_by_; ++k) update(first + static_cast<std::uint64_t>(k));
    sink.record(ensemble_);
    ++n_done_;
    if (!monitor.go_on(n_done_)) break;
  }
}

void Sampler::update(std::uint64_t step) {
  const Move& move = mixture_.choose(random_, step);
  split_ensemble(move, step);
  for (int part = 0; part < move.n_splits; ++part) update_part(move, part, step);
}

void Sampler::split_ensemble(const Move& move, std::uint64_t step) {
  for (std::size_t i = 0; i < part_of_.size(); ++i) part_of_[i] = static_cast<int>(i) % move.n_splits;
  if (!move.randomize_split || move.n_splits == 1) return;
  Stream draws = random_.stream(step, 0, Purpose::split);
  for (std::size_t i = part_of_.size() - 1; i > 0; --i) {
    std::swap(part_of_[i], part_of_[draws.below(i + 1)]);
  }
}

void Sampler::update_part(const Move& move, int part, std::uint64_t step) {
  split_.active.clear();
  split_.helpers.clear();
  for (std::size_t i = 0; i < part_of_.size(); ++i) {
    (part_of_[i] == part ? split_.active : split_.helpers).push_back(static_cast<Eigen::Index>(i));
  }
  const auto n_active = static_cast<Eigen::Index>(split_.active.size());
  proposed_.resize(n_active, ensemble_.n_parameters(), ensemble_.blob_size);
  log_factors_.resize(n_active);
  move.propose(ensemble_, split_, random_, step, {proposed_.positions, log_factors_});
  density_.evaluate(proposed_, split_.active);
  require_usable(proposed_, split_.active);
  accept(step);
}

void Sampler::accept(std::uint64_t step) {
  for (Eigen::Index i = 0; i < proposed_.n_walkers(); ++i) {
    const Eigen::Index walker = split_.active[static_cast<std::size_t>(i)];
    Stream draws = random_.stream(step, static_cast<std::uint64_t>(walker), Purpose::acceptance);
    const double log_ratio = log_factors_[i] + proposed_.log_prob[i] - ensemble_.log_prob[walker];
    if (!(log_ratio > std::log(draws.uniform()))) continue;
    ensemble_.positions.row(walker) = proposed_.positions.row(i);
    ensemble_.log_prob[walker] = proposed_.log_prob[i];
    std::copy_n(proposed_.blob(i), proposed_.blob_size, ensemble_.blob(walker));
    ++ensemble_.accepted[static_cast<std::size_t>(walker)];
  }
}

}  // namespace livechain::core
