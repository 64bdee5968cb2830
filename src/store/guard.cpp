#include "store/guard.h"

#include "store/system/lock.h"

#include <sys/stat.h>

#include <ctime>

namespace livechain::store {

namespace {

bool changed_lately(const std::string& path) {
  constexpr double lately = 5;  // seconds
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && std::difftime(std::time(nullptr), status.st_mtime) < lately;
}

bool has_writer(const std::string& path) {
  try {
    return Lock::is_held(path);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool may_pass(Kind kind, const std::string& path) {
  const bool explicable = kind == Kind::damaged || kind == Kind::unreadable || kind == Kind::wrong_rows;
  return explicable && (changed_lately(path) || has_writer(path));
}

}  // namespace livechain::store
