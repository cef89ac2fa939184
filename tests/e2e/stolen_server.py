# SPDX-License-Identifier: Apache-2.0
"""A server that is wholly in somebody else's hands, for the end-to-end tests: its online keys, what can be signed with them, and
the device's side of the protocol saying whatever a test likes."""
import copy
import datetime
import hashlib
import http.server
import json
import re
import ssl
import subprocess
import threading
import urllib.request

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from oakum_world import wait_until
from published_log import Read, forge
from tuf_repository import DAY, canonical, now, stamp

HOUR = datetime.timedelta(hours=1)
OWN = "x-oakum-"
LOG = "/device/v1/log/"


def private_key(folder, role, key_id):
    """The key of this id, of those of a role in a folder."""
    for path in sorted(folder.glob(f"{role}*.pem")):
        key = load_pem_private_key(path.read_bytes(), None)
        public = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": key.public_key().public_bytes_raw().hex()}}
        if hashlib.sha256(canonical(public).encode()).hexdigest() == key_id:
            return key
    raise AssertionError(f"no key {key_id} of {role} in {folder}")


class Thief:
    """The online keys, and documents made with them."""

    def __init__(self, online, files):
        self.files = files
        newest = max((int(name.split(".")[0]), name) for name in files if name.endswith(".root.json"))[1]
        root = json.loads(files[newest])["signed"]
        ids = {role: root["roles"][role]["keyids"][0] for role in ("timestamp", "snapshot")}
        for role in ("director", "log"):
            ids[role] = root[OWN + role]["keyids"][0]
        self.keys = {role: (key_id, private_key(online, role, key_id)) for role, key_id in ids.items()}
        self.timestamp = json.loads(files["timestamp.json"])["signed"]
        self.snapshot = json.loads(files[f"{self.timestamp['meta']['snapshot.json']['version']}.snapshot.json"])["signed"]
        self.targets = json.loads(files[f"{self.snapshot['meta']['targets.json']['version']}.targets.json"])["signed"]
        self.root = root

    def sign(self, role, document):
        key_id, key = self.keys[role]
        return json.dumps({"signatures": [{"keyid": key_id, "sig": key.sign(canonical(document).encode()).hex()}],
                           "signed": document}).encode()

    def log(self, entries, name=None, epoch=None):
        """A log of theirs with these entries, as the true one is called unless said otherwise."""
        return forge(name or self.true_log.checkpoint.name, epoch or self.true_log.checkpoint.epoch, entries, self.keys["log"][1])

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
    offer, files, direction, artifacts, log, deaf = None, {}, b"", {}, {}, False
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
        if self.path.startswith(LOG):
            found = type(self).log.get(self.path[len(LOG):])
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


class StolenServer:
    """Of a WorldTest whose `gateway` is an agent that runs RUNS, and whose `images` are releases by version: (release, bytes)."""
    thief, runs = None, "1.5.0"

    def path_of(self, version):
        return next(path for path, file in self.thief.targets["targets"].items()
                    if file["custom"]["oakum"]["version"] == version)

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

    def true_log(self):
        """All of the log, as the device may fetch it; by the keys in keys/online."""
        key = load_pem_private_key((self.world.server.folder / "keys/online/log.pem").read_bytes(), None)
        return Read(lambda name: self.as_device(LOG + name), [key.public_key().public_bytes_raw()])

    def take_over(self):
        """From here on the agent's server is theirs, with the true one's keys."""
        online = self.world.server.folder / "keys" / "online"
        if self.thief is None:
            type(self).thief = Thief(online, self.metadata())
            self.thief.true_log = self.true_log()
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
        Theirs.log = self.thief.log(self.thief.true_log.entries)
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
        self.assertEqual((manifest["attack"], manifest["running_version"]), (attack, self.runs), (manifest, ended))
        if not Theirs.deaf:
            wait_until("the inventory", lambda: any(facts.get("x.attack") == attack for facts in Theirs.inventories), 60)
        self.assertEqual(self.gateway.state()["attacked"]["attack"], attack)
        self.assertEqual(self.gateway.slot_versions(), before)
        return manifest["detail"]
