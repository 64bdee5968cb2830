// Reads bytes as the package reads a file, and mends and resumes them as it does. Only Errors may come of it.
//
// HDF5 does not look at a block of metadata whose checksum is wrong, nor find one that has moved: the mutator mostly
// changes bytes where they are, inside of such a block, and puts its checksum right.
#include "store/error.h"
#include "store/reader.h"
#include "store/recovery.h"
#include "store/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace livechain::store;

// HDF5, being C, does not ask here for memory: we do, and never for much.
void* operator new(std::size_t size) {
  constexpr std::size_t most = 512U << 20U;
  void* memory = size <= most ? std::malloc(size) : nullptr;
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

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
void make_old() {
  const timespec then[] = {{1, 0}, {1, 0}};
  utimensat(AT_FDCWD, path().c_str(), then, 0);
}

void write_file(const std::uint8_t* data, std::size_t size) {
  unlink(path().c_str());
  const int fd = open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
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
  reader.session();
  reader.is_current();
  const Progress progress = reader.refresh();
  const auto n_steps = static_cast<hsize_t>(progress.n_steps);
  const auto ignore = [](const StepBlock&, hsize_t) {};
  allow_errors([&] { reader.read({0, std::min<hsize_t>(n_steps, 100), 1}, ignore, 1); });
  allow_errors([&] { reader.count_right(std::min<hsize_t>(n_steps, 100)); });
  allow_errors([&] { reader.positions_after(0); });
  allow_errors([&] { reader.positions_after(n_steps); });
}

void resume(const std::string& name) {
  Description description;
  description.version = "fuzz";
  Writer writer = Writer::resume(path(), name, description, {});
  const livechain::core::Snapshot now = writer.state();
  const livechain::core::Block row = writer.lend();
  std::copy(now.positions.begin(), now.positions.end(), row.positions);
  std::copy(now.log_prob.begin(), now.log_prob.end(), row.log_prob);
  std::copy(now.blobs.begin(), now.blobs.end(), row.blobs);
  writer.record(now.tally);
  writer.finish();
}

void use_runs(void (*use)(const std::string&)) {
  make_old();
  std::vector<std::string> names = list_runs(path());
  names.resize(std::min<std::size_t>(names.size(), 3));
  for (const auto& name : names) allow_errors([&] { use(name); });
}

std::uint32_t stored_checksum(const std::uint8_t* at) {
  std::uint32_t sum = 0;
  std::memcpy(&sum, at, sizeof sum);
  return sum;
}

void put_checksum_right(std::uint8_t* block, std::size_t length) {
  const std::uint32_t sum = H5_checksum_metadata(block, length, 0);
  std::memcpy(block + length, &sum, sizeof sum);
}

// How many bytes at `block` their checksum follows; 0 when it is not found.
std::size_t block_length(const std::uint8_t* block, std::size_t left) {
  constexpr std::size_t most = 2048;
  for (std::size_t length = 12; length <= most && length + 4 <= left; ++length) {
    if (H5_checksum_metadata(block, length, 0) == stored_checksum(block + length)) return length;
  }
  return 0;
}

// The superblock, object headers and what continues them, and indices of chunks, links and attributes.
std::vector<std::size_t> blocks_in(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view signatures = "\x89HDF OHDR OCHK EAHD EAIB EASB EADB FAHD FADB BTHD BTIN BTLF FRHP FHDB FHIB";
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at + 4 <= size; ++at) {
    if (data[at + 1] < 'A' || data[at + 1] > 'T') continue;
    const std::string_view letters(reinterpret_cast<const char*>(data + at), 4);
    if (signatures.find(letters) != std::string_view::npos) places.push_back(at);
  }
  return places;
}

// No byte moves that is not changed.
void mutate_in_place(std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> copy(data, data + size);
  const std::size_t n = LLVMFuzzerMutate(copy.data(), size, size);
  std::copy_n(copy.begin(), n, data);
}

void mutate_anywhere(std::uint8_t* data, std::size_t size, std::minstd_rand& random) {
  constexpr std::size_t window = 64;
  const std::size_t at = random() % size;
  mutate_in_place(data + at, std::min(window, size - at));
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  std::minstd_rand random(seed);
  if (size == 0 || random() % 16 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::vector<std::size_t> blocks = blocks_in(data, size);
  if (blocks.empty() || random() % 4 == 0) {
    mutate_anywhere(data, size, random);
    return size;
  }
  const std::size_t at = blocks[random() % blocks.size()];
  const std::size_t length = block_length(data + at, size - at);
  if (length == 0) {
    mutate_anywhere(data, size, random);
  } else {
    mutate_in_place(data + at, length);
    put_checksum_right(data + at, length);
  }
  return size;
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
