// HDF5 identifiers that close themselves, and nothing else: the library is called directly.
#pragma once

#include "hdf5/error.h"

#include <hdf5.h>
#include <unistd.h>

#include <utility>

namespace livechain::hdf5 {

// A forked child inherits the identifiers but not the right to close them: that would write to the
// parent's file. A handle therefore closes only in the process that opened it.
template <herr_t (*close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, const char* doing) : id_(id), owner_(getpid()) {
    if (id < 0) throw Failure(doing);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), owner_(other.owner_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(owner_, other.owner_);
    return *this;
  }
  ~Handle() { reset(); }

  // False when the library could not close what the handle stood for.
  bool reset() noexcept {
    const bool ours = is_open() && owner_ == getpid();
    const hid_t id = std::exchange(id_, -1);
    return !ours || close(id) >= 0;
  }

  // Another user of HDF5 in this process may have closed all there is of a file.
  bool is_open() const noexcept { return id_ >= 0 && H5Iis_valid(id_) > 0; }

  // Whoever calls this closes what the handle stood for.
  hid_t release() { return std::exchange(id_, -1); }

  hid_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  pid_t owner_ = 0;
};

using File = Handle<H5Fclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Attribute = Handle<H5Aclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using Plist = Handle<H5Pclose>;
using Object = Handle<H5Oclose>;

inline void check(herr_t status, const char* doing) {
  if (status < 0) throw Failure(doing);
}

// While one lives, the library does not print its errors: they become exceptions.
class Quiet {
 public:
  Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Quiet() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace livechain::hdf5
