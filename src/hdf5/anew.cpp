#include "hdf5/anew.h"

#include "hdf5/copy.h"
#include "hdf5/file.h"
#include "hdf5/room.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace livechain::hdf5 {

namespace {

void copy_steps(const Run& from, const Run& to, hsize_t n_steps) {
  const hsize_t most = std::max<hsize_t>(1, (4 << 20) / (8 * from.n_walkers * from.n_parameters));
  std::vector<double> chain, log_prob;
  std::vector<std::byte> blobs;
  for (hsize_t first = 0; first < n_steps; first += most) {
    const Rows rows{first, std::min(most, n_steps - first), 1};
    chain.resize(rows.n * from.n_walkers * from.n_parameters);
    log_prob.resize(rows.n * from.n_walkers);
    blobs.resize(rows.n * from.n_walkers * from.blob_type.size());
    from.read_chain(rows, 0, from.n_parameters, chain.data());
    from.read_log_prob(rows, log_prob.data());
    if (from.has_blobs()) from.read_blobs(rows, blobs.data());
    to.write(first, {rows.n, chain.data(), log_prob.data(), blobs.data()});
  }
}

void write_counts(const Run& run, const Progress& progress) {
  run.progress->write(progress);
  run.write_accepted(progress.accepted);
  run.set_iteration(progress.n_steps);
}

// How much a run was compressed is not looked up, only whether.
int usual_deflate(const Run& run) { return is_compressed(run.chain.id()) ? 4 : 0; }

void copy_published(const Run& from, hid_t file, const std::string& name, hsize_t file_bytes) {
  const Progress progress = from.newest();
  const auto n_steps = static_cast<hsize_t>(progress.n_steps);
  from.require_explained(n_steps, file_bytes);
  Description description;
  description.n_walkers = from.n_walkers;
  description.n_parameters = from.n_parameters;
  description.blobs = from.blob_type;
  description.deflate = usual_deflate(from);
  description.memory = progress.memory;
  const Run to = create_run(file, name, description, Steps());
  copy_steps(from, to, n_steps);
  write_counts(to, progress);
  copy_rest(from.own.id(), to.own.id());
  copy_rest(from.group.id(), to.group.id());
}

}  // namespace

void fill_aside(const Aside& aside, const std::string& path, bool replace, std::size_t bytes,
                const std::function<void(hid_t file)>& fill) {
  require_room(aside.fd(), path, metadata_bytes + bytes + (replace ? size_of(path) : 0));
  const File file = create_file(aside.path());
  fill(file.id());
  if (replace) copy_rest(open_idle(path).id(), file.id());
}

Progress first_progress(const Description& description) {
  Progress progress;
  progress.publication = 1;
  progress.target = description.target;
  progress.published_at = microseconds_now();
  progress.session_started_at = progress.published_at;
  progress.writer_pid = getpid();
  progress.accepted.assign(description.n_walkers, 0);
  progress.memory = description.memory;
  return progress;
}

Lock adopt(const std::string& path, const std::string& name, Description description) {
  const File source = open_idle(path);
  const Run theirs = open_run(source.id(), path, name);
  const auto n_steps = static_cast<hsize_t>(theirs.iteration());
  theirs.require_explained(n_steps, size_of(path));
  description.n_walkers = theirs.n_walkers;
  description.n_parameters = theirs.n_parameters;
  description.blobs = theirs.blob_type;
  description.deflate = usual_deflate(theirs);
  description.target = static_cast<std::int64_t>(n_steps);

  Aside aside(path);
  const std::size_t step = 8 * theirs.n_walkers * (theirs.n_parameters + 1);
  fill_aside(aside, path, true, n_steps * step, [&](hid_t file) {
    const Run ours = create_run(file, name, description, Steps());
    copy_steps(theirs, ours, n_steps);
    Progress progress = first_progress(description);
    progress.n_steps = description.target;
    progress.accepted = theirs.read_accepted();
    write_counts(ours, progress);
  });
  aside.publish(true);
  return aside.take_lock();
}

Lock lay_out_anew(const std::string& path, const File& dead) {
  Aside aside(path);
  const std::size_t bytes = size_of(path);
  require_room(aside.fd(), path, metadata_bytes + bytes);
  {
    const File file = create_file(aside.path());
    for (const auto& name : run_names(dead.id())) {
      const Run run = open_run(dead.id(), path, name);
      if (run.progress) copy_published(run, file.id(), name, bytes);
    }
    copy_rest(dead.id(), file.id());
  }
  aside.publish(true);
  return aside.take_lock();
}

}  // namespace livechain::hdf5
