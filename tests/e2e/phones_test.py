#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Phones come from Microsoft Intune: connected by the command line, read from a tenant on this machine that is generated from
Graph's public schema, assessed with Apple's and Android's real data, with the faults that such a system and the way to it have."""
import json
import pathlib
import re
import subprocess
import sys
import time
import unittest

from oakum_world import FEEDS, BIN, Failed, WorldTest, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "simulators"))
import amapi  # noqa: E402
import graph as simulated  # noqa: E402

SPOKE = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 6 * 86400))  # who is silent for two weeks is quiet
APPLE = {"manufacturer": "Apple", "managedDeviceOwnerType": "company", "lastSyncDateTime": SPOKE}
ANDROID = {"operatingSystem": "AndroidEnterprise", "managedDeviceOwnerType": "company", "lastSyncDateTime": SPOKE}


def iphone(tenant, serial, version, **more):
    return tenant.device(**{**APPLE, "serialNumber": serial, "imei": None, "udid": None, "wiFiMacAddress": None, "operatingSystem": "iOS",
                            "model": "iPhone 15 Pro", "osVersion": version, "deviceName": f"phone {serial}", **more})


def pixel(tenant, serial, level, **more):
    return tenant.device(**{**ANDROID, "serialNumber": serial, "imei": None, "udid": None, "wiFiMacAddress": None,
                            "manufacturer": "Google", "model": "Pixel 8", "osVersion": "16", "androidSecurityPatchLevel": level, **more})


