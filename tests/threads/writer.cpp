// A run into a file, with readers beside it, as threads of one process: what ThreadSanitizer is to look at. HDF5 is called by
// one thread alone, as in the package: readers are opened before and take steps by their places.
//
//   writer FILE
#include "store/error.h"
#include "store/reader.h"
#include "store/writer.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

using namespace livechain;

namespace {

constexpr hsize_t n_walkers = 16;
constexpr hsize_t n_parameters = 3;

core::Snapshot start() {
  core::Snapshot now;
  for (hsize_t i = 0; i < n_walkers * n_parameters; ++i) now.positions.push_back(std::sin(static_cast<double>(i)));
  now.log_prob.assign(n_walkers, -1.0);
  now.tally.accepted.assign(n_walkers, 0);
  return now;
}

store::Writer create(const std::string& path, int deflate) {
  store::Description run;
  run.version = "threads";
  run.target = 20000;
  run.shape.n_walkers = n_walkers;
  run.shape.n_parameters = n_parameters;
  run.shape.deflate = deflate;
  run.shape.choose_chunks(run.target);
  const core::Snapshot now = start();
  store::Steps initial;
  initial.n = 1;
  initial.chain = now.positions.data();
  initial.log_prob = now.log_prob.data();
  store::WriterOptions options;
  options.publishing.flush_interval = 0;
  options.publishing.sync_interval = 0.05;
  return store::Writer::create(path, "mcmc", run, initial, options, true);
}

void sample(store::Writer& writer, int n_steps) {
  core::Tally tally = start().tally;
  core::Block block;
  std::size_t row = 0;
  for (int step = 0; step < n_steps; ++step, ++row) {
    if (row == block.n_steps) {
      block = writer.lend();
      row = 0;
    }
    for (hsize_t i = 0; i < n_walkers * n_parameters; ++i) block.positions[row * n_walkers * n_parameters + i] = step + 0.001 * static_cast<double>(i);
    for (hsize_t w = 0; w < n_walkers; ++w) block.log_prob[row * n_walkers + w] = -step;
    ++tally.accepted[static_cast<std::size_t>(step) % n_walkers];
    writer.record(tally);
    if (step % 64 == 0) writer.tick();
  }
}

}  // namespace

int main(int n_arguments, char** arguments) {
  if (n_arguments != 2) return 2;
  const std::string path = arguments[1];
  for (const int deflate : {0, 1}) {
    store::Writer writer = create(path, deflate);
    writer.flush();
    store::Reader reader(path, "mcmc", true);
    std::atomic<bool> done{false};
    std::thread asking([&] {
      while (!done) writer.is_asked_to_end();
    });
    sample(writer, 20000);
    done = true;
    asking.join();
    writer.finish();
    store::Reader ended(path, "mcmc", true);
    const auto n_steps = static_cast<hsize_t>(ended.refresh().n_steps);
    std::atomic<hsize_t> n_read{0};
    ended.read({0, n_steps, 1}, [&](const store::StepBlock& read, hsize_t) { n_read += read.n; }, 4);
    std::printf("%llu of %llu steps\n", static_cast<unsigned long long>(n_read), static_cast<unsigned long long>(n_steps));
    if (n_read != 20000) return 1;
  }
  return 0;
}
