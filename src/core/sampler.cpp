#include "core/sampler.h"

#include "core/wide.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>

namespace livechain::core {

namespace {

bool is_finite(const double* first, std::size_t n) {
  std::size_t n_bad = 0;
  wide([=, to = &n_bad] {
    constexpr std::uint64_t exponent = 0x7FF0000000000000U;
    std::size_t count = 0;
    for (std::size_t i = 0; i < n; ++i) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, first + i, sizeof bits);
      count += (bits & exponent) == exponent;
    }
    *to = count;
  });
  return n_bad == 0;
}

void require_finite(const Batch& batch) {
  const auto d = static_cast<std::size_t>(batch.n_parameters);
  if (is_finite(batch.positions.data(), static_cast<std::size_t>(batch.n) * d)) return;
  Index i = 0;
  while (is_finite(batch.position(i), d)) ++i;
  throw BadPosition(batch.walker(i), {batch.position(i), batch.position(i) + batch.n_parameters});
}

std::unique_ptr<Tempering> tempering_of(const Settings& settings) {
  if (!settings.tempering.is_on()) return nullptr;
  return std::make_unique<Tempering>(settings.tempering, static_cast<Index>(settings.n_ensembles));
}

// Those of all temperatures.
Index n_ensembles_of(const Settings& settings) {
  return static_cast<Index>(settings.n_ensembles) * static_cast<Index>(std::max<std::size_t>(1, settings.tempering.betas.size()));
}

}  // namespace

void CheckedDensity::evaluate(Batch& batch) {
  require_finite(batch);
  density_.evaluate(batch);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Index n_bad = 0;
  for (Index i = 0; i < batch.n; ++i) n_bad += !(batch.log_prob[static_cast<std::size_t>(i)] < infinity);
  if (n_bad > 0) reject(batch);
}

void CheckedDensity::reject(Batch& batch) {
  for (Index i = 0; i < batch.n; ++i) {
    double& value = batch.log_prob[static_cast<std::size_t>(i)];
    const bool is_nan = std::isnan(value);
    if (!is_nan && value != std::numeric_limits<double>::infinity()) continue;
    if (on_nan_ == OnNan::error || !is_nan) {
      throw BadLogProb(value, batch.walker(i), {batch.position(i), batch.position(i) + batch.n_parameters});
    }
    value = -std::numeric_limits<double>::infinity();
    ++n_nan_;
  }
}

Snapshot evaluated_start(std::vector<double> positions, Index n_parameters, Density& density) {
  Batch batch;
  batch.resize(static_cast<Index>(positions.size() / static_cast<std::size_t>(n_parameters)), n_parameters, 0);
  batch.positions = std::move(positions);
  std::iota(batch.walkers.begin(), batch.walkers.end(), 0);
  CheckedDensity(density, OnNan::error).evaluate(batch);
  Tally tally;
  tally.accepted.assign(batch.walkers.size(), 0);
  return {std::move(batch.positions), std::move(batch.log_prob), std::move(batch.blobs), std::move(tally)};
}

Walkers walkers_in(Snapshot& snapshot) {
  return {snapshot.n_walkers(), snapshot.n_parameters(), snapshot.blob_size(), snapshot.positions.data(),
          snapshot.log_prob.data(), snapshot.blobs.data(), snapshot.tally.accepted.data()};
}

Sampler::Sampler(Snapshot start, Density& density, Mixture mixture, const Settings& settings)
    : tempering_(tempering_of(settings)),
      now_(tempering_ ? tempering_->all_of(start) : std::move(start)),
      walkers_(walkers_in(now_)),
      checked_(density, settings.on_nan),
      tempered_(tempering_ ? std::make_unique<TemperedDensity>(checked_, *tempering_, walkers_.n) : nullptr),
      in_domain_(settings_.domain, everywhere()),
      mixture_(std::move(mixture)),
      random_(settings.seed),
      settings_(settings),
      n_nan_before_(now_.tally.n_nan),
      n_together_(walkers_.n / n_ensembles_of(settings)),
      numbers_(static_cast<std::size_t>(n_ensembles_of(settings))),
      parts_(numbers_.size()) {
  for (std::size_t e = 0; e < numbers_.size(); ++e) splits_.emplace_back(n_together_, static_cast<Index>(e) * n_together_);
  if (settings_.domain.circles) walkers_.circles = &*settings_.domain.circles;
  mixture_.begin(walkers_, now_.tally.memory);
}

