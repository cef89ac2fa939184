#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_fuzz.sh SECONDS [TARGET...]: builds the fuzz targets with clang and runs each for that long, one after the
# other. Seeds are read from fuzz/corpus/NAME; what a run finds grows in build/fuzz/corpus/NAME and is used by the
# next one; an input that fails is kept in build/fuzz/crashes. Ends with 1 when a target fails.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
case $seconds in '' | *[!0-9]* | 0) echo "usage: run_fuzz.sh SECONDS [TARGET...]" >&2; exit 2 ;; esac
[ $# -gt 0 ] && shift
if [ $# -eq 0 ]; then
    for source in fuzz/*_fuzz.cpp; do
        set -- "$@" "$(basename "$source" .cpp)"
    done
fi

export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
mkdir -p build/fuzz/corpus build/fuzz/crashes build/fuzz/logs
log=build/fuzz/logs/build.log
if ! { cmake --preset fuzz && ninja -C build/fuzz "$@"; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "run_fuzz: the build failed; all of it is in $log" >&2
    exit 1
fi

failed=0
for target in "$@"; do
    name=${target%_fuzz}
    seeds=fuzz/corpus/$name grown=build/fuzz/corpus/$name log=build/fuzz/logs/$name.log
    mkdir -p "$grown"
    [ -d "$seeds" ] || { echo "run_fuzz: $seeds is missing: a target has seeds" >&2; failed=1; continue; }
    status=0
    build/fuzz/bin/"$target" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix="build/fuzz/crashes/$name-" "$grown" "$seeds" \
        >"$log" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    if [ "$status" -eq 0 ]; then
        printf '%-22s ok      %10s inputs  %6s edges\n' "$name" "${runs:-?}" "${edges:-?}"
    else
        failed=1
        printf '%-22s FAILED  %s (log: %s)\n' "$name" \
            "$(sed -n 's/^SUMMARY: //p; s/^Test unit written to /input: /p' "$log" | tr '\n' ' ')" "$log"
    fi
done
exit "$failed"
