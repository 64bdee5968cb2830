// What we store of a run beside emcee's layout, in the group `livechain` of its group (format 2):
//
//   livechain/         format, identity, facts_checksum, and the facts of the run
//     progress         see progress.h
//     heartbeat        see heartbeat.h
//     places           see places.h
//     request          what another process asks of the writer
//     lost_workers     how many workers the run has lost
//     initial, initial_log_prob, initial_blobs      where the walkers started, and as a further number its checksum
//     checksum         [step] uint64, see checksum.h
//     states           [state, cell] int64: the tally after every so many steps
//     chunks           of a compressed run: where each of its chunks stands
//
// All but what grows is written before the file is in its place, and stays where it is. The file's root has an
// attribute `livechain:<name>` with the address of the group, by which it is found when the group of the run cannot be opened.
#pragma once

#include "store/emcee.h"
#include "store/facts.h"
#include "store/heartbeat.h"
#include "store/places.h"
#include "store/progress.h"

#include <optional>
#include <string>
#include <vector>

namespace livechain::store {

// What is known of a run before its first step.
struct Description {
  std::string version;  // of the program that made the run
  Shape shape;
  std::int64_t target = 0;     // steps
  std::vector<double> memory;  // of the moves, when they begin
  Facts facts;
};

// A run of format 2, as it is described: what of it never changes, and where to find the rest. Does not need HDF5.
struct Layout {
  std::uint64_t identity = 0;
  Facts facts;
  Shape shape;
  std::optional<Snapshot> start;
  std::optional<ProgressTable> progress;
  std::optional<Heartbeat> heartbeat;
  std::optional<PlacesTable> places;
  std::optional<Table> request;
  std::optional<Table> lost_workers;  // not in the first runs of this format
};

// Of a run that is stored, so that another can be made like it.
Description describe(const Shape& shape, const Facts& facts, std::int64_t target);

// What of it grows, while HDF5 has it open.
struct Growing {
  hdf5::Dataset checksum, states, chunks;

  hid_t dataset(Part part, const EmceeRun& run) const;
};

enum class Format { emcee = 0, one = 1, two = 2 };
Format format_of_run(const EmceeRun& run);

// `name` is that of a run in `file`, whose own group is looked for in the group of the run and, when that cannot be opened, by
// its address. Throws hdf5::Failure, or Error `no_run` when there is none.
hdf5::Group open_own_group(hid_t file, const std::string& path, const std::string& name);
Layout open_layout(hid_t own);
Growing open_growing(hid_t own, const Shape& shape);

// 0 also where it is not known.
std::int64_t n_lost_workers(const Layout& layout, const Descriptor& file);

// `initial` is one step, or none when it is not known where the walkers started. No rows have a place yet.
void create_run(hid_t file, const std::string& name, const Description& description, const Steps& initial);

bool is_of_format_2(hid_t file, const std::string& path, const std::string& name);

// The runs whose own groups are known by their addresses.
std::vector<std::string> addressed_runs(hid_t file);

// Whether there is nothing in a file but this run.
bool holds_only(const hdf5::File& file, const std::string& name);

constexpr const char* own_group_name = "livechain";

}  // namespace livechain::store
