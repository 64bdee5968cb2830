#include "store/layout.h"

#include "hdf5/attribute.h"
#include "hdf5/file.h"
#include "hdf5/links.h"
#include "hdf5/types.h"
#include "store/checksum.h"
#include "store/error.h"

#include <algorithm>
#include <cstring>

namespace livechain::store {

using namespace hdf5;

namespace {

const std::string address_prefix = "livechain:";

// Enough for runs of any length, and little beside the samples of this one.
hsize_t rows_of_places(const Shape& shape, std::int64_t target) {
  const double bytes = static_cast<double>(shape.step_bytes()) * static_cast<double>(target);
  constexpr double small = 16 << 20;
  return bytes < small ? 512 : 2048;
}

std::int64_t checksum_of(const Steps& start, const Shape& shape, std::uint64_t identity) {
  std::uint64_t sum = seed_of_step(identity, 0);
  sum = checksum(start.chain, shape.chain_bytes(), sum);
  sum = checksum(start.log_prob, shape.log_prob_bytes(), sum);
  if (shape.blob_bytes() > 0) sum = checksum(start.blobs, shape.blob_bytes(), sum);
  return static_cast<std::int64_t>(sum);
}

void write_values(hid_t group, const char* name, hid_t type, const Dims& dims, const void* values) {
  const Dataset dataset = create_dataset(group, name, type, dims, dims, 0);
  check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write a dataset");
}

void read_values(hid_t group, const char* name, hid_t type, const Dims& dims, void* values) {
  const Dataset dataset = open_dataset(group, name);
  require_dims(dataset.id(), dims, name);
  check(H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "read a dataset");
}

void write_start(hid_t own, const Shape& shape, const Steps& initial, std::uint64_t identity) {
  write_values(own, "initial", H5T_IEEE_F64LE, {shape.n_walkers, shape.n_parameters}, initial.chain);
  write_values(own, "initial_log_prob", H5T_IEEE_F64LE, {shape.n_walkers}, initial.log_prob);
  if (!shape.blobs.empty()) {
    write_values(own, "initial_blobs", shape.blobs.type().id(), {shape.n_walkers}, initial.blobs);
  }
  const std::int64_t sum = checksum_of(initial, shape, identity);
  write_attribute(own, "initial_checksum", sum);
}

std::optional<Snapshot> read_start(hid_t own, const Shape& shape, std::uint64_t identity) {
  if (!has_link(own, "initial")) return std::nullopt;
  const hsize_t most = bytes_of_file(own);
  if (shape.chain_bytes() > most || shape.blob_bytes() > most) throw Failure("make sense of the size of the start");
  Snapshot start;
  start.positions.resize(shape.n_walkers * shape.n_parameters);
  start.log_prob.resize(shape.n_walkers);
  start.blobs.resize(shape.blob_bytes());
  read_values(own, "initial", H5T_NATIVE_DOUBLE, {shape.n_walkers, shape.n_parameters}, start.positions.data());
  read_values(own, "initial_log_prob", H5T_NATIVE_DOUBLE, {shape.n_walkers}, start.log_prob.data());
  if (!shape.blobs.empty()) {
    read_values(own, "initial_blobs", shape.blobs.type().id(), {shape.n_walkers}, start.blobs.data());
  }
  const Steps steps{1, start.positions.data(), start.log_prob.data(), start.blobs.data()};
  if (read_integer(own, "initial_checksum") != checksum_of(steps, shape, identity)) {
    throw Failure("believe where the walkers started: it is not what was written");
  }
  return start;
}

// A blob's type is that of the dataset with the start, which is empty when that is not known.
BlobType read_blob_type(hid_t own) {
  if (!has_link(own, "initial_blobs")) return BlobType();
  return BlobType::of_file(type_of(open_dataset(own, "initial_blobs").id()).id());
}

hsize_t positive(const Facts& facts, const char* name, std::int64_t least = 1) {
  const std::int64_t value = integer_in(facts, name);
  if (value < least || value >= std::int64_t{1} << 40U) throw Failure(std::string("make sense of '") + name + "'");
  return static_cast<hsize_t>(value);
}

Shape read_shape(hid_t own, const Facts& facts) {
  Shape shape;
  shape.n_walkers = positive(facts, "n_walkers");
  shape.n_parameters = positive(facts, "n_parameters");
  shape.n_memory = positive(facts, "n_memory", 0);
  shape.steps_per_chunk = positive(facts, "steps_per_chunk");
  shape.state_interval = positive(facts, "state_interval");
  shape.deflate = static_cast<int>(std::min<hsize_t>(9, positive(facts, "compression", 0)));
  shape.blobs = read_blob_type(own);
  constexpr hsize_t most = hsize_t(1) << 32U;  // bytes in a chunk, of which HDF5 allows no more
  const hsize_t widest = std::max<hsize_t>(shape.n_parameters * sizeof(double), shape.blobs.size());
  if (widest > most / shape.n_walkers) throw Failure("make sense of the numbers of walkers and parameters");
  if (shape.steps_per_chunk > most / (widest * shape.n_walkers)) throw Failure("make sense of the size of a chunk");
  if (shape.n_memory > most) throw Failure("make sense of what the moves remember");
  return shape;
}

Facts all_facts(const Description& d) {
  Facts facts = d.facts;
  facts["version"] = d.version;
  facts["n_walkers"] = static_cast<std::int64_t>(d.shape.n_walkers);
  facts["n_parameters"] = static_cast<std::int64_t>(d.shape.n_parameters);
  facts["n_memory"] = static_cast<std::int64_t>(d.shape.n_memory);
  facts["compression"] = std::int64_t{d.shape.deflate};
  facts["steps_per_chunk"] = static_cast<std::int64_t>(d.shape.steps_per_chunk);
  facts["state_interval"] = static_cast<std::int64_t>(d.shape.state_interval);
  return facts;
}

void create_growing(hid_t own, const Shape& shape) {
  create_dataset(own, "checksum", H5T_STD_U64LE, {0}, {shape.rows_per_chunk(Part::checksum)}, 0);
  const hsize_t cells = shape.state_cells() + 1;
  create_dataset(own, "states", H5T_STD_I64LE, {0, cells}, {shape.rows_per_chunk(Part::states), cells}, 0);
  if (shape.is_compressed()) {
    const hsize_t columns = shape.row_bytes(Part::chunks) / sizeof(std::int64_t);
    create_dataset(own, "chunks", H5T_STD_I64LE, {0, columns}, {shape.rows_per_chunk(Part::chunks), columns}, 0);
  }
}

Object open_by_address(hid_t file, haddr_t address) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_token_t token;
  check(H5VLnative_addr_to_token(file, address, &token), "find an object by its address");
  return Object(H5Oopen_by_token(file, token), "open an object by its address");
#else
  return Object(H5Oopen_by_addr(file, address), "open an object by its address");
#endif
}

std::int64_t format_in(hid_t own) { return has_attribute(own, "format") ? read_integer(own, "format") : 1; }

}  // namespace

