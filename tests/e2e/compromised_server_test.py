#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server that is wholly in somebody else's hands: its process, its database, its certificate authority, and every online key
(timestamp, snapshot, director, log). It can install nothing on a real agent that people did not sign for that hardware, and nothing
that is older; each try is told to the true server as soon as that is back. What it can do is shown too."""
import copy
import hashlib
import json
import subprocess
import unittest
import urllib.error

from oakum_world import CAMERA, GATEWAY, WorldTest, sbom, wait_until
from stolen_server import HOUR, OWN, StolenServer, Theirs
from tuf_repository import now


class CompromisedServer(StolenServer, WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(cls.gateway, "1.4.2")
        cls.images = {}
        for model, version in ((GATEWAY, "1.4.9"), (GATEWAY, "1.5.0"), (GATEWAY, "1.6.0"), (CAMERA, "3.2.0")):
            document = sbom(model, version) if sbom(model, version).exists() else world.variant(model, "1.5.0", version)
            image = world.image_of(document)
            release = world.release(model, version, image, "--sbom", document)
            cls.images[version] = (release, image.read_bytes())

    # ---- the true server

    def test_1_a_directed_update_leaves_the_devices_signature(self):
        """Before anything bad: the director permits what was rolled out, and the device signs what it runs then."""
        done = self.world.wait_for_end(self.world.roll_out(self.images["1.5.0"][0]["id"])["id"], self.gateway)
        self.assertEqual((done["state"], done["version_after"]), ("verified", "1.5.0"), done)
        self.assertTrue((self.gateway.folder / "trust" / "+director.json").exists())
        events = wait_until("the signed report", lambda: [
            event for event in self.world.all(f"/api/v1/devices/{self.gateway.id}/history")
            if event["kind"] == "manifest"])
        evidence = json.loads(events[0]["after"])
        manifest = json.loads(evidence["manifest"])
        digest = hashlib.sha256(self.images["1.5.0"][1]).hexdigest()
        self.assertEqual((manifest["running_version"], manifest["digest"]), ("1.5.0", digest), manifest)
        self.check_signature(evidence)

    def check_signature(self, evidence):
        """By openssl, with nothing but the event, as an auditor would."""
        folder = self.world.folder / "evidence"
        folder.mkdir(exist_ok=True)
        kind = "application/vnd.oakum.manifest+json"
        (folder / "certificate.pem").write_text(evidence["certificate_pem"])
        (folder / "signature").write_bytes(bytes.fromhex(evidence["signature"]))
        (folder / "message").write_text(f"DSSEv1 {len(kind)} {kind} {len(evidence['manifest'].encode())} {evidence['manifest']}")

        def openssl(*words):
            return subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60).stdout
        (folder / "key.pem").write_bytes(openssl("x509", "-in", "certificate.pem", "-noout", "-pubkey"))
        self.assertIn(b"OK", openssl("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"))

    # ---- the thief

    def test_2_nothing_that_was_not_signed_for_it_is_installed(self):
        self.take_over()
        thief, me = self.thief, self.gateway.id
        wanted, older, camera = self.path_of("1.6.0"), self.path_of("1.4.9"), self.path_of("3.2.0")
        evil = b"all your gateways"
        Theirs.artifacts[hashlib.sha256(evil).hexdigest()] = evil
        theirs = {"length": len(evil), "hashes": {"sha256": hashlib.sha256(evil).hexdigest()}}

        with self.subTest("an artifact that nobody approved, in a list that they sign"):
            listed = copy.deepcopy(thief.targets)
            listed["targets"][wanted].update(theirs)
            Theirs.files = thief.publish(targets=thief.sign("director", listed))
            Theirs.direction = thief.direction(me, wanted, of=listed["targets"][wanted])
            self.refused("unapproved", wanted, "1.6.0")
        Theirs.files = thief.publish()
        with self.subTest("an artifact that nobody approved, by the director alone"):
            Theirs.direction = thief.direction(me, "gateway/6.6.6/evil.img", of=thief.targets["targets"][wanted], **theirs)
            self.refused("unapproved", "gateway/6.6.6/evil.img", "6.6.6")
        with self.subTest("mix and match: another file under an approved name"):
            Theirs.direction = thief.direction(me, wanted, **theirs)
            self.refused("mix_and_match", wanted, "1.6.0")
        with self.subTest("mix and match: an approved file said to be for this hardware"):
            Theirs.direction = thief.direction(me, camera, terms={"models": [GATEWAY]})
            self.refused("mix_and_match", camera, "3.2.0")
        with self.subTest("a release for other hardware"):
            Theirs.direction = thief.direction(me, camera)
            self.refused("wrong_hardware", camera, "3.2.0")
        with self.subTest("rollback: an older approved release"):
            Theirs.direction = thief.direction(me, older)
            self.refused("rollback", older, "1.4.9")
        with self.subTest("rollback: said to be the way back"):
            Theirs.direction = thief.direction(me, older)
            self.refused("rollback", older, "1.4.9", is_rollback=True)
        with self.subTest("rollback: an older list of releases"):
            # With each key of theirs a snapshot can be signed, and not one that goes back.
            Theirs.files = thief.publish(version=thief.snapshot["meta"]["targets.json"]["version"] - 1)
            Theirs.direction = thief.direction(me, wanted)
            self.refused("rollback", wanted, "1.6.0")
        Theirs.files = thief.publish()
        with self.subTest("rollback: an older direction"):
            Theirs.direction = thief.direction(me, wanted, version=thief.at - 100)
            self.refused("rollback", wanted, "1.6.0")
        with self.subTest("another device's permission"):
            Theirs.direction = thief.direction("0" * 25 + "7", wanted)
            self.refused("wrong_device", wanted, "1.6.0")
        with self.subTest("a permission that is over"):
            Theirs.direction = thief.direction(me, wanted, until=-HOUR)
            self.refused("replay", wanted, "1.6.0")
        with self.subTest("freeze: metadata that has expired"):
            Theirs.direction = thief.direction(me, wanted)
            Theirs.files = thief.publish(expires=now() - HOUR)
            self.refused("freeze", wanted, "1.6.0")
        Theirs.files = thief.publish()
        with self.subTest("no log of what was published"):
            Theirs.direction, Theirs.log = thief.direction(me, wanted), {}
            self.refused("unlogged", wanted, "1.6.0")
        with self.subTest("another log than the one that the device saw"):
            entries = list(thief.true_log.entries)
            entries[2] = entries[2].replace(b'"releases":0', b'"releases":7')
            Theirs.log = thief.log(entries + [b'{"kind":"theirs"}'])
            self.assertNotEqual(entries, thief.true_log.entries)
            self.refused("split_view", wanted, "1.6.0")
        with self.subTest("a log from before what the device saw"):
            Theirs.log = thief.log(thief.true_log.entries[:2])
            self.refused("rollback", wanted, "1.6.0")
        Theirs.log = thief.log(thief.true_log.entries)
        with self.subTest("a root of theirs"):
            root = {**copy.deepcopy(thief.root), "version": 2}
            root["roles"]["targets"] = {"keyids": root[OWN + "director"]["keyids"], "threshold": 1}
            Theirs.files = {**thief.publish(), "2.root.json": thief.sign("director", root)}
            Theirs.deaf = True  # what is said last is said to the true server
            self.refused("unapproved", wanted, "1.6.0")

    def test_3_the_true_server_hears_of_it(self):
        world, me = self.world, self.gateway.id
        self.ask(world.server.port)
        wait_until("the fact", lambda: any(fact["key"] == "x.attack" and fact["value"] == "unapproved"
                                           for fact in world.device(self.gateway)["facts"]))
        said = world.oakum("device", "explain", "GW-0001", json_output=False)
        self.assertIn("refused what it was told to install", said)
        events = wait_until("the signed account", lambda: [
            event for event in world.all(f"/api/v1/devices/{me}/history") if event["kind"] == "attack"])
        evidence = json.loads(events[0]["after"])
        self.check_signature(evidence)
        # Only what the device's own key signed is taken for its word, and the same word once.
        folder = world.folder / "theirs"
        for forged in ({"manifest": evidence["manifest"].replace('"1.5.0"', '"1.6.0"')},
                       {"signature": "00" + evidence["signature"][2:]},
                       {"certificate_pem": (folder / "certificate.pem").read_text()}):
            with self.assertRaises(urllib.error.HTTPError) as answer:
                self.as_device("/device/v1/director", {**evidence, **forged})
            self.assertEqual(answer.exception.code, 403, answer.exception.read())
        self.as_device("/device/v1/director", evidence)
        self.assertEqual(len([event for event in world.all(f"/api/v1/devices/{me}/history") if event["kind"] == "attack"]), 1)
        self.assertEqual([device["id"] for device in world.all("/api/v1/devices", query="x.attack = unapproved")], [me])
        told = wait_until("the alarm", lambda: [each for each in world.oakum("alarm", "list") if each["kind"] == "attack_seen"])
        self.assertEqual(told[0]["what"], "1 device refused what it was served: it was not what those who may had signed.")
        self.assertTrue(told[0]["urgent"])

    def test_4_what_it_can_do(self):
        """Choose among what people approved for this hardware, not older than what runs; and withhold."""
        self.take_over()
        path = self.path_of("1.6.0")
        Theirs.direction = self.thief.direction(self.gateway.id, path)
        ended = self.offer(path, "1.6.0")
        self.assertEqual((ended["state"], ended["running_version"]), ("verified", "1.6.0"), ended)
        self.ask(self.world.server.port)
        self.world.wait_for_version(self.gateway, "1.6.0")
        wait_until("the fact is gone", lambda: not any(
            fact["key"] == "x.attack" for fact in self.world.device(self.gateway)["facts"]))
        wait_until("the alarm closes", lambda: not any(each["kind"] == "attack_seen" for each in self.world.oakum("alarm", "list")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
