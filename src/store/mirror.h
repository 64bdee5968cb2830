// A copy of a run, which follows the run while that is being sampled.
#pragma once

#include "store/reader.h"
#include "store/writer.h"

#include <functional>
#include <string>

namespace livechain::store {

// Called between two blocks of steps: leaves by throwing.
using Breath = std::function<void()>;

// Makes a run like the one that `from` reads. It comes into being with all steps that there are.
Writer create_copy(Reader& from, const std::string& path, const std::string& name, const WriterOptions& options,
                   const Breath& breath);

// Appends to a copy what it lacks.
void update_copy(Reader& from, Writer& to, const Breath& breath);

// Closes a copy with the end that the run has had.
void end_copy(const Reader& from, Writer& to);

}  // namespace livechain::store
