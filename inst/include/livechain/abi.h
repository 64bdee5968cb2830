// What a shared library that holds a density hands to livechain: types of C alone, no exception, so that
// neither the compilers nor the versions of livechain that made the two need to be the same.
#pragma once

#include <cstddef>

namespace livechain {
namespace abi {

// Of what follows here. Densities of an older version go on working.
constexpr unsigned version = 2;

enum Outcome {
  evaluated = 0,
  failed = 1,       // an exception, whose message is in the failure
  jumped = 2,       // an R condition on its way to its handler; the failure holds what goes on with it
  interrupted = 3   // by the user
};

struct Failure {
  char message[1024];
  void* continuation;
};

struct Density {
  unsigned abi_version;  // first in every version

  // Writes the log-probability and `n_blobs` blobs; called by several threads at once when the user asks
  // for them.
  int (*evaluate)(const Density* self, const double* position, std::size_t n_parameters, double* log_prob,
                  double* blobs, Failure* failure);
  void (*destroy)(Density* self);

  std::size_t n_parameters;  // 0: any number, without names
  const char* const* parameters;
  std::size_t n_blobs;
  const char* const* blobs;

  // From version 2 on: the same for `n` positions, row after row. `n_done` says how many are evaluated, and so which is just
  // now, or has failed; it is `n` while that cannot be told.
  int (*evaluate_rows)(const Density* self, const double* positions, std::size_t n, std::size_t n_parameters,
                       double* log_prob, double* blobs, std::size_t* n_done, Failure* failure);
};

}  // namespace abi
}  // namespace livechain
