#include "hdf5/aside.h"

#include "hdf5/error.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

namespace livechain::hdf5 {

namespace {

constexpr const char* suffix = ".part";

struct Place {
  std::string folder;  // with the slash
  std::string prefix;  // of all files aside for this one
};

Place place_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
  return {path.substr(0, base), "." + path.substr(base) + "."};
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

bool is_dead(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

bool knows_no_links(int code) {
  return code == EPERM || code == ENOSYS || code == EOPNOTSUPP || code == EMLINK;
}

// A power cut may not find the old file gone and the new one not yet on the disk.
void bring_to_disk(int fd, const std::string& path) {
  const bool lost = fsync(fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT);
  if (lost) throw system_error(path, "bring the file to the disk");
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
    if (maker == getpid() || (maker > 0 && is_dead(maker))) leftovers.push_back(place.folder + entry->d_name);
  }
  closedir(folder);
  for (const auto& file : leftovers) {
    try {
      if (!Lock::is_held(file)) unlink(file.c_str());
    } catch (const Error&) {
      // Somebody else removed it, or it is not ours to remove.
    }
  }
}

Aside::Aside(std::string path) : path_(std::move(path)) {
  remove_leftovers(path_);
  const Place place = place_of(path_);
  aside_ = place.folder + place.prefix + std::to_string(getpid()) + suffix;
  lock_ = Lock::create(aside_);
  struct stat present {};
  if (stat(path_.c_str(), &present) == 0) fchmod(lock_.fd(), present.st_mode & 07777);
}

Aside::~Aside() {
  if (!aside_.empty()) unlink(aside_.c_str());
}

void Aside::publish(bool replace) {
  if (replace) {
    bring_to_disk(fd(), path_);
    if (rename(aside_.c_str(), path_.c_str()) != 0) throw system_error(path_, "put the file in place");
    aside_.clear();
    return;
  }
  // link() refuses to replace a file; where the file system has no links, look first.
  if (link(aside_.c_str(), path_.c_str()) == 0) {
    unlink(aside_.c_str());
    aside_.clear();
    return;
  }
  const int code = errno;
  if (code == EEXIST || access(path_.c_str(), F_OK) == 0) {
    throw Error(Kind::exists, path_, "another process has just made it");
  }
  errno = code;
  if (!knows_no_links(code)) throw system_error(path_, "put the file in place");
  publish(true);
}

}  // namespace livechain::hdf5
