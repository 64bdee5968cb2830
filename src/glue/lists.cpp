#include "glue/lists.h"

#include <cmath>

namespace livechain::glue {

namespace {

// Whole numbers become int64 in the file: R has no other type for the large ones than double.
hdf5::Fact as_fact(SEXP value) {
  if (TYPEOF(value) == STRSXP) return Rcpp::as<std::string>(value);
  const double number = Rcpp::as<double>(value);
  if (TYPEOF(value) != REALSXP || (number == std::floor(number) && std::abs(number) < 0x1p53)) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

SEXP as_r(const hdf5::Fact& fact) {
  if (const auto* text = std::get_if<std::string>(&fact)) return Rcpp::wrap(*text);
  if (const auto* real = std::get_if<double>(&fact)) return Rcpp::wrap(*real);
  return Rcpp::wrap(static_cast<double>(std::get<std::int64_t>(fact)));
}

std::vector<std::string> names_of(const Rcpp::List& list) {
  if (list.size() == 0) return {};
  return Rcpp::as<std::vector<std::string>>(list.names());
}

}  // namespace

hdf5::Description as_description(const Rcpp::List& list) {
  hdf5::Description description;
  description.version = Rcpp::as<std::string>(list["version"]);
  description.target = static_cast<std::int64_t>(Rcpp::as<double>(list["target"]));
  description.deflate = Rcpp::as<int>(list["compression"]);
  const Rcpp::List facts = list["facts"];
  const std::vector<std::string> fact_names = names_of(facts);
  for (R_xlen_t i = 0; i < facts.size(); ++i) {
    description.facts.emplace_back(fact_names[static_cast<std::size_t>(i)], as_fact(facts[i]));
  }
  const Rcpp::List texts = list["texts"];
  const std::vector<std::string> text_names = names_of(texts);
  for (R_xlen_t i = 0; i < texts.size(); ++i) {
    description.texts.emplace_back(text_names[static_cast<std::size_t>(i)],
                                   Rcpp::as<std::vector<std::string>>(texts[i]));
  }
  return description;
}

Rcpp::List as_list(const hdf5::Facts& facts) {
  Rcpp::List list;
  for (const auto& [name, fact] : facts) list.push_back(Rcpp::RObject(as_r(fact)), name);
  return list;
}

Rcpp::List as_list(const hdf5::Texts& texts) {
  Rcpp::List list;
  for (const auto& [name, values] : texts) {
    Rcpp::CharacterVector text(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      text[static_cast<R_xlen_t>(i)] = Rcpp::String(values[i], CE_UTF8);
    }
    list.push_back(text, name);
  }
  return list;
}

Rcpp::List as_list(const hdf5::Progress& p) {
  using Rcpp::_;
  const auto seconds = [](std::int64_t microseconds) { return static_cast<double>(microseconds) * 1e-6; };
  return Rcpp::List::create(
      _["n_steps"] = static_cast<double>(p.n_steps), _["target"] = static_cast<double>(p.target),
      _["published_at"] = seconds(p.published_at),
      _["session_started_at"] = seconds(p.session_started_at),
      _["session_first_step"] = static_cast<double>(p.session_first_step),
      _["recent_since"] = seconds(p.recent_since),
      _["recent_first_step"] = static_cast<double>(p.recent_first_step),
      _["writer_pid"] = static_cast<double>(p.writer_pid),
      _["n_nan"] = static_cast<double>(p.n_nan),
      _["accepted"] = Rcpp::NumericVector(p.accepted.begin(), p.accepted.end()));
}

}  // namespace livechain::glue
