#!/bin/sh
# Which lines of R and C++ the tests run.
set -eu
cd "$(dirname "$0")/.."
NOT_CRAN=true Rscript tools/coverage.R
