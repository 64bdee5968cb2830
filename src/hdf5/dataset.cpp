#include "hdf5/dataset.h"

#include "hdf5/file.h"
#include "hdf5/types.h"

#include <algorithm>
#include <cstring>

namespace livechain::hdf5 {

namespace {

Plist uncached() {
  Plist access(H5Pcreate(H5P_DATASET_ACCESS), "make a property list");
  check(H5Pset_chunk_cache(access.id(), 0, 0, 0), "switch the chunk cache off");
  return access;
}

Space space_of(hid_t dataset) { return Space(H5Dget_space(dataset), "read the shape of a dataset"); }

Plist creation_of(hid_t dataset) {
  return Plist(H5Dget_create_plist(dataset), "read the layout of a dataset");
}

// What a dataset says may lead the library to other files, or round in a circle.
void require_inside(hid_t dataset, const char* name) {
  const Plist creation = creation_of(dataset);
  if (H5Pget_layout(creation.id()) == H5D_VIRTUAL || H5Pget_external_count(creation.id()) != 0) {
    throw Failure(std::string("use '") + name + "', whose data are in other places");
  }
}

}  // namespace

Dataset create_dataset(hid_t group, const char* name, hid_t file_type, const Dims& dims,
                       const Dims& chunk, int deflate) {
  const bool early = deflate == 0;  // all chunks have their place in the file before anything is written to them
  Dims max_dims = dims;
  max_dims[0] = H5S_UNLIMITED;
  const int rank = static_cast<int>(dims.size());
  const Space space(H5Screate_simple(rank, dims.data(), max_dims.data()), "make a dataspace");
  const Plist creation(H5Pcreate(H5P_DATASET_CREATE), "make a property list");
  check(H5Pset_chunk(creation.id(), rank, chunk.data()), "set the chunks of a dataset");
  check(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), "set the fill time of a dataset");
  check(H5Pset_alloc_time(creation.id(), early ? H5D_ALLOC_TIME_EARLY : H5D_ALLOC_TIME_INCR), "set the allocation time of a dataset");
  if (deflate > 0) {
    check(H5Pset_shuffle(creation.id()), "switch the shuffle filter on");
    check(H5Pset_deflate(creation.id(), static_cast<unsigned>(deflate)), "switch compression on");
  }
  return Dataset(H5Dcreate2(group, name, file_type, space.id(), H5P_DEFAULT, creation.id(),
                            uncached().id()),
                 "create a dataset");
}

Dataset open_dataset(hid_t group, const char* name) {
  require_hard_link(group, name);
  Dataset dataset(H5Dopen2(group, name, uncached().id()), "open a dataset");
  require_inside(dataset.id(), name);
  // The library does not look whether values that stand in the description of a dataset are as many as it says.
  if (H5Pget_layout(creation_of(dataset.id()).id()) == H5D_COMPACT) {
    throw Failure(std::string("make sense of the layout of '") + name + "'");
  }
  require_usual_numbers(type_of(dataset.id()).id(), name);
  return dataset;
}

Group make_group(hid_t parent, const char* name) {
  const Plist creation(H5Pcreate(H5P_GROUP_CREATE), "make a property list");
  check(H5Pset_attr_phase_change(creation.id(), 64, 0), "keep attributes compact");
  return Group(H5Gcreate2(parent, name, H5P_DEFAULT, creation.id(), H5P_DEFAULT), "create a group");
}

void require_hard_link(hid_t group, const char* name) {
  H5L_info_t link;
  if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) throw Failure(std::string("find '") + name + "'");
  if (link.type != H5L_TYPE_HARD) throw Failure(std::string("use '") + name + "', a link that leads elsewhere");
}

bool has_link(hid_t group, const char* name) {
  const htri_t found = H5Lexists(group, name, H5P_DEFAULT);
  if (found < 0) throw Failure("look an object up");
  return found > 0;
}

