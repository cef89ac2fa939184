#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rollouts bring iPhones that Oakum itself manages to a floor: declared to simulated phones (tests/simulators/apple.py), which install
by a deadline on a clock of their own, with what holds phones up: no space, a low battery, an owner who never restarts, a model or a
system that is too old. Every declaration, token list and report is held to Apple's schemas."""
import json
import sys
import time
import unittest

from oakum_world import FEEDS, LENIENT, ROOT, WorldTest, wait_until

sys.path.insert(0, str(ROOT / "tests" / "simulators"))
import apple  # noqa: E402

TARGET = "26.6.1"
# What Apple offers to an iPhone 15 Pro in the list of demo/data.
OFFERS = {"26.6.1": "23G83", "26.5.2": "23F84"}


class AppleRollouts(WorldTest):
    @classmethod
    def build(cls, world):
        cls.phones, cls.made = {}, 0
        world.start("--apple-mdm")
        world.oakum("feed", "import", FEEDS, json_output=False)
        world.oakum("floor", "add", "phones", "--platform", "ios", "--version", TARGET, "--hour", "19", "--accept-unoffered")

    def tearDown(self):
        wrong = {phone.serial: phone.wrong for phone in self.phones.values() if phone.wrong}
        for phone in self.phones.values():
            phone.wrong = []
        self.assertEqual(wrong, {}, "against Apple's schemas, or what a phone expects")

    def enrol(self, serial, *words, **how):
        type(self).made += 1
        file = self.world.folder / f"{self.made}.mobileconfig"
        self.world.oakum("apple", "enrol-profile", "--for", serial, "--to", file, *words, json_output=False)
        phone = self.phones[serial] = apple.Phone(serial, **{"offers": OFFERS, **how})
        phone.enrol(file.read_bytes())
        phone.poll()
        return phone

    def device(self, serial):
        found = self.world.all("/api/v1/devices", query=f'serial = "{serial}"')
        self.assertEqual(len(found), 1, found)
        return self.world.get(f"/api/v1/devices/{found[0]['id']}")

    def facts(self, serial):
        return {each["key"]: each["value"] for each in self.device(serial)["facts"]}

    def explain(self, serial):
        return " ".join(self.world.oakum("device", "explain", self.device(serial)["id"], json_output=False).split())

    def plan(self, name, query, waves=(("all", 1_000_000, 1),)):
        rollout = self.world.post("/api/v1/rollouts", {
            "name": name, "floor": "phones", "query": query, "soak_seconds": 0,
            "waves": [{"name": wave, "share_ppm": share, "gate": {"minimum": least, **LENIENT}} for wave, share, least in waves]})
        self.act(rollout["id"], "start")
        return rollout["id"]

    def act(self, rollout, deed):
        return self.world.post(f"/api/v1/rollouts/{rollout}/actions/{deed}", {"why": "the test"})

    def rollout(self, rollout):
        return self.world.get(f"/api/v1/rollouts/{rollout}")

    def states(self, rollout):
        return {each["device"]["id"]: each["state"] for each in self.world.deployments(rollout)}

    def state(self, rollout, serial):
        return self.states(rollout).get(self.device(serial)["id"])

    def until_told(self, *serials):
        wait_until(f"{serials} to be told", lambda: all("x.policy" in self.facts(serial) for serial in serials), 60)

    def test_1_a_wave_is_declared_kept_installed_and_verified_by_its_reports(self):
        first, second = self.enrol("R1"), self.enrol("R2", product="iPad13,1", supervised=False)
        self.assertIn("DeclarativeManagement", first.asked)
        self.assertEqual(set(first.declared.held), {"oakum.activation", "oakum.status"})
        rollout = self.plan("iphones", 'serial in ("R1", "R2")')
        self.until_told("R1", "R2")
        self.assertEqual(self.states(rollout), {self.device("R1")["id"]: "downloading", self.device("R2")["id"]: "downloading"})
        # Written down before: in the history, in the audit log with the exact call.
        told = [each for each in self.world.all("/api/v1/audit") if each["action"] == "phone.tell"]
        self.assertEqual({each["after"]["method"] for each in told}, {"DECLARE"})
        self.assertEqual(json.loads(told[0]["after"]["body"])["TargetOSVersion"], TARGET)
        self.assertIn("has not said yet that it does", self.explain("R1"))
        time.sleep(1.1)  # reports have whole seconds
        for phone in (first, second):
            self.assertEqual(phone.poll(), ["DeclarativeManagement"])
        wanted = first.declared.held["oakum.system"]["Payload"]
        self.assertEqual(wanted["TargetOSVersion"], TARGET)
        # The first 19:00 on its own clock that leaves a day.
        deadline = apple.datetime.datetime.strptime(wanted["TargetLocalDateTime"], "%Y-%m-%dT%H:%M:%S")
        self.assertEqual(deadline.hour, 19)
        self.assertTrue(24 <= (deadline - first.local()).total_seconds() / 3600 + 0.1 <= 48.2, deadline)
        wait_until("the phones to keep it", lambda: set(self.states(rollout).values()) == {"installing"}, 60)
        self.assertIn("and keeps that", self.explain("R1"))
        # Nothing of that proves anything; its own updater installs by the deadline.
        self.assertEqual(self.rollout(rollout)["totals"]["verified"], 0)
        first.lives(2)
        self.assertEqual(self.facts("R1")["x.update_state"], "prepared")
        self.assertEqual(self.facts("R1")["x.update_pending"], TARGET)
        for phone in (first, second):
            phone.lives(48)
            self.assertEqual(phone.version, TARGET)
        self.assertEqual(self.facts("R1")["os_version"], TARGET)
        wait_until("soaking", lambda: set(self.states(rollout).values()) <= {"soaking", "verified"}, 60)
        time.sleep(1.1)
        for phone in (first, second):
            phone.lives(25)  # its full report of the day
        wait_until("verified", lambda: self.rollout(rollout)["totals"]["verified"] == 2, 60)
        wait_until("what was declared to be taken back", lambda: "x.policy" not in self.facts("R1"), 60)
        self.assertEqual(first.poll(), ["DeclarativeManagement"])
        self.assertEqual(set(first.declared.held), {"oakum.activation", "oakum.status"})
        self.assertNotIn("x.steered_from", self.facts("R1"))

    def test_2_waves_open_when_the_one_before_is_verified(self):
        names = [f"W{number}" for number in range(12)]
        phones = {name: self.enrol(name) for name in names}
        rollout = self.plan("waves", "serial in (" + ", ".join(f'"{name}"' for name in names) + ")",
                            waves=(("canary", 400_000, 1), ("rest", 1_000_000, 1)))
        told = wait_until("the first wave", lambda: [name for name in names if "x.policy" in self.facts(name)], 60)
        time.sleep(3)
        told = [name for name in names if "x.policy" in self.facts(name)]
        self.assertLess(len(told), 12)
        for name in told:
            phones[name].poll()
            phones[name].lives(50)
        time.sleep(1.5)
        for name in told:
            phones[name].lives(25)
        self.until_told(*[name for name in names if name not in told])
        self.assertEqual(self.rollout(rollout)["totals"]["verified"], len(told))
        for name in names:
            if name not in told:
                phones[name].poll()
                phones[name].lives(50)
        time.sleep(1.5)
        for name in names:
            phones[name].lives(25)
        wait_until("all of them", lambda: self.rollout(rollout)["totals"]["verified"] == 12, 60)
        wait_until("its end", lambda: self.rollout(rollout)["state"] == "settled", 60)

    def test_3_what_holds_a_phone_up_stands_on_its_page(self):
        full, flat, never = self.enrol("NOSPACE"), self.enrol("FLAT"), self.enrol("NEVER")
        full.free_gb, flat.battery, never.never_restarts = 2.0, 0.1, True
        rollout = self.plan("held up", 'serial in ("NOSPACE", "FLAT", "NEVER")')
        self.until_told("NOSPACE", "FLAT", "NEVER")
        for phone in (full, flat, never):
            phone.poll()
            phone.lives(50)
            self.assertEqual(phone.version, "26.3")
        self.assertIn("Its own updater failed: there is not enough free space", self.explain("NOSPACE"))
        self.assertIn("Its own updater failed: the battery is too low", self.explain("FLAT"))
        self.assertIn(f"Its own updater is at {TARGET}: installing", self.explain("NEVER"))
        self.assertEqual(self.rollout(rollout)["totals"]["verified"], 0)
        full.free_gb, flat.battery, never.never_restarts = 40.0, 0.9, False
        for phone in (full, flat, never):
            phone.lives(3)
            self.assertEqual(phone.version, TARGET)
        time.sleep(1.5)
        for phone in (full, flat, never):
            phone.lives(25)
        wait_until("all of them", lambda: self.rollout(rollout)["totals"]["verified"] == 3, 60)
        self.assertNotIn("updater failed", self.explain("NOSPACE"))

    def test_4_phones_that_cannot_have_their_reason_and_hold_no_gate(self):
        self.enrol("XR", product="iPhone11,8", version="18.7.8", build="22H6352", offers={"18.7.10": "22H6374"})
        self.enrol("OLD", version="16.7.12", build="20H364")
        self.enrol("OWN", "--personal")
        able = self.enrol("ABLE")
        shown = self.world.get("/api/v1/floors/phones")
        reasons = {each["reason"]: each["devices"] for each in shown["reasons"]}
        self.assertEqual(reasons, {"end_of_life": 1, "too_old": 1, "personal": 1}, shown)
        rollout = self.plan("cannot", "x.connector = oakum and os_version < 26.6")
        blocked = {each["reason"]: each["devices"] for each in self.rollout(rollout)["blocked"] if each["kind"] == "cannot_comply"}
        self.assertEqual(sorted(blocked.values()), [1, 1, 1], blocked)
        self.assertTrue(any("older than iOS 17" in reason for reason in blocked), blocked)
        self.until_told("ABLE")
        able.poll()
        able.lives(50)
        time.sleep(1.5)
        able.lives(25)
        wait_until("who can", lambda: self.rollout(rollout)["totals"]["verified"] == 1, 60)
        for phone in (self.phones["XR"], self.phones["OLD"], self.phones["OWN"]):
            self.assertNotIn("oakum.system", phone.declared.held)
        # Else it would take the phones that the next tests enrol, whenever it is quicker than they are.
        self.act(rollout, "abort")

    def test_5_a_stop_takes_back_what_was_declared(self):
        told = self.enrol("STOP")
        rollout = self.plan("stopped", 'serial = "STOP"')
        self.until_told("STOP")
        told.poll()
        self.assertIn("oakum.system", told.declared.held)
        self.act(rollout, "halt")
        wait_until("it to be taken back", lambda: "x.policy" not in self.facts("STOP"), 60)
        told.poll()
        self.assertNotIn("oakum.system", told.declared.held)
        told.lives(60)
        self.assertEqual(told.version, "26.3")
        wait_until("withdrawn", lambda: self.state(rollout, "STOP") == "withdrawn", 60)

    def test_6_a_restart_and_a_new_enrolment_keep_what_is_declared(self):
        phone = self.enrol("AGAIN")
        rollout = self.plan("again", 'serial = "AGAIN"')
        self.until_told("AGAIN")
        self.world.server.process.kill()
        self.world.server.start("--apple-mdm")
        phone.leave()
        self.assertNotIn("x.connector", self.facts("AGAIN"))
        self.made = type(self).made = self.made + 1
        file = self.world.folder / f"{self.made}.mobileconfig"
        self.world.oakum("apple", "enrol-profile", "--for", "again", "--to", file, json_output=False)
        phone.enrol(file.read_bytes())
        phone.poll()
        self.assertIn("oakum.system", phone.declared.held)
        phone.lives(50)
        self.assertEqual(phone.version, TARGET)
        time.sleep(1.5)
        phone.lives(25)
        wait_until("verified", lambda: self.state(rollout, "AGAIN") == "verified", 60)

    def test_7_reports_that_lie_or_balloon_change_nothing(self):
        phone = self.phones["ABLE"]
        before = self.facts("ABLE")
        many = {"StatusItems": {"device": {"operating-system": {"version": "99.9"}}}, "Errors": [], "x": "y" * (5 << 19)}
        for document in (b"{", b'{"StatusItems":' + b"[" * 5000, json.dumps(many).encode()):
            with self.assertRaises(apple.Refusal) as caught:
                phone.put({"MessageType": "DeclarativeManagement", "Endpoint": "status", "Data": document, **phone.who}, apple.CHECK_IN)
            self.assertIn(caught.exception.status, (400, 413))
        for endpoint in ("declaration/configuration/oakum.nothing", "declaration/asset/oakum.system", "../../x", "keys"):
            with self.assertRaises(apple.Refusal) as caught:
                phone.check_in("DeclarativeManagement", Endpoint=endpoint)
            self.assertEqual(caught.exception.status, 404)
        self.assertEqual(self.facts("ABLE"), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
