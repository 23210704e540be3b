#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# npm runs this after an installation in a clone, and when it installs from a git address: makes the programs.
set -eu
cd "$(dirname "$0")/.."

# npm 11's `npm install --global git+ADDRESS` lets its --global reach the installation of what we are built with. It
# would end with a link to a folder that is gone.
if [ "${npm_config_global-}" = true ]; then
  echo 'prepare: npm cannot do this globally from git; run: npm install --global "$(npm pack --silent git+ADDRESS)"' >&2
  exit 1
fi
npm run --silent build
npm run --silent build:manuals
