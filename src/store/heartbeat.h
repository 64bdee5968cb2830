// Who writes to a run, told without locks: a writer leaves a mark a second, also while no step ends, and says at its end
// why it ends.
#pragma once

#include "store/system/process.h"
#include "store/table.h"

#include <cstdint>
#include <optional>
#include <string>

namespace livechain::store {

enum class End { none, finished, stopped, asked, interrupted, failed, signal, no_space, gone, left };
const char* name_of(End end);

struct Beat {
  std::int64_t count = 0;
  std::int64_t writer = 0;  // a number that each session draws
  std::int64_t at = 0;      // microseconds since 1970
  Process process;
  End end = End::none;
  std::string reason;  // of the end, in words
};

// Row `count % 2` holds a beat; the newer one counts.
class Heartbeat {
 public:
  static constexpr double interval = 1;  // seconds

  static Heartbeat create(hid_t group, std::uint64_t identity);
  static Heartbeat open(hid_t group, std::uint64_t identity);

  void write(const Descriptor& file, const Beat& beat) const;
  std::optional<Beat> last(const Descriptor& file) const;

  // Whether the last writer brought all to the disk and closed the file.
  bool has_ended(const Descriptor& file) const;

 private:
  explicit Heartbeat(Table table) : table_(table) {}

  Table table_;
};

// Whether the writer of the last beat is at work. On its own machine the process tells; of another one, or one that cannot
// be seen from here, its heart is listened to, for up to two beats.
bool is_alive(const Heartbeat& heartbeat, const Descriptor& file);

}  // namespace livechain::store
