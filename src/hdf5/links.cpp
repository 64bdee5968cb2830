#include "hdf5/links.h"

#include <algorithm>

namespace livechain::hdf5 {

namespace {

hsize_t count_attributes(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info2_t info;
  check(H5Oget_info3(object, &info, H5O_INFO_NUM_ATTRS), "list attributes");
#else
  H5O_info_t info;
  check(H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS), "list attributes");
#endif
  return info.num_attrs;
}

}  // namespace

// In no order: for the order of names the library makes a table, which it does not survive when a link is damaged.
std::vector<std::string> link_names(hid_t group) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* to) noexcept -> herr_t {
    try {
      static_cast<std::vector<std::string>*>(to)->emplace_back(name);
      return 0;
    } catch (...) {
      return -1;
    }
  };
  check(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names), "list a group");
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> attribute_names(hid_t object) {
  const hsize_t n = count_attributes(object);
  std::vector<std::string> names;
  for (hsize_t i = 0; i < n; ++i) {
    const Attribute attribute(
        H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
        "open an attribute");
    names.push_back(name_from(
        [&](char* name, std::size_t size) { return H5Aget_name(attribute.id(), size, name); }));
  }
  return names;
}

bool is_group(hid_t parent, const char* name) {
  if (H5Oexists_by_name(parent, name, H5P_DEFAULT) <= 0) return false;
  const Object object(H5Oopen(parent, name, H5P_DEFAULT), "open an object");
  return H5Iget_type(object.id()) == H5I_GROUP;
}

}  // namespace livechain::hdf5