Dims dims_of(hid_t dataset) {
  const Space space = space_of(dataset);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0) throw Failure("read the shape of a dataset");
  Dims dims(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.id(), dims.data(), nullptr);
  return dims;
}

void require_dims(hid_t dataset, const Dims& expected, const char* name) {
  if (dims_of(dataset) != expected) {
    throw Failure(std::string("make sense of dataset '") + name + "', which has another shape");
  }
}

Type type_of(hid_t dataset) { return Type(H5Dget_type(dataset), "read the type of a dataset"); }

bool is_compressed(hid_t dataset) { return H5Pget_nfilters(creation_of(dataset).id()) > 0; }

hsize_t most_bytes(hid_t dataset, hsize_t file_bytes) {
  constexpr hsize_t most_shrinkage = 1032;  // by deflate
  return (is_compressed(dataset) ? most_shrinkage : 1) * file_bytes;
}

Dims chunk_of(hid_t dataset) {
  Dims chunk(dims_of(dataset).size(), 0);
  const Plist creation = creation_of(dataset);
  if (H5Pget_layout(creation.id()) != H5D_CHUNKED) return chunk;
  if (H5Pget_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()) < 0) {
    throw Failure("read the chunks of a dataset");
  }
  return chunk;
}

hsize_t bytes_of_chunk(hid_t dataset) {
  hsize_t bytes = H5Tget_size(type_of(dataset).id());
  for (const hsize_t dim : chunk_of(dataset)) bytes *= dim;
  return bytes;
}

haddr_t address_of(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
  check(H5Oget_info1(object, &info), "find an object in the file");
#else
  H5O_info_t info;
  check(H5Oget_info2(object, &info, H5O_INFO_BASIC), "find an object in the file");
#endif
  return info.addr;
}

void set_rows(hid_t dataset, hsize_t n_rows) {
  Dims dims = dims_of(dataset);
  dims[0] = n_rows;
  check(H5Dset_extent(dataset, dims.data()), "extend a dataset");
}

Selection::Selection(hid_t dataset, const Dims& start, const Dims& count, const Dims& stride)
    : file_(space_of(dataset)),
      memory_(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
              "make a dataspace") {
  check(H5Sselect_hyperslab(file_.id(), H5S_SELECT_SET, start.data(),
                            stride.empty() ? nullptr : stride.data(), count.data(), nullptr),
        "select a part of a dataset");
}

void write_strings(hid_t group, const char* name, const std::vector<std::string>& values) {
  std::size_t width = 1;
  for (const auto& value : values) width = std::max(width, value.size());
  std::vector<char> text(width * values.size(), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::memcpy(text.data() + i * width, values[i].data(), values[i].size());
  }
  const Type type = string_type(width);
  const Dims dims{values.size()};
  const Dims chunk{std::max<hsize_t>(1, values.size())};
  const Dataset dataset = create_dataset(group, name, type.id(), dims, chunk, 0);
  if (values.empty()) return;
  check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), "write text");
}

std::vector<std::string> read_strings(hid_t group, const char* name) {
  const Dataset dataset = open_dataset(group, name);
  const Type type = type_of(dataset.id());
  const Dims dims = dims_of(dataset.id());
  const std::size_t width = H5Tget_size(type.id());
  const bool plausible = H5Tget_class(type.id()) == H5T_STRING && H5Tis_variable_str(type.id()) == 0 &&
                         dims.size() == 1 && dims[0] <= bytes_of_file(dataset.id()) / width;
  if (!plausible) throw Failure(std::string("make sense of dataset '") + name + "'");
  std::vector<char> text(width * dims[0]);
  if (!text.empty()) {
    check(H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), "read text");
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < dims[0]; ++i) {
    const char* first = text.data() + i * width;
    values.emplace_back(first, std::find(first, first + width, '\0'));
  }
  return values;
}

}  // namespace livechain::hdf5
