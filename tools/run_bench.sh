#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_bench.sh [--quick]: builds and runs every benchmark, prints its table, and writes docs/benchmarks.md from what was
# printed. --quick takes small fleets and leaves out the comparison with nginx, and the document says so. A number that
# no run gave stands as "not measured yet".
set -eu
cd "$(dirname "$0")/.."
quick=0
case ${1:-} in '') ;; --quick) quick=1 ;; *) echo "usage: run_bench.sh [--quick]" >&2; exit 2 ;; esac

export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
out=build/bench/results
rm -rf "$out"
mkdir -p "$out"
if ! { cmake --preset bench && ninja -C build/bench bench; } >"$out/build.log" 2>&1; then
    tail -n 60 "$out/build.log" >&2
    echo "run_bench: the build failed; all of it is in $out/build.log" >&2
    exit 1
fi
# The agent's own test measures what it holds when it is idle; it says so, and that is all that is wanted of it.
{ cmake --preset release && ninja -C build/release test_agent; } >>"$out/build.log" 2>&1 &&
    build/release/bin/test_agent --test-case='an idle agent*' >"$out/agent.txt" 2>&1 ||
    { cat "$out/agent.txt" >&2; echo "run_bench: the agent's memory could not be measured" >&2; exit 1; }
load_before=$(cut -d ' ' -f 1 /proc/loadavg)

# measure NAME [ARGS]: what the program prints goes to the terminal and to a file; one that fails ends the run.
measure() { measure_as "$1" "$@"; }
# measure_as FILE NAME [ARGS]: the same, for a program that is run more than once.
measure_as() {
    file=$1 name=$2
    shift 2
    echo "== $name $*"
    status=0
    build/bench/bin/"$name" "$@" >"$out/$file.txt" 2>"$out/$file.err" || status=$?
    cat "$out/$file.txt"
    [ "$status" -eq 0 ] || { cat "$out/$file.err" >&2; echo "run_bench: $name ended with $status" >&2; exit 1; }
}
# Real feeds: all that are at hand beside the repository, else the snapshot of the demonstration.
feeds=demo/data
[ ! -d ../shared/data ] || feeds=../shared/data
if [ $quick = 1 ]; then
    measure match_bench demo/data
    measure director_bench 1000
    measure fleet_bench 100000
    measure restart_bench --devices 100000
    measure reassess_bench 100000
    measure rehearsal_bench 1000000
    measure storage_bench --devices 100000 --transitions 20000
else
    measure match_bench "$feeds"
    measure director_bench
    measure fleet_bench 1000000
    measure_as fleet_bench_10m fleet_bench 10000000
    measure restart_bench
    measure reassess_bench
    measure rehearsal_bench
    measure storage_bench
    measure http_bench
fi

# cell FILE PATTERN COLUMN: that column of the line of a printed table that holds the pattern.
cell() { awk -F ' *[|] *' -v p="$2" -v c="$3" 'index($0, p) { print $(c + 1); exit }' "$out/$1.txt" 2>/dev/null || true; }
# number FILE PATTERN: what stands behind the words of a line.
number() { sed -n "s/^$2 *\([0-9][0-9.]*\( [a-z]*\)\{0,1\}\).*/\1/p" "$out/$1.txt" 2>/dev/null | sed 's/ *$//' | head -n 1; }
# row WHAT TARGET MEASURED RATIO HOW
row() { echo "| $1 | $2 | ${3:-not measured yet} | ${4:-–} | $5 |"; }
versus() {
    ours=$(cell http_bench "$1" 2)
    [ -n "$ours" ] && echo "$ours; nginx $(cell http_bench "$1" 3)" || true
}
http_how="http_bench: nginx with one worker beside it, same certificates and bytes, alternating; ratio by time (by processor time)"
ratio() {
    both=$(cell http_bench "$1" 4)
    [ -n "$both" ] && echo "$both ($(cell http_bench "$1" 7))" || true
}
durable=$(cell storage_bench 'durable transitions through the journal' 2)
[ -z "$durable" ] || durable="$durable; bare $(cell storage_bench 'bare SQLite' 2)"
rows_alone=$(cell storage_bench 'load of' 2)
[ -z "$rows_alone" ] || rows_alone="storage_bench reads the rows alone ($(cell storage_bench 'load of' 1)): $rows_alone"
fleets=$(number fleet_bench devices)
[ ! -f "$out/fleet_bench_10m.txt" ] || fleets="$fleets / $(number fleet_bench_10m devices)"
# at_both PATTERN: of the fleet of a million, and of ten when it was measured.
at_both() {
    small=$(number fleet_bench "$1") large=$(number fleet_bench_10m "$1")
    [ -z "$small" ] || echo "$small${large:+ / $large}"
}
poll="the same, each connection with a client certificate"
full="new connection with client certificate, full handshake"
resumed="new connection with client certificate, resumed"
file="file of 64 MiB over TLS"

