// What is in a group, and what is attached to an object: names.
#pragma once

#include "hdf5/handle.h"

#include <string>
#include <vector>

namespace livechain::hdf5 {

std::vector<std::string> link_names(hid_t group);
std::vector<std::string> attribute_names(hid_t object);

// False also for a link that leads nowhere.
bool is_group(hid_t parent, const char* name);

}  // namespace livechain::hdf5
