# SPDX-License-Identifier: Apache-2.0
"""A log of what was published, read and checked by code written apart from Oakum's own (RFC 6962, C2SP signed-note,
tlog-checkpoint, tlog-tiles), and a forger of one: for the end-to-end tests."""
import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_root(leaves):
    """RFC 6962 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return node_hash(tree_root(leaves[:left]), tree_root(leaves[left:]))


def number_path(index):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts)


def bundles(size):
    """The names of the bundles of entries of a log, each with how many it holds."""
    for index in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - index * WIDTH)
        yield f"tile/entries/{number_path(index)}" + ("" if width == WIDTH else f".p/{width}"), width


def split(bundle):
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:2 + length])
        bundle = bundle[2 + length:]
    return entries


def key_id(name, raw):
    return hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]


class Checkpoint:
    """A signed note, verified against these raw public keys."""

    def __init__(self, note, keys):
        self.note = note
        text, signatures = note.rsplit("\n\n", 1)
        text += "\n"
        self.origin, size, root = text.splitlines()[:3]
        self.size, self.root = int(size), base64.b64decode(root)
        self.name, self.epoch = self.origin.rsplit("/", 1)
        good = False
        for line in signatures.splitlines():
            dash, name, value = line.split(" ")
            value = base64.b64decode(value)
            for raw in keys:
                if dash == "\u2014" and name == self.name and value[:4] == key_id(name, raw):
                    try:
                        Ed25519PublicKey.from_public_bytes(raw).verify(value[4:], text.encode())
                        good = True
                    except InvalidSignature:
                        pass
        if not good:
            raise AssertionError(f"no known key signed {note}")


def log_keys(root):
    """Those that sign the log by a root's word."""
    signed = json.loads(root)["signed"]
    return [bytes.fromhex(signed["keys"][key]["keyval"]["public"]) for key in signed["x-oakum-log"]["keyids"]]


class Read:
    """A whole log through get(NAME) -> bytes; its root is what its entries make it."""

    def __init__(self, get, keys, name="checkpoint"):
        self.checkpoint = Checkpoint(get(name).decode(), keys)
        self.entries = []
        for path, width in bundles(self.checkpoint.size):
            found = split(get(f"{self.checkpoint.epoch}/{path}"))
            if len(found) != width:
                raise AssertionError(f"{path} holds {len(found)} entries")
            self.entries += found
        self.leaves = [leaf_hash(entry) for entry in self.entries]
        if tree_root(self.leaves) != self.checkpoint.root:
            raise AssertionError("the entries have another root")

    def said(self):
        return [json.loads(entry) for entry in self.entries]

    def releases(self):
        return [entry["path"] for entry in self.said() if entry["kind"] == "release"]

    def goes_on_from(self, before):
        return (before.checkpoint.origin == self.checkpoint.origin and
                tree_root(self.leaves[:before.checkpoint.size]) == before.checkpoint.root)


def forge(name, epoch, entries, key):
    """All files of a log with these entries, signed by a private key: NAME -> bytes."""
    leaves = [leaf_hash(entry) for entry in entries]
    raw = key.public_key().public_bytes_raw()
    text = f"{name}/{epoch}\n{len(entries)}\n{base64.b64encode(tree_root(leaves)).decode()}\n"
    signature = base64.b64encode(key_id(name, raw) + key.sign(text.encode())).decode()
    note = f"{text}\n\u2014 {name} {signature}\n".encode()
    files = {"checkpoint": note, f"{epoch}/checkpoint": note}
    hashes, level = leaves, 0
    while hashes:
        for index in range((len(hashes) + WIDTH - 1) // WIDTH):
            part = hashes[index * WIDTH:(index + 1) * WIDTH]
            suffix = "" if len(part) == WIDTH else f".p/{len(part)}"
            files[f"{epoch}/tile/{level}/{number_path(index)}{suffix}"] = b"".join(part)
        hashes = [tree_root(hashes[at:at + WIDTH]) for at in range(0, len(hashes) - WIDTH + 1, WIDTH)]
        level += 1
    for at, (path, width) in enumerate(bundles(len(entries))):
        part = entries[at * WIDTH:at * WIDTH + width]
        files[f"{epoch}/{path}"] = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
    for at in reversed(range(len(leaves))):
        files[f"{epoch}/leaf/{leaves[at].hex()}"] = f"{at}\n".encode()
    return files
