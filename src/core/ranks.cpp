#include "core/ranks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace livechain::core {

namespace {

template <std::size_t n>
double polynomial(const double (&coefficients)[n], double x) {
  double value = 0.0;
  for (std::size_t i = n; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

double central(double q) {
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  const double r = 0.180625 - q * q;
  return q * polynomial(a, r) / polynomial(b, r);
}

double near_tail(double r) {
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,  5.76949722146069140550e0,
                                 3.64784832476320460504e0,  1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  return polynomial(c, r - 1.6) / polynomial(d, r - 1.6);
}

double far_tail(double r) {
  static constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  return polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
}

}  // namespace

double normal_quantile(double probability) {
  const double q = probability - 0.5;
  if (std::abs(q) <= 0.425) return central(q);
  const double r = std::sqrt(-std::log(std::min(probability, 1.0 - probability)));
  return std::copysign(r <= 5.0 ? near_tail(r) : far_tail(r), q);
}

Ranking::Ranking(const std::vector<double>& values) : ordered_(values.size()) {
  for (std::size_t i = 0; i < values.size(); ++i) ordered_[i] = {values[i], i};
  std::sort(ordered_.begin(), ordered_.end());
}

std::vector<double> Ranking::scores() const { return scores_of(ordered_); }

// The values below the center, from the last to the first, and those above are in order already.
std::vector<double> Ranking::folded_scores(double center) const {
  Ordered below, above;
  for (const auto& [value, place] : ordered_) {
    (value < center ? below : above).emplace_back(std::abs(value - center), place);
  }
  std::reverse(below.begin(), below.end());
  Ordered folded(ordered_.size());
  std::merge(below.begin(), below.end(), above.begin(), above.end(), folded.begin());
  return scores_of(folded);
}

std::vector<double> Ranking::scores_of(const Ordered& ordered) {
  std::vector<double> scores(ordered.size());
  for (std::size_t first = 0; first < ordered.size();) {
    std::size_t end = first + 1;
    while (end < ordered.size() && ordered[end].first == ordered[first].first) ++end;
    const double rank = 0.5 * static_cast<double>(first + 1 + end);
    const double score = normal_quantile((rank - 0.375) / (static_cast<double>(ordered.size()) + 0.25));
    for (; first < end; ++first) scores[ordered[first].second] = score;
  }
  return scores;
}

double quantile(std::vector<double> values, double probability) {
  const double place = probability * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(place + 4 * 2.220446e-16);
  const auto lower = values.begin() + below;
  std::nth_element(values.begin(), lower, values.end());
  if (lower + 1 == values.end()) return *lower;
  const double share = place - static_cast<double>(below);
  return share > 0 ? (1.0 - share) * *lower + share * *std::min_element(lower + 1, values.end()) : *lower;
}

}  // namespace livechain::core
