#include "core/ranks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
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

double score_of(double rank, std::size_t n) {
  return normal_quantile((rank - 0.375) / (static_cast<double>(n) + 0.25));
}

// A place in the lower bits, and above it as much of the draw's value as there is room for: what differs there is in order,
// and only what does not must be compared.
class Keys {
 public:
  explicit Keys(const Series& series) : series_(series), keys_(series.size()) {
    while ((keys_.size() - 1) >> place_bits_ != 0) ++place_bits_;
    value_bits_ = std::min(64 - place_bits_, n_passes * digit_bits);
    const Scale scale = scale_of_keys();
    for (std::size_t i = 0; i < keys_.size(); ++i) keys_[i] = scale.key(series.values[i]) << place_bits_ | i;
  }

  std::vector<std::uint64_t> places_in_order() && {
    sort_by_digits();
    const std::uint64_t place = (std::uint64_t(1) << place_bits_) - 1;
    for (std::size_t first = 0; first < keys_.size();) first = order_alike(first, place);
    return std::move(keys_);
  }

 private:
  static constexpr unsigned digit_bits = 8;
  static constexpr unsigned n_passes = 4;
  static constexpr std::size_t n_digits = std::size_t(1) << digit_bits;

  struct Scale {
    double least = 0.0;
    double factor = 0.0;
    double largest = 0.0;
    std::uint64_t key(double value) const {
      return factor == 0.0 ? 0 : static_cast<std::uint64_t>(std::clamp((value - least) * factor, 0.0, largest));
    }
  };

  // Steps of the key are spread over where most draws are: what is far out must not make all others alike.
  Scale scale_of_keys() const {
    std::vector<double> some;
    const std::size_t every = 1 + keys_.size() / 4096;
    for (std::size_t i = 0; i < keys_.size(); i += every) some.push_back(series_.values[i]);
    std::sort(some.begin(), some.end());
    const double lower = some[some.size() / 50];
    const double width = some[some.size() - 1 - some.size() / 50] - lower;
    const double end = std::ldexp(1.0, static_cast<int>(value_bits_));
    const Scale scale{lower - width, end / 3.0 / width, end - 1.0};
    return std::isfinite(scale.least) && std::isfinite(scale.factor) ? scale : Scale();
  }

  // Least digit first, each pass a stable one.
  void sort_by_digits() {
    std::vector<std::uint64_t> sorted(keys_.size());
    for (unsigned shift = place_bits_; shift < place_bits_ + value_bits_; shift += digit_bits) {
      std::vector<std::size_t> next(n_digits + 1, 0);
      const auto digit = [shift](std::uint64_t key) { return (key >> shift) % n_digits; };
      for (const std::uint64_t key : keys_) ++next[digit(key) + 1];
      for (std::size_t d = 1; d < n_digits; ++d) next[d] += next[d - 1];
      for (const std::uint64_t key : keys_) sorted[next[digit(key)]++] = key;
      keys_.swap(sorted);
    }
  }

  // Those from `first` on of which the keys do not tell which is larger; keys become places. Where they end.
  std::size_t order_alike(std::size_t first, std::uint64_t place) {
    const std::uint64_t alike = keys_[first] >> place_bits_;
    std::size_t end = first;
    do {
      keys_[end] &= place;
      ++end;
    } while (end < keys_.size() && keys_[end] >> place_bits_ == alike);
    const auto is_less = [this](std::uint64_t a, std::uint64_t b) { return series_.values[a] < series_.values[b]; };
    const auto from = keys_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto to = keys_.begin() + static_cast<std::ptrdiff_t>(end);
    if (!std::is_sorted(from, to, is_less)) std::sort(from, to, is_less);
    return end;
  }

  Series series_;
  std::vector<std::uint64_t> keys_;
  unsigned place_bits_ = 1;
  unsigned value_bits_ = 0;
};

}  // namespace

double normal_quantile(double probability) {
  const double q = probability - 0.5;
  if (std::abs(q) <= 0.425) return central(q);
  const double r = std::sqrt(-std::log(std::min(probability, 1.0 - probability)));
  return std::copysign(r <= 5.0 ? near_tail(r) : far_tail(r), q);
}

Ranking::Ranking(const Series& series)
    : n_steps_(series.n_steps), places_(Keys(series).places_in_order()), values_(series.size()) {
  for (std::size_t rank = 0; rank < values_.size(); ++rank) values_[rank] = series.values[places_[rank]];
}

double Ranking::quantile(double probability) const {
  const double at = probability * static_cast<double>(values_.size() - 1);
  const auto below = static_cast<std::size_t>(at + 4 * 2.220446e-16);
  const double share = at - static_cast<double>(below);
  return share > 0 ? (1.0 - share) * values_[below] + share * values_[below + 1] : values_[below];
}

void Ranking::leave_out(std::size_t step) {
  std::size_t n = 0;
  for (std::size_t rank = 0; rank < places_.size(); ++rank) {
    if (places_[rank] % n_steps_ == step) continue;
    places_[n] = places_[rank];
    values_[n++] = values_[rank];
  }
  places_.resize(n);
  values_.resize(n);
}

void Ranking::scores(double* out) const {
  const std::size_t n = values_.size();
  for (std::size_t first = 0; first < n;) {
    std::size_t end = first + 1;
    while (end < n && values_[end] == values_[first]) ++end;
    const double score = score_of(0.5 * static_cast<double>(first + 1 + end), n);
    for (; first < end; ++first) out[places_[first]] = score;
  }
}

// From the center outward, on both sides at once: `below` and `above` are what is between what is done.
void Ranking::folded_scores(double center, double* out) const {
  const std::size_t n = values_.size();
  const double beyond = std::numeric_limits<double>::infinity();
  auto above = static_cast<std::size_t>(std::lower_bound(values_.begin(), values_.end(), center) - values_.begin());
  std::size_t below = above;
  const auto distance_below = [&] { return below > 0 ? center - values_[below - 1] : beyond; };
  const auto distance_above = [&] { return above < n ? values_[above] - center : beyond; };
  while (above - below < n) {
    const std::size_t first_below = below, first_above = above;
    const double equal = std::min(distance_below(), distance_above());
    while (below > 0 && distance_below() == equal) --below;
    while (above < n && distance_above() == equal) ++above;
    const double rank = 0.5 * static_cast<double>((first_above - first_below) + (above - below) + 1);
    const double score = score_of(rank, n);
    for (std::size_t i = below; i < first_below; ++i) out[places_[i]] = score;
    for (std::size_t i = first_above; i < above; ++i) out[places_[i]] = score;
  }
}

}  // namespace livechain::core
