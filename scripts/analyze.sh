#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Static analysis of the addon's C: GCC's analyzer, and warnings that an ordinary build does without. Any finding fails.
set -eu
cd "$(dirname "$0")/.."

for source in native/*.c; do
  gcc -O2 -Werror -Wall -Wextra -fanalyzer -Wconversion -Wsign-conversion -Wshadow -Wpointer-arith -Wwrite-strings \
    -Wstrict-prototypes -Wundef -Wvla -Wnull-dereference -Wformat=2 -Wlogical-op -Wduplicated-cond \
    -Wduplicated-branches -fPIC -std=gnu11 -DNAPI_VERSION=8 -D_GNU_SOURCE \
    -isystem node_modules/node-api-headers/include -c -o /dev/null "$source"
done
