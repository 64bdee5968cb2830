// A run in emcee's layout, as HDF5 reads and writes it:
//
//   <name>/        version, nwalkers, ndim, iteration, has_blobs
//     chain        [step, walker, parameter] float64
//     log_prob     [step, walker] float64
//     blobs        [step, walker] scalar, array or compound; only when there are blobs
//     accepted     [walker] float64
#pragma once

#include "hdf5/dataset.h"
#include "store/blob_type.h"
#include "store/shape.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace livechain::store {

// Every stride-th step from `first` on.
struct Rows {
  hsize_t first = 0;
  hsize_t n = 0;
  hsize_t stride = 1;
};

// Consecutive steps in memory, in the order of the file.
struct Steps {
  hsize_t n = 0;
  const double* chain = nullptr;
  const double* log_prob = nullptr;
  const std::byte* blobs = nullptr;
};

struct EmceeRun {
  hdf5::Group group;
  hdf5::Attribute iteration_attribute;
  hdf5::Dataset chain, log_prob, blobs, accepted;
  hsize_t n_walkers = 0;
  hsize_t n_parameters = 0;
  BlobType blob_type;
  hdf5::Type blob_memory;

  bool has_blobs() const { return static_cast<bool>(blobs); }
  std::int64_t iteration() const;
  void set_iteration(std::int64_t n_steps) const;
  std::vector<std::int64_t> read_accepted() const;
  void write_accepted(const std::vector<std::int64_t>& counts) const;

  // Each of the datasets that has a row a step.
  std::vector<hid_t> growing() const;

  // Makes `steps` the rows from `first` on.
  void write(hsize_t first, const Steps& steps) const;

  void read(const Rows& rows, double* chain_values, double* log_prob_values, std::byte* records) const;

  // Throws Failure when a file of so many bytes cannot hold so many steps: memory would be asked for by their number.
  void require_explained(hsize_t n_steps, hsize_t file_bytes) const;
};

bool is_run(hid_t file, const std::string& name);

// Throws Error: `no_run` or `not_a_chain`.
EmceeRun open_emcee_run(hid_t file, const std::string& path, const std::string& name);

EmceeRun create_emcee_run(hid_t file, const std::string& name, const std::string& version, const Shape& shape);

// The names of the runs in a file.
std::vector<std::string> run_names(hid_t file);

}  // namespace livechain::store
