// R lists as the facts and texts of a run, and back.
#pragma once

#include "hdf5/layout.h"

#include <Rcpp.h>

namespace livechain::glue {

hdf5::Description as_description(const Rcpp::List& description);
Rcpp::List as_list(const hdf5::Facts& facts);
Rcpp::List as_list(const hdf5::Texts& texts);
Rcpp::List as_list(const hdf5::Progress& progress);

}  // namespace livechain::glue
