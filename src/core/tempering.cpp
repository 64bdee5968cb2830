#include "core/tempering.h"

#include "core/sampler.h"
#include "core/wide.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace livechain::core {

namespace {

constexpr double came_from_cold = 1, came_from_hot = 2;

struct Known {
  double log_likelihood, log_prior;
};

Known known_of(const std::byte* record, std::size_t size) {
  Known known;
  std::memcpy(&known, record + size - sizeof known, sizeof known);
  return known;
}

Known known_of(const Walkers& walkers, Index walker) { return known_of(walkers.blob(walker), walkers.blob_size); }

// Where the temperature is infinite, the prior alone, also where the likelihood is 0. The same bits wherever it is called.
__attribute__((LIVECHAIN_LOOPS)) double tempered(Known known, double beta) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (std::isnan(known.log_likelihood) || !(known.log_prior > -infinity)) return -infinity;
  return beta == 0 ? known.log_prior : known.log_prior + beta * known.log_likelihood;
}

std::size_t doubles_for(std::size_t bytes) { return (bytes + sizeof(double) - 1) / sizeof(double); }

// What follows the first `n` walkers.
std::size_t n_hot(const Walkers& all, Index n) { return static_cast<std::size_t>(all.n - n); }

template <class T>
void repeat(std::vector<T>& values, Index n) {
  const std::size_t size = values.size();
  values.resize(size * static_cast<std::size_t>(n));
  for (std::size_t i = size; i < values.size(); ++i) values[i] = values[i - size];
}

}  // namespace

Tempering::Tempering(const TemperingSettings& settings, Index n_ensembles)
    : n_ensembles_(n_ensembles),
      adapt_updates_(settings.adapt_updates),
      betas_(settings.betas),
      n_tried_(betas_.size() - 1),
      n_swapped_(betas_.size() - 1) {}

Snapshot Tempering::begin(Snapshot all, bool at_each) {
  if (at_each) {
    repeat(all.positions, n_temperatures());
    repeat(all.log_prob, n_temperatures());
    repeat(all.blobs, n_temperatures());
    repeat(all.tally.accepted, n_temperatures());
  }
  const auto n = static_cast<std::ptrdiff_t>(all.log_prob.size() / betas_.size());
  from_.assign(all.log_prob.size(), 0);
  std::fill(from_.begin(), from_.begin() + n, came_from_cold);
  std::fill(from_.end() - n, from_.end(), came_from_hot);
  temper(walkers_in(all));
  return all;
}

Snapshot Tempering::stored(Snapshot all) const {
  const Walkers walkers = walkers_in(all);
  const auto n = static_cast<std::size_t>(walkers.n / n_temperatures());
  Snapshot cold;
  cold.positions.resize(n * static_cast<std::size_t>(walkers.n_parameters));
  cold.log_prob.resize(n);
  cold.blobs.resize(n * n_blob_bytes_stored(walkers.blob_size));
  write(walkers, {cold.positions.data(), cold.log_prob.data(), cold.blobs.data(), 1}, 0);
  cold.tally = stored(all.tally, walkers);
  return cold;
}

Tally Tempering::stored(const Tally& of_all, const Walkers& all) const {
  Tally cold = of_all;
  cold.accepted.resize(of_all.accepted.size() / betas_.size());
  cold.memory = memory(all);
  cold.memory.insert(cold.memory.end(), of_all.memory.begin(), of_all.memory.end());
  return cold;
}

void Tempering::write(const Walkers& all, const Block& to, std::size_t row) const {
  const Index n = all.n / n_temperatures();
  const auto first = row * static_cast<std::size_t>(n);
  std::copy_n(all.positions, static_cast<std::size_t>(n) * static_cast<std::size_t>(all.n_parameters),
              to.positions + first * static_cast<std::size_t>(all.n_parameters));
  std::copy_n(all.log_prob, n, to.log_prob + first);
  std::byte* record = to.blobs + first * n_blob_bytes_stored(all.blob_size);
  for (Index w = 0; w < n; ++w) {
    record = std::copy_n(all.blob(w), all.blob_size, record);
    for (Index hotter = w + n; hotter < all.n; hotter += n) {
      std::memcpy(record, all.blob(hotter) + all.blob_size - sizeof(Known), sizeof(double));
      record += sizeof(double);
    }
  }
}

