#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_lint.sh [--format | BASE]: clang-format over every file, then clang-tidy over the sources that changed since BASE;
# without BASE, since the last commit that is six hours older than the newest one: a session of work, with room. Each
# session ends in a run of this. Without a repository every source has changed. --format stops before tidy.
set -eu
cd "$(dirname "$0")/.."
if git rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
    sources() { git ls-files '*.cpp' '*.hpp'; }
else
    sources() { find apps bench fuzz src tests \( -name '*.cpp' -o -name '*.hpp' \) -type f | sort; }
fi
sources | xargs clang-format-19 --dry-run -Werror
[ "${1:-}" != --format ] || exit 0
base=${1:-}
if [ -z "$base" ] && newest=$(git log -1 --format=%ct 2>/dev/null); then
    base=$(git rev-list -1 --before=$((newest - 21600)) HEAD)
fi
changed() { if [ -n "$base" ]; then git diff --name-only --diff-filter=AMR "$base" HEAD; else sources; fi; }
# What other presets compile, and samples that are wrong on purpose, are left out.
changed=$(changed | grep '\.cpp$' | grep -v -E '^(fuzz|bench|tests/compile_fail|tests/purity)/' || true)
[ -n "$changed" ] || { echo "lint: no source changed since $base"; exit 0; }
# Each source alone, as it is not compiled (cmake/toolchain.cmake): it has to include what it uses.
cmake --preset release -B build/lint -DOAKUM_TOGETHER=OFF >/dev/null
echo "lint: clang-tidy over $(echo "$changed" | wc -l) sources that changed since ${base:-the beginning}"
log=$(mktemp)
status=0
echo "$changed" | xargs -P 2 -n 1 clang-tidy-19 -p build/lint --quiet --warnings-as-errors='*' >"$log" 2>/dev/null || status=$?
[ $status = 0 ] || { cat "$log"; rm -f "$log"; echo "lint: clang-tidy has objections; they are above" >&2; exit 1; }
rm -f "$log"
