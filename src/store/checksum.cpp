#include "store/checksum.h"

#define XXH_INLINE_ALL
#include "xxhash/xxhash.h"

namespace livechain::store {

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "livechain writes rows as they are in memory, and files are little-endian"
#endif

std::uint64_t checksum(const void* bytes, std::size_t n, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, n, seed);
}

std::uint64_t seed_of_step(std::uint64_t identity, std::uint64_t step) {
  return checksum(&step, sizeof step, identity);
}

}  // namespace livechain::store
