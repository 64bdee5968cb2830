// Mending what a writer left that died: the file is made whole, up to its last published step.
#pragma once

#include "hdf5/lock.h"

#include <string>

namespace livechain::hdf5 {

// Under the writer's lock. True when there was something to mend.
bool mend(const Lock& lock, const std::string& path);

// Gives the rows, `iteration` and `accepted` of each run in a closed file the values of its newest
// publication.
void cut_to_published(const std::string& path);

}  // namespace livechain::hdf5
