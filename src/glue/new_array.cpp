#include "glue/new_array.h"

#include <algorithm>

namespace livechain::glue {

namespace {

// At most what R would refuse in any case.
R_xlen_t size_of(const std::vector<R_xlen_t>& dims) {
  double size = 1;
  for (const R_xlen_t dim : dims) size *= static_cast<double>(dim);
  return static_cast<R_xlen_t>(std::min(size, static_cast<double>(R_XLEN_T_MAX)));
}

}  // namespace

Rcpp::RObject new_array(SEXPTYPE type, const std::vector<R_xlen_t>& dims) {
  const R_xlen_t size = size_of(dims);
  return Rcpp::unwindProtect([&]() -> SEXP {
    const SEXP array = PROTECT(Rf_allocVector(type, size));
    const SEXP shape = PROTECT(Rf_allocVector(INTSXP, static_cast<R_xlen_t>(dims.size())));
    std::transform(dims.begin(), dims.end(), INTEGER(shape), [](R_xlen_t dim) { return static_cast<int>(dim); });
    Rf_setAttrib(array, R_DimSymbol, shape);
    UNPROTECT(2);
    return array;
  });
}

}  // namespace livechain::glue
