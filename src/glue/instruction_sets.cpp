// Entries for the tests of what every instruction set must give.
#include "core/random.h"
#include "glue/entry.h"

#include <cstdio>

namespace livechain::glue {

// Has loops run for the instruction set of this number from now on, if the processor has it; returns the numbers of the one
// before and of the widest.
extern "C" SEXP livechain_use_instruction_set(SEXP number) {
  return entry([&]() -> SEXP {
    const auto before = static_cast<int>(core::isa());
    const auto widest = static_cast<int>(core::widest());
    const int wanted = Rcpp::as<int>(number);
    if (wanted >= 0 && wanted <= widest) core::isa() = static_cast<core::Isa>(wanted);
    return Rcpp::IntegerVector::create(before, widest);
  });
}

// Threefry 4x64 with 13 rounds: words of counter, key and result in hexadecimal digits.
extern "C" SEXP livechain_threefry(SEXP counter, SEXP key) {
  return entry([&]() -> SEXP {
    const auto words = [](SEXP digits) {
      const auto texts = Rcpp::as<std::vector<std::string>>(digits);
      core::Words result{};
      for (std::size_t i = 0; i < result.size(); ++i) result[i] = std::stoull(texts.at(i), nullptr, 16);
      return result;
    };
    Rcpp::CharacterVector result;
    for (const std::uint64_t word : core::threefry::encrypted(words(counter), core::threefry::expanded(words(key)))) {
      char text[17];
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(word));
      result.push_back(text);
    }
    return result;
  });
}

}  // namespace livechain::glue
