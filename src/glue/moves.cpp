#include "glue/moves.h"

#include "core/stretch.h"

#include <functional>
#include <map>
#include <string>

namespace livechain::glue {

namespace {

using MakeMove = std::function<std::unique_ptr<core::Move>(const Rcpp::List&)>;

const std::map<std::string, MakeMove>& makers() {
  static const std::map<std::string, MakeMove> known = {
      {"stretch", [](const Rcpp::List& move) {
         return std::make_unique<core::StretchMove>(Rcpp::as<double>(move["a"]));
       }}};
  return known;
}

std::unique_ptr<core::Move> as_move(const Rcpp::List& list) {
  std::unique_ptr<core::Move> move = makers().at(Rcpp::as<std::string>(list["type"]))(list);
  move->n_splits = Rcpp::as<int>(list["n_splits"]);
  move->randomize_split = Rcpp::as<bool>(list["randomize_split"]);
  return move;
}

}  // namespace

core::Mixture as_mixture(const Rcpp::List& moves, const Rcpp::NumericVector& weights) {
  core::Mixture mixture;
  for (R_xlen_t i = 0; i < moves.size(); ++i) mixture.moves.push_back(as_move(moves[i]));
  mixture.weights.assign(weights.begin(), weights.end());
  return mixture;
}

}  // namespace livechain::glue
