#include "glue/elements.h"

#include <algorithm>
#include <stdexcept>

namespace livechain::glue {

namespace {

// Calls `read`, which has no object that a jump could skip.
template <class Read>
auto without_jump(Read read) {
  decltype(read()) value{};
  Rcpp::unwindProtect([&]() -> SEXP {
    value = read();
    return R_NilValue;
  });
  return value;
}

template <class Read>
auto read_from(SEXP vector, Read read) {
  return ALTREP(vector) ? without_jump(read) : read();
}

double read_number(SEXP numbers, R_xlen_t i) {
  if (TYPEOF(numbers) == REALSXP) return REAL_ELT(numbers, i);
  const int value = TYPEOF(numbers) == INTSXP ? INTEGER_ELT(numbers, i) : LOGICAL_ELT(numbers, i);
  return value == NA_INTEGER ? NA_REAL : value;
}

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

R_xlen_t length_of(SEXP vector) {
  return read_from(vector, [=] { return Rf_xlength(vector); });
}

bool holds_numbers(SEXP vector) {
  return TYPEOF(vector) == REALSXP || TYPEOF(vector) == INTSXP || TYPEOF(vector) == LGLSXP;
}

double number_at(SEXP numbers, R_xlen_t i) {
  return read_from(numbers, [=] { return read_number(numbers, i); });
}

std::string text_at(SEXP strings, R_xlen_t i) {
  const Rcpp::Shield<SEXP> element(read_from(strings, [=] { return STRING_ELT(strings, i); }));
  const SEXP known = element;
  const cetype_t encoding = Rf_getCharCE(known);
  if (encoding == CE_BYTES) throw std::invalid_argument("text whose encoding is known, not bytes");
  std::string text = R_CHAR(known);
  if (encoding == CE_UTF8 || is_ascii(text)) return text;
  const void* const mark = vmaxget();
  text = without_jump([=] { return Rf_translateCharUTF8(known); });
  vmaxset(mark);
  return text;
}

SEXP item_at(SEXP list, R_xlen_t i) {
  return read_from(list, [=] { return VECTOR_ELT(list, i); });
}

}  // namespace livechain::glue
