// What becomes of a file's descriptors in a forked child, which inherits them.
#pragma once

namespace livechain::hdf5 {

enum class Fate {
  close,      // the child has no part in it
  disconnect  // the child's copy leads nowhere: what it writes does not reach the file
};

// For as long as the descriptor belongs to the file that it belongs to now.
void in_children(int fd, Fate fate);

}  // namespace livechain::hdf5
