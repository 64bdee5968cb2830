// Files whose writers died, by themselves or with the whole machine.
#pragma once

#include "store/layout.h"
#include "store/salvage.h"
#include "store/system/lock.h"

#include <string>

namespace livechain::store {

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
