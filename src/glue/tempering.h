// What the density returns of a walker, and what a tempered run stores of it.
#pragma once

#include "core/tempering.h"
#include "store/blob_type.h"

namespace livechain::glue {

// With the log-likelihoods at the hotter of `n` temperatures behind it.
store::BlobType stored_type(const store::BlobType& evaluated, std::size_t n);
store::BlobType evaluated_type(const store::BlobType& stored);

// Throws store::Error when a file has other blobs.
void require_stored_type(const store::BlobType& type, const core::TemperingSettings& tempering);

}  // namespace livechain::glue
