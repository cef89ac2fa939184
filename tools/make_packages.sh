#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make_packages.sh [FOLDER]: Debian packages of what build/release/bin and web/dist hold, into FOLDER (build/packages):
# oakumd (server and dashboard), oakum (command line), oakum-agent. The same commit makes the same bytes. Called by
# ./run package, which builds first.
set -eu
cd "$(dirname "$0")/.."
out=${1:-build/packages}
version=$(sed -n 's/^project(oakum VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
architecture=$(dpkg --print-architecture)
# Of the commit; of the changelog where there is no repository.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)
export SOURCE_DATE_EPOCH
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$out" "$stage/debian"
out=$(cd "$out" && pwd)
rm -f "$out"/*.deb

# package NAME PROGRAM SECTION MORE-DEPENDS SUMMARY TEXT: the rest of its files are in $stage/debian/NAME already
package() {
    tree=$stage/debian/$1
    install -D -m 755 "build/release/bin/$2" "$tree/usr/bin/$2"
    strip --strip-unneeded "$tree/usr/bin/$2"
    mkdir -p "$tree/DEBIAN"
    printf 'Source: oakum\n\nPackage: %s\nArchitecture: any\n' "$1" >"$stage/debian/control"
    needs=$(cd "$stage" && dpkg-shlibdeps -O -e "debian/$1/usr/bin/$2" | sed -n 's/^shlibs:Depends=//p')
    install -D -m 644 LICENSE "$tree/usr/share/doc/$1/copyright"
    cat >"$tree/DEBIAN/control" <<TEXT
Package: $1
Version: $version
Architecture: $architecture
Maintainer: The Oakum authors <oakum@localhost>
Installed-Size: $(du -sk --apparent-size "$tree" | cut -f 1)
Depends: $needs${4:+, $4}
Section: $3
Priority: optional
Description: $5
 $6
TEXT
    for script in postinst prerm postrm; do
        [ ! -f "packaging/$1/$script" ] || install -m 755 "packaging/$1/$script" "$tree/DEBIAN/$script"
    done
    if [ -d "$tree/etc" ]; then (cd "$tree" && find etc -type f | sed 's|^|/|') >"$tree/DEBIAN/conffiles"; fi
    find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --build -Zxz "$tree" "$out/$1_${version}_$architecture.deb" >/dev/null
    echo "$out/$1_${version}_$architecture.deb"
}

umask 022
unit() { install -D -m 644 "packaging/$1/$2" "$stage/debian/$1/lib/systemd/system/$2"; }
document() { install -D -m 644 "$2" "$stage/debian/$1/usr/share/doc/$1/$(basename "$2")"; }

unit oakumd oakumd.service
install -D -m 644 packaging/oakumd/oakumd.default "$stage/debian/oakumd/etc/default/oakumd"
mkdir -p "$stage/debian/oakumd/usr/share/oakum"
cp -R web/dist "$stage/debian/oakumd/usr/share/oakum/web"
find "$stage/debian/oakumd/usr/share/oakum" -type f -exec chmod 644 {} +
for text in docs/*.md docs/*.schema.json CHANGELOG.md; do
    document oakumd "$text"
done
for text in docs/reference/*.md; do install -D -m 644 "$text" "$stage/debian/oakumd/usr/share/doc/oakumd/reference/$(basename "$text")"; done
package oakumd oakumd admin "adduser, ca-certificates, tzdata" "patch management server for phones, tablets and IoT devices" \
    "Discovers devices, matches advisories, rolls signed updates out in waves, proves the result."

for shell in bash zsh fish; do
    case $shell in
    bash) file=usr/share/bash-completion/completions/oakum ;;
    zsh) file=usr/share/zsh/vendor-completions/_oakum ;;
    fish) file=usr/share/fish/vendor_completions.d/oakum.fish ;;
    esac
    mkdir -p "$stage/debian/oakum/$(dirname "$file")"
    build/release/bin/oakum completion $shell >"$stage/debian/oakum/$file"
done
for text in docs/reference/query.md docs/plans.md docs/rollout-plan.schema.json docs/rehearsal.md docs/rehearsal.schema.json docs/tuf.md CHANGELOG.md; do document oakum "$text"; done
install -D -m 755 build/release/bin/oakum-tuf "$stage/debian/oakum/usr/bin/oakum-tuf"
strip --strip-unneeded "$stage/debian/oakum/usr/bin/oakum-tuf"
package oakum oakum admin "" "command line of the Oakum patch management server" \
    "Lists what is exposed, plans and follows rollouts, scans an SBOM without any server."

unit oakum-agent oakum-agent.service
unit oakum-agent oakum-agent.path
document oakum-agent apps/agent/README.md
package oakum-agent oakum-agent admin "" "update agent of the Oakum patch management server" \
    "Installs signed updates into a second slot and falls back by itself when the new one is ill."
