#!/bin/sh
# quietly.sh log command...   runs the command with its output in a log, which is shown when it fails and removed when it does not
set -eu
log=$1
shift
if "$@" > "$log" 2>&1; then
  rm -f "$log"
else
  cat "$log" >&2
  echo "It failed: $*. What it wrote is above, and in $log." >&2
  exit 1
fi
