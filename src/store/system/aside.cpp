#include "store/system/aside.h"

#include "store/checksum.h"
#include "store/error.h"
#include "store/system/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace livechain::store {

namespace {

constexpr const char* suffix = ".part";

struct Place {
  std::string folder;  // with the slash
  std::string prefix;  // of all files aside for this one
};

// Names may have 255 bytes: of a long one, its beginning and its checksum.
std::string short_name(const std::string& name) {
  constexpr std::size_t most = 200;
  if (name.size() <= most) return name;
  return name.substr(0, most) + "~" + std::to_string(checksum(name.data(), name.size(), 0));
}

Place place_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
  return {path.substr(0, base), "." + short_name(path.substr(base)) + "."};
}

// The process that made a file aside, or 0 when `name` is not one for `prefix`.
pid_t maker_of(const std::string& name, const std::string& prefix) {
  const std::string end = suffix;
  if (name.size() <= prefix.size() + end.size() || name.compare(0, prefix.size(), prefix) != 0 ||
      name.compare(name.size() - end.size(), end.size(), end) != 0) {
    return 0;
  }
  return static_cast<pid_t>(std::strtol(name.c_str() + prefix.size(), nullptr, 10));
}

// A process of another machine, or one that sees other processes, has numbers of its own: after so long a time it
// is gone.
bool is_old(const std::string& path) {
  constexpr double old = 3600;  // seconds
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && std::difftime(std::time(nullptr), status.st_mtime) > old;
}

bool knows_no_links(int code) {
  return code == EPERM || code == ENOSYS || code == EOPNOTSUPP || code == EMLINK;
}

// A power cut may not find the old file gone and the new one not yet on the disk.
void bring_to_disk(int fd, const std::string& path) {
  const bool lost = fsync(fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT);
  if (lost) throw system_error(path, "bring the file to the disk");
}

// Nor a file without its name.
void bring_name_to_disk(const std::string& folder) {
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

// False when there is a file at `to`, or when the system does not know how: errno tells.
bool rename_to_free_name(const std::string& from, const std::string& to) {
#ifdef RENAME_NOREPLACE
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
#endif
  if (link(from.c_str(), to.c_str()) != 0) return false;
  unlink(from.c_str());
  return true;
}

}  // namespace

// Its maker is dead on this machine, or was another process with our number, and no maker on another machine
// holds its lock.
void remove_leftovers(const std::string& path) {
  const Place place = place_of(path);
  DIR* folder = opendir(place.folder.empty() ? "." : place.folder.c_str());
  if (folder == nullptr) return;
  std::vector<std::string> leftovers;
  while (const dirent* entry = readdir(folder)) {
    const pid_t maker = maker_of(entry->d_name, place.prefix);
    const std::string file = place.folder + entry->d_name;
    if (maker == getpid() || (maker > 0 && (is_gone(maker) || is_old(file)))) leftovers.push_back(file);
  }
  closedir(folder);
  for (const auto& file : leftovers) {
    try {
      const Lock::Holder holder = Lock::holder(file);
      const bool left = holder == Lock::Holder::nobody || (holder == Lock::Holder::unknown && is_old(file));
      if (left) unlink(file.c_str());
    } catch (const Error&) {
      // Somebody else removed it, or it is not ours to remove.
    }
  }
}

Aside::Aside(std::string path) : path_(std::move(path)) {
  remove_leftovers(path_);
  const Place place = place_of(path_);
  aside_ = place.folder + place.prefix + std::to_string(getpid()) + suffix;
  lock_ = Lock::create(aside_, path_);
  struct stat present {};
  if (stat(path_.c_str(), &present) == 0) fchmod(lock_.fd(), present.st_mode & 07777);
}

Aside::~Aside() {
  if (!aside_.empty()) unlink(aside_.c_str());
}

void Aside::publish(bool replace) {
  bring_to_disk(fd(), path_);
  if (replace) {
    if (rename(aside_.c_str(), path_.c_str()) != 0) throw system_error(path_, "put the file in place");
  } else if (!rename_to_free_name(aside_, path_)) {
    const int code = errno;
    if (code == EEXIST || access(path_.c_str(), F_OK) == 0) {
      throw Error(Kind::exists, path_, "another process has just made it");
    }
    errno = code;
    if (!knows_no_links(code)) throw system_error(path_, "put the file in place");
    return publish(true);
  }
  bring_name_to_disk(place_of(path_).folder);
  aside_.clear();
}

}  // namespace livechain::store
