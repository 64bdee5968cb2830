#include "hdf5/attribute.h"

#include "hdf5/types.h"

namespace livechain::hdf5 {

namespace {

Attribute open_attribute(hid_t object, const std::string& name) {
  Attribute attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), "open an attribute");
  const Type type(H5Aget_type(attribute.id()), "read an attribute");
  require_usual_numbers(type.id(), name.c_str());
  return attribute;
}

bool is_scalar(const Attribute& attribute) {
  const Space space(H5Aget_space(attribute.id()), "read an attribute");
  return H5Sget_simple_extent_npoints(space.id()) == 1;
}

void write_scalar(hid_t object, const std::string& name, const Type& type, const void* value) {
  if (has_attribute(object, name)) check(H5Adelete(object, name.c_str()), "replace an attribute");
  const Space scalar(H5Screate(H5S_SCALAR), "make a dataspace");
  const Attribute attribute(
      H5Acreate2(object, name.c_str(), type.id(), scalar.id(), H5P_DEFAULT, H5P_DEFAULT), "make an attribute");
  check(H5Awrite(attribute.id(), type.id(), value), "write an attribute");
}

template <class Number>
Number read_number(const Attribute& attribute, hid_t type) {
  Number value = 0;
  check(H5Aread(attribute.id(), type, &value), "read an attribute");
  return value;
}

std::string read_text(const Attribute& attribute, const Type& type) {
  constexpr std::size_t most = 1 << 20;
  const std::size_t size = H5Tget_size(type.id());
  if (size > most) throw Failure("make sense of the size of an attribute");
  std::string text(size, '\0');
  check(H5Aread(attribute.id(), type.id(), text.data()), "read an attribute");
  return text.substr(0, text.find('\0'));
}

}  // namespace

bool has_attribute(hid_t object, const std::string& name) {
  const htri_t there = H5Aexists(object, name.c_str());
  if (there < 0) throw Failure("look an attribute up");
  return there > 0;
}

void write_attribute(hid_t object, const std::string& name, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    write_scalar(object, name, copy_of(H5T_STD_I64LE), integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    write_scalar(object, name, copy_of(H5T_IEEE_F64LE), real);
  } else {
    const auto& text = std::get<std::string>(value);
    write_scalar(object, name, string_type(text.size() + 1), text.c_str());
  }
}

void write_boolean(hid_t object, const std::string& name, bool value) {
  const std::int8_t stored = value ? 1 : 0;
  write_scalar(object, name, boolean_type(), &stored);
}

std::optional<Value> read_attribute(hid_t object, const std::string& name) {
  const Attribute attribute = open_attribute(object, name);
  const Type type(H5Aget_type(attribute.id()), "read an attribute");
  if (!is_scalar(attribute)) return std::nullopt;
  switch (H5Tget_class(type.id())) {
    case H5T_INTEGER: return read_number<std::int64_t>(attribute, H5T_NATIVE_INT64);
    case H5T_FLOAT: return read_number<double>(attribute, H5T_NATIVE_DOUBLE);
    case H5T_STRING:
      if (H5Tis_variable_str(type.id()) == 0) return read_text(attribute, type);
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::int64_t read_integer(hid_t object, const std::string& name) {
  const std::optional<Value> value = read_attribute(object, name);
  if (!value || !std::holds_alternative<std::int64_t>(*value)) {
    throw Failure("make sense of attribute '" + name + "'");
  }
  return std::get<std::int64_t>(*value);
}

Attribute open_integer(hid_t object, const std::string& name) {
  Attribute attribute = open_attribute(object, name);
  const Type type(H5Aget_type(attribute.id()), "read an attribute");
  if (!is_scalar(attribute) || H5Tget_class(type.id()) != H5T_INTEGER) {
    throw Failure("make sense of attribute '" + name + "'");
  }
  return attribute;
}

void rewrite(const Attribute& attribute, std::int64_t value) {
  check(H5Awrite(attribute.id(), H5T_NATIVE_INT64, &value), "rewrite an attribute");
}

}  // namespace livechain::hdf5
