#include "hdf5/file.h"

#include "hdf5/fork.h"
#include "hdf5/links.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

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

bool is_in_memory(const File& file) {
  const Plist access(H5Fget_access_plist(file.id()), "find the driver of the file");
  return H5Pget_driver(access.id()) == H5FD_CORE;
}

std::string path_of(const File& file) {
  const auto copy = [&file](char* name, std::size_t size) { return H5Fget_name(file.id(), name, size); };
  return name_from(copy);
}

int descriptor_of(const File& file) {
  void* fd = nullptr;
  check(H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &fd), "find the descriptor of the file");
  return *static_cast<int*>(fd);
}

// A forked child inherits the library with what it has in memory of the file, and when it exits, the library
// would write that over what the parent has written meanwhile.
void keep_from_children(const File& file) { in_children(descriptor_of(file), Fate::disconnect); }

using Superblock = std::array<unsigned char, 48>;

bool is_regular(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// The superblock stands at byte 0, 512, 1024, 2048, ...
bool read_superblock(int fd, Superblock& bytes) {
  constexpr unsigned char signature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  const auto length = static_cast<ssize_t>(bytes.size());
  for (off_t at = 0; pread(fd, bytes.data(), bytes.size(), at) == length; at = at == 0 ? 512 : 2 * at) {
    if (std::memcmp(bytes.data(), signature, sizeof signature) == 0) return true;
  }
  return false;
}

// Of a superblock of version 3, with the addresses of eight bytes that all but ancient machines write.
bool is_cut(int fd, const Superblock& superblock) {
  std::uint64_t end = 0;
  for (int i = 7; i >= 0; --i) end = end << 8U | superblock[28 + static_cast<std::size_t>(i)];
  struct stat status {};
  return superblock[9] == 8 && fstat(fd, &status) == 0 && static_cast<std::uint64_t>(status.st_size) < end;
}

Format format_of(int fd) {
  Superblock superblock{};
  if (!is_regular(fd) || !read_superblock(fd, superblock)) return Format::other;
  const unsigned version = superblock[8];
  const unsigned flags = superblock[11];
  if (version < 3) return Format::old;
  if ((flags & 4U) != 0) return Format::swmr;
  if ((flags & 1U) != 0) return Format::unclosed;
  return is_cut(fd, superblock) ? Format::cut : Format::closed;
}

File open_anyhow(const std::string& path, const Plist& access) {
  const hbool_t yes = true;
  check(H5Pset(access.id(), "clear_status_flags", &yes), "prepare to mend the file");
  check(H5Pset(access.id(), "skip_eof_check", &yes), "prepare to mend the file");
  return open_with(path, H5F_ACC_RDWR, access);
}

}  // namespace

File create_file(const std::string& path) {
  return File(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access_properties().id()),
              "create the file");
}

// The log driver is the usual one, when it is told to log nothing.
File open_to_read(const std::string& path, bool swmr) {
  const unsigned flags = swmr ? H5F_ACC_RDONLY | H5F_ACC_SWMR_READ : H5F_ACC_RDONLY;
  const Plist access = access_properties();
  check(H5Pset_fapl_log(access.id(), nullptr, 0, 0), "choose a driver");
  return open_with(path, flags, access);
}

File open_idle(const std::string& path) { return open_to_read(path, format_of(path) != Format::old); }

File open_to_write(const std::string& path, bool swmr) {
  const unsigned flags = swmr ? H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE : H5F_ACC_RDWR;
  File file = open_with(path, flags, access_properties());
  keep_from_children(file);
  return file;
}

File open_unclosed(const std::string& path) { return open_anyhow(path, access_properties()); }

File open_dead(const std::string& path, Format format) {
  if (format == Format::swmr) return open_to_read(path, true);
  const Plist access = access_properties();
  constexpr std::size_t growth = 1 << 20;
  const bool write_back = false;
  check(H5Pset_fapl_core(access.id(), growth, write_back), "prepare to copy the file");
  return open_anyhow(path, access);
}

void reserve_end(const File& file, hsize_t bytes) {
  check(H5Fincrement_filesize(file.id(), bytes), "mend the end of the file");
}

hsize_t bytes_of_file(hid_t object) {
  const File file(H5Iget_file_id(object), "find the file of an object");
  struct stat status {};
  const bool found = is_in_memory(file) ? stat(path_of(file).c_str(), &status) == 0
                                        : fstat(descriptor_of(file), &status) == 0;
  return found ? static_cast<hsize_t>(status.st_size) : 0;
}

Format format_of(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw system_error(path, "open the file");
  const Format format = format_of(fd);
  close(fd);
  return format;
}

}  // namespace livechain::hdf5
