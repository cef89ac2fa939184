#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rollouts bring phones to a patch level through the Android Management API: an enterprise on this machine whose phones take
policies and install updates over time, and that checks each request. With what goes wrong on the way, and a server that dies
between what it wrote down and what it sent."""
import pathlib
import sys
import time
import unittest

from oakum_world import LENIENT, Failed, WorldTest, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "simulators"))
import amapi  # noqa: E402
import graph as simulated  # noqa: E402

OLD, NEW = "2026-06-05", "2026-08-05"
START = ("--allow-private-sources", "--source-silence-seconds", "2")
# What an enterprise's own policy says: all of it has to come through.
DEFAULT = {"applications": [{"packageName": "de.example.scan", "installType": "FORCE_INSTALLED", "defaultPermissionPolicy": "GRANT"}],
           "systemUpdate": {"type": "POSTPONE", "freezePeriods": [{"startDate": {"month": 12, "day": 20}, "endDate": {"month": 12, "day": 31}}]},
           "statusReportingSettings": {"softwareInfoEnabled": True}, "cameraDisabled": True, "minimumApiLevel": 30,
           "policyEnforcementRules": [{"settingName": "applications", "blockAction": {"blockAfterDays": 1},
                                       "wipeAction": {"wipeAfterDays": 10, "preserveFrp": True}}]}


class PhoneRollouts(WorldTest):
    @classmethod
    def build(cls, world):
        (world.folder / "google").mkdir()
        cls.google = amapi.Amapi(world.folder / "google")
        cls.google.policy("default", **DEFAULT)
        cls.google.policy("wipes", policyEnforcementRules=[{"settingName": "systemUpdate", "blockAction": {"blockAfterDays": 1},
                                                            "wipeAction": {"wipeAfterDays": 10}}])
        world.start(*START)

    @classmethod
    def tearDownClass(cls):
        cls.google.close()
        super().tearDownClass()

    def tearDown(self):
        self.assertEqual(self.google.wrong, [], "asked against the types, or what must not be written")
        self.assertEqual({key: self.google.policies["default"][key] for key in DEFAULT}, DEFAULT, "their own policy is theirs")

    def pixel(self, serial, level=OLD, waiting=NEW, policy="default", site=None, **more):
        device = self.google.device(
            hardware={"serialNumber": serial, "manufacturer": "Google", "model": "Pixel 8"},
            software={"androidVersion": "16", "securityPatchLevel": level,
                      "systemUpdateInfo": {"updateStatus": "SECURITY_UPDATE_AVAILABLE" if waiting else "UP_TO_DATE"}},
            policyName=f"enterprises/{self.google.enterprise}/policies/{policy}",
            appliedPolicyName=f"enterprises/{self.google.enterprise}/policies/{policy}", **more)
        if waiting:
            device["waiting"] = waiting
        return device

    def sync(self):
        return self.world.oakum("connector", "sync", "droids", json_output=False)

    def night(self, *phones):
        time.sleep(1.1)  # reports have whole seconds
        self.google.night(*phones)
        return self.sync()

    def of(self, phone):
        return phone["policyName"].rsplit("/", 1)[-1]

    def device(self, serial):
        found = self.world.all("/api/v1/devices", query=f'serial = "{serial}"')
        self.assertEqual(len(found), 1, found)
        return self.world.get(f"/api/v1/devices/{found[0]['id']}")

    def facts(self, serial):
        return {each["key"]: each["value"] for each in self.device(serial)["facts"]}

    def plan(self, name, query="", waves=(("all", 1_000_000, 1),), soak=0, start=True):
        rollout = self.world.post("/api/v1/rollouts", {
            "name": name, "floor": "droids", "query": query, "soak_seconds": soak,
            "waves": [{"name": wave, "share_ppm": share, "gate": {"minimum": least, **LENIENT}} for wave, share, least in waves]})
        return self.act(rollout["id"], "start") if start else rollout

    def act(self, rollout, deed):
        return self.world.post(f"/api/v1/rollouts/{rollout}/actions/{deed}", {"why": "the test"})

    def rollout(self, rollout):
        return self.world.get(f"/api/v1/rollouts/{rollout}")

    def states(self, rollout):
        return sorted(each["state"] for each in self.world.deployments(rollout))

    def written(self):
        return [each for each in self.google.asked if each[0] == "PATCH"]

    def test_1_without_leave_a_rollout_says_so_and_shows_the_calls_and_writes_nothing(self):
        cls = type(self)
        cls.fleet = [self.pixel(f"A{number}") for number in range(6)]
        self.pixel("OWN", ownership="PERSONALLY_OWNED", name=f"enterprises/{self.google.enterprise}/devices/own")
        self.pixel("CURRENT", waiting=None)
        self.pixel("DONE", level=NEW, waiting=None)
        cls.wiped = self.pixel("WIPED", policy="wipes")
        needs = self.world.oakum("connector", "needs", "android_management", json_output=False)
        self.assertIn("androidmanagement.enterprises.manage (only to have phones updated)", " ".join(needs.split()))
        self.assertIn("It wipes, locks and deletes nothing", " ".join(needs.split()))
        self.world.oakum("connector", "add", "droids", "--kind", "android_management", "--account", self.google.enterprise,
                         "--client", self.google.email, "--secret-file", self.google.key_file, "--url", self.google.url,
                         "--sign-in-url", self.google.url, json_output=False)
        wait_until("the first sync", lambda: self.world.get("/api/v1/connectors")["items"][0]["synced"], 90)
        self.world.oakum("floor", "add", "droids", "--platform", "android", "--patch-level", NEW, "--install", "22:00-05:00")
        said = self.world.oakum("rollout", "create", "--name", "dry", "--floor", "droids", "--dry-run", json_output=False)
        self.assertIn("oakum connector steer droids --on", " ".join(said.split()))
        self.assertIn("/policies/oakum-default-", said)
        self.assertIn("updateMask=policyName", said)
        self.assertNotIn("minimumApiLevel\":", said)
        cls.first = self.plan("without leave", query="serial = A0")["id"]
        self.sync()
        blocked = {each["kind"]: each for each in self.rollout(self.first)["blocked"]}
        self.assertEqual(blocked["not_steered"]["devices"], 1)
        self.assertIn("oakum connector steer droids --on", blocked["not_steered"]["reason"])
        self.assertEqual(self.written(), [])
        self.act(self.first, "abort")

    def test_2_a_wave_is_told_and_verified_by_its_inventory(self):
        self.google.writable = True
        self.world.oakum("connector", "steer", "droids", "--on", json_output=False)
        audit = self.world.get("/api/v1/audit")["items"]
        self.assertTrue(any(each["action"] == "connector.set" and each["after"]["steers"] for each in audit), audit[:3])
        rollout = self.plan("august", query="serial = A0 or serial = A1", soak=1)["id"]
        self.assertIn("2 told to update", self.sync())
        a0, a1 = self.fleet[:2]
        self.assertTrue(self.of(a0).startswith("oakum-default-"))
        self.assertEqual(self.of(a0), self.of(a1))
        # Everything of their own policy, but for when updates are installed: in the floor's hours.
        made = dict(self.google.policies[self.of(a0)])
        self.assertEqual(made.pop("systemUpdate"), {"type": "WINDOWED", "startMinutes": 1320, "endMinutes": 300,
                                                    "freezePeriods": DEFAULT["systemUpdate"]["freezePeriods"]})
        for key in DEFAULT:
            if key != "systemUpdate":
                self.assertEqual(made[key], DEFAULT[key])
        # One policy for both, made once; each call is in the history of its phone and in the audit log.
        self.assertEqual([kind for kind, *_ in self.google.written], ["policy", "device", "device"])
        self.assertEqual(self.states(rollout), ["downloading"] * 2)
        self.assertEqual(self.facts("A0")["x.steered_from"], "default")
        events = self.world.get(f"/api/v1/devices/{self.device('A0')['id']}/history")["items"]
        self.assertTrue(any("?updateMask=policyName" in each.get("detail", "") for each in events), events[:4])
        told = [each for each in self.world.get("/api/v1/audit")["items"] if each["action"] == "phone.tell"]
        self.assertEqual(len(told), 3)
        self.assertEqual({each["after"]["method"] for each in told}, {"PATCH"})
        self.assertTrue(all(each["after"]["url"].startswith(self.google.url) for each in told))
        # Nothing of that proves anything.
        self.sync()
        self.assertEqual(self.rollout(rollout)["totals"]["verified"], 0)
        self.night(a0)
        self.assertEqual(self.states(rollout), ["downloading", "soaking"])
        time.sleep(1.1)
        self.night(a0, a1)
        self.assertEqual(self.states(rollout), ["soaking", "verified"])
        self.assertEqual(self.of(a0), "default")
        time.sleep(1.1)
        self.night(a0, a1)
        self.assertEqual(self.states(rollout), ["verified"] * 2)
        self.assertEqual(self.of(a1), "default")
        self.assertNotIn("x.steered_from", self.facts("A1"))
        self.assertEqual(self.facts("A1")["patch_level"], NEW)
        wait_until("its end", lambda: self.rollout(rollout)["state"] == "settled", 30)

    def test_3_a_phone_that_cannot_has_its_reason_and_holds_no_gate(self):
        rollout = self.plan("whole fleet", waves=(("canary", 400_000, 1), ("rest", 1_000_000, 1)))["id"]
        page = self.rollout(rollout)
        reasons = {each["reason"]: each["devices"] for each in page["blocked"] if each["kind"] == "cannot_comply"}
        self.assertEqual(sorted(reasons.values()), [1, 1], page["blocked"])
        self.assertTrue(any("person's own" in reason for reason in reasons))
        self.assertTrue(any("its maker has nothing so new" in reason for reason in reasons))
        self.sync()
        for _ in range(12):
            time.sleep(1.1)
            self.night()
            # A policy that would wipe for an update is nobody's to set off: that phone fails, with why.
            if self.rollout(rollout)["totals"]["verified"] == 4:
                break
        wait_until("the others", lambda: self.rollout(rollout)["totals"]["verified"] == 4, 30)
        self.assertEqual(self.of(self.wiped), "wipes")
        wiped = next(each for each in self.world.deployments(rollout) if each["device"]["id"] == self.device("WIPED")["id"])
        self.assertIn("wipes phones for their system update", wiped["detail"])
        self.act(rollout, "abort")
        self.sync()

    def test_4_faults_in_the_middle_of_a_wave_cost_nothing(self):
        phones = [self.pixel(f"F{number}") for number in range(4)]
        self.sync()
        rollout = self.plan("faults", query="serial in (F0, F1, F2, F3)")["id"]
        self.google.write_faults += [simulated.status(429, Retry_After="1"), simulated.status(503), simulated.cut,
                                     lambda handler: time.sleep(4) or simulated.cut(handler)]
        self.assertIn("4 told to update", self.sync())
        self.assertEqual(self.states(rollout), ["downloading"] * 4)
        self.assertEqual({self.of(each) for each in phones}, {self.of(phones[0])})
        self.night()
        self.assertEqual(self.rollout(rollout)["totals"]["verified"], 4)
        self.assertEqual({self.of(each) for each in phones}, {"default"})

    def test_5_a_server_that_dies_between_writing_down_and_sending_goes_on_where_it_was(self):
        server = self.world.server
        for number, arrives in enumerate((False, True)):
            phone = self.pixel(f"K{number}")
            self.sync()
            rollout = self.plan(f"killed {number}", query=f"serial = K{number}")["id"]
            died = []

            def die(handler, arrives=arrives, phone=phone, died=died):
                # The policy goes through; at the phone's own call the server dies, before or after it took effect.
                if "/devices/" not in handler.path:
                    self.google.write_faults.insert(0, die)
                    return False
                if arrives:
                    phone["policyName"] = next(f"enterprises/{self.google.enterprise}/policies/{name}"
                                               for kind, name, *_ in reversed(self.google.written) if kind == "policy")
                server.process.kill()
                died.append(True)
                return True

            self.google.write_faults = [die]
            with self.assertRaises(Failed):
                self.sync()
            self.assertEqual(died, [True])
            server.start(*START)
            wait_until("the sync goes on", lambda p=phone: self.of(p).startswith("oakum-default-") and
                       self.states(rollout) == ["downloading"], 60)
            self.assertEqual(self.facts(f"K{number}")["x.steered_from"], "default")
            self.night(phone)
            self.assertEqual(self.states(rollout), ["verified"])
            self.assertEqual(self.of(phone), "default")

    def test_6_a_stop_puts_back_what_was_set_and_reaches_who_was_not_told(self):
        told, waits = self.pixel("S0"), self.pixel("S1")
        self.sync()
        self.world.oakum("device", "hold", self.device("S1")["id"], "--why", "the test", json_output=False)
        rollout = self.plan("stopped", query="serial = S0 or serial = S1")["id"]
        self.sync()
        self.assertTrue(self.of(told).startswith("oakum-"))
        self.assertEqual(self.of(waits), "default")
        self.act(rollout, "halt")
        self.assertIn("1 given back what was set before", self.sync())
        self.assertEqual((self.of(told), self.of(waits)), ("default", "default"))
        deployment = self.world.deployments(rollout)[0]
        self.assertEqual(deployment["state"], "withdrawn")
        self.assertIn("it may still install", deployment["detail"])

    def test_7_what_an_administrator_sets_there_meanwhile_stays(self):
        phone = self.pixel("M0")
        self.google.policy("kiosk", cameraDisabled=False)
        self.sync()
        rollout = self.plan("meanwhile", query="serial = M0")["id"]
        self.sync()
        phone["policyName"] = f"enterprises/{self.google.enterprise}/policies/kiosk"
        del phone["waiting"]
        self.night(phone)
        self.assertEqual(self.states(rollout), ["failed"])
        self.assertEqual(self.of(phone), "kiosk")
        self.sync()
        self.assertEqual(self.of(phone), "kiosk")

    def test_8_a_permission_that_is_missing_is_said_and_is_no_failure_of_a_phone(self):
        self.pixel("D0")
        self.sync()
        rollout = self.plan("denied", query="serial = D0")["id"]
        self.google.write_faults = [lambda handler: simulated.refuse(handler, 403, "PERMISSION_DENIED", "no")]
        with self.assertRaises(Failed) as failed:
            self.sync()
        self.assertIn("roles/androidmanagement.user", failed.exception.text)
        self.assertEqual(self.states(rollout), ["offered"])
        self.sync()
        self.assertEqual(self.states(rollout), ["downloading"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
