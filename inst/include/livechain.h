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
// See ?compiled_density in R.
#pragma once

#include <RcppEigen.h>

#include "livechain/abi.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace livechain {

using Position = Eigen::Map<const Eigen::VectorXd>;
using Blobs = Eigen::Map<Eigen::VectorXd>;

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

template <class F>
double call(const F& function, const Position& position, Blobs& blobs, std::true_type) {
  return function(position, blobs);
}

template <class F>
double call(const F& function, const Position& position, Blobs&, std::false_type) {
  return function(position);
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
    self.destroy = &Model::destroy_model;
    self.n_parameters = parameters_.size();
    self.parameters = parameter_pointers_.data();
    self.n_blobs = blobs_.size();
    self.blobs = blob_pointers_.data();
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

 private:
  static int evaluate_model(const abi::Density* self, const double* position, std::size_t n_parameters,
                            double* log_prob, double* blobs, abi::Failure* failure) {
    try {
      const Position x(position, static_cast<Eigen::Index>(n_parameters));
      Blobs values(blobs, static_cast<Eigen::Index>(self->n_blobs));
      *log_prob = call(static_cast<const Model*>(self)->function_, x, values, takes_blobs<F>());
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

  operator SEXP() const {
    if (detail::takes_blobs<F>::value == blobs_.empty()) {
      Rcpp::stop(blobs_.empty() ? "The density writes blobs: name them, livechain::density(f).blobs({\"name\"})."
                                : "Blobs are named, but the density does not take them: double f(position, livechain::Blobs&).");
    }
    const Rcpp::Function adopt = Rcpp::Environment::namespace_env("livechain")["adopt_density"];
    abi::Density* const model = new detail::Model<F>(function_, parameters_, blobs_);
    return adopt(Rcpp::XPtr<abi::Density>(model, false));
  }

 private:
  F function_;
  std::vector<std::string> parameters_, blobs_;
};

// A function, or an object with `double operator()(position) const`, as a density; with blobs,
// `double f(position, livechain::Blobs& blobs)`. It is copied. A position is a `livechain::Position`, or
// whatever Eigen makes of one, such as `const Eigen::Ref<const Eigen::VectorXd>&`.
template <class F>
Handover<typename std::decay<F>::type> density(F&& function) {
  using Function = typename std::decay<F>::type;
  static_assert(detail::takes_position<Function>::value || detail::takes_blobs<Function>::value,
                "livechain::density() takes a function of a position that returns a double: "
                "double operator()(const livechain::Position& x) const");
  return Handover<Function>(std::forward<F>(function));
}

}  // namespace livechain
