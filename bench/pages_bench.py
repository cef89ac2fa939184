#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pages_bench.py [DEVICES]: what pages wait for, with a real server and the demonstration's fleet repeated until it has that many
devices. Each line is one request as the dashboard makes it: the first answer after a change of the fleet, and the median of nine more."""
import csv
import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
import oakum_world  # noqa: E402

PIECE = 400_000  # devices of one file: 64 MiB are taken at once

# Page: the requests that its first view makes.
PAGES = {
    "Home": ["/exposure", "/rollouts?limit=50", "/alarms?limit=50", "/system", "/figures", "/exceptions?limit=50"],
    "Devices": ["/devices?limit=100", "/devices?limit=100&query=kev", "/devices?limit=100&query=overdue",
                "/devices/facets?keys=site,model,criticality", "/query/preview?query=site%20%3D%20%22Lyon%20office%22%20and%20kev"],
    "Vulnerabilities": ["/advisories?limit=100", "/advisories?limit=100&only=exploited", "/findings?limit=100"],
    "Fixes": ["/fixes?limit=100", "/fixes/choice?windows=2"],
    "Proof": ["/proof/deadlines", "/proof/exposure-windows", "/figures/now?by=site", "/figures/now?by=group"],
    "Rollouts": ["/rollouts?limit=100", "/schedules", "/budgets"],
    "Releases": ["/releases?limit=100", "/firmware?limit=100"],
    "Search": ["/search?q=mty-camera", "/search?q=CVE-2024", "/search?q=SM-A546B"],
    "Alarms": ["/alarms?limit=100"],
}


def fleet(path, first, last):
    """The demonstration's devices again and again, each time with serials and names of their own."""
    with open(ROOT / "demo/fleet.csv", newline="", encoding="utf-8") as source, open(path, "w", newline="", encoding="utf-8") as out:
        rows = list(csv.DictReader(source))
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        for i in range(first, last):
            turn, row = divmod(i, len(rows))
            row = dict(rows[row])
            row["serial"] += f"-{turn}" if turn else ""
            row["name"] += f"-{turn}" if turn else ""
            writer.writerow(row)


def resident(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main():
    devices = int(next((each for each in sys.argv[1:] if each.isdigit()), 1_000_000))
    world = oakum_world.World("pages")
    try:
        world.start()
        path = world.folder / "fleet.csv"
        begun = time.monotonic()
        world.oakum("feed", "import", oakum_world.FEEDS, json_output=False, seconds=1200)
        for model, versions in {oakum_world.GATEWAY: ("1.4.2", "1.5.0"), oakum_world.CAMERA: ("3.1.0", "3.2.0")}.items():
            for version in versions:
                world.oakum("sbom", "attach", oakum_world.sbom(model, version), "--model", model, "--version", version, json_output=False)
        fed = time.monotonic()
        for first in range(0, devices, PIECE):
            fleet(path, first, min(first + PIECE, devices))
            world.oakum("device", "import", path, seconds=3600)
        print(f"devices {devices}; feeds and SBOMs {fed - begun:.0f} s; import of the list {time.monotonic() - fed:.0f} s")
        path.unlink()
        oakum_world.wait_until("every device is assessed", lambda: world.get("/api/v1/exposure")["devices"] >= devices, 900, 1)
        print(f"resident {resident(world.server.process.pid):.0f} MiB")
        print(f"{'page':16} {'request':70} {'first ms':>9} {'median ms':>9} {'KiB':>7}")
        slow = []
        for page, requests in PAGES.items():
            for request in requests:
                times = []
                for _ in range(10):
                    begun = time.monotonic()
                    answer = world.ask("GET", "/api/v1" + request)
                    times.append(1000 * (time.monotonic() - begun))
                    if answer.status != 200:
                        raise AssertionError(f"{request}: {answer}")
                    if times[0] > 20_000:
                        break
                median = statistics.median(times[1:] or times)
                print(f"{page:16} {request:70} {times[0]:9.0f} {median:9.1f} {len(answer.body) / 1024:7.0f}", flush=True)
                slow.append((times[0], page, request))
        print(f"resident {resident(world.server.process.pid):.0f} MiB; slowest first answer {max(slow)[0]:.0f} ms: {max(slow)[2]}")
    finally:
        world.close(keep_logs=False)


if __name__ == "__main__":
    main()
