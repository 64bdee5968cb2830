// What the density returns of a walker, and what a tempered run stores of it.
#pragma once

#include "store/blob_type.h"

namespace livechain::glue {

// With the log-likelihoods at the hotter of `n` temperatures behind it.
store::BlobType stored_type(const store::BlobType& evaluated, std::size_t n);
store::BlobType evaluated_type(const store::BlobType& stored);

}  // namespace livechain::glue
