#include "glue/blobs.h"

#include "glue/elements.h"
#include "glue/new_array.h"
#include "glue/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace livechain::glue {

namespace {

using store::BlobField;
using store::BlobKind;
using store::BlobType;

constexpr std::size_t least_width = 64;  // bytes, of strings: later ones may be longer than the first

std::size_t declared_width(SEXP width) {
  const double bytes = holds_numbers(width) && length_of(width) == 1 ? number_at(width, 0) : 0;
  if (bytes >= 1 && bytes <= std::numeric_limits<int>::max()) return static_cast<std::size_t>(bytes);
  throw std::invalid_argument("text whose attribute 'width' is a number of bytes, 1 or more");
}

// Declared by the attribute `width`, or what the first value needs.
std::size_t width_of(SEXP text) {
  const SEXP declared = Rf_getAttrib(text, Rf_install("width"));
  if (!Rf_isNull(declared)) return declared_width(declared);
  std::size_t width = least_width;
  for (R_xlen_t i = 0; i < length_of(text); ++i) width = std::max(width, text_at(text, i).size());
  return width;
}

std::string name_at(SEXP values, R_xlen_t i) {
  const SEXP names = Rf_getAttrib(values, R_NamesSymbol);
  return Rf_isNull(names) ? "" : text_at(names, i);
}

// None of a single value, unless it is a matrix or array.
std::vector<hsize_t> dims_of(SEXP value) {
  const SEXP dims = Rf_getAttrib(value, R_DimSymbol);
  if (!Rf_isNull(dims) && Rf_xlength(dims) > 1) return {INTEGER(dims), INTEGER(dims) + Rf_xlength(dims)};
  if (length_of(value) == 1) return {};
  return {static_cast<hsize_t>(length_of(value))};
}

BlobField field_of(SEXP value, std::string name) {
  BlobField field;
  field.name = std::move(name);
  field.dims = dims_of(value);
  switch (TYPEOF(value)) {
    case REALSXP: field.kind = BlobKind::real; break;
    case INTSXP: field.kind = BlobKind::integer; break;
    case LGLSXP: field.kind = BlobKind::logical; break;
    case STRSXP:
      field.kind = BlobKind::string;
      field.width = width_of(value);
      break;
    default: throw std::invalid_argument("blobs that are numeric, logical or character");
  }
  if (length_of(value) == 0) throw std::invalid_argument("blobs of at least one value");
  return field;
}

BlobType type_of_list(SEXP result) {
  std::vector<BlobField> fields;
  for (R_xlen_t i = 1; i < length_of(result); ++i) {
    fields.push_back(field_of(item_at(result, i), name_at(result, i)));
  }
  return BlobType(std::move(fields));
}

BlobType type_of_numbers(SEXP result) {
  std::vector<BlobField> fields(static_cast<std::size_t>(length_of(result) - 1));
  R_xlen_t i = 0;
  for (BlobField& field : fields) field.name = name_at(result, ++i);
  return BlobType(std::move(fields));
}

// NA of the integers of 64 bits that R's packages have.
constexpr std::int64_t missing_wide = std::numeric_limits<std::int64_t>::min();

std::string as_before(const BlobField& field) {
  return field.name.empty() ? " as blob, as before" : " as blob \"" + field.name + "\", as before";
}

std::int64_t wide_number(double value, const BlobField& field) {
  if (std::isnan(value)) return missing_wide;
  if (value != std::floor(value) || std::abs(value) > 0x1p53) {
    throw std::invalid_argument("a whole number" + as_before(field));
  }
  return static_cast<std::int64_t>(value);
}

double wide_number(std::int64_t value) { return value == missing_wide ? NA_REAL : static_cast<double>(value); }

int whole_number(double value, const BlobField& field) {
  if (std::isnan(value)) return NA_INTEGER;
  if (value != std::floor(value) || std::abs(value) > std::numeric_limits<int>::max()) {
    throw std::invalid_argument("a whole number" + as_before(field));
  }
  return static_cast<int>(value);
}

// No text begins with a zero.
constexpr std::string_view missing_text("\0NA", 3);

// R's plain NA, too, is a logical.
bool is_missing_text(SEXP value, R_xlen_t i) {
  if (TYPEOF(value) == LGLSXP) return std::isnan(number_at(value, i));
  return TYPEOF(value) == STRSXP && STRING_ELT(value, i) == NA_STRING;
}

void encode_value(SEXP value, R_xlen_t i, const BlobField& field, std::byte* place) {
  if (field.kind == BlobKind::string && is_missing_text(value, i) && field.width >= missing_text.size()) {
    std::memset(place, 0, field.width);
    std::memcpy(place, missing_text.data(), missing_text.size());
    return;
  }
  if (field.kind == BlobKind::string) {
    if (TYPEOF(value) != STRSXP) throw std::invalid_argument("text" + as_before(field));
    const std::string text = text_at(value, i);
    if (text.size() > field.width) {
      throw std::invalid_argument("at most " + std::to_string(field.width) + " bytes of text as blob \"" + field.name +
                                  "\", for which structure(\"text\", width = n) in the first result makes room");
    }
    std::memset(place, 0, field.width);
    std::memcpy(place, text.data(), text.size());
    return;
  }
  if (!holds_numbers(value)) throw std::invalid_argument("a number" + as_before(field));
  const double number = number_at(value, i);
  if (field.kind == BlobKind::integer) {
    const int whole = whole_number(number, field);
    std::memcpy(place, &whole, sizeof whole);
  } else if (field.kind == BlobKind::wide_integer) {
    const std::int64_t whole = wide_number(number, field);
    std::memcpy(place, &whole, sizeof whole);
  } else if (field.kind == BlobKind::logical) {
    if (TYPEOF(value) != LGLSXP || std::isnan(number)) throw std::invalid_argument("TRUE or FALSE" + as_before(field));
    *place = static_cast<std::byte>(number != 0);
  } else {
    std::memcpy(place, &number, sizeof number);
  }
}

// Where value `i` of an array in the file's order, last dimension fastest, stands in R's order.
R_xlen_t place_in_r(std::size_t i, const std::vector<hsize_t>& dims) {
  std::size_t place = 0;
  std::size_t block = 1;
  for (const hsize_t dim : dims) block *= dim;
  for (auto dim = dims.rbegin(); dim != dims.rend(); ++dim) {
    block /= *dim;
    place += (i % *dim) * block;
    i /= *dim;
  }
  return static_cast<R_xlen_t>(place);
}

void encode_field(SEXP value, R_xlen_t first, const BlobField& field, std::byte* record) {
  for (std::size_t i = 0; i < field.n_values(); ++i) {
    encode_value(value, first + place_in_r(i, field.dims), field,
                 record + field.offset + i * field.value_size());
  }
}

// The value itself is what was found.
void encode_element(SEXP value, const BlobField& field, std::byte* record) {
  if (Rf_isObject(value)) throw BadBlob("a value without a class" + as_before(field), value);
  try {
    encode_field(value, 0, field, record);
  } catch (const std::invalid_argument& error) {
    throw BadBlob(error.what(), value);
  }
}

std::string changed_length(const std::string& what, R_xlen_t before, R_xlen_t now) {
  return what + " of length " + std::to_string(before) + " as before, not of length " + std::to_string(now);
}

std::string count_of(R_xlen_t n, const std::string& what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

R_xlen_t count_values(const BlobType& type) {
  R_xlen_t n = 0;
  for (const auto& field : type.fields()) n += static_cast<R_xlen_t>(field.n_values());
  return n;
}

std::invalid_argument other_than_before(const BlobType& type) {
  const auto n_blobs = static_cast<R_xlen_t>(type.fields().size()), n_values = count_values(type);
  if (n_blobs == 0) return std::invalid_argument("the log-probability alone, as before");
  const std::string of = n_values > n_blobs ? " of " + count_of(n_values, "value") : "";
  return std::invalid_argument("the log-probability and " + count_of(n_blobs, "blob") + of + ", as before");
}

// The log-probability, and each field or, of numbers in a row, each of its values.
void require_length(SEXP result, const BlobType& type, bool is_list) {
  const R_xlen_t n = is_list ? static_cast<R_xlen_t>(type.fields().size()) : count_values(type);
  if (length_of(result) != 1 + n) throw other_than_before(type);
}

void require_name(SEXP result, R_xlen_t i, const BlobField& field) {
  const std::string name = name_at(result, i);
  if (field.name.empty() || name.empty() || name == field.name) return;
  throw std::invalid_argument("a blob named '" + field.name + "' as before, not '" + name + "'");
}

SEXPTYPE r_type(const BlobField& field) {
  switch (field.kind) {
    case BlobKind::real:
    case BlobKind::wide_integer: return REALSXP;
    case BlobKind::integer: return INTSXP;
    case BlobKind::logical: return LGLSXP;
    case BlobKind::string: break;
  }
  return STRSXP;
}

void decode_value(const std::byte* place, const BlobField& field, SEXP array, R_xlen_t i) {
  switch (field.kind) {
    case BlobKind::real: std::memcpy(REAL(array) + i, place, sizeof(double)); break;
    case BlobKind::wide_integer: {
      std::int64_t number = 0;
      std::memcpy(&number, place, sizeof number);
      REAL(array)[i] = wide_number(number);
      break;
    }
    case BlobKind::integer: std::memcpy(INTEGER(array) + i, place, sizeof(int)); break;
    case BlobKind::logical: LOGICAL(array)[i] = *place != std::byte(0); break;
    case BlobKind::string: {
      const char* text = reinterpret_cast<const char*>(place);
      if (field.width >= missing_text.size() && std::memcmp(text, missing_text.data(), missing_text.size()) == 0) {
        SET_STRING_ELT(array, i, NA_STRING);
        break;
      }
      const auto length = static_cast<int>(strnlen(text, field.width));
      SET_STRING_ELT(array, i, Rf_mkCharLenCE(text, length, CE_UTF8));
    }
  }
}

}  // namespace

BlobType blob_type_of(SEXP result) {
  if (length_of(result) < 2) return BlobType();
  return TYPEOF(result) == VECSXP ? type_of_list(result) : type_of_numbers(result);
}

void encode_blobs(SEXP result, const BlobType& type, std::byte* record) {
  const bool is_list = TYPEOF(result) == VECSXP;
  require_length(result, type, is_list);
  R_xlen_t at = 1;
  for (const auto& field : type.fields()) {
    const auto n = static_cast<R_xlen_t>(field.n_values());
    if (is_list || n == 1) require_name(result, at, field);
    if (is_list) {
      const SEXP value = item_at(result, at);
      if (length_of(value) != n) throw BadBlob(changed_length("a blob '" + field.name + "'", n, length_of(value)), value);
      encode_element(value, field, record);
      at += 1;
    } else {
      encode_field(result, at, field, record);
      at += n;
    }
  }
}

void encode_some_blobs(SEXP result, const BlobType& type, std::byte* record) {
  const auto n_fields = static_cast<R_xlen_t>(type.fields().size()), n = length_of(result) - 1;
  if (TYPEOF(result) == VECSXP || n == 0 || n >= n_fields) return encode_blobs(result, type, record);
  encode_missing_blobs(type, record);
  for (R_xlen_t i = 0; i < n; ++i) {
    const BlobField& field = type.fields()[static_cast<std::size_t>(n_fields - n + i)];
    if (field.n_values() != 1) throw other_than_before(type);
    require_name(result, i + 1, field);
    encode_value(result, i + 1, field, record + field.offset);
  }
}

void encode_missing_blobs(const BlobType& type, std::byte* record) {
  std::fill_n(record, type.size(), std::byte(0));
  for (const auto& field : type.fields()) {
    for (std::size_t i = 0; i < field.n_values(); ++i) {
      std::byte* place = record + field.offset + i * field.value_size();
      if (field.kind == BlobKind::real) {
        std::memcpy(place, &NA_REAL, sizeof NA_REAL);
      } else if (field.kind == BlobKind::wide_integer) {
        std::memcpy(place, &missing_wide, sizeof missing_wide);
      } else if (field.kind == BlobKind::integer) {
        std::memcpy(place, &NA_INTEGER, sizeof NA_INTEGER);
      }
    }
  }
}

BlobArrays::BlobArrays(const BlobType& type, R_xlen_t n_steps, R_xlen_t n_walkers)
    : type_(type), n_steps_(n_steps), n_walkers_(n_walkers), fields_(type.fields().size()) {
  for (std::size_t i = 0; i < type_.fields().size(); ++i) {
    const auto& field = type_.fields()[i];
    std::vector<R_xlen_t> dims{n_steps, n_walkers};
    dims.insert(dims.end(), field.dims.begin(), field.dims.end());
    fields_[static_cast<R_xlen_t>(i)] = new_array(r_type(field), dims);
  }
}

// Text is allocated by R.
void BlobArrays::fill(const std::byte* records, R_xlen_t first, R_xlen_t n) {
  const SEXP arrays = fields_;
  Rcpp::unwindProtect([&]() -> SEXP {
    for (std::size_t f = 0; f < type_.fields().size(); ++f) {
      fill_field(type_.fields()[f], records, first, n, VECTOR_ELT(arrays, static_cast<R_xlen_t>(f)));
    }
    return R_NilValue;
  });
}

void BlobArrays::fill_field(const BlobField& field, const std::byte* records, R_xlen_t first, R_xlen_t n,
                            SEXP array) const {
  for (std::size_t v = 0; v < field.n_values(); ++v) {
    const std::size_t offset = field.offset + v * field.value_size();
    const R_xlen_t plane = place_in_r(v, field.dims) * n_walkers_;
    for (R_xlen_t w = 0; w < n_walkers_; ++w) {
      for (R_xlen_t t = 0; t < n; ++t) {
        const auto record = static_cast<std::size_t>(t * n_walkers_ + w) * type_.size();
        decode_value(records + record + offset, field, array, first + t + n_steps_ * (plane + w));
      }
    }
  }
}

Rcpp::List BlobArrays::arrays() const {
  Rcpp::CharacterVector names(fields_.size());
  for (R_xlen_t f = 0; f < fields_.size(); ++f) names[f] = as_text(type_.fields()[static_cast<std::size_t>(f)].name);
  Rcpp::List named = fields_;
  named.attr("names") = names;
  return named;
}

}  // namespace livechain::glue
