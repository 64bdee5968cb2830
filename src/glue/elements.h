// Elements of what an R density returned, read so that R does not jump: a vector may belong to a class that
// computes its elements when they are asked for, and text may have to be translated.
#pragma once

#include <Rcpp.h>

#include <string>

namespace livechain::glue {

R_xlen_t length_of(SEXP vector);

// Numbers, whole numbers and logicals; NA is NA_REAL.
bool holds_numbers(SEXP vector);
double number_at(SEXP numbers, R_xlen_t i);

// As UTF-8; throws std::invalid_argument when nobody knows the encoding.
std::string text_at(SEXP strings, R_xlen_t i);

SEXP item_at(SEXP list, R_xlen_t i);

}  // namespace livechain::glue
