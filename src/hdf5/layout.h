// A run in a file: emcee's layout, and beside it what emcee does not store.
//
//   <name>/             version, nwalkers, ndim, iteration, has_blobs     as emcee has them
//     chain             [step, walker, parameter] float64
//     log_prob          [step, walker] float64
//     blobs             [step, walker] scalar, array or compound; only when there are blobs
//     accepted          [walker] float64
//     livechain/        format, host, and facts about the run, one attribute each
//       progress        see progress.h
//       initial, initial_log_prob, initial_blobs      where the walkers started
//       parameters, moves, ...                        texts
#pragma once

#include "hdf5/blob_type.h"
#include "hdf5/dataset.h"
#include "hdf5/progress.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace livechain::hdf5 {

using Fact = std::variant<std::int64_t, double, std::string>;
using Facts = std::vector<std::pair<std::string, Fact>>;
using Texts = std::vector<std::pair<std::string, std::vector<std::string>>>;

// What is known of a run before its first step.
struct Description {
  std::string version;  // of the program that made the run
  hsize_t n_walkers = 0;
  hsize_t n_parameters = 0;
  BlobType blobs;
  std::int64_t target = 0;  // steps
  int deflate = 0;
  std::vector<double> memory;  // of the moves, when they begin
  Facts facts;
  Texts texts;
};

// Consecutive steps in memory, in the order of the file.
struct Steps {
  hsize_t n = 0;
  const double* chain = nullptr;
  const double* log_prob = nullptr;
  const std::byte* blobs = nullptr;
};

// Every stride-th step from `first` on.
struct Rows {
  hsize_t first = 0;
  hsize_t n = 0;
  hsize_t stride = 1;
};

// What the sampler needs to go on: where the walkers are, in the order of the file.
struct State {
  std::vector<double> positions;
  std::vector<double> log_prob;
  std::vector<std::byte> blobs;
};

// An open run. `own` and `progress` are absent in files that emcee made.
struct Run {
  Group group;
  Group own;
  Attribute iteration_attribute;
  Dataset chain, log_prob, blobs, accepted;
  std::optional<ProgressTable> progress;
  hsize_t n_walkers = 0;
  hsize_t n_parameters = 0;
  BlobType blob_type;
  Type blob_memory;

  bool has_start() const;
  bool has_blobs() const { return static_cast<bool>(blobs); }
  std::int64_t iteration() const;
  void set_iteration(std::int64_t n_steps) const;
  void set_host(const std::string& host) const;  // on which the writing process runs
  std::vector<std::int64_t> read_accepted() const;

  // How far the run is. What another program added to a run of ours after we closed it counts: `iteration` is written
  // after the progress, so it can only then be ahead of it.
  Progress newest() const;

  void write_accepted(const std::vector<std::int64_t>& counts) const;

  // Each of the datasets that has a row a step.
  std::vector<hid_t> growing() const;

  // Makes `steps` the rows from `first` on. Rows that a dying writer left unpublished may follow.
  void write(hsize_t first, const Steps& steps) const;

  // Into [step, walker, parameter], for `n_columns` parameters from `first_column` on.
  void read_chain(const Rows& rows, hsize_t first_column, hsize_t n_columns, double* values) const;
  void read_log_prob(const Rows& rows, double* values) const;
  void read_blobs(const Rows& rows, std::byte* records) const;

  // Throws Failure when a file of so many bytes cannot hold so many steps: memory would be asked for by their number.
  void require_explained(hsize_t n_steps, hsize_t file_bytes) const;

  // The state after `n_steps` steps; the start when that is 0.
  State state_after(hsize_t n_steps) const;
  State start() const;
};

// Throws Error: `no_run` or `not_a_chain`.
Run open_run(hid_t file, const std::string& path, const std::string& name);

// `initial` is one step, or none when it is not known where the walkers started.
Run create_run(hid_t file, const std::string& name, const Description& description,
               const Steps& initial);

// The names of the runs in a file.
std::vector<std::string> run_names(hid_t file);

void write_fact(hid_t object, const std::string& name, const Fact& fact);
Facts read_facts(hid_t object);
Texts read_texts(hid_t group);

// How many steps a chunk holds: enough to be read fast, few enough that the unused rest of the last one
// is next to nothing beside the whole run.
hsize_t steps_per_chunk(const Description& description);

}  // namespace livechain::hdf5
