#!/bin/sh
# cppcheck and clang-tidy on what does not need R: src/core and src/hdf5.
set -eu
cd "$(dirname "$0")/.."
cppcheck --quiet --std=c++17 --language=c++ --enable=warning,performance,portability --inline-suppr \
  --suppress=missingIncludeSystem --error-exitcode=1 -Isrc src/core src/hdf5
include_of() { Rscript -e "cat(system.file('include', package = '$1'))"; }
# The flags are a list of words.
# shellcheck disable=SC2046
clang-tidy --quiet --warnings-as-errors='*' src/core/*.cpp src/core/moves/*.cpp src/hdf5/*.cpp -- \
  -std=c++17 -Isrc "-isystem$(include_of RcppEigen)" $(pkg-config --cflags hdf5) 2> /dev/null
echo "lint: nothing to report"
