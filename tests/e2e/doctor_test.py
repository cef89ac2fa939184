#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`oakumd doctor` on the folder of a real server: says what is well, names each thing that is not with what to do about it,
and changes nothing."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import unittest

from oakum_world import BIN, FEEDS, WorldTest


def contents(folder):
    return {str(path): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in ("oakum.db-shm", "oakum.db-wal")}


class Doctor(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        world.enrolment(1)
        world.oakum("feed", "import", FEEDS / "known_exploited_vulnerabilities.json.zst", json_output=False)
        cls.data = world.server.folder

    def doctor(self, folder=None, expect=0):
        done = subprocess.run([BIN / "oakumd", "doctor", "--data", folder or self.data], capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def copy(self, name):
        folder = self.world.folder / name
        shutil.copytree(self.data, folder)
        return folder

    def test_1_a_running_server_is_well_and_is_told_what_it_lacks(self):
        said = self.doctor()
        self.assertRegex(said, r"ok +server +runs")
        self.assertRegex(said, r"ok +store +0 devices, schema \d+ of \d+, sound")
        self.assertRegex(said, r"ok +advisories +[1-9]\d* at hand, compiled 0 days ago")
        self.assertRegex(said, r"look at +offline keys +are on this machine")
        self.assertRegex(said, r"look at +backups +there is none")
        self.assertNotIn("ILL", said)
        self.world.oakum("backup", "create", "today.oakum")
        self.assertRegex(self.doctor(), r"ok +backups +the newest that was verified is 0 days old: today.oakum")

    def test_2_what_is_wrong_is_named_with_what_to_do(self):
        self.assertEqual(self.world.server.process.end(), 0)
        self.assertRegex(self.doctor(), r"ok +server +does not run")

        readable = self.copy("readable")
        (readable / "keys/online/ca.key").chmod(0o644)
        self.assertRegex(self.doctor(readable, expect=1), r"ILL +keys +\S+ca.key can be read by others[^\n]*\n +-> chmod 600")

        lost = self.copy("lost")
        (lost / "keys/online/ca.key").unlink()
        (lost / "keys/online/timestamp.pem").unlink()
        self.assertRegex(self.doctor(lost, expect=1), r"ILL +keys +the CA cannot be read")

        torn = self.copy("torn")
        with sqlite3.connect(torn / "oakum.db") as store:
            page = store.execute("PRAGMA page_size").fetchone()[0]
            root = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'").fetchone()
        root = root[0] if root else 3
        with open(torn / "oakum.db", "r+b") as file:
            file.seek((root - 1) * page)
            file.write(os.urandom(page))
        self.assertRegex(self.doctor(torn, expect=1), r"ILL +store +[^\n]*\n +-> stop oakumd")

        stale = self.copy("stale")
        (stale / "advisories.oadb").write_bytes(b"no longer")
        self.assertRegex(self.doctor(stale), r"look at +advisories [^\n]*\n +-> start oakumd anew")

    def test_3_nothing_is_changed_and_nothing_is_made(self):
        before = contents(self.data)
        self.doctor()
        self.assertEqual(contents(self.data), before)
        empty = self.world.folder / "empty"
        empty.mkdir(mode=0o700)
        self.assertRegex(self.doctor(empty), r"ok +server +never started here")
        self.assertEqual(list(empty.iterdir()), [])
        self.assertRegex(self.doctor(self.world.folder / "nowhere", expect=1), r"ILL +folder")


if __name__ == "__main__":
    unittest.main(verbosity=2)
