#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/truth/data/truth.tsv: what is affected by what, as the makers themselves say.

    tools/make_truth.py DATA

DATA is the folder of published data that also feeds tools/make_demo_snapshot.py. Labels come from the maker of the
software, by reading its own statement here, never from Oakum's matcher: curl's list of its vulnerabilities, OpenSSL's
own CVE records, the fixing release of each stable stream of Linux, Apple's and Android's CVE records (the matcher is
given Apple's releases and Android's bulletins instead), the analyses that Buildroot publishes with its images, and for
packages one statement of a distribution or project where the matcher is given another one.
Only advisories that the test gives to the matcher are labelled: those of demo/data, and of the feeds of packages, which
are kept beside the labels where their licence allows it and read from DATA where it does not say.
"""
import csv
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EACH = 120  # labels of one class and answer


def text_of(path):
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dc", "--long=27", path], check=True, capture_output=True).stdout.decode()
    return path.read_text()


def lines_of(path):
    return [json.loads(line) for line in text_of(path).splitlines() if line]


def numbers(version):
    return tuple(int(n) for n in re.findall(r"\d+", version))


def openssl_key(version):
    """1.0.2zf after 1.0.2z after 1.0.2; 3.0.10 after 3.0.9."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)([a-z]*)", version)
    if not match:
        return None
    return numbers(match[1]), len(match[2]), match[2]


def curl(data, known):
    for row in json.loads(text_of(data / "upstream/curl_vulns_2026-08-22.json")):
        if row["cve"] not in known:
            continue
        for version in ("7.61.1", "7.74.0", "7.79.1", "7.88.1", "8.4.0", "8.9.1", "8.14.1", "8.21.0"):
            inside = numbers(row["first"]) <= numbers(version) <= numbers(row["last"])
            # Buildroot, OpenWrt and Yocto name it by its library, NVD mostly by its command.
            for name in ("curl", "libcurl"):
                yield (name, name, version, f"cpe:2.3:a:haxx:{name}:{version}:*:*:*:*:*:*:*", row["cve"], inside,
                       f"affected from {row['first']} to {row['last']}")


def openssl(data, known):
    for record in lines_of(data / "upstream/openssl_cve5_2026-06-10.jsonl.zst"):
        cve = record["cveMetadata"]["cveId"]
        entries = [e for a in record["containers"]["cna"]["affected"] for e in a.get("versions", []) if e["status"] == "affected"]
        if cve not in known or any("lessThan" not in e or openssl_key(e["lessThan"]) is None or openssl_key(e["version"]) is None for e in entries):
            continue
        for version in ("1.0.2k", "1.1.1g", "1.1.1n", "3.0.2", "3.0.13", "3.3.1", "3.6.3"):
            at = openssl_key(version)
            inside = any(openssl_key(e["version"]) <= at < openssl_key(e["lessThan"]) for e in entries)
            why = ", ".join(f"{e['version']} up to {e['lessThan']}" for e in entries)
            yield ("openssl", "openssl", version, f"cpe:2.3:a:openssl:openssl:{version}:*:*:*:*:*:*:*", cve, inside, "affected: " + why[:120])


def kernel(data, known):
    spans = json.loads(text_of(data / "upstream/kernel_cves_2023-01-27.json.zst"))
    for cve, streams in json.loads(text_of(data / "upstream/kernel_stream_fixes_2024-04-09.json.zst")).items():
        if cve not in known:
            continue
        for version in ("4.19.250", "4.19.320", "5.4.100", "5.10.7", "5.10.150", "5.10.220", "5.15.50", "5.15.160", "6.1.20", "6.1.95", "6.6.5", "6.6.40"):
            stream = ".".join(version.split(".")[:2])
            fixed = streams.get(stream, {}).get("fixed_version", "")
            # Up to 2022 it is known since when a fault is there; since 2024 the Linux CNA says it itself.
            old = int(cve[4:8]) < 2023
            since = re.match(r"v?(\d+\.\d+)\S* to ", spans.get(cve, {}).get("affected_versions", ""))
            if not re.fullmatch(r"\d+\.\d+\.\d+", fixed) or (old and not since):
                continue
            if old and numbers(version) < numbers(fixed) and numbers(stream) <= numbers(since[1]):
                continue  # the fault may have come to this stream after the release
            yield ("kernel-2022" if old else "kernel", "linux", version, f"cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*", cve,
                   numbers(version) < numbers(fixed), f"stream {stream} fixed in {fixed}")


