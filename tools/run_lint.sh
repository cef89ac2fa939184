#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_lint.sh [BASE]: clang-format over every file, clang-tidy over the sources changed since BASE (default: the last
# 20 commits), at most 40 of them so that it ends.
set -eu
cd "$(dirname "$0")/.."
git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 --dry-run -Werror
base=${1:-$(git rev-list --max-count=20 HEAD | tail -n 1)}
changed=$(git diff --name-only --diff-filter=AM "$base" HEAD -- '*.cpp' | grep -v '^fuzz/' | head -n 40)
[ -n "$changed" ] || { echo "nothing changed to tidy"; exit 0; }
[ -f build/release/compile_commands.json ] || cmake --preset release >/dev/null
echo "$changed" | xargs -P 2 -n 4 clang-tidy-19 -p build/release --quiet --warnings-as-errors='*'
