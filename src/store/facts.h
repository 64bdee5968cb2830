// What is known of a run from its beginning on: names with values, in a group of the file.
//
// A name with a slash, such as `moves/1/a`, is that of a value in a group within the group. Numbers and texts are attributes;
// several texts, and arrays of numbers, are datasets. They are written once, and have a checksum of their own.
#pragma once

#include "hdf5/handle.h"

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace livechain::store {

// Row after row: the last dimension is the fastest.
struct Array {
  std::vector<hsize_t> dims;
  std::vector<double> values;
};

using Texts = std::vector<std::string>;
using Fact = std::variant<std::int64_t, double, std::string, Texts, Array>;
using Facts = std::map<std::string, Fact>;

void write_facts(hid_t group, const Facts& facts);

// All that are there, but for the tables and the growing datasets of a run. Throws hdf5::Failure.
Facts read_facts(hid_t group);

// Over all of them in the order of their names: name, a zero, a letter for the type (i, d, s, t, a), and the value. Numbers
// have eight bytes; texts end with a zero, and several of them, like an array's dimensions, have their number before them.
std::uint64_t checksum_of(const Facts& facts, std::uint64_t identity);

// The value of that name; throws hdf5::Failure when there is none of that type.
std::int64_t integer_in(const Facts& facts, const std::string& name);

// Numbers that the sampler would not survive are refused. Throws hdf5::Failure.
void require_plausible(const Facts& facts);

}  // namespace livechain::store
