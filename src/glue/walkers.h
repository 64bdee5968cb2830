// Where a run stands, as R holds it.
#pragma once

#include "core/walkers.h"
#include "store/blob_type.h"

#include <Rcpp.h>

#include <utility>

namespace livechain::glue {

// Where a run stands, and the type of its blobs.
struct Walkers {
  core::Snapshot now;
  store::BlobType blob_type;
};

inline SEXP pointer_to(Walkers walkers) { return Rcpp::XPtr<Walkers>(new Walkers(std::move(walkers)), true); }

}  // namespace livechain::glue
