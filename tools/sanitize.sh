#!/bin/sh
# The tests with the package built with AddressSanitizer and UBSan, and those of the storage under valgrind. Reports
# are in check/sanitize. Not run so: the page of monitor_chain(), since a browser does not start with the sanitizer
# preloaded, and the stress tests.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/check/sanitize
rm -rf "$work"
mkdir -p "$work/sanitized" "$work/plain" "$work/reports"

# Runs a command that may load what was sanitized, for which the sanitizer's own library must come first.
with_sanitizer() {
  LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:log_path=$work/reports/asan \
    UBSAN_OPTIONS=print_stacktrace=1 "$@"
}

install_into() {
  library=$work/$1
  makevars=$work/$1.make
  shift
  R_MAKEVARS_USER=$makevars MAKEFLAGS=-j$(nproc) "$@" R CMD INSTALL --preclean --clean --no-test-load --library="$library" . > "$library.log" 2>&1
}

# UBSan beside AddressSanitizer writes to no log. It ends the process, so that those in the background cannot hide it.
# The compiler itself is quicker without.
cat > "$work/sanitized.make" <<FLAGS
CXX17 = env -u LD_PRELOAD $(R CMD config CXX17)
CXX17FLAGS = -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDFLAGS = -fsanitize=address,undefined
FLAGS
install_into sanitized with_sanitizer
echo "The tests with AddressSanitizer and UBSan"
asan=0
R_LIBS=$work/sanitized${R_LIBS:+:$R_LIBS} with_sanitizer Rscript tools/test.R '^(?!monitor|stress)' > "$work/asan.txt" 2>&1 || asan=$?
tail -n 1 "$work/asan.txt"

printf 'CXX17FLAGS = -g -O1\n' > "$work/plain.make"
install_into plain env
# Valgrind's long doubles have 64 bits, with which R's sum() differs from that of other processes in the last bit, and
# what other processes do takes no longer under it: of these tests, which compare such bits and wait for such moments,
# only that they end and the reports count.
echo "The tests of the storage under valgrind"
LIVECHAIN_KILLS=4 R_LIBS=$work/plain${R_LIBS:+:$R_LIBS} R --vanilla --no-echo \
  -d "valgrind --leak-check=no --num-callers=40 --log-file=$work/reports/valgrind" \
  -f tools/test.R --args '^(convert|open_chain|reader|resume|run|status|writer)$' > "$work/valgrind.txt" 2>&1 || true
tail -n 1 "$work/valgrind.txt"

# What valgrind says of R's and HDF5's own doing is not ours: a report counts when our code is in its stack.
ours=$(awk '/== *$/ { n += ours; ours = 0 } / (at|by) 0x.*livechain/ { ours = 1 } END { print n + ours }' "$work/reports/valgrind")
grep -q ' passed, ' "$work/valgrind.txt" || { echo "sanitize: the tests under valgrind did not end"; exit 1; }
sanitizers=$(cat "$work/asan.txt" "$work"/reports/asan.* 2> /dev/null | grep -cE 'ERROR: AddressSanitizer|: runtime error: ' || true)
echo "sanitize: $sanitizers reports by the sanitizers, $ours by valgrind"
[ "$asan" = 0 ] && [ "$ours" = 0 ] && [ "$sanitizers" = 0 ]
