#include "glue/running.h"

#include "glue/lists.h"
#include "glue/moves.h"
#include "glue/tempering.h"

namespace livechain::glue {

namespace {

StopRule as_rule(SEXP rule, SEXP every, bool timed, Ask ask) {
  if (Rf_isNull(rule)) return {1, false, nullptr};
  const Rcpp::Function function(rule);
  return {static_cast<std::int64_t>(Rcpp::as<double>(every)), timed,
          [function, ask = std::move(ask)] { return Rcpp::as<bool>(ask(function)); }};
}

}  // namespace

StopRule stop_rule_in(SEXP rule, const Rcpp::List& settings, const Ask& ask) {
  return as_rule(rule, settings["check_every"], Rcpp::as<bool>(settings["timed"]), ask);
}

StopRule callback_in(const Rcpp::List& settings, const Ask& ask) {
  if (!settings.containsElementNamed("callback")) return {1, false, nullptr};
  return as_rule(settings["callback"], settings["callback_every"], false, ask);
}

core::Mixture mixture_in(const Rcpp::List& settings) {
  return as_mixture(settings["moves"], settings["weights"]);
}

core::Sampler make_sampler(const Walkers& walkers, core::Density& density, const Rcpp::List& settings) {
  const core::Settings of = as_settings(settings);
  require_stored_type(walkers.blob_type, of.tempering);
  return core::Sampler(walkers.now, density, mixture_in(settings), of);
}

std::int64_t n_steps_in(const Rcpp::List& settings) {
  return static_cast<std::int64_t>(Rcpp::as<double>(settings["n_steps"]));
}

}  // namespace livechain::glue
