#include "glue/generator.h"

#include <algorithm>

namespace livechain::glue {

namespace {

// sample() by rejection, normal numbers by inversion, L'Ecuyer-CMRG: what R writes first into `.Random.seed`.
constexpr int kind = 10407;

// Smaller than both moduli of the generator.
constexpr std::uint64_t below_moduli = 4294944443U;

}  // namespace

void Generator::begin_step(std::int64_t n_done) {
  step_ = static_cast<std::uint64_t>(n_done + 1);
  std::fill(n_evaluations_.begin(), n_evaluations_.end(), 0);
}

void Generator::fill_state(core::Index walker, int* state) const {
  // Purposes beyond those of the sampler.
  constexpr std::uint64_t evaluation = 1000;
  const auto w = static_cast<std::size_t>(walker);
  const std::uint64_t n = w < n_evaluations_.size() ? n_evaluations_[w] : 0;
  core::Stream stream = random_.stream(step_, static_cast<core::Purpose>(evaluation + n), w);
  state[0] = kind;
  for (int i = 1; i < state_size; ++i) {
    state[i] = static_cast<int>(static_cast<std::uint32_t>(1 + stream.bits() % (below_moduli - 1)));
  }
}

void Generator::seed(core::Index walker) const {
  const SEXP state = PROTECT(Rf_allocVector(INTSXP, state_size));
  fill_state(walker, INTEGER(state));
  Rf_defineVar(R_SeedsSymbol, state, R_GlobalEnv);
  UNPROTECT(1);
}

void Generator::count(const std::vector<core::Index>& walkers) {
  for (const core::Index walker : walkers) {
    const auto w = static_cast<std::size_t>(walker);
    if (w >= n_evaluations_.size()) n_evaluations_.resize(w + 1, 0);
    ++n_evaluations_[w];
  }
}

}  // namespace livechain::glue
