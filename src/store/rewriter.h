// Making a file aside that is to take the place of another, or of none.
#pragma once

#include "hdf5/file.h"
#include "store/layout.h"
#include "store/source.h"
#include "store/system/aside.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace livechain::store {

class Rewriter {
 public:
  Rewriter(const std::string& path, const Aside& aside) : path_(path), aside_(aside) {}
  ~Rewriter();
  Rewriter(const Rewriter&) = delete;
  Rewriter& operator=(const Rewriter&) = delete;

  // For what is there and so many bytes more.
  void require_room(std::size_t bytes) const;

  void begin();
  void add(const std::string& name, const Description& description, const Steps& initial);
  void end();

  // All that the file at the path holds, but for a run of this name.
  void copy_without(const std::string& name);

  // The same for a file that is open, whatever became of it: what of our runs can be gone on with, and all that HDF5 can
  // still copy. With `adopted`, a run that another program made or went on with becomes one of ours.
  struct Adopted {
    std::string name;
    Description description;
  };
  void lay_out_anew(const hdf5::File& from, const std::string& without, const std::optional<Adopted>& adopted);

 private:
  struct Inherited {
    std::string name;
    Description description;
    std::optional<Snapshot> start;
    Progress progress;
    End end = End::none;
    std::string reason;
    std::int64_t n_lost_workers = 0;
    std::function<std::optional<Tally>(std::int64_t)> tally_after;
    std::shared_ptr<StepSource> source;
    std::shared_ptr<void> keeper;  // of what the source reads
  };

  bool can_be_copied(const std::string& name) const;
  void copy_bytes() const;
  Inherited inherit_ours(hid_t file, const std::string& name) const;
  Inherited inherit(hid_t file, const Adopted& adopted) const;
  void copy_beside(const hdf5::File& from, const std::vector<Inherited>& runs);
  void fill(const Inherited& run) const;

  std::string path_;
  const Aside& aside_;
  hdf5::File file_;
};

}  // namespace livechain::store
