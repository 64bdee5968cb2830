// Densities in C++ for livechain::run_mcmc(). C++14.
//
//   // [[Rcpp::depends(livechain, RcppEigen)]]
//   #include <livechain.h>
//
//   double normal(const livechain::Position& x) { return -0.5 * x.squaredNorm(); }
//
//   // [[Rcpp::export]]
//   SEXP make_normal() { return livechain::density(normal); }
//
// One that evaluates many positions at once is vectorised by the compiler:
//
//   void normal(const livechain::Positions& x, livechain::LogProbs& log_prob) {
//     log_prob = -0.5 * x.rowwise().squaredNorm();
//   }
//
// See ?compiled_density in R, and livechain/density.h for C.
#pragma once

#include "livechain/eigen.h"

#include "livechain/abi.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace livechain {

using Position = Eigen::Map<const Eigen::VectorXd>;
using Blobs = Eigen::Map<Eigen::VectorXd>;

// Several positions, one a row, and a log-probability for each.
using Positions = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using LogProbs = Eigen::Map<Eigen::VectorXd>;

namespace detail {

template <class...>
struct make_void {
  using type = void;
};

template <class Void, class F, class... Arguments>
struct can_call : std::false_type {};

template <class F, class... Arguments>
struct can_call<typename make_void<decltype(double(
                    std::declval<const F&>()(std::declval<Arguments>()...)))>::type,
                F, Arguments...> : std::true_type {};

template <class F>
using takes_position = can_call<void, F, const Position&>;

template <class F>
using takes_blobs = can_call<void, F, const Position&, Blobs&>;

template <class Void, class F>
struct can_fill : std::false_type {};

template <class F>
struct can_fill<typename make_void<decltype(std::declval<const F&>()(std::declval<const Positions&>(), std::declval<LogProbs&>()))>::type, F>
    : std::true_type {};

struct OfPosition {};
struct WithBlobs {};
struct OfPositions {};
struct WithPrior {};
struct WithPriors {};  // of many positions

// A log-likelihood and a log-prior. What they are becomes the last two blobs.
template <class F, class G>
struct Posterior {
  F likelihood;
  G prior;
};

// How a function is called.
template <class F>
struct FormOf {
  using type = typename std::conditional<
      takes_position<F>::value, OfPosition,
      typename std::conditional<takes_blobs<F>::value, WithBlobs, OfPositions>::type>::type;
};

template <class F, class G>
struct FormOf<Posterior<F, G>> {
  using type = typename std::conditional<std::is_same<typename FormOf<F>::type, OfPositions>::value, WithPriors, WithPrior>::type;
};

template <class F>
using form_of = typename FormOf<F>::type;

template <class F>
struct has_prior : std::false_type {};
template <class F, class G>
struct has_prior<Posterior<F, G>> : std::true_type {};

template <class F>
struct writes_blobs : takes_blobs<F> {};
template <class F, class G>
struct writes_blobs<Posterior<F, G>> : takes_blobs<F> {};

template <class F>
using is_density =
    std::integral_constant<bool, takes_position<F>::value || takes_blobs<F>::value || can_fill<void, F>::value>;

template <class F>
double call(const F& function, const double* x, std::size_t n, double* blobs, std::size_t n_blobs, WithBlobs) {
  Blobs values(blobs, static_cast<Eigen::Index>(n_blobs));
  return function(Position(x, static_cast<Eigen::Index>(n)), values);
}

template <class F>
double call(const F& function, const double* x, std::size_t n, double*, std::size_t, OfPosition) {
  return function(Position(x, static_cast<Eigen::Index>(n)));
}

template <class F>
void fill(const F& function, const double* x, std::size_t n_rows, std::size_t n, double* log_prob) {
  LogProbs values(log_prob, static_cast<Eigen::Index>(n_rows));
  function(Positions(x, static_cast<Eigen::Index>(n_rows), static_cast<Eigen::Index>(n)), values);
}

template <class F>
double call(const F& function, const double* x, std::size_t n, double*, std::size_t, OfPositions) {
  double log_prob = 0;
  fill(function, x, 1, n, &log_prob);
  return log_prob;
}

constexpr std::size_t n_prior_blobs = 2;

inline double combined(double likelihood, double prior, double* blobs, std::size_t n_blobs) {
  blobs[n_blobs - 2] = likelihood;
  blobs[n_blobs - 1] = prior;
  return likelihood + prior;
}

// Where the prior is -Inf, the likelihood is not evaluated.
inline bool is_possible(double prior) { return prior > -std::numeric_limits<double>::infinity(); }

template <class F, class G, class Form>
double call_posterior(const Posterior<F, G>& posterior, const double* x, std::size_t n, double* blobs, std::size_t n_blobs, Form) {
  const double prior = call(posterior.prior, x, n, nullptr, 0, form_of<G>());
  if (!is_possible(prior)) return prior;
  const double likelihood = call(posterior.likelihood, x, n, blobs, n_blobs - n_prior_blobs, form_of<F>());
  return combined(likelihood, prior, blobs, n_blobs);
}

template <class F, class G>
double call(const Posterior<F, G>& posterior, const double* x, std::size_t n, double* blobs, std::size_t n_blobs, WithPrior form) {
  return call_posterior(posterior, x, n, blobs, n_blobs, form);
}

template <class F, class G>
double call(const Posterior<F, G>& posterior, const double* x, std::size_t n, double* blobs, std::size_t n_blobs, WithPriors form) {
  return call_posterior(posterior, x, n, blobs, n_blobs, form);
}

template <class G>
void fill_priors(const G& prior, const double* x, std::size_t n_rows, std::size_t n, double* log_prob, OfPosition form) {
  for (std::size_t i = 0; i < n_rows; ++i) log_prob[i] = call(prior, x + i * n, n, nullptr, 0, form);
}

template <class G>
void fill_priors(const G& prior, const double* x, std::size_t n_rows, std::size_t n, double* log_prob, OfPositions) {
  fill(prior, x, n_rows, n, log_prob);
}

// The likelihood gets the rows of which the prior leaves something.
template <class F, class G>
void fill_posterior(const Posterior<F, G>& posterior, const double* x, std::size_t n_rows, std::size_t n, double* log_prob, double* blobs) {
  fill_priors(posterior.prior, x, n_rows, n, log_prob, form_of<G>());
  std::vector<std::size_t> possible;
  std::vector<double> rows;
  for (std::size_t i = 0; i < n_rows; ++i) {
    if (!is_possible(log_prob[i])) continue;
    possible.push_back(i);
    rows.insert(rows.end(), x + i * n, x + (i + 1) * n);
  }
  if (possible.empty()) return;
  std::vector<double> likelihood(possible.size());
  fill(posterior.likelihood, rows.data(), possible.size(), n, likelihood.data());
  for (std::size_t k = 0; k < possible.size(); ++k) {
    const std::size_t i = possible[k];
    log_prob[i] = combined(likelihood[k], log_prob[i], blobs + i * n_prior_blobs, n_prior_blobs);
  }
}

// Cut, when it is too long, between two characters of UTF-8.
inline int fail(abi::Failure* failure, const char* message) {
  std::size_t length = std::strlen(message);
  const std::size_t room = sizeof failure->message - 1;
  if (length > room) {
    length = room;
    while (length > 0 && (message[length] & 0xC0) == 0x80) --length;
  }
  std::copy_n(message, length, failure->message);
  failure->message[length] = '\0';
  return abi::failed;
}

inline std::vector<const char*> pointers_to(const std::vector<std::string>& names) {
  std::vector<const char*> pointers;
  for (const std::string& name : names) pointers.push_back(name.c_str());
  return pointers;
}

template <class F>
class Model : public abi::Density {
 public:
  Model(F function, std::vector<std::string> parameters, std::vector<std::string> blobs)
      : abi::Density(),
        function_(std::move(function)),
        parameters_(std::move(parameters)),
        blobs_(std::move(blobs)),
        parameter_pointers_(pointers_to(parameters_)),
        blob_pointers_(pointers_to(blobs_)) {
    abi::Density& self = *this;
    self.abi_version = abi::version;
    self.evaluate = &Model::evaluate_model;
    self.evaluate_rows = &Model::evaluate_model_rows;
    self.destroy = &Model::destroy_model;
    self.n_parameters = parameters_.size();
    self.parameters = parameter_pointers_.data();
    self.n_blobs = blobs_.size();
    self.blobs = blob_pointers_.data();
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

 private:
  using Form = form_of<F>;

  static int evaluate_model(const abi::Density* self, const double* position, std::size_t n_parameters,
                            double* log_prob, double* blobs, abi::Failure* failure) {
    return guarded(failure, [=] {
      *log_prob = call(function_of(self), position, n_parameters, blobs, self->n_blobs, Form());
    });
  }

  static int evaluate_model_rows(const abi::Density* self, const double* positions, std::size_t n, std::size_t n_parameters,
                                 double* log_prob, double* blobs, std::size_t* n_done, abi::Failure* failure) {
    const Rows rows{self, positions, n, n_parameters, log_prob, blobs};
    return evaluate(rows, n_done, failure, Form());
  }

  struct Rows {
    const abi::Density* self;
    const double* positions;
    std::size_t n, n_parameters;
    double *log_prob, *blobs;
  };

  template <class OfOne>
  static int evaluate(const Rows& rows, std::size_t* n_done, abi::Failure* failure, OfOne form) {
    return guarded(failure, [=] {
      const F& function = function_of(rows.self);
      const std::size_t n_blobs = rows.self->n_blobs;
      for (*n_done = 0; *n_done < rows.n; ++*n_done) {
        const std::size_t i = *n_done;
        rows.log_prob[i] = call(function, rows.positions + i * rows.n_parameters, rows.n_parameters, rows.blobs + i * n_blobs, n_blobs, form);
      }
    });
  }

  static int evaluate(const Rows& rows, std::size_t* n_done, abi::Failure* failure, OfPositions form) {
    return evaluate_together(rows, n_done, failure, form, [=] {
      fill(function_of(rows.self), rows.positions, rows.n, rows.n_parameters, rows.log_prob);
    });
  }

  static int evaluate(const Rows& rows, std::size_t* n_done, abi::Failure* failure, WithPriors form) {
    return evaluate_together(rows, n_done, failure, form, [=] {
      fill_posterior(function_of(rows.self), rows.positions, rows.n, rows.n_parameters, rows.log_prob, rows.blobs);
    });
  }

  // When that fails, for which of them it does.
  template <class Form, class Fill>
  static int evaluate_together(const Rows& rows, std::size_t* n_done, abi::Failure* failure, Form form, const Fill& fill_all) {
    *n_done = rows.n;
    const int outcome = guarded(failure, fill_all);
    return outcome == abi::failed ? evaluate<Form>(rows, n_done, failure, form) : outcome;
  }

  template <class Work>
  static int guarded(abi::Failure* failure, const Work& work) {
    try {
      work();
      return abi::evaluated;
    } catch (const Rcpp::LongjumpException& jump) {
      failure->continuation = jump.token;
      return abi::jumped;
    } catch (const Rcpp::internal::InterruptedException&) {
      return abi::interrupted;
    } catch (const std::exception& error) {
      return fail(failure, error.what());
    } catch (...) {
      return fail(failure, "an exception that is not a std::exception");
    }
  }

  static const F& function_of(const abi::Density* self) { return static_cast<const Model*>(self)->function_; }

  static void destroy_model(abi::Density* self) { delete static_cast<Model*>(self); }

  F function_;
  std::vector<std::string> parameters_, blobs_;
  std::vector<const char*> parameter_pointers_, blob_pointers_;
};

}  // namespace detail

// A density on its way to R: returned from a function of type SEXP, it becomes what run_mcmc() takes as
// `log_prob`.
template <class F>
class Handover {
 public:
  explicit Handover(F function) : function_(std::move(function)) {}

