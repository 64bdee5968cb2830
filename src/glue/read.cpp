// Entries that read files.
#include "glue/entry.h"
#include "glue/positions.h"

#include "glue/draws.h"
#include "glue/lists.h"
#include "store/reader.h"
#include "store/recovery.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace livechain::glue {

namespace {

// Runs of other programs are listed by their names as they can be printed, and found by them.
std::string run_shown_as(const std::string& name, const std::string& path) {
  if (name.find("\\x") == std::string::npos) return name;
  for (const std::string& run : store::list_runs(path)) {
    if (printable(run) == name) return run;
  }
  return name;
}

// Several threads pay off where there is much to be read.
int threads_for(const store::Rows& rows, const store::Shape& shape) {
  constexpr double much = 16 << 20;  // bytes
  constexpr unsigned most = 4;
  if (static_cast<double>(rows.n) * static_cast<double>(shape.step_bytes()) < much) return 1;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, most));
}

// A run's steps in R's order. Blobs become R's objects, which only R's own thread can make.
Rcpp::List read_draws(const store::Reader& reader, const store::Rows& rows, hsize_t first_column, hsize_t n_columns,
                      bool with_blobs) {
  const store::Shape& shape = reader.info().shape;
  const bool has_blobs = with_blobs && !shape.blobs.empty();
  Draws draws(static_cast<R_xlen_t>(rows.n), static_cast<R_xlen_t>(shape.n_walkers), static_cast<R_xlen_t>(n_columns),
              has_blobs ? shape.blobs : store::BlobType());
  const auto take = [&](const store::StepBlock& block, hsize_t first) {
    const auto n = static_cast<R_xlen_t>(block.n);
    draws.fill_chain(block.chain.data() + first_column, static_cast<R_xlen_t>(first), n, shape.n_parameters);
    draws.fill_log_prob(block.log_prob.data(), static_cast<R_xlen_t>(first), n);
    if (has_blobs) draws.fill_blobs(block.blobs.data(), static_cast<R_xlen_t>(first), n);
  };
  const int n_threads = has_blobs ? 1 : threads_for(rows, shape);
  // In pieces, between which an interrupt is heard.
  const hsize_t piece = std::max<hsize_t>(1, (hsize_t(256) << 20) / shape.step_bytes());
  for (hsize_t done = 0; done < rows.n; done += piece) {
    const store::Rows part{rows.first + done * rows.stride, std::min(piece, rows.n - done), rows.stride};
    reader.read(part, [&](const store::StepBlock& block, hsize_t first) { take(block, done + first); }, n_threads);
    Rcpp::checkUserInterrupt();
  }
  return draws.to_list();
}

hsize_t count(SEXP number) { return static_cast<hsize_t>(Rcpp::as<double>(number)); }

SEXP name_of(store::Format format) {
  switch (format) {
    case store::Format::emcee: return Rcpp::wrap("emcee");
    case store::Format::one: return Rcpp::wrap("livechain 1");
    case store::Format::two: break;
  }
  return Rcpp::wrap("livechain 2");
}

std::string text_of(std::uint64_t identity) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(identity));
  return text;
}

// With the ladder of a tempered run, and what is told of it: the first numbers of its memory.
Rcpp::List progress_of(store::Reader& reader) {
  const store::Progress progress = reader.refresh();
  Rcpp::List list = as_list(progress);
  const store::Facts& facts = reader.info().facts;
  const auto known = facts.find("n_temperatures");
  const auto* n = known == facts.end() ? nullptr : std::get_if<std::int64_t>(&known->second);
  const std::vector<double>& memory = progress.tally.memory;
  if (n == nullptr || *n < 2 || *n > static_cast<std::int64_t>(memory.size()) / 3) return list;
  list.push_back(Rcpp::NumericVector(memory.begin(), memory.begin() + 3 * *n - 1), "ladder");
  return list;
}

}  // namespace

