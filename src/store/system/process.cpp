#include "store/system/process.h"

#include "store/checksum.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace livechain::store {

namespace {

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string target_of(const char* link) {
  char target[256];
  const ssize_t length = readlink(link, target, sizeof target);
  return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : std::string();
}

std::string stat_of(std::int64_t pid) { return text_of("/proc/" + std::to_string(pid) + "/stat"); }

// A field of /proc/<pid>/stat from the third on; the second, a name in brackets, may hold anything. Empty when unknown.
std::string field_in(const std::string& stat, int wanted) {
  std::size_t at = stat.rfind(')');
  for (int field = 2; field < wanted && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  return at == std::string::npos ? std::string() : stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

std::int64_t start_in(const std::string& stat) { return std::strtoll(field_in(stat, 22).c_str(), nullptr, 10); }

// It is not there, or it is dead and nobody has asked how it died.
bool is_gone(std::int64_t pid, const std::string& stat) {
  const std::string state = field_in(stat, 3);
  return state == "Z" || state == "X" || (kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH);
}

// Neither changes while a process lives.
std::int64_t this_machine() {
  static const std::int64_t machine = [] {
    const std::string boot = text_of("/proc/sys/kernel/random/boot_id");
    const std::string space = target_of("/proc/self/ns/pid");
    const std::string both = boot + space;
    return boot.empty() || space.empty() ? 0 : static_cast<std::int64_t>(checksum(both.data(), both.size(), 0));
  }();
  return machine;
}

}  // namespace

Process Process::self() {
  const auto pid = static_cast<std::int64_t>(getpid());
  return {pid, start_in(stat_of(pid)), this_machine(), host_name()};
}

bool Process::is_on_this_machine() const { return machine != 0 && machine == this_machine(); }

bool Process::is_alive() const {
  if (!is_on_this_machine() || pid <= 0) return false;
  const std::string stat = stat_of(pid);
  return !is_gone(pid, stat) && (started == 0 || started == start_in(stat));
}

bool is_gone(std::int64_t pid) { return is_gone(pid, stat_of(pid)); }

std::uint64_t draw_identity() {
  std::random_device device;
  const auto high = static_cast<std::uint64_t>(device());
  return high << 32U | device();
}

}  // namespace livechain::store