void Sampler::require_memory(std::size_t stored) const {
  const std::size_t expected = mixture_.memory().size() + (tempering_ ? tempering_->memory(walkers_).size() : 0);
  if (stored != expected) throw OtherMemory(expected, stored);
}

void Sampler::run(std::int64_t n_steps, Sink& sink, Monitor& monitor) {
  if (!tempering_) return record_steps(n_steps, sink, monitor);
  ColdSink cold(sink, *tempering_, walkers_);
  record_steps(n_steps, cold, monitor);
}

void Sampler::record_steps(std::int64_t n_steps, Sink& sink, Monitor& monitor) {
  Block block;
  std::size_t row = 0;
  for (std::int64_t i = 0; i < n_steps; ++i, ++row) {
    if (row == block.n_steps) {
      block = sink.lend();
      row = 0;
    }
    move_into(block, row);
    const auto first = static_cast<std::uint64_t>(settings_.n_done * settings_.thin_by);
    for (std::int64_t k = 0; k < settings_.thin_by; ++k) update(first + static_cast<std::uint64_t>(k));
    now_.tally.n_nan = n_nan_before_ + checked_.n_nan();
    now_.tally.memory = mixture_.memory();
    sink.record(now_.tally);
    ++settings_.n_done;
    if (!monitor.go_on(settings_.n_done)) break;
  }
  move_out();
}

void Sampler::move_into(const Block& block, std::size_t row) {
  const Walkers before = walkers_;
  walkers_.positions = block.positions + row * walkers_.n_positions();
  walkers_.log_prob = block.log_prob + row * static_cast<std::size_t>(walkers_.n);
  walkers_.blobs = block.blobs + row * walkers_.n_blob_bytes();
  if (walkers_.positions == before.positions) return;  // a block of one row
  std::copy_n(before.positions, walkers_.n_positions(), walkers_.positions);
  std::copy_n(before.log_prob, walkers_.n, walkers_.log_prob);
  std::copy_n(before.blobs, walkers_.n_blob_bytes(), walkers_.blobs);
}

// The block goes back to who lent it.
void Sampler::move_out() {
  const Block own{now_.positions.data(), now_.log_prob.data(), now_.blobs.data(), 1};
  move_into(own, 0);
}

void Sampler::update(std::uint64_t step) {
  Move& move = mixture_.choose(random_, step);
  move.prepare(walkers_);
  draw(move, step);
  for (int k = 0; k < move.n_splits; ++k) {
    select_part(move, k, step);
    move.update(parts_, density());
  }
  if (tempering_) tempering_->swap(walkers_, random_, step);
}

// All numbers of a step: for the split, for acceptance, and the move's.
void Sampler::draw(const Move& move, std::uint64_t step) {
  const Index n_for_split = Split::n_uniforms(n_together_, move.n_splits);
  const auto n_columns = 1 + static_cast<std::size_t>(move.n_uniforms(walkers_.n_parameters));
  const std::size_t n = static_cast<std::size_t>(n_for_split) + n_columns * static_cast<std::size_t>(n_together_);
  for (std::size_t e = 0; e < splits_.size(); ++e) {
    random_.uniforms(step, Purpose::update, e, n, numbers_[e]);
    splits_[e].deal(move.n_splits, !move.randomize_split || move.n_splits == 1, numbers_[e].data());
  }
}

void Sampler::select_part(const Move& move, int k, std::uint64_t step) {
  for (std::size_t e = 0; e < splits_.size(); ++e) {
    const Split& split = splits_[e];
    const Index n_active = split.size(k);
    const double* const chance = numbers_[e].data() + Split::n_uniforms(n_together_, move.n_splits) + split.begin(k);
    parts_[e] = {walkers_, split.part(k), n_active, split.part(k) + n_active, n_together_ - n_active, chance,
                 chance + n_together_, static_cast<std::size_t>(n_together_), &random_, step, static_cast<Index>(e),
                 static_cast<Index>(e) * n_together_};
  }
}

}  // namespace livechain::core
