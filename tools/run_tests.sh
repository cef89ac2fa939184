#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_tests.sh [--deep]: every test there is, in the order in which a failure tells most. Called by ./run test.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --deep ]; then
    export OAKUM_DEEP=1
else
    unset OAKUM_DEEP
fi
started=$(date +%s)

echo "== libraries"
ctest --test-dir build/release --output-on-failure -j 2 --no-tests=error

if [ -f web/package.json ]; then
    echo "== dashboard: rules of view"
    (cd web && npm test --silent)
fi

echo "== end to end: real processes"
python3 tools/run_e2e.py

echo "== end to end: the dashboard in Chromium"
if [ -f web/e2e/run.mjs ]; then
    node web/e2e/run.mjs
    node web/e2e/provider.mjs
fi
[ -d ../shared/data ] || echo "SKIPPED: checks against the full public data sets (../shared is not here)"
echo "All tests passed in $(($(date +%s) - started)) seconds."
