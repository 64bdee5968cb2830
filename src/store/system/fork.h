// What becomes of a file's descriptors in a forked child, which inherits them.
#pragma once

namespace livechain::store {

enum class Fate {
  close,      // the child has no part in it
  disconnect  // the child's copy leads nowhere: what it writes does not reach the file
};

// From now on, until it is taken back when the descriptor is closed. On the main thread only.
void in_children(int fd, Fate fate);
void forget_in_children(int fd);

// The descriptor leads to a nameless, empty file from now on: whoever still writes to it does no harm.
void disconnect(int fd);

}  // namespace livechain::store
