#include "glue/moves.h"

#include "core/moves/block.h"
#include "core/moves/differential.h"
#include "core/moves/dime.h"
#include "core/moves/gaussian.h"
#include "core/moves/kde.h"
#include "core/moves/side.h"
#include "core/moves/slice.h"
#include "core/moves/stretch.h"
#include "core/moves/walk.h"
#include "glue/metropolis.h"

#include <algorithm>
#include <map>
#include <string>

namespace livechain::glue {

namespace {

using MovePointer = std::unique_ptr<core::Move>;

double number(const Rcpp::List& move, const char* name) { return Rcpp::as<double>(move[name]); }

template <class Choice>
Choice choice(const Rcpp::List& move, const char* name, const std::map<std::string, Choice>& choices) {
  return choices.at(Rcpp::as<std::string>(move[name]));
}

MovePointer stretch(const Rcpp::List& move) {
  return std::make_unique<core::StretchMove>(number(move, "a"));
}

MovePointer de(const Rcpp::List& move) {
  return std::make_unique<core::DifferentialMove>(number(move, "sigma"), number(move, "gamma0"));
}

MovePointer de_snooker(const Rcpp::List& move) {
  return std::make_unique<core::SnookerMove>(number(move, "gammas"));
}

MovePointer walk(const Rcpp::List& move) {
  return std::make_unique<core::WalkMove>(static_cast<core::Index>(std::min(number(move, "s"), 2e9)));
}

MovePointer kde(const Rcpp::List& move) {
  using Bandwidth = core::KdeMove::Bandwidth;
  const Bandwidth rule = choice<Bandwidth>(
      move, "rule",
      {{"scott", Bandwidth::scott}, {"silverman", Bandwidth::silverman}, {"fixed", Bandwidth::fixed}});
  return std::make_unique<core::KdeMove>(rule, number(move, "factor"));
}

core::Root as_root(const Rcpp::NumericMatrix& lower) {
  core::Root root{{}, lower.nrow(), false};
  for (int p = 0; p < lower.nrow(); ++p) {
    for (int q = 0; q < lower.ncol(); ++q) root.entries.push_back(lower(p, q));
  }
  return root;
}

MovePointer gaussian(const Rcpp::List& move) {
  using Mode = core::GaussianMove::Mode;
  const Mode mode = choice<Mode>(
      move, "mode",
      {{"vector", Mode::vector}, {"random", Mode::random}, {"sequential", Mode::sequential}});
  return std::make_unique<core::GaussianMove>(as_root(Rcpp::NumericMatrix(static_cast<SEXP>(move["root"]))), mode,
                                              number(move, "log_factor"));
}

MovePointer slice(const Rcpp::List& move) {
  return std::make_unique<core::SliceMove>(number(move, "mu"),
                                           static_cast<std::int64_t>(number(move, "tune_steps")));
}

MovePointer dime(const Rcpp::List& move) {
  return std::make_unique<core::DimeMove>(core::DimeMove::Settings{
      number(move, "sigma"), number(move, "gamma"), number(move, "aimh_prob"), number(move, "df"),
      number(move, "rho"), static_cast<std::int64_t>(number(move, "tune_steps"))});
}

MovePointer side(const Rcpp::List& move) {
  return std::make_unique<core::SideMove>(number(move, "sigma"));
}

MovePointer as_move(const Rcpp::List& list);

MovePointer block(const Rcpp::List& move) {
  const auto numbers = Rcpp::as<std::vector<double>>(move["columns"]);
  std::vector<core::Index> columns;
  for (const double number : numbers) columns.push_back(static_cast<core::Index>(number) - 1);
  return std::make_unique<core::BlockMove>(as_move(move["move"]), std::move(columns));
}

MovePointer mh(const Rcpp::List& move) {
  return std::make_unique<MetropolisMove>(Rcpp::Function(static_cast<SEXP>(move["propose"])));
}

MovePointer as_move(const Rcpp::List& list) {
  static const std::map<std::string, MovePointer (*)(const Rcpp::List&)> makers = {
      {"stretch", stretch}, {"de", de},       {"de_snooker", de_snooker},
      {"walk", walk},       {"kde", kde},     {"gaussian", gaussian},
      {"slice", slice},     {"dime", dime},   {"side", side},
      {"block", block},     {"mh", mh}};
  MovePointer move = makers.at(Rcpp::as<std::string>(list["type"]))(list);
  move->n_splits = Rcpp::as<int>(list["n_splits"]);
  move->randomize_split = Rcpp::as<bool>(list["randomize_split"]);
  return move;
}

core::Domain as_domain(const Rcpp::List& list) {
  const auto numbers = [&list](const char* name) { return Rcpp::as<std::vector<double>>(list[name]); };
  core::Domain domain;
  if (list.containsElementNamed("lower")) domain.bounds = core::Bounds{numbers("lower"), numbers("upper")};
  if (list.containsElementNamed("periodic")) domain.circles.emplace(numbers("periodic"));
  return domain;
}

}  // namespace

core::Mixture as_mixture(const Rcpp::List& moves, const Rcpp::NumericVector& weights) {
  std::vector<MovePointer> made;
  for (R_xlen_t i = 0; i < moves.size(); ++i) made.push_back(as_move(moves[i]));
  return core::Mixture(std::move(made), {weights.begin(), weights.end()});
}

core::Settings as_settings(const Rcpp::List& settings) {
  core::Settings s;
  s.seed = static_cast<std::uint64_t>(Rcpp::as<double>(settings["seed"]));
  s.n_done = static_cast<std::int64_t>(Rcpp::as<double>(settings["n_done"]));
  s.thin_by = static_cast<std::int64_t>(Rcpp::as<double>(settings["thin_by"]));
  s.n_ensembles = static_cast<std::int64_t>(Rcpp::as<double>(settings["n_ensembles"]));
  s.on_nan = Rcpp::as<std::string>(settings["on_nan"]) == "reject" ? core::OnNan::reject
                                                                   : core::OnNan::error;
  if (settings.containsElementNamed("betas")) {
    s.tempering.betas = Rcpp::as<std::vector<double>>(settings["betas"]);
    s.tempering.adapt_updates = static_cast<std::int64_t>(Rcpp::as<double>(settings["adapt_updates"]));
  }
  if (settings.containsElementNamed("domain") && !Rf_isNull(settings["domain"])) s.domain = as_domain(settings["domain"]);
  return s;
}

}  // namespace livechain::glue
