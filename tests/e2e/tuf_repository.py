# SPDX-License-Identifier: Apache-2.0
"""A TUF repository that a test edits and serves, and oakum-tuf as its client.

The documents are plain dictionaries: a test writes into them what it likes and publishes. It is written apart from
Oakum's own codecs, so that both have to agree on the bytes.
"""
import copy
import datetime
import hashlib
import http.server
import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from oakum_world import BIN

TOP = ("root", "timestamp", "snapshot", "targets")
DAY = datetime.timedelta(days=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(value):
    """OLPC's canonical JSON, from its description in POUF-1."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in sorted(value)) + "}"


class Signer:
    """A key pair; `spelling` of a P-256 key is "pem", "hex" or "old" (the type named after the scheme)."""

    def __init__(self, kind="ed25519", spelling="pem", salt=32):
        self.kind, self.salt = kind, salt
        if kind == "ed25519":
            self.private = ed25519.Ed25519PrivateKey.generate()
            raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            self.key = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": raw.hex()}}
        elif kind == "ecdsa":
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.key = {"keytype": "ecdsa" if spelling == "pem" else "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256",
                        "keyval": {"public": self._point() if spelling == "hex" else self._pem()}}
        else:
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self.key = {"keytype": "rsa", "scheme": "rsassa-pss-sha256", "keyval": {"public": self._pem()}}

    def _pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def _point(self):
        return self.private.public_key().public_bytes(serialization.Encoding.X962,
                                                      serialization.PublicFormat.UncompressedPoint).hex()

    @property
    def id(self):
        return hashlib.sha256(canonical(self.key).encode()).hexdigest()

    def sign(self, text):
        if self.kind == "ed25519":
            return self.private.sign(text).hex()
        if self.kind == "ecdsa":
            return self.private.sign(text, ec.ECDSA(hashes.SHA256())).hex()
        return self.private.sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), self.salt), hashes.SHA256()).hex()


class Repository:
    """`signed` has the documents of each role as they will be published, `files` what is served, by URL."""

    def __init__(self, kind="ed25519"):
        self.signed, self.signers, self.published = {}, {role: [] for role in TOP}, {}
        self.files, self.asked, self.delegators = {}, [], {}
        self.with_hashes, self.kind = False, kind
        self.status = {}  # answers that are not what the files say, by URL
        for role in TOP:
            self.signed[role] = {"_type": role, "spec_version": "1.0.31", "version": 1, "expires": stamp(now() + 30 * DAY)}
        self.signed["root"].update(consistent_snapshot=True, keys={},
                                   roles={role: {"keyids": [], "threshold": 1} for role in TOP})
        self.signed["timestamp"]["meta"] = {"snapshot.json": {"version": 1}}
        self.signed["snapshot"]["meta"] = {}
        self.signed["targets"]["targets"] = {}
        for role in TOP:
            self.add_key(role)
        self.publish("targets", "snapshot", "timestamp", "root")
        self._serve()

    # ---- editing

    def authority(self, role):
        """The document and the entry that say who signs for a role."""
        if role in TOP:
            return self.signed["root"]["keys"], self.signed["root"]["roles"][role]
        delegations = self.signed[self.delegators[role]]["delegations"]
        return delegations["keys"], next(each for each in delegations["roles"] if each["name"] == role)

    def add_key(self, role, signer=None):
        signer = signer or Signer(self.kind)
        keys, entry = self.authority(role)
        keys[signer.id] = signer.key
        entry["keyids"].append(signer.id)
        self.signers.setdefault(role, []).append(signer)
        return signer

    def rotate(self, role):
        self.authority(role)[1]["keyids"].clear()
        self.signers[role].clear()
        return self.add_key(role)

    def delegate(self, delegator, name, paths=("*",), terminating=False, signer=None, **more):
        """A delegated role, at the end of the delegator's list, with a key of its own."""
        delegations = self.signed[delegator].setdefault("delegations", {"keys": {}, "roles": []})
        scope = {} if "path_hash_prefixes" in more else {"paths": list(paths)}
        delegations["roles"].append({"name": name, "keyids": [], "threshold": 1, "terminating": terminating, **scope, **more})
        self.delegators[name] = delegator
        if name not in self.signed:
            self.signed[name] = {"_type": "targets", "spec_version": "1.0.31", "version": 1,
                                 "expires": stamp(now() + 30 * DAY), "targets": {}}
        return self.add_key(name, signer)

    def add_target(self, role, path, content, algorithms=("sha256",)):
        digests = {name: hashlib.new(name, content).hexdigest() for name in algorithms}
        self.signed[role]["targets"][path] = {"length": len(content), "hashes": digests}
        folder, _, name = path.rpartition("/")
        for digest in digests.values():
            self.files["targets/" + (folder + "/" if folder else "") + digest + "." + name] = content
        self.files["targets/" + path] = content

    # ---- publishing

    def envelope(self, role, signers=None):
        text = canonical(self.signed[role]).encode()
        signatures = [{"keyid": each.id, "sig": each.sign(text)} for each in (signers or self.signers[role])]
        return {"signatures": signatures, "signed": copy.deepcopy(self.signed[role])}

    def name_of(self, role, version):
        named = urllib.parse.quote(role, "") + ".json"
        versioned = role == "root" or self.signed["root"]["consistent_snapshot"] and role != "timestamp"
        return f"metadata/{version}.{named}" if versioned else f"metadata/{named}"

    def store(self, role, document, version=None):
        """Serves this document, or these bytes, as a role's, under this version in its name."""
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.published[role] = data
        self.files[self.name_of(role, version or self.signed[role]["version"])] = data
        return data

    def publish(self, *roles):
        """A new version of each, in this order; snapshot and timestamp tell of what was published before them."""
        for role in roles:
            if role in self.published:
                self.signed[role]["version"] += 1
            self.describe(role, self.store(role, self.envelope(role)))

    def describe(self, role, data):
        told = {"version": self.signed[role]["version"]}
        if self.with_hashes:
            told.update(length=len(data), hashes={"sha256": hashlib.sha256(data).hexdigest()})
        if role == "snapshot":
            self.signed["timestamp"]["meta"]["snapshot.json"] = told
        elif role not in ("root", "timestamp"):
            self.signed["snapshot"]["meta"][role + ".json"] = told

    def publish_all(self):
        self.publish(*[role for role in self.signed if role not in ("root", "snapshot", "timestamp")], "snapshot", "timestamp")

    # ---- serving

    def _serve(self):
        repository = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                path = self.path.lstrip("/")
                repository.asked.append(path)
                answer = repository.status.get(path)
                if callable(answer):
                    return answer(self)
                # Names of roles stay as they were asked for; paths of targets are decoded, as servers of files do.
                data = repository.files.get(path if path.startswith("metadata/") else urllib.parse.unquote(path))
                self.send_response(answer or (200 if data is not None else 404))
                body = data if data is not None and not answer else b"no"
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def metadata_asked(self):
        """(role, version) of what was asked for, in order; None: by a name without version."""
        asked = []
        for path in self.asked:
            if path.startswith("metadata/"):
                name = path.removeprefix("metadata/").removesuffix(".json")
                version, dot, role = name.partition(".")
                asked.append((role, int(version)) if dot and version.isdigit() else (name, None))
        return asked

    def targets_asked(self):
        return [urllib.parse.unquote(path.removeprefix("targets/")) for path in self.asked if path.startswith("targets/")]


class Client:
    def __init__(self, folder, repository):
        self.folder, self.repository = pathlib.Path(folder), repository
        self.metadata, self.downloads = self.folder / "metadata", self.folder / "downloads"
        self.said = ""

    def run(self, *words, at=None):
        """The exit status; `at` is the time that the client believes it is."""
        fake = ["faketime", at.strftime("%Y-%m-%d %H:%M:%S")] if at else []
        done = subprocess.run([*fake, str(BIN / "oakum-tuf"), "--metadata-dir", str(self.metadata), *map(str, words)],
                              capture_output=True, text=True, timeout=120, check=False, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"})
        self.said = done.stdout + done.stderr
        return done.returncode

    def init(self, root=None):
        initial = self.folder / "initial_root.json"
        initial.write_bytes(root if root is not None else self.repository.files["metadata/1.root.json"])
        return self.run("init", initial)

    def refresh(self, at=None):
        return self.run("--metadata-url", self.repository.url + "metadata", "refresh", at=at)

    def download(self, *names, at=None):
        wanted = [word for name in names for word in ("--target-name", name)]
        return self.run("--metadata-url", self.repository.url + "metadata/", *wanted, "--target-base-url",
                        self.repository.url + "targets/", "--target-dir", self.downloads, "download", at=at)

    def bytes_of(self, role):
        return (self.metadata / (urllib.parse.quote(role, "") + ".json")).read_bytes()

    def version(self, role):
        try:
            return json.loads(self.bytes_of(role))["signed"]["version"]
        except FileNotFoundError:
            return None

    def trusted(self):
        """Version by role of all that is in the folder."""
        return {path.name.removesuffix(".json"): json.loads(path.read_bytes())["signed"]["version"]
                for path in self.metadata.glob("*.json")}

    def downloaded(self):
        """Contents by name; whatever lies in the folder counts."""
        return {str(path.relative_to(self.downloads)): path.read_bytes()
                for path in sorted(self.downloads.rglob("*")) if path.is_file()} if self.downloads.exists() else {}


class TufTest(unittest.TestCase):
    """Each test has `repo`, a repository with one version of everything, and `client`, which trusts its first root."""
    kind = "ed25519"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="oakum-tuf-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.repo = Repository(self.kind)
        self.addCleanup(self.repo.close)
        self.client = Client(self.folder, self.repo)

    def another(self):
        """A fresh repository and client, for the rows of a table."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="row-", dir=self.folder))
        repo = Repository(self.kind)
        self.addCleanup(repo.close)
        return repo, Client(folder, repo)

    def accepts(self, client=None, **more):
        client = client or self.client
        self.assertEqual(client.refresh(**more), 0, client.said)

    def refuses(self, *words, client=None, **more):
        client = client or self.client
        self.assertEqual(client.refresh(**more), 1, client.said)
        for word in words:
            self.assertIn(word, client.said)

    def begin(self, client=None):
        client = client or self.client
        self.assertEqual(client.init(), 0, client.said)
        self.accepts(client)
