// Copying what a file holds beside our runs, whatever it is and whoever put it there.
#pragma once

#include "hdf5/handle.h"

namespace livechain::hdf5 {

// Copies the attributes and the links of a group or file, with all that is behind them, that `to` does not have yet.
void copy_rest(hid_t from, hid_t to);

}  // namespace livechain::hdf5
