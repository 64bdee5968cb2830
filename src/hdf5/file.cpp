#include "hdf5/file.h"

#include <filesystem>

namespace livechain::hdf5 {

namespace {

// The library reads what does not have the right checksum again, and waits twice as long before each time: by
// default a hundred times, which is for ever. 14 times take less than a millisecond.
constexpr unsigned read_attempts = 14;

// Superblock version 3 and no newer objects: every HDF5 from 1.10 on reads them, SWMR needs them.
// No locks of HDF5's own, so that no reader can refuse a writer. No chunk cache: see dataset.h. No sieve buffer:
// HDF5 2 reads chunks through it, and in it zeros stand for what was written after the file was opened.
Plist access_properties() {
  Plist access(H5Pcreate(H5P_FILE_ACCESS), "make a property list");
  check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110), "set the file version");
  check(H5Pset_file_locking(access.id(), false, true), "switch file locking off");
  check(H5Pset_cache(access.id(), 0, 0, 0, 0), "switch the chunk cache off");
  check(H5Pset_sieve_buf_size(access.id(), 0), "switch the sieve buffer off");
  check(H5Pset_metadata_read_attempts(access.id(), read_attempts), "choose how often to read");
  return access;
}

File open_with(const std::string& path, unsigned flags, const Plist& access) {
  return File(H5Fopen(path.c_str(), flags, access.id()), "open the file");
}

// The log driver is the usual one, when it is told to log nothing.
Plist access_to_read() {
  Plist access = access_properties();
  check(H5Pset_fapl_log(access.id(), nullptr, 0, 0), "choose a driver");
  return access;
}

File open_anyhow(const std::string& path, unsigned flags, const Plist& access) {
  const hbool_t yes = true;
  check(H5Pset(access.id(), "clear_status_flags", &yes), "prepare to mend the file");
  check(H5Pset(access.id(), "skip_eof_check", &yes), "prepare to mend the file");
  return open_with(path, flags, access);
}

std::string name_of_file(hid_t object) {
  const ssize_t length = H5Fget_name(object, nullptr, 0);
  if (length < 0) throw Failure("read the name of the file");
  std::string name(static_cast<std::size_t>(length) + 1, '\0');
  H5Fget_name(object, name.data(), name.size());
  name.resize(static_cast<std::size_t>(length));
  return name;
}

}  // namespace

File create_file(const std::string& path) {
  const Plist creation(H5Pcreate(H5P_FILE_CREATE), "make a property list");
  check(H5Pset_attr_phase_change(creation.id(), 64, 0), "keep attributes compact");
  return File(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access_properties().id()), "create the file");
}

File open_to_read(const std::string& path, bool swmr) {
  return open_with(path, swmr ? H5F_ACC_RDONLY | H5F_ACC_SWMR_READ : H5F_ACC_RDONLY, access_to_read());
}

File open_to_write(const std::string& path, bool swmr) {
  return open_with(path, swmr ? H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE : H5F_ACC_RDWR, access_properties());
}

File open_unclosed(const std::string& path) { return open_anyhow(path, H5F_ACC_RDWR, access_properties()); }

File open_unclosed_to_read(const std::string& path) { return open_anyhow(path, H5F_ACC_RDONLY, access_to_read()); }

void reserve_end(const File& file, hsize_t bytes) {
  check(H5Fincrement_filesize(file.id(), bytes), "mend the end of the file");
}

int descriptor_of(const File& file) {
  void* fd = nullptr;
  check(H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &fd), "find the descriptor of the file");
  return *static_cast<int*>(fd);
}

hsize_t user_block_of(const File& file) {
  const Plist creation(H5Fget_create_plist(file.id()), "read how the file was made");
  hsize_t bytes = 0;
  check(H5Pget_userblock(creation.id(), &bytes), "read how the file was made");
  return bytes;
}

hsize_t bytes_of_file(hid_t object) {
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(name_of_file(object), unknown);
  return unknown ? 0 : static_cast<hsize_t>(bytes);
}

}  // namespace livechain::hdf5
