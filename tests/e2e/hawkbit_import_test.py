#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A fleet is taken over from a hawkBit: its targets, attributes, filters and distribution sets, page by page, with the faults that
it and the way to it have. The hawkBit is our own stand-in, made from the published reference."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "simulators"))
import hawkbit  # noqa: E402
from oakum_world import Failed, WorldTest  # noqa: E402

TARGETS = 1203


class Takeover(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--hawkbit")
        cls.credentials = world.folder / "credentials"
        cls.credentials.write_text("admin:a:secret\n", encoding="utf-8")

    def setUp(self):
        self.there = hawkbit.Hawkbit()
        self.addCleanup(self.there.close)

    def take_over(self, folder, *more, credentials=True):
        words = ["import", "hawkbit", self.there.url, "--folder", self.world.folder / folder, "--allow-private", *more]
        if credentials:
            words += ["--credentials", self.credentials]
        return self.world.oakum(*words, json_output=False)

    def fill(self):
        there = self.there
        self.content = os.urandom(300_000)
        os_module = there.module("gateway image", "2.0.1", ("gateway 2.swu", self.content))
        app = there.module("app", "1.0", ("app.bin", b"a" * 5000))
        self.gateway = there.distribution_set("Gateway line", "2.0", os_module)
        there.distribution_set("Both", "1", os_module, app)
        there.distribution_set("Nobody's", "1", app)
        there.distribution_set("Old", "0.1", app, deleted=True)
        for i in range(TARGETS):
            there.target(f"GW-{i:05}", {"device_type": "gw200", "version": "2.0.1" if i < 600 else "1.9", "Rack": f"r{i % 7}",
                                        "=cmd": "+1"}, name=f"Gateway {i}", installed=self.gateway if i < 600 else None)
        # Nobody named it, so hawkBit calls it by its id, and selects it so.
        there.target("NAMELESS-1", {"device_type": "gw100"})
        there.filter("nameless", "name==nameless-*")
        there.filter("rack three", "attribute.Rack==r3")
        there.filter("broken ones", "updatestatus==error")

    def test_1_a_dry_run_changes_nothing_and_says_what_would(self):
        self.fill()
        said = self.take_over("dry", "--dry-run")
        self.assertIn(f"{TARGETS + 1} targets, 3 distribution sets and 3 filters", said)
        for words in ("Gateway-line 2.0.1", "for gw200", "it has 2 files", "name it by --model", 'x.rack = "r3"',
                      '"updatestatus" is not taken over (column 1)', "Nothing was changed"):
            self.assertIn(words, said)
        self.assertEqual(self.world.all("/api/v1/devices"), [])
        self.assertEqual(self.world.all("/api/v1/releases"), [])
        self.assertEqual([path for path in self.there.asked if "download" in path], [])
        self.assertEqual(self.there.wrong, [])

    def test_2_faults_on_the_way_cost_nothing(self):
        self.fill()
        self.there.target("", {})  # what a record must have is missing
        self.there.targets.insert(5, self.there.targets.pop())

        def grows(*_):
            # Before what was read: the last of this page is the first of the next one too.
            self.there.target("GW-LATE", {"device_type": "gw200"})
            self.there.targets.insert(0, self.there.targets.pop())
            return False
        self.there.fault("/targets", hawkbit.status(429, Retry_After="1"), hawkbit.broken_page, grows)
        self.there.fault("/targets/GW-00007/attributes", hawkbit.status(500))
        download = f"/softwaremodules/{self.there.sets[self.gateway]['modules'][0]}/artifacts/2/download"
        self.there.fault(download, hawkbit.cut(100_000))
        said = self.take_over("taken", "--model", "app-box")
        self.assertIn("Groups: 2 new, 0 there already. Releases: 2 new drafts, 0 there already.", said)
        self.assertIn("Cannot be read", said)
        count = self.world.oakum("device", "count", "--query", "model = gw200 and serial != GW-LATE")
        self.assertEqual(count["count"], TARGETS, count)
        self.assertEqual(len(self.world.all("/api/v1/devices", query="model = gw200 and serial != GW-LATE")), TARGETS)
        device = self.world.all("/api/v1/devices", query='serial = "GW-00010"')[0]
        facts = {fact["key"]: fact["value"] for fact in self.world.get(f"/api/v1/devices/{device['id']}")["facts"]}
        self.assertEqual((facts["x.rack"], facts["x._cmd"], facts["name"], facts["firmware_version"], facts["address"]),
                         ("r3", "+1", "Gateway 10", "2.0.1", "10.1.2.3"))
        groups = {each["name"]: each["devices"] for each in self.world.all("/api/v1/groups")}
        self.assertEqual((groups["rack three"], groups["nameless"]), (sum(1 for i in range(TARGETS) if i % 7 == 3), 1))
        releases = {each["name"]: each for each in self.world.all("/api/v1/releases")}
        self.assertEqual((releases["Gateway-line"]["version"], releases["Gateway-line"]["state"]), ("2.0.1", "draft"))
        self.assertEqual(self.there.times_asked("/rest/v1" + download), 2)
        # Again, it finds everything there, and does not ask for what it has read.
        asked = self.there.times_asked("/rest/v1/targets/GW-00007/attributes")
        said = self.take_over("taken", "--model", "app-box")
        self.assertIn("Groups: 0 new, 2 there already. Releases: 0 new drafts, 2 there already.", said)
        self.assertEqual(self.there.times_asked("/rest/v1/targets/GW-00007/attributes"), asked)
        self.assertEqual(self.there.times_asked("/rest/v1" + download), 2)
        self.assertEqual(self.there.wrong, [])
        # A device that was taken over comes with its own id and our token, and is that device.
        answer = self.world.raw("GET", "/DEFAULT/controller/v1/GW-00010",
                                headers={"Authorization": f"GatewayToken {self.world.enrolment(1)}"})
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.world.get(f"/api/v1/devices/{device['id']}")["lifecycle"], "active")

    def test_3_it_goes_on_where_it_was(self):
        for i in range(30):
            self.there.target(f"C-{i}", {"device_type": "cam"})
        # More than it has patience for.
        self.there.fault("/targets/C-20/attributes", hawkbit.status(403))
        with self.assertRaises(Failed) as stopped:
            self.take_over("again", "--dry-run")
        self.assertIn("may not read that", stopped.exception.text)
        with open(self.world.folder / "again" / "attributes.jsonl", "a", encoding="utf-8") as kept:
            kept.write('{"id":"C-2')  # as when it was killed in the middle of a line
        self.assertIn("30 targets", self.take_over("again", "--dry-run"))
        for i in (0, 19):
            self.assertEqual(self.there.times_asked(f"/rest/v1/targets/C-{i}/attributes"), 1)
        lines = (self.world.folder / "again" / "attributes.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual([json.loads(line)["id"] for line in lines], [f"C-{i}" for i in range(30)])

    def test_4_what_cannot_end_or_leads_elsewhere_is_refused(self):
        for i in range(1200):
            self.there.target(f"D-{i}", {})
        same = hawkbit.Hawkbit._document

        def repeats(there, path, query):
            return same(there, path, {**query, "offset": 0} if path == "/targets" else query)
        hawkbit.Hawkbit._document = repeats
        try:
            with self.assertRaises(Failed) as endless:
                self.take_over("endless")
        finally:
            hawkbit.Hawkbit._document = same
        self.assertIn("repeat", endless.exception.text)
        self.assertLess(len(self.there.asked), 10)
        elsewhere = hawkbit.Hawkbit()
        self.addCleanup(elsewhere.close)
        self.there.fault("/targets", hawkbit.status(302, Location=elsewhere.url + "/rest/v1/targets"))
        with self.assertRaises(Failed) as led:
            self.take_over("led")
        self.assertIn("leads elsewhere", led.exception.text)
        self.assertEqual(elsewhere.asked, [], "the password went to another host")

    def test_5_what_differs_is_said_and_no_folder_serves_two(self):
        there = self.there
        there.target("E-1", {"device_type": "edge", "version": "1"})
        first = there.module("edge", "1", ("edge.bin", b"first" * 100))
        second = there.module("edge", "1", ("edge.bin", b"second" * 100))
        there.distribution_set("Edge line", "1", first)
        there.distribution_set("Edge-line", "1", second)
        there.filter("edges", "attribute.device_type==edge")
        said = " ".join(self.take_over("differs", "--model", "edge").split())
        self.assertIn("Edge line 1 is the release Edge-line 1 already", said)
        self.assertIn("Groups: 1 new, 0 there already. Releases: 1 new drafts, 0 there already.", said)
        # Both changed there meanwhile.
        there.filters[0]["query"] = "attribute.device_type==edge2"
        there.sets = {number: each for number, each in there.sets.items() if each["name"] == "Edge-line"}
        said = " ".join(self.take_over("differs", "--model", "edge").split())
        self.assertIn('group edges: here "x.device_type = "edge"", at hawkBit "x.device_type = "edge2""', said)
        self.assertIn("release Edge-line 1: here \"file ", said)
        self.assertIn("Groups: 0 new, 1 there already. Releases: 0 new drafts, 1 there already.", said)
        other = hawkbit.Hawkbit()
        self.addCleanup(other.close)
        with self.assertRaises(Failed) as foreign:
            self.world.oakum("import", "hawkbit", other.url, "--folder", self.world.folder / "differs", "--credentials",
                             self.credentials, "--allow-private", json_output=False)
        self.assertIn("this folder keeps what was read at " + there.url, foreign.exception.text)
        self.assertEqual(other.asked, [])

    def test_6_errors_name_the_options_of_this_program_and_no_password_goes_out_in_clear(self):
        def refused(url, *more):
            with self.assertRaises(Failed) as failed:
                self.world.oakum("import", "hawkbit", url, "--folder", self.world.folder / "refusals", "--credentials",
                                 self.credentials, *more, json_output=False)
            (self.world.folder / "refusals" / "address").unlink()
            return failed.exception.text
        inside = refused(self.there.url.replace("http://", "https://"))
        self.assertIn("(--allow-private)", inside)
        self.assertNotIn("oakumd", inside)
        # A public address: nothing is connected to.
        self.assertIn("use https", refused("http://8.8.8.8", "--allow-private"))

    def test_7_credentials_are_never_on_the_command_line(self):
        with self.assertRaises(Failed) as without:
            self.take_over("none", credentials=False)
        self.assertIn("OAKUM_HAWKBIT_CREDENTIALS", without.exception.text)
        with self.assertRaises(Failed) as named:
            self.world.oakum("import", "hawkbit", self.there.url.replace("http://", "http://admin:x@"), "--folder",
                             self.world.folder / "named", "--credentials", self.credentials, "--allow-private",
                             json_output=False)
        self.assertIn("without user", named.exception.text)
        wrong = self.world.folder / "wrong"
        wrong.write_text("admin:other", encoding="utf-8")
        with self.assertRaises(Failed) as refused:
            self.world.oakum("import", "hawkbit", self.there.url, "--folder", self.world.folder / "refused", "--credentials",
                             wrong, "--allow-private", json_output=False)
        self.assertIn("look at the user and the password", refused.exception.text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
