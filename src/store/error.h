// What can go wrong with a file, as its user needs to know it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace livechain::store {

enum class Kind {
  missing,      // no such file
  denied,       // no permission
  not_hdf5,     // the file is something else
  no_run,       // HDF5, but without the named run
  not_a_chain,  // the named object is not a run in emcee's layout
  exists,       // the file already holds the named run
  busy,         // another process writes to it
  unreadable,   // another process writes to it, in a way that admits no readers
  damaged,      // HDF5 that cannot be read, or that contradicts itself
  wrong_rows,   // steps that are not what was written
  no_space,     // the disk or a quota is full
  gone,         // deleted, replaced or cut short while we were writing to it
  taken_over,   // another session took the run up while we were writing to it
  io            // any other failure of HDF5 or the operating system
};

const char* name_of(Kind kind);

class Error : public std::runtime_error {
 public:
  Error(Kind kind, std::string path, const std::string& detail)
      : std::runtime_error(detail), kind(kind), path(std::move(path)) {}

  Kind kind;
  std::string path;
  std::int64_t first_wrong = 0;  // step, counted from 1; only with `wrong_rows`
};

Error wrong_rows(const std::string& path, std::int64_t first_wrong);

// The errno of a failed system call on `path`, as an Error.
Error system_error(const std::string& path, const std::string& doing);

}  // namespace livechain::store
