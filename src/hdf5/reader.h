// Reading a run, whoever is writing it.
#pragma once

#include "hdf5/file.h"
#include "hdf5/layout.h"

#include <cstdint>
#include <string>

namespace livechain::hdf5 {

// Which file a path names.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  bool operator==(const FileId& other) const { return device == other.device && number == other.number; }
};

class Reader {
 public:
  // With `swmr`, a file that is being written can be opened. Throws Error.
  Reader(std::string path, const std::string& name, bool swmr);

  const Run& run() const { return run_; }

  // The newest publication. Steps before its `n_steps` are there to be read, for good.
  Progress refresh();

  // Whether the path still names the file that was opened.
  bool is_current() const;

  // As those of Run.
  void read_chain(const Rows& rows, hsize_t first_column, hsize_t n_columns, double* values) const;
  void read_log_prob(const Rows& rows, double* values) const;
  void read_blobs(const Rows& rows, std::byte* records) const;
  State state_after(hsize_t n_steps) const;

  Facts facts() const;
  Texts texts() const;
  bool compressed() const;

 private:
  void open(const std::string& name, bool swmr);
  Progress newest() const;
  Progress newest_known() const;
  void require_rows(hsize_t n_steps);

  std::string path_;
  File file_;
  FileId id_;
  bool live_ = false;      // opened for SWMR: other processes may change it
  hsize_t n_visible_ = 0;  // steps that are known to be there
  Run run_;
};

std::vector<std::string> list_runs(const std::string& path);

}  // namespace livechain::hdf5
