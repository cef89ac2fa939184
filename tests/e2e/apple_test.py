#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""iPhones and iPads that Oakum itself manages, played by simulated ones (tests/simulators/apple.py): they enrol by a profile,
are asked what they run, are assessed; forged, foreign and repeated messages change nothing. Every command that comes to a phone,
and everything that it says, is held to Apple's schemas."""
import json
import plistlib
import subprocess
import sys
import time
import unittest

from oakum_world import FEEDS, ROOT, Failed, WorldTest, wait_until

sys.path.insert(0, str(ROOT / "tests" / "simulators"))
import apple  # noqa: E402
import apple_crypto as crypto  # noqa: E402

EVERYTHING = ["DeviceInformation", "DeclarativeManagement", "SecurityInfo", "InstalledApplicationList"]
PLAYED = [{"Identifier": "com.example.mail", "Name": "Mail", "ShortVersion": "4.2", "Version": "420", "BundleSize": 7},
          {"Identifier": "com.example.maps", "Name": "Maps", "ShortVersion": "1.0"}]


class Apple(WorldTest):
    @classmethod
    def build(cls, world):
        cls.phones, cls.profiles = {}, 0
        world.start("--apple-mdm")
        world.oakum("feed", "import", FEEDS, json_output=False)

    def tearDown(self):
        wrong = {phone.serial: phone.wrong for phone in self.phones.values() if phone.wrong}
        for phone in self.phones.values():
            phone.wrong = []
        self.assertEqual(wrong, {}, "against Apple's schemas, or what a phone expects")

    # ---- people
    def profile(self, *words):
        type(self).profiles += 1
        file = self.world.folder / f"{self.profiles}.mobileconfig"
        self.world.oakum("apple", "enrol-profile", "--for", f"number {self.profiles}", "--to", file, *words, json_output=False)
        return file.read_bytes()

    def enrol(self, serial, *words, **how):
        phone = apple.Phone(serial, **how)
        self.phones[serial] = phone
        return phone.enrol(self.profile(*words))

    def device(self, serial):
        found = self.world.all("/api/v1/devices", query=f'serial = "{serial}"')
        self.assertEqual(len(found), 1, found)
        return self.world.get(f"/api/v1/devices/{found[0]['id']}")

    def facts(self, serial):
        return {each["key"]: each["value"] for each in self.device(serial)["facts"]}

    def count(self, query):
        return len(self.world.all("/api/v1/devices", query=query))

    def listed(self, serial):
        return next(each for each in self.world.all("/api/v1/apple/phones") if each["device"]["id"] == self.device(serial)["id"])

    def refused(self, number, deed):
        with self.assertRaises(apple.Refusal) as caught:
            deed()
        self.assertEqual(caught.exception.status, number, caught.exception)
        return str(caught.exception)

    # ---- the slice
    def test_01_the_kept_schemas_are_apples(self):
        source = ROOT / "../shared/data/apple/device-management"
        try:
            import yaml  # noqa: F401
        except ImportError:
            self.skipTest("PyYAML is not here: the kept schemas were not held to Apple's own")
        if not source.exists():
            self.skipTest("Apple's schemas (../shared/data/apple/device-management) are not here: the kept cut was not held to them")
        done = subprocess.run([sys.executable, ROOT / "tools" / "make_apple_schemas.py", "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_02_a_profile_says_what_a_phone_needs_and_no_more_rights(self):
        document = plistlib.loads(self.profile())
        payloads = {each["PayloadType"]: each for each in document["PayloadContent"]}
        self.assertEqual(set(payloads), {"com.apple.security.root", "com.apple.security.scep", "com.apple.mdm"})
        mdm = payloads["com.apple.mdm"]
        # Neither locking (4, which also takes a passcode off) nor erasing (8).
        self.assertEqual(mdm["AccessRights"] & (4 | 8), 0)
        self.assertTrue(mdm["SignMessage"])
        self.assertTrue(mdm["ServerURL"].startswith("https://"))
        own = plistlib.loads(self.profile("--personal", "--trusted-already"))
        payloads = {each["PayloadType"]: each for each in own["PayloadContent"]}
        self.assertEqual(set(payloads), {"com.apple.security.scep", "com.apple.mdm"})
        self.assertEqual(payloads["com.apple.mdm"]["AccessRights"], 16 | 1024)
        kept = self.world.folder / "1.mobileconfig"
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        with self.assertRaises(Failed) as caught:
            self.world.oakum("apple", "enrol-profile", "--for", "x", "--to", kept, json_output=False)
        self.assertIn("is there already", caught.exception.text)
        self.assertNotIn("Challenge", json.dumps(self.world.get("/api/v1/audit")))

    def test_03_five_phones_enrol_and_are_in_the_inventory(self):
        self.enrol("F2LA1", apps=PLAYED)
        self.enrol("F2LA2", product="iPhone14,5", version="26.6.1", build="23G83", supervised=False)
        self.enrol("DMPA3", product="iPad13,1", version="18.7.8", build="22H6352")
        self.enrol("F2LA4", product="iPhone11,8", version="18.7.8", build="22H6352")
        self.enrol("F2LOWN", "--personal", apps=PLAYED)
        for phone in self.phones.values():
            phone.poll()
        self.assertEqual(self.phones["F2LA1"].asked, EVERYTHING)
        facts = self.facts("F2LA1")
        self.assertEqual({key: facts[key] for key in ("platform", "model", "os_version", "x.os_build", "x.supervised", "x.ownership", "protocol",
                                                      "x.managed_by", "x.connector", "x.udid", "timezone", "x.storage_free_gb",
                                                      "x.battery_percent", "x.passcode", "x.encrypted")},
                         {"platform": "ios", "model": "iPhone16,1", "os_version": "26.3", "x.os_build": "23D127", "x.supervised": "yes",
                          "x.ownership": "company", "protocol": "apple_mdm", "x.managed_by": "Oakum", "x.connector": "oakum",
                          "x.udid": self.phones["F2LA1"].udid, "timezone": "Europe/Berlin", "x.storage_free_gb": "40.0",
                          "x.battery_percent": "80", "x.passcode": "yes", "x.encrypted": "yes"})
        self.assertEqual(self.facts("F2LA2")["x.supervised"], "no")
        self.assertEqual(self.facts("DMPA3")["platform"], "ipados")
        software = self.world.get(f"/api/v1/devices/{self.device('F2LA1')['id']}/software")
        self.assertEqual(sorted((each["name"], each["version"]) for layer in software["layers"] for each in layer["components"]
                                if each["name"].startswith("Ma")), [("Mail", "4.2"), ("Maps", "1.0")], software)
        self.assertEqual(self.count("x.connector = oakum"), 5)
        self.assertEqual(self.phones["F2LA1"].poll(), [], "what was answered is not asked again")
        said = self.world.oakum("device", "explain", self.device("F2LA1")["id"], json_output=False)
        self.assertIn("Oakum itself manages it", said)

    def test_04_a_personal_phone_is_known_by_the_least_and_asked_nothing_else(self):
        own = self.phones["F2LOWN"]
        self.assertEqual(own.asked, ["DeviceInformation", "DeclarativeManagement", "SecurityInfo"])
        self.assertNotIn("softwareupdate", json.dumps(own.declared.held))
        found = self.world.all("/api/v1/devices", query="x.ownership = personal and x.connector = oakum")
        self.assertEqual(len(found), 1)
        whole = json.dumps(self.world.get(f"/api/v1/devices/{found[0]['id']}"))
        self.assertIn("26.3", whole)
        for secret in ("F2LOWN", own.udid, "com.example", "Europe/Berlin", "Mail"):
            self.assertNotIn(secret, whole)
        with self.assertRaises(Failed) as caught:
            self.world.oakum("apple", "release", found[0]["id"], json_output=False)
        self.assertIn("its owner takes the profile out", caught.exception.text)

    def test_05_they_are_assessed_like_every_other_device(self):
        wait_until("an assessment", lambda: self.device("F2LA1")["findings_open"] > 50, 90)
        # iOS 26.6.1 is the newest that Apple's list has here.
        self.assertLess(self.device("F2LA2")["findings_open"], self.device("F2LA1")["findings_open"])

    def test_06_a_locked_phone_puts_off_and_is_asked_again(self):
        phone = self.phones["F2LA1"]
        phone.locked, phone.asked = True, []
        self.world.oakum("apple", "ask", self.device("F2LA1")["id"], json_output=False)
        phone.poll()
        self.assertEqual(phone.asked, EVERYTHING, "each is offered once in a session")
        waiting = {each["kind"]: each for each in self.listed("F2LA1")["waiting"]}
        self.assertEqual({kind: each["put_offs"] for kind, each in waiting.items()},
                         dict.fromkeys(EVERYTHING, 1))
        phone.locked, phone.version, phone.build = False, "26.4", "23E246"
        self.assertEqual(phone.poll(), EVERYTHING)
        self.assertEqual(self.facts("F2LA1")["os_version"], "26.4")
        self.assertEqual(self.listed("F2LA1")["waiting"], [])

    def test_07_a_client_that_knows_little_is_borne(self):
        phone = self.phones["F2LA4"]
        phone.knows, phone.asked = {"DeviceInformation"}, []
        self.world.oakum("apple", "ask", self.device("F2LA4")["id"], json_output=False)
        phone.poll()
        self.assertEqual(phone.asked, EVERYTHING)
        answers = {each["kind"]: each["error"] for each in self.listed("F2LA4")["answers"]}
        self.assertIsNone(answers["DeviceInformation"])
        self.assertIn("Unknown command (12021 MCMDMErrorDomain)", answers["SecurityInfo"])
        phone.knows = None

    def test_08_forged_and_foreign_signatures_are_refused_and_disturb_nothing(self):
        phone, other = self.phones["F2LA1"], self.phones["F2LA2"]
        body = plistlib.dumps({"Status": "Idle", **phone.who})
        before = self.facts("F2LA1")
        # A body that was changed; a certificate of nobody; one of another enrolment; none.
        self.refused(400, lambda: phone.put(body + b" ", apple.REPORT, phone.sign(body)))
        stranger = crypto.new_key()
        forged = apple.base64.b64encode(crypto.sign(body, stranger, crypto.self_signed(stranger, phone.udid))).decode()
        self.assertIn("not one of this server", self.refused(400, lambda: phone.put(body, apple.REPORT, forged)))
        foreign = other.sign(body)
        self.assertIn("bound to another enrolment", self.refused(403, lambda: phone.put(body, apple.REPORT, foreign)))
        self.refused(400, lambda: phone.put(body, apple.REPORT, "bm9uc2Vuc2U="))
        # A certificate with a key that is not its own.
        mixed = phone.sign(body, key=stranger)
        self.refused(400, lambda: phone.put(body, apple.REPORT, mixed))
        for message in ({"MessageType": "Authenticate", "Topic": "t", **phone.who}, {"MessageType": "CheckOut", "Topic": "t", **phone.who}):
            body = plistlib.dumps(message)
            self.refused(403, lambda: phone.put(body, apple.CHECK_IN, other.sign(body)))
        self.assertEqual(self.facts("F2LA1"), before)
        self.assertEqual(self.listed("F2LA1")["state"], "enrolled")
        phone.poll()

    def test_09_a_check_in_that_somebody_kept_is_harmless(self):
        phone = self.phones["F2LA1"]
        phone.update_token()
        kept = phone.last
        phone.repeat(kept)  # its answer was lost
        time.sleep(1.1)  # signatures have whole seconds
        phone.update_token()
        self.refused(409, lambda: phone.repeat(kept))
        leaving = self.enrol("F2LOUT")
        authenticated = leaving.sign(plistlib.dumps({"MessageType": "Authenticate", "Topic": leaving.mdm["Topic"], **leaving.who}))
        leaving.poll()
        leaving.leave()
        self.assertEqual(self.listed("F2LOUT")["state"], "left")
        self.assertEqual(self.count('serial = "F2LOUT" and enrolled = no'), 1)
        self.assertNotIn("x.connector", self.facts("F2LOUT"))
        self.assertTrue(authenticated)

    def test_10_a_profile_lets_one_phone_in_and_not_two(self):
        profile = self.profile()
        first = apple.Phone("F2LB1").enrol(profile)
        self.phones["F2LB1"] = first
        second = apple.Phone("F2LB2")
        with self.assertRaises(crypto.Refused):
            second.enrol(profile)
        guessed = plistlib.loads(profile)
        for payload in guessed["PayloadContent"]:
            if payload["PayloadType"] == "com.apple.security.scep":
                payload["PayloadContent"]["Challenge"] = "guessed"
        with self.assertRaises(crypto.Refused):
            second.enrol(plistlib.dumps(guessed))
        # Who holds another's profile cannot take another's place: the certificate was asked for by its own name.
        third = apple.Phone("F2LB3")
        third.certify(third.take(self.profile()))
        third.udid = first.udid
        self.refused(403, third.authenticate)
        # The same serial a second time, while the first is there.
        fourth = apple.Phone("F2LB1", seed="another")
        fourth.certify(fourth.take(self.profile()))
        self.refused(409, fourth.authenticate)
        self.assertEqual(self.listed("F2LB1")["state"], "enrolled")
        first.poll()

    def test_11_old_cryptography_is_refused_unless_it_is_let_in(self):
        phone = apple.Phone("F2LOLD")
        with self.assertRaises(apple.Refusal) as caught:
            phone.enrol(self.profile(), weak=True)
        self.assertEqual(caught.exception.status, 400)
        self.world.server.process.end()
        self.world.server.start("--apple-mdm", "--x-apple-weak-scep")
        phone = self.phones["F2LOLD"] = apple.Phone("F2LOLD")
        phone.enrol(self.profile(), weak=True)
        phone.poll()
        self.assertEqual(self.facts("F2LOLD")["os_version"], "26.3")
        self.assertIn("old algorithms", self.world.get("/api/v1/apple")["sentence"])

    def test_12_a_phone_goes_on_after_a_restart_and_leaves_when_it_is_let_go(self):
        self.world.server.process.end()
        self.world.server.start("--apple-mdm")
        phone = self.phones["F2LA1"]
        self.assertEqual(phone.poll(), [])
        self.world.oakum("apple", "release", self.device("F2LA1")["id"], json_output=False)
        self.assertEqual(phone.poll(), ["RemoveProfile"])
        self.assertEqual(self.listed("F2LA1")["state"], "left")
        self.assertEqual(self.count('serial = "F2LA1" and enrolled = no'), 1)
        # And comes back with a profile of its own.
        phone.enrol(self.profile())
        phone.poll()
        self.assertEqual(self.listed("F2LA1")["state"], "enrolled")
        self.assertEqual(self.count('serial = "F2LA1" and enrolled = yes'), 1)

    def test_13_an_identity_that_a_person_ended_is_not_heard(self):
        phone = self.phones["F2LA2"]
        self.world.oakum("device", "revoke", self.device("F2LA2")["id"], "--why", "stolen", json_output=False)
        self.refused(403, phone.poll)
        self.refused(403, phone.authenticate)
        self.assertIn("Its identity was revoked", self.world.oakum("device", "explain", self.device("F2LA2")["id"], json_output=False))

    def test_14_broken_messages_are_refused_by_name(self):
        phone = self.phones["DMPA3"]
        deep = b"<plist>" + b"<array>" * 5000 + b"</array>" * 5000 + b"</plist>"
        for body in (b"", b"bplist00", b"<plist><dict><key>Status</key></dict></plist>", b"x" * 100_000,
                     plistlib.dumps({"Status": "Odd", **phone.who}), plistlib.dumps({"Status": "Idle"})):
            self.refused(400, lambda: phone.put(body, apple.REPORT))
        self.refused(413, lambda: phone.put(deep, apple.REPORT))
        self.assertEqual(self.world.raw("PUT", "/apple/mdm", None, {"Content-Length": str(5 << 20)}).status, 413)
        self.assertEqual(self.world.raw("GET", "/apple/mdm").status, 405)
        self.assertEqual(self.world.raw("POST", "/apple/scep?operation=PKIOperation", b"\x30\x80").status, 400)
        lying = {"Status": "Acknowledged", "CommandUUID": "made-up", **phone.who, "QueryResponses": {"OSVersion": "99.9"}}
        phone.put(lying, apple.REPORT)
        self.assertEqual(self.facts("DMPA3")["os_version"], "18.7.8")
        phone.poll()

    def test_15_without_the_switch_there_is_nothing(self):
        self.world.server.process.end()
        self.world.server.start()
        self.assertEqual(self.world.raw("GET", "/apple/scep?operation=GetCACert").status, 404)
        with self.assertRaises(Failed) as caught:
            self.profile()
        self.assertIn("--apple-mdm", caught.exception.text)
        self.assertFalse(self.world.get("/api/v1/apple")["on"])


if __name__ == "__main__":
    unittest.main()
