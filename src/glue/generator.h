// R's generator while a density is evaluated. One that draws from it would make another chain in another session,
// or after a kill; so it is seeded, for each evaluation of a walker in a step, from the run's own generator.
#pragma once

#include "core/random.h"

#include <Rcpp.h>

#include <cstdint>
#include <vector>

namespace livechain::glue {

class Generator {
 public:
  // The numbers of `.Random.seed` for L'Ecuyer's generator, the smallest of R's that has streams.
  static constexpr int state_size = 7;

  explicit Generator(std::uint64_t seed) : random_(seed) {}

  // Evaluations from now on belong to the step after `n_done`.
  void begin_step(std::int64_t n_done);

  // Calls `evaluate`, and once more, seeded, when it turns out that it draws from R's generator, whose state is
  // afterwards what it was.
  template <class Evaluate>
  void watch(Evaluate evaluate) {
    const Restore before;
    evaluate();
    if (seeds_ || !before.has_changed()) return;
    seeds_ = true;
    evaluate();
  }

  bool seeds() const { return seeds_; }

  // Sets R's generator for the next evaluation of a walker. May jump.
  void seed(core::Index walker) const;
  void fill_state(core::Index walker, int* state) const;

  // The walkers have been evaluated.
  void count(const std::vector<core::Index>& walkers);

 private:
  class Restore {
   public:
    Restore() : state_(current()) {}
    ~Restore() {
      if (has_changed()) Rf_defineVar(R_SeedsSymbol, state_, R_GlobalEnv);
    }
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;

    bool has_changed() const { return current() != static_cast<SEXP>(state_); }

   private:
    static SEXP current() { return Rf_findVarInFrame(R_GlobalEnv, R_SeedsSymbol); }

    Rcpp::RObject state_;
  };

  core::Random random_;
  std::uint64_t step_ = 0;
  std::vector<std::uint32_t> n_evaluations_;  // of each walker in this step
  bool seeds_ = false;
};

}  // namespace livechain::glue
