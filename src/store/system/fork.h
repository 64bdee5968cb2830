// Forked children, and what becomes of the descriptors that they inherit.
#pragma once

namespace livechain::store {

enum class Fate {
  close,      // the child has no part in it
  disconnect  // the child's copy leads nowhere: what it writes does not reach the file
};

// From now on, until it is taken back when the descriptor is closed. On the main thread only.
void in_children(int fd, Fate fate);
void forget_in_children(int fd);

// How many forks lie behind this process, since it was first asked: what a child inherits is of a generation before its own.
// Asking takes no call of the system.
int generation();

// The descriptor leads to a nameless, empty file from now on: whoever still writes to it does no harm.
void disconnect(int fd);

}  // namespace livechain::store
