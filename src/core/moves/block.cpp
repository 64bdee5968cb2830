#include "core/moves/block.h"

#include <algorithm>

namespace livechain::core {

namespace {

// From and to the columns of a position.
void gather(const std::vector<Index>& columns, const double* position, double* block) {
  for (std::size_t k = 0; k < columns.size(); ++k) block[k] = position[columns[k]];
}

void scatter(const std::vector<Index>& columns, const double* block, double* position) {
  for (std::size_t k = 0; k < columns.size(); ++k) position[columns[k]] = block[k];
}

// Blocks are evaluated at the walkers' other parameters.
class Completed : public Evaluator {
 public:
  Completed(const Walkers& walkers, const std::vector<Index>& columns, Evaluator& evaluator, Batch& whole)
      : walkers_(walkers), columns_(columns), evaluator_(evaluator), whole_(whole) {}

  void evaluate(Batch& blocks) override {
    whole_.resize(blocks.n, walkers_.n_parameters, blocks.blob_size);
    whole_.walkers = blocks.walkers;
    for (Index i = 0; i < blocks.n; ++i) {
      std::copy_n(walkers_.position(blocks.walker(i)), walkers_.n_parameters, whole_.position(i));
      scatter(columns_, blocks.position(i), whole_.position(i));
    }
    evaluator_.evaluate(whole_);
    for (Index i = 0; i < blocks.n; ++i) {
      gather(columns_, whole_.position(i), blocks.position(i));
      blocks.take_result(i, whole_, i);
    }
  }

 private:
  const Walkers& walkers_;
  const std::vector<Index>& columns_;
  Evaluator& evaluator_;
  Batch& whole_;
};

}  // namespace

BlockMove::BlockMove(std::unique_ptr<Move> move, std::vector<Index> columns) : move_(std::move(move)), columns_(std::move(columns)) {
  n_splits = move_->n_splits;
  randomize_split = move_->randomize_split;
}

void BlockMove::begin(const Walkers& walkers) {
  if (walkers.circles != nullptr) {
    std::vector<double> periods(columns_.size());
    gather(columns_, walkers.circles->period.data(), periods.data());
    circles_.emplace(std::move(periods));
  }
  move_->begin(block_of(walkers));
}

void BlockMove::prepare(const Walkers& walkers) { move_->prepare(block_of(walkers)); }

void BlockMove::update(const Parts& parts, Evaluator& evaluator) {
  const Walkers& walkers = parts.front().walkers;
  const Walkers block = block_of(walkers);
  Parts of_block(parts);
  for (Part& part : of_block) part.walkers = block;
  Completed completed(walkers, columns_, evaluator, batch_);
  move_->update(of_block, completed);
  for (const Part& part : parts) {
    for (Index i = 0; i < part.n_active; ++i) scatter(columns_, block.position(part.active[i]), walkers.position(part.active[i]));
  }
}

Walkers BlockMove::block_of(const Walkers& walkers) {
  Walkers block(walkers);
  positions_.resize(static_cast<std::size_t>(walkers.n) * columns_.size());
  block.n_parameters = n_columns();
  block.positions = positions_.data();
  block.circles = circles_ ? &*circles_ : nullptr;
  for (Index i = 0; i < walkers.n; ++i) gather(columns_, walkers.position(i), block.position(i));
  return block;
}

}  // namespace livechain::core
