#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Library tests under AddressSanitizer and UndefinedBehaviorSanitizer, and those of what runs on several threads under
# ThreadSanitizer. Called by .ci/run.
set -eu
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR="$(pwd)" CCACHE_NOHASHDIR=1
tests_of() { ninja -C "build/$1" -t targets all | sed -n 's/^\(test_[a-z_]*\): phony$/\1/p' | sort -u; }

echo "== address and undefined-behaviour sanitizers"
cmake --preset asan >/dev/null
ninja -C build/asan $(tests_of asan) | tail -n 1
ctest --test-dir build/asan --output-on-failure -j 2 --no-tests=error -E '^(purity|compile_fail)'

echo "== thread sanitizer: engine, storage, server"
cmake --preset tsan >/dev/null
ninja -C build/tsan $(tests_of tsan | grep -E '^test_(engine|storage|platform|protocols)') | tail -n 1
ctest --test-dir build/tsan --output-on-failure -j 2 --no-tests=error -R '^(engine|storage|platform|protocols)/'
