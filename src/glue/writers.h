// Writers as R has them.
#pragma once

#include "store/writer.h"

#include <Rcpp.h>

namespace livechain::glue {

store::WriterOptions as_options(const Rcpp::List& options);

SEXP pointer_to(store::Writer writer);

}  // namespace livechain::glue
