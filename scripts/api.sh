#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes tools/wayland-proxy.api.md, which is committed, and pages of the API from the doc comments into dist/api/html. With
# --check it writes nothing, and fails when the report is stale or a page would lack something. So it does when users meet
# a type that has no name for them. Needs `npm run build`.
set -eu
cd "$(dirname "$0")/.."

# They have dependencies of their own, among them the last TypeScript with an API: see tools/package.json.
if ! cmp -s tools/package-lock.json tools/node_modules/.stamp; then
  npm ci --prefix tools --ignore-scripts --no-audit --no-fund --silent
  cp tools/package-lock.json tools/node_modules/.stamp
fi
node dist/scripts/api-report.js "$@"
case ${1-} in
--check) emit=none ;;
*) emit=docs ;;
esac
node tools/node_modules/typedoc/bin/typedoc --options tools/typedoc.json --logLevel Warn --emit "$emit"
