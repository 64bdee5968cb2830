// Opening files to read, in whatever state a writer has them or left them.
#pragma once

#include "hdf5/file.h"
#include "store/superblock.h"

#include <string>
#include <vector>

namespace livechain::store {

// `live`: other processes may change the file.
struct OpenFile {
  hdf5::File file;
  bool live = false;
};

// Throws Error, or hdf5::Failure.
OpenFile open_any(const std::string& path, bool swmr);

// Of a file that no writer has.
hdf5::File open_idle(const std::string& path);

// What a writer left that died.
hdf5::File open_dead(const std::string& path, FileState state);

// All runs, also those that HDF5 cannot open as a group any more.
std::vector<std::string> all_run_names(hid_t file);

std::uint64_t bytes_of(const std::string& path);

// Closes a file that was written to. Throws hdf5::Failure when not all could be written.
void close_written(hdf5::File& file);

// What the library still holds of a file does not reach it any more. It would try again at the end of the process, and not survive
// it when that fails.
void cut_off(const hdf5::File& file);
void give_up(hdf5::File& file) noexcept;  // and closes it

}  // namespace livechain::store
