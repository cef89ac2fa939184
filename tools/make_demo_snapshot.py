#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes demo/data (the advisory snapshot) and demo/firmware (SBOMs) from a folder of public data.

Usage: tools/make_demo_snapshot.py [--source ../shared/data]

Same input and same zstd, same output. Needs only Python 3 and the zstd program. What is selected, and from where, is
written into demo/data/README.md.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tarfile
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What phones and every Linux device run, whatever the SBOMs say: part, vendor, product.
ALWAYS = {
    ("o", "linux", "linux_kernel"),
    ("a", "busybox", "busybox"),
    ("a", "openssl", "openssl"),
    ("o", "google", "android"),
    ("o", "apple", "iphone_os"),
    ("o", "apple", "ipados"),
    ("o", "apple", "ipad_os"),
}
# What CVE records call some of them.
SPOKEN = {
    ("linux", "linux"),
    ("google", "android"),
    ("apple", "ios and ipados"),
    ("apple", "ios"),
    ("apple", "ipados"),
    ("apple", "iphone os"),
}

# model: (kind, Buildroot profile, [(firmware version, Buildroot release)])
MODELS = {
    "AC-GW200": ("gateway", [("1.4.2", "2021.02.12"), ("1.5.0", "2026.05.1")]),
    "AC-CAM40": ("camera", [("3.1.0", "2021.02.12"), ("3.2.0", "2026.05.1")]),
}
SBOM_SOURCE = "buildroot/buildroot-{release}-{kind}.cdx.json"

SOURCES = {
    "known_exploited_vulnerabilities.json.zst": (
        "kev/known_exploited_vulnerabilities_2026-08-21.json",
        "CISA KEV catalogue, by macadmins/sofa @00b0d8ca82f93059846da900c50203b8825337e6",
        "2026-08-21",
        "CC0-1.0",
        "all",
    ),
    "nvd.jsonl.zst": (
        "nvd/nvd_2022_to_2022-10-20.jsonl.zst, nvd/nvd_gap_handpicked.jsonl, nvd/nvd_overrides_anchore_2026-08-21.jsonl.zst",
        "NVD, by jeremylong/DependencyCheck @58b4ddccbdafcb7347979c6551c4f56049126dcc and "
        "vulsio/vuls-data-raw-nvd-api-cve @0ace4132; configurations of anchore/nvd-data-overrides "
        "@29c755f5ac67ee67c1a158a03c26f6ff098a7235 in their place where there are any",
        "2022-10-20, 2025, 2026-08-21",
        "US Government work, public domain (NVD); CC0-1.0 (overrides)",
        "records with a vulnerable product of the demo",
    ),
    "cve5.jsonl.zst": (
        "cve5/vulnrichment_2024-10-24.jsonl.zst",
        "CVE records with CISA's SSVC, by cisagov/vulnrichment @b0ed758328f47f66438cb04396547b293a18511d",
        "2024-10-24",
        "CC0-1.0",
        "records that name a product of the demo, all of the Linux kernel's among them",
    ),
    "osv_android.jsonl.zst": (
        "osv/osv_android.jsonl.zst",
        "Android Security Bulletins as OSV, by vulsio/vuls-data-raw-android-osv @64c4b18860335feb2881662dd8cdfbd99bb7cd4a",
        "2025-02-07",
        "CC-BY-4.0 (Android Security Bulletins)",
        "all",
    ),
    "ios_data_feed.json.zst": (
        "apple/ios_data_feed.json.zst",
        "Apple's iOS and iPadOS releases, by macadmins/sofa @00b0d8ca82f93059846da900c50203b8825337e6",
        "2026-08-22",
        "Apache-2.0",
        "all",
    ),
    "epss_scores.csv.zst": (
        "epss/epss_scores-2026-08-16.csv.zst",
        "EPSS by FIRST.org (https://www.first.org/epss), crawled by EMBA-support-repos/EPSS-data "
        "@346ef2e1571d550634a94d60885648a54fd263d5",
        "2026-08-16",
        "free use with attribution to FIRST.org",
        "the scores of the ids in the other files",
    ),
}


def unpack(path):
    if path.suffix != ".zst":
        return path.read_bytes()
    return subprocess.run(
        ["zstd", "-dcq", "--long=27", str(path)], check=True, stdout=subprocess.PIPE
    ).stdout


def records(path):
    for line in unpack(path).splitlines():
        if line.strip():
            yield json.loads(line)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def cpe_key(criteria):
    """("a", "vendor", "product"); a colon inside a value is escaped."""
    parts = criteria.replace("\\:", "\0").split(":")
    return tuple(part.replace("\0", "\\:") for part in parts[2:5]) if len(parts) > 5 else ("", "", "")


