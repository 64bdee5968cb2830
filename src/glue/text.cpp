#include "glue/text.h"

#include <cstddef>
#include <cstdint>

namespace livechain::glue {

namespace {

// How many bytes the character at `at` takes in UTF-8; 0 when there is none.
std::size_t character_at(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + n > text.size()) return 0;
  std::uint32_t code = first & (0xFFU >> (n + 1));
  for (std::size_t i = at + 1; i < at + n; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return overlong || surrogate || code > 0x10FFFF ? 0 : n;
}

// C0 but for the end of a line and the tabulator, DEL, and C1, which is two bytes.
bool steers(const std::string& text, std::size_t at, std::size_t n) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (n == 1) return (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
  return n == 2 && first == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

void escape(std::string& to, unsigned char byte) {
  static const char* const digits = "0123456789abcdef";
  to += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
}

}  // namespace

std::string printable(const std::string& text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = character_at(text, at);
    if (n > 0 && !steers(text, at, n)) {
      result.append(text, at, n);
      at += n;
    } else {
      escape(result, static_cast<unsigned char>(text[at++]));
    }
  }
  return result;
}

}  // namespace livechain::glue
