#include "store/emcee.h"

#include "hdf5/attribute.h"
#include "hdf5/file.h"
#include "hdf5/links.h"
#include "hdf5/types.h"
#include "store/error.h"

#include <algorithm>

namespace livechain::store {

using namespace hdf5;

namespace {

constexpr std::size_t most_runs = 1000;  // that are looked for in a file

Dataset create_growing(hid_t group, const char* name, const Type& type, const Dims& row, const Shape& shape) {
  Dims dims = row;
  Dims chunk = row;
  dims.insert(dims.begin(), 0);
  chunk.insert(chunk.begin(), shape.steps_per_chunk);
  return create_dataset(group, name, type.id(), dims, chunk, shape.deflate);
}

void read_rows(hid_t dataset, hid_t type, const Dims& start, const Dims& count, const Dims& stride, void* values) {
  const Selection selection(dataset, start, count, stride);
  check(H5Dread(dataset, type, selection.memory(), selection.file(), H5P_DEFAULT, values), "read a dataset");
}

void write_rows(hid_t dataset, hid_t type, const Dims& start, const Dims& count, const void* values) {
  const Selection selection(dataset, start, count);
  check(H5Dwrite(dataset, type, selection.memory(), selection.file(), H5P_DEFAULT, values), "write a dataset");
}

// A count that is too large for the data that go with it is not believed: memory would be asked for by it.
void require_plausible(const EmceeRun& run) {
  constexpr hsize_t most = hsize_t(1) << 40;  // numbers in a step
  const hsize_t bytes = bytes_of_file(run.chain.id());
  const bool too_large = run.n_walkers > most_bytes(run.accepted.id(), bytes) ||
                         run.n_parameters > most_bytes(run.chain.id(), bytes) || run.n_walkers > most / run.n_parameters;
  if (too_large) throw Failure("make sense of the numbers of walkers and parameters");
}

void require_consistent(const EmceeRun& run) {
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

}  // namespace

std::int64_t EmceeRun::iteration() const {
  std::int64_t n_steps = 0;
  check(H5Aread(iteration_attribute.id(), H5T_NATIVE_INT64, &n_steps), "read 'iteration'");
  if (n_steps < 0) throw Failure("make sense of a negative number of steps");
  return n_steps;
}

void EmceeRun::set_iteration(std::int64_t n_steps) const { rewrite(iteration_attribute, n_steps); }

std::vector<std::int64_t> EmceeRun::read_accepted() const {
  std::vector<double> values(n_walkers);
  check(H5Dread(accepted.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
        "read 'accepted'");
  const auto is_count = [](double value) { return value >= 0 && value < 0x1p53; };
  if (!std::all_of(values.begin(), values.end(), is_count)) throw Failure("make sense of 'accepted'");
  return {values.begin(), values.end()};
}

void EmceeRun::write_accepted(const std::vector<std::int64_t>& counts) const {
  const std::vector<double> values(counts.begin(), counts.end());
  check(H5Dwrite(accepted.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
        "write 'accepted'");
}

std::vector<hid_t> EmceeRun::growing() const {
  std::vector<hid_t> datasets{chain.id(), log_prob.id()};
  if (has_blobs()) datasets.push_back(blobs.id());
  return datasets;
}

void EmceeRun::write(hsize_t first, const Steps& steps) const {
  for (const hid_t dataset : growing()) {
    if (dims_of(dataset)[0] < first + steps.n) set_rows(dataset, first + steps.n);
  }
  write_rows(chain.id(), H5T_NATIVE_DOUBLE, {first, 0, 0}, {steps.n, n_walkers, n_parameters}, steps.chain);
  write_rows(log_prob.id(), H5T_NATIVE_DOUBLE, {first, 0}, {steps.n, n_walkers}, steps.log_prob);
  if (has_blobs()) write_rows(blobs.id(), blob_memory.id(), {first, 0}, {steps.n, n_walkers}, steps.blobs);
}

void EmceeRun::read(const Rows& rows, double* chain_values, double* log_prob_values, std::byte* records) const {
  const Dims stride{rows.stride, 1};
  read_rows(chain.id(), H5T_NATIVE_DOUBLE, {rows.first, 0, 0}, {rows.n, n_walkers, n_parameters}, {rows.stride, 1, 1},
            chain_values);
  read_rows(log_prob.id(), H5T_NATIVE_DOUBLE, {rows.first, 0}, {rows.n, n_walkers}, stride, log_prob_values);
  if (has_blobs()) read_rows(blobs.id(), blob_memory.id(), {rows.first, 0}, {rows.n, n_walkers}, stride, records);
}

void EmceeRun::require_explained(hsize_t n_steps, hsize_t file_bytes) const {
  if (n_steps == 0) return;
  for (const hid_t dataset : growing()) {
    hsize_t row = H5Tget_size(type_of(dataset).id());
    const Dims dims = dims_of(dataset);
    for (std::size_t i = 1; i < dims.size(); ++i) row *= dims[i];
    const bool explained = dims[0] >= n_steps && row <= most_bytes(dataset, file_bytes) / n_steps;
    if (!explained) throw Failure("find the data of all steps that were published");
  }
}

bool is_run(hid_t file, const std::string& name) {
  if (!is_group(file, name.c_str())) return false;
  const Group group(H5Gopen2(file, name.c_str(), H5P_DEFAULT), "open a group");
  return has_link(group.id(), "chain") && has_link(group.id(), "log_prob");
}

EmceeRun open_emcee_run(hid_t file, const std::string& path, const std::string& name) {
  if (!has_link(file, name.c_str())) throw Error(Kind::no_run, path, name);
  require_hard_link(file, name.c_str());
  if (!is_group(file, name.c_str())) throw Error(Kind::not_a_chain, path, "it is not a group");
  EmceeRun run;
  run.group = Group(H5Gopen2(file, name.c_str(), H5P_DEFAULT), "open a group");
  const hid_t id = run.group.id();
  for (const char* part : {"chain", "log_prob", "accepted"}) {
    if (has_link(id, part)) continue;
    // What counts its steps had them.
    const Kind kind = has_attribute(id, "iteration") ? Kind::damaged : Kind::not_a_chain;
    throw Error(kind, path, std::string("it has no dataset '") + part + "'");
  }
  run.n_walkers = static_cast<hsize_t>(read_integer(id, "nwalkers"));
  run.n_parameters = static_cast<hsize_t>(read_integer(id, "ndim"));
  run.iteration_attribute = open_integer(id, "iteration");
  run.chain = open_dataset(id, "chain");
  run.log_prob = open_dataset(id, "log_prob");
  run.accepted = open_dataset(id, "accepted");
  if (has_link(id, "blobs")) {
    run.blobs = open_dataset(id, "blobs");
    run.blob_type = BlobType::of_file(type_of(run.blobs.id()).id());
    run.blob_memory = run.blob_type.type();
  }
  require_consistent(run);
  return run;
}

EmceeRun create_emcee_run(hid_t file, const std::string& name, const std::string& version, const Shape& shape) {
  EmceeRun run;
  run.n_walkers = shape.n_walkers;
  run.n_parameters = shape.n_parameters;
  run.group = make_group(file, name.c_str());
  const hid_t id = run.group.id();
  write_attribute(id, "version", version);
  write_attribute(id, "nwalkers", static_cast<std::int64_t>(shape.n_walkers));
  write_attribute(id, "ndim", static_cast<std::int64_t>(shape.n_parameters));
  write_attribute(id, "iteration", std::int64_t{0});
  write_boolean(id, "has_blobs", !shape.blobs.empty());
  run.iteration_attribute = open_integer(id, "iteration");

  const Type real = copy_of(H5T_IEEE_F64LE);
  run.chain = create_growing(id, "chain", real, {shape.n_walkers, shape.n_parameters}, shape);
  run.log_prob = create_growing(id, "log_prob", real, {shape.n_walkers}, shape);
  if (!shape.blobs.empty()) {
    run.blob_type = shape.blobs;
    run.blob_memory = shape.blobs.type();
    run.blobs = create_growing(id, "blobs", run.blob_memory, {shape.n_walkers}, shape);
  }
  run.accepted = create_dataset(id, "accepted", H5T_IEEE_F64LE, {shape.n_walkers}, {shape.n_walkers}, 0);
  run.write_accepted(std::vector<std::int64_t>(shape.n_walkers, 0));
  return run;
}

std::vector<std::string> run_names(hid_t file) {
  std::vector<std::string> names;
  for (const auto& name : link_names(file)) {
    if (is_run(file, name)) names.push_back(name);
    if (names.size() == most_runs) break;
  }
  return names;
}

}  // namespace livechain::store
