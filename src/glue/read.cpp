// Entries that read files.
#include "glue/entry.h"

#include "glue/draws.h"
#include "glue/lists.h"
#include "hdf5/reader.h"
#include "hdf5/writer.h"

#include <algorithm>
#include <vector>

namespace livechain::glue {

namespace {

// Blocks of a few MB: large enough for the disk, small enough to be transposed in the cache.
hsize_t steps_per_block(hsize_t bytes_per_step) {
  constexpr hsize_t block = 4 << 20;
  return std::max<hsize_t>(1, block / bytes_per_step);
}

// Calls `read(rows, first)` for block after block of the steps in `rows`.
template <class Read>
void in_blocks(const hdf5::Rows& rows, hsize_t bytes_per_step, Read read) {
  const hsize_t most = steps_per_block(bytes_per_step);
  for (hsize_t done = 0; done < rows.n; done += most) {
    hdf5::Rows block = rows;
    block.first += done * rows.stride;
    block.n = std::min(most, rows.n - done);
    read(block, static_cast<R_xlen_t>(done));
    Rcpp::checkUserInterrupt();
  }
}

// What lies between the numbers that are wanted. Where that is little, it is faster read than left out.
bool is_worth_skipping(hsize_t wanted, hsize_t skipped) {
  constexpr hsize_t few_bytes = 64 << 10;
  return skipped * sizeof(double) > few_bytes && skipped > wanted;
}

// Reads steps of `n_columns` parameters from `first_column` on, in blocks of whole rows that are then sifted.
class ChainReader {
 public:
  ChainReader(const hdf5::Reader& reader, hsize_t first_column, hsize_t n_columns)
      : reader_(reader), n_walkers_(reader.run().n_walkers), first_column_(first_column), n_columns_(n_columns) {
    const hsize_t all = reader.run().n_parameters;
    sifts_columns_ = n_columns < all && !is_worth_skipping(n_columns, all - n_columns);
    width_ = sifts_columns_ ? all : n_columns;
  }

  hsize_t numbers_per_row() const { return n_walkers_ * width_; }

  bool sifts_steps(hsize_t stride) const {
    return stride > 1 && !is_worth_skipping(numbers_per_row(), (stride - 1) * numbers_per_row());
  }

  const double* read(const hdf5::Rows& rows) {
    const bool sift_steps = sifts_steps(rows.stride);
    hdf5::Rows stored = rows;
    if (sift_steps) {
      stored.n = (rows.n - 1) * rows.stride + 1;
      stored.stride = 1;
    }
    values_.resize(stored.n * numbers_per_row());
    reader_.read_chain(stored, sifts_columns_ ? 0 : first_column_, width_, values_.data());
    if (sift_steps || sifts_columns_) sift(rows.n, sift_steps ? rows.stride : 1);
    return values_.data();
  }

 private:
  // In place: nothing is written before it was read.
  void sift(hsize_t n_steps, hsize_t stride) {
    const hsize_t offset = sifts_columns_ ? first_column_ : 0;
    double* to = values_.data();
    for (hsize_t step = 0; step < n_steps; ++step) {
      const double* row = values_.data() + step * stride * numbers_per_row() + offset;
      for (hsize_t walker = 0; walker < n_walkers_; ++walker, row += width_) {
        to = std::copy(row, row + n_columns_, to);
      }
    }
  }

  const hdf5::Reader& reader_;
  hsize_t n_walkers_, first_column_, n_columns_, width_;
  bool sifts_columns_;
  std::vector<double> values_;
};

Rcpp::List read_draws(const hdf5::Reader& reader, const hdf5::Rows& rows, hsize_t first_column,
                      hsize_t n_columns, bool with_blobs) {
  const hdf5::Run& run = reader.run();
  Draws draws(static_cast<R_xlen_t>(rows.n), static_cast<R_xlen_t>(run.n_walkers),
              static_cast<R_xlen_t>(n_columns), with_blobs ? run.blob_type : hdf5::BlobType());
  ChainReader chain(reader, first_column, n_columns);
  const hsize_t spread = chain.sifts_steps(rows.stride) ? rows.stride : 1;
  in_blocks(rows, chain.numbers_per_row() * spread * sizeof(double), [&](const hdf5::Rows& block, R_xlen_t first) {
    draws.fill_chain(chain.read(block), first, static_cast<R_xlen_t>(block.n));
  });
  std::vector<double> values;
  in_blocks(rows, run.n_walkers * sizeof(double), [&](const hdf5::Rows& block, R_xlen_t first) {
    values.resize(block.n * run.n_walkers);
    reader.read_log_prob(block, values.data());
    draws.fill_log_prob(values.data(), first, static_cast<R_xlen_t>(block.n));
  });
  if (with_blobs && run.has_blobs()) {
    const hsize_t record = run.n_walkers * run.blob_type.size();
    std::vector<std::byte> records;
    in_blocks(rows, record, [&](const hdf5::Rows& block, R_xlen_t first) {
      records.resize(block.n * record);
      reader.read_blobs(block, records.data());
      draws.fill_blobs(records.data(), first, static_cast<R_xlen_t>(block.n));
    });
  }
  return draws.to_list();
}

hsize_t count(SEXP number) { return static_cast<hsize_t>(Rcpp::as<double>(number)); }

}  // namespace

extern "C" SEXP livechain_open_reader(SEXP path, SEXP name, SEXP swmr) {
  return entry([&]() -> SEXP {
    return Rcpp::XPtr<hdf5::Reader>(new hdf5::Reader(Rcpp::as<std::string>(path),
                                                     Rcpp::as<std::string>(name), Rcpp::as<bool>(swmr)),
                                    true);
  });
}

extern "C" SEXP livechain_close_reader(SEXP reader) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<hdf5::Reader> opened(reader);
    opened.release();
    return R_NilValue;
  });
}

