#include "glue/compiled_density.h"

#include "glue/entry.h"
#include "glue/signals.h"

#include <dlfcn.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace livechain::glue {

namespace {

// A second hold on the library that is loaded already.
void* hold_library(const abi::Density& density) {
  Dl_info library;
  if (dladdr(reinterpret_cast<void*>(density.evaluate), &library) == 0) return nullptr;
  return dlopen(library.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
}

void check_interrupt(void*) { R_CheckUserInterrupt(); }

// Without the jump that an interrupt is.
bool is_interrupted() { return R_ToplevelExec(check_interrupt, nullptr) == FALSE; }

std::string listed(const store::BlobType& type) {
  std::string names;
  for (const auto& field : type.fields()) names += (names.empty() ? "" : ", ") + field.name;
  return type.empty() ? "no blobs" : "the blobs " + names;
}

bool are_equal(const store::BlobType& a, const store::BlobType& b) {
  return std::equal(a.fields().begin(), a.fields().end(), b.fields().begin(), b.fields().end(),
                    [](const store::BlobField& x, const store::BlobField& y) {
                      return x.name == y.name && x.kind == y.kind && x.dims == y.dims;
                    });
}

}  // namespace

Adopted::Adopted(abi::Density* density) : density_(density), library_(nullptr) {
  if (density->abi_version == 0 || density->abi_version > abi::version) throw UnusableDensity("version");
  library_ = hold_library(*density);
}

Adopted::~Adopted() {
  density_->destroy(density_);
  if (library_ != nullptr) dlclose(library_);
}

const abi::Density& adopted(SEXP pointer) {
  const auto* held = static_cast<Adopted*>(R_ExternalPtrAddr(pointer));
  if (held == nullptr) throw UnusableDensity("session");
  return held->density();
}

store::BlobType blob_type_of(const abi::Density& density) {
  std::vector<store::BlobField> fields(density.n_blobs);
  for (std::size_t i = 0; i < density.n_blobs; ++i) fields[i].name = density.blobs[i];
  return store::BlobType(std::move(fields));
}

// Evaluates rows of a batch, in any order and on any thread. Of several failures the first row's counts, as
// if the rows had been evaluated one after the other.
class Rows {
  using Range = tbb::blocked_range<std::size_t>;

 public:
  Rows(CompiledDensity& owner, core::Batch& batch, bool slow)
      : owner_(owner),
        batch_(batch),
        n_blobs_(owner.density_.n_blobs),
        slow_(slow),
        end_(batch.walkers.size()) {}

  void evaluate_all() {
    const std::size_t n = batch_.walkers.size();
    const std::size_t n_in_chunk = owner_.rows_in_chunk(n);
    if (n_in_chunk >= n) {
      evaluate_chunk(Range(0, n));
    } else {
      owner_.arena_.execute([&] {
        const auto evaluate_rows = [this](const Range& rows) { evaluate_chunk(rows); };
        tbb::parallel_for(Range(0, n, n_in_chunk), evaluate_rows, tbb::simple_partitioner());
      });
    }
    owner_.end();
    if (outcome_ != abi::evaluated) raise();
  }

 private:
  const double* position(std::size_t row) const {
    return batch_.position(static_cast<core::Index>(row));
  }

  // How long a row takes, the thread of R measures.
  void evaluate_chunk(const Range& rows) {
    if (owner_.n_threads_ == 1 || std::this_thread::get_id() != main_thread_) return evaluate(rows);
    const auto start = CompiledDensity::Clock::now();
    evaluate(rows);
    const std::chrono::duration<double> taken = CompiledDensity::Clock::now() - start;
    owner_.seconds_a_row_ = taken.count() / static_cast<double>(rows.size());
  }

  // A slow density is looked after between its evaluations.
  void evaluate(const Range& rows) {
    if (!slow_ && owner_.density_.abi_version >= 2) return evaluate_together(rows.begin(), rows.size());
    for (std::size_t row = rows.begin(); row < rows.end() && row < end_.load(std::memory_order_relaxed); ++row) {
      evaluate(row);
      if (slow_ && std::this_thread::get_id() == main_thread_) look_up();
    }
  }

