#!/bin/sh
# tools/fuzz.sh [seconds]   throws damaged files at src/hdf5, built with AddressSanitizer and UBSan; ten minutes by
#                           default. What breaks it stays in check/fuzz.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
work=$PWD/check/fuzz
rm -rf "$work"
mkdir -p "$work/corpus" "$work/objects" "$work/found"

Rscript tools/fuzz-seeds.R "$work/corpus"

compile="clang++ -std=c++17 -g -O1 -Isrc $(pkg-config --cflags hdf5) -fsanitize=address,undefined -fno-sanitize-recover=undefined"
for source in src/hdf5/*.cpp; do
  $compile -fsanitize=fuzzer-no-link -c "$source" -o "$work/objects/$(basename "$source" .cpp).o"
done
# The flags are a list of words.
# shellcheck disable=SC2046
$compile -fsanitize=fuzzer tests/fuzz/reader.cpp "$work"/objects/*.o $(pkg-config --libs hdf5) -o "$work/reader"

# HDF5 itself breaks on some damaged files, and the search goes on. What was found is ours when the report's first
# place outside of the sanitizer is in our code.
cd "$work"
sanitizer='__interceptor_|__asan|__sanitizer|__ubsan|fuzzer::|libc\.so|libstdc| in (free|malloc|memcpy|memmove|memset|abort) '
export TMPDIR=/dev/shm UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:handle_abort=1
./reader -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -max_total_time="$seconds" -timeout=5 \
  -rss_limit_mb=2048 -max_len=65536 -artifact_prefix=found/ corpus > log 2>&1 || true
executed=$(grep -o '^#[0-9]*' log | tail -n 1 | tr -d '#')
for file in found/*; do
  [ -f "$file" ] || continue
  timeout 60 ./reader -timeout=5 -rss_limit_mb=2048 "$file" > report 2>&1 || true
  place=$(grep -E '^ +#[0-9]+ ' report | grep -vE "$sanitizer" | head -n 1 | sed 's/.* in //; s/ (BuildId.*//')
  echo "${place:-not seen again}" >> places
done
rm -f /dev/shm/livechain-fuzz-*.h5
touch places
sort places | uniq -c | sort -rn
ours=$(grep -c 'livechain' places || true)
echo "fuzz: ${executed:-0} files in $seconds s; $(wc -l < places) broke HDF5 or us, $ours of them us"
[ "$ours" = 0 ]