class Phones(WorldTest):
    @classmethod
    def build(cls, world):
        cls.tenant = simulated.Graph()
        world.start("--allow-private-sources", "--source-silence-seconds", "2")
        world.oakum("feed", "import", FEEDS, json_output=False)

    @classmethod
    def tearDownClass(cls):
        cls.tenant.close()
        super().tearDownClass()

    def tearDown(self):
        self.assertEqual(self.tenant.wrong, [], "asked against the schema, or to write")

    def sync(self, *more):
        return self.world.oakum("connector", "sync", "hq", *more, json_output=False)

    def fails(self, *words):
        with self.assertRaises(Failed) as failed:
            self.world.oakum("connector", *words, json_output=False)
        return failed.exception.text

    def connector(self):
        return next(each for each in self.world.get("/api/v1/connectors")["items"] if each["name"] == "hq")

    def with_secret(self, secret, *words):
        """A command that reads the secret from its standard input."""
        done = subprocess.run([str(BIN / "oakum"), "connector", *words, "--secret-stdin"], input=secret + "\n", text=True,
                              capture_output=True, env=self.world.environment(), timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def count(self, query):
        return self.world.get("/api/v1/query/preview", query=query)["count"]

    def device(self, serial):
        found = self.world.all("/api/v1/devices", query=f'serial = "{serial}"')
        self.assertEqual(len(found), 1, found)
        return self.world.get(f"/api/v1/devices/{found[0]['id']}")

    def fact(self, serial, key):
        return next((each["value"] for each in self.device(serial)["facts"] if each["key"] == key), None)

    def test_01_what_it_takes_is_said_before_it_is_connected(self):
        needs = self.world.oakum("connector", "needs", "intune", json_output=False)
        self.assertIn("DeviceManagementManagedDevices.Read.All", needs)
        self.assertIn("What it writes there: Nothing", needs)
        words = ["add", "hq", "--kind", "intune", "--account", self.tenant.tenant, "--client", self.tenant.client,
                 "--url", self.tenant.url, "--sign-in-url", self.tenant.url]
        self.assertIn("It writes there: Nothing", self.with_secret("x", "--dry-run", *words))
        self.assertEqual(self.tenant.asked, [])
        self.assertEqual(self.world.get("/api/v1/connectors")["items"], [])

    def test_02_it_is_connected_and_its_devices_come_by_themselves(self):
        self.tenant.page_size = 3
        for number in range(8):
            iphone(self.tenant, f"C{number}", "26.3")
        iphone(self.tenant, "IPAD1", "26.3 (23D127)", model="iPad Pro", isSupervised=True)
        pixel(self.tenant, "P1", "2025-01-05")
        iphone(self.tenant, "OWN1", "26.3", managedDeviceOwnerType="personal", deviceName="Anna's iPhone", imei="351234567890123",
               id="personal-1")
        self.with_secret("wrong", "add", "hq", "--kind", "intune", "--account", self.tenant.tenant, "--client", self.tenant.client,
                         "--url", self.tenant.url, "--sign-in-url", self.tenant.url)
        refused = self.fails("test", "hq")
        self.assertIn("AADSTS7000215: Invalid client secret provided", refused)
        self.assertNotIn("Trace ID", refused)
        self.with_secret(self.tenant.secret, "set", "hq")
        self.assertIn("DeviceManagementManagedDevices.Read.All is granted", self.world.oakum("connector", "test", "hq", json_output=False))
        wait_until("the first sync", lambda: self.connector()["synced"], 60)
        self.assertEqual(self.count("x.connector = hq"), 11)
        self.assertEqual(self.connector()["sweep"]["pages"], 4)
        self.assertEqual(self.fact("IPAD1", "platform"), "ipados")
        self.assertEqual(self.fact("IPAD1", "os_version"), "26.3")
        self.assertEqual(self.fact("P1", "patch_level"), "2025-01-05")

    def test_03_they_are_assessed_like_every_other_device(self):
        wait_until("an assessment of the iPhone", lambda: self.device("C0")["findings_open"] > 50, 90)
        wait_until("an assessment of the Pixel", lambda: self.device("P1")["findings_open"] > 0, 90)
        # What Apple fixed in 26.4 and later is open on 26.3; what it fixed before is not.
        before = self.device("C0")["findings_open"]
        iphone(self.tenant, "OLD", "26.0")
        self.sync()
        wait_until("an assessment of the older one", lambda: self.device("OLD")["findings_open"] > before, 90)
        self.tenant.devices.pop()
        self.world.oakum("device", "retire", self.device("OLD")["id"], "--why", "the test", json_output=False)

    def test_04_a_personal_device_is_known_by_the_least(self):
        own = self.world.all("/api/v1/devices", query='x.intune_id = "personal-1"')
        self.assertEqual(len(own), 1)
        facts = {each["key"]: each["value"] for each in self.world.get(f"/api/v1/devices/{own[0]['id']}")["facts"]}
        self.assertEqual(facts["x.ownership"], "personal")
        self.assertEqual(facts["os_version"], "26.3")
        for secret in ("OWN1", "351234567890123", "Anna"):
            self.assertNotIn(secret, str(facts))
        self.assertEqual(self.count('serial = "OWN1"'), 0)
        # Nothing that names a user is even asked for.
        for asked in self.tenant.asked_of("managedDevices"):
            self.assertIsNone(re.search("user|email|phone", asked, re.I), asked)

    def test_05_a_busy_or_broken_tenant_is_asked_again(self):
        self.tenant.devices[0]["osVersion"] = "26.4"
        before = len(self.tenant.asked_of("managedDevices"))
        self.tenant.faults += [simulated.status(429, Retry_After="1"), simulated.status(503), simulated.cut,
                               simulated.page(b'{"value":[{"id":'), simulated.page(b"<html>sign in</html>")]
        self.assertIn("1 changed, 10 unchanged", self.sync())
        self.assertEqual(len(self.tenant.asked_of("managedDevices")) - before, 4 + 5)
        self.assertEqual(self.fact("C0", "os_version"), "26.4")

    def test_06_a_token_that_is_revoked_in_the_middle_of_a_page_is_asked_for_anew(self):
        self.tenant.between = lambda page: self.tenant.revoke_tokens() if page == 1 else None
        tokens = len(self.tenant.asked_of("token"))
        self.assertIn("11 devices", self.sync())
        self.tenant.between = lambda page: None
        self.assertGreater(len(self.tenant.asked_of("token")), tokens)

    def test_07_pages_that_repeat_or_lead_elsewhere_end_the_sync_and_change_nothing(self):
        again = {"value": [], "@odata.nextLink": f"{self.tenant.url}/v1.0/deviceManagement/managedDevices?$skiptoken=x"}
        self.tenant.links["x"] = (0, "id", 3)
        self.tenant.faults += [simulated.page(again)] * 5
        self.assertIn("its pages repeat", self.fails("sync", "hq"))
        self.tenant.faults.clear()
        self.tenant.faults.append(simulated.page({"value": [], "@odata.nextLink": "https://graph.example.org/v1.0/x"}))
        self.assertIn("links to another server (https://graph.example.org)", self.fails("sync", "hq"))
        self.tenant.faults.append(simulated.page({"value": [], "@odata.nextLink": None}))
        self.assertIn("left out more than a tenth", self.fails("sync", "hq"))
        self.assertEqual(self.count("x.connector = hq and lifecycle = active"), 11)
        self.sync()

    def test_08_a_second_record_of_a_device_and_odd_words_harm_nobody(self):
        iphone(self.tenant, "C1", "18.0", lastSyncDateTime="2024-01-01T00:00:00Z")
        iphone(self.tenant, "C2", "26.4", lastSyncDateTime="2999-01-01T00:00:00Z", complianceState="quantumState")
        self.sync()
        self.assertEqual(self.count("x.connector = hq"), 11)
        self.assertEqual(self.fact("C1", "os_version"), "26.3")
        self.assertEqual(self.fact("C2", "os_version"), "26.4")
        self.assertEqual(self.fact("C2", "x.compliance"), "quantumState")
        del self.tenant.devices[-2:]

    def test_09_a_device_that_is_gone_there_is_retired_after_three_full_syncs(self):
        gone = next(each for each in self.tenant.devices if each["serialNumber"] == "C7")
        self.tenant.devices.remove(gone)
        self.sync()
        self.sync()
        self.assertEqual(self.count("serial = C7 and lifecycle = active"), 1)
        self.assertIn("1 gone", self.sync())
        self.assertEqual(self.count("serial = C7 and lifecycle = retired"), 1)
        self.tenant.devices.append(gone)
        self.sync()
        self.assertEqual(self.count("serial = C7 and lifecycle = active"), 1)

    def test_10_apps_come_where_they_are_wanted(self):
        self.tenant.app(self.tenant.devices[:2], displayName="Outlook", version="4.2549.0", platform="ios")
        self.tenant.app(self.tenant.devices[:2], displayName="Visio", version="16", platform="windows")
        self.world.oakum("connector", "set", "hq", "--apps", json_output=False)
        self.sync()
        software = self.world.get(f"/api/v1/devices/{self.device('C1')['id']}/software")
        apps = next(each for each in software["layers"] if each["layer"] == "delta")
        self.assertEqual([(each["name"], each["version"]) for each in apps["components"]], [("Outlook", "4.2549.0")])
        self.assertEqual([each for each in self.tenant.asked_of("detectedApps/") if "Visio" in each], [])

    def test_10b_a_floor_says_who_falls_short_and_the_exact_call_and_sends_nothing(self):
        before = len(self.tenant.asked)
        plan = self.world.oakum("connector", "floor", "hq", "--platform", "ios", "--version", "26.4", "--days", "3")
        self.assertEqual((plan["total"], plan["short"], plan["personal_short"]), (10, 8, 1))
        self.assertEqual(self.count(plan["below"]), plan["short"])
        call = plan["calls"][0]
        self.assertEqual((call["method"], call["url"]), ("POST", self.tenant.url + "/v1.0/deviceManagement/deviceCompliancePolicies"))
        self.tenant.check("iosCompliancePolicy", json.loads(call["body"]))
        android = self.world.oakum("connector", "floor", "hq", "--platform", "android", "--patch-level", "2026-08-05")
        self.assertEqual((android["total"], android["short"]), (1, 1))
        self.tenant.check("androidWorkProfileCompliancePolicy", json.loads(android["calls"][0]["body"]))
        self.assertIn("fully managed", android["cannot"][0])
        self.assertIn("Nothing was sent", self.world.oakum("connector", "floor", "hq", "--platform", "ios", "--version", "26.4", json_output=False))
        self.assertEqual(len(self.tenant.asked), before)

    def test_10c_a_floor_is_kept_judged_for_each_model_and_says_who_cannot_and_why(self):
        floor = lambda *words, **more: self.world.oakum("floor", *words, **more)  # noqa: E731
        for each in self.tenant.devices:
            each["isSupervised"] = each["serialNumber"] != "C3"
        iphone(self.tenant, "XS1", "18.7.8", model="iPhone XS", isSupervised=True)
        self.sync()
        asked = len(self.tenant.asked)

        def refused(*words):
            with self.assertRaises(Failed) as failed:
                floor("add", "phones", "--platform", "ios", *words, json_output=False)
            return failed.exception.text
        self.assertIn("has no iOS 26.9; the newest is 26.6.1", refused("--version", "26.9"))
        self.assertIn("1 device of the model iPhone XS cannot run 26.4: the newest that it is offered is 18.7.10", refused("--version", "26.4"))
        self.assertEqual(self.world.get("/api/v1/floors")["items"], [])
        would = floor("preview", "phones", "--platform", "ios", "--latest", json_output=False)
        self.assertIn("Nothing was changed", would)
        self.assertEqual(self.world.get("/api/v1/floors")["items"], [])
        made = floor("add", "phones", "--platform", "ios", "--latest", "--days", "10", "--exploited-days", "5", "--hour", "20")
        below = {each["name"] or each["id"]: each for each in made["below"]}
        self.assertEqual(made["total"], 11)
        self.assertEqual((below["phone C0"]["standing"], below["phone C0"]["wanted"]), ("short", "26.6.1"))
        self.assertTrue(below["phone C0"]["local"].endswith("20:00 (UTC)"), below["phone C0"])
        self.assertEqual((below["phone XS1"]["standing"], below["phone XS1"]["wanted"]), ("short", "18.7.10"))
        self.assertEqual((below["phone C3"]["standing"], below["phone C3"]["reason"]), ("cannot", "not_supervised"))
        self.assertEqual(below["phone IPAD1"]["reason"], "no_model")
        own = [each for each in made["below"] if each["reason"] == "personal"]
        self.assertEqual([each["name"] for each in own], [""])
        # A version for all, with what is known to stay below; the time of what is asked for begins anew.
        self.assertEqual((made["version"], made["since"]), (1, made["set"]))
        fixed = floor("add", "phones", "--platform", "ios", "--version", "26.4", "--accept-unoffered")
        self.assertEqual(fixed["version"], 2)
        self.assertEqual(next(each["reason"] for each in fixed["below"] if each["name"] == "phone XS1"), "end_of_life")
        self.assertEqual(fixed["keeps"], self.count("platform in (ios, ipados) and os_version >= 26.4"))
        until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86400))
        excepted = floor("except", "phones", "--query", "serial = XS1", "--until", until, "--reason", "it is replaced in spring")
        self.assertEqual((excepted["excepted"], excepted["exceptions"][0]["state"]), (1, "approved"))
        self.assertEqual(floor("withdraw", "phones", "1")["excepted"], 0)
        self.assertIn("end of life", floor("show", "phones", json_output=False))
        self.assertIn("iOS 26.4", floor("list", json_output=False))
        self.assertEqual(len(self.tenant.asked), asked, "a floor asks nothing of the tenant")
        floor("remove", "phones", json_output=False)
        self.assertEqual(self.world.get("/api/v1/floors")["items"], [])
        deeds = [each["action"] for each in self.world.all("/api/v1/audit") if each["resource"] == "floor phones"]
        self.assertEqual(sorted(deeds), ["floor.except", "floor.remove", "floor.set", "floor.set", "floor.withdrawn"])
        self.tenant.devices.pop()
        self.world.oakum("device", "retire", self.device("XS1")["id"], "--why", "the test", json_output=False)

    def test_11_a_permission_that_is_taken_away_is_an_alarm_that_says_what_to_do(self):
        self.tenant.permitted = False
        self.assertIn("grant DeviceManagementManagedDevices.Read.All as an application permission", self.fails("sync", "hq"))
        alarm = wait_until("its alarm", lambda: [each for each in self.world.get("/api/v1/alarms")["items"]
                                                 if each["kind"] == "source_fails"], 90)[0]
        self.assertIn("hq", alarm["what"])
        self.assertTrue(self.connector()["refused"])
        self.tenant.permitted = True
        self.sync()
        wait_until("the alarm to close", lambda: not [each for each in self.world.get("/api/v1/alarms")["items"]
                                                      if each["kind"] == "source_fails"], 90)

    def test_12_the_secret_is_nowhere_and_goes_with_its_connector(self):
        for path in self.world.server.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(self.tenant.secret.encode(), path.read_bytes(), path)
        self.assertNotIn(self.tenant.secret, self.world.server.process.said())
        self.world.oakum("connector", "remove", "hq", json_output=False)
        self.assertEqual(self.world.get("/api/v1/connectors")["items"], [])
        self.assertEqual(self.count("x.connector = hq and lifecycle = active"), 11)

    def test_13_only_what_reads_was_asked(self):
        self.assertEqual({method for method, path in self.tenant.asked if not path.endswith("/token")}, {"GET"})



