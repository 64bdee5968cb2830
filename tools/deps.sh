#!/bin/sh
# Installs what the package needs and the machine lacks: a compiler, HDF5, pandoc, and, where the system has them,
# emcee, h5py, xxhash and xarray; with the argument `check`, also what R CMD check asks for, a browser and a compiler cache; with `stress`, mounts;
# with `tools`, what looks for mistakes in C++; then R packages. Does nothing, and needs no network, when all is there.
set -eu
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

is_installed() { dpkg -s "$1" 2> /dev/null | grep -q '^Status: install ok installed'; }

# Installs those of the packages that are missing and that apt knows.
apt_install() {
  missing=
  for package in "$@"; do is_installed "$package" || missing="$missing $package"; done
  [ -n "$missing" ] || return 0
  [ -n "${updated:-}" ] || as_root apt-get update -qq
  updated=yes
  known=
  for package in $missing; do
    if apt-cache show "$package" > /dev/null 2>&1; then known="$known $package"; fi
  done
  [ -n "$known" ] || return 0
  echo "Installing$known"
  # The names are a list of words.
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $known > /dev/null
}

debian_names() {
  for package in "$@"; do printf 'r-cran-%s\n' "$package" | tr '[:upper:]' '[:lower:]'; done
}

r_missing() { Rscript tools/deps.R missing; }

if command -v apt-get > /dev/null; then
  apt_install g++ libhdf5-dev pkg-config pandoc python3-emcee python3-h5py python3-xxhash \
    python3-xarray python3-netcdf4 python3-h5netcdf
  if [ "${1:-}" = check ]; then apt_install devscripts qpdf chromium ccache; fi
  if [ "${1:-}" = stress ]; then apt_install bindfs sshfs openssh-server; fi
  if [ "${1:-}" = tools ]; then
    apt_install clang clang-tidy cppcheck valgrind libclang-rt-14-dev libclang-rt-dev r-cran-covr
  fi
  # shellcheck disable=SC2046
  if is_installed r-base-core; then apt_install $(debian_names $(r_missing)); fi
  # What R still does not see is compiled from CRAN; testthat's fs needs libuv for that, chromote's curl libcurl.
  if [ -n "$(r_missing)" ]; then apt_install libuv1-dev libcurl4-openssl-dev libssl-dev; fi
elif command -v dnf > /dev/null; then
  rpm -q gcc-c++ hdf5-devel pandoc > /dev/null || as_root dnf install -y -q gcc-c++ hdf5-devel pandoc
elif command -v brew > /dev/null; then
  brew list hdf5 pandoc > /dev/null 2>&1 || brew install hdf5 pandoc
fi

# What R still does not see comes from CRAN: nothing, on most machines.
Rscript tools/deps.R install
