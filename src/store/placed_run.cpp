#include "store/placed_run.h"

namespace livechain::store {

std::optional<PlacedRun> open_placed(hid_t file, const std::string& path, const std::string& name) {
  PlacedRun run;
  run.layout = open_layout(open_own_group(file, path, name).id());
  run.file = Descriptor(path, Descriptor::Access::read);
  if (!run.layout.places->is_at_home(run.file)) return std::nullopt;
  run.layout.places->read(run.file, run.places);
  return run;
}

}  // namespace livechain::store