def plain(name):
    return name.lower().replace("\\", "").replace("_", " ")


def read_sboms(archive):
    """{(kind, release): document} for the releases in MODELS."""
    wanted = {
        SBOM_SOURCE.format(release=release, kind=kind): (kind, release)
        for kind, versions in MODELS.values()
        for _, release in versions
    }
    found = {}
    process = subprocess.Popen(["zstd", "-dcq", "--long=27", str(archive)], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
        for member in tar:
            name = member.name.removeprefix("./")
            if name in wanted:
                found[wanted[name]] = json.load(tar.extractfile(member))
    process.wait()
    missing = set(wanted.values()) - set(found)
    if missing:
        sys.exit(f"not in {archive}: {sorted(missing)}")
    return found


def delivered(document):
    """The components that are on the device: no host tools, headers, skeletons, repetitions."""
    kept = {}
    for component in document["components"]:
        types = {p["value"] for p in component.get("properties", []) if p["name"] == "BR_TYPE"}
        name, version = component["name"], component.get("version", "")
        if "target" not in types or not version or name.endswith("-headers"):
            continue
        # util-linux and util-linux-libs are one product; it is counted once.
        kept.setdefault(component.get("cpe", name), (name, version, component.get("cpe"), component["bom-ref"]))
    return sorted(kept.values())


def firmware_sbom(model, version, document):
    components = delivered(document)
    names = {reference: name for name, _, _, reference in components}
    said = []
    for vulnerability in document.get("vulnerabilities", []):
        analysis = vulnerability["analysis"]
        affected = sorted({names[a["ref"]] for a in vulnerability["affects"] if a["ref"] in names})
        if not affected:
            continue
        kept = {key: analysis[key] for key in ("state", "justification") if key in analysis}
        said.append({"id": vulnerability["id"], "analysis": kept, "affects": [{"ref": name} for name in affected]})
    said.sort(key=lambda entry: (entry["id"], compact(entry["affects"])))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://oakum.example/{model}/{version}")),
        "version": 1,
        "metadata": {
            "component": {
                "bom-ref": "firmware",
                "type": "firmware",
                "supplier": {"name": "Acme"},
                "name": model,
                "version": version,
            }
        },
        "components": [
            {"bom-ref": name, "type": "library", "name": name, "version": number, **({"cpe": cpe} if cpe else {})}
            for name, number, cpe, _ in components
        ],
        "vulnerabilities": said,
    }


def vulnerable_products(record):
    return {
        cpe_key(match["criteria"])
        for configuration in record.get("configurations", [])
        for node in configuration.get("nodes", [])
        for match in node.get("cpeMatch", [])
        if match.get("vulnerable")
    }


def select_nvd(source, products):
    chosen = {}
    for name in ("nvd_2022_to_2022-10-20.jsonl.zst", "nvd_gap_handpicked.jsonl"):
        for record in records(source / "nvd" / name):
            if vulnerable_products(record) & products:
                chosen[record["id"]] = record
    # Overrides win over NVD's own configurations, and have no scores: those stay.
    for record in records(source / "nvd" / "nvd_overrides_anchore_2026-08-21.jsonl.zst"):
        known = chosen.get(record["id"])
        if known:
            known["configurations"] = record["configurations"]
        elif vulnerable_products(record) & products:
            chosen[record["id"]] = record
    return [chosen[key] for key in sorted(chosen)]


def select_cve5(source, products):
    spoken = {(plain(vendor), plain(product)) for _, vendor, product in products} | SPOKEN
    keys = {product[1:] for product in products}
    chosen = {}
    for record in records(source / "cve5" / "vulnrichment_2024-10-24.jsonl.zst"):
        containers = record["containers"]
        for container in [containers["cna"], *containers.get("adp", [])]:
            for affected in container.get("affected", []):
                named = (plain(affected.get("vendor", "")), plain(affected.get("product", "")))
                cpes = {cpe_key(cpe)[1:] for cpe in affected.get("cpes", [])}
                if named in spoken or cpes & keys:
                    chosen[record["cveMetadata"]["cveId"]] = record
    return [chosen[key] for key in sorted(chosen)]


