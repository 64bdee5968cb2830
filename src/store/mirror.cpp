#include "store/mirror.h"

#include "store/error.h"
#include "store/steps.h"

#include <algorithm>

namespace livechain::store {

namespace {

StepBlock read_block(const Reader& from, hsize_t first, hsize_t n) {
  const Shape& shape = from.info().shape;
  StepBlock block;
  from.read({first, n, 1}, [&](const StepBlock& part, hsize_t) {
    if (part.n == n) {
      block = part;
    } else {
      for (hsize_t i = 0; i < part.n; ++i) append_row(block, part, i, shape);
    }
  }, 1);
  return block;
}

// In blocks that end where it is stored what was counted and learnt. Of steps that were another program's it is not, but
// for the last of them: nobody may see the others.
void append_new(Reader& from, Writer& to, const Progress& progress, bool is_seen, const Breath& breath) {
  const auto interval = static_cast<std::int64_t>(from.info().shape.state_interval);
  std::int64_t done = to.n_steps();
  while (done < progress.n_steps) {
    const std::int64_t n = std::min(interval - done % interval, progress.n_steps - done);
    StepBlock block = read_block(from, static_cast<hsize_t>(done), static_cast<hsize_t>(n));
    done += n;
    const std::optional<Tally> tally = done == progress.n_steps ? progress.tally : from.tally_after(done);
    if (is_seen && !tally) {
      throw Error(Kind::damaged, from.path(), "what was known after step " + std::to_string(done) + " is not what was written");
    }
    to.append_block(block, tally);
    if (is_seen) to.tick();
    breath();
  }
}

}  // namespace

Writer create_copy(Reader& from, const std::string& path, const std::string& name, const WriterOptions& options,
                   const Breath& breath) {
  const Progress progress = from.refresh();
  const std::optional<Snapshot> start = from.start();
  const Description description = describe(from.info().shape, from.info().facts, progress.target);
  return Writer::create(path, name, description, steps_of(start), options, false, [&](Writer& copy) {
    copy.set_updated(progress.updated_at);
    copy.make_place_for(static_cast<hsize_t>(progress.n_steps));
    append_new(from, copy, progress, false, breath);
  });
}

void update_copy(Reader& from, Writer& to, const Breath& breath) {
  const Progress progress = from.refresh();
  if (to.target() != progress.target) to.set_target(progress.target);
  to.set_updated(progress.updated_at);
  append_new(from, to, progress, true, breath);
  to.tick();
}

// Of a stream that died it is not known that it was to have more steps.
void end_copy(const Reader& from, Writer& to) {
  const Beat last = from.session().last.value_or(Beat());
  const bool is_open = last.end == End::none && (to.target() == 0 || to.n_steps() < to.target());
  to.say_why(is_open ? End::left : last.end, last.reason);
  to.finish();
}

}  // namespace livechain::store
