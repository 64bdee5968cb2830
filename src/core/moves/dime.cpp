#include "core/moves/dime.h"

#include "core/cholesky.h"
#include "core/moves/differential.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace livechain::core {

namespace {

constexpr double nothing = -std::numeric_limits<double>::infinity();

double log_sum_exp(const Eigen::VectorXd& values) {
  const double largest = values.maxCoeff();
  if (!std::isfinite(largest)) return largest;
  return largest + std::log((values.array() - largest).exp().sum());
}

double log_add_exp(double a, double b) {
  const double larger = std::max(a, b);
  if (larger == nothing) return nothing;
  return larger + std::log(std::exp(a - larger) + std::exp(b - larger));
}

double total_accepted(const Ensemble& ensemble) {
  return static_cast<double>(
      std::accumulate(ensemble.accepted.begin(), ensemble.accepted.end(), std::int64_t(0)));
}

}  // namespace

void DimeMove::begin(const Ensemble& ensemble) {
  mean_ = Eigen::VectorXd::Zero(ensemble.n_parameters());
  covariance_ = Eigen::MatrixXd::Identity(ensemble.n_parameters(), ensemble.n_parameters());
  log_weight_ = nothing;
  n_accepted_ = total_accepted(ensemble) - static_cast<double>(ensemble.n_walkers());
}

// The ensemble that is moved now is learnt from later: what is fitted to a walker that it proposes to is not exact.
void DimeMove::prepare(const Ensemble& ensemble) {
  if (!is_fitted_) fit();
  if (n_steps_ == settings_.tune_steps) return;
  learn(ensemble);
  ++n_steps_;
  is_fitted_ = false;
}

void DimeMove::fit() {
  const double shrink = (settings_.degrees - 2.0) / settings_.degrees;
  location_ = mean_;
  root_ = log_weight_ == nothing ? std::nullopt : cholesky_root(shrink * covariance_);
  is_fitted_ = true;
}

void DimeMove::learn(const Ensemble& ensemble) {
  const double total = total_accepted(ensemble);
  const double moved = (total - n_accepted_) / static_cast<double>(ensemble.n_walkers());
  n_accepted_ = total;
  const double log_weight = moved > 0 ? log_sum_exp(ensemble.log_prob) + std::log(moved) : nothing;
  const double together = log_add_exp(log_weight_, log_weight);
  if (together == nothing) return;
  const double past = std::exp(log_weight_ - together);
  const double present = std::exp(log_weight - together);
  const Eigen::VectorXd mean = ensemble.positions.colwise().mean().transpose();
  const Eigen::MatrixXd centred = ensemble.positions.rowwise() - mean.transpose();
  mean_ = past * mean_ + present * mean;
  covariance_ =
      past * covariance_ + present * (centred.transpose() * centred) / static_cast<double>(ensemble.n_walkers() - 1);
  log_weight_ = together + std::log(settings_.fading);
}

double DimeMove::propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                         Position proposed) {
  const Eigen::RowVectorXd present = ensemble.positions.row(walker);
  if (draws.uniform() < settings_.independent && root_) {
    proposed = draw(draws).transpose();
    return log_density(present.transpose()) - log_density(proposed.transpose());
  }
  const double gamma = settings_.gamma > 0 ? settings_.gamma : 2.38 / std::sqrt(2.0 * static_cast<double>(proposed.size()));
  const auto [first, second] = draw_pair(split, draws);
  proposed = present + gamma * (ensemble.positions.row(first) - ensemble.positions.row(second));
  for (Eigen::Index p = 0; p < proposed.size(); ++p) proposed[p] += settings_.sigma * draws.normal();
  return 0.0;
}

// A t distribution: a normal vector over the root of
// an independent chi-squared number, made by the gamma generator of Marsaglia & Tsang (2000).
Eigen::VectorXd DimeMove::draw(Stream& draws) const {
  Eigen::VectorXd normal(mean_.size());
  for (Eigen::Index p = 0; p < normal.size(); ++p) normal[p] = draws.normal();
  const double d = settings_.degrees / 2.0 - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double z = draws.normal();
    const double v = std::pow(1.0 + c * z, 3.0);
    if (v <= 0 || std::log1p(-draws.uniform()) >= 0.5 * z * z + d * (1.0 - v + std::log(v))) continue;
    const double chi_squared = 2.0 * d * v;
    return location_ + *root_ * normal * std::sqrt(settings_.degrees / chi_squared);
  }
}

// Up to a constant.
double DimeMove::log_density(const Eigen::VectorXd& position) const {
  const Eigen::VectorXd point = root_->triangularView<Eigen::Lower>().solve(position - location_);
  return -0.5 * (settings_.degrees + static_cast<double>(mean_.size())) *
         std::log1p(point.squaredNorm() / settings_.degrees);
}

std::vector<double> DimeMove::memory() const {
  std::vector<double> memory(mean_.data(), mean_.data() + mean_.size());
  memory.insert(memory.end(), covariance_.data(), covariance_.data() + covariance_.size());
  memory.push_back(log_weight_);
  memory.push_back(n_accepted_);
  memory.push_back(static_cast<double>(n_steps_));
  return memory;
}

void DimeMove::remember(const double* memory) {
  std::copy_n(memory, mean_.size(), mean_.data());
  memory += mean_.size();
  std::copy_n(memory, covariance_.size(), covariance_.data());
  memory += covariance_.size();
  log_weight_ = memory[0];
  n_accepted_ = memory[1];
  n_steps_ = static_cast<std::int64_t>(memory[2]);
  is_fitted_ = false;
}

}  // namespace livechain::core
