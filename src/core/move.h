// A move updates some walkers with the help of the others. Most moves only propose: see proposal.h.
#pragma once

#include "core/batch.h"
#include "core/random.h"

namespace livechain::core {

// The walkers of an ensemble that move now, with what they may use: the helpers, which are all that are in its other
// parts, and uniform numbers, a column of each that the move asked for.
struct Part {
  Walkers walkers;  // of all ensembles
  const Index* active = nullptr;
  Index n_active = 0;
  const Index* helpers = nullptr;
  Index n_helpers = 0;
  const double* chance = nullptr;  // by which proposals are accepted
  const double* numbers = nullptr;
  std::size_t column = 0;
  const Random* random = nullptr;
  std::uint64_t step = 0;
  Index ensemble = 0;
  Index first_walker = 0;  // of the ensemble

  Index n_parameters() const { return walkers.n_parameters; }
  const double* uniform(Index which) const { return numbers + static_cast<std::size_t>(which) * column; }
  const double* position(Index i) const { return walkers.position(active[i]); }
  const double* helper(Index which) const { return walkers.position(helpers[which]); }

  // What is drawn beside the columns.
  Stream of_walker(Index i) const { return stream(Purpose::walker, active[i] - first_walker); }
  Stream stream(Purpose purpose, Index walker = 0) const {
    return random->stream(step, purpose, static_cast<std::uint64_t>(ensemble) << 32U | static_cast<std::uint64_t>(walker));
  }
};

// Of each ensemble, the part whose turn it is.
using Parts = std::vector<Part>;

// The density as a move sees it: what cannot be used as a log-probability has been dealt with.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual void evaluate(Batch& batch) = 0;
};

class Move {
 public:
  virtual ~Move() = default;

  // Called when the run begins or is taken up, and then at each step before the ensembles are split.
  virtual void begin(const Walkers&) {}
  virtual void prepare(const Walkers&) {}

  virtual Index n_uniforms(Index n_parameters) const = 0;  // for each walker, beside that of acceptance
  virtual void update(const Parts& parts, Evaluator& evaluator) = 0;

  // What a move learns during a run is stored with the run, so that it can be resumed: numbers, as many
  // from the beginning to the end.
  virtual std::vector<double> memory() const { return {}; }
  virtual void remember(const double*) {}

  // How often it had to give up since the run began.
  virtual std::int64_t n_limited() const { return 0; }

  // In how many parts an ensemble is split, and whether the parts are drawn anew at each step.
  int n_splits = 2;
  bool randomize_split = true;
};

}  // namespace livechain::core
