#include "store/heartbeat.h"

#include "store/system/clock.h"

#include <algorithm>
#include <thread>

namespace livechain::store {

namespace {

constexpr const char* dataset_name = "heartbeat";
constexpr std::size_t host_cells = 8;
constexpr std::size_t reason_cells = 32;
constexpr std::size_t n_numbers = 7;
constexpr std::size_t n_cells = n_numbers + host_cells + reason_cells;

// At the end of a word, where there is one, or of a character.
std::string shortened(const std::string& text, std::size_t n_bytes) {
  if (text.size() <= n_bytes) return text;
  std::size_t end = text.rfind(' ', n_bytes - 3);
  if (end == std::string::npos || end + 40 < n_bytes) {
    end = n_bytes - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  }
  return text.substr(0, end) + "...";
}

Cells to_cells(const Beat& beat) {
  Cells cells{beat.count, beat.writer, beat.at, beat.process.pid, beat.process.started, beat.process.machine,
              static_cast<std::int64_t>(beat.end)};
  add_text(cells, beat.process.host, host_cells);
  add_text(cells, shortened(beat.reason, reason_cells * sizeof(std::int64_t)), reason_cells);
  return cells;
}

std::optional<Beat> from_cells(const Cells& cells) {
  const bool plausible = cells[0] >= 0 && cells[2] >= 0 && cells[6] >= 0 && cells[6] <= static_cast<std::int64_t>(End::left);
  if (!plausible) return std::nullopt;
  Beat beat;
  beat.count = cells[0];
  beat.writer = cells[1];
  beat.at = cells[2];
  beat.process = {cells[3], cells[4], cells[5], text_in(cells.data() + n_numbers, host_cells)};
  beat.end = static_cast<End>(cells[6]);
  beat.reason = text_in(cells.data() + n_numbers + host_cells, reason_cells);
  return beat;
}

}  // namespace

const char* name_of(End end) {
  switch (end) {
    case End::finished: return "finished";
    case End::stopped: return "rule";
    case End::asked: return "request";
    case End::interrupted: return "interrupt";
    case End::failed: return "error";
    case End::signal: return "signal";
    case End::no_space: return "no_space";
    case End::gone: return "gone";
    case End::left: return "left";
    case End::none: break;
  }
  return "";
}

Heartbeat Heartbeat::create(hid_t group, std::uint64_t identity) {
  return Heartbeat(Table::create(group, dataset_name, 2, n_cells, identity));
}

Heartbeat Heartbeat::open(hid_t group, std::uint64_t identity) {
  const Table table = Table::open(group, dataset_name, identity);
  if (table.n_rows() != 2 || table.n_cells() != n_cells) {
    throw hdf5::Failure("make sense of dataset 'heartbeat', which has another shape");
  }
  return Heartbeat(table);
}

void Heartbeat::write(const Descriptor& file, const Beat& beat) const {
  table_.write(file, static_cast<hsize_t>(beat.count) % 2, to_cells(beat));
}

std::optional<Beat> Heartbeat::last(const Descriptor& file) const {
  std::optional<Beat> last;
  for (const auto& cells : table_.read(file)) {
    const std::optional<Beat> beat = cells ? from_cells(*cells) : std::nullopt;
    if (beat && (!last || beat->count > last->count)) last = beat;
  }
  return last;
}

bool Heartbeat::has_ended(const Descriptor& file) const {
  const std::optional<Beat> beat = last(file);
  return beat && beat->end != End::none;
}

bool is_alive(const Heartbeat& heartbeat, const Descriptor& file) {
  using namespace std::chrono;
  const std::optional<Beat> before = heartbeat.last(file);
  if (!before || before->end != End::none) return false;
  if (before->process.is_on_this_machine()) return before->process.is_alive();
  const auto deadline = Clock::now() + duration<double>(2.5 * Heartbeat::interval);
  while (Clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(100));
    file.forget_pages();
    const std::optional<Beat> now = Heartbeat(heartbeat).last(Descriptor(file.path(), Descriptor::Access::read));
    if (now && now->count != before->count) return now->end == End::none;
  }
  return false;
}

}  // namespace livechain::store
