// R lists as what a file holds of a run, and back.
#pragma once

#include "store/reader.h"

#include <Rcpp.h>

namespace livechain::glue {

// `facts` are numbers and texts, `texts` character vectors, `arrays` vectors and matrices of numbers; all are named.
store::Description as_description(const Rcpp::List& description);

Rcpp::List as_list(const store::Facts& facts);
Rcpp::List as_list(const store::Progress& progress);
Rcpp::List as_list(const store::Session& session);

}  // namespace livechain::glue
