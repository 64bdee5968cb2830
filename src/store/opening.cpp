#include "store/opening.h"

#include "store/error.h"
#include "store/layout.h"
#include "store/system/fork.h"
#include "store/system/lock.h"

#include <algorithm>
#include <filesystem>

namespace livechain::store {

using namespace hdf5;

OpenFile open_any(const std::string& path, bool swmr) {
  const FileState state = state_of(path);
  if (state == FileState::other) throw Error(Kind::not_hdf5, path, "no HDF5 signature");
  const bool dead = state == FileState::unclosed && !Lock::is_held(path);
  try {
    if (dead || state == FileState::cut) return {open_dead(path, state), false};
    const bool live = swmr && state != FileState::old;
    return {open_to_read(path, live), live};
  } catch (const Failure& failure) {
    const bool written_to = state == FileState::unclosed || state == FileState::swmr;
    if (written_to && Lock::is_held(path)) throw Error(Kind::unreadable, path, failure.what());
    throw;
  }
}

File open_idle(const std::string& path) { return open_to_read(path, state_of(path) != FileState::old); }

File open_dead(const std::string& path, FileState state) {
  if (state == FileState::unclosed) return open_unclosed_to_read(path);
  try {
    return open_to_read(path, true);
  } catch (const Failure&) {
    return open_unclosed_to_read(path);
  }
}

std::vector<std::string> all_run_names(hid_t file) {
  const std::vector<std::string> ours = addressed_runs(file);
  std::vector<std::string> names;
  try {
    names = run_names(file);
  } catch (const Failure&) {
    if (ours.empty()) throw;
  }
  for (const auto& name : ours) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::uint64_t bytes_of(const std::string& path) {
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(path, unknown);
  return unknown ? 0 : static_cast<std::uint64_t>(bytes);
}

void close_written(File& file) {
  if (H5Fflush(file.id(), H5F_SCOPE_GLOBAL) < 0) {
    give_up(file);
    throw Failure("write to the file");
  }
  if (!file.reset()) throw Failure("close the file");
}

void cut_off(const File& file) {
  const int fd = descriptor_of(file);
  forget_in_children(fd);
  disconnect(fd);
}

void give_up(File& file) noexcept {
  if (!file) return;
  try {
    const Quiet quiet;
    cut_off(file);
    file.reset();
  } catch (...) {
    // The library does not know the file any more.
  }
}

}  // namespace livechain::store
