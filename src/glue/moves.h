// Moves as R describes them: a list with `type` and the parameters of that type.
#pragma once

#include "core/sampler.h"

#include <Rcpp.h>

namespace livechain::glue {

core::Mixture as_mixture(const Rcpp::List& moves, const Rcpp::NumericVector& weights);

core::Settings as_settings(const Rcpp::List& settings);

}  // namespace livechain::glue
