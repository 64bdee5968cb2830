// Reading a run, whoever is writing it.
#pragma once

#include "hdf5/file.h"
#include "hdf5/layout.h"

#include <cstdint>
#include <memory>
#include <string>

namespace livechain::hdf5 {

// Which file a path names.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  bool operator==(const FileId& other) const { return device == other.device && number == other.number; }
};

// An open file with a run in it. HDF5 mixes up what one process opens twice, so that all readers of a run in
// a process share one of these.
class OpenRun {
 public:
  OpenRun(std::string path, std::string name, bool swmr);

  const Run& run() const { return run_; }
  FileId id() const { return id_; }
  Progress refresh();
  bool compressed() const;
  bool is_open() const { return file_.is_open() && run_.group.is_open(); }
  void open();
  void release();

 private:
  void require_rows(hsize_t n_steps);

  std::string path_;
  std::string name_;
  bool swmr_;
  FileId id_;
  File file_;
  Run run_;
  bool live_ = false;         // other processes may change the file, and this one must look again
  hsize_t n_visible_ = 0;     // steps that are known to be there
  std::int64_t session_ = 0;  // of the writer
};

class Reader {
 public:
  // With `swmr`, a file that is being written can be opened. Throws Error.
  Reader(const std::string& path, const std::string& name, bool swmr);

  const Run& run() const;

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
  bool compressed() const { return opened_->compressed(); }

 private:
  std::string path_;
  std::shared_ptr<OpenRun> opened_;
};

std::vector<std::string> list_runs(const std::string& path);

// Opens a file for another user of HDF5 in this process, who may close all that is open of the file. Readers
// let go of it, and open it anew when they are asked next.
File open_to_share(const std::string& path);

}  // namespace livechain::hdf5
