#include "store/salvage.h"

#include "store/checksum.h"
#include "store/source.h"

#include <algorithm>

namespace livechain::store {

namespace {

Tally first_tally(const Layout& layout) {
  Tally tally;
  tally.accepted.assign(layout.shape.n_walkers, 0);
  tally.memory = describe(layout.shape, layout.facts, 0).memory;
  return tally;
}

std::int64_t whole_number(const Facts& facts, const char* name, std::int64_t otherwise) {
  const auto fact = facts.find(name);
  const bool known = fact != facts.end() && std::holds_alternative<std::int64_t>(fact->second);
  return known ? std::get<std::int64_t>(fact->second) : otherwise;
}

// Where moves learn nothing and each update is stored, what is known after a step follows from the rows.
bool follows_from_rows(const Layout& layout) {
  return layout.shape.n_memory == 0 && whole_number(layout.facts, "thin_by", 1) == 1;
}

// Goes on to the last right step by the rows between: a walker that is elsewhere than before was moved.
void count_moves(Progress& progress, std::int64_t n_right, const Layout& layout, StepSource& source) {
  const auto row_size = static_cast<std::size_t>(layout.shape.n_parameters);
  std::vector<double> before = layout.start ? layout.start->positions : std::vector<double>();
  StepBlock block;
  auto next = static_cast<hsize_t>(std::max<std::int64_t>(0, progress.n_steps - 1));
  const auto end = static_cast<hsize_t>(n_right);
  while (next < end) {
    const hsize_t n = source.read({next, std::min(steps_per_block(layout.shape, 1), end - next), 1}, block);
    if (n == 0) return;
    for (hsize_t i = 0; i < n; ++i, ++next) {
      const double* now = rows_of(block, i, 1, layout.shape).positions;
      const bool is_new = static_cast<std::int64_t>(next) >= progress.n_steps;
      for (std::size_t w = 0; is_new && !before.empty() && w < progress.tally.accepted.size(); ++w) {
        const double* const walker = now + w * row_size;
        progress.tally.accepted[w] += !std::equal(walker, walker + row_size, before.data() + w * row_size);
      }
      before.assign(now, now + progress.tally.accepted.size() * row_size);
      progress.n_steps = std::max(progress.n_steps, static_cast<std::int64_t>(next) + 1);
    }
  }
}

}  // namespace

std::optional<Tally> state_after(const Layout& layout, const Descriptor& file, const Places& places, std::int64_t step) {
  const Shape& shape = layout.shape;
  const auto interval = static_cast<std::int64_t>(shape.state_interval);
  if (step == 0 || step % interval != 0) return std::nullopt;
  Cells cells(shape.state_cells() + 1);
  const auto row = static_cast<hsize_t>(step / interval - 1);
  if (read_rows(file, places, shape, Part::states, row, 1, cells.data()) == 0) return std::nullopt;
  const bool right = cells.back() == checksum_of(cells.data(), cells.size() - 1, layout.identity) && cells[0] == step;
  if (!right) return std::nullopt;
  Tally tally = tally_in(cells.data() + 2, shape.n_walkers, shape.n_memory);
  tally.n_nan = cells[1];
  return tally;
}

Salvage salvage(const PlacedRun& run) {
  const Layout& layout = run.layout;
  const std::vector<Progress> known = layout.progress->known(run.file);
  const hsize_t capacity = run.places.capacity(Part::checksum, layout.shape);
  Salvage saved;
  if (known.empty()) {
    saved.progress.target = whole_number(layout.facts, "n_steps", 0);
  } else {
    saved.progress = known.front();
    saved.n_published = known.front().n_steps;
  }
  const hsize_t claimed = known.empty() ? capacity : std::min(capacity, static_cast<hsize_t>(saved.n_published));
  const auto source = source_by_places(run.file, run.places, layout);
  saved.n_right = static_cast<std::int64_t>(count_right(*source, layout.shape, claimed));
  saved.n_published = std::max(saved.n_published, saved.n_right);

  saved.progress.n_steps = 0;
  saved.progress.tally = first_tally(layout);
  const auto take = [&saved](std::int64_t n_steps, const Tally& tally) {
    if (n_steps > saved.n_right || n_steps <= saved.progress.n_steps) return;
    saved.progress.n_steps = n_steps;
    saved.progress.tally = tally;
  };
  for (const Progress& progress : known) take(progress.n_steps, progress.tally);
  const auto interval = static_cast<std::int64_t>(layout.shape.state_interval);
  for (std::int64_t step = saved.n_right / interval * interval; step > saved.progress.n_steps; step -= interval) {
    if (const std::optional<Tally> tally = state_after(layout, run.file, run.places, step)) take(step, *tally);
  }
  if (follows_from_rows(layout)) count_moves(saved.progress, saved.n_right, layout, *source);
  saved.progress.durable = std::min(saved.progress.durable, saved.progress.n_steps);
  return saved;
}

}  // namespace livechain::store
