#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs unit tests with an addon that was built for AddressSanitizer (with its search for leaks) and for
# UndefinedBehaviorSanitizer. It fails when these report anything of the addon. Arguments go to Node's test runner.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PREBUILDS=$work CC=gcc LDFLAGS='' \
  CFLAGS='-U_FORTIFY_SOURCE -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' sh scripts/build-native.sh

# Node itself is not instrumented, so every process loads the sanitizers first, and that addon in the place of ours.
cat >"$work/addon.cjs" <<JS
const ours = "$PWD/prebuilds/";
const load = require.extensions[".node"];
require.extensions[".node"] = (module, path) =>
  load(module, path.startsWith(ours) ? "$work/" + path.slice(ours.length) : path);
JS
export NODE_OPTIONS="--require=$work/addon.cjs"
LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
export LD_PRELOAD

# Signals stay as they are: tests cause some, and the guard of copies has to see SIGBUS. What is found goes into
# files, since tests look at what processes write. Leaks end no process with an error, since compilers and shells have
# them.
mkdir "$work/reports"
export ASAN_OPTIONS="handle_segv=0:handle_sigbus=0:abort_on_error=1:detect_leaks=1:exitcode=0:log_path=$work/reports/report"
export UBSAN_OPTIONS="print_stacktrace=1:abort_on_error=1:log_path=$work/reports/undefined"

status=0
sh scripts/test.sh unit "$@" || status=$?

# Of leaks, those count whose memory the addon itself has asked for: V8's, of processes that tests let crash, is lost with
# them, and other programs keep theirs to the end.
if ! awk 'BEGIN { RS = "" }
  /leak of/ && !/\n *#1 [^\n]* native\// { next }
  /leak of|ERROR: AddressSanitizer|runtime error/ { print $0 "\n"; found = 1 }
  END { exit found }' "$work"/reports/* /dev/null; then
  echo "sanitize: the addon has the defects above" >&2
  exit 1
fi
exit "$status"
