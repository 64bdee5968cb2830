// An open file as the operating system knows it: bytes at places, on the disk or on their way there.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace livechain::store {

// Which file a path names.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  bool operator==(const FileId& other) const { return device == other.device && number == other.number; }
};

// Zeros when there is none.
FileId id_of(const std::string& path);
FileId id_of(int fd);

class Descriptor {
 public:
  enum class Access { read, read_and_write };

  Descriptor() = default;
  // Throws Error. A forked child's copy leads nowhere when it could write, and stays open when it only reads.
  Descriptor(const std::string& path, Access access);

  // The file is in its place, by which people know it.
  void set_path(const std::string& path) { path_ = path; }

  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  FileId id() const { return id_; }
  const std::string& path() const { return path_; }

  // Interrupted and short calls are continued. Throws Error.
  void write(const void* bytes, std::size_t n, std::uint64_t at) const;
  // False when the file ends before.
  bool read(void* bytes, std::size_t n, std::uint64_t at) const;

  // Returns when all that was written is on the disk.
  void sync() const;

  struct State {
    std::uint64_t size = 0;
    std::uint64_t links = 0;
    std::int64_t changed = 0;  // nanoseconds since 1970
  };
  State state() const;

  // Takes the room for these bytes on the disk, where the file system can do that. Throws Error `no_space`.
  void allocate(std::uint64_t at, std::uint64_t n) const;
  // Gives it back; what is read there is zeros. Does nothing where that is unknown.
  void punch(std::uint64_t at, std::uint64_t n) const noexcept;

  // The system may have old pages of a file that another machine writes: they are to be fetched again.
  void forget_pages() const noexcept;

 private:
  void close() noexcept;

  std::string path_;
  int fd_ = -1;
  pid_t owner_ = 0;
  FileId id_;
};

}  // namespace livechain::store
