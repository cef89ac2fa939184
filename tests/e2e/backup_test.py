#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Backups that a server makes by itself: read back after they were made, bounded in number, kept in mind over a restart; one
that failed is named with its cause wherever people look, and one that rotted is found out."""
import shutil
import subprocess
import unittest

from alarms_test import Receiver
from oakum_world import BIN, FEEDS, Failed, WorldTest, wait_until
from sign_in_test import Browser, code_of

PASSWORD = "correct horse battery staple"


class Backup(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--backup-seconds", 2, "--backup-keep", 2)
        world.enrolment(1)
        world.oakum("feed", "import", FEEDS / "known_exploited_vulnerabilities.json.zst", json_output=False)
        cls.folder = world.server.folder / "backups"

    def listed(self):
        return self.world.get("/api/v1/backups")["items"]

    def own(self, state="verified"):
        return [each for each in self.listed() if each["by_server"] and each["state"] == state]

    def metric(self, name):
        for line in self.world.ask("GET", "/metrics").body.decode().splitlines():
            if line.startswith(f"oakum_{name} "):
                return float(line.split()[1])
        return self.fail(f"no metric oakum_{name}")

    def doctor(self):
        return subprocess.run([BIN / "oakumd", "doctor", "--data", self.world.server.folder], capture_output=True, text=True,
                              timeout=120, check=False).stdout

    def schedule(self, *words):
        return self.world.oakum("backup", "schedule", *words)

    def test_1_it_makes_them_reads_them_back_and_keeps_as_many_as_it_was_told(self):
        first = wait_until("a backup by itself", self.own)[-1]["file"]
        wait_until("the first to be one too many", lambda: first not in [each["file"] for each in self.listed()])
        self.schedule("--every-hours", 24)
        wait_until("none under way", lambda: not self.own("running"))
        kept = self.own()
        self.assertEqual(len(kept), 2, kept)
        self.assertEqual(sorted(each["file"] for each in kept), sorted(file.name for file in self.folder.glob("auto-*")))
        for each in kept:
            self.assertEqual(each["bytes"], (self.folder / each["file"]).stat().st_size)
            self.assertEqual((each["detail"], each["with_files"]), ("", True))
            self.assertEqual((self.folder / each["file"]).stat().st_mode & 0o777, 0o600)
        self.assertGreater(self.metric("backup_verified_seconds"), 1_700_000_000)
        self.assertEqual(self.metric("backup_failing"), 0)
        self.assertRegex(self.doctor(), r"ok +backups +the newest that was verified is 0 days old: auto-\d+T\d+Z.oakum")
        self.assertIn("auto-", self.world.oakum("backup", "list", json_output=False))

    def test_2_one_that_could_not_be_restored_is_not_kept_and_its_cause_is_named(self):
        key = self.world.server.folder / "keys/online/ca.key"
        good = key.read_bytes()
        # The server has its key in memory; what a backup would take from the disk is another's.
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key)],
                       check=True, capture_output=True, timeout=60)
        with self.assertRaises(Failed) as refused:
            self.world.oakum("backup", "create", "worthless.oakum")
        self.assertIn("could not be read back, and was removed", refused.exception.text)
        self.assertFalse((self.folder / "worthless.oakum").exists())
        failed = self.listed()[0]
        self.assertEqual((failed["file"], failed["state"]), ("worthless.oakum", "failed"))
        self.assertIn("could not be read back", failed["detail"])
        self.assertEqual(self.metric("backup_failing"), 1)
        self.assertRegex(self.doctor(), r"look at +backups +the last one, worthless.oakum, failed: [^\n]*\n +-> see to the cause")
        key.write_bytes(good)
        key.chmod(0o600)
        self.world.oakum("backup", "create", "good.oakum")
        self.assertEqual(self.metric("backup_failing"), 0)

    def test_3_a_failed_one_is_tried_again_and_people_are_told_meanwhile(self):
        key = self.world.server.folder / "keys/online/ca.key"
        good = key.read_bytes()
        self.world.server.process.end()
        self.world.server.start("--backup-seconds", 2)
        key.write_bytes(b"no key")
        try:
            warned = wait_until("the warning", lambda: [said for said in self.world.get("/api/v1/system")["notices"]
                                                        if "backup" in said and "failed" in said])
            self.assertRegex(warned[0], r"newest backup that was verified is of \S+; the last one \(auto-\S+\) failed: \S")
        finally:
            key.write_bytes(good)
        wait_until("one that is sound again", lambda: self.metric("backup_failing") == 0)
        self.schedule("--every-hours", 0)
        wait_until("none under way", lambda: not self.own("running"))
        self.assertEqual(len(list(self.folder.glob("auto-*"))), 2)

    def test_4_what_rots_is_found_out(self):
        file = self.folder / "good.oakum"
        said = self.world.oakum("backup", "verify", "good.oakum")
        self.assertIn("good.oakum is sound", said["detail"])
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0x20
        file.write_bytes(content)
        with self.assertRaises(Failed) as refused:
            self.world.oakum("backup", "verify", "good.oakum")
        self.assertIn("cannot be restored", refused.exception.text)
        found = [each for each in self.listed() if each["file"] == "good.oakum"][0]
        self.assertEqual(found["state"], "failed")
        self.assertTrue(file.exists(), "what a person made a person removes")
        with self.assertRaises(Failed) as missing:
            self.world.oakum("backup", "verify", "none.oakum")
        self.assertEqual(missing.exception.status, 3, missing.exception.text)

    def test_5_schedule_and_record_survive_a_restart_and_what_was_cut_off_is_removed(self):
        before = self.listed()
        self.assertEqual(self.schedule("--keep", 5, "--with-files", "false")["keep"], 5)
        self.assertEqual(self.world.server.process.kill(), -9)
        (self.folder / ".auto-20260101T000000Z.oakum.part").write_bytes(b"half")
        (self.folder / ".reading").mkdir()
        (self.folder / ".reading" / "oakum.db").write_bytes(b"half")
        (self.folder / ".snapshot").mkdir()  # somebody's
        (self.folder / "brought.oakum").write_bytes(b"by somebody")
        self.world.server.start()
        self.assertEqual(sorted(file.name for file in self.folder.glob(".*")), [".record.json", ".snapshot"])
        after = self.listed()
        self.assertEqual([each for each in after if each["file"] != "brought.oakum"], before)
        self.assertEqual([each["state"] for each in after if each["file"] == "brought.oakum"], ["unverified"])
        kept = self.world.get("/api/v1/backups/schedule")
        self.assertEqual((kept["every_seconds"], kept["keep"], kept["with_files"], kept["next"]), (0, 5, False, None))
        decisions = [(each["actor"], each["action"]) for each in self.world.get("/api/v1/audit", limit=200)["items"]]
        self.assertIn(("token oakum command line of admin", "setting.backup_keep"), decisions)
        self.assertIn(("oakumd", "backup.create"), decisions)
        with self.assertRaises(Failed) as refused:
            self.world.oakum("backup", "create", "auto-mine.oakum")
        self.assertIn("the server's own", refused.exception.text)


class Sealed(WorldTest):
    """Secrets in the store are sealed under a key beside it: on a new machine they open again, or the backup says that they
    would not."""

    @classmethod
    def build(cls, world):
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.end)
        world.start("--allow-private-channels", "--backup-hours", 0)
        world.post("/api/v1/users", {"name": "tom", "role": "viewer", "password": PASSWORD})
        subprocess.run([BIN / "oakum", "channel", "add", "--name", "hook", "--kind", "webhook", "--address", cls.receiver.url("/hook"),
                        "--secret-stdin"], input="the key of the signature\n", text=True, check=True, capture_output=True,
                       env=world.environment(), timeout=120)

    def test_1_second_factors_and_channels_open_on_another_machine(self):
        world = self.world
        tom = Browser(world, "tom", PASSWORD)
        secret = tom.ask("POST", "/me/totp").json["secret"]
        self.assertEqual(tom.ask("POST", "/me/totp/confirm", {"code": code_of(secret)}).status, 200)
        world.oakum("backup", "create", "sealed.oakum")
        shutil.copy(world.server.folder / "backups" / "sealed.oakum", world.folder / "safe.oakum")
        offline = world.server.folder / "keys" / "offline"
        self.assertEqual(world.server.process.end(), 0)
        world.server.folder = world.folder / "another machine"
        shutil.copytree(offline, world.server.folder / "keys" / "offline")
        world.server.start("--allow-private-channels", "--restore", world.folder / "safe.oakum")
        self.assertEqual(Browser(world, "tom", PASSWORD).answer.json["where"], "/code")
        self.assertEqual(Browser(world, "tom", PASSWORD, code=code_of(secret, 1)).answer.status, 200)
        self.assertIn("arrived", world.oakum("channel", "test", "hook", json_output=False))
        self.assertEqual(len(self.receiver.taken("/hook", "oakum.test")), 1)

    def test_2_a_backup_without_the_right_key_is_none(self):
        key = self.world.server.folder / "keys/online/seal.key"
        good = key.read_bytes()
        try:
            for bad, said in ((b"0" * 64, "not that which seals"), (None, "seal.key")):
                key.unlink()
                if bad is not None:
                    key.write_bytes(bad)
                with self.assertRaises(Failed) as refused:
                    self.world.oakum("backup", "create", "worthless.oakum")
                self.assertIn("could not be read back, and was removed", refused.exception.text)
                self.assertIn(said, refused.exception.text)
                key.write_bytes(b"")
        finally:
            key.write_bytes(good)
            key.chmod(0o600)
        self.world.oakum("backup", "create", "good.oakum")
        self.world.oakum("backup", "verify", "good.oakum")


if __name__ == "__main__":
    unittest.main(verbosity=2)
