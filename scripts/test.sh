#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tests: `sh scripts/test.sh unit` the fast ones, `… desktop` those with real compositors, `… vm` those in virtual
# machines, `… all` everything, the machines last.
# Further arguments go to Node's test runner. scripts/setup.sh makes the machine ready for all of them.
set -eu
cd "$(dirname "$0")/.."

part=${1-}
case $part in
  unit | desktop | vm | all) shift ;;
  *)
    echo "usage: scripts/test.sh unit|desktop|vm|all [runner options]" >&2
    exit 2
    ;;
esac

npm run --silent build

# run FOLDERS CONCURRENCY [OPTION...]
run() {
  # From the sources, since dist/ may hold tests that exist no more. Node 20 has no patterns of its own.
  # shellcheck disable=SC2086
  files=$(find $1 -name '*.test.ts' | sort | sed 's|^\(.*\)\.ts$|dist/\1.js|')
  concurrency=$2
  shift 2
  # A test that hangs is to fail.
  # shellcheck disable=SC2086
  node --test --test-reporter spec --test-concurrency "$concurrency" --test-timeout 300000 "$@" $files
}

# By default the runner leaves one processor idle, but most tests wait for other processes. An emulated machine keeps
# one busy for itself, and its limits are those of one that runs alone.
case $part in
  vm) run test/vm 1 "$@" ;;
  all)
    run "test/unit test/desktop" "$(nproc)" "$@"
    run test/vm 1 "$@"
    ;;
  *) run "test/$part" "$(nproc)" "$@" ;;
esac