// The ladder, and what is told of it, come first.
std::vector<double> Tempering::memory(const Walkers& all) const {
  const Index n = all.n / n_temperatures();
  std::vector<double> memory;
  for (const std::vector<double>* part : {&betas_, &n_tried_, &n_swapped_}) memory.insert(memory.end(), part->begin(), part->end());
  memory.push_back(n_trips_);
  memory.insert(memory.end(), from_.begin(), from_.end());
  memory.insert(memory.end(), all.position(n), all.position(all.n));
  const std::size_t n_bytes = n_hot(all, n) * all.blob_size, first = memory.size();
  memory.resize(first + doubles_for(n_bytes));
  std::memcpy(memory.data() + first, all.blob(n), n_bytes);
  return memory;
}

Snapshot Tempering::all_of(const Snapshot& stored) {
  const auto n = static_cast<std::size_t>(stored.n_walkers()), n_all = n * betas_.size();
  const std::size_t row_size = static_cast<std::size_t>(stored.n_parameters()), record_size = stored.blob_size();
  const std::size_t n_counts = betas_.size() - 1, size = record_size - n_counts * sizeof(double);
  const std::size_t n_bytes = (n_all - n) * size;
  const std::size_t expected = betas_.size() + 2 * n_counts + 1 + n_all + (n_all - n) * row_size + doubles_for(n_bytes);
  if (stored.tally.memory.size() < expected) throw OtherMemory(expected, stored.tally.memory.size());
  const double* next = stored.tally.memory.data();
  const auto take = [&next](double* to, std::size_t count) {
    std::copy_n(next, count, to);
    next += count;
  };
  take(betas_.data(), betas_.size());
  take(n_tried_.data(), n_counts);
  take(n_swapped_.data(), n_counts);
  take(&n_trips_, 1);
  from_.resize(n_all);
  take(from_.data(), n_all);
  Snapshot all;
  all.positions = stored.positions;
  all.positions.resize(n_all * row_size);
  take(all.positions.data() + n * row_size, (n_all - n) * row_size);
  all.blobs.resize(n_all * size);
  for (std::size_t w = 0; w < n; ++w) std::copy_n(stored.blobs.data() + w * record_size, size, all.blobs.data() + w * size);
  std::memcpy(all.blobs.data() + n * size, next, n_bytes);
  next += doubles_for(n_bytes);
  all.log_prob = stored.log_prob;
  all.log_prob.resize(n_all);
  all.tally = stored.tally;
  all.tally.accepted.resize(n_all);
  all.tally.memory.assign(next, stored.tally.memory.data() + stored.tally.memory.size());
  temper(walkers_in(all));
  return all;
}

void Tempering::temper(const Walkers& all) const {
  const Index n = all.n / n_temperatures();
  for (Index w = n; w < all.n; ++w) all.log_prob[w] = tempered(known_of(all, w), betas_[static_cast<std::size_t>(w / n)]);
}

void Tempering::temper(Batch& batch, Index n) const {
  const Index n_at_each = n / n_temperatures();
  for (Index i = 0; i < batch.n; ++i) {
    const double beta = betas_[static_cast<std::size_t>(batch.walker(i) / n_at_each)];
    if (beta != 1) batch.log_prob[static_cast<std::size_t>(i)] = tempered(known_of(batch.blob(i), batch.blob_size), beta);
  }
}

void Tempering::swap(const Walkers& all, const Random& random, std::uint64_t step) {
  std::vector<double> rates(betas_.size() - 1);
  for (std::size_t hot = betas_.size() - 1; hot > 0; --hot) rates[hot - 1] = swap_neighbours(all, hot, random, step);
  const auto n_done = static_cast<std::int64_t>(step);
  if (n_done >= adapt_updates_) return;
  adapt(rates, n_done);
  temper(all);
  if (n_done + 1 < adapt_updates_) return;
  std::fill(n_tried_.begin(), n_tried_.end(), 0);
  std::fill(n_swapped_.begin(), n_swapped_.end(), 0);
  n_trips_ = 0;
}

