// The state of a run: where the walkers are and what the density said there.
#pragma once

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace livechain::core {

// One walker a row, its position contiguous: the order in which the chain is stored.
using Positions = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Positions with what the density returned for them: log-probabilities, and blobs as opaque records.
struct Evaluated {
  Positions positions;
  Eigen::VectorXd log_prob;
  std::vector<std::byte> blobs;
  std::size_t blob_size = 0;

  Eigen::Index n_walkers() const { return positions.rows(); }
  Eigen::Index n_parameters() const { return positions.cols(); }

  void resize(Eigen::Index n_walkers, Eigen::Index n_parameters, std::size_t blob_bytes) {
    positions.resize(n_walkers, n_parameters);
    log_prob.resize(n_walkers);
    set_blob_size(blob_bytes);
  }

  void set_blob_size(std::size_t bytes) {
    blob_size = bytes;
    blobs.resize(static_cast<std::size_t>(n_walkers()) * bytes);
  }

  std::byte* blob(Eigen::Index walker) {
    return blobs.data() + static_cast<std::size_t>(walker) * blob_size;
  }
  const std::byte* blob(Eigen::Index walker) const {
    return blobs.data() + static_cast<std::size_t>(walker) * blob_size;
  }
};

struct Ensemble : Evaluated {
  std::vector<std::int64_t> accepted;  // accepted proposals of each walker since the run began
  std::int64_t n_nan = 0;              // log-probabilities that were NaN and counted as -Inf
  std::vector<double> memory;          // what the moves have learnt
};

}  // namespace livechain::core