// What a look at an open reader needs: whether it still reads what the path names, whether that is being
// written, and how far it is.
extern "C" SEXP livechain_poll(SEXP reader, SEXP path) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<hdf5::Reader> opened(reader);
    // The lock comes first: a run that ends in between is then running still, not interrupted.
    if (!opened->is_current()) return Rcpp::List::create(Rcpp::_["current"] = false);
    const bool locked = hdf5::Lock::is_held(Rcpp::as<std::string>(path));
    Rcpp::List look = as_list(opened->refresh());
    look["current"] = opened->is_current();
    look["locked"] = locked;
    return look;
  });
}

extern "C" SEXP livechain_refresh(SEXP reader) {
  return entry([&]() -> SEXP { return as_list(Rcpp::XPtr<hdf5::Reader>(reader)->refresh()); });
}

// What is known of the run from its beginning.
extern "C" SEXP livechain_describe(SEXP reader) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const Rcpp::XPtr<hdf5::Reader> opened(reader);
    const hdf5::Run& run = opened->run();
    return Rcpp::List::create(
        _["n_walkers"] = static_cast<double>(run.n_walkers),
        _["n_parameters"] = static_cast<double>(run.n_parameters), _["has_blobs"] = run.has_blobs(),
        _["own"] = run.progress.has_value(), _["compressed"] = opened->compressed(),
        _["facts"] = as_list(opened->facts()), _["texts"] = as_list(opened->texts()));
  });
}

extern "C" SEXP livechain_read(SEXP reader, SEXP first, SEXP n, SEXP stride, SEXP first_column,
                               SEXP n_columns, SEXP with_blobs) {
  return entry([&]() -> SEXP {
    hdf5::Rows rows;
    rows.first = count(first);
    rows.n = count(n);
    rows.stride = count(stride);
    return read_draws(*Rcpp::XPtr<hdf5::Reader>(reader), rows, count(first_column), count(n_columns),
                      Rcpp::as<bool>(with_blobs));
  });
}

// The positions [walker, parameter] after `n_steps` steps.
extern "C" SEXP livechain_positions_after(SEXP reader, SEXP n_steps) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<hdf5::Reader> opened(reader);
    const hdf5::State state = opened->state_after(count(n_steps));
    const auto n_walkers = static_cast<Eigen::Index>(opened->run().n_walkers);
    const auto n_parameters = static_cast<Eigen::Index>(opened->run().n_parameters);
    Rcpp::NumericMatrix positions(static_cast<int>(n_walkers), static_cast<int>(n_parameters));
    Eigen::Map<Eigen::MatrixXd>(positions.begin(), n_walkers, n_parameters) =
        Eigen::Map<const core::Positions>(state.positions.data(), n_walkers, n_parameters);
    return Rcpp::List::create(Rcpp::_["positions"] = positions, Rcpp::_["log_prob"] = state.log_prob);
  });
}

extern "C" SEXP livechain_list_runs(SEXP path) {
  return entry([&]() -> SEXP { return Rcpp::wrap(hdf5::list_runs(Rcpp::as<std::string>(path))); });
}

extern "C" SEXP livechain_has_writer(SEXP path) {
  return entry(
      [&]() -> SEXP { return Rcpp::wrap(hdf5::Lock::is_held(Rcpp::as<std::string>(path))); });
}

extern "C" SEXP livechain_repair(SEXP path) {
  return entry([&]() -> SEXP { return Rcpp::wrap(hdf5::repair(Rcpp::as<std::string>(path))); });
}

}  // namespace livechain::glue
