#include "core/moves/dime.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace livechain::core {

namespace {

constexpr double nothing = -std::numeric_limits<double>::infinity();

double log_sum_exp(const double* values, Index n) {
  const double largest = *std::max_element(values, values + n);
  if (!std::isfinite(largest)) return largest;
  double sum = 0;
  wide([=, total = &sum] {
    for (Index i = 0; i < n; ++i) *total += exp_of(values[i] - largest);
  });
  return largest + log_of(sum);
}

double total_accepted(const Walkers& walkers) {
  return static_cast<double>(std::accumulate(walkers.accepted, walkers.accepted + walkers.n, std::int64_t(0)));
}

}  // namespace

void DimeMove::begin(const Walkers& walkers) {
  const auto d = static_cast<std::size_t>(walkers.n_parameters);
  mean_.assign(d, 0);
  covariance_.assign(d * d, 0);
  for (std::size_t p = 0; p < d; ++p) covariance_[p * d + p] = 1;
  log_weight_ = nothing;
  n_accepted_ = total_accepted(walkers) - walkers.n;
}

// The ensemble that is moved now is learnt from later: what is fitted to a walker that it proposes to is not exact.
void DimeMove::prepare(const Walkers& walkers) {
  if (!is_fitted_) fit();
  if (n_steps_ == settings_.tune_steps) return;
  learn(walkers);
  ++n_steps_;
  is_fitted_ = false;
}

void DimeMove::fit() {
  location_ = mean_;
  const auto d = static_cast<Index>(mean_.size());
  if (log_weight_ != nothing) root_ = root_of(covariance_, d, (settings_.degrees - 2) / settings_.degrees);
  has_root_ = log_weight_ != nothing && !root_.is_deficient;
  is_fitted_ = true;
}

void DimeMove::learn(const Walkers& walkers) {
  const double total = total_accepted(walkers);
  const double moved = (total - n_accepted_) / walkers.n;
  n_accepted_ = total;
  const double log_weight = moved > 0 ? log_sum_exp(walkers.log_prob, walkers.n) + log_of(moved) : nothing;
  const double both[] = {log_weight_, log_weight};
  const double together = log_sum_exp(both, 2);
  if (together == nothing) return;
  std::vector<Index> all(static_cast<std::size_t>(walkers.n));
  std::iota(all.begin(), all.end(), 0);
  Scatter scatter = scatter_of(unrolled_.of(walkers, all.data(), walkers.n), all.data(), walkers.n);
  if (log_weight_ != nothing) {
    with_space(walkers, [&](auto space) {
      for (std::size_t p = 0; p < mean_.size(); ++p) scatter.mean[p] = space.near(mean_[p], scatter.mean[p], static_cast<Index>(p));
    });
  }
  wide([=, past = exp_of(log_weight_ - together), present = exp_of(log_weight - together), d = mean_.size(), mean = mean_.data(),
        covariance = covariance_.data(), new_mean = scatter.mean.data(), products = scatter.products.data(), n = walkers.n] {
    for (std::size_t p = 0; p < d; ++p) {
      mean[p] = past * mean[p] + present * new_mean[p];
      for (std::size_t q = 0; q <= p; ++q) {
        covariance[p * d + q] = past * covariance[p * d + q] + present * products[p * d + q] / (n - 1);
        covariance[q * d + p] = covariance[p * d + q];
      }
    }
  });
  log_weight_ = together + log_of(settings_.fading);
}

void DimeMove::propose(const Part& part, const Proposals& to) {
  draw_normals(part, 3, part.n_parameters(), normals_);
  propose_differences(part, to);
  if (has_root_ && settings_.independent > 0) propose_independent(part, to);
}

