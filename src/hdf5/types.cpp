#include "hdf5/types.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace livechain::hdf5 {

namespace {

bool is_whole_bytes(hid_t type) {
  const std::size_t size = H5Tget_size(type);
  return size <= 8 && H5Tget_offset(type) == 0 && H5Tget_precision(type) == 8 * size;
}

bool is_known_float(hid_t type) {
  const std::array<hid_t, 5> known{H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE,
                                   H5T_NATIVE_LDOUBLE};
  return std::any_of(known.begin(), known.end(), [type](hid_t other) { return H5Tequal(type, other) > 0; });
}

bool has_usual_numbers(hid_t type);

bool has_usual_base(hid_t type) {
  const Type base(H5Tget_super(type), "read a type");
  return has_usual_numbers(base.id());
}

bool has_usual_members(hid_t type) {
  for (int i = 0; i < H5Tget_nmembers(type); ++i) {
    const Type member(H5Tget_member_type(type, static_cast<unsigned>(i)), "read a type");
    if (!has_usual_numbers(member.id())) return false;
  }
  return true;
}

bool has_usual_numbers(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER: return is_whole_bytes(type);
    case H5T_FLOAT: return is_known_float(type);
    case H5T_ENUM:
    case H5T_ARRAY: return has_usual_base(type);
    case H5T_COMPOUND: return has_usual_members(type);
    default: return true;  // no numbers in it
  }
}

}  // namespace

void require_usual_numbers(hid_t type, const char* name) {
  if (!has_usual_numbers(type)) throw Failure(std::string("make sense of the numbers in '") + name + "'");
}

Type copy_of(hid_t type) { return Type(H5Tcopy(type), "copy a type"); }

Type boolean_type() {
  Type type(H5Tenum_create(H5T_STD_I8LE), "make a boolean type");
  std::int8_t value = 0;
  check(H5Tenum_insert(type.id(), "FALSE", &value), "make a boolean type");
  value = 1;
  check(H5Tenum_insert(type.id(), "TRUE", &value), "make a boolean type");
  return type;
}

Type string_type(std::size_t width, H5T_cset_t charset) {
  Type type = copy_of(H5T_C_S1);
  check(H5Tset_size(type.id(), width), "make a string type");
  check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "make a string type");
  check(H5Tset_cset(type.id(), charset), "make a string type");
  return type;
}

}  // namespace livechain::hdf5
