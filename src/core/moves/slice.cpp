#include "core/moves/slice.h"

#include "core/circles.h"

#include <algorithm>
#include <cmath>

namespace livechain::core {

namespace {

constexpr double most_expansions = 10000;
constexpr double many_expansions = 1000;  // few slices have room for fewer, and hardly any needs as many
constexpr int most_contractions = 200;  // by then an interval has no length left

// The slice of one walker: positions x + t direction, of which those in [left, right] are in question.
struct Slice {
  Index walker;
  Stream draws;
  std::vector<double> direction;
  double height;  // log-probability that a position must exceed
  double left;
  double right;
  double room_left;  // how many times the interval may still be expanded to this side
  double room_right;
  double tried;

  // Helpers that coincide give none.
  bool has_direction() const {
    return std::any_of(direction.begin(), direction.end(), [](double x) { return x != 0; });
  }
};

// How often a slice may be expanded. Around circles alone it may have no end: once around one of them is enough.
double room_along(const std::vector<double>& direction, const Walkers& walkers) {
  if (walkers.circles == nullptr) return most_expansions;
  const OnCircles space = walkers.circles->space();
  double fastest = 0;
  for (std::size_t p = 0; p < direction.size(); ++p) {
    if (space.period[p] == 0 && direction[p] != 0) return most_expansions;
    fastest = std::max(fastest, std::abs(direction[p]) * space.frequency[p]);
  }
  return std::min(most_expansions, std::ceil(1 / fastest));
}

Slice open_slice(const Part& part, Index i, double scale) {
  const auto [first, second] = two_below(part.n_helpers, part.uniform(0)[i], part.uniform(1)[i]);
  const double *const c1 = part.helper(first), *const c2 = part.helper(second);
  std::vector<double> direction(static_cast<std::size_t>(part.n_parameters()));
  with_space(part.walkers, [&](auto space) {
    for (Index p = 0; p < part.n_parameters(); ++p) direction[static_cast<std::size_t>(p)] = scale * space.from(c2[p], c1[p], p);
  });
  const double height = part.walkers.log_prob[part.active[i]] + log_of(part.uniform(2)[i]);
  const double left = -part.uniform(3)[i];
  const double room = room_along(direction, part.walkers), room_left = std::floor(room * part.uniform(4)[i]);
  return {part.active[i], part.of_walker(i), std::move(direction), height, left, left + 1, room_left, room - 1 - room_left, 0};
}

// Evaluates x + t direction for some slices at once.
class Probe {
 public:
  Probe(const Walkers& walkers, Evaluator& evaluator) : walkers_(walkers), evaluator_(evaluator) {}

  template <class At>
  const Batch& evaluate(const std::vector<Slice*>& slices, At at) {
    batch_.resize(static_cast<Index>(slices.size()), walkers_.n_parameters, walkers_.blob_size);
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const Slice& slice = *slices[i];
      batch_.walkers[i] = slice.walker;
      wide([t = at(slice), d = walkers_.n_parameters, x = walkers_.position(slice.walker), direction = slice.direction.data(),
            y = batch_.position(static_cast<Index>(i))] {
        for (Index p = 0; p < d; ++p) y[p] = x[p] + t * direction[p];
      });
    }
    evaluator_.evaluate(batch_);
    return batch_;
  }

  // The walker goes to what stands in a row of the batch.
  void take(Index walker, Index row) const {
    std::copy_n(batch_.position(row), walkers_.n_parameters, walkers_.position(walker));
    walkers_.log_prob[walker] = batch_.log_prob[static_cast<std::size_t>(row)];
    std::copy_n(batch_.blob(row), walkers_.blob_size, walkers_.blob(walker));
    ++walkers_.accepted[walker];
  }

 private:
  const Walkers& walkers_;
  Evaluator& evaluator_;
  Batch batch_;
};

// Keeps the slices of which the position just evaluated is inside.
std::vector<Slice*> inside(const std::vector<Slice*>& slices, const Batch& batch, bool in) {
  std::vector<Slice*> kept;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if ((batch.log_prob[i] > slices[i]->height) == in) kept.push_back(slices[i]);
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

void SliceMove::prepare(const Walkers&) {
  // A slice that is the whole of a circle says nothing.
  const bool has_learnt = n_expansions_ + n_contractions_ > 0;
  if (has_learnt && n_steps_ > 0 && n_steps_ <= tune_steps_) {
    const auto expansions = static_cast<double>(std::max<std::int64_t>(1, n_expansions_));
    scale_ *= 2.0 * expansions / (expansions + static_cast<double>(n_contractions_));
  }
  n_expansions_ = n_contractions_ = 0;
  ++n_steps_;
}

void SliceMove::update(const Parts& parts, Evaluator& evaluator) {
  std::vector<Slice> slices;
  for (const Part& part : parts) {
    for (Index i = 0; i < part.n_active; ++i) slices.push_back(open_slice(part, i, scale_));
  }
  std::vector<Slice*> open;
  for (Slice& slice : slices) {
    if (slice.has_direction()) open.push_back(&slice);
  }

  Probe probe(parts.front().walkers, evaluator);
  Expansions expansions;
  step_out(open, &Slice::left, -1.0, &Slice::room_left, probe, expansions);
  step_out(open, &Slice::right, 1.0, &Slice::room_right, probe, expansions);
  n_expansions_ += expansions.n;
  n_limited_ += expansions.n_limited;
  for (int i = 0; i < most_contractions && !open.empty(); ++i) {
    for (Slice* slice : open) {
      slice->tried = slice->left + (slice->right - slice->left) * slice->draws.uniform();
    }
    const Batch& batch = probe.evaluate(open, [](const Slice& s) { return s.tried; });
    for (std::size_t k = 0; k < open.size(); ++k) {
      if (batch.log_prob[k] > open[k]->height) probe.take(open[k]->walker, static_cast<Index>(k));
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
