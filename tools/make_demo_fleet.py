#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes demo/fleet.csv: 5,000 devices of an invented company, the same at every run.

Usage: tools/make_demo_fleet.py [--output demo/fleet.csv]

Models and versions of iPhones and iPads come from demo/data/ios_data_feed.json.zst: each runs a release that the feed
does not say is for other models. Serials, sites, teams and the makers of sensors, gateways and cameras are invented; owners are teams,
addresses private. Needs only Python 3 and the zstd program.
"""

import argparse
import csv
import json
import pathlib
import random
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED = 20261122
COLUMNS = (
    "serial,name,kind,manufacturer,model,platform,os_version,patch_level,firmware_version,"
    "address,site,zone,owner,criticality,exposure,support_end"
).split(",")

# site: (short name, second octet of its addresses, share of the fleet)
SITES = {
    "Hamburg plant": ("ham", 11, 14),
    "Rotterdam terminal": ("rtm", 12, 11),
    "Gdansk warehouse": ("gdn", 13, 7),
    "Lyon office": ("lyo", 21, 9),
    "Turin plant": ("trn", 22, 8),
    "Austin office": ("aus", 31, 10),
    "Monterrey plant": ("mty", 32, 9),
    "Toronto depot": ("yyz", 33, 7),
    "Osaka laboratory": ("osa", 41, 6),
    "Pune plant": ("pnq", 42, 9),
    "Perth remote station": ("per", 51, 4),
    "Nairobi depot": ("nbo", 61, 6),
}
ZONES = {"production": 1, "office": 2, "dmz": 3, "guest": 4}

# Android: (manufacturer, model, kind, (least, most) Android version, support end)
ANDROIDS = [
    ("Google", "Pixel 6a", "phone", (13, 15), "2027-07-01"),
    ("Google", "Pixel 8", "phone", (14, 15), "2030-10-01"),
    ("Samsung", "SM-A546B", "phone", (13, 15), "2028-03-01"),
    ("Samsung", "SM-G525F", "phone", (11, 14), "2026-03-01"),
    ("Samsung", "SM-S921B", "phone", (14, 15), "2031-01-01"),
    ("Motorola", "moto g(30)", "phone", (11, 12), "2024-03-01"),
    ("Nokia", "Nokia XR20", "phone", (11, 13), "2025-07-01"),
    ("Zebra", "TC58", "phone", (11, 14), "2031-10-01"),
    ("Samsung", "SM-X210", "tablet", (13, 15), "2028-09-01"),
    ("Samsung", "SM-T575", "tablet", (11, 14), "2025-10-01"),
    ("Lenovo", "TB-X606F", "tablet", (11, 11), "2023-06-01"),
]
# The last month in which a major version got patches in the bulletins.
LAST_PATCH = {11: (2024, 2), 12: (2025, 3), 13: (2026, 3), 14: (2026, 8), 15: (2026, 8)}
FIRST_PATCH = {11: (2020, 11), 12: (2021, 11), 13: (2022, 9), 14: (2023, 10), 15: (2024, 10)}

# IoT: (kind, manufacturer, model, {firmware: weight}, support end, how many)
THINGS = [
    ("gateway", "Acme", "AC-GW200", {"1.4.2": 86, "1.5.0": 5, "1.3.0": 9}, "2030-12-31", 420),
    ("camera", "Acme", "AC-CAM40", {"3.1.0": 84, "3.2.0": 6, "3.0.4": 10}, "2029-06-30", 680),
    ("gateway", "Globex", "GX-EDGE10", {"7.2.1": 50, "7.1.0": 40, "": 10}, "2027-03-31", 80),
    ("camera", "Initech", "IT-DOME2", {"2.0.9": 70, "2.1.0": 30}, "2025-12-31", 160),
    ("sensor", "Globex", "GX-TEMP3", {"1.0.4": 60, "1.1.2": 30, "": 10}, "", 300),
    ("sensor", "Initech", "IT-FLOW1", {"0.9.8": 55, "0.9.6": 45}, "2028-01-31", 160),
]

# Which iOS a phone or tablet came with: nothing older runs on it.
SHIPPED = {"iPhone15": 16, "iPhone16": 17, "iPhone17": 18, "iPhone18": 26, "iPad15": 18, "iPad16": 17, "iPad17": 26}


def numbers(version):
    return tuple(int(part) for part in version.split("."))


def apple_versions(feed):
    """{model: [versions released for it, newest first]} with the majors that still run on it."""
    models = {}
    for branch in feed["OSVersions"]:
        supported = {model for release in branch["SecurityReleases"] for model in release["SupportedDevices"]}
        for model in supported:
            tablet = model.startswith("iPad")
            if not tablet and not model.startswith("iPhone"):
                continue
            for release in branch["SecurityReleases"]:
                names = release["UpdateName"].split()
                if ("iPadOS" if tablet else "iOS") not in names:
                    continue
                if release["SupportedDevices"] and model not in release["SupportedDevices"]:
                    continue
                if int(branch["OSVersion"]) < SHIPPED.get(model.split(",")[0], 0):
                    continue
                models.setdefault(model, set()).add(release["ProductVersion"])
    return {model: sorted(found, key=numbers, reverse=True) for model, found in sorted(models.items())}


class Fleet:
    def __init__(self, feed):
        self.random = random.Random(SEED)
        self.rows = []
        self.serials = set()
        self.addresses = set()
        self.counters = {}
        self.apple = apple_versions(feed)
        self.marketing = feed["Devices"]

    def pick(self, weights):
        return self.random.choices(list(weights), list(weights.values()))[0]

    def serial(self, prefix):
        while True:
            found = prefix + "".join(self.random.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=8))
            if found not in self.serials:
                self.serials.add(found)
                return found

    def place(self, zones, reachable):
        site = self.pick({name: share for name, (_, _, share) in SITES.items()})
        zone = self.pick(zones)
        short, octet, _ = SITES[site]
        address = ""
        if self.random.random() < reachable:
            while not address or address in self.addresses:
                subnet = ZONES[zone] * 16 + self.random.randrange(12)
                address = f"10.{octet}.{subnet}.{self.random.randrange(10, 250)}"
            self.addresses.add(address)
        return site, short, zone, address

    def add(self, kind, short, **fields):
        number = self.counters[(short, kind)] = self.counters.get((short, kind), 0) + 1
        row = dict.fromkeys(COLUMNS, "")
        row.update(fields, kind=kind, name=f"{short}-{kind}-{number:04d}")
        self.rows.append(row)

    def mobile(self, kind, manufacturer, model, platform, os_version, patch_level, support_end, prefix):
        site, short, zone, address = self.place({"office": 55, "production": 30, "guest": 15}, 0.6)
        owner = self.pick({"workplace services": 40, "field service": 20, "logistics": 20, "sales": 15, "": 5})
        criticality = self.pick({"low": 35, "medium": 45, "high": 14, "critical": 2, "": 4})
        # Phones meet the world wherever they go.
        exposure = self.pick({"internet": 45, "internal": 40, "isolated": 5, "": 10})
        self.add(
            kind, short, serial=self.serial(prefix), manufacturer=manufacturer, model=model, platform=platform,
            os_version=os_version, patch_level=patch_level, address=address, site=site, zone=zone, owner=owner,
            criticality=criticality, exposure=exposure, support_end=support_end,
        )

    def apple_devices(self, kind, count):
        family = "iPad" if kind == "tablet" else "iPhone"
        models = [model for model in self.apple if model.startswith(family)]
        # The middle of the range is what companies own most of.
        weights = {model: 3 if i > len(models) // 4 else 1 for i, model in enumerate(models)}
        for _ in range(count):
            model = self.pick(weights)
            versions = self.apple[model]
            # Most are current, some lag by a few releases, a few by years.
            lag = min(int(self.random.expovariate(0.28)), len(versions) - 1)
            if self.random.random() < 0.12:
                lag = self.random.randrange(len(versions))
            version = versions[lag]
            platform = "ipados" if kind == "tablet" else "ios"
            self.mobile(kind, "Apple", model, platform, version, "", "", "APL")

    def android_devices(self, kind, count):
        models = [entry for entry in ANDROIDS if entry[2] == kind]
        for _ in range(count):
            manufacturer, model, _, (least, most), support_end = self.random.choice(models)
            major = self.random.randint(least, most)
            patch = "" if self.random.random() < 0.08 else self.patch_level(major)
            self.mobile(kind, manufacturer, model, "android", str(major), patch, support_end, "AND")

    def patch_level(self, major):
        first, last = (year * 12 + month - 1 for year, month in (FIRST_PATCH[major], LAST_PATCH[major]))
        lag = min(int(self.random.expovariate(0.12)), last - first)
        month = last - lag
        return f"{month // 12:04d}-{month % 12 + 1:02d}-{self.pick({'01': 60, '05': 40})}"

    def things(self, kind, manufacturer, model, firmware, support_end, count):
        zones = {
            "gateway": {"production": 60, "dmz": 30, "office": 10},
            "camera": {"production": 45, "office": 35, "dmz": 12, "guest": 8},
            "sensor": {"production": 85, "office": 15},
        }[kind]
        owners = {
            "gateway": {"network operations": 60, "plant operations": 35, "": 5},
            "camera": {"facilities": 55, "site security": 40, "": 5},
            "sensor": {"plant operations": 75, "facilities": 20, "": 5},
        }[kind]
        criticality = {
            "gateway": {"medium": 20, "high": 55, "critical": 20, "": 5},
            "camera": {"low": 30, "medium": 50, "high": 15, "": 5},
            "sensor": {"low": 40, "medium": 35, "high": 15, "critical": 5, "": 5},
        }[kind]
        prefix = model.replace("-", "")[:6].upper()
        for _ in range(count):
            site, short, zone, address = self.place(zones, 0.97)
            exposure = "internet" if zone == "dmz" else self.pick({"isolated": 60, "internal": 28, "": 12})
            self.add(
                kind, short, serial=self.serial(prefix), manufacturer=manufacturer, model=model, platform="linux",
                firmware_version=self.pick(firmware), address=address, site=site, zone=zone, owner=self.pick(owners),
                criticality=self.pick(criticality), exposure=exposure, support_end=support_end,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "demo/fleet.csv")
    arguments = parser.parse_args()
    packed = ROOT / "demo/data/ios_data_feed.json.zst"
    feed = json.loads(subprocess.run(["zstd", "-dcq", str(packed)], check=True, stdout=subprocess.PIPE).stdout)
    fleet = Fleet(feed)
    fleet.apple_devices("phone", 1400)
    fleet.apple_devices("tablet", 350)
    fleet.android_devices("phone", 1200)
    fleet.android_devices("tablet", 250)
    for kind, manufacturer, model, firmware, support_end, count in THINGS:
        fleet.things(kind, manufacturer, model, firmware, support_end, count)
    fleet.random.shuffle(fleet.rows)
    with open(arguments.output, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(fleet.rows)
    print(f"{arguments.output.name}: {len(fleet.rows)} devices")


if __name__ == "__main__":
    main()
