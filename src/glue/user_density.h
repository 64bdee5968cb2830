// What a run needs of the user's density, an R function or a compiled one.
#pragma once

#include "core/world.h"
#include "store/blob_type.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace livechain::glue {

// A signal asks the process to end, and the step that is being computed is given up.
struct EndedBySignal {};

class UserDensity : public core::Density {
 public:
  // Unknown until the density was evaluated once, or set from a file.
  const std::optional<store::BlobType>& blob_type() const { return blob_type_; }
  virtual void set_blob_type(const store::BlobType& type) { blob_type_ = type; }

  // What is being evaluated just now: one walker, or `n` of them at once, which have no `position` here.
  struct Current {
    core::Index walker;
    const double* position;
    core::Index n_parameters;
    core::Index n = 1;
  };
  virtual std::optional<Current> current() const { return current_; }

  // What is evaluated from now on belongs to the step after `n_done`.
  virtual void begin_step(std::int64_t /*n_done*/) {}

  // R code may fork the process.
  virtual bool may_fork() const { return true; }

  // Called between two evaluations; must not throw.
  std::function<void()> between = [] {};

 protected:
  void begin(const Current& current) { current_ = current; }
  void end() { current_.reset(); }

  std::optional<store::BlobType> blob_type_;

 private:
  std::optional<Current> current_;
};

}  // namespace livechain::glue
