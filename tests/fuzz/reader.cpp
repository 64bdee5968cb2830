// Reads bytes as the package reads a file, and mends and resumes them as it does. Only Errors may come of it.
//
// The mutator knows that HDF5 does not look at a block of metadata whose checksum is wrong: it puts those of the
// superblock and of object headers right, so that the library and we get to see what was changed.
#include "hdf5/reader.h"
#include "hdf5/recovery.h"
#include "hdf5/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace livechain::hdf5;

// Of the library, which does not declare it.
extern "C" std::uint32_t H5_checksum_metadata(const void* data, std::size_t length, std::uint32_t initial);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

const std::string& path() {
  static const std::string path = [] {
    const char* folder = std::getenv("TMPDIR");
    return std::string(folder != nullptr ? folder : "/tmp") + "/livechain-fuzz-" + std::to_string(getpid()) + ".h5";
  }();
  return path;
}

// Long ago, so that no reader waits for a writer to finish.
void write_file(const std::uint8_t* data, std::size_t size) {
  unlink(path().c_str());
  const int fd = open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  const timespec then[] = {{1, 0}, {1, 0}};
  futimens(fd, then);
  close(fd);
}

template <class Use>
void allow_errors(Use use) {
  try {
    use();
  } catch (const Error&) {
  }
}

void read_run(const std::string& name) {
  Reader reader(path(), name, true);
  const Progress progress = reader.refresh();
  reader.facts();
  reader.texts();
  const Run& run = reader.run();
  const Rows rows{0, static_cast<hsize_t>(std::min<std::int64_t>(progress.n_steps, 100)), 1};
  std::vector<double> chain(rows.n * run.n_walkers * run.n_parameters);
  std::vector<double> log_prob(rows.n * run.n_walkers);
  std::vector<std::byte> blobs(rows.n * run.n_walkers * run.blob_type.size());
  if (rows.n > 0) {
    reader.read_chain(rows, 0, run.n_parameters, chain.data());
    reader.read_log_prob(rows, log_prob.data());
    if (run.has_blobs()) reader.read_blobs(rows, blobs.data());
  }
  reader.state_after(rows.n);
}

void resume(const std::string& name) {
  Description description;
  description.version = "fuzz";
  Writer writer = Writer::resume(path(), name, description, {});
  const State state = writer.state();
  writer.append(state.positions.data(), state.log_prob.data(), state.blobs.data(), writer.tally());
  writer.close();
}

void use_runs(void (*use)(const std::string&)) {
  std::vector<std::string> names = list_runs(path());
  names.resize(std::min<std::size_t>(names.size(), 3));
  for (const auto& name : names) allow_errors([&] { use(name); });
}

void put_checksum_right(std::uint8_t* block, std::size_t length) {
  const std::uint32_t sum = H5_checksum_metadata(block, length, 0);
  std::memcpy(block + length, &sum, sizeof sum);
}

// The length of an object header's first part, without its checksum; 0 when it does not fit.
std::size_t header_length(const std::uint8_t* block, std::size_t left) {
  if (left < 32) return 0;
  const unsigned flags = block[5];
  std::size_t at = 6U + ((flags & 0x20U) != 0 ? 16U : 0U) + ((flags & 0x10U) != 0 ? 4U : 0U);
  const std::size_t width = std::size_t{1} << (flags & 3U);
  std::size_t size = 0;
  std::memcpy(&size, block + at, width);
  at += width;
  return size < left && at + size + 4 <= left ? at + size : 0;
}

void put_checksums_right(std::uint8_t* data, std::size_t size) {
  if (size >= 48) put_checksum_right(data, 44);
  for (std::size_t at = 0; at + 32 < size; ++at) {
    if (std::memcmp(data + at, "OHDR", 4) != 0) continue;
    const std::size_t length = header_length(data + at, size - at);
    if (length > 0) put_checksum_right(data + at, length);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  const std::size_t new_size = LLVMFuzzerMutate(data, size, most);
  if (seed % 8 != 0) put_checksums_right(data, new_size);
  return new_size;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  write_file(data, size);
  allow_errors([] { use_runs(read_run); });
  allow_errors([] { repair(path()); });
  allow_errors([] { use_runs(resume); });
  unlink(path().c_str());
  return 0;
}
