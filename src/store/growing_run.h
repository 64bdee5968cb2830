// A run that HDF5 has open to make it grow: there is room for rows before a scribe writes them, other programs are told how many
// there are, and at the end what is too much is given back.
#pragma once

#include "hdf5/file.h"
#include "store/scribe.h"

#include <cstdint>
#include <string>

namespace livechain::store {

class GrowingRun {
 public:
  // `at` is where the file is now, `path` where it will be. In SWMR mode from the first moment, so that a process that dies here,
  // too, leaves a readable file.
  GrowingRun(const std::string& at, const std::string& path, const std::string& name, bool swmr);
  ~GrowingRun() { let_go(); }
  GrowingRun(const GrowingRun&) = delete;
  GrowingRun& operator=(const GrowingRun&) = delete;

  Layout& layout() { return layout_; }
  hsize_t capacity() const { return capacity_; }  // steps that have a place

  // A session that was killed may have left chunks of which the table does not know, and one that was closed has given some
  // back.
  void match_places(Scribe& scribe);

  void make_place(Scribe& scribe);
  void make_place_for(Scribe& scribe, hsize_t n_steps);  // at once, in as few pieces as can be

  // Of a compressed run: packs the chunk of this number, and returns where it stands.
  Cells write_chunk(hsize_t number, const StepBlock& rows, const Scribe& scribe) const;

  // For other programs, which go by these.
  void tell(std::int64_t n_steps, const std::vector<std::int64_t>& accepted) const;

  // With as many steps as were published.
  void close(Scribe& scribe);

  // What HDF5 still holds of the file does not reach it any more.
  void let_go() noexcept;

 private:
  hsize_t capacity_of_all(const Scribe& scribe) const;
  hsize_t chunks_to_add(const Scribe& scribe) const;
  std::size_t bytes_of_growth(hsize_t n_chunks) const;
  void add_chunks(Scribe& scribe, hsize_t n_chunks);
  void grow(Scribe& scribe, Part part, hsize_t n_chunks, hsize_t most_rows) const;
  void cut_to(Scribe& scribe, hsize_t n_steps) const;
  void cut(Scribe& scribe, Part part, hsize_t n_rows) const;

  const std::string path_;
  hdf5::File file_;
  EmceeRun run_;
  Layout layout_;
  Growing growing_;
  hsize_t capacity_ = 0;
};

}  // namespace livechain::store
