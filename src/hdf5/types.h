// Types: those that we make, and those of numbers that a file describes.
#pragma once

#include "hdf5/handle.h"

#include <cstddef>

namespace livechain::hdf5 {

Type copy_of(hid_t type);

// h5py's boolean: an enum of int8, FALSE = 0 and TRUE = 1.
Type boolean_type();

// Text of a fixed number of bytes.
Type string_type(std::size_t width, H5T_cset_t charset = H5T_CSET_UTF8);

// HDF5 converts numbers of any width from any bit on, and where damage has changed such a description, beyond its
// own buffers. Throws Failure unless all numbers in `type` are whole bytes, or floats that processors know.
void require_usual_numbers(hid_t type, const char* name);

}  // namespace livechain::hdf5
