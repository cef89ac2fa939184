#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds a firmware image for the demonstration from a CycloneDX file. The same input gives the same bytes.

    make_demo_firmware.py demo/firmware/gateway/1.5.0.cdx.json -o gateway-1.5.0.tar [--ill GW-0003] [--payload-kib 2048]
"""
import argparse
import hashlib
import io
import json
import pathlib
import sys
import tarfile

PARTS = pathlib.Path(__file__).resolve().parent.parent / "demo" / "firmware-image"
KINDS = {
    "firmware": "firmware",
    "operating-system": "operating_system",
    "library": "library",
    "framework": "library",
    "application": "application",
}


def kind_of(component):
    if ":linux:linux_kernel:" in component.get("cpe", "") or component["name"] in ("linux", "linux-kernel"):
        return "kernel"
    return KINDS.get(component.get("type"), "package")


def packages(document):
    """The components as an inventory message, as the agent sends it."""
    listed = []
    for component in document.get("components", []):
        entry = {"kind": kind_of(component), "name": component["name"]}
        for key in ("version", "purl", "cpe"):
            if component.get(key):
                entry[key] = component[key]
        listed.append(entry)
    return json.dumps({"components": listed}, indent=1, ensure_ascii=False) + "\n"


def os_release(name, version):
    return (
        f'NAME="{name}"\nID={name.lower()}\nVERSION_ID={version}\n'
        f'PRETTY_NAME="{name} firmware {version}"\n'
    )


def payload(name, version, size):
    """Bytes that do not compress, so that a download takes its time."""
    out = bytearray()
    counter = 0
    while len(out) < size:
        out += hashlib.sha256(f"{name} {version} {counter}".encode()).digest()
        counter += 1
    return bytes(out[:size])


def build(document, ill=(), payload_size=0):
    component = document["metadata"]["component"]
    name, version = component["name"], component["version"]
    files = {
        "bin/firmware": ((PARTS / "firmware").read_bytes(), 0o755),
        "bin/health": ((PARTS / "health").read_bytes(), 0o755),
        "etc/os-release": (os_release(name, version).encode(), 0o644),
        "usr/lib/oakum/packages.json": (packages(document).encode(), 0o644),
    }
    if ill:
        files["etc/unsupported-radios"] = ("".join(f"{serial}\n" for serial in ill).encode(), 0o644)
    if payload_size:
        files["usr/share/payload.bin"] = (payload(name, version, payload_size), 0o644)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            content, mode = files[path]
            info = tarfile.TarInfo(path)
            info.size = len(content)
            info.mode = mode
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sbom", type=pathlib.Path, help="CycloneDX JSON with metadata.component")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--ill", action="append", default=[], metavar="SERIAL",
                        help="its health program fails on this device; may be repeated")
    parser.add_argument("--payload-kib", type=int, default=512, help="bytes of no meaning (default: 512 KiB)")
    arguments = parser.parse_args()
    document = json.loads(arguments.sbom.read_text(encoding="utf-8"))
    image = build(document, arguments.ill, arguments.payload_kib * 1024)
    arguments.output.write_bytes(image)
    print(f"{arguments.output} {len(image)} bytes sha256 {hashlib.sha256(image).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
