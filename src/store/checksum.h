// The checksum of everything in a file: XXH3 with 64 bits (Collet, https://xxhash.com), with a seed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace livechain::store {

std::uint64_t checksum(const void* bytes, std::size_t n, std::uint64_t seed);

// Where a step's checksum begins: a run's identity and the number of the step, counted from 1, so that rows of other runs
// and rows in the wrong place are found. The chain's row goes in next, then that of log_prob, then that of blobs.
std::uint64_t seed_of_step(std::uint64_t identity, std::uint64_t step);

}  // namespace livechain::store
