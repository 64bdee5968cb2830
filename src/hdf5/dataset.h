// Datasets as SWMR needs them: chunked, growing along their first dimension, past the chunk cache.
#pragma once

#include "hdf5/handle.h"

#include <string>
#include <vector>

namespace livechain::hdf5 {

using Dims = std::vector<hsize_t>;

// `deflate` 0 to 9; 0 stores plain, in chunks that have their place as soon as the dataset is made or extended.
Dataset create_dataset(hid_t group, const char* name, hid_t file_type, const Dims& dims,
                       const Dims& chunk, int deflate);

// Without a chunk cache a part of a plain chunk goes straight to the file, and comes straight from it.
Dataset open_dataset(hid_t group, const char* name);

// A group whose attributes stay in its description, however many they are: SWMR does not protect them elsewhere.
Group make_group(hid_t parent, const char* name);

bool has_link(hid_t group, const char* name);

// Throws Failure when there is no such link, or when it is one by name, which may lead to other files.
void require_hard_link(hid_t group, const char* name);

// Where the description of an object stands in the file.
haddr_t address_of(hid_t object);

Dims dims_of(hid_t dataset);
void require_dims(hid_t dataset, const Dims& expected, const char* name);
Type type_of(hid_t dataset);

bool is_compressed(hid_t dataset);

// No more bytes than these can be in the dataset, whatever it says of its shape, in a file of so many bytes. (To count
// those that are there, the library would walk through the index of chunks, in a damaged file for ever.)
hsize_t most_bytes(hid_t dataset, hsize_t file_bytes);

Dims chunk_of(hid_t dataset);  // all zero when the dataset is not chunked
hsize_t bytes_of_chunk(hid_t dataset);

// Sets the number of rows, leaving the other dimensions.
void set_rows(hid_t dataset, hsize_t n_rows);

// A block of a dataset, and the memory that holds just that block.
class Selection {
 public:
  Selection(hid_t dataset, const Dims& start, const Dims& count, const Dims& stride = {});
  hid_t file() const { return file_.id(); }
  hid_t memory() const { return memory_.id(); }

 private:
  Space file_;
  Space memory_;
};

void write_strings(hid_t group, const char* name, const std::vector<std::string>& values);
std::vector<std::string> read_strings(hid_t group, const char* name);

}  // namespace livechain::hdf5
