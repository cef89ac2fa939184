#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Updates that people carry to devices without a network, and the receipts that they bring back: a real server and real
agents whose network is off, good sticks, hostile sticks, and what a server does with receipts."""
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import time
import unittest

from oakum_world import BIN, GATEWAY, Failed, Process, WorldTest, sbom, wait_until


class Sticks(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        old = world.image(GATEWAY, "1.4.2")
        cls.agents = {}
        for name in ("GW-0001", "GW-0002", "GW-0003", "GW-0004"):
            agent = world.agent(name, GATEWAY, old, world.enrolment(1))
            world.wait_for_version(agent, "1.4.2")
            agent.end()
            cls.agents[name] = agent
        cls.release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        cls.sticks = world.folder / "sticks"
        cls.sticks.mkdir()

    def network(self, agent, on):
        """Where the agent looks for its server: nobody listens at port 1."""
        config = agent.folder / "agent.conf"
        port = self.world.server.port if on else 1
        config.write_text(re.sub(r"(?m)^server = .*$", f"server = https://127.0.0.1:{port}", config.read_text()))

    def export(self, name, query, *more):
        stick = self.sticks / name
        return stick, self.world.oakum("release", "export", stick, "--for", query, *more)

    def install(self, agent, stick, seconds=240):
        return subprocess.run([str(BIN / "oakum-agent"), "install", str(stick), "--dir", str(agent.folder)],
                              capture_output=True, text=True, timeout=seconds, check=False)

    def receipts(self, stick):
        return self.world.oakum("release", "receipts", stick)

    def roll_out(self, name, **more):
        return self.world.roll_out(self.release["id"], name=name, **more)["id"]

    def test_1_a_device_that_runs_without_a_network_is_updated_from_a_stick_and_its_receipt_is_taken_in(self):
        world, agent = self.world, self.agents["GW-0001"]
        rollout = self.roll_out("to the mountain", query='serial = "GW-0001"', soak=1)
        stick, packed = self.export("mountain", 'serial = "GW-0001"', "--days", "3")
        self.assertEqual([each["device"]["name"] for each in packed["devices"]], ["GW-0001"])
        self.assertEqual(world.deployment_of(rollout, agent)["state"], "awaiting_user")
        self.assertEqual(sorted(each.name for each in stick.iterdir()),
                         ["README.txt", "artifacts", "directions", "log", "metadata", "oakum-stick.json", "orders"])
        self.assertIn("oakum-agent install FOLDER", (stick / "README.txt").read_text())

        self.network(agent, False)
        agent.start()
        agent.process.wait_for("started in slot")
        done = self.install(agent, stick)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("gateway 1.5.0: verified", done.stdout)
        self.assertIn("1.5.0", agent.slot_versions().values())
        names = [each.name for each in (stick / "receipts").iterdir()]
        self.assertEqual(len(names), 1)
        status = agent.run_once("status", "--dir", agent.folder)
        self.assertIn("'oakum-agent install FOLDER' writes them", status.stdout)

        taken = self.receipts(stick)
        self.assertEqual([(each["outcome"], each["state"]) for each in taken], [("accepted", "verified")])
        self.assertEqual(world.deployment_of(rollout, agent)["state"], "verified")
        device = world.device(agent)
        self.assertEqual(device["running_version"], "1.5.0")
        again = self.receipts(stick)
        self.assertEqual([each["outcome"] for each in again], ["repeat"], "a receipt counts once")
        history = world.all(f"/api/v1/devices/{agent.id}/history")
        self.assertEqual(sum(each["kind"] == "receipt" for each in history), 1)
        actions = [each["action"] for each in world.all("/api/v1/audit")]
        self.assertIn("stick.pack", actions)
        self.assertEqual(actions.count("receipt.take"), 1)
        # The same folder again: nothing is installed twice, and a lost receipt comes back.
        (stick / "receipts" / names[0]).unlink()
        done = self.install(agent, stick)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual([each.name for each in (stick / "receipts").iterdir()], names)
        agent.end()

    def test_2_without_a_running_agent_the_verb_does_it_and_the_report_is_sent_at_the_next_contact(self):
        world, agent = self.world, self.agents["GW-0002"]
        rollout = self.roll_out("to the island", query='serial = "GW-0002"', soak=1)
        stick, _ = self.export("island", 'serial = "GW-0002"')
        self.network(agent, False)
        done = self.install(agent, stick)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("No agent runs here", done.stdout)
        self.assertEqual(world.deployment_of(rollout, agent)["state"], "awaiting_user", "nobody told the server yet")
        self.network(agent, True)
        agent.start()
        ended = world.wait_for_end(rollout, agent)
        self.assertEqual((ended["state"], ended["version_after"]), ("verified", "1.5.0"))
        wait_until("no receipt is needed any more", lambda: not agent.state().get("receipts"))
        # Who brings the stick back later changes nothing that the network told.
        self.receipts(stick)
        told = world.deployment_of(rollout, agent)
        self.assertEqual((told["state"], told["version_after"], told["attempt"]),
                         (ended["state"], ended["version_after"], ended["attempt"]))
        agent.end()

    def test_3_an_agent_that_is_killed_at_any_time_goes_on_from_the_stick(self):
        world, agent = self.world, self.agents["GW-0003"]
        self.roll_out("to the ship", query='serial = "GW-0003"', soak=1)
        stick, _ = self.export("ship", 'serial = "GW-0003"')
        self.network(agent, False)
        with open(agent.folder / "agent.conf", "a", encoding="utf-8") as config:
            config.write("boot_attempts = 10\n")  # kills that come after the restart are starts of the new slot: not to be used up
        asked = {"id": "test", "folder": str(stick)}
        agent.start()
        agent.process.wait_for("started in slot")
        (agent.folder / "brought" / "x").write_text(json.dumps(asked))
        os.rename(agent.folder / "brought" / "x", agent.folder / "brought" / "asked.json")
        answer = agent.folder / "brought" / "answer.json"
        for pause in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8):
            time.sleep(pause)
            agent.end(signal.SIGKILL)
            agent.end_firmware()
            agent.start()
        answered = wait_until("the end", lambda: answer.exists() and json.loads(answer.read_text())["state"] == "ended"
                              and json.loads(answer.read_text()))
        self.assertEqual(answered["id"], "test")
        self.assertEqual(len(answered["receipts"]), 1)
        self.assertIn("1.5.0", agent.slot_versions().values())
        self.assertEqual([each["state"] for each in self.receipts(stick)], ["verified"])
        agent.end()

    def refused(self, agent, stick, words, status=None):
        before = {path: path.read_bytes() for path in (agent.folder / "slots").rglob("*") if path.is_file()}
        done = self.install(agent, stick, 60)
        self.assertNotEqual(done.returncode, 0, done)
        if status is not None:
            self.assertEqual(done.returncode, status, done)
        self.assertRegex(done.stderr, words)
        after = {path: path.read_bytes() for path in (agent.folder / "slots").rglob("*") if path.is_file()}
        self.assertEqual(set(before), set(after))
        self.assertEqual([path for path in before if before[path] != after[path] and path.name != "firmware.log"], [])
        self.assertNotEqual(agent.state().get("phase"), "writing")
        wait_until("the folder is let go of", lambda: not (agent.folder / "brought" / "asked.json").exists(), 10)

    def test_4_a_hostile_stick_is_refused_with_a_reason_and_changes_nothing(self):
        world, agent, other = self.world, self.agents["GW-0004"], self.agents["GW-0001"]
        rollout = self.roll_out("to the desert", query='serial = "GW-0004"', soak=1)
        good, _ = self.export("desert", 'serial = "GW-0004"')
        # What an older stick held: its order is for another timestamp.
        order = pathlib.Path("orders") / f"{agent.id}.json"
        direction = pathlib.Path("directions") / f"{agent.id}.json"
        artifact = pathlib.Path("artifacts") / self.release["artifact"]["sha256"]
        self.network(agent, False)
        agent.start()
        agent.process.wait_for("started in slot")
        secret = self.sticks / "secret"
        secret.write_text("a secret of this machine")

        def change(path, old, new):
            text = path.read_text()
            self.assertIn(old, text, path)
            path.write_text(text.replace(old, new, 1))

        def replace(path, make):
            path.unlink()
            make(path)

        def flip(path):
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)

        def cut(path):
            path.write_bytes(path.read_bytes()[:-1])

        def grow(path):
            path.write_bytes(path.read_bytes() + b"x")

        def huge(path):
            with open(path, "wb") as file:
                file.truncate(1 << 40)

        def link_folder(stick, name):
            shutil.move(stick / name, self.sticks / f"moved-{name}-{stick.name}")
            (stick / name).symlink_to(self.sticks / f"moved-{name}-{stick.name}")

        cases = {
            # First what is wrong with the metadata: what a device verified once it does not ask for again.
            "no timestamp": (lambda s: (s / "metadata/timestamp.json").unlink(), "timestamp.json"),
            "a timestamp that was changed": (lambda s: flip(s / "metadata/timestamp.json"), "timestamp"),
            "no targets": (lambda s: [p.unlink() for p in (s / "metadata").glob("*.targets.json")], "targets"),
            "targets that were changed": (lambda s: [flip(p) for p in (s / "metadata").glob("*.targets.json")], "targets"),
            "metadata that is a link elsewhere": (lambda s: link_folder(s, "metadata"), "plain file"),
            "no log": (lambda s: shutil.rmtree(s / "log"), "log"),
            "an artifact that was changed": (lambda s: flip(s / artifact), "is not what its name says"),
            "an artifact that is cut": (lambda s: cut(s / artifact), "is not what its name says|bytes"),
            "an artifact that grew": (lambda s: grow(s / artifact), "is not what its name says|bytes"),
            "no artifact": (lambda s: (s / artifact).unlink(), "lacks the artifact"),
            "an artifact that is a link": (lambda s: replace(s / artifact, lambda p: p.symlink_to(secret)), "plain file"),
            "an artifact that is a pipe": (lambda s: replace(s / artifact, os.mkfifo), "plain file"),
            "an order that is a link": (lambda s: replace(s / order, lambda p: p.symlink_to("/etc/shadow")), "plain file"),
            "an order that is a pipe": (lambda s: replace(s / order, os.mkfifo), "plain file"),
            "an order that is huge": (lambda s: huge(s / order), "more than 16384 bytes"),
            "an order that is no JSON": (lambda s: (s / order).write_text("}"), "order"),
            "no order": (lambda s: (s / order).unlink(), "nothing for this device"),
            "an order for longer": (lambda s: change(s / order, '"expires":"20', '"expires":"21'), "signature|signed"),
            "an order for another release": (lambda s: change(s / order, '"target_path":"gateway/1.5.0',
                                                              '"target_path":"gateway/0.0.1'), "signature|signed"),
            "an order without soaking": (lambda s: change(s / order, '"soak_seconds":1', '"soak_seconds":0'),
                                         "signature|signed"),
            "a direction of somebody": (lambda s: change(s / direction, '"wave":0', '"wave":9'), "director"),
            "no direction": (lambda s: (s / direction).unlink(), "nothing for this device"),
            "orders that are a link elsewhere": (lambda s: link_folder(s, "orders"), "plain file"),
        }
        if os.geteuid() == 0:
            device = os.makedev(1, 5)
            cases["an order that is a device"] = (
                lambda s: replace(s / order, lambda p: os.mknod(p, stat.S_IFCHR | 0o600, device)), "plain file")
        for name, (harm, words) in cases.items():
            with self.subTest(name):
                stick = self.sticks / re.sub(r"\W", "-", name)
                shutil.copytree(good, stick)
                harm(stick)
                self.refused(agent, stick, words)
        with self.subTest("the order of another device under this one's name"):
            self.roll_out("to the mountain again", query='serial = "GW-0001"', soak=1)
            theirs = self.sticks / "theirs"
            shutil.copytree(good, theirs)
            # Signed, by the right key, and not for this device.
            foreign = json.loads((self.sticks / "mountain" / "orders" / f"{other.id}.json").read_text())
            (theirs / order).write_text(json.dumps(foreign))
            self.refused(agent, theirs, "for another device|is not what its name says|timestamp", None)
        with self.subTest("a folder that is not there"):
            done = self.install(agent, self.sticks / "nowhere", 60)
            self.assertNotEqual(done.returncode, 0)
        with self.subTest("receipts that would be written elsewhere"):
            stick, elsewhere = self.sticks / "receipts-elsewhere", self.sticks / "elsewhere"
            shutil.copytree(good, stick)
            elsewhere.mkdir()
            (stick / "receipts").symlink_to(elsewhere)
            done = self.install(agent, stick)
            self.assertEqual(done.returncode, 0, done)
            self.assertIn("no receipt could be written", done.stdout)
            self.assertIn("run this again with a folder that can be written to", done.stdout)
            self.assertEqual(list(elsewhere.iterdir()), [])
        done = self.install(agent, good)
        self.assertEqual(done.returncode, 0, "the true one still gets its receipt: %s" % done)
        self.assertEqual(world.deployment_of(rollout, agent)["attempt"], 1, "no refusal cost an attempt")
        self.assertEqual({each["state"] for each in self.receipts(good)}, {"verified"})
        agent.end()

    def test_5_a_stick_that_is_older_than_what_a_device_has_seen_is_refused(self):
        world, agent = self.world, self.agents["GW-0004"]
        second = world.release(GATEWAY, "1.5.1", world.image_of(world.variant(GATEWAY, "1.5.0", "1.5.1")))
        first = world.roll_out(second["id"], name="first carried", query='serial = "GW-0004"', soak=1)["id"]
        old, _ = self.export("old", 'serial = "GW-0004"')
        # Meanwhile the list of releases goes on, and the device hears of it.
        world.release(GATEWAY, "1.5.2", world.image_of(world.variant(GATEWAY, "1.5.0", "1.5.2")))
        self.network(agent, True)
        agent.start()
        wait_until("it is verified", lambda: (world.deployment_of(first, agent) or {}).get("state") == "verified")
        wait_until("the agent has ended it", lambda: agent.state().get("phase") == "idle")
        agent.end()
        world.roll_out(second["id"], name="another device", query='serial = "GW-0003"', soak=1)
        third = world.release(GATEWAY, "1.5.3", world.image_of(world.variant(GATEWAY, "1.5.0", "1.5.3")))
        world.roll_out(third["id"], name="third", query='serial = "GW-0004"', soak=1)
        fresh, _ = self.export("fresh", 'serial = "GW-0004"')
        # The order and the artifact of now with the metadata of then.
        mixed = self.sticks / "mixed"
        shutil.copytree(fresh, mixed)
        shutil.rmtree(mixed / "metadata")
        shutil.copytree(old / "metadata", mixed / "metadata")
        self.network(agent, False)
        agent.start()
        agent.process.wait_for("started in slot")
        self.refused(agent, mixed, "timestamp")
        # An order of then with all that belongs to it.
        asked = self.install(agent, old, 60)
        self.assertEqual(asked.returncode, 0, "it was installed over the network: %s" % asked)
        done = self.install(agent, fresh)
        self.assertEqual(done.returncode, 0, done)
        agent.end()

    def test_6_the_server_takes_only_receipts_that_the_device_itself_signed(self):
        world = self.world
        receipt = next((self.sticks / "mountain" / "receipts").iterdir())
        said = json.loads(receipt.read_text())
        theirs = json.loads(next((self.sticks / "ship" / "receipts").iterdir()).read_text())

        def take(body):
            return world.ask("POST", "/api/v1/receipts", body)

        text = json.loads(said["receipt"])
        text["report"]["sequence"] += 1
        text["report"]["running_version"] = "9.9.9"
        for name, body, status in (
                ("a text that was changed", {**said, "receipt": json.dumps(text)}, 403),
                ("a signature that was changed", {**said, "signature": said["signature"][:-2] + "00"}, 403),
                ("the certificate of another device", {**said, "certificate_pem": theirs["certificate_pem"]}, 403),
                ("a certificate of nobody", {**said, "certificate_pem": "x"}, 400),
                ("a signature that is none", {**said, "signature": "zz"}, 400),
                ("a member more", {**said, "x": 1}, 400),
                ("the server's own certificate", {**said, "certificate_pem": world.server.ca.read_text()}, (401, 403))):
            with self.subTest(name):
                answer = take(body)
                self.assertIn(answer.status, status if isinstance(status, tuple) else (status,), answer)
        with self.subTest("a certificate that another authority made for this device"):
            folder = world.folder / "forger"
            folder.mkdir()
            key, cert = folder / "key.pem", folder / "cert.pem"
            agent = self.agents["GW-0001"]
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", str(key), "-out", str(cert), "-subj", "/CN=x", "-days", "1", "-addext",
                            f"subjectAltName=URI:urn:oakum:default:{agent.id}"], check=True, capture_output=True)
            forged = json.dumps(text)
            message = f"DSSEv1 34 application/vnd.oakum.receipt+json {len(forged)} {forged}"
            signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(key)], input=message.encode(),
                                    capture_output=True, check=True).stdout
            answer = take({"receipt": forged, "certificate_pem": cert.read_text(), "signature": signed.hex()})
            self.assertEqual(answer.status, 403, answer)
        with self.subTest("a device that was revoked"):
            world.oakum("device", "revoke", "GW-0001", "--why", "lost", json_output=False)
            self.assertEqual(take(said).status, 403)
        self.assertNotEqual(world.device(self.agents["GW-0001"])["running_version"], "9.9.9")

    def test_7_nothing_to_carry_is_said_and_a_wave_that_is_not_open_is_not_carried(self):
        world = self.world
        with self.assertRaises(Failed) as nothing:
            self.export("nothing", 'serial = "GW-9999"')
        self.assertEqual(nothing.exception.status, 5)
        self.assertIn("nothing is asked of these devices now", nothing.exception.text)
        with self.assertRaises(Failed) as bad:
            self.export("bad", "serial == ==")
        self.assertEqual(bad.exception.status, 1)
        self.assertIn("column 11", bad.exception.text)
        self.assertNotIn("/query", bad.exception.text)


if __name__ == "__main__":
    unittest.main()
