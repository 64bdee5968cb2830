#!/bin/sh
# Builds the package with clang, and runs the tests of what a compiler might do otherwise: the bits of a seed on each
# instruction set, moves, compiled densities, storage.
set -eu
cd "$(dirname "$0")/.."
library=$PWD/check/clang
rm -rf "$library"
mkdir -p "$library"
printf 'CXX17 = clang++\nCXX = clang++\nCXX17FLAGS = -O2 -Wall -Wextra\n' > "$library/clang.make"
export R_MAKEVARS_USER="$library/clang.make" MAKEFLAGS="-j$(getconf _NPROCESSORS_ONLN)"
R CMD INSTALL --preclean --clean --no-test-load --library="$library" . > "$library/install.log" 2>&1
R_LIBS="$library${R_LIBS:+:$R_LIBS}" Rscript tools/test.R '^(bits|numbers|moves|memory|compiled|ess|rhat|reader|writer|resume|format)$'
