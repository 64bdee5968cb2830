// Densities that are R functions.
#pragma once

#include "glue/generator.h"
#include "glue/user_density.h"

#include <Rcpp.h>

#include <chrono>
#include <vector>

namespace livechain::glue {

// A call such as `log_prob(position, ...)`, evaluated in a frame where `position` is a variable that is set
// before each call: to the user it is an ordinary call of an ordinary function. The frame also has functions
// `check_blobs(result, walker, position)`, which refuses blobs that cannot be stored, and `split_results(results, n)`, which
// makes the results of a batch into what call() returns.
class RDensity : public UserDensity {
 public:
  RDensity(Rcpp::RObject call, Rcpp::Environment frame, Rcpp::RObject parameter_names, std::uint64_t seed)
      : generator_(seed), call_(call), frame_(frame), parameter_names_(parameter_names) {}

  void evaluate(core::Batch& batch) override;
  void begin_step(std::int64_t n_done) override { generator_.begin_step(n_done); }

 protected:
  virtual void evaluate_once(core::Batch& batch);

  // The results for all rows: a list, or a numeric vector when there can be no blobs.
  virtual Rcpp::RObject call(const core::Batch& batch) = 0;

  SEXP evaluate_call() const { return Rf_eval(call_, frame_); }
  void set_position(SEXP position) const { Rf_defineVar(position_symbol_, position, frame_); }
  void set(const char* name, SEXP value) const { Rf_defineVar(Rf_install(name), value, frame_); }
  SEXP position() const { return Rf_findVarInFrame(frame_, position_symbol_); }
  Rcpp::Function function(const char* name) const { return Rcpp::Function(static_cast<SEXP>(frame_[name])); }
  const Rcpp::RObject& parameter_names() const { return parameter_names_; }
  void take(SEXP result, core::Batch& batch, core::Index i) const;

  // Numbers alone, the log-probability and then the blobs in the columns of a matrix: they need not be taken one by one.
  bool is_table(SEXP results, core::Index n) const;

  Generator generator_;

 private:
  void take_table(SEXP results, core::Batch& batch) const;
  void take_number(SEXP numbers, core::Batch& batch, core::Index i) const;
  store::BlobType infer_blob_type(SEXP results, const core::Batch& batch) const;
  void check_blobs(SEXP result, const core::Batch& batch, core::Index i, core::Index walker) const;

  Rcpp::RObject call_;
  Rcpp::Environment frame_;
  Rcpp::RObject parameter_names_;
  SEXP position_symbol_ = Rf_install("position");
};

// A function of one position.
class PointDensity : public RDensity {
 public:
  using RDensity::RDensity;

 protected:
  void evaluate_once(core::Batch& batch) override;
  Rcpp::RObject call(const core::Batch& batch) override;

 private:
  using Clock = std::chrono::steady_clock;

  // Evaluates the walkers from the i-th on, until `take(i, result)` refuses a result, which is returned.
  template <class Take>
  Rcpp::RObject evaluate_from(core::Index& i, const core::Batch& batch, Take take);

  bool is_slow_ = true;  // so that steps must be published between two evaluations
};

// A call that evaluates a matrix `position` [walker, parameter] of positions. Drawn for by R's generator, all have
// the seed of the first.
class BatchDensity : public RDensity {
 public:
  using RDensity::RDensity;

 protected:
  Rcpp::RObject call(const core::Batch& batch) override;

  SEXP matrix_of(core::Index n, core::Index d) const;
  virtual bool is_as_wanted(SEXP results, core::Index n) const;

  // What the call needs beside the positions. May jump.
  virtual void prepare(const std::vector<core::Index>& walkers) const;
};

// One that has them evaluated elsewhere: `walkers` numbers the walkers, `seeds` has a column for each.
class MappedDensity : public BatchDensity {
 public:
  using BatchDensity::BatchDensity;

  void evaluate(core::Batch& batch) override;

  // Which of them it is, others know.
  std::optional<Current> current() const override { return std::nullopt; }

 protected:
  Rcpp::RObject call(const core::Batch& batch) override;
  void prepare(const std::vector<core::Index>& walkers) const override;
  bool is_as_wanted(SEXP, core::Index) const override { return true; }
};

}  // namespace livechain::glue
