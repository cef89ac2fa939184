#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""/metrics of a real server: in Prometheus' format, true, behind a token; every metric that the alert rules and the board
speak of is there, under the labels that they use."""
import json
import re
import shutil
import subprocess
import unittest

from oakum_world import FEEDS, GATEWAY, ROOT, WorldTest, sbom, wait_until

SAMPLE = re.compile(r'^(oakum_[a-z_]+)(?:\{([a-z_]+)="((?:[^"\\\n]|\\.)*)"\})? (-?[0-9.e+-]+)$')


class Monitoring(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        world.oakum("feed", "import", FEEDS / "known_exploited_vulnerabilities.json.zst", json_output=False)
        world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2")

    def scrape(self):
        answer = self.world.ask("GET", "/metrics")
        body = answer.body.decode()
        self.assertEqual(answer.status, 200, body)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain; version=0.0.4"), answer.headers)
        values, kinds = {}, {}
        for line in body.splitlines():
            if line.startswith("# TYPE "):
                name, kind = line.split()[2:]
                self.assertNotIn(name, kinds, "told once")
                kinds[name] = kind
            elif not line.startswith("# HELP "):
                sample = SAMPLE.match(line)
                self.assertIsNotNone(sample, line)
                name, key, label, value = sample.groups()
                self.assertIn(name, kinds, "its type comes first")
                self.assertEqual(kinds[name] == "counter", name.endswith("_total"), name)
                self.assertNotIn((name, label), values)
                values[name, label] = float(value)
        return values

    def test_1_the_figures_are_those_of_the_server(self):
        wait_until("the agent to be active", lambda: self.scrape()["oakum_devices_by_lifecycle", "active"] == 1)
        values = self.scrape()
        self.assertEqual(values["oakum_devices", None], 1)
        self.assertEqual(values["oakum_devices_by_lifecycle", "retired"], 0)
        self.assertEqual(values["oakum_store_failing", None], 0)
        self.assertEqual(values["oakum_warnings", None], 0, self.world.get("/api/v1/system")["notices"])
        self.assertEqual(values["oakum_advisories", None], self.world.get("/api/v1/system")["counts"]["advisories"])
        self.assertEqual(values["oakum_backup_verified_seconds", None], 0)
        self.assertGreater(values["oakum_ca_expires_seconds", None], 1_800_000_000)
        imported = [value for (name, _), value in values.items() if name == "oakum_feed_imported_seconds"]
        self.assertEqual(len(imported), 1)
        self.world.oakum("backup", "create", "monitored.oakum")
        self.assertGreater(self.scrape()["oakum_backup_verified_seconds", None], imported[0] - 1)
        self.world.oakum("device", "retire", "GW-0001", "--why", "to be counted as such")
        self.assertEqual(self.scrape()["oakum_devices_by_lifecycle", "retired"], 1)

    def test_2_without_a_token_it_is_told_to_this_machine_alone(self):
        self.assertEqual(self.world.raw("GET", "/metrics").status, 200)
        self.assertEqual(self.world.raw("GET", "/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status, 401)

    def test_3_rules_and_board_speak_of_what_is_there(self):
        told = self.scrape()
        names = {name for name, _ in told}
        rules = (ROOT / "monitoring" / "alerts.yml").read_text()
        board = json.loads((ROOT / "monitoring" / "grafana.json").read_text())
        spoken = re.findall(r"^ +expr: (.*)$", rules, re.MULTILINE)
        self.assertGreater(len(spoken), 8)
        self.assertEqual(len(spoken), len(re.findall(r"^ +description: \S", rules, re.MULTILINE)), "each says what to do")
        spoken += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        for expression in spoken:
            used = set(re.findall(r"oakum_[a-z_]+", expression))
            self.assertLessEqual(used, names, expression)
            for name, label in re.findall(r'(oakum_[a-z_]+)\{[a-z]+="([^"]*)"\}', expression):
                self.assertIn((name, label), told, expression)
        if shutil.which("promtool") is None:
            print("SKIPPED: no promtool here; the grammar of monitoring/alerts.yml was not checked")
        else:
            done = subprocess.run(["promtool", "check", "rules", str(ROOT / "monitoring" / "alerts.yml")], capture_output=True,
                                  text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