def apple(record, known):
    meta = record["cveMetadata"]
    if meta.get("assignerShortName") != "apple" or meta["cveId"] not in known:
        return
    # "lessThan" is cut to two numbers ("16.7" where 16.7.6 repaired it), so it is the record's sentence that counts.
    said = " ".join(text["value"] for text in record["containers"]["cna"]["descriptions"])
    ends = re.findall(r"iOS (\d+(?:\.\d+)*)\b", said.partition("fixed in")[2])
    for version in ("16.6", "16.7.5", "17.1.2", "17.3", "17.5.1", "18.0"):
        mine = [end for end in ends if end.split(".")[0] == version.split(".")[0]]
        if mine:  # Apple speaks of this branch
            inside = numbers(version) < max(map(numbers, mine))
            yield ("apple", "ios", version, "iPhone15,2", meta["cveId"], inside, "fixed in iOS " + " and ".join(mine))


def android(record, known):
    meta = record["cveMetadata"]
    cna = record["containers"]["cna"]
    products = [a for a in cna.get("affected", []) if a.get("product") == "Android" and a.get("vendor") == "Google"]
    if meta.get("assignerShortName") != "google_android" or meta["cveId"] not in known or not products:
        return
    named = {e["version"].removesuffix("L") for a in products for e in a["versions"] if e["status"] == "affected"}
    if not all(re.fullmatch(r"\d+", version) for version in named):
        return
    year, month = int(meta["datePublished"][:4]), int(meta["datePublished"][5:7])
    # A bulletin comes up to some months before the CVE record, and some repairs are published again a year later.
    before = f"{year - 1}-{month:02}-05"
    after = f"{year + 2}-{month:02}-05"
    for version, since in (("11", "2020-09"), ("12", "2021-10"), ("13", "2022-08"), ("14", "2023-10")):
        if before < since:
            continue
        if version in named:
            yield ("android", "android", version, before, meta["cveId"], True, f"named by Android's CVE record, published {meta['datePublished'][:10]}")
            yield ("android", "android", version, after, meta["cveId"], False, f"fixed by the bulletin before {meta['datePublished'][:10]}")
        elif min(map(int, named)) <= int(version) <= max(map(int, named)) or int(version) > max(map(int, named)):
            yield ("android", "android", version, before, meta["cveId"], False, "not named by Android's CVE record: " + ", ".join(sorted(named)))


def buildroot(known):
    for image in ("gateway/1.4.2", "gateway/1.5.0", "camera/3.1.0", "camera/3.2.0"):
        sbom = json.loads((ROOT / f"demo/firmware/{image}.cdx.json").read_text())
        names = {c.get("bom-ref"): c["name"] for c in sbom["components"]}
        for entry in sbom.get("vulnerabilities", []):
            state = entry.get("analysis", {}).get("state", "")
            for affected in entry.get("affects", []):
                if entry["id"] in known and affected["ref"] in names and state in ("resolved", "not_affected", "exploitable", "resolved_with_pedigree"):
                    yield ("buildroot", names[affected["ref"]], image, "sbom", entry["id"], state == "exploitable", f"Buildroot says {state}")


def below(version, versions, less):
    """The highest of the versions that is lower, by a comparison that is not Oakum's."""
    lower = [v for v in versions if less(v, version)]
    best = None
    for v in lower:
        if best is None or less(best, v):
            best = v
    return best