def write(path, data):
    """Packed when the name ends in .zst. Returns size and digest of what is on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zst":
        data = subprocess.run(
            ["zstd", "-19", "-T1", "-cq", "--no-check"], check=True, input=data, stdout=subprocess.PIPE
        ).stdout
    path.write_bytes(data)
    return len(data), hashlib.sha256(data).hexdigest()


def lines(values):
    return "".join(compact(value) + "\n" for value in values).encode()


def readme(rows, sboms):
    out = [
        "# The advisory snapshot of the demo",
        "",
        "Made by `tools/make_demo_snapshot.py`; this file too. Records are as published, chosen but not changed, but for",
        "one thing: in `nvd.jsonl.zst` the configurations of the overrides stand in the place of NVD's own.",
        "",
        "| file | records | bytes | what was chosen | source | date | licence | sha256 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, count, size, digest in rows:
        _, origin, date, licence, choice = SOURCES[name]
        out.append(f"| {name} | {count} | {size} | {choice} | {origin} | {date} | {licence} | `{digest}` |")
    out += [
        "",
        "Products of the demo: those of the SBOMs in `../firmware`, the Linux kernel, BusyBox, OpenSSL, Android, iOS and iPadOS.",
        "",
        "Attribution: EPSS by FIRST.org; Android Security Bulletins by the Android Open Source Project (CC-BY-4.0); SOFA by",
        "Mac Admins Open Source (Apache-2.0).",
        "",
        "## ../firmware",
        "",
        "CycloneDX 1.6 written for the demo. Names, versions, CPE names and states of analysis are those of the packages of",
        "Buildroot 2021.02.12 and 2026.05.1 in its own SBOMs; tools of the build, headers and repetitions are left out. Models,",
        "vendor and firmware versions are invented.",
        "",
        "| file | follows | components | analyses | sha256 |",
        "|---|---|---|---|---|",
    ]
    out += [f"| {name} | {follows} | {parts} | {said} | `{digest}` |" for name, follows, parts, said, digest in sboms]
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=pathlib.Path, default=ROOT / "../shared/data", help="folder of the data")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "demo", help="where data/ and firmware/ go")
    arguments = parser.parse_args()
    source, output = arguments.source, arguments.output
    if not source.is_dir():
        sys.exit(f"{source} is not there; name the folder with --source")

    products = set(ALWAYS)
    sboms = []
    originals = read_sboms(source / "sbom" / "sboms.tar.zst")
    for model, (kind, versions) in MODELS.items():
        for version, release in versions:
            made = firmware_sbom(model, version, originals[(kind, release)])
            products |= {cpe_key(part["cpe"]) for part in made["components"] if "cpe" in part}
            name = f"{kind}/{version}.cdx.json"
            text = json.dumps(made, ensure_ascii=False, indent=1).encode() + b"\n"
            _, digest = write(output / "firmware" / name, text)
            sboms.append((name, f"Buildroot {release}, {kind}", len(made["components"]), len(made["vulnerabilities"]), digest))

    contents = {}
    ids = set()
    kev = unpack(source / SOURCES["known_exploited_vulnerabilities.json.zst"][0])
    kev_ids = {entry["cveID"] for entry in json.loads(kev)["vulnerabilities"]}
    contents["known_exploited_vulnerabilities.json.zst"] = (len(kev_ids), kev)
    nvd = select_nvd(source, products)
    contents["nvd.jsonl.zst"] = (len(nvd), lines(nvd))
    cve5 = select_cve5(source, products)
    contents["cve5.jsonl.zst"] = (len(cve5), lines(cve5))
    android = list(records(source / SOURCES["osv_android.jsonl.zst"][0]))
    contents["osv_android.jsonl.zst"] = (len(android), lines(android))
    apple = unpack(source / SOURCES["ios_data_feed.json.zst"][0])
    apple_ids = {
        cve
        for version in json.loads(apple)["OSVersions"]
        for release in version["SecurityReleases"]
        for cve in release["CVEs"]
    }
    contents["ios_data_feed.json.zst"] = (len(apple_ids), apple)
    ids |= kev_ids | apple_ids
    ids |= {record["id"] for record in nvd} | {record["cveMetadata"]["cveId"] for record in cve5}
    ids |= {alias for record in android for alias in record.get("aliases", []) if alias.startswith("CVE-")}
    scores = unpack(source / SOURCES["epss_scores.csv.zst"][0]).decode().splitlines()
    kept = [line for line in scores if not line.startswith("CVE-") or line.split(",", 1)[0] in ids]
    contents["epss_scores.csv.zst"] = (len(kept) - 2, ("\n".join(kept) + "\n").encode())

    rows = []
    for name in SOURCES:
        count, data = contents[name]
        size, digest = write(output / "data" / name, data)
        rows.append((name, count, size, digest))
        print(f"{name}: {count} records, {size} bytes")
    print(f"together {sum(row[2] for row in rows)} bytes")
    write(output / "data" / "README.md", readme(rows, sboms).encode())


if __name__ == "__main__":
    main()
