// Entries about tempered runs.
#include "glue/tempering.h"

#include "glue/entry.h"
#include "glue/moves.h"
#include "glue/walkers.h"
#include "store/error.h"

#include <algorithm>

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

void require_stored_type(const store::BlobType& type, const core::TemperingSettings& tempering) {
  if (!tempering.is_on()) return;
  const std::vector<store::BlobField>& fields = type.fields();
  const std::size_t n = fields.size();
  const bool fits = n >= 3 && fields[n - 3].name == "log_likelihood" && fields[n - 2].name == "log_prior" &&
                    fields[n - 1].name == field_name && fields[n - 1].n_values() == tempering.betas.size() - 1 &&
                    std::all_of(fields.end() - 3, fields.end(), [](const auto& field) { return field.kind == store::BlobKind::real; }) &&
                    fields[n - 3].n_values() == 1 && fields[n - 2].n_values() == 1;
  if (!fits) throw store::Error(store::Kind::damaged, "", "it has other blobs than its temperatures need");
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
