// Densities that are R functions.
#pragma once

#include "glue/user_density.h"

#include <Rcpp.h>

#include <chrono>
#include <vector>

namespace livechain::glue {

// A call such as `log_prob(position, ...)`, evaluated in a frame where `position` is a variable that is set
// before each call: to the user it is an ordinary call of an ordinary function.
class RDensity : public UserDensity {
 public:
  RDensity(Rcpp::RObject call, Rcpp::Environment frame, Rcpp::RObject parameter_names)
      : call_(call), frame_(frame), parameter_names_(parameter_names) {}

  void evaluate(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) override;

 protected:
  // The results for all rows: a list, or a numeric vector when there can be no blobs.
  virtual Rcpp::RObject call(const core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) = 0;

  SEXP evaluate_call() const { return Rf_eval(call_, frame_); }
  void set_position(SEXP position) const { Rf_defineVar(position_symbol_, position, frame_); }
  void set_walkers(SEXP walkers) const { Rf_defineVar(walkers_symbol_, walkers, frame_); }
  const Rcpp::RObject& parameter_names() const { return parameter_names_; }
  void take(SEXP result, core::Evaluated& batch, Eigen::Index i,
            const std::vector<Eigen::Index>& walkers) const;

 private:
  void take_number(SEXP numbers, core::Evaluated& batch, Eigen::Index i) const;
  static store::BlobType infer_blob_type(SEXP results, const core::Evaluated& batch,
                                        const std::vector<Eigen::Index>& walkers);

  Rcpp::RObject call_;
  Rcpp::Environment frame_;
  Rcpp::RObject parameter_names_;
  SEXP position_symbol_ = Rf_install("position");
  SEXP walkers_symbol_ = Rf_install("walkers");
};

// A function of one position.
class PointDensity : public RDensity {
 public:
  using RDensity::RDensity;

  void evaluate(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) override;

 protected:
  Rcpp::RObject call(const core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) override;

 private:
  using Clock = std::chrono::steady_clock;

  // Evaluates the walkers from the i-th on, until `take(i, result)` refuses a result, which is returned.
  template <class Take>
  Rcpp::RObject evaluate_from(Eigen::Index& i, const core::Evaluated& batch,
                              const std::vector<Eigen::Index>& walkers, Take take);

  bool is_slow_ = true;  // so that steps must be published between two evaluations
};

// A call that evaluates a matrix `position` [walker, parameter] of positions, those of the walkers that
// `walkers` numbers.
class BatchDensity : public RDensity {
 public:
  using RDensity::RDensity;

 protected:
  Rcpp::RObject call(const core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) override;
};

}  // namespace livechain::glue
