#!/bin/sh
# tools/fuzz.sh [seconds]   throws damaged files at src/store, built with AddressSanitizer and UBSan; ten minutes by
#                           default. What breaks it stays in check/fuzz.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
work=$PWD/check/fuzz
rm -rf "$work"
mkdir -p "$work/corpus" "$work/objects" "$work/found" "$work/reports"

Rscript tools/fuzz-seeds.R "$work/corpus"

compile="clang++ -std=c++17 -g -O1 -Isrc $(pkg-config --cflags hdf5) -fsanitize=address,undefined -fno-sanitize-recover=undefined"
for source in src/hdf5/*.cpp src/store/*.cpp src/store/system/*.cpp; do
  $compile -fsanitize=fuzzer-no-link -c "$source" -o "$work/objects/$(echo "$source" | tr / -).o"
done
# The flags are a list of words.
# shellcheck disable=SC2046
$compile -fsanitize=fuzzer tests/fuzz/reader.cpp "$work"/objects/*.o $(pkg-config --libs hdf5) -o "$work/reader"

cd "$work"
export TMPDIR=/dev/shm UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:alloc_dealloc_mismatch=0:handle_abort=1
limits="-timeout=5 -rss_limit_mb=4096"
# shellcheck disable=SC2086
./reader $limits -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -max_total_time="$seconds" -max_len=262144 \
  -artifact_prefix=found/ corpus > log 2>&1 || true

# Of HDF5, which is not instrumented and breaks on some damaged files, the sanitizers know neither stack nor `operator
# new`, and it throws nothing. What was found is ours when it is about such things, or comes from our code.
sanitizer='__interceptor_|__asan|__sanitizer|__ubsan|fuzzer::|libc\.so|libstdc| in (free|malloc|calloc|realloc|memcpy|memmove|memset|abort) '
place_in() { grep -E '^ +#[0-9]+ ' "$1" | grep -vE "$sanitizer" | head -n 1 | sed 's/^ *#[0-9]* 0x[0-9a-f]* //; s/ (BuildId.*//'; }
about_us='runtime error|operator new|located in stack of|terminate called'
for file in found/*; do
  [ -f "$file" ] || continue
  report=reports/$(basename "$file")
  # shellcheck disable=SC2086
  timeout 60 ./reader $limits "$file" > "$report" 2>&1 && echo "not seen again" >> places && continue
  place=$(place_in "$report")
  case $place in *livechain*|*fuzz/reader.cpp*) whose=ours ;; *) whose="HDF5's" ;; esac
  # The history of a piece of memory that HDF5 strayed into says nothing.
  if sed '/^freed by\|^previously allocated by/,$d' "$report" | grep -qE "$about_us"; then whose=ours; fi
  echo "$whose: $(basename "$file" | sed 's/-.*//') $place" >> places
done
rm -f /dev/shm/livechain-fuzz-*.h5
touch places
sort places | uniq -c | sort -rn
ours=$(grep -c '^ours' places || true)
executed=$(grep -o '^#[0-9]*' log | tail -n 1 | tr -d '#')
echo "fuzz: ${executed:-0} files in $seconds s; $(wc -l < places) broke HDF5 or us, $ours of them us"
[ "${executed:-0}" -gt 0 ] && [ "$ours" = 0 ]
