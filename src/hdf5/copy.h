// Copying what a file holds beside a run, whatever it is and whoever put it there.
#pragma once

#include "hdf5/handle.h"

#include <string>

namespace livechain::hdf5 {

// Copies the attributes of the root group and everything in it but `name`.
void copy_all_but(const std::string& name, const File& from, const File& to);

}  // namespace livechain::hdf5
