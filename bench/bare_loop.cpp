// What a sampler cannot do without, as version 0.1.0 measured it: the random numbers of a stretch move, by that version's
// generator, and an evaluation for each walker. Frozen: it shares nothing with the package.
// [[Rcpp::depends(RcppEigen, sitmo)]]
#include <RcppEigen.h>
#include <sitmo.h>

#include <cstdint>
#include <vector>

namespace {

class Stream {
 public:
  Stream(const sitmo::prng_engine& keyed, std::uint64_t step, std::uint64_t walker, std::uint64_t purpose) : engine_(keyed) {
    engine_.set_counter(0, walker, purpose, step);
  }

  double uniform() {
    const std::uint64_t low = engine_();
    const std::uint64_t bits = low | static_cast<std::uint64_t>(engine_()) << 32;
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
  }

  std::size_t below(std::size_t n) {
    const auto range = static_cast<std::uint32_t>(n);
    std::uint64_t product = std::uint64_t{engine_()} * range;
    if (static_cast<std::uint32_t>(product) < range) {
      const std::uint32_t unfair = (0U - range) % range;
      while (static_cast<std::uint32_t>(product) < unfair) product = std::uint64_t{engine_()} * range;
    }
    return static_cast<std::size_t>(product >> 32U);
  }

 private:
  sitmo::prng_engine engine_;
};

double normal(const Eigen::Map<const Eigen::VectorXd>& x) { return -0.5 * x.squaredNorm(); }

}  // namespace

// [[Rcpp::export]]
double bare_loop(int n_steps, int n_walkers, int n_parameters) {
  constexpr std::uint64_t split_purpose = 2, walker_purpose = 3;
  sitmo::prng_engine keyed;
  keyed.set_key(1);
  std::vector<double> x(static_cast<std::size_t>(n_parameters), 0.5);
  double sum = 0;
  for (int step = 0; step < n_steps; ++step) {
    Stream split(keyed, step, 0, split_purpose);
    for (int i = n_walkers - 1; i >= n_walkers / 2; --i) sum += split.below(i + 1);
    for (int walker = 0; walker < n_walkers; ++walker) {
      Stream draws(keyed, step, walker, walker_purpose);
      x[0] = draws.uniform();
      sum += draws.below(n_walkers / 2) + normal({x.data(), n_parameters});
      sum += draws.uniform();
    }
  }
  return sum;
}