def dpkg_less(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0


def debian(data):
    """Debian's own advisories (DSA, DLA) label; the matcher is given the tracker's records of single CVEs."""
    tracked, fixes = set(), {}
    for record in lines_of(data / "osv/osv_debian.jsonl.zst"):
        for affected in record["affected"]:
            place = affected["package"]["ecosystem"], affected["package"]["name"]
            if record["id"].startswith("CVE-"):
                tracked.add((*place, record["id"]))
            else:
                for event in (e for r in affected["ranges"] for e in r["events"] if "fixed" in e):
                    fixes.setdefault(place, []).append((event["fixed"], record["id"], record.get("related", [])))
    # Comparing takes a process each: what 300 packages say is more than enough.
    places = sorted((p for p in fixes if len(fixes[p]) > 1 and p[0] != "Debian:10"), key=lambda p: hashlib.sha256(" ".join(p).encode()).hexdigest())
    for release, package in places[:300]:
        advisories = fixes[release, package]
        # Of each advisory one version that has it and one that does not.
        for fixed, advisory, cves in sorted(advisories, key=lambda one: hashlib.sha256(one[1].encode()).hexdigest())[:2]:
            older = below(fixed, {one[0] for one in advisories}, dpkg_less)
            for cve in (c for c in cves if (release, package, c) in tracked):
                number = release.removeprefix("Debian:")
                for version, inside in ((fixed, False), (older, True)):
                    if version:
                        yield ("debian", package, version, f"pkg:deb/debian/{package}@{version}?distro=debian-{number}", cve, inside,
                               f"{advisory} repaired it in {fixed}")


def alpine(data):
    """secdb labels; the matcher is given OSV's conversion."""
    known = {(a["package"]["ecosystem"], a["package"]["name"], alias)
             for record in lines_of(data / "osv/osv_alpine.jsonl.zst") for a in record["affected"] if "ecosystem" in a.get("package", {})
             for alias in [record["id"], *record.get("aliases", [])]}
    plain = re.compile(r"\d+(\.\d+)*-r\d+")

    def less(a, b):
        return numbers(a.split("-r")[0]) < numbers(b.split("-r")[0]) or (
            numbers(a.split("-r")[0]) == numbers(b.split("-r")[0]) and int(a.split("-r")[1]) < int(b.split("-r")[1]))

    for file in lines_of(data / "distro/alpine_secdb_2025-01-04.jsonl.zst"):
        release = "Alpine:" + file["distroversion"]
        if release == "Alpine:edge":
            continue
        for package in (p["pkg"] for p in file["packages"]):
            versions = {v for v in package["secfixes"] if plain.fullmatch(v)}
            last = {}
            for version in versions:
                for cve in (w for text in package["secfixes"][version] or [] for w in text.split() if w.startswith("CVE-")):
                    if cve not in last or less(last[cve], version):
                        last[cve] = version
            for cve, fixed in last.items():
                if (release, package["name"], cve) not in known or any(cve in t for t in package["secfixes"].get("0") or []):
                    continue
                older = below(fixed, versions, less)
                for version, inside in ((fixed, False), (older, True)):
                    if version:
                        yield ("alpine", package["name"], version,
                               f"pkg:apk/alpine/{package['name']}@{version}?distro=alpine-{release.removeprefix('Alpine:v')}", cve, inside,
                               f"secdb: {fixed} has the fix")


def spans_of(entry):
    """[(sign, version)] of ">= 1.0, < 1.2"; nothing when it is anything else."""
    parts = [re.fullmatch(r"(<|<=|>|>=|=)\s*v?(\d+(?:\.\d+)*)", part.strip()) for part in entry["version"].split(",")]
    return [(p[1], numbers(p[2]), p[2]) for p in parts] if all(parts) and entry.get("status") == "affected" else None


def padded(version, length=6):
    return version + (0,) * (length - len(version))


def holds(spans, version):
    at = padded(version)
    signs = {"<": lambda end: at < end, "<=": lambda end: at <= end, ">": lambda end: at > end, ">=": lambda end: at >= end, "=": lambda end: at == end}
    return all(signs[sign](padded(end)) for sign, end, _ in spans)


def ecosystem(name, purl_type, feed, records, is_of):
    """What the CVE record of the project's own numbering authority (GitHub) says; the matcher is given OSV."""
    by_cve = {}
    for record in feed:
        packages = {a["package"]["name"] for a in record["affected"]}
        for alias in record.get("aliases", []):
            if len(packages) == 1 and alias.startswith("CVE-") and not record.get("withdrawn"):
                by_cve.setdefault(alias, set()).update(packages)
    for record in records:
        meta, cna = record["cveMetadata"], record["containers"].get("cna", {})
        packages = by_cve.get(meta["cveId"], set())
        products = cna.get("affected", [])
        if meta.get("assignerShortName") != "GitHub_M" or len(packages) != 1 or len(products) != 1:
            continue
        package = next(iter(packages))
        spans = [spans_of(entry) for entry in products[0].get("versions", [])]
        if not spans or not all(spans):
            continue
        said = ", ".join(e["version"] for e in products[0]["versions"])
        ends = {text for span in spans for _, _, text in span}
        # And what lies just below an end.
        ends |= {f"{head}{int(last) - 1}" for head, last in (re.fullmatch(r"(.*?)(\d+)", text).groups() for text in ends) if int(last) > 0}
        for version in sorted(ends):
            shown = ("v" if purl_type == "golang" else "") + version
            if not is_of(package, products[0], version):
                continue
            yield (name, package, shown, f"pkg:{purl_type}/{package}@{shown}", meta["cveId"], any(holds(s, numbers(version)) for s in spans),
                   "affected: " + said[:100])


def any_project(package, product, version):
    """The alias already names one package and one product; of the name of either there are several spellings."""
    return True


def same_module(package, product, version):
    """A module path says its major version from 2 on: another one cannot be required under it."""
    path = f"github.com/{product.get('vendor', '')}/{product.get('product', '')}".lower()
    major = int(version.split(".")[0])
    return package.lower() == (path if major < 2 else f"{path}/v{major}") and version.count(".") == 2


def almalinux(data):
    """Rocky's errata label; the matcher is given AlmaLinux's of the same number. Both rebuild the same source."""
    alma = {}
    for record in lines_of(data / "osv/osv_almalinux.jsonl.zst"):
        if re.match(r"AL[SBE]A-", record["id"]):
            alma[record["id"][5:]] = {
                (a["package"]["ecosystem"], a["package"]["name"], e["fixed"])
                for a in record["affected"] for r in a["ranges"] for e in r["events"] if "fixed" in e}, record.get("related", [])
    for record in lines_of(data / "osv/osv_rocky.jsonl.zst"):
        packages, related = alma.get(record["id"][5:], (set(), []))
        for affected in record["affected"]:
            release, package = affected["package"]["ecosystem"], affected["package"]["name"]
            fixed = [e["fixed"] for r in affected["ranges"] for e in r["events"] if "fixed" in e]
            place = "AlmaLinux:" + release.removeprefix("Rocky Linux:"), package
            cves = set(related) & {*record.get("related", []), *record.get("aliases", []), *record.get("upstream", [])}
            # Modules have several streams, of which a version tells nothing.
            plain = fixed[0].removeprefix("0:") if fixed else ""
            # Where AlmaLinux's build has another number, Rocky's says nothing of it.
            if len(fixed) != 1 or ".module" in plain or not {(*place, plain), (*place, fixed[0])} & packages:
                continue
            first = re.match(r"((?:\d+:)?)(\d+)(.*)", fixed[0])
            older = f"{first[1]}{int(first[2]) - 1}{first[3]}" if first and int(first[2]) > 0 else None
            for cve in sorted(c for c in cves if c.startswith("CVE-")):
                for version, inside in ((fixed[0], False), (older, True)):
                    if version:
                        yield ("almalinux", package, version, f"pkg:rpm/almalinux/{package}@{version}?distro=almalinux-{release.split(':')[1]}", cve,
                               inside, f"{record['id']} repaired it in {fixed[0]}")


def carry(name, records, wanted):
    """The records that name what was labelled, as the test gives them to the matcher."""
    kept = [r for r in records if wanted & {r["id"], *r.get("aliases", []), *r.get("related", [])}]
    for record in kept:
        for long in ("details", "references", "credits"):
            record.pop(long, None)
    text = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in kept)
    subprocess.run(["zstd", "-19", "-q", "-f", "-o", ROOT / f"tests/truth/data/{name}"], input=text.encode(), check=True)


