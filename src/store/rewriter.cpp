#include "store/rewriter.h"

#include "hdf5/attribute.h"
#include "hdf5/copy.h"
#include "store/error.h"
#include "store/format1.h"
#include "store/opening.h"
#include "store/placed_run.h"
#include "store/salvage.h"
#include "store/system/room.h"
#include "store/writer.h"

#include <algorithm>

namespace livechain::store {

using namespace hdf5;

namespace {

// Steps are copied in blocks that end where a state is stored.
hsize_t block_from(hsize_t done, hsize_t n_steps, const Shape& shape) {
  constexpr std::size_t bytes = 4 << 20;
  const hsize_t most = std::max<hsize_t>(1, bytes / shape.step_bytes());
  const hsize_t until_state = shape.state_interval - done % shape.state_interval;
  return std::min({most, until_state, n_steps - done});
}

struct LibraryRun {
  EmceeRun run;
  std::optional<Layout> layout;
  Growing growing;
};

}  // namespace

void Rewriter::require_room(std::size_t bytes) const {
  store::require_room(aside_.fd(), path_, metadata_bytes + bytes + bytes_of(path_));
}

void Rewriter::begin() { file_ = create_file(aside_.path()); }

void Rewriter::add(const std::string& name, const Description& description, const Steps& initial) {
  create_run(file_.id(), name, description, initial);
}

void Rewriter::end() { close_written(file_); }

Rewriter::~Rewriter() { give_up(file_); }

// References between objects, and objects with several names, survive only as bytes.
bool Rewriter::can_be_copied(const std::string& name) const {
  if (state_of(path_) != FileState::closed) return false;
  const File file = open_idle(path_);
  return user_block_of(file) == 0 && !has_link(file.id(), name.c_str());
}

void Rewriter::copy_bytes() const {
  constexpr std::uint64_t most = 8 << 20;
  const Descriptor from(path_, Descriptor::Access::read);
  const Descriptor to(aside_.path(), Descriptor::Access::read_and_write);
  const std::uint64_t size = from.state().size;
  std::vector<char> bytes(std::min(most, size));
  for (std::uint64_t at = 0; at < size; at += most) {
    const std::size_t n = std::min(most, size - at);
    if (!from.read(bytes.data(), n, at)) throw Error(Kind::io, path_, "it became shorter while it was copied");
    to.write(bytes.data(), n, at);
  }
}

void Rewriter::copy_without(const std::string& name) {
  if (can_be_copied(name)) {
    copy_bytes();
    file_ = open_to_write(aside_.path(), false);
    return;
  }
  const File from = open_idle(path_);
  lay_out_anew(from, name, std::nullopt);
  file_ = open_to_write(aside_.path(), false);
}

void Rewriter::lay_out_anew(const File& from, const std::string& without, const std::optional<Adopted>& adopted) {
  std::vector<Inherited> runs;
  for (const auto& name : all_run_names(from.id())) {
    if (name == without) continue;
    if (adopted && adopted->name == name) {
      runs.push_back(inherit(from.id(), *adopted));
    } else if (Inherited ours = inherit_ours(from.id(), name); ours.source) {
      runs.push_back(std::move(ours));
    }
  }
  begin();
  for (const auto& run : runs) add(run.name, run.description, steps_of(run.start));
  copy_beside(from, runs);
  if (!without.empty() && has_link(file_.id(), without.c_str())) {
    check(H5Ldelete(file_.id(), without.c_str(), H5P_DEFAULT), "replace a run");
  }
  end();
  for (const auto& run : runs) fill(run);
}

// Runs of format 1 and of other programs are copied as they are: no source.
Rewriter::Inherited Rewriter::inherit_ours(hid_t file, const std::string& name) const {
  Inherited run;
  const std::vector<std::string> ours = addressed_runs(file);
  if (std::find(ours.begin(), ours.end(), name) == ours.end()) return run;
  std::optional<PlacedRun> placed = open_placed(file, path_, name);
  if (!placed) return run;
  const auto opened = std::make_shared<PlacedRun>(std::move(*placed));
  const Layout& layout = opened->layout;
  const Salvage saved = salvage(*opened);
  run.name = name;
  run.description = describe(layout.shape, layout.facts, saved.progress.target);
  run.start = layout.start;
  run.progress = saved.progress;
  if (const auto last = layout.heartbeat->last(opened->file)) {
    run.end = last->end;
    run.reason = last->reason;
  }
  run.n_lost_workers = n_lost_workers(layout, opened->file);
  run.tally_after = [opened](std::int64_t step) {
    return state_after(opened->layout, opened->file, opened->places, step);
  };
  run.source = source_by_places(opened->file, opened->places, opened->layout);
  run.keeper = opened;
  return run;
}

Rewriter::Inherited Rewriter::inherit(hid_t file, const Adopted& adopted) const {
  auto theirs = std::make_shared<LibraryRun>();
  theirs->run = open_emcee_run(file, path_, adopted.name);
  const Format format = format_of_run(theirs->run);
  Inherited run;
  run.name = adopted.name;
  run.description = adopted.description;
  Progress& progress = run.progress;
  if (format == Format::two) {
    const Group own = open_own_group(file, path_, adopted.name);
    theirs->layout = open_layout(own.id());
    theirs->growing = open_growing(own.id(), theirs->layout->shape);
    const Descriptor opened(path_, Descriptor::Access::read);
    progress = theirs->layout->progress->newest(opened).value_or(Progress());
    run.start = theirs->layout->start;
    run.description.facts = theirs->layout->facts;
    run.n_lost_workers = n_lost_workers(*theirs->layout, opened);
  } else if (format == Format::one) {
    const Format1 old = open_format1(theirs->run);
    progress = old.newest(theirs->run);
    progress.tally.memory.clear();  // of moves that were others
    run.start = old.start;
  }
  const std::int64_t n_steps = theirs->run.iteration();
  if (n_steps > progress.n_steps) {
    progress.n_steps = n_steps;
    progress.tally.accepted = theirs->run.read_accepted();
  }
  progress.target = std::max(progress.target, progress.n_steps);
  if (progress.tally.memory.empty()) progress.tally.memory = adopted.description.memory;
  theirs->run.require_explained(static_cast<hsize_t>(progress.n_steps), bytes_of(path_));

  Shape& shape = run.description.shape;
  shape.n_walkers = theirs->run.n_walkers;
  shape.n_parameters = theirs->run.n_parameters;
  shape.blobs = theirs->run.blob_type;
  shape.n_memory = progress.tally.memory.size();
  constexpr int usual_deflate = 4;
  if (!is_compressed(theirs->run.chain.id())) {
    shape.deflate = 0;
  } else if (shape.deflate == 0) {
    shape.deflate = usual_deflate;
  }
  run.description.target = progress.target;
  shape.choose_chunks(progress.target);
  run.tally_after = [](std::int64_t) { return std::nullopt; };
  run.source = source_by_library(theirs->run, theirs->layout ? &*theirs->layout : nullptr, &theirs->growing);
  run.keeper = theirs;
  return run;
}

void Rewriter::copy_beside(const File& from, const std::vector<Inherited>& runs) {
  for (const auto& run : runs) {
    try {
      const Group theirs(H5Gopen2(from.id(), run.name.c_str(), H5P_DEFAULT), "open a group");
      const Group ours(H5Gopen2(file_.id(), run.name.c_str(), H5P_DEFAULT), "open a group");
      copy_rest(theirs.id(), ours.id());
    } catch (const Failure&) {
      // What a power cut has torn is lost; the steps are not.
    }
  }
  copy_rest(from.id(), file_.id());
}

void Rewriter::fill(const Inherited& run) const {
  WriterOptions options;
  options.swmr = false;
  Progress progress = run.progress;
  const auto n_steps = static_cast<hsize_t>(progress.n_steps);
  progress.n_steps = 0;
  progress.durable = 0;
  if (n_steps > 0) {
    progress.tally.accepted.assign(run.description.shape.n_walkers, 0);
    progress.tally.n_nan = 0;
  }
  Writer writer(path_, Lock(), options);
  writer.open(aside_.path(), run.name, progress);
  writer.make_place_for(n_steps);
  StepBlock block;
  for (hsize_t done = 0; done < n_steps; done += block.n) {
    const hsize_t n = block_from(done, n_steps, run.description.shape);
    const hsize_t right = run.source->read({done, n, 1}, block);
    if (right < n) throw wrong_rows(path_, static_cast<std::int64_t>(done + right + 1));
    const bool last = done + n == n_steps;
    const auto end = static_cast<std::int64_t>(done + n);
    writer.append_block(block, last ? std::optional<Tally>(run.progress.tally) : run.tally_after(end));
  }
  writer.set_target(run.progress.target);
  if (run.n_lost_workers > 0) writer.add_lost_workers(run.n_lost_workers);
  writer.say_why(run.end == End::none ? End::left : run.end, run.reason);
  writer.finish();
}

}  // namespace livechain::store
