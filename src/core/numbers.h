// Functions without a branch, so that loops over them become vector instructions, with the same bits on every
// processor. The polynomials of log_of() and turn() are fdlibm's; errors are about one unit in the last place.
#pragma once

#include "core/walkers.h"

#include <cmath>
#include <cstring>

namespace livechain::core {

inline std::uint64_t bits_of(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline double double_of(std::uint64_t bits) {
  double x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

// Of 64 random bits, the upper 52: on the open interval (0, 1), the middles of 2^52 equal parts.
inline double uniform_of(std::uint64_t bits) { return double_of(bits >> 12U | 0x3FF0000000000000U) - (1 - 0x1p-53); }

// Uniform on {0, ..., n - 1}.
inline Index below(Index n, double uniform) { return static_cast<Index>(uniform * n); }

// x = m 2^k with m near 1; log m = f - f^2/2 + ... by the series in s = f / (2 + f). For x a normal number above 0; 0
// counts as 2^-1023.
inline double log_of(double x) {
  constexpr std::uint64_t root_half = 0x3FE6A09E667F3BCD, one = 0x3FF0000000000000, exponent = 0xFFF0000000000000;
  const std::uint64_t shifted = bits_of(x) + (one - root_half);
  const double k = double_of(shifted >> 52U | 0x4330000000000000U) - (0x1p52 + 1023);
  const double f = double_of(bits_of(x) - (shifted & exponent) + one) - 1;
  const double s = f / (2 + f), z = s * s, w = z * z;
  const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 +
                          w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double half = 0.5 * f * f;
  return k * 6.93147180369123816490e-01 - ((half - (s * (half + (even + odd)) + k * 1.90821492927058770002e-10)) - f);
}

// 2^k times the series of exp in what is left. Below -708, what it is there, which is next to nothing; not for x above 709.
inline double exp_of(double x) {
  const double bounded = x < -708.0 ? -708.0 : x;
  const double shifted = bounded * 1.44269504088896338700 + 0x1.8p52;  // k in its last bits
  const double k = shifted - 0x1.8p52;
  const double r = (bounded - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  const double high = 1.0 / 40320 + r * (1.0 / 362880 + r * (1.0 / 3628800 +
      r * (1.0 / 39916800 + r * (1.0 / 479001600 + r * (1.0 / 6227020800)))));
  const double low = 1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 + r * (1.0 / 5040 + r * high))));
  return (1 + (r + r * r * (0.5 + r * low))) * double_of((bits_of(shifted) + 1023U) << 52U);
}

// Cosine and sine of a full turn times u, for u in [0, 1].
struct Turn {
  double cosine, sine;
};

inline Turn turn(double u) {
  const double shifted = 4 * u + 0x1.8p52;  // the number of quarters, rounded, in its last bits
  const std::uint64_t quarters = bits_of(shifted);
  const double x = (4 * u - (shifted - 0x1.8p52)) * 1.57079632679489661923, z = x * x;
  const double s = x + x * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 +
      z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 +
      z * 1.58969099521155010221e-10)))));
  const double c = 1 - 0.5 * z + z * z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 +
      z * (2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 -
      z * 1.13596475577881948265e-11)))));
  const std::uint64_t odd = 0 - (quarters & 1U), swapped = (bits_of(s) ^ bits_of(c)) & odd;
  return {double_of((bits_of(c) ^ swapped) ^ ((quarters + 1) & 2U) << 62U),
          double_of((bits_of(s) ^ swapped) ^ (quarters & 2U) << 62U)};
}

// Standard normal, by Box and Muller.
inline double normal(double u, double v) { return std::sqrt(-2 * log_of(u)) * turn(v).cosine; }

// Distinct numbers below n, every ordered choice with the same probability.
struct Two {
  Index first, second;
};

inline Two two_below(Index n, double u, double v) {
  const Index first = below(n, u), second = below(n - 1, v);
  return {first, second + (second >= first)};
}

struct Three {
  Index first, second, third;
};

inline Three three_below(Index n, double u, double v, double w) {
  const Two two = two_below(n, u, v);
  const Index low = two.first < two.second ? two.first : two.second, high = two.first + two.second - low;
  Index third = below(n - 2, w);
  third += third >= low;
  third += third >= high;
  return {two.first, two.second, third};
}

}  // namespace livechain::core
