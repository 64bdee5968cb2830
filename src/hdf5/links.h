// What is in a group, and what is attached to an object: names.
#pragma once

#include "hdf5/handle.h"

#include <string>
#include <vector>

namespace livechain::hdf5 {

// A name that `get(buffer, size)` writes, and whose length it returns.
template <class Get>
std::string name_from(Get get) {
  const ssize_t length = get(nullptr, 0);
  if (length < 0) throw Failure("read a name");
  std::string name(static_cast<std::size_t>(length) + 1, '\0');
  get(name.data(), name.size());
  name.resize(static_cast<std::size_t>(length));
  return name;
}

std::vector<std::string> link_names(hid_t group);
std::vector<std::string> attribute_names(hid_t object);

// False also for a link that leads nowhere.
bool is_group(hid_t parent, const char* name);

}  // namespace livechain::hdf5
