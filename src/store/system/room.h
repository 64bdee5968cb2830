// Room on the disk. HDF5 does not survive a full one, so it never gets to see it: there must be room before it is asked
// to write.
#pragma once

#include <cstddef>
#include <string>

namespace livechain::store {

// What the library writes beside the steps.
constexpr std::size_t metadata_bytes = 128 << 10;

// For so many bytes more in the open file at `path`. Throws Error `no_space`.
void require_room(int fd, const std::string& path, std::size_t bytes);

bool has_room(int fd, std::size_t bytes);

}  // namespace livechain::store
