// Where walkers may be: between bounds, and, on circles, at positions from 0 to the period.
#pragma once

#include "core/circles.h"

#include <optional>

namespace livechain::core {

struct Bounds {
  std::vector<double> lower, upper;  // of each parameter
};

struct Domain {
  std::optional<Bounds> bounds;
  std::optional<Circles> circles;

  bool is_whole_space() const { return !bounds && !circles; }
};

// The density within a domain. Positions on circles are set to those from 0 to the period; out of bounds, the log-probability
// is -Inf without a call.
class InDomain : public Evaluator {
 public:
  InDomain(const Domain& domain, Evaluator& density) : domain_(domain), density_(density) {}
  void evaluate(Batch& batch) override;

 private:
  void wrap(Batch& batch) const;
  void find_inside(const Batch& batch);

  const Domain& domain_;
  Evaluator& density_;
  std::vector<Index> inside_;  // rows
  Batch batch_inside_;
};

}  // namespace livechain::core
