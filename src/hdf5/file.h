// Opening files: with which flags and properties, and what their first bytes tell.
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

// Of a file that no writer has.
File open_idle(const std::string& path);

// Opens a file that its writer could not close, and lets the space that may hold its last data count as
// used: the end of the file that it noted is out of date, and nothing new may be put there.
File open_unclosed(const std::string& path);
void reserve_end(const File& file, hsize_t bytes);

// The size of the file that `object` is in, as the system has it: the library's depends on what the file says.
hsize_t bytes_of_file(hid_t object);

enum class Format {
  other,     // not HDF5
  old,       // HDF5 that knows no SWMR
  closed,    // SWMR can be used, and no writer has it or left it open
  cut,       // closed, but shorter than when it was closed
  unclosed,  // a plain writer has it, or died with it
  swmr       // a SWMR writer has it, or died with it
};
Format format_of(const std::string& path);

// Opens to read what a writer left that died. One that did not use SWMR left a file that HDF5 refuses to open:
// of that, a copy in memory is opened.
File open_dead(const std::string& path, Format format);

}  // namespace livechain::hdf5
