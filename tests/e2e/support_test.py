#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A support bundle of a house that is full of known secrets and personal facts holds none of them; the log shows what
strangers sent without being steered by it, for people and for machines."""
import json
import re
import subprocess
import tarfile
import unittest
import urllib.parse

from oakum_world import BIN, FEEDS, GATEWAY, Failed, WorldTest, wait_until

HOSTILE = "\x1b[2J\x1b]0;owned\a one\n2026-01-01T00:00:00Z error http: forged\r\u202egnp.exe\u2066"
# Of these characters the interface refuses none, so that they get as far as the log.
TURNED = "anna\u202egnp.exe\u2066\u2028forged"
STEERS = ("\x1b", "\r", "\u202e", "\u2066", "\u2028", "\a")
PERSONAL = {"name": "Annas Telefon", "serial": "SER-4711-GEHEIM", "owner": "Anna Beispiel", "site": "Haus am See 9",
            "x.phone_number": "+491701234567", "x.room": "Zimmer 12b"}
PASSWORD = "ein langes geheimes Kennwort 1"


class Support(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--log-format", "json")
        cls.folder = world.server.folder
        cls.enrolment = world.enrolment(1)
        world.oakum("feed", "import", FEEDS / "known_exploited_vulnerabilities.json.zst", json_output=False)
        csv = world.folder / "fleet.csv"
        csv.write_text(",".join([*PERSONAL, "model"]) + "\n" + ",".join([*PERSONAL.values(), GATEWAY]) + "\n", encoding="utf-8")
        world.oakum("device", "import", csv)
        world.oakum("backup", "create", "annas-sicherung.oakum")
        world.post("/api/v1/users", {"name": "anna.beispiel", "role": "viewer", "password": PASSWORD})
        # What is asked for and refused goes to the log: names, secrets, and what would steer a terminal.
        for text in (PERSONAL["name"], PERSONAL["serial"], cls.enrolment, world.token, PASSWORD, HOSTILE, TURNED):
            world.ask("GET", "/api/v1/devices", query=f'"{text}')
            world.ask("GET", "/api/v1/devices/" + urllib.parse.quote(text, safe=""))
            world.ask("POST", "/api/v1/backups", {"file": text})
            world.raw("POST", "/api/v1/session", json.dumps({"user": text, "password": text}), {"Content-Type": "application/json"})

    def secrets(self):
        """What must not leave the house, by what it is."""
        found = {"enrolment token": self.enrolment, "API token": self.world.token, "sign-in link": self.world.server.sign_in,
                 "password": PASSWORD, "person": "anna.beispiel", "backup's name": "annas-sicherung", **PERSONAL}
        for key in [*self.folder.glob("keys/online/*"), *self.folder.glob("keys/offline/*")]:
            text = key.read_text(errors="replace")
            if "PRIVATE KEY" in text:
                for number, line in enumerate(text.splitlines()[1:-1]):
                    found[f"{key.name}, line {number}"] = line
        self.assertGreater(len(found), 15)
        return found

    def read(self, file):
        with tarfile.open(file) as archive:
            return {member.name: archive.extractfile(member).read() for member in archive.getmembers()}

    def hold_to(self, files):
        whole = b"\n".join(name.encode() + b"\n" + content for name, content in files.items())
        for what, secret in self.secrets().items():
            self.assertNotIn(secret.encode(), whole, what)
            self.assertNotIn(json.dumps(secret)[1:-1].encode(), whole, what)
        self.assertNotIn(b"\x1b", whole)

    def test_1_a_bundle_of_a_running_server_helps_and_tells_no_secret(self):
        file = self.world.folder / "help.tar"
        said = self.world.oakum("support", "bundle", file, json_output=False)
        self.assertIn("is written: 10 files", said)
        files = self.read(file)
        self.hold_to(files)
        self.assertEqual(json.loads(files["versions.json"])["oakumd"], self.world.get("/api/v1/system")["version"])
        self.assertEqual(json.loads(files["configuration.json"])["settings"]["poll_seconds"], "1")
        self.assertRegex(files["doctor.txt"].decode(), r"ok +store +1 device, schema")
        self.assertEqual(json.loads(files["store.json"])["rows"]["device"], 1)
        self.assertEqual([feed["name"] for feed in json.loads(files["feeds.json"])], ["kev"])
        self.assertTrue(json.loads(files["backups.json"])[0]["verified"])
        self.assertIn(b"\noakum_devices 1\n", files["metrics.txt"])
        self.assertRegex(files["jobs.txt"].decode(), r"backup done")
        log = files["log.txt"].decode()
        self.assertRegex(log, r"info api: [0-9a-z]{26}: 40[04]\n")
        self.assertRegex(log, r"warning sign-in: refused for user \[left out\]")
        with self.assertRaises(Failed) as there:
            self.world.oakum("support", "bundle", file)
        self.assertIn("is there already", there.exception.text)

    def test_2_only_who_is_known_gets_it(self):
        self.assertEqual(self.world.raw("GET", "/api/v1/support-bundle").status, 401)

    def test_3_the_log_for_machines_is_one_sound_object_a_line(self):
        # The welcome of the first start is for people.
        lines = [line for line in self.world.server.process.said().split("\n") if line.startswith("{")]
        self.assertGreater(len(lines), 12)
        for line in lines:
            each = json.loads(line)
            self.assertEqual(list(each), ["time", "level", "area", "text"], line)
        hostile = [line for line in lines if "gnp.exe" in line]
        self.assertGreater(len(hostile), 0, "what was sent is in the log")
        for line in hostile:
            for steers in STEERS:
                self.assertNotIn(steers, line)
        self.assertNotRegex(self.world.server.process.said(), r"(?m)^2026-01-01T00:00:00Z error http: forged")

    def test_4_offline_it_tells_what_the_folder_tells(self):
        self.assertEqual(self.world.server.process.end(), 0)
        file = self.world.folder / "offline.tar"
        done = subprocess.run([BIN / "oakumd", "support-bundle", "--data", self.folder, file], capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        files = self.read(file)
        self.hold_to(files)
        self.assertNotIn("metrics.txt", files)
        self.assertRegex(files["doctor.txt"].decode(), r"ok +server +does not run")
        self.assertEqual(json.loads(files["store.json"])["rows"]["oakum_user"], 2)
        # Also where nothing can be read: the reason is what helps.
        (self.folder / "oakum.db").write_bytes(b"no database at all" * 100)
        broken = self.world.folder / "broken.tar"
        subprocess.run([BIN / "oakumd", "support-bundle", "--data", self.folder, broken], check=True, capture_output=True,
                       timeout=120)
        self.assertRegex(self.read(broken)["doctor.txt"].decode(), r"ILL +store")

    def test_5_the_log_for_people_cannot_be_forged_or_steered(self):
        (self.folder / "oakum.db").unlink()
        for left in self.folder.glob("oakum.db-*"):
            left.unlink()
        self.world.server.start()
        for text in (HOSTILE, TURNED):
            self.world.raw("POST", "/api/v1/session", json.dumps({"user": text, "password": text}),
                           {"Content-Type": "application/json"})
        said = wait_until("the refusals in the log", lambda: "gnp.exe" in self.world.server.process.said() and self.world.server.process.said())
        for steers in STEERS:
            self.assertNotIn(steers, said)
        self.assertNotRegex(said, r"(?m)^2026-01-01T00:00:00Z error http: forged")
        self.assertRegex(said, r"(?m)^\d{4}-\d\d-\d\dT[\d:]+Z warning sign-in: refused for user \"anna\\xe2\\x80\\xaegnp\.exe")


if __name__ == "__main__":
    unittest.main(verbosity=2)
