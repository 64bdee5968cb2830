#include "hdf5/links.h"

#include <algorithm>

namespace livechain::hdf5 {

namespace {

// Called by the library for each name, with where the names go.
template <class Info>
herr_t add_name(hid_t, const char* name, const Info*, void* to) noexcept {
  try {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  } catch (...) {
    return -1;
  }
}

}  // namespace

// In no order: for the order of names the library makes a table, which it does not survive when a link is damaged.
std::vector<std::string> link_names(hid_t group) {
  std::vector<std::string> names;
  check(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add_name<H5L_info_t>, &names), "list a group");
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> attribute_names(hid_t object) {
  std::vector<std::string> names;
  check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add_name<H5A_info_t>, &names), "list attributes");
  std::sort(names.begin(), names.end());
  return names;
}

bool is_group(hid_t parent, const char* name) {
  if (H5Oexists_by_name(parent, name, H5P_DEFAULT) <= 0) return false;
  const Object object(H5Oopen(parent, name, H5P_DEFAULT), "open an object");
  return H5Iget_type(object.id()) == H5I_GROUP;
}

}  // namespace livechain::hdf5
