// Opening files: with which flags and properties.
#pragma once

#include "hdf5/handle.h"

#include <string>

namespace livechain::hdf5 {

File create_file(const std::string& path);
File open_to_write(const std::string& path, bool swmr);

// Apart from what this process may have open of the same file to write. HDF5 lets all that is open of a file share
// its memory and its rights, and closes it only when the last of it is closed, unless different drivers of the
// library are used.
File open_to_read(const std::string& path, bool swmr);

// Of a file that its writer could not close. Who writes lets the space that may hold its last data count as used: the
// end of the file that was noted is out of date, and nothing new may be put there.
File open_unclosed_to_read(const std::string& path);
File open_unclosed(const std::string& path);
void reserve_end(const File& file, hsize_t bytes);

// The number by which the system knows the open file.
int descriptor_of(const File& file);

// Bytes before the first of HDF5's.
hsize_t user_block_of(const File& file);

// The size of the file that `object` is in, as the system has it: the library's depends on what the file says.
hsize_t bytes_of_file(hid_t object);

}  // namespace livechain::hdf5
