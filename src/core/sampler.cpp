#include "core/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace livechain::core {

Move& Mixture::choose(const Random& random, std::uint64_t step) const {
  if (moves_.size() == 1) return *moves_.front();
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  double left = random.stream(step, 0, Purpose::move).uniform() * total;
  std::size_t i = 0;
  while (i + 1 < moves_.size() && left >= weights_[i]) left -= weights_[i++];
  return *moves_[i];
}

void Mixture::begin(const Ensemble& ensemble) const {
  for (const auto& move : moves_) move->begin(ensemble);
  if (ensemble.memory.empty()) return;
  const std::size_t expected = memory().size();
  if (ensemble.memory.size() != expected) throw OtherMemory(expected, ensemble.memory.size());
  const double* stored = ensemble.memory.data();
  for (const auto& move : moves_) {
    move->remember(stored);
    stored += move->memory().size();
  }
}

std::vector<double> Mixture::memory() const {
  std::vector<double> all;
  for (const auto& move : moves_) {
    const std::vector<double> memory = move->memory();
    all.insert(all.end(), memory.begin(), memory.end());
  }
  return all;
}

std::int64_t Mixture::n_limited() const {
  std::int64_t n = 0;
  for (const auto& move : moves_) n += move->n_limited();
  return n;
}

void CheckedDensity::evaluate(Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  density_.evaluate(batch, walkers);
  for (Eigen::Index i = 0; i < batch.n_walkers(); ++i) {
    double& value = batch.log_prob[i];
    if (!std::isnan(value) && value != std::numeric_limits<double>::infinity()) continue;
    if (on_nan_ == OnNan::error || !std::isnan(value)) {
      const double* row = batch.positions.row(i).data();
      throw BadLogProb(value, walkers[static_cast<std::size_t>(i)], {row, row + batch.n_parameters()});
    }
    value = -std::numeric_limits<double>::infinity();
    ++n_nan_;
  }
}

Sampler::Sampler(Ensemble ensemble, Density& density, Mixture mixture, const Settings& settings)
    : ensemble_(std::move(ensemble)),
      density_(density, settings.on_nan),
      mixture_(std::move(mixture)),
      random_(settings.seed),
      settings_(settings),
      n_nan_before_(ensemble_.n_nan),
      n_together_(static_cast<std::size_t>(ensemble_.n_walkers() / settings.n_ensembles)),
      part_of_(static_cast<std::size_t>(ensemble_.n_walkers())),
      order_(n_together_) {
  mixture_.begin(ensemble_);
}

void Sampler::require_memory(std::size_t stored) const {
  const std::size_t expected = mixture_.memory().size();
  if (stored != expected) throw OtherMemory(expected, stored);
}

void Sampler::evaluate_start(Ensemble& ensemble, Density& density) {
  std::vector<Eigen::Index> walkers(static_cast<std::size_t>(ensemble.n_walkers()));
  std::iota(walkers.begin(), walkers.end(), 0);
  CheckedDensity(density, OnNan::error).evaluate(ensemble, walkers);
}

void Sampler::run(std::int64_t n_steps, Sink& sink, Monitor& monitor) {
  for (std::int64_t i = 0; i < n_steps; ++i) {
    const auto first = static_cast<std::uint64_t>(settings_.n_done * settings_.thin_by);
    for (std::int64_t k = 0; k < settings_.thin_by; ++k) update(first + static_cast<std::uint64_t>(k));
    ensemble_.n_nan = n_nan_before_ + density_.n_nan();
    ensemble_.memory = mixture_.memory();
    sink.record(ensemble_);
    ++settings_.n_done;
    if (!monitor.go_on(settings_.n_done)) break;
  }
}

void Sampler::update(std::uint64_t step) {
  Move& move = mixture_.choose(random_, step);
  move.prepare(ensemble_);
  assign_parts(move, step);
  for (int part = 0; part < move.n_splits; ++part) {
    for (std::size_t first = 0; first < part_of_.size(); first += n_together_) {
      select_part(part, first);
      move.update(ensemble_, split_, {random_, step}, density_);
    }
  }
}

void Sampler::assign_parts(const Move& move, std::uint64_t step) {
  for (std::size_t first = 0; first < part_of_.size(); first += n_together_) {
    deal(move, first, random_.stream(step, first / n_together_, Purpose::split));
  }
}

// Of the ensemble whose first walker is `first`: a shuffle that ends when all walkers that are left belong to the
// first part.
void Sampler::deal(const Move& move, std::size_t first, Stream draws) {
  const std::size_t n = n_together_;
  const auto n_parts = static_cast<std::size_t>(move.n_splits);
  if (!move.randomize_split || n_parts == 1) {
    for (std::size_t i = 0; i < n; ++i) part_of_[first + i] = static_cast<int>(i % n_parts);
    return;
  }
  std::iota(order_.begin(), order_.end(), 0);
  std::fill_n(part_of_.begin() + static_cast<std::ptrdiff_t>(first), n, 0);
  const std::size_t n_first = (n + n_parts - 1) / n_parts;
  for (std::size_t i = n; i-- > n_first;) {
    std::swap(order_[i], order_[draws.below(i + 1)]);
    part_of_[first + order_[i]] = 1 + static_cast<int>((i - n_first) % (n_parts - 1));
  }
}

// Each walker is written to both lists and counted in one: parts are random, and a processor that guesses
// wrong at every second walker would spend more time here than on moving them.
void Sampler::select_part(int part, std::size_t first) {
  const std::size_t n = n_together_;
  split_.active.resize(n);
  split_.helpers.resize(n);
  std::size_t n_active = 0;
  for (std::size_t i = 0; i < n; ++i) {
    split_.active[n_active] = split_.helpers[i - n_active] = static_cast<Eigen::Index>(first + i);
    n_active += part_of_[first + i] == part;
  }
  split_.active.resize(n_active);
  split_.helpers.resize(n - n_active);
}

}  // namespace livechain::core
