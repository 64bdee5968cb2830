#!/bin/sh
# The store's threads under ThreadSanitizer. The report is in check/threads.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/check/threads
rm -rf "$work"
mkdir -p "$work/objects"
compile="g++ -std=c++17 -g -O1 -Isrc $(pkg-config --cflags hdf5) -fsanitize=thread -pthread"
for source in src/hdf5/*.cpp src/store/*.cpp src/store/system/*.cpp; do
  $compile -c "$source" -o "$work/objects/$(echo "$source" | tr / -).o"
done
# The flags are a list of words.
# shellcheck disable=SC2046
$compile tests/threads/writer.cpp "$work"/objects/*.o $(pkg-config --libs hdf5) -o "$work/writer"
ended=0
TSAN_OPTIONS="halt_on_error=0" "$work/writer" "$work/chain.h5" > "$work/log" 2>&1 || ended=$?
races=$(grep -c 'WARNING: ThreadSanitizer' "$work/log" || true)
grep 'steps$' "$work/log" || true
echo "threads: $races reports by ThreadSanitizer"
[ "$ended" = 0 ] && [ "$races" = 0 ]
