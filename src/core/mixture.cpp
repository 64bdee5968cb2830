#include "core/mixture.h"

#include <numeric>

namespace livechain::core {

Move& Mixture::choose(const Random& random, std::uint64_t step) const {
  if (moves_.size() == 1) return *moves_.front();
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  double left = random.stream(step, Purpose::move, 0).uniform() * total;
  std::size_t i = 0;
  while (i + 1 < moves_.size() && left >= weights_[i]) left -= weights_[i++];
  return *moves_[i];
}

void Mixture::begin(const Walkers& walkers, const std::vector<double>& learnt) const {
  for (const auto& move : moves_) move->begin(walkers);
  if (learnt.empty()) return;
  const std::size_t expected = memory().size();
  if (learnt.size() != expected) throw OtherMemory(expected, learnt.size());
  const double* stored = learnt.data();
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

}  // namespace livechain::core
