#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes all generated files, or with --check says which of them are not what they should be: every generator gets all
# arguments. Needs `npm run build`.
set -eu
cd "$(dirname "$0")/.."

status=0
node dist/scripts/generate.js "$@" || status=$?
node dist/scripts/generate-x11.js "$@" || status=$?
node dist/scripts/generate-globals.js "$@" || status=$?
node dist/scripts/generate-hooks.js "$@" || status=$?
node dist/scripts/generate-policy.js "$@" || status=$?
exit "$status"
