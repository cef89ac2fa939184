#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_container.sh [ROOT]: tries packaging/container/Containerfile on the packages in build/packages. With a container runtime
# it builds the image and runs it. Without one it takes the same steps in ROOT, a fresh Debian 12 (debootstrap makes it when it
# is not there): copies, RUN in a chroot, ENTRYPOINT as USER. Needs root and the network; not part of ./run test.
set -eu
cd "$(dirname "$0")/.."
file=packaging/container/Containerfile
fail() { echo "check_container: $*" >&2; exit 1; }
ls build/packages/oakumd_*.deb >/dev/null 2>&1 || fail "there are no packages: ./run package makes them"

ready() { # ready COMMAND...: waits until the server that COMMAND shows the output of says that it is ready
    for _ in $(seq 120); do
        "$@" 2>/dev/null | grep -q "oakumd is ready at" && return 0
        sleep 1
    done
    return 1
}

for runtime in docker podman; do
    command -v $runtime >/dev/null && $runtime info >/dev/null 2>&1 || continue
    $runtime build -f "$file" -t oakum-check build/packages
    $runtime run -d --rm --name oakum-check oakum-check >/dev/null
    ready $runtime logs oakum-check || { $runtime logs oakum-check; $runtime stop oakum-check; fail "it did not start"; }
    $runtime exec oakum-check oakumd doctor --data /var/lib/oakum
    $runtime stop oakum-check >/dev/null
    echo "The container builds and runs ($runtime)."
    exit 0
done

echo "No container runtime runs here: the same steps are taken in a chroot."
[ "$(id -u)" = 0 ] || fail "a chroot needs root"
root=${1:-$(mktemp -d /var/tmp/oakum-container-XXXXXX)}
[ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase bookworm "$root" >/dev/null
mkdir -p "$root/tmp/packages"
cp build/packages/oakumd_*.deb build/packages/oakum_*.deb "$root/tmp/packages/"
steps=$(sed -n '/^RUN /,/[^\\]$/p' "$file" | sed 's/^RUN //; s/\\$//' | tr '\n' ' ')
DEBIAN_FRONTEND=noninteractive chroot "$root" sh -ec "$steps" >"$root/tmp/steps.log" 2>&1 || { tail -n 20 "$root/tmp/steps.log"; fail "RUN"; }
user=$(sed -n 's/^USER //p' "$file")
entry=$(sed -n 's/^ENTRYPOINT \[\(.*\)\]/\1/p' "$file" | tr -d '",')
# A free port in place of the fixed one, since the chroot shares the machine's.
entry=$(echo "$entry" | sed 's/0\.0\.0\.0:8443/127.0.0.1:0/')
HOME=/var/lib/oakum chroot --userspec="$user:$user" "$root" $entry >"$root/tmp/run.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
ready cat "$root/tmp/run.log" || { cat "$root/tmp/run.log"; fail "it did not start"; }
address=$(sed -n 's/^oakumd is ready at //p' "$root/tmp/run.log")
token=$(sed -n 's/.*sign-in#token=//p' "$root/tmp/run.log")
fingerprint=$(sed -n 's/.*CA fingerprint *//p' "$root/tmp/run.log")
echo "a long password of this check" | HOME=/var/lib/oakum chroot --userspec="$user:$user" "$root" oakum setup --yes --password-stdin \
    --server "$address" --one-time "$token" --ca-fingerprint "$fingerprint"
chroot --userspec="$user:$user" "$root" oakumd doctor --data /var/lib/oakum
kill $server
wait $server || fail "it did not end in order"
echo "The steps of the container file install and run the server (in a chroot; no container runtime tried it)."
