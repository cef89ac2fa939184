#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_sanitizers.sh [asan|tsan]: the tests of all libraries under AddressSanitizer and UndefinedBehaviorSanitizer, and
# those that start threads (of storage and platform; engine and protocols run in the thread of their test) under
# ThreadSanitizer. By clang and without optimisation, which takes half of g++'s time. Called by .ci/run.
set -eu
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
unset OAKUM_DEEP

# under PRESET PATTERN CHOICE: builds the test programs whose name matches, and runs the tests of ctest's CHOICE.
under() {
    preset=$1 pattern=$2 log=build/$1/sanitizer-build.log
    started=$(date +%s)
    echo "== $preset"
    mkdir -p "build/$preset"
    cmake --preset "$preset" >"$log" 2>&1 || { tail -n 40 "$log" >&2; echo "run_sanitizers: the configuration failed" >&2; exit 1; }
    targets=$(ninja -C "build/$preset" -t targets all | sed -n 's/^\(test_[a-z_0-9]*\|simulate_server\): phony$/\1/p' | sort -u | grep -E "$pattern")
    ninja -C "build/$preset" $targets >>"$log" 2>&1 || { tail -n 60 "$log" >&2; echo "run_sanitizers: the build failed" >&2; exit 1; }
    echo "built in $(($(date +%s) - started)) seconds"
    ctest --test-dir "build/$preset" --output-on-failure -j 2 --no-tests=error -E '^(purity|compile_fail)' $3
}

asan() { under asan . ""; }
tsan() { under tsan '^(test_(storage|platform))' "-R ^(storage|platform)/"; }
case ${1:-both} in
asan) asan ;;
tsan) tsan ;;
both)
    asan
    tsan
    ;;
*)
    echo "usage: run_sanitizers.sh [asan|tsan]" >&2
    exit 2
    ;;
esac
