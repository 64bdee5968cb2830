// The types of numbers that a file describes.
#pragma once

#include "hdf5/handle.h"

namespace livechain::hdf5 {

// HDF5 converts numbers of any width from any bit on, and where damage has changed such a description, beyond its
// own buffers. Throws Failure unless all numbers in `type` are whole bytes, or floats that processors know.
void require_usual_numbers(hid_t type, const char* name);

}  // namespace livechain::hdf5
