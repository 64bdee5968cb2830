#include "hdf5/layout.h"

#include "hdf5/file.h"
#include "hdf5/links.h"
#include "hdf5/number_type.h"

#include <algorithm>
#include <limits>

namespace livechain::hdf5 {

namespace {

constexpr const char* own_group = "livechain";
constexpr std::int64_t format = 1;
constexpr std::size_t host_width = 64;

Space scalar_space() { return Space(H5Screate(H5S_SCALAR), "make a dataspace"); }

Attribute open_attribute(hid_t object, const char* name) {
  Attribute attribute(H5Aopen(object, name, H5P_DEFAULT), "open an attribute");
  const Type type(H5Aget_type(attribute.id()), "read an attribute");
  require_usual_numbers(type.id(), name);
  return attribute;
}

bool is_scalar(const Attribute& attribute) {
  const Space space(H5Aget_space(attribute.id()), "read an attribute");
  return H5Sget_simple_extent_npoints(space.id()) == 1;
}

// For memory that holds one value.
Attribute open_scalar(hid_t object, const char* name) {
  Attribute attribute = open_attribute(object, name);
  if (!is_scalar(attribute)) throw Failure(std::string("make sense of attribute '") + name + "'");
  return attribute;
}

Attribute make_attribute(hid_t object, const std::string& name, const Type& type) {
  return Attribute(H5Acreate2(object, name.c_str(), type.id(), scalar_space().id(), H5P_DEFAULT,
                              H5P_DEFAULT),
                   "make an attribute");
}

void write_attribute(hid_t object, const std::string& name, const Type& type, const void* value) {
  const htri_t there = H5Aexists(object, name.c_str());
  if (there < 0) throw Failure("look an attribute up");
  if (there > 0) check(H5Adelete(object, name.c_str()), "replace an attribute");
  const Attribute attribute = make_attribute(object, name, type);
  check(H5Awrite(attribute.id(), type.id(), value), "write an attribute");
}

Fact read_number(const Attribute& attribute, H5T_class_t type_class) {
  if (type_class == H5T_INTEGER) {
    std::int64_t value = 0;
    check(H5Aread(attribute.id(), H5T_NATIVE_INT64, &value), "read an attribute");
    return value;
  }
  double value = 0;
  check(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value), "read an attribute");
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

std::optional<Fact> read_fact(hid_t object, const char* name) {
  const Attribute attribute = open_attribute(object, name);
  const Type type(H5Aget_type(attribute.id()), "read an attribute");
  if (!is_scalar(attribute)) return std::nullopt;
  switch (H5Tget_class(type.id())) {
    case H5T_INTEGER: return read_number(attribute, H5T_INTEGER);
    case H5T_FLOAT: return read_number(attribute, H5T_FLOAT);
    case H5T_STRING:
      if (H5Tis_variable_str(type.id()) == 0) return read_text(attribute, type);
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::int64_t read_integer(hid_t object, const char* name) {
  const std::optional<Fact> fact = read_fact(object, name);
  if (!fact || !std::holds_alternative<std::int64_t>(*fact)) {
    throw Failure(std::string("make sense of attribute '") + name + "'");
  }
  return std::get<std::int64_t>(*fact);
}

Group create_group(hid_t parent, const char* name) {
  const Plist creation(H5Pcreate(H5P_GROUP_CREATE), "make a property list");
  check(H5Pset_attr_phase_change(creation.id(), 64, 0), "keep attributes compact");
  return Group(H5Gcreate2(parent, name, H5P_DEFAULT, creation.id(), H5P_DEFAULT), "create a group");
}

void write_doubles(hid_t group, const char* name, const Dims& dims, const double* values) {
  const Dataset dataset = create_dataset(group, name, H5T_IEEE_F64LE, dims, dims, 0);
  check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
        "write a dataset");
}

void write_start(const Run& run, const Steps& initial) {
  const hid_t own = run.own.id();
  write_doubles(own, "initial", {run.n_walkers, run.n_parameters}, initial.chain);
  write_doubles(own, "initial_log_prob", {run.n_walkers}, initial.log_prob);
  if (!run.has_blobs()) return;
  const Dims dims{run.n_walkers};
  const Dataset blobs =
      create_dataset(own, "initial_blobs", run.blob_type.file_type().id(), dims, dims, 0);
  check(H5Dwrite(blobs.id(), run.blob_memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, initial.blobs),
        "write a dataset");
}

Dataset create_growing(hid_t group, const char* name, const Type& type, const Dims& row,
                       const Description& d) {
  Dims dims = row;
  Dims chunk = row;
  dims.insert(dims.begin(), 0);
  chunk.insert(chunk.begin(), steps_per_chunk(d));
  return create_dataset(group, name, type.id(), dims, chunk, d.deflate);
}

void read_rows(hid_t dataset, hid_t type, const Dims& start, const Dims& count, const Dims& stride,
               void* values) {
  const Selection selection(dataset, start, count, stride);
  check(H5Dread(dataset, type, selection.memory(), selection.file(), H5P_DEFAULT, values),
        "read a dataset");
}

void read_whole(hid_t group, const char* name, const Dims& dims, hid_t type, void* values) {
  const Dataset dataset = open_dataset(group, name);
  require_dims(dataset.id(), dims, name);
  check(H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "read a dataset");
}

State empty_state(const Run& run) {
  run.require_explained(1, bytes_of_file(run.chain.id()));
  State state;
  state.positions.resize(run.n_walkers * run.n_parameters);
  state.log_prob.resize(run.n_walkers);
  state.blobs.resize(run.n_walkers * run.blob_type.size());
  return state;
}

// A count that is too large for the data that go with it is not believed: memory would be asked for by it.
void require_plausible(const Run& run) {
  constexpr hsize_t most = hsize_t(1) << 40;  // numbers in a step
  const hsize_t bytes = bytes_of_file(run.chain.id());
  const bool too_large = run.n_walkers > most_bytes(run.accepted.id(), bytes) ||
                         run.n_parameters > most_bytes(run.chain.id(), bytes) || run.n_walkers > most / run.n_parameters;
  if (too_large) {
    throw Failure("make sense of the numbers of walkers and parameters");
  }
}

void require_consistent(const Run& run) {
  const Dims chain = dims_of(run.chain.id());
  const Dims log_prob = dims_of(run.log_prob.id());
  const bool shapes_agree = chain.size() == 3 && log_prob.size() == 2 && chain[1] == run.n_walkers &&
                            chain[2] == run.n_parameters && log_prob[1] == run.n_walkers;
  if (!shapes_agree || run.n_walkers == 0 || run.n_parameters == 0) {
    throw Failure("make sense of the shapes of 'chain' and 'log_prob'");
  }
  require_dims(run.accepted.id(), {run.n_walkers}, "accepted");
  require_plausible(run);
  if (run.has_blobs()) {
    const Dims blobs = dims_of(run.blobs.id());
    if (blobs.size() != 2 || blobs[1] != run.n_walkers) throw Failure("make sense of 'blobs'");
  }
}

void open_blobs(Run& run) {
  if (!has_link(run.group.id(), "blobs")) return;
  run.blobs = open_dataset(run.group.id(), "blobs");
  run.blob_type = BlobType::of_file(type_of(run.blobs.id()).id());
  run.blob_memory = run.blob_type.memory_type();
}

Run open_parts(Group group) {
  Run run;
  run.group = std::move(group);
  const hid_t id = run.group.id();
  run.n_walkers = static_cast<hsize_t>(read_integer(id, "nwalkers"));
  run.n_parameters = static_cast<hsize_t>(read_integer(id, "ndim"));
  run.iteration_attribute = open_scalar(id, "iteration");
  run.chain = open_dataset(id, "chain");
  run.log_prob = open_dataset(id, "log_prob");
  run.accepted = open_dataset(id, "accepted");
  open_blobs(run);
  require_consistent(run);
  if (has_link(id, own_group)) {
    run.own = Group(H5Gopen2(id, own_group, H5P_DEFAULT), "open a group");
    run.progress = ProgressTable::open(run.own.id(), run.n_walkers);
  }
  return run;
}

}  // namespace

std::int64_t Run::iteration() const {
  std::int64_t n_steps = 0;
  check(H5Aread(iteration_attribute.id(), H5T_NATIVE_INT64, &n_steps), "read 'iteration'");
  return n_steps;
}

void Run::set_iteration(std::int64_t n_steps) const {
  check(H5Awrite(iteration_attribute.id(), H5T_NATIVE_INT64, &n_steps), "write 'iteration'");
}

void Run::set_host(const std::string& host) const {
  char text[host_width] = "";
  host.copy(text, host_width - 1);
  const Attribute attribute = open_scalar(own.id(), "host");
  check(H5Awrite(attribute.id(), string_type(host_width).id(), text), "write 'host'");
}

std::vector<std::int64_t> Run::read_accepted() const {
  std::vector<double> values(n_walkers);
  check(H5Dread(accepted.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
        "read 'accepted'");
  const auto is_count = [](double value) { return value >= 0 && value < 0x1p53; };
  if (!std::all_of(values.begin(), values.end(), is_count)) throw Failure("make sense of 'accepted'");
  return {values.begin(), values.end()};
}

Progress Run::newest() const {
  const std::int64_t steps = iteration();
  Progress newest = progress ? progress->newest() : Progress();
  if (steps > newest.n_steps || !progress) {
    newest.n_steps = steps;
    newest.target = std::max(newest.target, steps);
    newest.accepted = read_accepted();
  }
  if (newest.n_steps < 0) throw Failure("make sense of a negative number of steps");
  return newest;
}

void Run::write_accepted(const std::vector<std::int64_t>& counts) const {
  const std::vector<double> values(counts.begin(), counts.end());
  check(H5Dwrite(accepted.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
        "write 'accepted'");
}

std::vector<hid_t> Run::growing() const {
  std::vector<hid_t> datasets{chain.id(), log_prob.id()};
  if (has_blobs()) datasets.push_back(blobs.id());
  return datasets;
}

void Run::write(hsize_t first, const Steps& steps) const {
  for (const hid_t dataset : growing()) {
    if (dims_of(dataset)[0] < first + steps.n) set_rows(dataset, first + steps.n);
  }
  const Selection rows3(chain.id(), {first, 0, 0}, {steps.n, n_walkers, n_parameters});
  check(H5Dwrite(chain.id(), H5T_NATIVE_DOUBLE, rows3.memory(), rows3.file(), H5P_DEFAULT, steps.chain),
        "write 'chain'");
  const Selection rows2(log_prob.id(), {first, 0}, {steps.n, n_walkers});
  check(H5Dwrite(log_prob.id(), H5T_NATIVE_DOUBLE, rows2.memory(), rows2.file(), H5P_DEFAULT,
                 steps.log_prob),
        "write 'log_prob'");
  if (!has_blobs()) return;
  const Selection rows_b(blobs.id(), {first, 0}, {steps.n, n_walkers});
  check(H5Dwrite(blobs.id(), blob_memory.id(), rows_b.memory(), rows_b.file(), H5P_DEFAULT, steps.blobs),
        "write 'blobs'");
}

void Run::read_chain(const Rows& rows, hsize_t first_column, hsize_t n_columns, double* values) const {
  read_rows(chain.id(), H5T_NATIVE_DOUBLE, {rows.first, 0, first_column},
            {rows.n, n_walkers, n_columns}, {rows.stride, 1, 1}, values);
}

void Run::read_log_prob(const Rows& rows, double* values) const {
  read_rows(log_prob.id(), H5T_NATIVE_DOUBLE, {rows.first, 0}, {rows.n, n_walkers}, {rows.stride, 1},
            values);
}

void Run::read_blobs(const Rows& rows, std::byte* records) const {
  read_rows(blobs.id(), blob_memory.id(), {rows.first, 0}, {rows.n, n_walkers}, {rows.stride, 1},
            records);
}

void Run::require_explained(hsize_t n_steps, hsize_t file_bytes) const {
  if (n_steps == 0) return;
  const hsize_t most = most_bytes(chain.id(), file_bytes) / n_steps;
  for (const hid_t dataset : growing()) {
    hsize_t row = H5Tget_size(type_of(dataset).id());
    const Dims dims = dims_of(dataset);
    for (std::size_t i = 1; i < dims.size(); ++i) row *= dims[i];
    if (row > most) throw Failure("find the data of all steps that were published");
  }
}

State Run::state_after(hsize_t n_steps) const {
  if (n_steps == 0) return start();
  State state = empty_state(*this);
  const Rows last{n_steps - 1, 1, 1};
  read_chain(last, 0, n_parameters, state.positions.data());
  read_log_prob(last, state.log_prob.data());
  if (has_blobs()) read_blobs(last, state.blobs.data());
  return state;
}

bool Run::has_start() const { return own && has_link(own.id(), "initial"); }

State Run::start() const {
  if (!has_start()) throw Failure("find where the walkers started");
  State state = empty_state(*this);
  read_whole(own.id(), "initial", {n_walkers, n_parameters}, H5T_NATIVE_DOUBLE,
             state.positions.data());
  read_whole(own.id(), "initial_log_prob", {n_walkers}, H5T_NATIVE_DOUBLE, state.log_prob.data());
  if (has_blobs()) {
    read_whole(own.id(), "initial_blobs", {n_walkers}, blob_memory.id(), state.blobs.data());
  }
  return state;
}

Run open_run(hid_t file, const std::string& path, const std::string& name) {
  if (!has_link(file, name.c_str())) throw Error(Kind::no_run, path, name);
  if (!is_group(file, name.c_str())) throw Error(Kind::not_a_chain, path, "it is not a group");
  Group group(H5Gopen2(file, name.c_str(), H5P_DEFAULT), "open a group");
  for (const char* part : {"chain", "log_prob", "accepted"}) {
    if (!has_link(group.id(), part)) {
      throw Error(Kind::not_a_chain, path, std::string("it has no dataset '") + part + "'");
    }
  }
  return open_parts(std::move(group));
}

Run create_run(hid_t file, const std::string& name, const Description& d, const Steps& initial) {
  Run run;
  run.n_walkers = d.n_walkers;
  run.n_parameters = d.n_parameters;
  run.group = create_group(file, name.c_str());
  const hid_t id = run.group.id();
  write_fact(id, "version", d.version);
  write_fact(id, "nwalkers", static_cast<std::int64_t>(d.n_walkers));
  write_fact(id, "ndim", static_cast<std::int64_t>(d.n_parameters));
  run.iteration_attribute = make_attribute(id, "iteration", copy_of(H5T_STD_I64LE));
  run.set_iteration(0);
  const std::int8_t has_blobs = d.blobs.empty() ? 0 : 1;
  write_attribute(id, "has_blobs", boolean_type(), &has_blobs);

  const Type real = copy_of(H5T_IEEE_F64LE);
  run.chain = create_growing(id, "chain", real, {d.n_walkers, d.n_parameters}, d);
  run.log_prob = create_growing(id, "log_prob", real, {d.n_walkers}, d);
  if (!d.blobs.empty()) {
    run.blob_type = d.blobs;
    run.blob_memory = d.blobs.memory_type();
    run.blobs = create_growing(id, "blobs", d.blobs.file_type(), {d.n_walkers}, d);
  }
  run.accepted = create_dataset(id, "accepted", H5T_IEEE_F64LE, {d.n_walkers}, {d.n_walkers}, 0);
  run.write_accepted(std::vector<std::int64_t>(d.n_walkers, 0));

  run.own = create_group(id, own_group);
  write_fact(run.own.id(), "format", format);
  make_attribute(run.own.id(), "host", string_type(host_width));
  run.set_host("");
  for (const auto& [key, fact] : d.facts) write_fact(run.own.id(), key, fact);
  for (const auto& [key, text] : d.texts) write_strings(run.own.id(), key.c_str(), text);
  if (initial.n > 0) write_start(run, initial);
  run.progress = ProgressTable::create(run.own.id(), d.n_walkers, d.memory.size());
  return run;
}

std::vector<std::string> run_names(hid_t file) {
  std::vector<std::string> names;
  for (const auto& name : link_names(file)) {
    if (!is_group(file, name.c_str())) continue;
    const Group group(H5Gopen2(file, name.c_str(), H5P_DEFAULT), "open a group");
    if (has_link(group.id(), "chain") && has_link(group.id(), "log_prob")) names.push_back(name);
  }
  return names;
}

void write_fact(hid_t object, const std::string& name, const Fact& fact) {
  if (const auto* integer = std::get_if<std::int64_t>(&fact)) {
    write_attribute(object, name, copy_of(H5T_STD_I64LE), integer);
  } else if (const auto* real = std::get_if<double>(&fact)) {
    write_attribute(object, name, copy_of(H5T_IEEE_F64LE), real);
  } else {
    const auto& text = std::get<std::string>(fact);
    write_attribute(object, name, string_type(text.size() + 1), text.c_str());
  }
}

Facts read_facts(hid_t object) {
  Facts facts;
  for (const auto& name : attribute_names(object)) {
    if (std::optional<Fact> fact = read_fact(object, name.c_str())) facts.emplace_back(name, *fact);
  }
  return facts;
}

Texts read_texts(hid_t group) {
  const auto is_text = [group](const std::string& name) {
    const Object object(H5Oopen(group, name.c_str(), H5P_DEFAULT), "open an object");
    return H5Iget_type(object.id()) == H5I_DATASET &&
           H5Tget_class(type_of(object.id()).id()) == H5T_STRING;
  };
  Texts texts;
  for (const auto& name : link_names(group)) {
    if (is_text(name)) texts.emplace_back(name, read_strings(group, name.c_str()));
  }
  return texts;
}

hsize_t steps_per_chunk(const Description& d) {
  constexpr double smallest = 8 << 10;
  const double largest = d.deflate > 0 ? 128 << 10 : 1 << 20;
  const hsize_t widest = std::max<hsize_t>(d.n_parameters * sizeof(double), d.blobs.size());
  const auto bytes_per_step = static_cast<double>(widest * d.n_walkers);
  const double bytes =
      std::clamp(bytes_per_step * static_cast<double>(d.target) / 128, smallest, largest);
  return std::max<hsize_t>(1, static_cast<hsize_t>(bytes / bytes_per_step));
}

}  // namespace livechain::hdf5
