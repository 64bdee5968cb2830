#include "core/moves/slice.h"

#include "core/moves/differential.h"
#include "core/proposal.h"

#include <algorithm>
#include <cmath>

namespace livechain::core {

namespace {

constexpr double most_expansions = 10000;
constexpr double many_expansions = 1000;  // few slices have room for fewer, and hardly any needs as many
constexpr int most_contractions = 200;  // by then an interval has no length left

// The slice of one walker: positions x + t direction, of which those in [left, right] are in question.
struct Slice {
  Slice(Eigen::Index walker, const Stream& draws) : walker(walker), draws(draws) {}

  Eigen::Index walker;
  Stream draws;
  Eigen::RowVectorXd direction;
  double height = 0;  // log-probability that a position must exceed
  double left = 0;
  double right = 0;
  double room_left = 0;  // how many times the interval may still be expanded to this side
  double room_right = 0;
  double tried = 0;
};

Slice open_slice(const Ensemble& ensemble, const Split& split, Eigen::Index walker, const Moment& moment,
                 double scale) {
  Slice slice(walker, moment.of_walker(walker));
  const auto [first, second] = draw_pair(split, slice.draws);
  slice.direction = scale * (ensemble.positions.row(first) - ensemble.positions.row(second));
  slice.height = ensemble.log_prob[walker] + std::log1p(-slice.draws.uniform());
  slice.left = -slice.draws.uniform();
  slice.right = slice.left + 1.0;
  slice.room_left = std::floor(most_expansions * slice.draws.uniform());
  slice.room_right = most_expansions - 1.0 - slice.room_left;
  return slice;
}

// Evaluates x + t direction for some slices at once.
class Probe {
 public:
  Probe(const Ensemble& ensemble, Evaluator& evaluator) : ensemble_(ensemble), evaluator_(evaluator) {}

  template <class At>
  const Evaluated& evaluate(const std::vector<Slice*>& slices, At at) {
    batch_.resize(static_cast<Eigen::Index>(slices.size()), ensemble_.n_parameters(), ensemble_.blob_size);
    walkers_.clear();
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const Slice& slice = *slices[i];
      walkers_.push_back(slice.walker);
      batch_.positions.row(static_cast<Eigen::Index>(i)) =
          ensemble_.positions.row(slice.walker) + at(slice) * slice.direction;
    }
    evaluator_.evaluate(batch_, walkers_);
    return batch_;
  }

 private:
  const Ensemble& ensemble_;
  Evaluator& evaluator_;
  Evaluated batch_;
  std::vector<Eigen::Index> walkers_;
};

// Keeps the slices of which the position just evaluated is inside.
std::vector<Slice*> inside(const std::vector<Slice*>& slices, const Evaluated& batch, bool in) {
  std::vector<Slice*> kept;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if ((batch.log_prob[static_cast<Eigen::Index>(i)] > slices[i]->height) == in) kept.push_back(slices[i]);
  }
  return kept;
}

struct Expansions {
  std::int64_t n = 0;
  std::int64_t n_limited = 0;  // slices of which an end was not found in many
};

// Moves one end of the intervals outwards until it is outside the slice. That there is room for so many expansions only
// is exact, since it is dealt to the sides at random (Neal 2003).
void step_out(std::vector<Slice*> slices, double Slice::*end, double by, double Slice::*room, Probe& probe,
              Expansions& expansions) {
  while (!slices.empty()) {
    slices = inside(slices, probe.evaluate(slices, [end](const Slice& s) { return s.*end; }), true);
    const auto spent = std::partition(slices.begin(), slices.end(), [room](const Slice* s) { return s->*room > 0; });
    expansions.n_limited += std::count_if(spent, slices.end(), [end](const Slice* s) {
      return std::abs(s->*end) > many_expansions;
    });
    slices.erase(spent, slices.end());
    for (Slice* slice : slices) {
      slice->*end += by;
      slice->*room -= 1.0;
    }
    expansions.n += static_cast<std::int64_t>(slices.size());
  }
}

}  // namespace

void SliceMove::prepare(const Ensemble&) {
  if (n_steps_ > 0 && n_steps_ <= tune_steps_) {
    const auto expansions = static_cast<double>(std::max<std::int64_t>(1, n_expansions_));
    scale_ *= 2.0 * expansions / (expansions + static_cast<double>(n_contractions_));
  }
  n_expansions_ = n_contractions_ = 0;
  ++n_steps_;
}

void SliceMove::update(Ensemble& ensemble, const Split& split, const Moment& moment,
                       Evaluator& evaluator) {
  std::vector<Slice> slices;
  for (const Eigen::Index walker : split.active) {
    slices.push_back(open_slice(ensemble, split, walker, moment, scale_));
  }
  std::vector<Slice*> open;
  for (Slice& slice : slices) {
    if (!slice.direction.isZero(0)) open.push_back(&slice);  // helpers that coincide give none
  }

  Probe probe(ensemble, evaluator);
  Expansions expansions;
  step_out(open, &Slice::left, -1.0, &Slice::room_left, probe, expansions);
  step_out(open, &Slice::right, 1.0, &Slice::room_right, probe, expansions);
  n_expansions_ += expansions.n;
  n_limited_ += expansions.n_limited;
  for (int i = 0; i < most_contractions && !open.empty(); ++i) {
    for (Slice* slice : open) {
      slice->tried = slice->left + (slice->right - slice->left) * slice->draws.uniform();
    }
    const Evaluated& batch = probe.evaluate(open, [](const Slice& s) { return s.tried; });
    for (std::size_t k = 0; k < open.size(); ++k) {
      const auto row = static_cast<Eigen::Index>(k);
      if (batch.log_prob[row] > open[k]->height) take(ensemble, open[k]->walker, batch, row);
    }
    open = inside(open, batch, false);
    for (Slice* slice : open) (slice->tried < 0 ? slice->left : slice->right) = slice->tried;
    n_contractions_ += static_cast<std::int64_t>(open.size());
  }
}

std::vector<double> SliceMove::memory() const {
  return {scale_, static_cast<double>(n_steps_), static_cast<double>(n_expansions_),
          static_cast<double>(n_contractions_), static_cast<double>(n_limited_)};
}

void SliceMove::remember(const double* memory) {
  scale_ = memory[0];
  n_steps_ = static_cast<std::int64_t>(memory[1]);
  n_expansions_ = static_cast<std::int64_t>(memory[2]);
  n_contractions_ = static_cast<std::int64_t>(memory[3]);
  n_limited_ = static_cast<std::int64_t>(memory[4]);
}

}  // namespace livechain::core
