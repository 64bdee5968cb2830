// What can go wrong with a file, as facts: the words for the user are chosen elsewhere.
#pragma once

#include <stdexcept>
#include <string>

namespace livechain::hdf5 {

enum class Kind {
  missing,      // no such file
  denied,       // the operating system does not let us open, read or write it
  not_hdf5,     // a file of another format
  no_run,       // HDF5, but without the named run
  not_a_chain,  // the named object is not a run in emcee's layout
  exists,       // the file already holds the named run
  busy,         // another process writes to it
  unreadable,   // another process writes to it, in a way that admits no readers
  damaged,      // HDF5 that cannot be read, or that contradicts itself
  no_space,     // the disk or a quota is full
  gone,         // deleted, replaced or cut short while we were writing to it
  io            // any other failure of HDF5 or the operating system
};

const char* name_of(Kind kind);

class Error : public std::runtime_error {
 public:
  Error(Kind kind, std::string path, const std::string& detail)
      : std::runtime_error(detail), kind(kind), path(std::move(path)) {}

  Kind kind;
  std::string path;
};

// A call of the HDF5 library failed; the message is the library's own.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& doing);
};

// The errno of a failed system call on `path`, as an Error.
Error system_error(const std::string& path, const std::string& doing);

}  // namespace livechain::hdf5
