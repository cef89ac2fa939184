#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`oakum rollout simulate` over a real server's devices and over made-up ones: what it reads, what it says, and that it keeps the
schema that is published."""
import datetime
import json
import subprocess
import unittest

from oakum_world import BIN, GATEWAY, ROOT, Failed, WorldTest, sbom, wait_until

DEVICES = 120
PLAN = """kind: rollout
name: spring
release: %s@1.5.0
care: urgent
waves:
  - name: canary
    share_ppm: 250000
    gate: {minimum: 5, tolerated_failure_ppm: 50000, soak_seconds: 300, unproven: open}
  - {name: rest, share_ppm: 1000000}
"""
NIGHTS = """---
kind: window
name: nights
query: site = Lab
times:
  - {start: 2026-01-05T%02d:00, minutes: 60, rule: "FREQ=DAILY"}
""" % ((datetime.datetime.now(datetime.timezone.utc).hour + 6) % 24)
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


def wrong(schema, rule, value, place=""):
    """What of a value does not keep the published schema, as far as that says."""
    if "$ref" in rule:
        return wrong(schema, schema["$defs"][rule["$ref"].rsplit("/", 1)[1]], value, place)
    types = rule.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, TYPES[each]) and not (each != "boolean" and isinstance(value, bool)) for each in types):
        return [f"{place}: {value!r} is not {types}"]
    if "enum" in rule and value not in rule["enum"]:
        return [f"{place}: {value!r}"]
    if isinstance(value, list):
        return [each for i, item in enumerate(value) for each in wrong(schema, rule["items"], item, f"{place}/{i}")]
    if not isinstance(value, dict):
        return []
    found = [f"{place}: lacks {name}" for name in rule["required"] if name not in value]
    for name, inner in value.items():
        found += wrong(schema, rule["properties"][name], inner, f"{place}/{name}") if name in rule["properties"] else [f"{place}: has {name}"]
    return found


class Simulate(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        token = world.folder / "token"
        token.touch(mode=0o600)
        token.write_text(world.enrolment(DEVICES), encoding="utf-8")
        world.program([BIN / "oakum-sim", "--server", f"127.0.0.1:{world.server.port}", "--ca-fingerprint", world.server.fingerprint,
                       "--token-file", token, "--devices", DEVICES, "--seed", 21, "--model", f"{GATEWAY}=1.4.2", "--longest-poll", 2], "sim")
        wait_until("the fleet to report its version",
                   lambda: world.get("/api/v1/query/preview", query='firmware_version = "1.4.2"')["count"] == DEVICES)
        world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        cls.name = world.get("/api/v1/releases")["items"][0]["name"]
        cls.schema = json.loads((ROOT / "docs/rehearsal.schema.json").read_text())

    def plan(self, name, text):
        path = self.world.folder / name
        path.write_text(text.replace("%s", self.name), encoding="utf-8")
        return path

    def simulate(self, *words):
        said = self.world.oakum("rollout", "simulate", *words)
        self.assertEqual(wrong(self.schema, self.schema, said), [])
        return said["plans"]

    def test_1_the_devices_of_the_server_are_played(self):
        world = self.world
        before = world.get("/api/v1/audit", limit=500)["items"]
        plan = self.simulate("-f", self.plan("plan.yaml", PLAN), "--runs", 3)[0]
        self.assertEqual(plan["fleet"]["kind"], "real")
        for count in ("devices", "in_scope", "asked", "read"):
            self.assertEqual(plan["fleet"][count], DEVICES)
        # Nobody said how often they poll, nor where they stand.
        self.assertEqual(plan["fleet"]["cadence_unknown"], DEVICES)
        self.assertTrue(any(f"{DEVICES} devices do not say how often they poll" in each for each in plan["assumed"]))
        self.assertEqual(sum(wave["devices"] for wave in plan["waves"]), DEVICES)
        # The canary is too small for its gate, as the server itself says of such a plan.
        self.assertFalse(plan["waves"][0]["can_prove"])
        self.assertEqual(plan["waves"][0]["devices_to_prove"], 70)
        self.assertGreater(plan["patched_share_at_end"], 0.9)
        self.assertLess(plan["patched"][0]["median_seconds"], 86_400)
        self.assertEqual(len(plan["bad_releases"]), 3)
        # Nothing was made, changed or noted.
        self.assertEqual(world.get("/api/v1/rollouts")["items"], [])
        self.assertEqual(len(world.get("/api/v1/audit", limit=500)["items"]), len(before))

    def test_2_a_window_makes_it_wait_for_the_devices_own_night(self):
        world = self.world
        free = self.simulate("-f", self.plan("plan.yaml", PLAN), "--runs", 1)[0]
        device = world.get("/api/v1/devices", query="site = Lab", limit=1)["items"][0]["id"]
        answer = world.ask("PATCH", f"/api/v1/devices/{device}", {"facts": {"timezone": "Asia/Tokyo", "cadence": "900"}})
        self.assertEqual(answer.status, 200, answer)
        listed = world.get("/api/v1/devices", query="timezone = Asia/Tokyo", facts="timezone,cadence,owner")["items"]
        self.assertEqual([each["facts"] for each in listed], [{"timezone": "Asia/Tokyo", "cadence": "900"}])
        self.assertNotIn("facts", world.get("/api/v1/devices", limit=1)["items"][0])
        self.assertEqual(world.ask("GET", "/api/v1/devices?facts=" + ",".join("abcdefghijklmnopqrstuvwxyzABCDEFG")).status, 400)
        bound = self.simulate("-f", self.plan("night.yaml", PLAN + NIGHTS), "--runs", 1)[0]
        self.assertEqual(bound["fleet"]["zone_unknown"], DEVICES - 1)
        self.assertEqual(bound["fleet"]["cadence_unknown"], DEVICES - 1)
        self.assertGreater(bound["patched"][1]["median_seconds"], free["patched"][1]["median_seconds"])
        self.assertTrue(any("time zone is not known" in each for each in bound["warnings"]))
        # What stands on the server binds as what stands in the file.
        world.oakum("apply", "-f", self.plan("window.yaml", NIGHTS.replace("---\n", "")), json_output=False)
        same = self.simulate("-f", self.plan("plan.yaml", PLAN), "--runs", 1)[0]
        self.assertAlmostEqual(same["patched"][1]["median_seconds"], bound["patched"][1]["median_seconds"], delta=900)
        world.oakum("window", "remove", "nights", json_output=False)

    def test_3_two_plans_side_by_side_for_people(self):
        text = self.world.oakum("rollout", "simulate", "-f", self.plan("plan.yaml", PLAN), "-f",
                                self.plan("slow.yaml", f"kind: rollout\nname: slow\nrelease: {self.name}@1.5.0\ncare: careful\n"),
                                "--runs", 2, json_output=False)
        for words in ("A: spring", "B: slow", "50 % patched after", "devices that it reaches", "100 % |", "Of \"slow\":", "Assumed: "):
            self.assertIn(words, text)

    def test_4_a_made_up_fleet_needs_no_server(self):
        plan = self.plan("plan.yaml", PLAN)
        alone = {"PATH": "/usr/bin:/bin", "HOME": str(self.world.folder / "nobody"), "OAKUM_SERVER": "https://127.0.0.1:1"}
        words = [BIN / "oakum", "-o", "json", "rollout", "simulate", "-f", plan, "--fleet", "5000", "--runs", "2"]
        first, again = (subprocess.run(words, env=alone, capture_output=True, text=True, check=True, timeout=300).stdout for _ in range(2))
        self.assertEqual(first, again)
        said = json.loads(first)
        self.assertEqual(wrong(self.schema, self.schema, said), [])
        self.assertEqual(said["plans"][0]["fleet"]["devices"], 5000)
        # Real zones of this machine were found.
        self.assertEqual(said["plans"][0]["fleet"]["zone_unknown"], 0)

    def test_5_what_cannot_be_is_refused(self):
        plan = self.plan("plan.yaml", PLAN)
        for words, status in ((("--fleet", "no"), 1), (("--failure-rate", "2"), 1), (("--days", "500"), 2)):
            with self.assertRaises(Failed) as failed:
                self.world.oakum("rollout", "simulate", "-f", plan, *words)
            self.assertEqual(failed.exception.status, status)
        with self.assertRaises(Failed) as failed:
            self.world.oakum("rollout", "simulate", "-f", self.plan("none.yaml", "kind: rollout\nname: x\nrelease: none@1\n"))
        self.assertEqual(failed.exception.status, 3)

    def test_6_the_server_plays_a_plan_that_it_has(self):
        world = self.world
        release = world.get("/api/v1/releases")["items"][0]["id"]
        made = world.post("/api/v1/rollouts", {"name": "spring", "release": release, "care": "urgent"})["id"]
        said = world.get(f"/api/v1/rollouts/{made}/rehearsal")
        self.assertEqual(wrong(self.schema, self.schema["$defs"]["rehearsal"], said), [])
        self.assertEqual(said["fleet"]["devices"], DEVICES)
        self.assertEqual(said["release"], f"{self.name}@1.5.0")
        self.assertGreater(said["patched_share_at_end"], 0.9)
        self.assertIsNone(world.get(f"/api/v1/rollouts/{made}")["started"])
        # The same plan, exported and played here.
        exported = self.world.oakum("rollout", "export", "spring", json_output=False)
        here = self.simulate("-f", self.plan("exported.yaml", exported), "--runs", 10)[0]
        self.assertEqual([wave["name"] for wave in here["waves"]], [wave["name"] for wave in said["waves"]])
        self.assertAlmostEqual(here["patched"][0]["median_seconds"], said["patched"][0]["median_seconds"],
                               delta=0.3 * said["patched"][0]["median_seconds"])
        self.assertEqual(world.ask("GET", "/api/v1/rollouts/01jc0000000000000000000002/rehearsal").status, 404)
        world.post(f"/api/v1/rollouts/{made}/actions/abort", {"why": "tried"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
