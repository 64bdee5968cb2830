// Mending what a writer left that died: the file is made whole, up to its last published step.
#pragma once

#include "hdf5/lock.h"

#include <string>

namespace livechain::hdf5 {

// Under the writer's lock, which becomes that of the new file when another must take its place. True when there was
// something to mend.
//
// To what a SWMR writer left little is written, so that a process that dies while it mends leaves no more to be mended:
// the end of the file is moved past whatever the dead writer may have put there, and the file counts as closed again.
// Rows that were not published stay, behind the published ones; nobody looks at them. What another writer left is laid
// out anew.
bool mend(Lock& lock, const std::string& path);

}  // namespace livechain::hdf5
