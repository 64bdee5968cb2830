#include "glue/lists.h"

#include "glue/text.h"

#include <cmath>

namespace livechain::glue {

namespace {

// Whole numbers become int64 in the file: R has no other type for the large ones than double.
store::Fact as_fact(SEXP value) {
  if (TYPEOF(value) == STRSXP) return Rcpp::as<std::string>(value);
  const double number = Rcpp::as<double>(value);
  if (TYPEOF(value) != REALSXP || (number == std::floor(number) && std::abs(number) < 0x1p53)) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

// R's matrices have their first dimension fastest, the file its last.
store::Array as_array(SEXP value) {
  const Rcpp::NumericVector numbers(value);
  if (!numbers.hasAttribute("dim")) return {{static_cast<hsize_t>(numbers.size())}, {numbers.begin(), numbers.end()}};
  const Rcpp::NumericMatrix matrix(value);
  store::Array array{{static_cast<hsize_t>(matrix.nrow()), static_cast<hsize_t>(matrix.ncol())}, {}};
  for (int i = 0; i < matrix.nrow(); ++i) {
    for (int j = 0; j < matrix.ncol(); ++j) array.values.push_back(matrix(i, j));
  }
  return array;
}

struct AsR {
  SEXP operator()(std::int64_t value) const { return Rcpp::wrap(static_cast<double>(value)); }
  SEXP operator()(double value) const { return Rcpp::wrap(value); }
  SEXP operator()(const std::string& value) const { return Rcpp::wrap(as_text(value)); }
  SEXP operator()(const store::Texts& values) const { return as_texts(values); }
  SEXP operator()(const store::Array& array) const {
    if (array.dims.size() != 2) return Rcpp::wrap(array.values);
    Rcpp::NumericMatrix matrix(static_cast<int>(array.dims[0]), static_cast<int>(array.dims[1]));
    auto next = array.values.begin();
    for (int i = 0; i < matrix.nrow(); ++i) {
      for (int j = 0; j < matrix.ncol(); ++j) matrix(i, j) = *next++;
    }
    return matrix;
  }
};

template <class Convert>
void add_facts(store::Facts& facts, const Rcpp::List& list, Convert convert) {
  if (list.size() == 0) return;
  const auto names = Rcpp::as<std::vector<std::string>>(list.names());
  for (R_xlen_t i = 0; i < list.size(); ++i) facts[names[static_cast<std::size_t>(i)]] = convert(list[i]);
}

double seconds(std::int64_t microseconds) { return static_cast<double>(microseconds) * 1e-6; }

}  // namespace

store::Description as_description(const Rcpp::List& list) {
  store::Description description;
  description.version = Rcpp::as<std::string>(list["version"]);
  description.target = static_cast<std::int64_t>(Rcpp::as<double>(list["target"]));
  description.shape.deflate = Rcpp::as<int>(list["compression"]);
  add_facts(description.facts, list["facts"], as_fact);
  add_facts(description.facts, list["texts"], [](SEXP value) { return Rcpp::as<store::Texts>(value); });
  add_facts(description.facts, list["arrays"], as_array);
  return description;
}

Rcpp::List as_list(const store::Facts& facts) {
  Rcpp::List list;
  for (const auto& [name, fact] : facts) list.push_back(Rcpp::RObject(std::visit(AsR(), fact)), name);
  return list;
}

Rcpp::List as_list(const store::Progress& p) {
  using Rcpp::_;
  return Rcpp::List::create(
      _["n_steps"] = static_cast<double>(p.n_steps), _["target"] = static_cast<double>(p.target),
      _["durable"] = static_cast<double>(p.durable), _["published_at"] = seconds(p.published_at),
      _["session_started_at"] = seconds(p.session_started_at),
      _["session_first_step"] = static_cast<double>(p.session_first_step),
      _["recent_since"] = seconds(p.recent_since),
      _["recent_first_step"] = static_cast<double>(p.recent_first_step),
      _["updated_at"] = static_cast<double>(p.updated_at), _["n_nan"] = static_cast<double>(p.tally.n_nan),
      _["accepted"] = Rcpp::NumericVector(p.tally.accepted.begin(), p.tally.accepted.end()));
}

Rcpp::List as_list(const store::Session& session) {
  using Rcpp::_;
  const store::Beat beat = session.last.value_or(store::Beat());
  return Rcpp::List::create(
      _["running"] = session.running, _["pid"] = session.last ? static_cast<double>(beat.process.pid) : NA_REAL,
      _["host"] = as_text(beat.process.host), _["beat_at"] = seconds(beat.at),
      _["ended"] = store::name_of(beat.end), _["reason"] = as_text(beat.reason));
}

}  // namespace livechain::glue
