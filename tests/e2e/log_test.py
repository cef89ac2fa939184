#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The log of what was published, on a real server: every release stands in it from the moment that it is published, also when
the server is killed; it only grows; who keeps a checkpoint notices a second history, and a restore never makes one silently."""
import copy
import hashlib
import json
import pathlib
import shutil
import sqlite3
import threading
import time
import unittest

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from oakum_world import GATEWAY, KINDS, Failed, Server, WorldTest, sbom, wait_until
from published_log import Checkpoint, Read, log_keys
from stolen_server import StolenServer, Theirs
from tuf_repository import canonical

BACKUP = "before.oakum"


class PublishedLog(StolenServer, WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        # Its releases come in no order.
        world.oakum("intake", "set", "version=off", "--why", "the test")
        cls.artifact = world.image(GATEWAY, "1.5.0")
        cls.made = 0
        cls.images = {}
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(cls.gateway, "1.4.2")

    # ---- reading

    def root(self):
        return wait_until("the root for people", lambda: self.world.server.folder / "keys/public/root.json"
                          if (self.world.server.folder / "keys/public/root.json").exists() else None)

    def get(self, name):
        answer = self.world.ask("GET", f"/log/{name}")
        self.assertEqual(answer.status, 200, (name, answer))
        return answer.body

    def read(self, name="checkpoint"):
        """All of it, with code that is not Oakum's, by the keys that the root names."""
        return Read(self.get, log_keys(self.root().read_text()), name)

    def keep(self, name):
        path = self.world.folder / name
        self.world.oakum("log", "checkpoint", "--root", self.root(), "--file", path)
        return path

    def verify(self, *words):
        return self.world.oakum("log", "verify", "--root", self.root(), *words)

    def draft(self):
        type(self).made += 1
        version = f"1.5.{self.made}"
        return version, self.world.oakum("release", "create", "--name", KINDS[GATEWAY], "--version", version, "--artifact",
                                         self.artifact, "--model", GATEWAY)["id"]

    def publish(self):
        version, release = self.draft()
        self.world.oakum("release", "publish", release, "--why", "the test")
        return version, release

    def path_of(self, version):
        return next(path for path in self.read().releases() if path.split("/")[1] == version)

    def restart(self, *more):
        self.world.server.process.kill()
        self.world.server.start(*more)

    # ---- what it holds

    def test_1_a_release_is_in_the_log_as_soon_as_it_is_published(self):
        first = self.read()
        self.assertEqual([entry["kind"] for entry in first.said()][:3], ["begin", "root", "list"])
        version, release = self.publish()
        second = self.read()
        self.assertTrue(second.goes_on_from(first))
        entry = next(entry for entry in second.said() if entry.get("path") == self.path_of(version))
        shown = self.world.get(f"/api/v1/releases/{release}")
        self.assertEqual(entry["target"]["hashes"]["sha256"], shown["artifact"]["sha256"])
        self.assertEqual((entry["target"]["custom"]["oakum"]["version"], entry["target"]["custom"]["oakum"]["models"]),
                         (version, [GATEWAY]))
        self.world.oakum("release", "withdraw", release, "--why", "the test")
        third = self.read()
        self.assertTrue(third.goes_on_from(second))
        self.assertEqual((third.said()[-1]["kind"], third.said()[-1]["path"]), ("withdrawn", entry["path"]))
        # A person's name stands nowhere in it.
        self.assertNotIn(b"admin", b"".join(third.entries))

    def test_2_the_command_line_shows_copies_and_verifies_it(self):
        kept = self.keep("kept-1")
        version, _ = self.publish()
        told = self.verify("--kept", kept)
        self.assertEqual((told["good"], told["wrong"], told["key_is_trusted"]), (True, [], True), told)
        self.assertEqual(told["entries"], self.read().checkpoint.size)
        self.assertIn(str(kept), told["compared"][0])
        newest = self.world.oakum("log", "show", "--kind", "release", "--limit", "1")
        self.assertEqual(newest[-1]["subject"], self.path_of(version))
        self.assertIn(f"release gateway {version} for {GATEWAY}", self.world.oakum("log", "show", json_output=False))
        copy = self.world.folder / "copy"
        self.world.oakum("log", "fetch", copy, "--root", self.root(), json_output=False)
        self.publish()
        self.world.oakum("log", "fetch", copy, "--root", self.root(), json_output=False)
        # Without the server, with the key alone.
        self.assertEqual(self.world.oakum("log", "verify", "--from", copy, "--key", copy / "key", "--kept", kept)["entries"],
                         self.read().checkpoint.size)
        # The copy is what anybody's tool for such logs reads.
        self.assertTrue(Read(lambda name: (copy / name).read_bytes(), log_keys(self.root().read_text())).goes_on_from(
            Read(lambda name: (copy / name).read_bytes(), log_keys(self.root().read_text()))))

    def test_3_nobody_reads_it_without_a_token_unless_it_is_open(self):
        world = self.world
        self.assertEqual(world.raw("GET", "/log/checkpoint").status, 401)
        self.assertEqual(world.raw("GET", "/log/checkpoint", headers={"Authorization": "Bearer wrong"}).status, 401)
        self.assertEqual(world.ask("POST", "/log/checkpoint", {}).status, 405)
        self.assertEqual(world.ask("GET", "/log/../data").status, 404)
        self.restart("--public-log")
        open_to_all = world.raw("GET", "/log/checkpoint")
        self.assertEqual((open_to_all.status, open_to_all.headers["Cache-Control"]), (200, "no-cache"))
        again = world.raw("GET", "/log/checkpoint", headers={"If-None-Match": open_to_all.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        epoch = self.read().checkpoint.epoch
        tile = world.raw("GET", f"/log/{epoch}/tile/entries/000.p/3")
        self.assertEqual((tile.status, tile.headers["Cache-Control"]), (200, "public, max-age=31536000, immutable"))
        self.restart()

    def test_3b_an_audit_log_that_was_written_anew_does_not_fit_the_log(self):
        world = self.world
        head = next(entry for entry in self.read().said() if entry["kind"] == "audit")
        told = self.verify("--audit")
        self.assertTrue(told["good"], told)
        self.assertIn("1 heads of the audit log", told["compared"])
        world.server.process.end()
        with sqlite3.connect(world.server.folder / "oakum.db") as store:
            before, = store.execute("SELECT hash FROM audit WHERE number = ?", (head["number"],)).fetchone()
            store.execute("UPDATE audit SET hash = ? WHERE number = ?", (bytes(32), head["number"]))
        world.server.start()
        with self.assertRaises(Failed) as caught:
            self.verify("--audit")
        self.assertIn(f"audit record {head['number']} is another one than the log says", caught.exception.text)
        world.server.process.end()
        with sqlite3.connect(world.server.folder / "oakum.db") as store:
            store.execute("UPDATE audit SET hash = ? WHERE number = ?", (before, head["number"]))
        world.server.start()
        self.assertTrue(self.verify("--audit")["good"])

    # ---- crashes

    def test_4_killed_at_any_moment_it_has_all_that_was_published_and_goes_on(self):
        before = self.read()
        done = []
        for number, delay in enumerate((0.0, 0.002, 0.01, 0.03, 0.08, None)):
            version, release = self.draft()
            if delay is None:  # right behind the answer, before anybody asked for a checkpoint
                self.world.oakum("release", "publish", release)
                done.append(version)
            else:
                killer = threading.Thread(target=lambda wait=delay: (time.sleep(wait), self.world.server.process.kill()))
                killer.start()
                try:
                    if self.world.ask("POST", f"/api/v1/releases/{release}/actions/publish", {"why": "killed"}).status == 200:
                        done.append(version)
                except OSError:
                    pass
                killer.join()
            if self.world.server.process.alive():
                self.world.server.process.kill()
            self.world.server.start()
            now = self.read()
            self.assertTrue(now.goes_on_from(before), f"after death {number}")
            # What is published is logged, and what is logged is published: once.
            published = sorted(each["version"] for each in self.world.all("/api/v1/releases") if each["state"] == "published")
            logged = [path.split("/")[1] for path in now.releases()]
            gone = {entry["path"].split("/")[1] for entry in now.said() if entry["kind"] == "withdrawn"}
            self.assertEqual(published, sorted(version for version in logged if version not in gone), f"after death {number}")
            self.assertTrue(set(done) <= set(published))
            before = now
        self.assertIn(version, done)

    # ---- two histories

    def test_5_a_second_history_is_noticed_by_who_kept_a_checkpoint_of_the_first(self):
        world = self.world
        world.server.process.end()
        shutil.copytree(world.server.folder, world.folder / "data2")
        other = Server(world.folder / "data2", world.logs / "oakumd2.log")
        other.start()
        world.server.start()
        self.addCleanup(other.process.end)
        self.publish()
        kept = self.keep("kept-of-the-first")
        there = ("--server", other.url, "--ca-fingerprint", world.server.fingerprint, "--token", world.token)
        _, release = self.draft()  # each server has drafts of its own
        self.assertTrue(release)
        theirs = world.oakum(*there, "release", "create", "--name", KINDS[GATEWAY], "--version", "6.6.6", "--artifact", self.artifact,
                             "--model", GATEWAY, "--publish")
        self.assertTrue(theirs["id"])
        # Alone each is whole; against what was kept of the other it is not.
        self.assertTrue(world.oakum(*there, "log", "verify", "--root", self.root())["good"])
        with self.assertRaises(Failed) as caught:
            world.oakum(*there, "log", "verify", "--root", self.root(), "--kept", kept)
        told = json.loads(caught.exception.text[:caught.exception.text.rindex("}") + 1])
        self.assertEqual(told["good"], False)
        self.assertRegex(told["wrong"][0], "others than before|does not hold|had .* before")
        self.assertTrue(self.verify("--kept", kept)["good"])
        # A copy that somebody keeps does not go over to it.
        copy = world.folder / "copy"
        world.oakum("log", "fetch", copy, "--root", self.root(), json_output=False)
        with self.assertRaises(Failed) as refused:
            world.oakum(*there, "log", "fetch", copy, "--root", self.root(), json_output=False)
        self.assertIn("stays as it is", refused.exception.text)
        self.assertTrue(world.oakum("log", "verify", "--from", copy, "--root", self.root(), "--kept", kept)["good"])

    # ---- devices

    def firmware(self, version):
        document = sbom(GATEWAY, version) if sbom(GATEWAY, version).exists() else self.world.variant(GATEWAY, "1.5.0", version)
        return document, self.world.image_of(document)

    def install(self, version, state="verified"):
        """A release of its own, rolled out to the device; how that ended."""
        document, image = self.firmware(version)
        release = self.world.release(GATEWAY, version, image, "--sbom", document)
        self.images[version] = (release, image.read_bytes())
        done = self.world.wait_for_end(self.world.roll_out(release["id"], name=version)["id"], self.gateway)
        self.assertEqual(done["state"], state, done)
        return done

    def seen(self):
        """What the device keeps of the log."""
        return Checkpoint((self.gateway.folder / "trust/+log.checkpoint").read_text(), log_keys(self.root().read_text()))

    def test_6_a_device_installs_what_it_finds_in_the_log_and_keeps_what_it_saw(self):
        self.install("1.6.0")
        seen, now = self.seen(), self.read()
        self.assertEqual((seen.origin, seen.size, seen.root), (now.checkpoint.origin, now.checkpoint.size, now.checkpoint.root))
        self.publish()
        self.install("1.6.1")
        self.assertGreater(self.seen().size, seen.size)

    # ---- a restore

    def metric(self):
        for line in self.world.ask("GET", "/metrics").body.decode().splitlines():
            if line.startswith("oakum_log_entries "):
                return int(float(line.split()[1]))
        return self.fail("no metric oakum_log_entries")

    def test_7_a_restore_begins_the_log_anew_and_says_what_it_goes_on_from(self):
        world = self.world
        self.publish()
        world.oakum("backup", "create", BACKUP)
        at_backup, kept = self.read(), self.keep("kept-at-backup")
        lost, _ = self.publish()
        after, kept_later = self.read(), self.keep("kept-after-backup")
        self.assertTrue(after.goes_on_from(at_backup))
        world.server.process.end()
        world.server.start("--restore", world.server.folder / "backups" / BACKUP)
        now = self.read()
        self.assertGreater(int(now.checkpoint.epoch), int(at_backup.checkpoint.epoch))
        begin = now.said()[0]
        self.assertEqual((begin["kind"], begin["after"]["origin"]), ("begin", at_backup.checkpoint.origin))
        # What the backup had of the old log is still served, and no shorter than what was kept by then.
        old = self.read(f"{at_backup.checkpoint.epoch}/checkpoint")
        self.assertTrue(old.goes_on_from(at_backup))
        self.assertEqual((begin["after"]["size"], begin["after"]["root"]),
                         (old.checkpoint.size, old.checkpoint.root.hex()))
        # All that is published is in the new one; what the restore took back is not.
        paths = now.releases()
        self.assertEqual(sorted(path.split("/")[1] for path in paths),
                         sorted(each["version"] for each in world.all("/api/v1/releases") if each["state"] == "published"))
        self.assertNotIn(lost, [path.split("/")[1] for path in paths])
        self.assertEqual(self.metric(), now.checkpoint.size)
        self.assertTrue(self.verify("--kept", kept)["good"])
        with self.assertRaises(Failed) as caught:
            self.verify("--kept", kept_later)
        self.assertIn("a restore lost the entries from", caught.exception.text)
        self.assertEqual(len([each for each in world.get("/api/v1/audit", limit=200)["items"]
                              if each["action"] == "log.begin" and "restored" in each["why"]]), 1)
        # Once: the next start goes on.
        self.restart()
        self.assertTrue(self.read().goes_on_from(now))
        # And the device that saw more of the old one goes on with it.
        self.install("1.7.0")
        self.assertEqual(self.seen().origin, now.checkpoint.origin)

    # ---- switching it on and off

    def hand_in(self, *change):
        """A new root, made and signed as people do it (docs/log.md), and adopted."""
        world, keys = self.world, self.world.server.folder / "keys"
        version = json.loads(self.root().read_text())["signed"]["version"]
        file = world.folder / f"root-{version + 1}.json"
        said = world.oakum("key", "rotate", "--from", keys / "public", "--file", file, *change, json_output=False)
        world.oakum("key", "sign", file, "--key", keys / "offline/root.pem", "--without-root", "--yes", json_output=False)
        shutil.copy(file, keys / "incoming" / (file.name + ".part"))
        (keys / "incoming" / (file.name + ".part")).rename(keys / "incoming" / file.name)
        wait_until("the new root", lambda: json.loads(self.root().read_text())["signed"]["version"] == version + 1)
        return said

    def new_key(self):
        made = self.world.oakum("key", "create", self.world.server.folder / "keys/online", "--online", "log", json_output=False)
        return pathlib.Path(made.splitlines()[1])

    def test_8_a_fleet_without_the_log_goes_on_and_follows_the_root_that_names_it(self):
        only, = json.loads(self.root().read_text())["signed"]["x-oakum-log"]["keyids"]
        self.assertIn("devices install releases that no log has", self.hand_in("--remove", f"log={only}"))
        (self.gateway.folder / "trust/+log.checkpoint").unlink()
        self.install("1.8.0")
        self.assertFalse((self.gateway.folder / "trust/+log.checkpoint").exists())
        self.assertIn("from now on devices install only what stands in that log", self.hand_in("--add", f"log={self.new_key()}"))
        # What was published without it is in it.
        self.assertIn("1.8.0", [path.split("/")[1] for path in self.read().releases()])
        self.install("1.8.1")
        self.assertEqual(self.seen().size, self.read().checkpoint.size)

    # ---- a stolen server, with people's keys too

    def theirs(self, version):
        """A release of theirs as the list has it, signed with the stolen key of targets, and its entry."""
        thief, (_, image) = self.thief, self.firmware(version)
        body = image.read_bytes()
        Theirs.artifacts[hashlib.sha256(body).hexdigest()] = body
        template = copy.deepcopy(next(iter(thief.targets["targets"].values())))
        template.update(length=len(body), hashes={"sha256": hashlib.sha256(body).hexdigest()})
        template["custom"]["oakum"].update(version=version, counter=int(time.time()), floor=0)
        path = f"gateway/{version}/evil.tar"
        listed = copy.deepcopy(thief.targets)
        listed["version"] += 1
        listed["targets"][path] = template
        key = load_pem_private_key((self.world.server.folder / "keys/offline/targets.pem").read_bytes(), None)
        thief.keys["targets"] = (thief.root["roles"]["targets"]["keyids"][0], key)
        Theirs.files = thief.publish(targets=thief.sign("targets", listed), version=listed["version"])
        Theirs.direction = thief.direction(self.gateway.id, path, of=template)
        return path, canonical({"kind": "release", "path": path, "target": template}).encode()

    def metadata(self):
        newest = json.loads(self.root().read_text())["signed"]["version"]
        return {**super().metadata(), f"{newest}.root.json": self.as_device(f"/device/v1/tuf/{newest}.root.json")}

    def true_log(self):
        return Read(lambda name: self.as_device(f"/device/v1/log/{name}"), log_keys(self.root().read_text()))

    def test_9_a_release_that_people_signed_in_secret_is_refused_or_seen(self):
        world, type(self).runs = self.world, "1.8.1"
        self.take_over()
        # Versions of what the director says are ahead of the clock after so many starts.
        self.thief.at = json.loads((self.gateway.folder / "trust/+director.json").read_text())["signed"]["version"]
        path, entry = self.theirs("6.6.6")
        # Not in the log that all others see: the device does not install it.
        detail = self.refused("unlogged", path, "6.6.6")
        self.assertIn(f"{path} is not in it", detail)
        # In a log for this device alone: it does, and keeps what proves it.
        Theirs.log = self.thief.log(self.thief.true_log.entries + [entry])
        ended = self.offer(path, "6.6.6")
        self.assertEqual((ended["state"], ended["running_version"]), ("verified", "6.6.6"), ended)
        forked = world.folder / "shown-to-the-device"
        forked.write_text((self.gateway.folder / "trust/+log.checkpoint").read_text())
        # The true server shows another one from then on, and both who has the device's and the device notice.
        self.ask(world.server.port)
        self.publish()
        with self.assertRaises(Failed) as caught:
            self.verify("--kept", forked)
        self.assertRegex(caught.exception.text, "are others than before|the proof does not hold")
        done = self.install("6.6.7", "failed")
        self.assertIn("the log of what was published", done["detail"])
        wait_until("the fact", lambda: any(fact["key"] == "x.attack" and fact["value"] in ("split_view", "rollback")
                                           for fact in world.device(self.gateway)["facts"]))
        told = wait_until("the alarm", lambda: [each for each in world.oakum("alarm", "list") if each["kind"] == "attack_seen"])
        self.assertTrue(told[0]["urgent"])
        # The key is taken away, as docs/log.md says, and the device goes on.
        only, = json.loads(self.root().read_text())["signed"]["x-oakum-log"]["keyids"]
        self.hand_in("--add", f"log={self.new_key()}", "--remove", f"log={only}")
        self.install("6.6.8")
        self.assertEqual(self.seen().origin, self.read().checkpoint.origin)
        wait_until("the fact is gone", lambda: not any(fact["key"] == "x.attack" for fact in world.device(self.gateway)["facts"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