void DimeMove::propose_differences(const Part& part, const Proposals& to) {
  const double gamma = settings_.gamma > 0 ? settings_.gamma : 2.38 / std::sqrt(2.0 * part.n_parameters());
  with_space(part.walkers, [&](auto space) {
    wide([=, sigma = settings_.sigma, of_first = part.uniform(1), of_second = part.uniform(2), normals = normals_.data(),
          n = static_cast<std::size_t>(part.n_active)] {
      each_row(part, to, [=](Index i, const double* x, double* __restrict y, auto d) {
        const auto [first, second] = two_below(part.n_helpers, of_first[i], of_second[i]);
        const double *const c1 = part.helper(first), *const c2 = part.helper(second);
        for (Index p = 0; p < d; ++p) {
          y[p] = x[p] + gamma * space.from(c2[p], c1[p], p) + sigma * normals[static_cast<std::size_t>(p) * n + i];
        }
        to.log_factor[i] = 0;
      });
    });
  });
}

// Some of the walkers get a draw from a t distribution instead: a normal vector over the root of an independent chi-squared
// number. Where root times a vector is, the density depends on the vector's length alone.
void DimeMove::propose_independent(const Part& part, const Proposals& to) {
  const auto n = static_cast<std::size_t>(part.n_active);
  const Index d = part.n_parameters();
  present_.resize(n * static_cast<std::size_t>(d));
  with_space(part.walkers, [&](auto space) {
    for (Index i = 0; i < part.n_active; ++i) {
      const double* const x = part.position(i);
      const bool is_independent = part.uniform(0)[i] < settings_.independent;
      const double stretch = is_independent ? std::sqrt(settings_.degrees / draw_chi_squared(part.of_walker(i))) : 0;
      to.scratch[i] = stretch;
      for (Index p = 0; p < d; ++p) {
        present_[static_cast<std::size_t>(p) * n + i] = space.from(location_[static_cast<std::size_t>(p)], x[p], p);
        normals_[static_cast<std::size_t>(p) * n + i] *= stretch;
      }
    }
  });
  divide(root_, present_.data(), part.n_active);
  wide([=, degrees = settings_.degrees, from = present_.data(), to_vectors = normals_.data()] {
    for (std::size_t i = 0; i < n; ++i) {
      double squared = 0, proposed = 0;
      for (Index p = 0; p < d; ++p) {
        squared += from[p * n + i] * from[p * n + i];
        proposed += to_vectors[p * n + i] * to_vectors[p * n + i];
      }
      const double gain = log_of(1 + proposed / degrees) - log_of(1 + squared / degrees);
      to.log_factor[i] = to.scratch[i] > 0 ? 0.5 * (degrees + d) * gain : 0;
    }
  });
  multiply(root_, normals_.data(), part.n_active);
  with_space(part.walkers, [&](auto space) {
    for (Index i = 0; i < part.n_active; ++i) {
      if (to.scratch[i] == 0) continue;
      double* const y = to.positions + static_cast<std::size_t>(i) * d;
      for (Index p = 0; p < d; ++p) {
        const double step = normals_[static_cast<std::size_t>(p) * n + i];
        y[p] = location_[static_cast<std::size_t>(p)] + step;
        if (space.is_far(step, p)) to.log_factor[i] = nothing;
      }
    }
  });
}

// By the gamma generator of Marsaglia & Tsang (2000).
double DimeMove::draw_chi_squared(Stream draws) const {
  double chi_squared = 0;
  wide([=, d = settings_.degrees / 2 - 1.0 / 3, result = &chi_squared]() mutable {
    while (*result == 0) {
      const double z = draws.normal(), root = 1 + z / std::sqrt(9 * d), v = root * root * root;
      if (v > 0 && log_of(draws.uniform()) < 0.5 * z * z + d * (1 - v + log_of(v))) *result = 2 * d * v;
    }
  });
  return chi_squared;
}

std::vector<double> DimeMove::memory() const {
  std::vector<double> memory(mean_);
  memory.insert(memory.end(), covariance_.begin(), covariance_.end());
  memory.insert(memory.end(), {log_weight_, n_accepted_, static_cast<double>(n_steps_)});
  return memory;
}

void DimeMove::remember(const double* memory) {
  const auto take = [&memory](std::vector<double>& values) {
    std::copy_n(memory, values.size(), values.data());
    memory += values.size();
  };
  take(mean_);
  take(covariance_);
  log_weight_ = memory[0];
  n_accepted_ = memory[1];
  n_steps_ = static_cast<std::int64_t>(memory[2]);
  is_fitted_ = false;
}

}  // namespace livechain::core
