// Entries about tempered runs.
#include "glue/tempering.h"

#include "core/tempering.h"
#include "glue/entry.h"
#include "glue/moves.h"
#include "glue/walkers.h"

namespace livechain::glue {

namespace {

constexpr const char* field_name = "hot_log_likelihood";

}  // namespace

store::BlobType stored_type(const store::BlobType& evaluated, std::size_t n) {
  std::vector<store::BlobField> fields = evaluated.fields();
  store::BlobField hot;
  hot.name = field_name;
  if (n > 2) hot.dims = {n - 1};
  fields.push_back(std::move(hot));
  return store::BlobType(std::move(fields));
}

store::BlobType evaluated_type(const store::BlobType& stored) {
  std::vector<store::BlobField> fields = stored.fields();
  if (!fields.empty() && fields.back().name == field_name) fields.pop_back();
  return store::BlobType(std::move(fields));
}

// What is stored of walkers that begin at all temperatures, or, `at_each`, of those that begin at each of them.
extern "C" SEXP livechain_temper(SEXP walkers, SEXP settings, SEXP at_each) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<Walkers> from(walkers);
    const core::Settings of = as_settings(settings);
    core::Tempering tempering(of.tempering, static_cast<core::Index>(of.n_ensembles));
    core::Snapshot all = tempering.begin(from->now, Rcpp::as<bool>(at_each));
    return pointer_to({tempering.stored(std::move(all)), stored_type(from->blob_type, of.tempering.betas.size())});
  });
}

}  // namespace livechain::glue
