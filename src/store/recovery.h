// Files whose writers died, by themselves or with the whole machine.
#pragma once

#include "store/layout.h"
#include "store/source.h"
#include "store/system/lock.h"

#include <optional>
#include <string>

namespace livechain::store {

// What of a run can be gone on with.
struct Salvage {
  Progress progress;             // where
  std::int64_t n_published = 0;  // steps that were published
  std::int64_t n_right = 0;      // steps, from the first on, that are what was written
};
Salvage salvage(const Layout& layout, const Descriptor& file, const Places& places);

// What was counted and learnt after a step, where that is stored.
std::optional<Tally> state_after(const Layout& layout, const Descriptor& file, const Places& places, std::int64_t step);

Progress first_progress(const Description& description);

// Throws Error `busy` when another machine writes to a run in the file.
void require_idle(const std::string& path);

// Throws Error `wrong_rows` when mending a closed file would drop steps of another run than `but`.
void require_right(const std::string& path, const std::string& but);

// Mends what a writer left that died; true when there was something to mend. The file may be another one then, with
// another lock.
bool mend(Lock& lock, const std::string& path);

// What can be gone on with, and all else that HDF5 can copy, in a new file with a lock of its own.
void lay_out_anew(Lock& lock, const std::string& path);

// Lays out anew what another program made, or what HDF5 and we do not find in the same places.
Salvage prepare(Lock& lock, const std::string& path, const std::string& name, const Description& description);

// The same for all that is wrong with a file; true when there was something. Steps that are wrong are dropped.
bool repair(const std::string& path);

}  // namespace livechain::store