def main(data):
    known = set()
    for feed in ("nvd", "cve5"):
        for record in lines_of(ROOT / f"demo/data/{feed}.jsonl.zst"):
            known.add(record.get("id") or record.get("cve", {}).get("id") or record["cveMetadata"]["cveId"])
    bulletins = {alias for record in lines_of(ROOT / "demo/data/osv_android.jsonl.zst") for alias in record.get("aliases", []) if record["id"].startswith("ASB")}
    releases = json.loads(text_of(ROOT / "demo/data/ios_data_feed.json.zst"))
    in_apple = {cve for system in releases["OSVersions"] for release in system["SecurityReleases"] for cve in release["CVEs"]}
    rows = [*curl(data, known), *openssl(data, known), *kernel(data, known), *buildroot(known)]
    for record in lines_of(data / "cve5/vulnrichment_2024-10-24.jsonl.zst"):
        rows += apple(record, in_apple)
        rows += android(record, bulletins)
    feeds = {name: lines_of(data / f"osv/osv_{name}.jsonl.zst") for name in ("pypi", "go", "almalinux")}
    records = lines_of(data / "cve5/vulnrichment_2024-10-24.jsonl.zst")
    rows += [*debian(data), *alpine(data), *almalinux(data)]
    rows += ecosystem("pypi", "pypi", feeds["pypi"], records, any_project)
    rows += ecosystem("go", "golang", feeds["go"], records, same_module)
    chosen = {}
    for row in sorted(rows, key=lambda row: hashlib.sha256("\t".join(map(str, row[:5])).encode()).hexdigest()):
        chosen.setdefault((row[0], row[5]), []).append(row)
    with open(ROOT / "tests/truth/data/truth.tsv", "w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\")
        writer.writerow(("class", "component", "version", "identifier", "advisory", "expected", "evidence"))
        for key in sorted(chosen):
            for row in sorted(chosen[key][:EACH]):
                writer.writerow((*row[:5], "affected" if row[5] else "not affected", row[6]))
    for name, feed in feeds.items():
        wanted = {row[4] for key in chosen if key[0] == name for row in chosen[key][:EACH]}
        carry(f"osv_{name}.jsonl.zst", feed, wanted)
    for key, list_of in sorted(chosen.items()):
        print(*key, min(len(list_of), EACH), "of", len(list_of))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
