#!/bin/sh
# Installs what the package and its checks need and the machine lacks: HDF5, pandoc, what R CMD check asks
# for, and, where the system has them, emcee and h5py; then R packages. Does nothing, and needs no network, when all is there.
set -eu
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_updated=
apt_install() {
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

apt_missing() {
  for package in "$@"; do
    dpkg -s "$package" 2> /dev/null | grep -q '^Status: install ok' || printf '%s ' "$package"
  done
}

if command -v apt-get > /dev/null; then
  missing=$(apt_missing libhdf5-dev pkg-config pandoc python3-emcee python3-h5py devscripts qpdf)
  # shellcheck disable=SC2086
  [ -z "$missing" ] || { echo "Installing $missing"; apt_install $missing; }
  r_missing=$(Rscript tools/deps.R missing)
  available=
  for package in $r_missing; do
    debian=r-cran-$(printf %s "$package" | tr '[:upper:]' '[:lower:]')
    [ -n "$apt_updated" ] || { as_root apt-get update -qq; apt_updated=yes; }
    if [ -n "$(apt_missing "$debian")" ] && apt-cache show "$debian" > /dev/null 2>&1; then
      available="$available $debian"
    fi
  done
  # shellcheck disable=SC2086
  [ -z "$available" ] || { echo "Installing$available"; apt_install $available; }
  # What R still does not see is compiled from CRAN, and testthat's fs needs libuv for that.
  if [ -n "$(Rscript tools/deps.R missing)" ] && [ -n "$(apt_missing libuv1-dev)" ]; then
    apt_install libuv1-dev
  fi
elif command -v dnf > /dev/null; then
  rpm -q hdf5-devel pandoc > /dev/null || as_root dnf install -y -q hdf5-devel pandoc
elif command -v brew > /dev/null; then
  brew list hdf5 pandoc > /dev/null 2>&1 || brew install hdf5 pandoc
fi

# What R still does not see comes from CRAN: nothing, on most machines.
Rscript tools/deps.R install
