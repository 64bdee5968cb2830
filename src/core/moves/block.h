#pragma once

#include "core/circles.h"

#include <memory>
#include <optional>

namespace livechain::core {

// Another move on some of the parameters, as if there were no others: those stay as they are, and the density is that of
// the block given them.
class BlockMove : public Move {
 public:
  // `columns` are numbers of parameters, from 0 on.
  BlockMove(std::unique_ptr<Move> move, std::vector<Index> columns);

  void begin(const Walkers& walkers) override;
  void prepare(const Walkers& walkers) override;
  Index n_uniforms(Index) const override { return move_->n_uniforms(n_columns()); }
  void update(const Parts& parts, Evaluator& evaluator) override;
  std::vector<double> memory() const override { return move_->memory(); }
  void remember(const double* memory) override { move_->remember(memory); }
  std::int64_t n_limited() const override { return move_->n_limited(); }

 private:
  Index n_columns() const { return static_cast<Index>(columns_.size()); }
  Walkers block_of(const Walkers& walkers);

  std::unique_ptr<Move> move_;
  std::vector<Index> columns_;
  std::vector<double> positions_;  // [walker, column]
  std::optional<Circles> circles_;
  Batch batch_;  // of all parameters
};

}  // namespace livechain::core
