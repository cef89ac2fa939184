#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/truth/data/truth.tsv: what is affected by what, as the makers themselves say.

    tools/make_truth.py DATA

DATA is the folder of published data that also feeds tools/make_demo_snapshot.py. Labels come from the maker of the
software, by reading its own statement here, never from Oakum's matcher: curl's list of its vulnerabilities, OpenSSL's
own CVE records, the fixing release of each stable stream of Linux, Apple's and Android's CVE records (the matcher is
given Apple's releases and Android's bulletins instead), and the analyses that Buildroot publishes with its images.
Only advisories that are in demo/data are labelled, since that is what the test gives to the matcher.
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
            yield ("curl", "curl", version, f"cpe:2.3:a:haxx:curl:{version}:*:*:*:*:*:*:*", row["cve"], inside,
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
    chosen = {}
    for row in sorted(rows, key=lambda row: hashlib.sha256("\t".join(map(str, row[:5])).encode()).hexdigest()):
        chosen.setdefault((row[0], row[5]), []).append(row)
    with open(ROOT / "tests/truth/data/truth.tsv", "w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\")
        writer.writerow(("class", "component", "version", "identifier", "advisory", "expected", "evidence"))
        for key in sorted(chosen):
            for row in sorted(chosen[key][:EACH]):
                writer.writerow((*row[:5], "affected" if row[5] else "not affected", row[6]))
    for key, list_of in sorted(chosen.items()):
        print(*key, min(len(list_of), EACH), "of", len(list_of))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
