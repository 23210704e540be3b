# SPDX-License-Identifier: Apache-2.0
# For scripts that make packages: `. scripts/packed.sh` makes a folder $work, which goes when the script ends, and sets
# $tarball to what `npm pack` has made. That is the script's first argument; npm is asked for it by default. The script
# has a function `fail`.
# shellcheck shell=sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${1-}" ]; then
  tarball=$1
else
  # What npm says is its own: nothing of it may be lost in a pipe.
  npm pack --silent --pack-destination "$work" >"$work/packed" || fail "npm pack failed; see above"
  # shellcheck disable=SC2034
  tarball=$work/$(tail -n 1 "$work/packed")
fi