// Each walker of a temperature is offered to one of the next colder, of the same ensemble. Returns how many are taken.
double Tempering::swap_neighbours(const Walkers& all, std::size_t hot, const Random& random, std::uint64_t step) {
  const Index n = all.n / n_temperatures() / n_ensembles_;
  double n_swapped = 0;
  order_.resize(static_cast<std::size_t>(n));
  for (Index e = 0; e < n_ensembles_; ++e) {
    const Index hot_ensemble = static_cast<Index>(hot) * n_ensembles_ + e, cold_ensemble = hot_ensemble - n_ensembles_;
    Stream draws = random.stream(step, Purpose::swap, static_cast<std::uint64_t>(hot_ensemble));
    std::iota(order_.begin(), order_.end(), 0);
    for (Index i = 0; i < n; ++i) {
      std::swap(order_[static_cast<std::size_t>(i)], order_[static_cast<std::size_t>(i + draws.below(n - i))]);
      const Index cold_walker = cold_ensemble * n + i, hot_walker = hot_ensemble * n + order_[static_cast<std::size_t>(i)];
      const double gain = known_of(all, hot_walker).log_likelihood - known_of(all, cold_walker).log_likelihood;
      if (!(log_of(draws.uniform()) < (betas_[hot - 1] - betas_[hot]) * gain)) continue;
      exchange(all, hot, cold_walker, hot_walker);
      ++n_swapped;
    }
  }
  n_tried_[hot - 1] += n * n_ensembles_;
  n_swapped_[hot - 1] += n_swapped;
  return n_swapped / (n * n_ensembles_);
}

void Tempering::exchange(const Walkers& all, std::size_t hot, Index cold_walker, Index hot_walker) {
  std::swap_ranges(all.position(cold_walker), all.position(cold_walker) + all.n_parameters, all.position(hot_walker));
  std::swap_ranges(all.blob(cold_walker), all.blob(cold_walker) + all.blob_size, all.blob(hot_walker));
  all.log_prob[cold_walker] = tempered(known_of(all, cold_walker), betas_[hot - 1]);
  all.log_prob[hot_walker] = tempered(known_of(all, hot_walker), betas_[hot]);
  double &of_cold = from_[static_cast<std::size_t>(cold_walker)], &of_hot = from_[static_cast<std::size_t>(hot_walker)];
  std::swap(of_cold, of_hot);
  if (hot + 1 == betas_.size()) of_hot = came_from_hot;
  if (hot > 1) return;
  n_trips_ += of_cold == came_from_hot;
  of_cold = came_from_cold;
}

// Vousden, Farr & Mandel (2016): the distance of two temperatures grows when more walkers are exchanged over it than over the
// next, ever more slowly. The coldest and the hottest stay. Faster than theirs, since there are many walkers, and slowing down
// over a tenth of the updates there are, so that short runs get there, too.
void Tempering::adapt(const std::vector<double>& rates, std::int64_t n_done) {
  constexpr double first_speed = 0.2;
  const double lag = std::max(1.0, static_cast<double>(adapt_updates_) / 10);
  const double speed = first_speed * lag / (static_cast<double>(n_done) + lag);
  std::vector<double> betas = betas_;
  double temperature = 1;
  for (std::size_t i = 1; i + 1 < betas.size(); ++i) {
    temperature += (1 / betas_[i] - 1 / betas_[i - 1]) * exp_of(speed * (rates[i - 1] - rates[i]));
    betas[i] = 1 / temperature;
  }
  if (betas[betas.size() - 2] > betas.back()) betas_ = std::move(betas);
}

void TemperedDensity::evaluate(Batch& batch) {
  constexpr Known unknown{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  for (Index i = 0; i < batch.n; ++i) {
    std::memcpy(batch.blob(i) + batch.blob_size - sizeof unknown, &unknown, sizeof unknown);
  }
  density_.evaluate(batch);
  tempering_.temper(batch, n_walkers_);
}

void ColdSink::record(const Tally& tally) {
  if (row_ == block_.n_steps) {
    block_ = to_.lend();
    row_ = 0;
  }
  tempering_.write(all_, block_, row_++);
  to_.record(tempering_.stored(tally, all_));
}

}  // namespace livechain::core
