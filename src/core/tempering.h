// Parallel tempering: ensembles at several temperatures. Where the log-likelihood is l and the log-prior p, an ensemble at
// inverse temperature b samples p + b l. Neighbours exchange walkers, so that the cold ones come to wherever the hot ones
// find something.
//
// The last two numbers of a record of blobs are l and p. Walkers stand temperature after temperature, the coldest first. It
// alone is the chain: each of its walkers is stored with the log-likelihoods of those in its place in the hotter ensembles, behind
// its blobs. What else a run needs to go on is in its memory, before that of the moves.
#pragma once

#include "core/move.h"
#include "core/world.h"

namespace livechain::core {

struct TemperingSettings {
  std::vector<double> betas;       // inverse temperatures to begin with, from 1 down
  std::int64_t adapt_updates = 0;  // in which they change

  bool is_on() const { return betas.size() > 1; }
};

class Tempering {
 public:
  Tempering(const TemperingSettings& settings, Index n_ensembles);

  Index n_temperatures() const { return static_cast<Index>(betas_.size()); }

  // Walkers of all temperatures where a run begins, from them or from those of one, which then begin at each.
  Snapshot begin(Snapshot start, bool at_each);

  // Between them and what is stored.
  Snapshot stored(Snapshot all) const;
  Snapshot all_of(const Snapshot& stored);
  void write(const Walkers& all, const Block& to, std::size_t row) const;
  Tally stored(const Tally& of_all, const Walkers& all) const;
  std::vector<double> memory(const Walkers& all) const;

  // Exchanges walkers, and then moves the temperatures as long as they may.
  void swap(const Walkers& all, const Random& random, std::uint64_t step);

  // Log-probabilities at the temperatures of the batch's walkers, of `n` in all.
  void temper(Batch& batch, Index n) const;

 private:
  std::size_t n_blob_bytes_stored(std::size_t blob_size) const { return blob_size + (betas_.size() - 1) * sizeof(double); }
  double swap_neighbours(const Walkers& all, std::size_t hot, const Random& random, std::uint64_t step);
  void exchange(const Walkers& all, std::size_t hot, Index cold_walker, Index hot_walker);
  void adapt(const std::vector<double>& rates, std::int64_t n_done);
  void temper(const Walkers& all) const;

  Index n_ensembles_;
  std::int64_t adapt_updates_;
  std::vector<double> betas_;

  // Since the temperatures are what they are; of each and the next.
  std::vector<double> n_tried_, n_swapped_;
  double n_trips_ = 0;  // of walkers from the hottest to the coldest

  std::vector<double> from_;  // of each walker, which of the two it saw last
  std::vector<Index> order_;
};

// What a density says at the temperatures of the walkers.
class TemperedDensity : public Evaluator {
 public:
  TemperedDensity(Evaluator& density, const Tempering& tempering, Index n_walkers)
      : density_(density), tempering_(tempering), n_walkers_(n_walkers) {}
  void evaluate(Batch& batch) override;

 private:
  Evaluator& density_;
  const Tempering& tempering_;
  Index n_walkers_;
};

// Hands on what is stored of the walkers.
class ColdSink : public Sink {
 public:
  ColdSink(Sink& to, const Tempering& tempering, const Walkers& all) : to_(to), tempering_(tempering), all_(all) {}

  Block lend() override { return {all_.positions, all_.log_prob, all_.blobs, 1}; }
  void record(const Tally& tally) override;
  void flush() override { to_.flush(); }
  void finish() override { to_.finish(); }

 private:
  Sink& to_;
  const Tempering& tempering_;
  const Walkers all_;
  Block block_;
  std::size_t row_ = 0;
};

}  // namespace livechain::core