{
    echo "# Benchmarks"
    echo
    echo "Written by \`./run bench\`; never by hand. Measured $(date -u +%Y-%m-%d) on $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)),"
    echo "$(awk '/MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GB of memory, load average $load_before before the first benchmark (a machine of its own shows less than 1),"
    echo "commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)."
    if [ $quick = 1 ]; then
        echo
        echo "**A short run (\`--quick\`)**: 100,000 devices in memory and in the store, and nginx was not measured beside us."
    fi
    echo
    echo "| what | target | measured | ratio | how |"
    echo "|---|---|---|---|---|"
    row "fixed answer over TLS kept alive, with client certificate" ">= 0.9 x nginx" "$(versus "$poll")" "$(ratio "$poll")" "$http_how"
    row "work of a poll with 200 running rollouts" "<= 5 us" "$(number fleet_bench 'work of a poll, 200 rollouts')" "" "fleet_bench: the use case alone, without HTTP and TLS"
    row "new TLS connections with client certificate, full" ">= 0.9 x nginx" "$(versus "$full")" "$(ratio "$full")" "$http_how"
    row "new TLS connections with client certificate, resumed" ">= 0.9 x nginx" "$(versus "$resumed")" "$(ratio "$resumed")" "$http_how"
    row "durable state transitions" ">= 0.7 x bare SQLite in batches of 1,000" "$durable" "$(cell storage_bench 'ratio (target' 2)" "storage_bench: the journal, at most 128 a commit, five rows each, synchronous=full; the bare commits beside it in turn, with the same rows, file and pragmas"
    row "the same at half the saturated rate, median / p99" "p99 < 25 ms" "$(cell storage_bench 'acknowledged at half' 2)" "" "storage_bench: from arrival to acknowledgement"
    row "start of a rollout over 10 million devices" "< 10 ms, constant" "$(at_both 'start of a rollout')" "" "fleet_bench, $fleets devices: a person's command with its audit record, store in memory"
    row "fleet query of three terms with its count" "< 1 ms for 1 million, < 10 ms for 10 million" "$(at_both 'query of three terms with its count')" "" "fleet_bench, $fleets devices, median of 21"
    row "match 100,000 distinct components" "< 1 s" "$(sed -n 's/^matching \([0-9]*\) components *\([0-9.]* s\).*/\2 for \1/p' "$out/match_bench.txt")" "" "match_bench, one thread; names and versions that the records themselves speak of, all products in turn; $(grep '^feeds of' "$out/match_bench.txt"): $(grep '^advisories' "$out/match_bench.txt")"
    row "compile all advisories" ">= 100 MB/s" "$(sed -n 's/^both, of what is unpacked *\([0-9.]* MB\/s\).*/\1/p' "$out/match_bench.txt")" "" "match_bench: reading, taking in and compiling the folder's feeds, unpacked; one thread"
    row "peak memory while compiling" "< 1 GB" "$(sed -n 's/^compiling .*peak \([0-9]* MiB\).*/\1/p' "$out/match_bench.txt")" "" "match_bench: of the whole process, its list of names to ask about included"
    row "open the compiled advisories" "< 100 ms" "$(number match_bench opening)" "" "match_bench: mapped from the disk, as the server does"
    row "reassess 1 million devices after 1,000 changed advisories" "< 1 s" "$(number reassess_bench 'reassessing after 1,000 changed advisories')" "" "reassess_bench, $(number reassess_bench devices) devices, 5,000 software sets: what is carried over and what is judged again, and the findings that begin and end, store in memory"
    row "rehearsal of 10 million devices over 30 days" "< 60 s" "$(number rehearsal_bench 'a rehearsal')" "" "rehearsal_bench, $(number rehearsal_bench devices) devices with a window at night, one thread: $(number rehearsal_bench 'bytes a device') bytes a device, $(sed -n 's/^bytes a device.*(resident at its most \(.*\))$/\1/p' "$out/rehearsal_bench.txt") resident at its most"
    row "memory of a device" "<= 300 bytes" "$(at_both 'bytes a device, resident')" "" "fleet_bench, $fleets devices: growth of the resident set"
    row "memory of an idle TLS connection" "printed" "$(cell http_bench 'memory of an idle TLS' 2)" "" "http_bench"
    row "director, devices a second on one core" ">= 1,000" "$(number director_bench 'director: devices a second on one core')" "" "director_bench: from the signed manifest to the signed direction, without HTTP and TLS; a manifest $(number director_bench 'director: manifest read and verified'), a direction $(number director_bench 'director: direction made and signed')"
    row "restart to ready, 1 / 10 million devices" "< 5 / < 60 s" "$(number restart_bench 'restart to ready')" "" "restart_bench: a store of SQLite with $(sed -n 's/^restart to ready.*(\([0-9].*\))$/\1/p' "$out/restart_bench.txt"); $rows_alone"
    row "artifact download over TLS" ">= 0.9 x nginx sendfile" "$(versus "$file")" "$(ratio "$file")" "$http_how"
    row "delta size on real pairs of root file systems" "<= the best of three" "" "" "there are no deltas yet"
    row "agent when idle" "<= 12 MiB resident, <= 3 MiB anonymous" "$(sed -n 's/.*MESSAGE: \([0-9]* KiB resident, [0-9]* KiB anonymous\).*/\1/p' "$out/agent.txt")" "" "the test of the agent's memory, on the same build"
    for log in "$out"/*_bench*.txt; do
        echo
        echo "## $(basename "$log" .txt), as printed"
        echo
        sed 's/^/    /' "$log"
    done
} >docs/benchmarks.md
echo "docs/benchmarks.md is written."
