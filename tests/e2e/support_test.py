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

from alarms_test import Receiver
from oakum_world import BIN, FEEDS, GATEWAY, Failed, WorldTest, sbom, wait_until
from sign_in_test import Browser, code_of

HOSTILE = "\x1b[2J\x1b]0;owned\a one\n2026-01-01T00:00:00Z error http: forged\r\u202egnp.exe\u2066"
# Of these characters the interface refuses none, so that they get as far as the log.
TURNED = "anna\u202egnp.exe\u2066\u2028forged"
STEERS = ("\x1b", "\r", "\u202e", "\u2066", "\u2028", "\a")
PERSONAL = {"name": "Annas Telefon", "serial": "SER-4711-GEHEIM", "owner": "Anna Beispiel", "site": "Haus am See 9",
            "x.phone_number": "+491701234567", "x.room": "Zimmer 12b"}
PASSWORD = "ein langes geheimes Kennwort 1"
# Of what speaks to others: addresses that are secrets themselves, keys, passwords.
TELLING = {"webhook's address": "hook-geheim-4711", "webhook's key": "key of the signature 4711", "Slack's address": "T0SLACK/B0GEHEIM",
           "mail's password": "mail-kennwort-4711", "mail's account": "post.konto", "recipient": "anna.beispiel@privat.example",
           "channel": "Annas Kanal", "client secret": "client-geheimnis-4711"}


class Support(WorldTest):
    @classmethod
    def build(cls, world):
        provider = world.folder / "provider.json"
        provider.write_text(json.dumps({"issuer": "http://127.0.0.1:9/", "client_id": "oakum", "client_secret_file": "client.secret",
                                        "roles": []}))
        secret = world.folder / "client.secret"
        secret.write_text(TELLING["client secret"] + "\n")
        secret.chmod(0o600)
        world.start("--log-format", "json", "--allow-private-channels", "--sign-in-with", provider)
        cls.folder = world.server.folder
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.end)
        cls.enrolment = world.enrolment(1)
        world.oakum("feed", "import", FEEDS)
        csv = world.folder / "fleet.csv"
        csv.write_text(",".join([*PERSONAL, "model", "firmware_version"]) + "\n" + ",".join([*PERSONAL.values(), GATEWAY, "1.4.2"]) + "\n", encoding="utf-8")
        cls.channels(world)
        world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2")
        world.oakum("device", "import", csv)
        cls.alarm = wait_until("an alarm that names the device", lambda: world.all("/api/v1/alarms"))[0]
        for path in ("/hook-geheim-4711", "/T0SLACK/B0GEHEIM"):
            wait_until("it to be told", lambda at=path: [each for each in cls.receiver.requests if each[0].startswith(at)])
        world.oakum("backup", "create", "annas-sicherung.oakum")
        # Names that are also words, of the log and of what stands for what is left out; one that fails.
        for name in ("t", "out", "left"):
            world.oakum("backup", "create", name)
        key = cls.folder / "keys/online/ca.key"
        good = key.read_bytes()
        key.write_bytes(b"no key")
        try:
            world.oakum("backup", "create", "annas-zweite.oakum")
        except Failed:
            pass
        key.write_bytes(good)
        world.post("/api/v1/users", {"name": "anna.beispiel", "role": "viewer", "password": PASSWORD})
        anna = Browser(world, "anna.beispiel", PASSWORD)
        cls.factor = anna.ask("POST", "/me/totp").json["secret"]
        cls.recovery = anna.ask("POST", "/me/totp/confirm", {"code": code_of(cls.factor)}).json["recovery_codes"]
        world.raw("POST", "/api/v1/session", json.dumps({"user": "anna.beispiel", "password": PASSWORD, "code": cls.recovery[0]}),
                  {"Content-Type": "application/json"})
        world.raw("POST", "/api/v1/session/provider", "{}", {"Content-Type": "application/json"})
        # What is asked for and refused goes to the log: names, secrets, and what would steer a terminal.
        for text in (PERSONAL["name"], PERSONAL["serial"], cls.enrolment, world.token, PASSWORD, HOSTILE, TURNED):
            world.ask("GET", "/api/v1/devices", query=f'"{text}')
            world.ask("GET", "/api/v1/devices/" + urllib.parse.quote(text, safe=""))
            world.ask("POST", "/api/v1/backups", {"file": text})
            world.raw("POST", "/api/v1/session", json.dumps({"user": text, "password": text}), {"Content-Type": "application/json"})

    @classmethod
    def channels(cls, world):
        def add(name, kind, address, *words, typed=""):
            subprocess.run([BIN / "oakum", "channel", "add", "--name", name, "--kind", kind, "--address", address, *words], input=typed,
                           text=True, check=True, capture_output=True, env=world.environment(), timeout=120)

        cls.receiver.answers = [(503, {}), (404, {})]
        add(TELLING["channel"], "webhook", cls.receiver.url("/" + TELLING["webhook's address"]), "--secret-stdin",
            typed=TELLING["webhook's key"] + "\n")
        add("chat", "slack", cls.receiver.url("/" + TELLING["Slack's address"]))
        add("mail", "mail", "smtp://127.0.0.1:9", "--from", "oakum@privat.example", "--to", TELLING["recipient"], "--account",
            TELLING["mail's account"], "--secret-stdin", typed=TELLING["mail's password"] + "\n")

    def secrets(self):
        """What must not leave the house, by what it is."""
        found = {"enrolment token": self.enrolment, "API token": self.world.token, "sign-in link": self.world.server.sign_in,
                 "password": PASSWORD, "person": "anna.beispiel", "backup's name": "annas-sicherung", "a failed backup's": "annas-zweite",
                 "authenticator": self.factor, "recovery code": self.recovery[0], "another": self.recovery[1],
                 "sealing key": (self.folder / "keys/online/seal.key").read_text().strip(), "alarm": self.alarm["what"],
                 **TELLING, **PERSONAL}
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
        self.assertIn("kev", [feed["name"] for feed in json.loads(files["feeds.json"])])
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
