#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Enrolment as the first user does it: the command that `oakum enrolment create` prints, on a device, as root and as
somebody else; and every way in which it goes wrong says so and leaves nothing behind."""
import os
import shlex
import shutil
import sqlite3
import subprocess
import unittest

from oakum_world import BIN, GATEWAY, Process, Server, WorldTest, wait_until


class FirstUse(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.group = world.oakum("group", "create", "--name", "plant 3", "--default", "criticality=high")["id"]
        # Somebody who is not root may run it from there.
        cls.bin = world.folder / "bin"
        cls.bin.mkdir()
        shutil.copy(BIN / "oakum-agent", cls.bin)
        for folder in (world.folder, cls.bin):
            folder.chmod(0o755)

    def command(self, *more, uses=1, label="first"):
        made = self.world.oakum("enrolment", "create", "--label", label, "--uses", uses, "--hours", 1, *more)
        return made["command"], made

    def run_as(self, home, command, nobody=False):
        """The command as it was printed, by a shell of that user."""
        home.mkdir(exist_ok=True)
        environment = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        as_whom = {}
        if nobody:
            os.chown(home, 65534, 65534)
            as_whom = {"user": 65534, "group": 65534, "extra_groups": []}
        return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=environment, timeout=120,
                              check=False, **as_whom)

    def left_behind(self, folder):
        return sorted(str(each) for each in folder.rglob("*")) if folder.exists() else []

    def test_1_the_printed_command_is_all_it_takes(self):
        world = self.world
        people = [("root", False)] + ([("somebody", True)] if os.geteuid() == 0 else [])
        for who, nobody in people:
            with self.subTest(who):
                command, _ = self.command("--group", "plant 3", label=who)
                self.assertIn(world.server.url, command, "the address with its true port")
                home = world.folder / who
                folder = home / "device"
                # Root's own place is the machine's, which a test leaves alone; everything else is as printed.
                more = "" if nobody else f" --dir {shlex.quote(str(folder))}"
                folder = home / "state" / "oakum-agent" if nobody else folder
                serial = f"SER-{who}"
                done = self.run_as(home, f"{command}{more} --serial {serial}", nobody)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("Start it:", done.stdout)
                for path in [folder, *folder.rglob("*")]:
                    self.assertFalse(path.stat().st_mode & 0o077, f"{path} is for its owner alone")
                agent = Process([BIN / "oakum-agent", "run", "--dir", folder], world.logs / f"{who}.log")
                world.programs.append(agent)
                device = world.get(f"/api/v1/devices/{wait_until(serial, lambda: world.device_id(serial))}")
                self.assertEqual(device["group"]["id"], self.group)
                self.assertEqual(device["criticality"], "high", "what its group gives it")
                # Watched, though it has no slots: what is installed on this machine is known.
                known = wait_until("its software", lambda: self.software(device["id"]))
                self.assertIn("libc6", known)
                agent.wait_for("watched, not updated")
                agent.end()

    def software(self, device):
        layers = self.world.get(f"/api/v1/devices/{device}/software")["layers"]
        return {component["name"] for layer in layers for component in layer["components"]}

    def test_2_each_refusal_says_why_and_what_next_and_leaves_nothing(self):
        world = self.world
        command, made = self.command()
        spent, _ = self.command(label="spent")
        self.assertEqual(self.run_as(world.folder / "spender", f"{spent} --dir {world.folder}/spender/d --serial SPENT").returncode, 0)
        revoked, _ = self.command(label="revoked")
        world.oakum("enrolment", "revoke", "revoked", json_output=False)
        fingerprint = world.server.fingerprint.replace(":", "").lower()
        wrong_ca = command.replace(fingerprint, fingerprint[:-4] + ("0000" if fingerprint[-4:] != "0000" else "1111"))
        for name, line, status, words in (
                ("a wrong token", command.replace(made["secret"], "x" * 43), 4, "oakum enrolment create"),
                ("a token that is used up", spent, 4, "oakum enrolment create"),
                ("a token that was revoked", revoked, 4, "oakum enrolment create"),
                ("another CA", wrong_ca, 4, "oakum system show"),
                ("no CA", command.split(" --ca-fingerprint")[0] + " --token " + made["secret"], 2, "--ca-fingerprint is missing"),
                ("no token", command.split(" --token")[0], 2, "--token is missing"),
                ("nobody there", command.replace(f":{world.server.port}", ":1"), 3, "Is oakumd running there"),
                ("no such host", command.replace("127.0.0.1", "nosuch.invalid"), 3, "Is oakumd running there"),
                ("no TLS", command.replace("https://", "http://"), 2, "begins with https://"),
                ("a serial that is taken", f"{command} --serial SPENT", 1, "oakum device revoke SPENT"),
        ):
            with self.subTest(name):
                folder = world.folder / "refused" / "device"
                folder.parent.mkdir(exist_ok=True)
                serial = "" if "--serial" in line else " --serial REFUSED"
                done = self.run_as(world.folder / "refused-home", f"{line}{serial} --dir {folder}")
                self.assertEqual(done.returncode, status, done)
                self.assertIn(words, done.stderr)
                self.assertEqual(self.left_behind(folder.parent), [], "nothing half-done is left")
                self.assertIsNone(world.device_id("REFUSED"))
        # The token that all of them named is as good as before.
        done = self.run_as(world.folder / "refused-home", f"{command} --dir {world.folder}/after --serial AFTER")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_3_a_server_that_is_away_is_no_harm_and_the_same_command_works_later(self):
        world = self.world
        command, _ = self.command(label="later")
        world.server.process.end()
        folder = world.folder / "later"
        done = self.run_as(world.folder / "later-home", f"{command} --dir {folder} --serial LATER")
        self.assertEqual(done.returncode, 3, done)
        self.assertFalse(folder.exists())
        world.server.start()
        done = self.run_as(world.folder / "later-home", f"{command} --dir {folder} --serial LATER")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_4_a_token_ends_when_it_says(self):
        # An hour is the shortest life that it can be given, so the row's own time is put forward.
        world = self.world
        command, _ = self.command(label="old")
        world.server.process.end()
        store = sqlite3.connect(world.server.folder / "oakum.db")
        try:
            changed = store.execute("UPDATE token SET expires = created - 1 WHERE label = 'old'").rowcount
            store.commit()
        finally:
            store.close()
            world.server.start()
        self.assertEqual(changed, 1)
        folder = world.folder / "old"
        done = self.run_as(world.folder / "old-home", f"{command} --dir {folder} --serial OLD")
        self.assertEqual(done.returncode, 4, done)
        self.assertIn("expired", done.stderr)
        self.assertFalse(folder.exists())

    def test_5_a_damaged_identity_or_configuration_is_named_and_the_firmware_runs(self):
        world = self.world
        agent = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        agent.end()
        identity = agent.folder / "identity.pem"
        whole = identity.read_text()
        identity.write_text(whole[:100])
        agent.start()
        agent.process.wait_for(r"identity.pem holds no certificate: the firmware runs, .*enrol this device again")
        wait_until("its firmware", agent.firmware_processes)
        agent.end()
        identity.write_text(whole)
        with open(agent.folder / "agent.conf", "a", encoding="utf-8") as config:
            config.write("health.port = 80x\n")
        line = len((agent.folder / "agent.conf").read_text().splitlines())
        refused = agent.run_once("run", "--dir", agent.folder)
        self.assertEqual(refused.returncode, 2)
        self.assertIn(f"agent.conf: health.port = 80x: a whole number from 1 to 65535 is needed (at line {line})",
                      refused.stderr)

    def test_6_a_device_that_is_enrolled_again_keeps_its_root_of_trust(self):
        world = self.world
        folder, home = world.folder / "again", world.folder / "again-home"

        def enroll(*more):
            command, _ = self.command(label="again")
            return self.run_as(home, f"{command} --dir {folder} --serial AGAIN {' '.join(map(str, more))}")

        self.assertEqual(enroll().returncode, 0)
        root = folder / "trust/root.json"
        kept = root.read_bytes()
        (folder / "trust/timestamp.json").write_text("what it saw last")
        world.oakum("device", "revoke", "AGAIN", json_output=False)
        self.assertEqual(enroll().returncode, 0)
        self.assertEqual(root.read_bytes(), kept)
        self.assertTrue((folder / "trust/timestamp.json").exists(), "nothing is forgotten")

        # A device of another server, whose owner is led here by a stolen address.
        other = Server(world.folder / "other", world.logs / "other.log")
        other.start()
        public = other.folder / "keys/public/root.json"
        wait_until("the root in keys/public", public.exists)
        elsewhere = public.read_bytes()
        other.process.end()
        root.write_bytes(elsewhere)
        identity = (folder / "identity.pem").read_bytes()
        world.oakum("device", "revoke", "AGAIN", json_output=False)
        refused = enroll()
        self.assertEqual(refused.returncode, 4, refused)
        self.assertIn("does not come from the one of this device", refused.stderr)
        self.assertEqual((root.read_bytes(), (folder / "identity.pem").read_bytes()), (elsewhere, identity))
        # A person at the device decides.
        world.oakum("device", "revoke", "AGAIN", json_output=False)
        (world.folder / "pinned.json").write_bytes(kept)
        self.assertEqual(enroll("--root", world.folder / "pinned.json").returncode, 0)
        self.assertEqual(root.read_bytes(), kept)
        self.assertFalse((folder / "trust/timestamp.json").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
