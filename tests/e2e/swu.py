# SPDX-License-Identifier: Apache-2.0
"""Update files and a device for the real SWUpdate: signed .swu archives, and a swupdate that runs as a plain process,
without boot loader, root rights or slots of its own."""
import hashlib
import os
import pathlib
import shutil
import subprocess

SWUPDATE = shutil.which("swupdate")
BOARD = "testbox:1.0"


def signer(folder):
    """A key and a certificate that swupdate takes: CMS, for e-mail protection."""
    key, certificate = folder / "swu.key", folder / "swu.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "30", "-subj", "/CN=maker", "-addext", "extendedKeyUsage=critical,emailProtection",
                    "-addext", "keyUsage=critical,digitalSignature"], check=True, capture_output=True, timeout=60)
    return key, certificate


def _cpio(files):
    """newc with checksums, as swupdate reads it."""
    out = bytearray()

    def entry(name, content, number):
        encoded = name.encode() + b"\0"
        fields = [number, 0o100644 if content is not None else 0, 0, 0, 1, 0, len(content or b""), 0, 0, 0, 0,
                  len(encoded), sum(content or b"") & 0xffffffff]
        out.extend(b"070702" + b"".join(b"%08X" % field for field in fields) + encoded)
        out.extend(b"\0" * (-len(out) % 4))
        out.extend(content or b"")
        out.extend(b"\0" * (-len(out) % 4))

    for number, (name, content) in enumerate(files, 1):
        entry(name, content, number)
    entry("TRAILER!!!", None, 0)
    out.extend(b"\0" * (-len(out) % 512))
    return bytes(out)


def build(folder, name, version, target, payload, key, certificate):
    """A .swu that puts the payload at `target`."""
    digest = hashlib.sha256(payload).hexdigest()
    description = f"""software =
{{
    version = "{version}";
    hardware-compatibility: [ "1.0" ];
    files: (
        {{ filename = "payload"; path = "{target}"; sha256 = "{digest}"; }}
    );
}}
""".encode()
    work = folder / f"{name}.work"
    work.mkdir()
    (work / "sw-description").write_bytes(description)
    subprocess.run(["openssl", "cms", "-sign", "-in", work / "sw-description", "-out", work / "sw-description.sig",
                    "-signer", certificate, "-inkey", key, "-outform", "DER", "-nosmimecap", "-binary"], check=True,
                   capture_output=True, timeout=60)
    out = folder / name
    out.write_bytes(_cpio([("sw-description", description),
                           ("sw-description.sig", (work / "sw-description.sig").read_bytes()), ("payload", payload)]))
    shutil.rmtree(work)
    return out


class Device:
    """One swupdate in its own folder, restarted by the test as a device restarts."""

    def __init__(self, world, serial, certificate, secret, url=None, model="testbox"):
        self.world, self.serial, self.certificate, self.secret = world, serial, certificate, secret
        self.url, self.model = url or world.server.url, model
        self.folder = world.folder / "swupdate" / serial
        self.folder.mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        self.target = self.folder / "installed"
        self.process = None
        self.starts = 0

    @property
    def id(self):
        return self.world.device_id(self.serial)

    def installed(self):
        return self.target.read_bytes() if self.target.exists() else None

    def has_installed(self, payload):
        return "SWUPDATE successful" in self.said() and self.installed() == payload

    def start(self, version, *more):
        """Boots it: it says that version among its attributes."""
        self.starts += 1
        config = self.folder / "swupdate.cfg"
        config.write_text(f"""globals : {{ public-key-file = "{self.certificate}"; }};
suricatta : {{
    tenant = "DEFAULT"; id = "{self.serial}"; url = "{self.url}"; cafile = "{self.world.server.ca}";
    gatewaytoken = "{self.secret}"; polldelay = 1; retry = 20; retrywait = 1;
}};
identify : (
    {{ name = "device_type"; value = "{self.model}"; }},
    {{ name = "version"; value = "{version}"; }}
);
""", encoding="utf-8")
        environment = {**self.world.environment(), "TMPDIR": str(self.folder / "tmp")}
        from oakum_world import Process
        self.process = Process([SWUPDATE, "-f", config, "-H", BOARD, "-l", "5", "-u", " ".join(more) or "-e"],
                               self.world.logs / f"{self.serial}.log", environment)
        self.world.programs.append(self.process)
        return self

    def said(self):
        return self.process.said()

    def stop(self):
        self.process.end(9)
        # Its helpers end with it or soon after; their sockets would be in the way of the next start.
        shutil.rmtree(self.folder / "tmp")
        (self.folder / "tmp").mkdir()

    def children(self):
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if f"TMPDIR={self.folder}/tmp".encode() in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def end_all(self):
        for pid in self.children():
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
