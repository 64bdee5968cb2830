#include "store/blob_type.h"

#include "hdf5/types.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>

namespace livechain::store {

using namespace hdf5;

namespace {

Type value_type(const BlobField& field) {
  switch (field.kind) {
    case BlobKind::real: return copy_of(H5T_IEEE_F64LE);
    case BlobKind::wide_integer: return copy_of(H5T_STD_I64LE);
    case BlobKind::integer: return copy_of(H5T_STD_I32LE);
    case BlobKind::logical: return boolean_type();
    case BlobKind::string: break;
  }
  return string_type(field.width, field.charset);
}

Type in_array(Type value, const std::vector<hsize_t>& dims) {
  if (dims.empty()) return value;
  return Type(H5Tarray_create2(value.id(), static_cast<unsigned>(dims.size()), dims.data()),
              "make an array type");
}

Type build(const BlobType& type) {
  const auto& fields = type.fields();
  if (fields.size() == 1 && fields[0].name.empty()) {
    return in_array(value_type(fields[0]), fields[0].dims);
  }
  std::vector<Type> members;
  std::size_t size = 0;
  for (const auto& field : fields) {
    members.push_back(in_array(value_type(field), field.dims));
    size += H5Tget_size(members.back().id());
  }
  Type record(H5Tcreate(H5T_COMPOUND, size), "make a compound type");
  std::size_t offset = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    check(H5Tinsert(record.id(), fields[i].name.c_str(), offset, members[i].id()),
          "add a field to a compound type");
    offset += H5Tget_size(members[i].id());
  }
  return record;
}

// Of as many values of `bytes` bytes as make up the type.
std::vector<hsize_t> array_dims(hid_t type, std::size_t bytes) {
  const int rank = H5Tget_array_ndims(type);
  if (rank < 0) throw Failure("read the shape of a blob");
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  H5Tget_array_dims2(type, dims.data());
  hsize_t left = H5Tget_size(type) / bytes;
  for (const hsize_t dim : dims) left /= std::max<hsize_t>(dim, 1);
  if (left == 0) throw Failure("make sense of the shape of a blob");
  return dims;
}

BlobField field_of_file(std::string name, hid_t file_type) {
  BlobField field;
  field.name = std::move(name);
  Type value = copy_of(file_type);
  const bool is_array = H5Tget_class(file_type) == H5T_ARRAY;
  if (is_array) value = Type(H5Tget_super(file_type), "read the type of a blob");
  const std::size_t bytes = H5Tget_size(value.id());
  if (bytes == 0) throw Failure("represent a blob without bytes");
  if (is_array) field.dims = array_dims(file_type, bytes);
  switch (H5Tget_class(value.id())) {
    case H5T_FLOAT: field.kind = BlobKind::real; break;
    case H5T_INTEGER: {
      const bool fits = bytes < 4 || (bytes == 4 && H5Tget_sign(value.id()) == H5T_SGN_2);
      field.kind = fits ? BlobKind::integer : BlobKind::wide_integer;
      break;
    }
    case H5T_ENUM:
      if (bytes != 1) throw Failure("represent a blob that is an enum other than h5py's boolean");
      field.kind = BlobKind::logical;
      break;
    case H5T_STRING:
      if (H5Tis_variable_str(value.id()) > 0) {
        throw Failure("represent a blob that is a string of variable length");
      }
      field.kind = BlobKind::string;
      field.width = bytes;
      field.charset = H5Tget_cset(value.id());
      break;
    default: throw Failure("represent a blob of this type");
  }
  return field;
}

}  // namespace

std::size_t BlobField::n_values() const {
  return std::accumulate(dims.begin(), dims.end(), std::size_t(1), std::multiplies<>());
}

std::size_t BlobField::value_size() const {
  switch (kind) {
    case BlobKind::real:
    case BlobKind::wide_integer: return sizeof(double);
    case BlobKind::integer: return sizeof(int);
    case BlobKind::logical: return 1;
    case BlobKind::string: break;
  }
  return width;
}

BlobType::BlobType(std::vector<BlobField> fields) : fields_(std::move(fields)) {
  for (auto& field : fields_) {
    field.offset = size_;
    size_ += field.size();
  }
}

BlobType BlobType::of_file(hid_t file_type) {
  std::vector<BlobField> fields;
  if (H5Tget_class(file_type) != H5T_COMPOUND) {
    fields.push_back(field_of_file("", file_type));
    return BlobType(std::move(fields));
  }
  std::size_t left = H5Tget_size(file_type);
  const int n_members = H5Tget_nmembers(file_type);
  for (int i = 0; i < n_members; ++i) {
    const auto member = static_cast<unsigned>(i);
    const Type type(H5Tget_member_type(file_type, member), "read the fields of a blob");
    const std::size_t bytes = H5Tget_size(type.id());
    if (bytes > left) throw Failure("make sense of the fields of a blob, which overlap");
    left -= bytes;
    char* name = H5Tget_member_name(file_type, member);
    std::string copy = name == nullptr ? "" : name;
    H5free_memory(name);
    fields.push_back(field_of_file(std::move(copy), type.id()));
  }
  return BlobType(std::move(fields));
}

Type BlobType::type() const { return build(*this); }

}  // namespace livechain::store