  // The names of the parameters, in the order of a position, which run_mcmc() then insists on.
  Handover& parameters(std::vector<std::string> names) {
    parameters_ = std::move(names);
    return *this;
  }

  // The names of the blobs that the function writes.
  Handover& blobs(std::vector<std::string> names) {
    blobs_ = std::move(names);
    return *this;
  }

  // The density is the log-likelihood, and this the log-prior: a function of a position, or of many, without blobs.
  template <class G>
  Handover<detail::Posterior<F, typename std::decay<G>::type>> prior(G&& function) const {
    using Function = typename std::decay<G>::type;
    static_assert(!detail::has_prior<F>::value, "a density has one prior");
    static_assert(detail::takes_position<Function>::value || detail::can_fill<void, Function>::value,
                  "prior() takes a function of a position that returns a double");
    Handover<detail::Posterior<F, Function>> posterior({function_, std::forward<G>(function)});
    posterior.parameters(parameters_).blobs(blobs_);
    return posterior;
  }

  operator SEXP() const {
    if (detail::writes_blobs<F>::value == blobs_.empty()) {
      Rcpp::stop(blobs_.empty() ? "The density writes blobs: name them, livechain::density(f).blobs({\"name\"})."
                                : "Blobs are named, but the density does not take them: double f(position, livechain::Blobs&).");
    }
    const Rcpp::Function adopt = Rcpp::Environment::namespace_env("livechain")["adopt_density"];
    std::vector<std::string> blobs = blobs_;
    if (detail::has_prior<F>::value) blobs.insert(blobs.end(), {"log_likelihood", "log_prior"});
    abi::Density* const model = new detail::Model<F>(function_, parameters_, blobs);
    return adopt(Rcpp::XPtr<abi::Density>(model, false));
  }

 private:
  F function_;
  std::vector<std::string> parameters_, blobs_;
};

// A function, or an object with `double operator()(position) const`, as a density; with blobs,
// `double f(position, livechain::Blobs& blobs)`. It is copied. A position is a `livechain::Position`, or
// whatever Eigen makes of one, such as `const Eigen::Ref<const Eigen::VectorXd>&`. Or a function of many positions,
// `void f(const livechain::Positions& x, livechain::LogProbs& log_prob)`, which has no blobs.
template <class F>
Handover<typename std::decay<F>::type> density(F&& function) {
  using Function = typename std::decay<F>::type;
  static_assert(detail::is_density<Function>::value,
                "livechain::density() takes a function of a position that returns a double: "
                "double operator()(const livechain::Position& x) const");
  return Handover<Function>(std::forward<F>(function));
}

}  // namespace livechain
