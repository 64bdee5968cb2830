// Text from a file, for R: UTF-8, in which what would steer a terminal, and bytes that are no characters, stand as
// "\x1b", since anybody can have written it.
#pragma once

#include <Rcpp.h>

#include <string>
#include <vector>

namespace livechain::glue {

std::string printable(const std::string& text);

inline Rcpp::String as_text(const std::string& text) { return {printable(text), CE_UTF8}; }

inline Rcpp::CharacterVector as_texts(const std::vector<std::string>& texts) {
  Rcpp::CharacterVector result(static_cast<R_xlen_t>(texts.size()));
  for (std::size_t i = 0; i < texts.size(); ++i) result[static_cast<R_xlen_t>(i)] = as_text(texts[i]);
  return result;
}

}  // namespace livechain::glue