Description describe(const Shape& shape, const Facts& facts, std::int64_t target) {
  Description description;
  description.shape = shape;
  description.facts = facts;
  description.target = target;
  const auto version = facts.find("version");
  if (version != facts.end() && std::holds_alternative<std::string>(version->second)) {
    description.version = std::get<std::string>(version->second);
  }
  const auto memory = facts.find("initial_memory");
  if (memory != facts.end() && std::holds_alternative<Array>(memory->second)) {
    description.memory = std::get<Array>(memory->second).values;
  }
  description.memory.resize(shape.n_memory);
  return description;
}

hid_t Growing::dataset(Part part, const EmceeRun& run) const {
  switch (part) {
    case Part::chain: return run.chain.id();
    case Part::log_prob: return run.log_prob.id();
    case Part::blobs: return run.blobs.id();
    case Part::checksum: return checksum.id();
    case Part::states: return states.id();
    case Part::chunks: break;
  }
  return chunks.id();
}

Format format_of_run(const EmceeRun& run) {
  if (!has_link(run.group.id(), own_group_name) || !is_group(run.group.id(), own_group_name)) return Format::emcee;
  const Group own(H5Gopen2(run.group.id(), own_group_name, H5P_DEFAULT), "open a group");
  const std::int64_t format = format_in(own.id());
  if (format != 1 && format != 2) {
    throw Failure("make sense of a run of format " + std::to_string(format) + ", which a later version of livechain made");
  }
  return static_cast<Format>(format);
}

Group open_own_group(hid_t file, const std::string& path, const std::string& name) {
  try {
    const Group run(H5Gopen2(file, name.c_str(), H5P_DEFAULT), "open a group");
    return Group(H5Gopen2(run.id(), own_group_name, H5P_DEFAULT), "open a group");
  } catch (const Failure&) {
    if (!has_attribute(file, address_prefix + name)) throw;
  }
  const auto address = static_cast<haddr_t>(read_integer(file, address_prefix + name));
  Object own = open_by_address(file, address);
  if (H5Iget_type(own.id()) != H5I_GROUP) throw Error(Kind::no_run, path, name);
  return Group(own.release(), "open a group");
}

