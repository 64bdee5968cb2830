#pragma once

#include <Rcpp.h>

#include <vector>

namespace livechain::glue {

// Not initialized. When there is no memory for it, R's error leaves C++ as an exception.
Rcpp::RObject new_array(SEXPTYPE type, const std::vector<R_xlen_t>& dims);

}  // namespace livechain::glue
