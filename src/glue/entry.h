// The border between R and C++. No exception crosses it into R's code, and no longjmp crosses C++: what
// went wrong is returned to R as a `livechain_failure`, a list of facts that R turns into a condition.
// Conditions of R itself (an error in the user's density, an interrupt) go on as they came. What the size of
// a chain decides is made by new_array(); Rcpp's small vectors take it that R has a few bytes left.
#pragma once

#include "core/sampler.h"
#include "core/world.h"
#include "glue/text.h"
#include "store/error.h"

#include <Rcpp.h>

#include <stdexcept>
#include <string>

namespace livechain::glue {

// A density returned something else than what was expected, for one walker or for a batch of positions.
class BadResult : public std::runtime_error {
 public:
  BadResult(const std::string& expected, SEXP found, core::Index walker = -1,
            std::vector<double> position = {})
      : std::runtime_error("log_prob must return " + expected),
        expected(expected),
        found(found),
        walker(walker),
        position(std::move(position)) {}

  std::string expected;
  Rcpp::RObject found;
  core::Index walker;
  std::vector<double> position;
};

// A compiled density threw an exception, for one walker, or, when R called it, for none.
class DensityError : public std::runtime_error {
 public:
  DensityError(const char* message, core::Index walker, std::vector<double> position)
      : std::runtime_error(message), walker(walker), position(std::move(position)) {}

  core::Index walker;
  std::vector<double> position;
};

// A compiled density that is of another session, or was compiled for another version of the package.
class UnusableDensity : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A run is to go on with a density that has other blobs.
class OtherBlobs : public std::runtime_error {
 public:
  OtherBlobs(const std::string& expected, std::string found)
      : std::runtime_error(expected), found(std::move(found)) {}

  std::string found;
};

inline SEXP failure(const Rcpp::List& facts) {
  Rcpp::List result(facts);
  result.attr("class") = "livechain_failure";
  return result;
}

template <class Body>
SEXP entry(Body body) {
  BEGIN_RCPP
  using Rcpp::_;
  try {
    return body();
  } catch (const store::Error& error) {
    return failure(Rcpp::List::create(_["kind"] = store::name_of(error.kind), _["path"] = Rcpp::String(error.path, CE_UTF8),
                                      _["detail"] = as_text(error.what()),
                                      _["first_wrong"] = static_cast<double>(error.first_wrong)));
  } catch (const core::BadPosition& error) {
    return failure(Rcpp::List::create(_["kind"] = "bad_position", _["walker"] = static_cast<double>(error.walker + 1),
                                      _["position"] = error.position));
  } catch (const core::BadLogProb& error) {
    return failure(Rcpp::List::create(_["kind"] = "bad_log_prob", _["value"] = error.value,
                                      _["walker"] = static_cast<double>(error.walker + 1),
                                      _["position"] = error.position));
  } catch (const core::OtherMemory& error) {
    return failure(Rcpp::List::create(_["kind"] = "other_memory",
                                      _["expected"] = static_cast<double>(error.expected),
                                      _["found"] = static_cast<double>(error.found)));
  } catch (const BadResult& error) {
    return failure(Rcpp::List::create(_["kind"] = "bad_result", _["expected"] = error.expected,
                                      _["found"] = error.found,
                                      _["walker"] = static_cast<double>(error.walker + 1),
                                      _["position"] = error.position));
  } catch (const DensityError& error) {
    return failure(Rcpp::List::create(_["kind"] = "density_error",
                                      _["message"] = Rcpp::String(error.what(), CE_UTF8),
                                      _["walker"] = static_cast<double>(error.walker + 1),
                                      _["position"] = error.position));
  } catch (const OtherBlobs& error) {
    return failure(Rcpp::List::create(_["kind"] = "other_blobs", _["expected"] = error.what(),
                                      _["found"] = error.found));
  } catch (const UnusableDensity& error) {
    return failure(Rcpp::List::create(_["kind"] = "unusable_density", _["detail"] = error.what()));
  }
  END_RCPP
}

}  // namespace livechain::glue
