#include "hdf5/copy.h"

#include "hdf5/dataset.h"
#include "hdf5/links.h"
#include "hdf5/types.h"

#include <algorithm>
#include <string>
#include <vector>

namespace livechain::hdf5 {

namespace {

// Texts of any length are pointers in memory, which the library has allocated.
class Values {
 public:
  Values(const Attribute& attribute, const Type& type, const Space& space) : type_(type), space_(space) {
    const hssize_t n = H5Sget_simple_extent_npoints(space.id());
    bytes_.resize(H5Tget_size(type.id()) * static_cast<std::size_t>(std::max<hssize_t>(n, 0)) + 1);
    check(H5Aread(attribute.id(), type.id(), bytes_.data()), "read an attribute");
  }
  ~Values() { H5Dvlen_reclaim(type_.id(), space_.id(), H5P_DEFAULT, bytes_.data()); }
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  const void* data() const { return bytes_.data(); }

 private:
  const Type& type_;
  const Space& space_;
  std::vector<unsigned char> bytes_;
};

void copy_attribute(hid_t object, const char* name, hid_t to) {
  const Attribute from(H5Aopen(object, name, H5P_DEFAULT), "open an attribute");
  const Type type = copy_of(Type(H5Aget_type(from.id()), "read the type of an attribute").id());
  const Space space(H5Aget_space(from.id()), "read the shape of an attribute");
  const Attribute copy(H5Acreate2(to, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                       "make an attribute");
  if (H5Sget_simple_extent_type(space.id()) == H5S_NULL) return;
  const Values values(from, type, space);
  check(H5Awrite(copy.id(), type.id(), values.data()), "copy an attribute");
}

void copy_external_link(const std::vector<char>& value, const char* name, hid_t to) {
  const char* file = nullptr;
  const char* object = nullptr;
  check(H5Lunpack_elink_val(value.data(), value.size(), nullptr, &file, &object), "read a link");
  check(H5Lcreate_external(file, object, to, name, H5P_DEFAULT, H5P_DEFAULT), "copy a link");
}

void copy_link(hid_t from, hid_t to, const char* name) {
  H5L_info_t link;
  check(H5Lget_info(from, name, &link, H5P_DEFAULT), "read a link");
  if (link.type == H5L_TYPE_HARD) {
    check(H5Ocopy(from, name, to, name, H5P_DEFAULT, H5P_DEFAULT), "copy what else is in the file");
    return;
  }
  std::vector<char> value(link.u.val_size + 1, '\0');
  check(H5Lget_val(from, name, value.data(), value.size(), H5P_DEFAULT), "read a link");
  if (link.type == H5L_TYPE_SOFT) {
    check(H5Lcreate_soft(value.data(), to, name, H5P_DEFAULT, H5P_DEFAULT), "copy a link");
  } else if (link.type == H5L_TYPE_EXTERNAL) {
    copy_external_link(value, name, to);
  } else {
    throw Failure(std::string("copy '") + name + "', a link of an unknown kind");
  }
}

}  // namespace

void copy_rest(hid_t from, hid_t to) {
  for (const auto& name : link_names(from)) {
    if (!has_link(to, name.c_str())) copy_link(from, to, name.c_str());
  }
  const Group group_from(H5Gopen2(from, ".", H5P_DEFAULT), "open a group");
  const Group group_to(H5Gopen2(to, ".", H5P_DEFAULT), "open a group");
  for (const auto& name : attribute_names(group_from.id())) {
    const htri_t there = H5Aexists(group_to.id(), name.c_str());
    if (there < 0) throw Failure("look an attribute up");
    if (there == 0) copy_attribute(group_from.id(), name.c_str(), group_to.id());
  }
}

}  // namespace livechain::hdf5