  void evaluate_together(std::size_t first, std::size_t n) {
    auto* blobs = reinterpret_cast<double*>(batch_.blob(static_cast<core::Index>(first)));
    std::fill_n(blobs, n * n_blobs_, NA_REAL);
    std::size_t n_done = n;
    if (owner_.n_threads_ == 1) owner_.rows_ = {&batch_, first, n, &n_done};
    abi::Failure failure;
    const abi::Density& density = owner_.density_;
    const int outcome = density.evaluate_rows(&density, position(first), n, static_cast<std::size_t>(batch_.n_parameters),
                                              batch_.log_prob.data() + first, blobs, &n_done, &failure);
    if (owner_.n_threads_ == 1) owner_.rows_ = {};
    if (outcome != abi::evaluated) fail(first + std::min(n_done, n - 1), outcome, failure);
  }

  void evaluate(std::size_t row) {
    const auto i = static_cast<core::Index>(row);
    if (owner_.n_threads_ == 1) owner_.begin({batch_.walkers[row], position(row), batch_.n_parameters});
    auto* blobs = reinterpret_cast<double*>(batch_.blob(i));
    std::fill_n(blobs, n_blobs_, NA_REAL);
    abi::Failure failure;
    const int outcome =
        owner_.density_.evaluate(&owner_.density_, position(row), static_cast<std::size_t>(batch_.n_parameters),
                                 &batch_.log_prob[row], blobs, &failure);
    if (outcome != abi::evaluated) fail(row, outcome, failure);
  }

  void fail(std::size_t row, int outcome, const abi::Failure& failure) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (row >= end_) return;
    end_ = row;
    outcome_ = outcome;
    failure_ = failure;
  }

  // Between two evaluations of a slow density.
  void look_up() {
    owner_.between();
    if (EndingSignals::came()) ended_ = true;
    if (ended_ || is_interrupted()) fail(0, abi::interrupted, {});
  }

  [[noreturn]] void raise() const {
    if (outcome_ == abi::jumped) throw Rcpp::LongjumpException(static_cast<SEXP>(failure_.continuation));
    if (ended_) throw EndedBySignal();
    if (outcome_ == abi::interrupted) throw Rcpp::internal::InterruptedException();
    const std::size_t row = end_;
    throw DensityError(failure_.message, batch_.walkers[row], {position(row), position(row) + batch_.n_parameters});
  }

  CompiledDensity& owner_;
  core::Batch& batch_;
  const std::size_t n_blobs_;
  const bool slow_;
  const std::thread::id main_thread_ = std::this_thread::get_id();

  std::mutex mutex_;
  std::atomic<std::size_t> end_;  // rows from here on need not be evaluated
  int outcome_ = abi::evaluated;
  abi::Failure failure_;
  bool ended_ = false;
};

CompiledDensity::CompiledDensity(SEXP pointer, int n_threads)
    : pointer_(pointer), density_(adopted(pointer)), n_threads_(n_threads), arena_(n_threads) {
  blob_type_ = blob_type_of(density_);
}

void CompiledDensity::set_blob_type(const store::BlobType& type) {
  if (!are_equal(type, *blob_type_)) throw OtherBlobs(listed(type), listed(*blob_type_));
}

void CompiledDensity::evaluate(core::Batch& batch) {
  if (batch.blob_size != blob_type_->size()) batch.set_blob_size(blob_type_->size());
  Rows(*this, batch, is_slow()).evaluate_all();
}

std::optional<UserDensity::Current> CompiledDensity::current() const {
  if (rows_.batch == nullptr || *rows_.n_done >= rows_.n) return UserDensity::current();
  const auto row = static_cast<core::Index>(rows_.first + *rows_.n_done);
  return Current{rows_.batch->walker(row), rows_.batch->position(row), rows_.batch->n_parameters};
}

// So many that to hand them to another thread takes much less time than they do; all of them where that would not be shared
// by two.
std::size_t CompiledDensity::rows_in_chunk(std::size_t n) const {
  constexpr double seconds_a_chunk = 20e-6;
  if (n_threads_ == 1) return n;
  const auto least = static_cast<std::size_t>(std::min(seconds_a_chunk / seconds_a_row_, 1e9)) + 1;
  const std::size_t even = (n + static_cast<std::size_t>(n_threads_) - 1) / static_cast<std::size_t>(n_threads_);
  return 2 * least > n ? n : std::max(least, std::min(even, n / 8 + 1));
}

// Steps are published, and interrupts heard, after each step; a density of which a batch takes longer than a
// blink needs that between its evaluations, too. Before the first batch that is not known.
bool CompiledDensity::is_slow() {
  const auto now = Clock::now();
  const bool slow = now - last_ > std::chrono::milliseconds(10);
  last_ = now;
  return slow;
}

}  // namespace livechain::glue