class Androids(WorldTest):
    """The Android Management API, in a project of one's own."""

    @classmethod
    def build(cls, world):
        (world.folder / "google").mkdir()
        cls.google = amapi.Amapi(world.folder / "google")
        world.start("--allow-private-sources", "--source-silence-seconds", "2")
        world.oakum("feed", "import", FEEDS / "osv_android.jsonl.zst", json_output=False)

    @classmethod
    def tearDownClass(cls):
        cls.google.close()
        super().tearDownClass()

    def tearDown(self):
        self.assertEqual(self.google.wrong, [], "asked against the types, or to write")

    def pixel(self, serial, level, **more):
        return self.google.device(hardware={"serialNumber": serial, "manufacturer": "Google", "model": "Pixel 8"},
                                  software={"androidVersion": "14", "securityPatchLevel": level}, **more)

    def sync(self):
        return self.world.oakum("connector", "sync", "droids", json_output=False)

    def device(self, serial):
        found = self.world.all("/api/v1/devices", query=f'serial = "{serial}"')
        self.assertEqual(len(found), 1, found)
        return self.world.get(f"/api/v1/devices/{found[0]['id']}")

    def count(self, query):
        return self.world.get("/api/v1/query/preview", query=query)["count"]

    def test_1_an_enterprise_is_connected_and_its_devices_are_assessed(self):
        self.google.page_size = 2
        for number in range(5):
            self.pixel(f"G{number}", "2024-01-05",
                       applicationReports=[self.google.report(packageName="com.example.scan", displayName="Scan", versionName="2.1")])
        own = self.pixel("OWN", "2024-01-05", ownership="PERSONALLY_OWNED")
        self.pixel("GONE", "2024-01-05", state="DELETED")
        self.google.faults += [simulated.status(429, Retry_After="1"), simulated.cut]
        self.world.oakum("connector", "add", "droids", "--kind", "android_management", "--account", self.google.enterprise,
                         "--client", self.google.email, "--secret-file", self.google.key_file, "--url", self.google.url,
                         "--sign-in-url", self.google.url, "--apps", json_output=False)
        wait_until("the first sync", lambda: self.world.get("/api/v1/connectors")["items"][0]["synced"], 90)
        self.assertEqual(self.count("x.connector = droids"), 6)
        self.assertEqual(self.count("serial = OWN or serial = GONE"), 0)
        self.assertEqual(self.count(f'x.amapi_device = "{own["name"]}"'), 1)
        wait_until("an assessment", lambda: self.device("G0")["findings_open"] > 10, 90)
        layers = self.world.get(f"/api/v1/devices/{self.device('G0')['id']}/software")["layers"]
        apps = next(each for each in layers if each["layer"] == "delta")["components"]
        self.assertEqual([(each["name"], each["version"]) for each in apps], [("Scan", "2.1")])

    def test_2_what_cannot_be_asked_of_it_has_its_true_reason(self):
        reasons = {each["name"]: each for each in self.device("G0")["capabilities"]}
        self.assertFalse(any(each["available"] for each in reasons.values()))
        self.assertIn("the maker decides", reasons["exact version"]["reason"])
        self.assertIn("by a policy of the Android Management API: set it there", reasons["window"]["reason"])

    def test_2b_a_floor_is_a_copy_of_each_policy_and_never_a_wipe_nor_a_level_that_wipes(self):
        before = len(self.google.asked)
        plan = self.world.oakum("connector", "floor", "droids", "--platform", "android", "--version", "16", "--patch-level", "2026-08-05")
        self.assertEqual((plan["total"], plan["short"], plan["personal_short"]), (6, 6, 1))
        self.assertGreater(len(plan["calls"]), 0)
        for call in plan["calls"]:
            self.assertEqual(call["method"], "PATCH")
            if "/policies/" in call["url"]:
                self.google.check_policy("Policy", json.loads(call["body"]))
            self.assertNotIn("wipe", call["body"])
            self.assertNotIn("minimumApiLevel", call["body"])
        self.assertIn("no minimum patch level", plan["cannot"][0])
        self.assertEqual(len(self.google.asked), before)

    def test_2c_a_kept_floor_of_patch_levels_knows_who_is_a_persons_own_and_who_is_offered_nothing(self):
        each = next(one for one in self.google.devices if one["hardwareInfo"]["serialNumber"] == "G4")
        each["softwareInfo"]["systemUpdateInfo"] = {"updateStatus": "UP_TO_DATE"}
        for one in self.google.devices:
            if one is not each:
                one["softwareInfo"]["systemUpdateInfo"] = {"updateStatus": "SECURITY_UPDATE_AVAILABLE"}
        self.sync()
        made = self.world.oakum("floor", "add", "droids", "--platform", "android", "--patch-level", "2024-03-05", "--install", "22:00-05:00")
        reasons = {one["reason"]: one["devices"] for one in made["reasons"]}
        self.assertEqual((made["total"], made["short"] + made["overdue"], reasons), (6, 4, {"personal": 1, "not_offered": 1}))
        latest = self.world.oakum("floor", "preview", "droids", "--platform", "android", "--latest")
        self.assertEqual(latest["keeps"], 1)
        self.assertEqual(self.world.oakum("floor", "show", "droids")["policy"]["install"], "22:00-05:00")

    def test_3_one_that_was_enrolled_anew_is_the_same_device(self):
        before = self.device("G1")
        old = next(each for each in self.google.devices if each["hardwareInfo"]["serialNumber"] == "G1")
        self.google.devices.remove(old)
        self.pixel("G1", "2024-03-05", previousDeviceNames=[old["name"]])
        self.sync()
        self.assertEqual(self.device("G1")["id"], before["id"])
        self.assertEqual(self.device("G1")["patch_level"], "2024-03-05")

    def test_4_a_deleted_key_is_said_and_only_what_reads_was_asked(self):
        key = self.google.public.read_text()
        self.google.public.write_text("not a key")
        self.google.tokens.clear()
        with self.assertRaises(Failed) as failed:
            self.sync()
        self.assertIn("Invalid JWT Signature", failed.exception.text)
        self.assertIn("look whether the key was deleted there", failed.exception.text)
        self.google.public.write_text(key)
        self.sync()
        self.assertEqual({method for method, path in self.google.asked if path != "/token"}, {"GET"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