bool is_of_format_2(hid_t file, const std::string& path, const std::string& name) {
  if (!has_link(file, name.c_str())) return false;
  try {
    return format_in(open_own_group(file, path, name).id()) == 2;
  } catch (const Failure&) {
    return false;
  }
}

Layout open_layout(hid_t own) {
  Layout layout;
  if (format_in(own) != 2) throw Failure("make sense of the format of the run");
  layout.facts = read_facts(own);
  layout.identity = static_cast<std::uint64_t>(read_integer(own, "identity"));
  if (static_cast<std::int64_t>(checksum_of(layout.facts, layout.identity)) != read_integer(own, "facts_checksum")) {
    throw Failure("believe the facts of the run: they are not what was written");
  }
  require_plausible(layout.facts);
  layout.shape = read_shape(own, layout.facts);
  layout.start = read_start(own, layout.shape, layout.identity);
  layout.progress = ProgressTable::open(own, layout.shape, layout.identity);
  layout.heartbeat = Heartbeat::open(own, layout.identity);
  layout.places = PlacesTable::open(own, layout.identity);
  layout.request = Table::open(own, "request", layout.identity);
  if (has_link(own, "lost_workers")) layout.lost_workers = Table::open(own, "lost_workers", layout.identity);
  return layout;
}

Growing open_growing(hid_t own, const Shape& shape) {
  const auto open = [&](const char* name, Part part) {
    Dataset dataset = open_dataset(own, name);
    const Dims chunk = chunk_of(dataset.id());
    const bool fits = !chunk.empty() && chunk[0] == shape.rows_per_chunk(part) &&
                      bytes_of_chunk(dataset.id()) == shape.chunk_bytes(part);
    if (!fits) throw Failure(std::string("make sense of dataset '") + name + "', which has another shape");
    return dataset;
  };
  Growing growing;
  growing.checksum = open("checksum", Part::checksum);
  growing.states = open("states", Part::states);
  if (shape.is_compressed()) growing.chunks = open("chunks", Part::chunks);
  return growing;
}

std::int64_t n_lost_workers(const Layout& layout, const Descriptor& file) {
  const std::optional<Cells> cells = layout.lost_workers ? layout.lost_workers->read(file, 0) : std::nullopt;
  return cells ? std::max<std::int64_t>(0, (*cells)[0]) : 0;
}

void create_run(hid_t file, const std::string& name, const Description& d, const Steps& initial) {
  const EmceeRun run = create_emcee_run(file, name, d.version, d.shape);
  const Group own = make_group(run.group.id(), own_group_name);
  const std::uint64_t identity = draw_identity();
  const Facts facts = all_facts(d);
  write_attribute(own.id(), "format", std::int64_t{2});
  write_attribute(own.id(), "identity", static_cast<std::int64_t>(identity));
  write_facts(own.id(), facts);
  write_attribute(own.id(), "facts_checksum", static_cast<std::int64_t>(checksum_of(facts, identity)));
  if (initial.n > 0) {
    write_start(own.id(), d.shape, initial, identity);
  } else if (!d.shape.blobs.empty()) {
    create_dataset(own.id(), "initial_blobs", d.shape.blobs.type().id(), {0}, {d.shape.n_walkers}, 0);
  }
  ProgressTable::create(own.id(), d.shape, identity);
  Heartbeat::create(own.id(), identity);
  PlacesTable::create(own.id(), rows_of_places(d.shape, d.target), identity);
  Table::create(own.id(), "request", 1, 2, identity);
  Table::create(own.id(), "lost_workers", 1, 1, identity);
  create_growing(own.id(), d.shape);
  write_attribute(file, address_prefix + name, static_cast<std::int64_t>(address_of(own.id())));
}

std::vector<std::string> addressed_runs(hid_t file) {
  std::vector<std::string> names;
  for (const auto& name : attribute_names(file)) {
    if (name.compare(0, address_prefix.size(), address_prefix) != 0) continue;
    std::string run = name.substr(address_prefix.size());
    if (has_link(file, run.c_str())) names.push_back(std::move(run));
  }
  return names;
}

bool holds_only(const File& file, const std::string& name) {
  const std::vector<std::string> attributes = attribute_names(file.id());
  return user_block_of(file) == 0 && link_names(file.id()) == std::vector<std::string>{name} &&
         std::all_of(attributes.begin(), attributes.end(), [](const std::string& attribute) {
           return attribute.compare(0, address_prefix.size(), address_prefix) == 0;
         });
}

}  // namespace livechain::store
