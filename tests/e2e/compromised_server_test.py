#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server that is wholly in somebody else's hands: its process, its database, its certificate authority, and every online key
(timestamp, snapshot, director). It can install nothing on a real agent that people did not sign for that hardware, and nothing
that is older; each try is told to the true server as soon as that is back. What it can do is shown too."""
import copy
import datetime
import hashlib
import http.server
import json
import re
import ssl
import subprocess
import threading
import unittest
import urllib.error
import urllib.request

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from oakum_world import CAMERA, GATEWAY, WorldTest, sbom, wait_until
from tuf_repository import DAY, canonical, now, stamp

HOUR = datetime.timedelta(hours=1)
OWN = "x-oakum-"


class Thief:
    """The online keys, and documents made with them."""

    def __init__(self, online, files):
        self.files = files
        newest = max((int(name.split(".")[0]), name) for name in files if name.endswith(".root.json"))[1]
        root = json.loads(files[newest])["signed"]
        ids = {role: root["roles"][role]["keyids"][0] for role in ("timestamp", "snapshot")}
        ids["director"] = root[OWN + "director"]["keyids"][0]
        self.keys = {role: (key_id, load_pem_private_key((online / f"{role}.pem").read_bytes(), None))
                     for role, key_id in ids.items()}
        self.timestamp = json.loads(files["timestamp.json"])["signed"]
        self.snapshot = json.loads(files[f"{self.timestamp['meta']['snapshot.json']['version']}.snapshot.json"])["signed"]
        self.targets = json.loads(files[f"{self.snapshot['meta']['targets.json']['version']}.targets.json"])["signed"]
        self.root = root

    def sign(self, role, document):
        key_id, key = self.keys[role]
        return json.dumps({"signatures": [{"keyid": key_id, "sig": key.sign(canonical(document).encode()).hex()}],
                           "signed": document}).encode()

    def publish(self, targets=None, version=None, expires=None):
        """Snapshot and timestamp anew, over what is there or over other bytes of the list of releases."""
        snapshot, timestamp = copy.deepcopy(self.snapshot), copy.deepcopy(self.timestamp)
        files = dict(self.files)
        entry = snapshot["meta"]["targets.json"]
        if version is not None:
            entry["version"] = version
        if targets is not None:
            files[f"{entry['version']}.targets.json"] = targets
            entry.update(length=len(targets), hashes={"sha256": hashlib.sha256(targets).hexdigest()})
        self.snapshot["version"] += 1
        self.timestamp["version"] += 1
        snapshot["version"], timestamp["version"] = self.snapshot["version"], self.timestamp["version"]
        timestamp["expires"] = stamp(expires or now() + DAY)
        body = self.sign("snapshot", snapshot)
        files[f"{snapshot['version']}.snapshot.json"] = body
        timestamp["meta"]["snapshot.json"] = {"version": snapshot["version"], "length": len(body),
                                              "hashes": {"sha256": hashlib.sha256(body).hexdigest()}}
        files["timestamp.json"] = self.sign("timestamp", timestamp)
        return files

    def direction(self, device, path, terms=None, of=None, until=HOUR, version=None, **changes):
        """What the director says to a device of a file, as the list has it unless said otherwise."""
        file = copy.deepcopy(of or self.targets["targets"][path])
        file.update(changes)
        file["custom"]["oakum"].update(terms or {})
        file["custom"]["oakum"]["direction"] = {"device": device, "rollout": "theirs", "wave": 0,
                                                "not_after": stamp(now() + until)}
        self.at = max(getattr(self, "at", 0) + 1, int(now().timestamp()))
        return self.sign("director", {"_type": "targets", "spec_version": "1.0.31", "version": version or self.at,
                                      "expires": stamp(now() + DAY), OWN + "device": device, "targets": {path: file}})


class Theirs(http.server.BaseHTTPRequestHandler):
    """The device's side of the protocol, saying what the test put into the class."""
    protocol_version = "HTTP/1.1"
    offer, files, direction, artifacts, deaf = None, {}, b"", {}, False
    reports, manifests, inventories, desired = [], [], [], 1 << 40

    def log_message(self, *_):
        pass

    def reply(self, body, status=200):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_POST(self):
        said, kind = self.body(), type(self)
        if self.path.endswith("/poll"):
            return self.reply({"desired": kind.desired, "poll_seconds": 1, **({"offer": kind.offer} if kind.offer else {})})
        if self.path.endswith("/report"):
            kind.reports.append(said)
            return self.reply({"outcome": "accepted", "poll_seconds": 1})
        if self.path.endswith("/director"):
            manifest = json.loads(said["manifest"])
            kind.manifests.append(manifest)
            if kind.deaf and "attack" in manifest:
                return self.reply({}, 503)
            return self.reply(kind.direction)
        return self.reply({}, 404)

    def do_PUT(self):
        type(self).inventories.append(self.body()["facts"])
        self.send_response(204)
        self.end_headers()

    def do_GET(self):
        name = self.path.rsplit("/", 1)[1]
        found = type(self).files.get(name) if "/tuf/" in self.path else type(self).artifacts.get(name)
        if found is None:
            return self.reply({}, 404)
        begin = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not begin:
            return self.reply(found)
        first, last = int(begin[1]), min(int(begin[2]), len(found) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(found)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(found[first:last + 1])
        return None


class CompromisedServer(WorldTest):
    thief = None

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

    def path_of(self, version):
        return next(path for path, file in self.thief.targets["targets"].items()
                    if file["custom"]["oakum"]["version"] == version)

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

    def as_device(self, path, body=None):
        """One request with the device's certificate."""
        context = ssl.create_default_context(cafile=self.world.server.ca)
        context.check_hostname = False
        context.load_cert_chain(self.gateway.folder / "identity.pem")
        data = None if body is None else json.dumps(body).encode()
        return urllib.request.urlopen(urllib.request.Request(self.world.server.url + path, data), context=context,
                                      timeout=30).read()

    def metadata(self):
        """All that is published, as the device may fetch it."""
        def fetch(name):
            return self.as_device(f"/device/v1/tuf/{name}")
        files = {name: fetch(name) for name in ("1.root.json", "timestamp.json")}
        version = json.loads(files["timestamp.json"])["signed"]["meta"]["snapshot.json"]["version"]
        files[f"{version}.snapshot.json"] = fetch(f"{version}.snapshot.json")
        version = json.loads(files[f"{version}.snapshot.json"])["signed"]["meta"]["targets.json"]["version"]
        files[f"{version}.targets.json"] = fetch(f"{version}.targets.json")
        return files

    def take_over(self):
        """From here on the agent's server is theirs, with the true one's keys."""
        online = self.world.server.folder / "keys" / "online"
        if self.thief is None:
            type(self).thief = Thief(online, self.metadata())
        folder = self.world.folder / "theirs"
        folder.mkdir(exist_ok=True)
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        for words in (["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem",
                       "-out", "request.pem", "-subj", "/CN=theirs"],
                      ["x509", "-req", "-in", "request.pem", "-CA", str(online / "ca.pem"), "-CAkey", str(online / "ca.key"),
                       "-out", "certificate.pem", "-days", "2", "-extfile", "names", "-set_serial", "77"]):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Theirs)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        Theirs.files, Theirs.offer, Theirs.direction, Theirs.deaf = self.thief.publish(), None, b"", False
        Theirs.artifacts = {hashlib.sha256(image).hexdigest(): image for _, image in self.images.values()}
        self.ask(server.server_address[1])

    def ask(self, port):
        self.gateway.end()
        file = self.gateway.folder / "agent.conf"
        file.write_text(re.sub(r"(server = https://127\.0\.0\.1:)\d+", rf"\g<1>{port}", file.read_text()))
        self.gateway.start()
        # Slots are unpacked again at each start, before it says that it started.
        self.gateway.process.wait_for(r"agent: started in slot", 60)
        wait_until("the slots", lambda: len(self.gateway.slot_versions()) == 2, 60)

    def offer(self, path, version, **more):
        """An offer of theirs, and how the device ended it."""
        Theirs.desired += 1
        deployment = f"{Theirs.desired:026d}"
        Theirs.reports.clear(), Theirs.manifests.clear(), Theirs.inventories.clear()
        Theirs.offer = {"deployment": deployment, "attempt": 1, "release_name": "gateway", "release_version": version,
                        "target_path": path, "length": 1, "soak_seconds": 0, **more}
        ended = wait_until(f"the end of {deployment}", lambda: next(
            (report for report in Theirs.reports if report["deployment"] == deployment and
             report["state"] in ("failed", "rolled_back", "verified")), None), 60)
        Theirs.offer = None
        return ended

    def refused(self, attack, path, version, **more):
        """It is refused for that, nothing is written, and it is told twice: signed, and with the inventory."""
        before = self.gateway.slot_versions()
        ended = self.offer(path, version, **more)
        self.assertEqual(ended["state"], "failed", ended)
        manifest = wait_until("the signed report", lambda: next(
            (each for each in Theirs.manifests if each.get("attack")), None), 60)
        self.assertEqual((manifest["attack"], manifest["running_version"]), (attack, "1.5.0"), (manifest, ended))
        if not Theirs.deaf:
            wait_until("the inventory", lambda: any(facts.get("x.attack") == attack for facts in Theirs.inventories), 60)
        self.assertEqual(self.gateway.state()["attacked"]["attack"], attack)
        self.assertEqual(self.gateway.slot_versions(), before)
        return manifest["detail"]

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