extern "C" SEXP livechain_open_reader(SEXP path, SEXP name, SEXP swmr) {
  return entry([&]() -> SEXP {
    const auto file = Rcpp::as<std::string>(path);
    const std::string run = run_shown_as(Rcpp::as<std::string>(name), file);
    return Rcpp::XPtr<store::Reader>(new store::Reader(file, run, Rcpp::as<bool>(swmr)), true);
  });
}

extern "C" SEXP livechain_close_reader(SEXP reader) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Reader> opened(reader);
    opened.release();
    return R_NilValue;
  });
}

// What a look at an open reader needs: whether it still reads what the path names, whether somebody writes to the run,
// and how far it is.
extern "C" SEXP livechain_poll(SEXP reader) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<store::Reader> opened(reader);
    // Who writes comes first: a run that ends in between is then running still, not interrupted. A file that another
    // has replaced tells what it was, and that it is not current.
    const store::Session session = opened->session();
    Rcpp::List look = progress_of(*opened);
    look.push_back(opened->is_current(), "current");
    look.push_back(as_list(session), "session");
    look.push_back(static_cast<double>(opened->n_lost_workers()), "n_lost_workers");
    return look;
  });
}

extern "C" SEXP livechain_refresh(SEXP reader) {
  return entry([&]() -> SEXP { return progress_of(*Rcpp::XPtr<store::Reader>(reader)); });
}

// What is known of the run from its beginning.
extern "C" SEXP livechain_describe(SEXP reader) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const store::RunInfo& info = Rcpp::XPtr<store::Reader>(reader)->info();
    return Rcpp::List::create(
        _["n_walkers"] = static_cast<double>(info.shape.n_walkers),
        _["n_parameters"] = static_cast<double>(info.shape.n_parameters), _["has_blobs"] = !info.shape.blobs.empty(),
        _["format"] = name_of(info.format), _["own"] = info.format != store::Format::emcee,
        _["identity"] = text_of(info.identity), _["compressed"] = info.shape.is_compressed(),
        _["facts"] = as_list(info.facts));
  });
}

extern "C" SEXP livechain_read(SEXP reader, SEXP first, SEXP n, SEXP stride, SEXP first_column,
                               SEXP n_columns, SEXP with_blobs) {
  return entry([&]() -> SEXP {
    const store::Rows rows{count(first), count(n), count(stride)};
    return read_draws(*Rcpp::XPtr<store::Reader>(reader), rows, count(first_column), count(n_columns),
                      Rcpp::as<bool>(with_blobs));
  });
}

// The positions [walker, parameter] after `n_steps` steps.
extern "C" SEXP livechain_positions_after(SEXP reader, SEXP n_steps) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<store::Reader> opened(reader);
    const core::Snapshot state = opened->positions_after(count(n_steps));
    const Rcpp::NumericMatrix positions = matrix_of(state.positions, state.n_walkers());
    return Rcpp::List::create(Rcpp::_["positions"] = positions, Rcpp::_["log_prob"] = state.log_prob);
  });
}

// How many of the first `n_steps` steps, from the first on, are what was written.
extern "C" SEXP livechain_count_right(SEXP reader, SEXP n_steps) {
  return entry([&]() -> SEXP {
    return Rcpp::wrap(static_cast<double>(Rcpp::XPtr<store::Reader>(reader)->count_right(count(n_steps))));
  });
}

extern "C" SEXP livechain_list_runs(SEXP path) {
  return entry([&]() -> SEXP {
    return as_texts(store::list_runs(Rcpp::as<std::string>(path)));
  });
}

extern "C" SEXP livechain_has_writer(SEXP path) {
  return entry(
      [&]() -> SEXP { return Rcpp::wrap(store::Lock::is_held(Rcpp::as<std::string>(path))); });
}

extern "C" SEXP livechain_repair(SEXP path) {
  return entry([&]() -> SEXP { return Rcpp::wrap(store::repair(Rcpp::as<std::string>(path))); });
}

extern "C" SEXP livechain_ask_to_end(SEXP path, SEXP name) {
  return entry([&]() -> SEXP {
    return Rcpp::wrap(store::ask_to_end(Rcpp::as<std::string>(path), Rcpp::as<std::string>(name)));
  });
}

}  // namespace livechain::glue
