#include "store/superblock.h"

#include "store/error.h"
#include "store/system/descriptor.h"

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace livechain::store {

namespace {

using Superblock = std::array<unsigned char, 48>;

bool is_regular(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) throw system_error(path, "open the file");
  return S_ISREG(status.st_mode);
}

// It stands at byte 0, 512, 1024, 2048, ...
bool read_superblock(const Descriptor& file, Superblock& bytes) {
  constexpr unsigned char signature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  for (std::uint64_t at = 0; file.read(bytes.data(), bytes.size(), at); at = at == 0 ? 512 : 2 * at) {
    if (std::memcmp(bytes.data(), signature, sizeof signature) == 0) return true;
  }
  return false;
}

// The size when it was closed; of a superblock of version 3, with the addresses of eight bytes that all but ancient machines
// write.
std::optional<std::uint64_t> closed_size(const Superblock& superblock) {
  if (superblock[8] < 3 || superblock[9] != 8) return std::nullopt;
  std::uint64_t end = 0;
  for (int i = 7; i >= 0; --i) end = end << 8U | superblock[28 + static_cast<std::size_t>(i)];
  return end;
}

bool is_cut(const Descriptor& file, const Superblock& superblock) {
  const std::optional<std::uint64_t> size = closed_size(superblock);
  return size && file.state().size < *size;
}

}  // namespace

FileState state_of(const std::string& path) {
  if (!is_regular(path)) return FileState::other;
  const Descriptor file(path, Descriptor::Access::read);
  Superblock superblock{};
  if (!read_superblock(file, superblock)) return FileState::other;
  const unsigned version = superblock[8];
  const unsigned flags = superblock[11];
  if (version < 3) return FileState::old;
  if ((flags & 4U) != 0) return FileState::swmr;
  if ((flags & 1U) != 0) return FileState::unclosed;
  return is_cut(file, superblock) ? FileState::cut : FileState::closed;
}

bool is_longer_than_closed(const std::string& path) {
  const Descriptor file(path, Descriptor::Access::read);
  Superblock superblock{};
  if (!read_superblock(file, superblock)) return false;
  const std::optional<std::uint64_t> size = closed_size(superblock);
  return size && file.state().size > *size;
}

}  // namespace livechain::store
