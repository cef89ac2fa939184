#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Until when and in which order: the policy of deadlines is previewed, changed and kept, what is overdue follows it everywhere, and
an exposure that nobody told counts as exposed until a rule settles it."""
import json
import signal
import unittest

from oakum_world import FEEDS, GATEWAY, Failed, WorldTest, sbom, wait_until

POLICIES = "/api/v1/policies/deadlines"


class Deciding(WorldTest):
    @classmethod
    def build(cls, world):
        super().build(world)
        rows = "serial,name,model,firmware_version,site,zone,address,exposure\n" + "".join(
            f"S{n},gw-{n},{GATEWAY},1.4.2,{site},{zone},10.{n}.0.1,{exposure}\n"
            for n, site, zone, exposure in ((1, "Plant", "production", ""), (2, "Plant", "office", "internal"), (3, "Hall", "production", "isolated")))
        (world.folder / "fleet.csv").write_text(rows)
        world.oakum("device", "import", world.folder / "fleet.csv", json_output=False)
        world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2", json_output=False)
        world.oakum("feed", "import", FEEDS, json_output=False)
        wait_until("the fleet is assessed", lambda: world.get("/api/v1/exposure")["exposed"] == 3)

    def overdue(self):
        """The same number by the query and by the figures of groups and sites."""
        by_query = self.world.get("/api/v1/query/preview", query="overdue")["count"]
        by_site = sum(row["overdue"] for row in self.world.get("/api/v1/figures/now", by="site")["rows"])
        return by_query if by_query == by_site else None

    def put(self, body):
        return self.world.ask("PUT", POLICIES + "/in-use", body)

    def test_1_one_policy_is_in_force_and_says_its_rows(self):
        policies = self.world.oakum("policy", "list")["policies"]
        self.assertEqual([each["id"] for each in policies if each["in_use"]], ["bod-26-04"])
        self.assertEqual({each["id"] for each in policies}, {"bod-26-04", "pci-dss-4.0.1", "exploited-or-not", "ssvc-deployer"})
        rows = self.world.oakum("policy", "show", "bod-26-04")["rows"]
        self.assertEqual(len(rows), 16)
        self.assertEqual([row["cells"] for row in rows if row["forensic_triage"]],
                         [["yes", "no", "yes", "total"], ["yes", "yes", "no", "total"], ["yes", "yes", "yes", "total"]])

    def test_2_another_is_previewed_put_in_force_as_that_was_seen_and_kept(self):
        world = self.world
        change = world.oakum("policy", "diff", "exploited-or-not", "--days", "exploited=3650,others=3650")
        self.assertGreater(change["later"], 0)
        # Seen now; somebody adds a table in between: refused, nothing changed.
        seen = world.get(POLICIES + "/exploited-or-not/change", days="exploited=3650,others=3650")
        (world.folder / "own.csv").write_text("# ours\nseverity;known_exploited;days\n*;yes;1\ncritical|high;*;2\n*;*;next upgrade\n")
        self.assertEqual(world.oakum("policy", "add", world.folder / "own.csv", "--name", "Plant 3")["id"], "plant-3")
        refused = self.put({"policy": "exploited-or-not", "days": {"exploited": 3650, "others": 3650}, "stamp": seen["stamp"]})
        self.assertEqual(refused.status, 409, refused)
        self.assertEqual(world.get(POLICIES)["uses"], [])
        dry = world.oakum("--dry-run", "policy", "use", "plant-3", json_output=False)
        self.assertIn("Nothing was changed", dry)
        # All is given ten years: nothing that was first seen today is overdue, nor what was disclosed lately.
        done = world.oakum("policy", "use", "exploited-or-not", "--days", "exploited=3650,others=3650", "--why", "for the test")
        self.assertEqual(done["uses"][0]["policy"], "exploited-or-not")
        wait_until("nothing is overdue", lambda: self.overdue() == 0)
        self.assertEqual(world.oakum("policy", "use", "plant-3", "--why", "for the test")["uses"][0]["policy"], "plant-3")
        world.server.process.end(signal.SIGKILL)
        world.server.start()
        after = world.get(POLICIES)
        self.assertEqual([use["policy"] for use in after["uses"]], ["plant-3", "exploited-or-not"])
        self.assertEqual([each["id"] for each in after["policies"] if each["in_use"]], ["plant-3"])
        audited = [record for record in world.get("/api/v1/audit/search", q="policy.use")["items"]]
        self.assertEqual(len(audited), 2, audited)
        device = world.device_id("S1")
        finding = next(each for each in world.all(f"/api/v1/devices/{device}/findings") if each["cvss"])
        explained = json.dumps(world.get(f"/api/v1/findings/{finding['advisory']}/explain", device=device))
        self.assertIn("(Plant 3)", explained)
        self.assertIn("CR:M/IR:M/AR:M by the criticality medium, since nobody told it", explained)

    def test_3_each_wrong_line_of_a_table_is_named(self):
        (self.world.folder / "wrong.csv").write_text("severity,days\nhgh,3\nlow,soon\n")
        with self.assertRaises(Failed) as failed:
            self.world.oakum("policy", "add", self.world.folder / "wrong.csv", "--name", "Wrong")
        self.assertIn("line 2, severity", failed.exception.text)
        self.assertIn("line 3, days", failed.exception.text)
        with self.assertRaises(Failed):
            self.world.oakum("policy", "remove", "plant-3")  # it is in use

    def test_4_an_exposure_that_nobody_told_counts_as_exposed_until_a_rule_settles_it(self):
        world = self.world
        world.oakum("policy", "use", "bod-26-04", "--why", "back")
        before = world.get("/api/v1/exposure")["blind_spots"]
        self.assertEqual(before["assumed_exposure"], 1)
        self.assertGreater(before["deadlines_on_assumption"], 0)
        # By the zone, for devices to come too; what a device has of its own stays.
        group = world.oakum("group", "create", "--name", "Exposure of zone production", "--query", "zone = production", "--default", "exposure=isolated")
        after = world.get("/api/v1/exposure")["blind_spots"]
        self.assertEqual((after["assumed_exposure"], after["deadlines_on_assumption"]), (0, 0))
        device = world.device_id("S1")
        advisory = world.get(f"/api/v1/devices/{device}/findings")["items"][0]["advisory"]
        self.assertIn("the device is not publicly exposed", json.dumps(world.get(f"/api/v1/findings/{advisory}/explain", device=device)))
        world.ask("DELETE", f"/api/v1/groups/{group['id']}")
        self.assertEqual(world.get("/api/v1/exposure")["blind_spots"]["assumed_exposure"], 1)

    def test_5_the_queue_says_what_ends_what_and_why_nothing_does(self):
        world = self.world
        rows = world.oakum("fix", "list")
        rows = rows["items"] if isinstance(rows, dict) else rows
        gap = next((row for row in rows if row["id"] == f"vendor:{GATEWAY}"), None)
        self.assertIsNotNone(gap, rows)
        self.assertEqual(gap["state"], "vendor")
        self.assertTrue(gap["references"])
        self.assertGreater(gap["findings_ended"], 0)
        release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        ready = wait_until("the release is in the queue", lambda: next((row for row in world.all("/api/v1/fixes") if row["id"] == release["id"]), None))
        self.assertEqual((ready["state"], ready["restarts"], ready["windows"], ready["owner"]), ("ready", 3, 1, None))
        self.assertTrue(ready["due"])
        self.assertEqual(world.all("/api/v1/fixes", state="ready"), [ready])
        world.oakum("fix", "assign", "--fix", release["id"], "--owner", "line 4", json_output=False)
        self.assertEqual(world.all("/api/v1/fixes", state="ready")[0]["owner"], "line 4")
        chosen = world.oakum("fix", "choose", "--windows", "2")
        self.assertEqual([step["id"] for step in chosen["steps"]], [release["id"]])
        self.assertTrue(chosen["exact"])
        self.assertEqual(world.oakum("fix", "choose", "--restarts", "2")["steps"], [])
        # Support of the model ends: what is left of it has no fix to expect, and the devices are unsupported.
        (world.folder / "ends.csv").write_text(f"of,name,branch,support_end,source\nmodel,{GATEWAY},,2001-01-01,letter\n")
        world.oakum("support-end", "import", world.folder / "ends.csv", json_output=False)
        page = world.get("/api/v1/fixes")
        self.assertEqual(page["unsupported"], 3)
        self.assertEqual(world.get("/api/v1/exposure")["blind_spots"]["unsupported"], 3)
        listed = world.get("/api/v1/devices", part="unsupported", query="site = Hall")["items"]
        self.assertEqual([device["name"] for device in listed], ["gw-3"])
        told = world.oakum("device", "explain", listed[0]["id"])
        self.assertIn(f"support of {GATEWAY} ended on 2001-01-01 (letter)", json.dumps(told))
        none = [row for row in page["items"] if row["state"] == "none"]
        self.assertTrue(none and all(f"support of {GATEWAY} ended on 2001-01-01 (letter)" == row["reason"] for row in none), none)
        self.assertFalse([row for row in page["items"] if row["id"] == f"vendor:{GATEWAY}"])

    def test_6_deadlines_kept_and_overdue_are_those_of_the_policy_then(self):
        record = self.world.oakum("report", "deadlines")
        self.assertEqual(record["policy"], "CISA BOD 26-04")
        whole = record["rows"][0]
        self.assertEqual((whole["kept"], whole["kept_late"]), (0, 0))
        self.assertGreater(whole["not_due"] + whole["overdue"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
