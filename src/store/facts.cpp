#include "store/facts.h"

#include "hdf5/attribute.h"
#include "hdf5/dataset.h"
#include "hdf5/file.h"
#include "hdf5/links.h"
#include "store/checksum.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace livechain::store {

using namespace hdf5;

namespace {

constexpr int most_groups = 3;  // one within the other
constexpr std::size_t most_facts = 2000;

// What stands in the group beside facts.
bool is_fact(const std::string& name) {
  static const std::set<std::string> others = {"progress", "heartbeat", "places", "request", "lost_workers", "checksum", "states",
                                               "chunks", "initial", "initial_log_prob", "initial_blobs",
                                               "initial_checksum", "format", "identity", "facts_checksum"};
  return others.count(name) == 0;
}

Group open_or_make_group(hid_t parent, const std::string& name) {
  if (has_link(parent, name.c_str())) return Group(H5Gopen2(parent, name.c_str(), H5P_DEFAULT), "open a group");
  return make_group(parent, name.c_str());
}

void write_array(hid_t group, const std::string& name, const Array& array) {
  const Dataset dataset = create_dataset(group, name.c_str(), H5T_IEEE_F64LE, array.dims, array.dims, 0);
  check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()), "write an array");
}

void write_fact(hid_t group, const std::string& name, const Fact& fact) {
  const std::size_t slash = name.find('/');
  if (slash != std::string::npos) {
    return write_fact(open_or_make_group(group, name.substr(0, slash)).id(), name.substr(slash + 1), fact);
  }
  if (const auto* integer = std::get_if<std::int64_t>(&fact)) return write_attribute(group, name, *integer);
  if (const auto* real = std::get_if<double>(&fact)) return write_attribute(group, name, *real);
  if (const auto* text = std::get_if<std::string>(&fact)) return write_attribute(group, name, *text);
  if (const auto* texts = std::get_if<Texts>(&fact)) return write_strings(group, name.c_str(), *texts);
  write_array(group, name, std::get<Array>(fact));
}

Array read_array(hid_t group, const char* name) {
  const Dataset dataset = open_dataset(group, name);
  Array array;
  array.dims = dims_of(dataset.id());
  hsize_t n = 1;
  const hsize_t most = bytes_of_file(dataset.id()) / sizeof(double);
  for (const hsize_t dim : array.dims) {
    if (dim > most || (n > 0 && dim > most / n)) throw Failure(std::string("make sense of the size of '") + name + "'");
    n *= dim;
  }
  array.values.resize(n);
  if (n > 0) {
    check(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()), "read an array");
  }
  return array;
}

// Reads what a group holds, which may have been made to take long.
class FactReader {
 public:
  Facts facts;

  void read(hid_t group, const std::string& prefix, int depth) {
    for (const auto& name : few(attribute_names(group))) {
      if (!is_fact(name)) continue;
      if (const auto value = read_attribute(group, name)) {
        std::visit([&](const auto& known) { facts.emplace(prefix + name, known); }, *value);
      }
    }
    for (const auto& name : few(link_names(group))) {
      if (is_fact(name)) read_object(group, name, prefix, depth);
    }
  }

 private:
  std::vector<std::string> few(std::vector<std::string> names) {
    n_seen_ += names.size();
    if (n_seen_ > most_facts) throw Failure("make sense of a run with so many facts");
    return names;
  }

  void read_object(hid_t group, const std::string& name, const std::string& prefix, int depth) {
    require_hard_link(group, name.c_str());
    if (is_group(group, name.c_str())) {
      if (depth == most_groups) return;
      const Group inner(H5Gopen2(group, name.c_str(), H5P_DEFAULT), "open a group");
      return read(inner.id(), prefix + name + "/", depth + 1);
    }
    const Type type = type_of(open_dataset(group, name.c_str()).id());
    const H5T_class_t type_class = H5Tget_class(type.id());
    if (type_class == H5T_STRING) facts.emplace(prefix + name, read_strings(group, name.c_str()));
    if (type_class == H5T_FLOAT) facts.emplace(prefix + name, read_array(group, name.c_str()));
  }

  std::size_t n_seen_ = 0;
};

class Bytes {
 public:
  void add(const void* bytes, std::size_t n) {
    const auto* first = static_cast<const char*>(bytes);
    bytes_.insert(bytes_.end(), first, first + n);
  }
  void add(const std::string& text) { add(text.c_str(), text.size() + 1); }
  template <class Number>
  void number(Number value) { add(&value, sizeof value); }

  void fact(std::int64_t value) { bytes_.push_back('i'); number(value); }
  void fact(double value) { bytes_.push_back('d'); number(value); }
  void fact(const std::string& value) { bytes_.push_back('s'); add(value); }
  void fact(const Texts& texts) {
    bytes_.push_back('t');
    number(static_cast<std::int64_t>(texts.size()));
    for (const auto& text : texts) add(text);
  }
  void fact(const Array& array) {
    bytes_.push_back('a');
    number(static_cast<std::int64_t>(array.dims.size()));
    for (const hsize_t dim : array.dims) number(static_cast<std::int64_t>(dim));
    add(array.values.data(), array.values.size() * sizeof(double));
  }

  std::uint64_t checksum(std::uint64_t seed) const { return store::checksum(bytes_.data(), bytes_.size(), seed); }

 private:
  std::vector<char> bytes_;
};

void require_between(const Facts& facts, const char* name, double least, double most) {
  const auto place = facts.find(name);
  if (place == facts.end()) return;
  double value = std::nan("");
  if (const auto* integer = std::get_if<std::int64_t>(&place->second)) value = static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&place->second)) value = *real;
  if (!(value >= least && value <= most)) throw Failure(std::string("make sense of '") + name + "'");
}

}  // namespace

void write_facts(hid_t group, const Facts& facts) {
  for (const auto& [name, fact] : facts) write_fact(group, name, fact);
}

Facts read_facts(hid_t group) {
  FactReader reader;
  reader.read(group, "", 0);
  return std::move(reader.facts);
}

std::uint64_t checksum_of(const Facts& facts, std::uint64_t identity) {
  Bytes bytes;
  for (const auto& [name, fact] : facts) {
    bytes.add(name);
    std::visit([&bytes](const auto& value) { bytes.fact(value); }, fact);
  }
  return bytes.checksum(identity);
}

std::int64_t integer_in(const Facts& facts, const std::string& name) {
  const auto place = facts.find(name);
  if (place == facts.end() || !std::holds_alternative<std::int64_t>(place->second)) {
    throw Failure("make sense of '" + name + "'");
  }
  return std::get<std::int64_t>(place->second);
}

void require_plausible(const Facts& facts) {
  constexpr double largest = 0x1p53;
  constexpr double years = 1e9;  // seconds
  require_between(facts, "seed", 0, largest);
  require_between(facts, "thin_by", 1, largest);
  require_between(facts, "vectorized", 0, 1);
  require_between(facts, "swmr", 0, 1);
  require_between(facts, "flush_interval", 0, years);
  require_between(facts, "sync_interval", 0, years);
}

}  // namespace livechain::store
