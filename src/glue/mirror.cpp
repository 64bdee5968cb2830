// Entries that keep copies of runs.
#include "glue/entry.h"

#include "glue/lists.h"
#include "glue/writers.h"
#include "store/mirror.h"

namespace livechain::glue {

extern "C" SEXP livechain_create_copy(SEXP reader, SEXP path, SEXP name, SEXP options) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Reader> from(reader);
    return pointer_to(store::create_copy(*from, Rcpp::as<std::string>(path), Rcpp::as<std::string>(name),
                                         as_options(options), Rcpp::checkUserInterrupt));
  });
}

extern "C" SEXP livechain_update_copy(SEXP reader, SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Reader> from(reader);
    Rcpp::XPtr<store::Writer> to(writer);
    store::update_copy(*from, *to, Rcpp::checkUserInterrupt);
    return R_NilValue;
  });
}

extern "C" SEXP livechain_end_copy(SEXP reader, SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Reader> from(reader);
    Rcpp::XPtr<store::Writer> to(writer);
    store::end_copy(*from, *to);
    return R_NilValue;
  });
}

}  // namespace livechain::glue
