#include "core/proposal.h"

#include <algorithm>

namespace livechain::core {

namespace {

// Without a branch, since no processor can predict which walkers move: all proposals are copied, those that are rejected
// to where nobody looks.
void decide(const Part& part, const Batch& batch, Index first, double* log_factor, std::vector<double>& nowhere) {
  const Walkers& walkers = part.walkers;
  nowhere.resize(static_cast<std::size_t>(walkers.n_parameters) + walkers.blob_size / sizeof(double) + 1);
  wide([=, threshold = log_factor, proposed = batch.position(first), proposed_log_prob = batch.log_prob.data() + first,
        records = batch.blob(first), rejected = nowhere.data()] {
    for (Index i = 0; i < part.n_active; ++i) threshold[i] = log_of(part.chance[i]) - threshold[i];
    with_constant(walkers.n_parameters, [=](auto d) {
      for (Index i = 0; i < part.n_active; ++i) {
        const Index walker = part.active[i];
        const double gain = proposed_log_prob[i] - walkers.log_prob[walker];
        const bool moves = gain > threshold[i];
        double* const row[] = {rejected, walkers.positions + static_cast<std::size_t>(walker) * d};
        std::memcpy(row[moves], proposed + static_cast<std::size_t>(i) * d, d * sizeof(double));
        const double log_prob[] = {walkers.log_prob[walker], proposed_log_prob[i]};
        walkers.log_prob[walker] = log_prob[moves];
        walkers.accepted[walker] += moves;
        if (walkers.blob_size == 0) continue;
        std::byte* const record[] = {reinterpret_cast<std::byte*>(rejected), walkers.blob(walker)};
        std::memcpy(record[moves], records + static_cast<std::size_t>(i) * walkers.blob_size, walkers.blob_size);
      }
    });
  });
}

}  // namespace

void ProposalMove::update(const Parts& parts, Evaluator& evaluator) {
  const Walkers& walkers = parts.front().walkers;
  Index n = 0;
  for (const Part& part : parts) n += part.n_active;
  proposed_.resize(n, walkers.n_parameters, walkers.blob_size);
  log_factors_.resize(static_cast<std::size_t>(n));
  scratch_.resize(static_cast<std::size_t>(n));
  Index first = 0;
  for (const Part& part : parts) {
    propose(part, {proposed_.position(first), log_factors_.data() + first, scratch_.data()});
    std::copy_n(part.active, part.n_active, proposed_.walkers.data() + first);
    first += part.n_active;
  }
  evaluator.evaluate(proposed_);
  first = 0;
  for (const Part& part : parts) {
    decide(part, proposed_, first, log_factors_.data() + first, nowhere_);
    first += part.n_active;
  }
}

}  // namespace livechain::core
