#include "hdf5/recovery.h"

#include "hdf5/anew.h"
#include "hdf5/file.h"
#include "hdf5/guard.h"
#include "hdf5/layout.h"

#include <utility>

namespace livechain::hdf5 {

namespace {

// Room for what the dying writer may have put beyond the end that it noted: a chunk of each dataset, and
// the index entries that go with it.
hsize_t unaccounted_bytes(const std::string& path, const File& file) {
  constexpr hsize_t metadata = 64 << 10;
  hsize_t bytes = metadata;
  for (const auto& name : run_names(file.id())) {
    const Run run = open_run(file.id(), path, name);
    for (const hid_t dataset : run.growing()) bytes += bytes_of_chunk(dataset);
  }
  return bytes;
}

// What other programs go by may lag behind the newest publication.
void catch_up(const Run& run) {
  if (!run.progress) return;
  const Progress newest = run.progress->newest();
  if (run.iteration() >= newest.n_steps) return;
  run.write_accepted(newest.accepted);
  run.set_iteration(newest.n_steps);
}

void mend_in_place(const std::string& path) {
  const hsize_t bytes = unaccounted_bytes(path, open_dead(path, Format::swmr));
  reserve_end(open_unclosed(path), bytes);
  const File file = open_to_write(path, true);
  for (const auto& name : run_names(file.id())) catch_up(open_run(file.id(), path, name));
}

}  // namespace

bool mend(Lock& lock, const std::string& path) {
  const Format format = format_of(path);
  if (format == Format::other) throw Error(Kind::not_hdf5, path, "no HDF5 signature");
  if (format != Format::unclosed && format != Format::swmr) return false;
  return guarded(path, Kind::damaged, [&] {
    Lock fresh;
    {
      const ForeignLock alone(lock, path);
      if (format == Format::swmr) {
        mend_in_place(path);
      } else {
        fresh = lay_out_anew(path, open_dead(path, format));
      }
    }
    if (format == Format::unclosed) lock = std::move(fresh);
    return true;
  });
}

}  // namespace livechain::hdf5
