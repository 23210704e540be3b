#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tests: `sh scripts/test.sh unit` the fast ones, `… desktop` those with real compositors, `… vm` those in virtual
# machines, which take ten minutes. `… soak` is ten minutes of everything at once, and `… all` is all of these with one
# minute of the soak. `… package` are those that install packages. Further arguments go to Node's test runner. scripts/setup.sh makes the
# machine ready for all of them.
set -eu
cd "$(dirname "$0")/.."

suite=${1-}
case $suite in
  unit | desktop | vm | soak | package | all) shift ;;
  *)
    echo "usage: scripts/test.sh unit|desktop|vm|soak|package|all [runner options]" >&2
    exit 2
    ;;
esac

# Runs the tests in folders: `run CONCURRENCY TIMEOUT FOLDERS OPTIONS…`
run() {
  concurrency=$1
  timeout=$2
  # From the sources, since dist/ may hold tests that exist no more. Node 20 has no patterns of its own.
  # shellcheck disable=SC2086
  files=$(find $3 -name '*.test.ts' | sort | sed 's|^\(.*\)\.ts$|dist/\1.js|')
  shift 3
  # shellcheck disable=SC2086
  node --test --test-reporter spec --test-reporter-destination stdout \
    --test-concurrency "$concurrency" --test-timeout "$timeout" "$@" $files
}

# By default the runner leaves one processor idle, but most tests wait for other processes. A file that hangs is to fail.
run_beside() { run "$(nproc)" 300000 "$@"; }

# An emulated machine keeps a processor busy, and is to be alone. Each has a limit of its own for every test. The soak
# measures what is left over.
run_alone() { run 1 900000 "$@"; }

npm run --silent build
case $suite in
  unit) run_beside test/unit "$@" ;;
  desktop) run_beside test/desktop "$@" ;;
  vm) run_alone test/vm "$@" ;;
  soak)
    export SOAK_SECONDS="${SOAK_SECONDS:-600}"
    run_alone test/soak "$@"
    ;;
  package) run_beside test/package "$@" ;;
  all)
    mkdir -p test-results
    first=test-results/machines.txt
    failed=
    run_alone "test/vm test/soak" --test-reporter spec --test-reporter-destination "$first" "$@" || failed=$first
    status=0
    run_beside "test/unit test/desktop" "$@" || status=1
    # The summary of a run that failed, again: thousands of lines have come after it.
    [ -z "$failed" ] || {
      sed -n '/^ℹ tests /,$p' "$failed"
      status=1
    }
    exit "$status"
    ;;
esac
