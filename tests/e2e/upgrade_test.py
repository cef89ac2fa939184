#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Upgrades from the data of earlier releases (tests/data/releases, made by tools/make_release_data.py with the programs of that
release): this version takes the folder over, devices, rollouts and audit chain are whole, what a device of that release sends
is understood, and the way back is there and is tried as far as it can be without the old program."""
import http.client
import json
import re
import shutil
import sqlite3
import ssl
import subprocess
import tarfile
import unittest

from oakum_world import BIN, ROOT, Agent, Process, WorldTest, wait_until

RELEASES = sorted((ROOT / "tests" / "data" / "releases").glob("*.tar.xz"))


class Upgrade(WorldTest):
    """One release after the other, each in folders of its own."""

    @classmethod
    def build(cls, world):
        cls.started = []

    def unpack(self, release):
        folder = self.world.folder / release.name.removesuffix(".tar.xz")
        with tarfile.open(release) as archive:
            archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
        (folder / "data").chmod(0o700)
        expected = json.loads((folder / "expected.json").read_text())
        with sqlite3.connect(folder / "data" / "oakum.db") as store:
            schema = store.execute("SELECT max(number) FROM schema_migration").fetchone()[0]
        store.close()
        return folder, expected, schema

    def begin(self, folder, expected):
        """This version on that folder; the people of that release are known to it."""
        self.world.server.folder = folder / "data"
        self.world.server.start()
        self.world._token = expected["token"]

    def end(self):
        self.assertEqual(self.world.server.process.end(), 0)

    def newest_schema(self):
        return len(list((ROOT / "src/storage/sqlite/migrations").glob("*.sql")))

    def check_what_was_there(self, expected):
        world = self.world
        devices = {each["serial"]: each for each in world.all("/api/v1/devices")}
        self.assertEqual(sorted(devices), sorted(expected["devices"]))
        for serial, before in expected["devices"].items():
            after = {name: devices[serial][name] for name in before if name != "lifecycle"}
            self.assertEqual(after, {name: value for name, value in before.items() if name != "lifecycle"})
        self.assertEqual(world.get(f"/api/v1/devices/{expected['agent']}")["running_version"], expected["running"])
        self.assertLessEqual(set(expected["groups"]), {each["name"] for each in world.all("/api/v1/groups")})
        self.assertEqual({each["id"]: [each["name"], each["version"], each["state"]] for each in world.all("/api/v1/releases")},
                         expected["releases"])
        rollouts = {each["id"]: [each["name"], each["state"], each["totals"]["verified"]]
                    for each in world.all("/api/v1/rollouts")}
        self.assertEqual(rollouts, expected["rollouts"])
        verified = world.get("/api/v1/audit/verify")
        self.assertTrue(verified["ok"], verified)
        self.assertGreaterEqual(verified["records"], expected["audit"]["records"])
        records = {each["number"]: each for each in world.get("/api/v1/audit", limit=200)["items"]}
        self.assertEqual(records[expected["audit"]["records"]]["hash"], expected["audit"]["head"], "the chain goes on from there")
        answer = world.raw("POST", "/api/v1/session", json.dumps({"user": expected["person"], "password": expected["password"]}),
                           {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer)

    def replay(self, folder, expected):
        """What the device of that release sent, once more, to this version."""
        context = ssl.create_default_context(cafile=str(self.world.server.ca))
        context.load_cert_chain(folder / "agent" / "identity.pem")
        seen = set()
        for message in json.loads((folder / "messages.json").read_text()):
            if message["path"].endswith(("/enroll", ".snapshot.json", ".targets.json")):
                continue  # a new identity, and numbers that a restart replaced
            connection = http.client.HTTPSConnection("127.0.0.1", self.world.server.port, context=context, timeout=60)
            connection.request(message["method"], message["path"], body=message["body"] or None, headers=message["headers"])
            answer = connection.getresponse()
            body = answer.read().decode()
            connection.close()
            what = f"{message['method']} {message['path']} {message['body'][:200]}: {answer.status} {body[:300]}"
            # A poll of long ago is told what is new; everything else is answered as it was.
            allowed = {200, 304} if message["path"].endswith("/poll") else {message["status"]}
            self.assertIn(answer.status, allowed, what)
            if message["path"].endswith("/report"):
                self.assertIn(json.loads(body).get("outcome", json.loads(body).get("result")), ("stale", "repeat", "accepted", None), what)
            seen.add(message["path"].rsplit("/", 1)[-1])
        self.assertLessEqual({"poll", "report", "inventory", "timestamp.json"}, seen)
        self.assertEqual(self.world.get("/api/v1/rollouts/" + next(iter(
            key for key, value in expected["rollouts"].items() if value[0] == "spring")))["totals"]["verified"], 1)

    def agent_goes_on(self, folder, expected):
        """This version's agent on the folder of that release's: same identity, same firmware, heard by the server."""
        agent = Agent(folder / "agent", "GW-0001", "AC-GW200", self.world.logs / f"{folder.name}-agent.log")
        self.world.agents.append(agent)
        config = agent.folder / "agent.conf"
        moved = re.sub(r"https://127\.0\.0\.1:\d+", self.world.server.url, config.read_text())
        moved = re.sub(r"/\S*/devices/GW-0001", str(agent.folder), moved)
        config.write_text(moved)
        before = self.world.get(f"/api/v1/devices/{expected['agent']}")["last_seen"]
        agent.start()
        wait_until("the device to be heard", lambda: self.world.get(f"/api/v1/devices/{expected['agent']}")["last_seen"] > before)
        self.assertTrue(agent.process.alive(), agent.process.said())
        self.assertEqual(self.world.get(f"/api/v1/devices/{expected['agent']}")["running_version"], expected["running"])
        agent.end()
        agent.end_firmware()

    def test_1_each_release_is_taken_over_whole_and_the_way_back_is_kept(self):
        self.assertGreater(len(RELEASES), 0, "tests/data/releases is empty")
        for release in RELEASES:
            with self.subTest(release=release.name):
                folder, expected, schema = self.unpack(release)
                store = (folder / "data" / "oakum.db").read_bytes()
                self.begin(folder, expected)
                self.check_what_was_there(expected)
                self.replay(folder, expected)
                self.agent_goes_on(folder, expected)
                kept = sorted((folder / "data" / "backups").glob("before-upgrade-*"))
                if schema < self.newest_schema():
                    self.assertEqual(len(kept), 1)
                    self.assertTrue(kept[0].name.startswith(f"before-upgrade-{schema}-"))
                    listed = {each["file"]: each["state"] for each in self.world.get("/api/v1/backups")["items"]}
                    self.assertEqual(listed[kept[0].name], "verified")
                    # In it is the store as that release left it.
                    with tarfile.open(kept[0]) as archive:
                        inside = folder / "inside.db"
                        inside.write_bytes(archive.extractfile("oakum.db").read())
                    with sqlite3.connect(inside) as store_then:
                        self.assertEqual(store_then.execute("SELECT max(number) FROM schema_migration").fetchone()[0], schema)
                        self.assertEqual(store_then.execute("SELECT count(*) FROM device").fetchone()[0], len(expected["devices"]))
                    store_then.close()
                else:
                    self.assertEqual(kept, [], "no migration, no backup")
                    print(f"SKIPPED: no migration since {release.name}; a way back is not needed")
                self.assertGreater(len(store), 0)
                self.end()
                # A second start migrates nothing, so it backs nothing up.
                self.begin(folder, expected)
                self.assertEqual(sorted((folder / "data" / "backups").glob("before-upgrade-*")), kept)
                if kept:
                    self.end()
                    self.world.server.start("--restore", kept[0])
                    self.check_what_was_there(expected)
                self.end()

    def test_2_a_program_that_is_too_old_says_what_to_do(self):
        folder, expected, _ = self.unpack(RELEASES[-1])
        self.begin(folder, expected)
        self.end()
        kept = sorted((folder / "data" / "backups").iterdir())
        with sqlite3.connect(folder / "data" / "oakum.db") as store:
            for number in range(store.execute("SELECT max(number) FROM schema_migration").fetchone()[0] + 1, 1000):
                store.execute("INSERT INTO schema_migration VALUES (?, ?, zeroblob(32), 0)", (number, f"{number:04}_of_the_future"))
        store.close()
        before = (folder / "data" / "oakum.db").read_bytes()
        done = subprocess.run([BIN / "oakumd", "--data", folder / "data", "--listen", "127.0.0.1:0"], capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"the store has schema 999, this version of Oakum runs on 1 to \d+: start the newer version "
                                      r"that was running before, or go back to what was before it: oakumd --restore")
        self.assertEqual((folder / "data" / "oakum.db").read_bytes(), before, "nothing is changed")
        self.assertEqual(sorted((folder / "data" / "backups").iterdir()), kept)

    def test_3_without_room_for_the_way_back_nothing_is_migrated_unless_it_is_said(self):
        for release in RELEASES:
            folder, expected, schema = self.unpack(release)
            if schema >= self.newest_schema():
                continue
            key = folder / "data" / "keys" / "online" / "timestamp.pem"
            # A backup that cannot be written: its folder is a file.
            shutil.rmtree(folder / "data" / "backups", ignore_errors=True)
            (folder / "data" / "backups").mkdir(mode=0o700)
            server = Process([BIN / "oakumd", "--data", folder / "data", "--listen", "127.0.0.1:0"], self.world.logs / "small.log",
                             file_bytes=100_000)
            wait_until("it to give up", lambda: not server.alive())
            self.assertRegex(server.said(), rf"the store has schema {schema} and this version takes it to \d+; nothing was changed")
            with sqlite3.connect(folder / "data" / "oakum.db") as store:
                self.assertEqual(store.execute("SELECT max(number) FROM schema_migration").fetchone()[0], schema)
            store.close()
            self.assertTrue(key.exists())
            self.world.server.folder = folder / "data"
            self.world.server.start("--upgrade-without-backup")
            self.world._token = expected["token"]
            self.check_what_was_there(expected)
            self.end()
            return
        print("SKIPPED: no migration since the oldest release in tests/data/releases")


if __name__ == "__main__":
    unittest.main(verbosity=2)
