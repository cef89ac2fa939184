#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts what tests and the simulator of Apple's devices need out of Apple's schemas of device management: keys, types, what is
required, what may stand there, and since which iOS.

Usage: tools/make_apple_schemas.py [--source ../shared/data/apple/device-management] [--check]

--check writes nothing and fails where the kept file is not what the schemas say. Needs PyYAML.
"""
import argparse
import json
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "data" / "apple" / "schemas.json"
SOURCE = ("Cut from Apple's public schemas, apple/device-management at b6202ca2 (iOS 18.2; MIT, Copyright Apple Inc.): keys, types, "
          "presence and ranges for iOS, without descriptions.")
FILES = {
    "check-ins": {name: f"mdm/checkin/{name.lower()}.yaml" for name in ("Authenticate", "TokenUpdate", "CheckOut", "DeclarativeManagement")},
    "commands": {
        "DeviceInformation": "mdm/commands/information.device.yaml",
        "SecurityInfo": "mdm/commands/information.security.yaml",
        "InstalledApplicationList": "mdm/commands/application.installed.list.yaml",
        "DeclarativeManagement": "mdm/commands/declarativemanagement.yaml",
        "RemoveProfile": "mdm/commands/profile.remove.yaml",
    },
    "declarations": {
        "com.apple.activation.simple": "declarative/declarations/activations/simple.yaml",
        "com.apple.configuration.management.status-subscriptions":
            "declarative/declarations/configurations/management.status-subscriptions.yaml",
        "com.apple.configuration.softwareupdate.enforcement.specific":
            "declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml",
    },
    "protocol": {
        "declaration": "declarative/declarations/declarationbase.yaml",
        "declaration-items": "declarative/protocol/declarationitemsresponse.yaml",
        "status": "declarative/protocol/statusreport.yaml",
        "tokens": "declarative/protocol/tokensresponse.yaml",
    },
    "status": {name: f"declarative/status/{name}.yaml" for name in (
        "device.identifier.serial-number", "device.identifier.udid", "device.model.family", "device.model.identifier",
        "device.operating-system.build-version", "device.operating-system.family",
        "device.operating-system.supplemental.build-version", "device.operating-system.supplemental.extra-version",
        "device.operating-system.version", "management.client-capabilities", "management.declarations", "softwareupdate.device-id",
        "softwareupdate.failure-reason", "softwareupdate.install-reason", "softwareupdate.install-state",
        "softwareupdate.pending-version")},
}


def rule(key):
    """One key's rule."""
    out = {"type": key["type"].strip("<>")}
    ios = (key.get("supportedOS") or {}).get("iOS") or {}
    if "introduced" in ios:
        out["ios"] = ios["introduced"]
    if "userenrollment" in ios:
        out["user"] = ios["userenrollment"]["mode"]
    if key.get("presence") == "required":
        out["required"] = True
    for name in ("rangelist", "range"):
        if name in key:
            out[name] = key[name]
    below = key.get("subkeys") or []
    if out["type"] == "array" and below:
        item = below[0]
        if item["type"] == "<string>" and item.get("subkeys"):
            # Names that may stand in the list, each with where it may.
            out["names"] = {each["key"]: {k: v for k, v in rule(each).items() if k in ("ios", "user")} for each in item["subkeys"]}
        out["items"] = {k: v for k, v in rule({**item, "subkeys": None if "names" in out else item.get("subkeys")}).items() if k != "required"}
    elif below:
        out["keys"] = {each["key"]: rule(each) for each in below}
    return out


def of_file(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    ios = document["payload"]["supportedOS"]["iOS"]
    out = {"ios": ios["introduced"]}
    for name in ("allowed-enrollments", "accessrights"):
        if name in ios:
            out[name] = ios[name]
    if "userenrollment" in ios:
        out["user"] = ios["userenrollment"]["mode"]
    for name, to in (("payloadkeys", "keys"), ("responsekeys", "answer")):
        if name in document:
            out[to] = {each["key"]: rule(each) for each in document[name]}
    if "reasons" in document:
        out["reasons"] = [each["value"] for each in document["reasons"]]
    return out


def cut(source):
    return {"source": SOURCE, **{part: {name: of_file(source / file) for name, file in files.items()} for part, files in FILES.items()}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, default=ROOT / "../shared/data/apple/device-management")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    text = json.dumps(cut(given.source), indent=1, sort_keys=True) + "\n"
    if not given.check:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(text, encoding="utf-8")
        return 0
    if KEPT.read_text(encoding="utf-8") == text:
        return 0
    print(f"{KEPT.relative_to(ROOT)} is not what Apple's schemas say: run tools/make_apple_schemas.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
