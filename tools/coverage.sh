#!/bin/sh
# Which lines of R and C++ the tests run. On a copy of the package: the compiler leaves its counts beside the sources.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/check/coverage
rm -rf "$work"
mkdir -p "$work"
(cd "$work" && R CMD build --no-build-vignettes ../.. > build.log && tar -xzf livechain_*.tar.gz)
Rscript tools/coverage.R "$work/livechain"
