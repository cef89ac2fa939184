# SPDX-License-Identifier: Apache-2.0
"""Artifacts for Mender's client, a device that runs the real one in a private mount namespace (its own /etc/mender and update
modules, so that the machine's are left alone), and a plain one that asks what a test wants asked."""
import base64
import json
import shutil
import subprocess

from oakum_world import Process, WorldTest, wait_until

MODEL = "testbox"
MENDER = shutil.which("mender")
ARTIFACT = shutil.which("mender-artifact")
MODULES = "/usr/share/mender/modules/v3"
AUTHENTICATION = "/api/devices/v1/authentication/auth_requests"
INVENTORY = "/api/devices/v1/inventory/device/attributes"
DEPLOYMENTS = "/api/devices/{}/deployments/device/deployments/"

# Holds its download until a file is there: what a test does meanwhile happens while the device downloads.
HELD = """#!/bin/sh
case "$1" in
    Download) touch {folder}/began; while [ ! -e {folder}/go ]; do sleep 0.1; done ;;
    NeedsArtifactReboot) echo No ;;
    SupportsRollback) echo Yes ;;
    ArtifactInstall) cp "$2/files/app.bin" {folder}/target/app.bin ;;
esac
"""


def usable():
    """Whether a private mount namespace may be made here."""
    return bool(MENDER and ARTIFACT and shutil.which("unshare")) and subprocess.run(
        ["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


def artifact(out, module, name, device_type, files, *more):
    """An artifact of an update module, of these files."""
    words = [ARTIFACT, "write", "module-image", "-T", module, "-t", device_type, "-n", name, "-o", out, *more]
    for file in files:
        words += ["-f", file]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return out


def single_file(folder, name, device_type, content, target_dir, *more):
    """One that writes one file into a folder."""
    file = folder / "app.bin"
    file.write_bytes(content)
    for member, text in (("dest_dir", target_dir), ("filename", file.name), ("permissions", "644")):
        (folder / member).write_text(f"{text}\n", encoding="utf-8")
    return artifact(folder / f"{name}.mender", "single-file", name, device_type,
                    [folder / "dest_dir", folder / "filename", folder / "permissions", file], *more)


def directory(folder, name, device_type, files, target_dir):
    """One that replaces a folder."""
    (folder / "dest_dir").write_text(f"{target_dir}\n", encoding="utf-8")
    tree = folder / "tree"
    tree.mkdir()
    for member, content in files.items():
        (tree / member).write_bytes(content)
    subprocess.run(["tar", "-cf", folder / "update.tar", "-C", tree, "."], check=True, timeout=60)
    return artifact(folder / f"{name}.mender", "directory", name, device_type, [folder / "dest_dir", folder / "update.tar"])


def signer(folder):
    """A key, in the form that Debian's mender-artifact takes, and its public half."""
    key, public = folder / "maker.key", folder / "maker.pub"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "2048"], check=True, capture_output=True, timeout=60)
    subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-out", public], check=True, capture_output=True, timeout=60)
    return key, public


class Device:
    def __init__(self, world, mac, token="", device_type="testbox", **settings):
        self.world, self.mac, self.serial = world, mac, mac
        self.folder = world.folder / "mender" / mac.replace(":", "")
        for name in ("etc", "var", "identity", "inventory", "target"):
            (self.folder / name).mkdir(parents=True)
        self.target = self.folder / "target"
        self._program("identity/mender-device-identity", f"#!/bin/sh\necho mac={mac}\n")
        shutil.copytree(MODULES, self.folder / "modules")
        self._program("modules/held", HELD.format(folder=self.folder))
        (self.folder / "var" / "device_type").write_text(f"device_type={device_type}\n", encoding="utf-8")
        (self.folder / "etc" / "artifact_info").write_text("artifact_name=rel-1\n", encoding="utf-8")
        self.configure(token, **settings)
        self.process = None

    def _program(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def configure(self, token, **more):
        settings = {"ServerURL": self.world.server.url, "ServerCertificate": str(self.world.server.ca),
                    "TenantToken": token, "UpdatePollIntervalSeconds": 1, "InventoryPollIntervalSeconds": 2,
                    "RetryPollIntervalSeconds": 1, "UpdateControlMapExpirationTimeSeconds": 120, **more}
        (self.folder / "etc" / "mender.conf").write_text(json.dumps(settings), encoding="utf-8")

    def give_key(self):
        """The client makes a key of its own otherwise, and takes long to."""
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", self.folder / "var" / "mender-agent.pem", "2048"],
                       check=True, capture_output=True, timeout=60)

    @property
    def id(self):
        return self.world.device_id(self.serial)

    def start(self):
        script = (f"mount --bind {self.folder}/etc /etc/mender && "
                  f"mount --bind {self.folder}/identity /usr/share/mender/identity && "
                  f"mount --bind {self.folder}/inventory /usr/share/mender/inventory && "
                  f"mount --bind {self.folder}/modules {MODULES} && "
                  f"exec mender --no-syslog --log-level debug --data {self.folder}/var daemon")
        self.process = Process(["unshare", "-m", "sh", "-c", script], self.world.logs / f"{self.mac.replace(':', '')}.log",
                               self.world.environment())
        self.world.programs.append(self.process)
        return self

    def said(self):
        return self.process.said()

    def stop(self):
        self.process.end(9)


