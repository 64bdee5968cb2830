#!/bin/sh
# Which lines of R and C++ the tests run.
set -eu
cd "$(dirname "$0")/.."
Rscript tools/coverage.R
