#!/bin/sh
# The tests, and the stress tests of readers, kills and full disks, with the HDF5 of the package hdf5lib instead of the
# system's; then both builds on the same files. LIVECHAIN_STRESS is a factor for the counts.
set -eu
cd "$(dirname "$0")/.."
library=$PWD/check/other
mkdir -p "$library"
with_other() { R_LIBS="$library${R_LIBS:+:$R_LIBS}" "$@"; }

with_other Rscript -e 'if (!requireNamespace("hdf5lib", quietly = TRUE)) {
  repos <- getOption("repos")
  if (repos["CRAN"] == "@CRAN@") repos["CRAN"] <- "https://cloud.r-project.org"
  install.packages("hdf5lib", repos = repos)
}'
HDF5_CFLAGS=$(with_other Rscript -e 'cat(hdf5lib::c_flags())')
HDF5_LIBS=$(with_other Rscript -e 'cat(hdf5lib::ld_flags())')
export HDF5_CFLAGS HDF5_LIBS
with_other R CMD INSTALL --preclean --clean --no-test-load --library="$library" . > "$library/install.log" 2>&1
grep 'HDF5 found' "$library/install.log"

with_other Rscript tools/test.R
export LIVECHAIN_STRESS="${LIVECHAIN_STRESS:-0.1}"
with_other Rscript tests/stress/run.R readers readers_compressed kills first resuming closing adding signals others full quota taken
LIVECHAIN_OTHER=$library Rscript tests/stress/run.R versions