class Plain:
    """Asks as a client of Mender does, with a key of its own."""

    def __init__(self, world, mac, token=""):
        from cryptography.hazmat.primitives.asymmetric import ed25519
        self.world, self.mac, self.token, self.serial = world, mac, token, mac
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.headers = {}

    def auth_request(self):
        """A body and its headers."""
        from cryptography.hazmat.primitives import serialization
        public = self.key.public_key().public_bytes(serialization.Encoding.PEM,
                                                    serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        body = json.dumps({"id_data": json.dumps({"mac": self.mac}), "tenant_token": self.token, "pubkey": public}).encode()
        return body + b"\n", {"X-MEN-Signature": base64.b64encode(self.key.sign(body + b"\n")).decode(),
                              "Content-Type": "application/json"}

    def authenticate(self):
        answer = self.world.raw("POST", AUTHENTICATION, *self.auth_request())
        if answer.status == 200:
            self.headers = {"Authorization": "Bearer " + answer.body.decode()}
        return answer.status

    def inventory(self, version, device_type="testbox"):
        told = [{"name": "device_type", "value": device_type}, {"name": "artifact_name", "value": version}]
        return self.world.raw("PUT", INVENTORY, json.dumps(told).encode(), self.headers).status

    def next(self, version, device_type="testbox", **more):
        body = {"device_provides": {"artifact_name": version, "device_type": device_type, **more}}
        return self.world.raw("POST", DEPLOYMENTS.format("v2") + "next", json.dumps(body).encode(), self.headers)

    def status(self, deployment, status):
        return self.world.raw("PUT", DEPLOYMENTS.format("v1") + deployment + "/status",
                              json.dumps({"status": status}).encode(), self.headers).status

    @property
    def id(self):
        return self.world.device_id(self.serial)


class Served(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--mender")
        cls.secret = world.enrolment(50)
        cls.count = 0

    def next_mac(self):
        type(self).count += 1
        return f"02:00:00:00:00:{self.count:02x}"

    def folder(self, name):
        folder = self.world.folder / "artifacts" / f"{self.count:02x}-{name}"
        folder.mkdir(parents=True)
        return folder

    def roll_out(self, device, name, artifact, soak=1):
        """A release for this device alone."""
        release = self.world.oakum("release", "create", "--name", f"line-{device.mac.replace(':', '')}", "--version", name,
                                   "--artifact", artifact, "--model", MODEL, "--publish")
        return self.world.roll_out(release["id"], soak=soak, query=f'serial = "{device.serial}"',
                                   name=f"{device.serial} to {name}")["id"]

    def state(self, rollout, device):
        return (self.world.deployment_of(rollout, device) or {"state": "none"})["state"]

    def wait_state(self, rollout, device, *states):
        return wait_until(f"{device.serial} {states}, was {self.state(rollout, device)}",
                          lambda: (self.world.deployment_of(rollout, device)
                                   if self.state(rollout, device) in states else None))

    def wait_version(self, device, version):
        wait_until(f"{device.serial} runs {version}",
                   lambda: self.world.get(f"/api/v1/devices/{device.id}")["running_version"] == version)

    def facts(self, device):
        return {fact["key"]: fact["value"] for fact in self.world.get(f"/api/v1/devices/{device.id}")["facts"]}
