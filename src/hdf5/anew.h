// Laying a file out anew, aside, when what it holds cannot be gone on with in its place.
#pragma once

#include "hdf5/aside.h"
#include "hdf5/handle.h"
#include "hdf5/layout.h"

#include <cstddef>
#include <functional>
#include <string>

namespace livechain::hdf5 {

// Makes a file aside: first what `fill` puts there, which needs so many bytes; then, with `replace`, what else the file at
// `path` holds.
void fill_aside(const Aside& aside, const std::string& path, bool replace, std::size_t bytes,
                const std::function<void(hid_t file)>& fill);

// What stands in the progress of a run before its first step.
Progress first_progress(const Description& description);

// Another program made the run: its rows are copied into our layout. The lock is that on the new file.
Lock adopt(const std::string& path, const std::string& name, Description description);

// The published steps of all our runs in `dead`, and what else is there. A plain writer that dies leaves indexes of chunks
// of which only the part for the published steps can be trusted.
Lock lay_out_anew(const std::string& path, const File& dead);

}  // namespace livechain::hdf5
