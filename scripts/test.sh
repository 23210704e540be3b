#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tests: `sh scripts/test.sh unit` the fast ones, `… desktop` those with real compositors, `… all` both in one run,
# `… vm` those in virtual machines, which take eight minutes, `… package` those that install packages.
# Further arguments go to Node's test runner. scripts/setup.sh makes the machine ready for all of them.
set -eu
cd "$(dirname "$0")/.."

# By default the runner leaves one processor idle, but most tests wait for other processes.
concurrency=$(nproc)
case ${1-} in
  unit) folders="test/unit" ;;
  desktop) folders="test/desktop" ;;
  all) folders="test/unit test/desktop" ;;
  vm)
    folders="test/vm"
    # An emulated machine keeps a processor busy, and its limits are those of one that runs alone.
    concurrency=1
    ;;
  package) folders="test/package" ;;
  *)
    echo "usage: scripts/test.sh unit|desktop|vm|package|all [runner options]" >&2
    exit 2
    ;;
esac
shift

npm run --silent build

# From the sources, since dist/ may hold tests that exist no more. Node 20 has no patterns of its own.
# shellcheck disable=SC2086
files=$(find $folders -name '*.test.ts' | sort | sed 's|^\(.*\)\.ts$|dist/\1.js|')
# A test that hangs is to fail.
# shellcheck disable=SC2086
exec node --test --test-reporter spec --test-concurrency "$concurrency" --test-timeout 300000 "$@" $files
