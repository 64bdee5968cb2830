// write(2), a megabyte at a time. Frozen: it shares nothing with the package.
#include <Rcpp.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

// [[Rcpp::export]]
void write_bytes(std::string path, double n_bytes) {
  const std::vector<double> block(1 << 17, 1.5);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  for (double left = n_bytes; left > 0; left -= 1 << 20) {
    const auto size = static_cast<std::size_t>(std::min<double>(left, 1 << 20));
    if (write(fd, block.data(), size) < 0) Rcpp::stop("could not write");
  }
  close(fd);
}
