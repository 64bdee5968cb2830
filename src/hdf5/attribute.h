// Attributes of one value, and of the objects that carry them.
#pragma once

#include "hdf5/handle.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace livechain::hdf5 {

using Value = std::variant<std::int64_t, double, std::string>;

void write_attribute(hid_t object, const std::string& name, const Value& value);
void write_boolean(hid_t object, const std::string& name, bool value);

// Nothing when the attribute is not one number or one text of a fixed length.
std::optional<Value> read_attribute(hid_t object, const std::string& name);

// Throws Failure when it is not there or not one whole number.
std::int64_t read_integer(hid_t object, const std::string& name);

// An attribute of one whole number, to be rewritten while the file is in SWMR mode.
Attribute open_integer(hid_t object, const std::string& name);
void rewrite(const Attribute& attribute, std::int64_t value);

bool has_attribute(hid_t object, const std::string& name);

}  // namespace livechain::hdf5
