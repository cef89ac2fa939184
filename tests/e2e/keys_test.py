#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys that are somewhere else: root and targets move to people's sealed files, releases are signed on a stick, and a stolen
key is taken away, with a real server and a device that follows every step."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from oakum_world import BIN, GATEWAY, Failed, WorldTest, sbom, wait_until

PASSPHRASE = "a long passphrase of "
PIN = "83620174"
SOFTHSM = next((path for path in pathlib.Path("/usr/lib").glob("**/libsofthsm2.so")), None)


class Keys(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.keys = world.server.folder / "keys"
        cls.tokens = {}  # the environment of who has a token
        cls.stick = world.folder / "stick"
        cls.stick.mkdir()
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(cls.gateway, "1.4.2")
        wait_until("the root in keys/public", (cls.keys / "public/root.json").exists)

    # ---- people and their files

    def oakum(self, *words, typed=(), expect=0):
        done = subprocess.run([str(BIN / "oakum"), *map(str, words)], input="".join(line + "\n" for line in typed), text=True,
                              capture_output=True, timeout=120, check=False, cwd=self.stick, env={**self.world.environment(), **self.tokens})
        self.assertEqual(done.returncode, expect, f"oakum {words}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def create(self, *holders):
        for holder in holders:
            self.oakum("key", "create", f"{holder}.key", "--holder", holder, typed=[PASSPHRASE + holder] * 2)
            self.assertEqual((self.stick / f"{holder}.key").stat().st_mode & 0o777, 0o600)
            self.assertNotIn("PRIVATE", (self.stick / f"{holder}.key").read_text())

    def sign(self, file, *holders):
        said = ""
        for holder in holders:
            secret = PIN if holder in ("helen", "ida") else PASSPHRASE + holder
            said = self.oakum("key", "sign", file, "--key", f"{holder}.key", "--without-root", typed=["yes", secret])
        return said

    def sign_plain(self, file, key):
        return self.oakum("key", "sign", file, "--key", key, "--without-root", "--yes")

    def root(self, folder=None):
        return json.loads(((folder or self.keys / "public") / "root.json").read_text())

    def id_of(self, role):
        only, = self.root()["signed"]["roles"][role]["keyids"]
        return only

    def hand_in(self, file, adopted=True):
        """Carries a file to the server; what it said when it refused."""
        name = pathlib.Path(file).name
        for folder in ("adopted", "refused"):
            (self.keys / folder / name).unlink(missing_ok=True)
        draft = self.keys / "incoming" / (name + ".part")
        draft.write_bytes((self.stick / file).read_bytes())
        draft.rename(self.keys / "incoming" / name)
        there = wait_until(f"the server's answer to {name}", lambda: next(
            (folder for folder in ("adopted", "refused") if (self.keys / folder / name).exists()), None))
        why = self.keys / "refused" / (name + ".why.txt")
        said = why.read_text() if there == "refused" else ""
        self.assertEqual(there, "adopted" if adopted else "refused", said + self.world.server.log.read_text()[-2000:])
        return said

    def wait_for_root(self, version):
        wait_until(f"root {version} in keys/public", lambda: self.root()["signed"]["version"] == version)

    def device_root(self):
        return max(json.loads(path.read_text())["signed"]["version"] for path in self.gateway.folder.rglob("root.json"))

    def publish_elsewhere(self, version, *holders):
        """A release whose list is signed by people, and a device that installs it."""
        world = self.world
        document = world.variant(GATEWAY, "1.5.0", version)
        with self.assertRaises(Failed) as refused:
            world.release(GATEWAY, version, world.image_of(document), "--sbom", document)
        self.assertIn("keys/outgoing", refused.exception.text)
        name = f"publish-gateway-{version}.json"
        prepared = wait_until(name, lambda: next((self.keys / "outgoing").glob(name), None))
        draft = next(each for each in world.oakum("release", "list") if each["version"] == version)
        self.assertEqual(draft["state"], "draft")
        wait_until(f"{name} after the newest list", lambda: json.loads(prepared.read_text())["present_targets"] ==
                   (self.keys / "public/targets.json").read_text())
        (self.stick / name).write_bytes(prepared.read_bytes())
        self.assertIn(f"release gateway {version}", self.oakum("key", "show", name))
        self.sign(name, *holders)
        self.hand_in(name)
        wait_until(f"{version} is published", lambda: next(
            each for each in world.oakum("release", "list") if each["version"] == version)["state"] == "published")
        wait_until(f"{name} is gone", lambda: not (self.keys / "outgoing" / name).exists())
        rollout = world.roll_out(draft["id"], name=version)["id"]
        done = world.wait_for_end(rollout, self.gateway)
        self.assertEqual((done["state"], done["version_after"]), ("verified", version), done)

    # ---- the drill, in its order

    def test_1_root_and_targets_move_to_people(self):
        self.create("anna", "ben", "cleo", "dora", "emil")
        said = self.oakum("key", "rotate", "--from", self.keys / "public", "--file", "move.json",
                          "--add", "root=anna.key.pub", "--add", "root=ben.key.pub", "--add", "root=cleo.key.pub",
                          "--remove", f"root={self.id_of('root')}", "--threshold", "root=2",
                          "--add", "targets=dora.key.pub", "--add", "targets=emil.key.pub",
                          "--remove", f"targets={self.id_of('targets')[:8]}", "--threshold", "targets=2")
        self.assertIn("root: 2 of 3 keys must sign; before it was 1 of 1 key", said)
        self.assertIn("targets gains the key of dora", said)
        # Too few, at each step: nothing changes.
        self.sign_plain("move.json", self.keys / "offline/root.pem")
        self.sign("move.json", "anna")
        self.assertIn("new signers", self.hand_in("move.json", adopted=False))
        self.sign("move.json", "ben", "dora")
        self.assertIn("targets", self.hand_in("move.json", adopted=False))
        self.assertEqual(self.root()["signed"]["version"], 1)
        self.assertIn("has all the signatures", self.sign("move.json", "emil"))
        self.hand_in("move.json")
        self.wait_for_root(2)
        # The server's own keys of both are worth nothing any more.
        for key in ("root.pem", "targets.pem"):
            (self.keys / "offline" / key).unlink()

    def test_2_a_release_is_signed_where_the_keys_are(self):
        self.publish_elsewhere("1.5.1", "dora", "emil")
        self.assertEqual(self.device_root(), 2)
        audit = self.world.all("/api/v1/audit")
        self.assertIn("release.publish", [each["action"] for each in audit if "incoming" in each["actor"]])

    def test_3_what_was_not_drafted_here_is_refused_whoever_signed_it(self):
        world = self.world
        document = world.variant(GATEWAY, "1.5.0", "1.5.2")
        with self.assertRaises(Failed):
            world.release(GATEWAY, "1.5.2", world.image_of(document), "--sbom", document)
        name = "publish-gateway-1.5.2.json"
        prepared = wait_until(name, lambda: next((self.keys / "outgoing").glob(name), None))
        forged = json.loads(prepared.read_text())
        targets = forged["documents"][0]["envelope"]["signed"]["targets"]
        path = next(path for path in targets if "1.5.2" in path)
        targets[path]["hashes"]["sha256"] = "00" * 32
        (self.stick / "forged.json").write_text(json.dumps(forged))
        self.assertIn("00" * 32, self.oakum("key", "show", "forged.json"))
        self.sign("forged.json", "dora", "emil")
        self.assertIn("something else", self.hand_in("forged.json", adopted=False))
        # Signed, and then overtaken by another release: followed, it would take that one away.
        (self.stick / "slow.json").write_bytes(prepared.read_bytes())
        self.sign("slow.json", "dora", "emil")
        self.publish_elsewhere("1.5.1.5", "dora", "emil")
        self.assertIn("another list", self.hand_in("slow.json", adopted=False))
        # One of two keys, as a thief would have: refused by the signatures.
        wait_until(f"{name} after the newest list", lambda: json.loads(prepared.read_text())["present_targets"] ==
                   (self.keys / "public/targets.json").read_text())
        (self.stick / "alone.json").write_bytes(prepared.read_bytes())
        self.sign("alone.json", "dora")
        self.assertIn("1 of the 2", self.hand_in("alone.json", adopted=False))
        self.assertEqual(next(each for each in world.oakum("release", "list") if each["version"] == "1.5.2")["state"], "draft")

    def test_4_a_stolen_root_key_is_taken_away_and_alone_it_could_do_nothing(self):
        coup = self.oakum("key", "rotate", "--from", self.keys / "public", "--file", "coup.json", "--remove", "root=anna",
                          "--threshold", "root=1")
        self.assertIn("root loses the key of anna", coup)
        self.sign("coup.json", "ben")
        self.assertIn("present signers", self.hand_in("coup.json", adopted=False))

        self.create("finn")
        self.oakum("key", "revoke", "ben", "--from", self.keys / "public", "--file", "revoke.json", "--add", "root=finn.key.pub")
        kept = self.stick / "kept-root.json"
        kept.write_bytes((self.keys / "public/root.json").read_bytes())
        self.sign("revoke.json", "anna", "cleo")
        self.oakum("key", "sign", "revoke.json", "--key", "finn.key", "--root", kept, typed=["yes", PASSPHRASE + "finn"])
        self.hand_in("revoke.json")
        self.wait_for_root(3)
        self.oakum("key", "sign", "coup.json", "--key", "ben.key", typed=["without a root of mine", PASSPHRASE + "ben"])
        self.assertIn("follow", self.hand_in("coup.json", adopted=False))
        self.assertEqual(self.root()["signed"]["version"], 3)

    def test_5_a_stolen_targets_key_is_taken_away_and_releases_go_on(self):
        self.create("gina")
        self.oakum("key", "revoke", "dora", "--from", self.keys / "public", "--file", "targets.json", "--add",
                   "targets=gina.key.pub")
        self.sign("targets.json", "anna", "cleo", "emil", "gina")
        self.hand_in("targets.json")
        self.wait_for_root(4)
        self.publish_elsewhere("1.5.3", "emil", "gina")
        self.assertEqual(self.device_root(), 4)

    def test_5b_a_release_is_withdrawn_where_the_keys_are(self):
        targets = json.loads((self.keys / "public/targets.json").read_text())["signed"]["targets"]
        path = next(path for path in targets if "/1.5.1/" in path)
        said = self.oakum("key", "renew", "--from", self.keys / "public", "--file", "less.json", "--without", path)
        self.assertIn(f"taken away: {path}", said)
        self.sign("less.json", "emil", "gina")
        self.hand_in("less.json")
        states = {each["version"]: each["state"] for each in self.world.oakum("release", "list")}
        self.assertEqual((states["1.5.1"], states["1.5.3"]), ("withdrawn", "published"))
        wait_until("the list without it", lambda: path not in (self.keys / "public/targets.json").read_text())

    def test_5c_a_stolen_server_does_not_get_a_withdrawn_release_or_a_swapped_key_signed(self):
        """Whoever owns the server makes the files: what signers keep is what shows them the difference."""
        release = next(each for each in self.world.oakum("release", "list") if each["version"] == "1.5.1")
        self.assertEqual(release["state"], "withdrawn")
        public = self.keys / "public"
        now = json.loads((public / "targets.json").read_text())
        forged = {"form": "oakum/ceremony/1", "present_root": (public / "root.json").read_text(), "documents": []}
        # The list from before the withdrawal, which people signed; and a new one on top of it.
        before = json.loads((self.stick / "less.json").read_text())["present_targets"]
        bent = json.loads(before)["signed"]
        bent["version"] = now["signed"]["version"] + 1
        forged["present_targets"] = before
        forged["documents"] = [{"role": "targets", "envelope": {"signed": bent, "signatures": []}}]
        (self.stick / "old.json").write_text(json.dumps(forged))
        (self.stick / "kept-list.json").write_bytes((public / "targets.json").read_bytes())
        said = self.oakum("key", "sign", "old.json", "--key", "emil.key", "--without-root", "--list", "kept-list.json", "--yes",
                          expect=4)
        self.assertIn("would come back", said)
        self.assertIn("stays: gateway/1.5.1/", self.oakum("key", "show", "old.json"))

        # The root of the next year, in which emil's id belongs to somebody else's key.
        self.oakum("key", "rotate", "--from", public, "--file", "yearly.json")
        yearly = json.loads((self.stick / "yearly.json").read_text())
        root = yearly["documents"][0]["envelope"]["signed"]
        emil = next(each for each in root["roles"]["targets"]["keyids"] if root["keys"][each].get("x-oakum-holder") == "emil")
        root["keys"][emil]["keyval"]["public"] = json.loads((self.stick / "dora.key.pub").read_text())["keyval"]["public"]
        (self.stick / "yearly.json").write_text(json.dumps(yearly))
        (self.stick / "kept-root.json").write_bytes((public / "root.json").read_bytes())
        for command in (["show", "yearly.json"], ["sign", "yearly.json", "--key", "anna.key", "--root", "kept-root.json", "--yes"]):
            self.assertIn("is not the id of that key", self.oakum("key", *command, expect=4))

    def test_6_a_stolen_online_key_is_replaced_while_the_server_runs(self):
        old = self.id_of("timestamp")
        made = self.oakum("key", "create", self.keys / "online", "--online", "timestamp").split()
        self.oakum("key", "revoke", old[:8], "--from", self.keys / "public", "--file", "online.json", "--add",
                   f"timestamp={made[1]}")
        self.sign("online.json", "cleo", "finn")
        self.hand_in("online.json")
        self.wait_for_root(5)
        (self.keys / "online/timestamp.pem").unlink()
        self.assertEqual(self.id_of("timestamp"), made[2])
        self.publish_elsewhere("1.5.4", "gina", "emil")
        self.assertEqual(self.device_root(), 5)
        self.assertEqual(self.world.server.process.end(), 0)
        self.world.server.start()
        self.publish_elsewhere("1.5.5", "gina", "emil")
        self.assertTrue(self.world.oakum("audit", "verify")["ok"])

    @unittest.skipIf(SOFTHSM is None or shutil.which("softhsm2-util") is None,
                     "softhsm2 is not installed: keys in PKCS#11 tokens are NOT tried")
    def test_7_keys_in_tokens_sign_and_never_leave_them(self):
        place = self.world.folder / "softhsm"
        (place / "tokens").mkdir(parents=True)
        (place / "softhsm2.conf").write_text(f"directories.tokendir = {place}/tokens\nlog.level = ERROR\n", encoding="utf-8")
        self.tokens.update(SOFTHSM2_CONF=str(place / "softhsm2.conf"), OAKUM_PKCS11_MODULE=str(SOFTHSM))

        def token(*words):
            subprocess.run(["softhsm2-util", *map(str, words)], check=True, capture_output=True, timeout=60,
                           env={**os.environ, **self.tokens})
        for name in ("helen", "ida"):
            token("--init-token", "--free", "--label", name, "--so-pin", "11223344", "--pin", PIN)
        # One is made in the token; the other was there before, from elsewhere.
        where = "pkcs11:token=helen;object=oakum"
        create = ["key", "create", "helen.key", "--holder", "helen", "--token", where]
        self.assertIn("the token has no such key", self.oakum(*create, typed=[PIN], expect=3))
        self.assertIn("the PIN is another one", self.oakum(*create, "--generate", "ed25519", typed=["00000000"], expect=4))
        self.assertFalse((self.stick / "helen.key").exists())
        # Without a name for whose it is nothing is made there: else the next one would find its name taken.
        nobody = [word for word in create if word not in ("--holder", "helen")]
        self.assertIn("the holder of a key is named by", self.oakum(*nobody, "--generate", "ed25519", typed=[PIN], expect=1))
        self.oakum(*create, "--generate", "ed25519", typed=[PIN])
        # Made again under that name it would take the old one's place in people's minds.
        self.oakum("key", "create", "again.key", "--holder", "helen", "--token", where, "--generate", "ed25519", typed=[PIN], expect=5)
        elsewhere = place / "ida.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(elsewhere)],
                       check=True, capture_output=True, timeout=60)
        token("--import", elsewhere, "--token", "ida", "--label", "signing", "--id", "a1", "--pin", PIN)
        self.oakum("key", "create", "ida.key", "--holder", "ida", "--token", "pkcs11:token=ida;object=signing", typed=[PIN])
        said = self.oakum("key", "show", "ida.key")
        self.assertIn("Token key of ida", said)
        self.assertIn("id=%A1", said.replace("%a1", "%A1"))
        for holder in ("helen", "ida"):
            self.assertNotIn(PIN, (self.stick / f"{holder}.key").read_text())

        self.oakum("key", "rotate", "--from", self.keys / "public", "--file", "tokens.json", "--add", "root=helen.key.pub",
                   "--remove", "root=finn", "--add", "targets=ida.key.pub", "--remove", "targets=gina")
        self.assertIn("the PIN is another one", self.oakum("key", "sign", "tokens.json", "--key", "helen.key", "--without-root",
                                                           typed=["yes", "00000000"], expect=4))
        self.sign("tokens.json", "anna", "cleo", "finn", "helen", "emil", "ida")
        self.hand_in("tokens.json")
        self.wait_for_root(6)
        keys = self.root()["signed"]["keys"].values()
        self.assertEqual({each.get("x-oakum-holder"): each["scheme"] for each in keys if each.get("x-oakum-holder") in ("helen", "ida")},
                         {"helen": "ed25519", "ida": "ecdsa-sha2-nistp256"})
        # A device follows that root, and installs what the tokens signed.
        self.publish_elsewhere("1.5.6", "ida", "emil")
        self.assertEqual(self.device_root(), 6)
        # The file names another token than the one that has the key.
        (self.stick / "bent.key").write_text((self.stick / "helen.key").read_text().replace("token=helen", "token=ida"), encoding="utf-8")
        self.oakum("key", "rotate", "--from", self.keys / "public", "--file", "yet.json")
        self.oakum("key", "sign", "yet.json", "--key", "bent.key", "--without-root", typed=["yes", PIN], expect=3)
        self.assertEqual(json.loads((self.stick / "yet.json").read_text())["documents"][0]["envelope"]["signatures"], [])

    def test_8_no_secret_is_in_a_log_or_in_the_store(self):
        secrets = [PASSPHRASE.strip(), PIN]
        for pem in (self.keys / "online").glob("timestamp-*.pem"):
            secrets.append(pem.read_text().split("\n")[1])
        for path in [self.world.server.log, *self.world.server.folder.glob("*.db*"), *self.world.server.folder.glob("*.sqlite*")]:
            content = path.read_bytes()
            for secret in secrets:
                self.assertNotIn(secret.encode(), content, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
