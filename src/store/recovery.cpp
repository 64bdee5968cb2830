#include "store/recovery.h"

#include "hdf5/file.h"
#include "store/guard.h"
#include "store/opening.h"
#include "store/rewriter.h"
#include "store/system/aside.h"
#include "store/system/clock.h"
#include "store/system/room.h"
#include "store/writer.h"

#include <algorithm>

namespace livechain::store {

using namespace hdf5;

namespace {

// Whether HDF5 finds the first `n_steps` steps where they are: of those in places of their own the first of each chunk, for
// a look-up of the address walks through all chunks before it; of compressed ones each.
bool finds_steps(const EmceeRun& run, const Layout& layout, const Growing& growing, hsize_t n_steps) {
  const hsize_t stride = layout.shape.is_compressed() ? 1 : layout.shape.steps_per_chunk;
  const auto source = source_by_library(run, &layout, &growing);
  return dims_of(growing.checksum.id())[0] >= n_steps &&
         count_right(*source, layout.shape, n_steps, stride) == (n_steps + stride - 1) / stride;
}

bool finds_states(hid_t dataset, const Places& places, const Shape& shape, hsize_t n_states) {
  if (dims_of(dataset)[0] < n_states) return false;
  const hsize_t per_chunk = shape.rows_per_chunk(Part::states);
  for (hsize_t row = 0; row < n_states; row += per_chunk) {
    const std::optional<Piece> ours = places.find(Part::states, shape, row, 1);
    if (!ours || ours->address != stored_chunk(dataset, row / per_chunk).address) return false;
  }
  return true;
}

// A power cut may leave a length without the chunks that belong to it.
bool has_further_chunks(hid_t dataset, hsize_t rows_per_chunk, hsize_t n_rows) {
  const hsize_t there = dims_of(dataset)[0];
  for (hsize_t row = n_rows / rows_per_chunk * rows_per_chunk; row < there; row += rows_per_chunk) {
    if (!has_chunk(dataset, row / rows_per_chunk)) return false;
  }
  return true;
}

bool library_finds(hid_t file, const std::string& path, const std::string& name) {
  try {
    const std::optional<PlacedRun> placed = open_placed(file, path, name);
    if (!placed) return false;
    const Layout& layout = placed->layout;
    const EmceeRun run = open_emcee_run(file, path, name);
    const Growing growing = open_growing(open_own_group(file, path, name).id(), layout.shape);
    const auto n_steps = static_cast<hsize_t>(salvage(*placed).progress.n_steps);
    run.read_accepted();
    run.iteration();
    const Shape& shape = layout.shape;
    const hsize_t n_states = n_steps / shape.state_interval;
    for (const Part part : {Part::chain, Part::log_prob, Part::blobs, Part::checksum, Part::states}) {
      const hsize_t n_rows = part == Part::states ? n_states : n_steps;
      if (shape.is_plain(part) && !has_further_chunks(growing.dataset(part, run), shape.rows_per_chunk(part), n_rows)) return false;
    }
    return finds_states(growing.states.id(), placed->places, shape, n_states) && finds_steps(run, layout, growing, n_steps);
  } catch (const Failure&) {
    return false;
  } catch (const Error&) {
    return false;
  }
}

// Whether HDF5's indexes may be torn where no look-up goes: the machine stopped with the writer, or HDF5 itself wrote rows
// when it stopped.
bool is_suspect(const std::string& path) {
  const File file = open_idle(path);
  for (const auto& name : addressed_runs(file.id())) {
    const Layout layout = open_layout(open_own_group(file.id(), path, name).id());
    const std::optional<Beat> last = layout.heartbeat->last(Descriptor(path, Descriptor::Access::read));
    const bool died = last && last->end == End::none;
    if (died && (layout.shape.is_compressed() || !last->process.is_on_this_machine())) return true;
  }
  return false;
}

bool library_finds_all(const std::string& path) {
  try {
    const File file = open_idle(path);
    for (const auto& name : addressed_runs(file.id())) {
      if (has_link(file.id(), name.c_str()) && !library_finds(file.id(), path, name)) return false;
    }
    return true;
  } catch (const Failure&) {
    return false;
  }
}

// Room for what the dying writer may have put beyond the end that it noted: a chunk of each dataset, and
// the index entries that go with it.
void mend_in_place(const std::string& path) {
  constexpr hsize_t metadata = 64 << 10;
  hsize_t bytes = metadata;
  {
    const File file = open_to_read(path, true);
    for (const auto& name : run_names(file.id())) {
      const EmceeRun run = open_emcee_run(file.id(), path, name);
      for (const hid_t dataset : run.growing()) {
        const hsize_t there = dims_of(dataset)[0] / std::max<hsize_t>(1, chunk_of(dataset)[0]);
        bytes += (2 + there / 8) * bytes_of_chunk(dataset);
      }
    }
  }
  File file = open_unclosed(path);
  const std::uint64_t size = bytes_of(path);
  reserve_end(file, std::min<hsize_t>(bytes, size + metadata));
  close_written(file);
}

Lock rewrite(const std::string& path, const File& from, const std::optional<Rewriter::Adopted>& adopted) {
  Aside aside(path);
  Rewriter rewriter(path, aside);
  rewriter.require_room(0);
  rewriter.lay_out_anew(from, "", adopted);
  aside.publish(true);
  return aside.take_lock();
}

Lock rewrite_dead(const std::string& path) {
  const File dead = open_dead(path, state_of(path));
  return rewrite(path, dead, std::nullopt);
}

// Many sessions, each with places of its own, leave little room for further ones.
bool is_scattered(const std::string& path, const std::string& name) {
  const std::optional<PlacedRun> run = open_placed(open_idle(path).id(), path, name);
  return run && run->layout.places->is_half_full();
}

bool is_readable(const std::string& path) {
  const FileState state = state_of(path);
  return state == FileState::closed || state == FileState::old;
}

// Of each run of ours but one, whose own group can be opened. All steps are verified for it.
template <class Look>
void for_each_salvage(const std::string& path, const std::string& but, Look look) {
  const Quiet quiet;
  try {
    const File file = open_idle(path);
    for (const auto& name : addressed_runs(file.id())) {
      if (name == but) continue;
      if (const std::optional<PlacedRun> run = open_placed(file.id(), path, name)) look(name, salvage(*run));
    }
  } catch (const Failure&) {
    // Who opens it tells.
  }
}

// Nothing is thrown away of which nothing could be kept.
void require_something_right(const std::string& path) {
  if (state_of(path) != FileState::closed) return;
  for_each_salvage(path, "", [&](const std::string& name, const Salvage& saved) {
    if (saved.n_right == 0 && saved.n_published > 0) {
      throw Error(Kind::damaged, path, "no step of run '" + name + "' is what was written, so that nothing of it could be kept");
    }
  });
}

// Ends a run as its writer would have done; false when it did.
bool finish_run(const std::string& path, const std::string& name) {
  std::optional<Salvage> saved;
  {
    const std::optional<PlacedRun> run = open_placed(open_idle(path).id(), path, name);
    if (!run) return false;
    const std::optional<Beat> last = run->layout.heartbeat->last(run->file);
    saved = salvage(*run);
    const bool ended = last && last->end != End::none;
    if ((!last || ended) && saved->progress.n_steps == saved->n_published) return false;
  }
  Writer::finish_dead(path, name, saved->progress);
  return true;
}

}  // namespace

// Where locks work, they tell of this machine; of others, the heartbeat does.
void require_idle(const std::string& path) {
  const Quiet quiet;
  try {
    const FileState state = state_of(path);
    if (state == FileState::other || state == FileState::old) return;
    const File opened = open_dead(path, state);
    for (const auto& name : addressed_runs(opened.id())) {
      const Layout layout = open_layout(open_own_group(opened.id(), path, name).id());
      const Descriptor file(path, Descriptor::Access::read);
      const std::optional<Beat> last = layout.heartbeat->last(file);
      if (!last || last->end != End::none || last->process.pid == Process::self().pid) continue;
      if (last->process.is_on_this_machine() && Lock::holder(path) != Lock::Holder::unknown &&
          !last->process.is_alive()) continue;
      if (is_alive(*layout.heartbeat, file)) throw Error(Kind::busy, path, "another writer has the file");
    }
  } catch (const Failure&) {
    // What cannot be opened has no writer.
  }
}

void require_right(const std::string& path, const std::string& but) {
  if (state_of(path) != FileState::closed) return;
  for_each_salvage(path, but, [&](const std::string&, const Salvage& saved) {
    if (saved.n_right < saved.n_published) throw wrong_rows(path, saved.n_right + 1);
  });
}

void lay_out_anew(Lock& lock, const std::string& path) { lock = rewrite_dead(path); }

bool mend(Lock& lock, const std::string& path) {
  const FileState state = state_of(path);
  if (state == FileState::other) throw Error(Kind::not_hdf5, path, "no HDF5 signature");
  if (state == FileState::old) return false;
  return guarded(path, Kind::damaged, [&] {
    std::optional<Lock> fresh;
    bool mended = false;
    {
      const ForeignLock alone(lock, path);
      if (state == FileState::swmr) {
        try {
          mend_in_place(path);
          mended = true;
        } catch (const Failure&) {
          // It is laid out anew.
        }
      }
      const bool broken = !is_readable(path) || is_longer_than_closed(path) || !library_finds_all(path);
      if (broken || (is_suspect(path) && has_room(lock.fd(), metadata_bytes + bytes_of(path)))) fresh = rewrite_dead(path);
    }
    if (!fresh) return mended;
    lock = std::move(*fresh);
    return true;
  });
}

Salvage prepare(Lock& lock, const std::string& path, const std::string& name, const Description& description) {
  const auto needs_rewriting = [&] {
    const File file = open_idle(path);
    if (!is_of_format_2(file.id(), path, name)) return true;
    const EmceeRun run = open_emcee_run(file.id(), path, name);
    const Layout layout = open_layout(open_own_group(file.id(), path, name).id());
    const Descriptor descriptor(path, Descriptor::Access::read);
    const std::optional<Progress> newest = layout.progress->newest(descriptor);
    const bool ended = state_of(path) == FileState::closed && layout.heartbeat->has_ended(descriptor);
    const bool continued = newest && ended && run.iteration() > newest->n_steps;
    return user_block_of(file) > 0 || !layout.places->is_at_home(descriptor) || continued;
  };
  if (needs_rewriting()) lock = rewrite(path, open_idle(path), Rewriter::Adopted{name, description});
  if (is_scattered(path, name)) lock = rewrite(path, open_idle(path), std::nullopt);
  const std::optional<PlacedRun> run = open_placed(open_idle(path).id(), path, name);
  if (!run) throw Failure("find the steps where they were laid out");
  return salvage(*run);
}

bool repair(const std::string& path) {
  return guarded(path, Kind::io, [&path] {
    remove_leftovers(path);
    Lock lock = Lock::take(path);
    require_idle(path);
    require_something_right(path);
    const bool mended = mend(lock, path);
    std::vector<std::string> names;
    {
      const File file = open_idle(path);
      names = addressed_runs(file.id());
    }
    bool finished = false;
    for (const auto& name : names) {
      try {
        finished = finish_run(path, name) || finished;
      } catch (const Failure&) {
        lay_out_anew(lock, path);  // all runs in it, each with its end
        return true;
      }
    }
    return mended || finished;
  });
}

}  // namespace livechain::store
