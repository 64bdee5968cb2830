#pragma once

#include "core/move.h"

namespace livechain::core {

// The differential slice move of Karamanis & Beutler (2021): a slice sampler along mu (c1 - c2) for each
// walker, with stepping out and shrinking (Neal 2003). No proposal is lost, at the cost of several
// evaluations a step. The scale mu is tuned so that intervals expand as often as they shrink.
class SliceMove : public Move {
 public:
  SliceMove(double scale, std::int64_t tune_steps) : scale_(scale), tune_steps_(tune_steps) {}

  void prepare(const Walkers& walkers) override;
  Index n_uniforms(Index) const override { return 5; }
  void update(const Parts& parts, Evaluator& evaluator) override;
  std::vector<double> memory() const override;
  void remember(const double* memory) override;
  std::int64_t n_limited() const override { return n_limited_; }

 private:
  double scale_;
  std::int64_t tune_steps_;
  std::int64_t n_steps_ = 0;  // in which the move was used
  std::int64_t n_expansions_ = 0;
  std::int64_t n_contractions_ = 0;
  std::int64_t n_limited_ = 0;
};

}  // namespace livechain::core
