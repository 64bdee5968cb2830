#!/bin/sh
# Builds the package as a user gets it, checks it, and runs the tests on what the check installed. All that it makes is
# in check/.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
rm -rf check
mkdir -p check
cd check
export MAKEFLAGS="-j$(getconf _NPROCESSORS_ONLN)"

# Building and checking compile the same files in two folders, where there is a compiler cache only once.
export CCACHE_NOHASHDIR=1
PATH=/usr/lib/ccache:$PATH

# What hangs is ended, and has failed.
limited() {
  minutes=$1
  shift
  if command -v timeout > /dev/null; then timeout --kill-after=10 "${minutes}m" "$@"; else "$@"; fi
}

limited 30 R CMD build ..
tarball=$(ls livechain_*.tar.gz)

# As CRAN checks, unless the data base that this asks for is out of reach, as it is behind some mirrors.
as_cran=--as-cran
Rscript -e 'invisible(tools::CRAN_package_db())' > /dev/null 2>&1 || as_cran=

# The tests run once, below, where their summary ends the output; the vignettes ran while they were built.
limited 20 env _R_CHECK_FORCE_SUGGESTS_=false _R_CHECK_CRAN_INCOMING_=false _R_CHECK_VIGNETTES_SKIP_RUN_MAYBE_=true \
  R CMD check $as_cran --no-manual --no-tests --no-build-vignettes "$tarball"
if grep -qE '^(Status: .*(ERROR|WARNING))' livechain.Rcheck/00check.log; then exit 1; fi

cd "$root"
limited 40 env R_LIBS="$root/check/livechain.Rcheck${R_LIBS:+:$R_LIBS}" Rscript tools/test.R
