#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a release has to show before it is published, with real processes: the kind of its file, its version, what it brings that is
being exploited, an SBOM of its own bytes, the signatures of makers and builders by their own tools, and the approval of somebody
else for just these bytes."""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import unittest

import swu
from oakum_world import BIN, Failed, WorldTest, wait_until

PASSWORD = "correct horse battery staple"
IMGTOOL = os.environ.get("OAKUM_IMGTOOL") or shutil.which("imgtool")


def run(*words, said=None):
    done = subprocess.run([str(word) for word in words], input=said, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words[0]}: {done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done.stdout


def osv(advisory, name, fixed=None):
    events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
    return json.dumps({"id": advisory, "modified": "2026-01-02T00:00:00Z",
                       "affected": [{"package": {"ecosystem": "PyPI", "name": name},
                                     "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}) + "\n"


def kev(*ids):
    return json.dumps({"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026-08-20",
                       "dateReleased": "2026-08-20T10:00:00Z", "count": len(ids), "vulnerabilities": [
                           {"cveID": each, "vendorProject": "v", "product": "p", "vulnerabilityName": "n", "dateAdded": "2026-08-20",
                            "requiredAction": "a", "dueDate": "2026-08-30", "knownRansomwareCampaignUse": "Unknown"} for each in ids]})


class Intake(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.bert = cls.person(world, "bert", "approver")
        folder = world.folder / "feeds"
        folder.mkdir()
        (folder / "pypi.jsonl").write_text(osv("CVE-2026-1001", "old", "2.0") + osv("CVE-2026-1002", "fresh") +
                                           osv("CVE-2026-1003", "harmless"), encoding="utf-8")
        (folder / "known_exploited_vulnerabilities.json").write_text(kev("CVE-2026-1001", "CVE-2026-1002"), encoding="utf-8")
        for file in folder.iterdir():
            world.oakum("feed", "import", file, json_output=False)

    @staticmethod
    def person(world, name, role):
        """A token of somebody else."""
        subprocess.run([str(BIN / "oakum"), "user", "create", "--name", name, "--role", role, "--password-stdin"],
                       input=PASSWORD + "\n", text=True, check=True, env=world.environment(), timeout=120)
        home = world.folder / f"home-{name}"
        home.mkdir()
        subprocess.run([str(BIN / "oakum"), "login", "--server", world.server.url, "--ca-fingerprint", world.server.fingerprint,
                        "--user", name], input=PASSWORD + "\n", text=True, check=True, env={**world.environment(), "HOME": str(home)},
                       timeout=120)
        return json.loads((home / ".config/oakum/connection.json").read_text())["token"]

    def file(self, name, content):
        path = self.world.folder / name
        path.write_bytes(content)
        return path

    def tar(self, name, content=b"firmware"):
        inside = self.file("inside", content)
        path = self.world.folder / name
        with tarfile.open(path, "w") as archive:
            archive.add(inside, "firmware.bin")
        return path

    def bom(self, name, *packages, of=None):
        """A CycloneDX file; `of`: the artifact that it names by its digest."""
        component = {"type": "firmware", "name": "gateway"}
        if of is not None:
            component["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(of.read_bytes()).hexdigest()}]
        document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": component},
                    "components": [{"type": "library", "name": each, "version": "1.0", "purl": f"pkg:pypi/{each}@1.0"} for each in packages]}
        path = self.world.folder / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def draft(self, line, version, artifact, *more):
        return self.world.oakum("release", "create", "--name", line, "--version", version, "--artifact", artifact, "--model", "GW-1", *more)["id"]

    def act(self, release, action, token=None, **body):
        return self.world.ask("POST", f"/api/v1/releases/{release}/actions/{action}", {"why": "the test"} | body, token=token)

    def stopped(self, release, *words):
        """Publishing is refused, and says so."""
        answer = self.act(release, "publish")
        self.assertEqual(answer.status, 409, answer)
        for word in words:
            self.assertIn(word, answer.json["detail"])
        self.assertEqual(self.world.get(f"/api/v1/releases/{release}")["state"], "draft")

    def published(self, release):
        answer = self.act(release, "publish")
        self.assertEqual((answer.status, answer.json.get("state")), (200, "published"), answer)

    def checks(self, release):
        return {each["name"]: each for each in self.world.get(f"/api/v1/releases/{release}")["checks"]}

    def asking(self, **checks):
        done = self.world.ask("PATCH", "/api/v1/intake", {"checks": checks, "why": "the test"})
        self.assertEqual(done.status, 200, done)

    def test_1_a_file_that_is_not_what_its_name_says_is_not_published(self):
        release = self.draft("kinds", "1.0", self.file("kinds-1.0.swu", b"\x7fELF" + bytes(5000)))
        self.stopped(release, "says a SWUpdate archive, and the bytes are an ELF program")
        told = self.world.oakum("release", "intake", "kinds@1.0", json_output=False)
        self.assertRegex(told, r"type\s+failed\s+Its name kinds-1\.0\.swu says")
        # The right file for the same draft.
        self.world.oakum("release", "change", "kinds@1.0", "--artifact", self.tar("kinds-1.0.tar"), "--notes", "the right one")
        self.published(release)
        self.assertEqual(self.checks(release)["type"]["verdict"], "passed")
        with self.assertRaises(Failed) as late:
            self.world.oakum("release", "change", "kinds@1.0", "--notes", "too late")
        self.assertIn("does not change any more", late.exception.text)

    def test_2_a_version_does_not_fall_behind_what_is_published(self):
        self.published(self.draft("falling", "2.0", self.tar("falling-2.0.tar")))
        older = self.draft("falling", "1.9", self.tar("falling-1.9.tar", b"older"))
        self.stopped(older, "1.9 is older than 2.0")
        self.assertEqual(self.act(older, "let-through", self.bert, check="version").status, 403)
        self.assertEqual(self.act(older, "let-through", check="type").status, 400)
        told = self.world.oakum("release", "let-through", "falling@1.9", "--check", "version", "--why", "for the old boards")
        self.assertEqual({each["name"]: each["verdict"] for each in told["checks"]}["version"], "overridden")
        self.published(older)
        self.published(self.draft("falling", "2.1", self.tar("falling-2.1.tar", b"newer")))
        # What repairs an older series rises within it.
        self.published(self.draft("falling", "1.9.1", self.tar("falling-1.9.1.tar", b"repaired")))
        fell = self.draft("falling", "1.9.0", self.tar("falling-1.9.0.tar", b"fell"))
        self.stopped(fell, "1.9.0 is older than 2.1, which is published, and not newer than 1.9.1, the newest of 1.9")
        self.assertEqual(self.act(fell, "withdraw").status, 200)  # the next tests list drafts

    def test_3_what_is_being_exploited_is_not_brought(self):
        artifact = self.tar("brings.tar", b"brings")
        self.published(self.draft("brings", "1.0", artifact, "--sbom", self.bom("a.json", "clean", "harmless")))
        wait_until("the feeds are compiled", lambda: self.world.get("/api/v1/advisories/CVE-2026-1002").get("exploited_since"))
        second = self.draft("brings", "1.1", artifact, "--sbom", self.bom("b.json", "clean", "fresh"))
        whole = self.world.get(f"/api/v1/releases/{second}")
        self.assertEqual((whole["compared_with"], whole["fixes_count"], whole["brings_count"]), ("brings 1.0", 1, 1))
        self.assertEqual([each["id"] for each in whole["brings"]], ["CVE-2026-1002"])
        self.assertEqual([each["name"] for each in whole["sbom_diff"]["added"]], ["fresh"])
        self.assertEqual([each["name"] for each in whole["sbom_diff"]["removed"]], ["harmless"])
        self.stopped(second, "it fixes 1 and brings 1", "CVE-2026-1002")
        self.assertEqual(self.act(second, "let-through", check="exploited", why="the part is not started").status, 200)
        self.assertIn("let it through", self.checks(second)["exploited"]["sentence"])
        # Another SBOM is another content: what was let through was not this.
        other = self.bom("c.json", "clean", "fresh", "other")
        self.world.oakum("release", "change", "brings@1.1", "--sbom", other)
        self.stopped(second, "CVE-2026-1002")
        clean = self.bom("d.json", "clean", "other")
        self.world.oakum("release", "change", "brings@1.1", "--sbom", clean)
        self.published(second)

    def test_4_somebody_else_approves_just_these_bytes(self):
        self.asking(approval=True)
        try:
            first, second = self.tar("approved-a.tar", b"a"), self.tar("approved-b.tar", b"b")
            release = self.draft("approved", "1.0", first)
            self.stopped(release, "approval: Waits for the approval of somebody other than")
            self.assertEqual([each["id"] for each in self.world.all("/api/v1/releases", awaits_approval="true")], [release])
            self.assertEqual(self.act(release, "approve").status, 403)
            self.assertEqual(self.act(release, "approve", self.bert, why="").status, 400)
            done = self.act(release, "approve", self.bert, why="tried in the lab")
            self.assertEqual(done.status, 200, done)
            self.assertTrue(done.json["decision"]["current"])
            self.assertEqual(self.world.all("/api/v1/releases", awaits_approval="true"), [])
            # Other bytes wait for an approval of their own.
            self.world.oakum("release", "change", "approved@1.0", "--artifact", second)
            self.assertFalse(self.world.get(f"/api/v1/releases/{release}")["decision"]["current"])
            self.stopped(release, "bert approved it")
            self.assertEqual(self.act(release, "refuse", self.bert, why="not these").status, 200)
            self.stopped(release, "bert refused")
            self.assertEqual(self.act(release, "approve", self.bert, why="these too").status, 200)
            self.published(release)
            self.assertEqual(self.act(release, "approve", self.bert).status, 409)
            actions = [each["action"] for each in self.world.all("/api/v1/audit")]
            for action in ("setting.intake", "release.approve", "release.refuse", "release.change", "release.let-through"):
                self.assertIn(action, actions)
        finally:
            self.asking(approval=False)

    def test_5_an_sbom_names_the_artifact_by_its_digest_where_that_is_asked(self):
        self.asking(sbom=True)
        try:
            artifact = self.tar("bound.tar", b"bound")
            release = self.draft("bound", "1.0", artifact)
            self.stopped(release, "There is no SBOM")
            self.world.oakum("release", "change", "bound@1.0", "--sbom", self.bom("e.json", "clean"))
            self.stopped(release, "does not say of which file")
            self.world.oakum("release", "change", "bound@1.0", "--sbom", self.bom("f.json", "clean", of=self.tar("x.tar", b"x")))
            self.stopped(release, "of another file")
            self.world.oakum("release", "change", "bound@1.0", "--sbom", self.bom("g.json", "clean", of=artifact))
            self.published(release)
        finally:
            self.asking(sbom=False)

    def test_6_only_administrators_say_what_is_asked(self):
        self.assertEqual(self.world.ask("PATCH", "/api/v1/intake", {"checks": {"approval": True}}, token=self.bert).status, 403)
        self.assertEqual(self.world.ask("PATCH", "/api/v1/intake", {"checks": {"artifact": False}}).status, 400)
        self.assertEqual(self.world.ask("PATCH", "/api/v1/intake", {"checks": {"virus": True}}).status, 400)
        told = self.world.oakum("intake", "set", "approval=on", "--why", "two pairs of eyes", json_output=False)
        self.assertRegex(told, r"approval\s+yes")
        self.world.oakum("intake", "set", "approval=off", json_output=False)
        asked = {each["check"]: each["asked"] for each in self.world.get("/api/v1/intake")["checks"]}
        self.assertEqual((asked["artifact"], asked["type"], asked["exploited"], asked["approval"]), (True, True, True, False))

    # Makers sign with their own tools, builders with openssl.

    def trust(self, name, kind, key, *more):
        return self.world.oakum("intake", "trust", name, "--kind", kind, "--key", key, *more, json_output=False)

    def minisigned(self, file, key, name=None):
        signature = self.world.folder / (name or f"{file.name}.minisig")
        run("minisign", "-S", "-W", "-s", key, "-m", file, "-x", signature, "-t", f"file:{file.name}")
        return signature

    def minisign_pair(self, name):
        secret, public = self.world.folder / f"{name}.sec", self.world.folder / f"{name}.pub"
        run("minisign", "-G", "-W", "-f", "-s", secret, "-p", public)
        return secret, public

    @staticmethod
    def changed(file, name, at):
        """The same file but for one bit of one byte."""
        content = bytearray(file.read_bytes())
        content[at] ^= 1
        other = file.with_name(name)
        other.write_bytes(content)
        return other

    def passed(self, release, check, *words):
        self.published(release)
        line = self.checks(release)[check]
        self.assertEqual(line["verdict"], "passed", line)
        for word in words:
            self.assertIn(word, line["sentence"])

    def test_7_a_maker_signs_with_minisign(self):
        secret, public = self.minisign_pair("acme")
        stranger, _ = self.minisign_pair("stranger")
        self.assertRegex(self.trust("acme", "minisign", public, "--line", "mini", "--why", "read to us by phone"),
                         r"acme\s+minisign\s+mini")
        self.asking(signature=True)
        try:
            artifact = self.tar("mini-1.0.tar", b"by acme")
            signature = self.minisigned(artifact, secret)
            release = self.draft("mini", "1.0", artifact)
            self.stopped(release, "signature: There is no signature of a kind that is known here", "oakum artifact attach")
            digest = hashlib.sha256(artifact.read_bytes()).hexdigest()
            # By somebody else, and of another file.
            self.world.oakum("artifact", "attach", digest, self.minisigned(artifact, stranger, "x.minisig"))
            self.stopped(release, "does not count: acme: it is by the key")
            self.world.oakum("artifact", "detach", digest, "x.minisig")
            other = self.minisigned(self.changed(artifact, "mini-1.0b.tar", 600), secret, "y.minisig")
            self.world.oakum("release", "change", "mini@1.0", "--attach", other)
            self.stopped(release, "does not count: acme: the key signed another file")
            # Its comment is signed too.
            self.world.oakum("artifact", "detach", digest, "y.minisig")
            told = self.file("z.minisig", signature.read_bytes().replace(b"file:mini-1.0.tar", b"file:mini-9.0.tar"))
            self.world.oakum("artifact", "attach", digest, told)
            self.stopped(release, "its trusted comment is not what the key signed", "oakum intake trust")
            for file, why in ((artifact, "is no text"), (public, "neither a signature of minisign")):
                with self.assertRaises(Failed) as no:
                    self.world.oakum("artifact", "attach", digest, file)
                self.assertIn(why, no.exception.text)
            self.world.oakum("artifact", "attach", digest, signature)
            listed = self.world.oakum("artifact", "attachments", digest, json_output=False)
            self.assertRegex(listed, r"mini-1\.0\.tar\.minisig\s+minisign")
            self.passed(release, "signature", "By acme: a signature of minisign", "file:mini-1.0.tar")
            # The same maker does not speak for another line.
            same = self.draft("other-line", "1.0", artifact)
            self.stopped(same, "it is by acme, who does not speak for other-line")
            # Who is trusted no longer signs nothing.
            again = self.draft("mini", "1.1", artifact)
            self.world.oakum("intake", "distrust", "acme", "--why", "their key was lost")
            self.stopped(again, "no key of its kind is trusted here for mini", "oakum intake trust")
            self.assertEqual(self.world.ask("DELETE", "/api/v1/intake/signers/acme").status, 404)
            # With the signature from the first, in one command.
            self.trust("acme", "minisign", public)
            whole = self.tar("mini-2.0.tar", b"two")
            made = self.world.oakum("release", "create", "--name", "mini", "--version", "2.0", "--artifact", whole, "--model", "GW-1",
                                    "--attach", self.minisigned(whole, secret), "--publish")
            self.assertEqual(made["state"], "published")
        finally:
            self.asking(signature=False)

    def test_8_a_maker_signs_a_swupdate_archive(self):
        folders = [self.world.folder / each for each in ("maker", "stranger")]
        for folder in folders:
            folder.mkdir()
        (key, certificate), (other_key, other_certificate) = (swu.signer(folder) for folder in folders)
        self.trust("swu-maker", "swupdate", certificate, "--line", "swu")
        self.asking(signature=True)
        try:
            build = lambda name, *by: swu.build(folders[0], name, "1.0", "/tmp/x", name.encode() * 99, *by)
            good = build("good.swu", key, certificate)
            foreign = build("foreign.swu", other_key, other_certificate)
            self.stopped(self.draft("swu", "1.0", foreign), "swu-maker: it does not verify")
            # A byte of what the description names, then a byte of the description.
            payload = self.changed(good, "payload.swu", good.read_bytes().rindex(b"good.swu"))
            self.stopped(self.draft("swu", "1.1", payload), "does not name the SHA-256 of its member number 1")
            told = self.changed(good, "told.swu", good.read_bytes().index(b'version = "1.0"') + 11)
            self.stopped(self.draft("swu", "1.2", told), "swu-maker: it does not verify")
            bare = self.world.folder / "bare.swu"
            content = good.read_bytes()
            description = content[content.index(b"software ="):content.index(b"070702", 110)].rstrip(b"\0")
            bare.write_bytes(swu._cpio([("sw-description", description), ("payload", b"good.swu" * 99)]))
            self.stopped(self.draft("swu", "1.3", bare), "There is no signature of a kind that is known here")
            self.passed(self.draft("swu", "2.0", good), "signature", "By swu-maker: the signature inside of the SWUpdate archive")
        finally:
            self.asking(signature=False)

    def test_9_a_maker_signs_an_image_for_mcuboot(self):
        if not IMGTOOL:
            self.skipTest("imgtool is not here (pip install imgtool; OAKUM_IMGTOOL names it): MCUboot with its own tool is NOT tried")
        folder = self.world.folder
        for kind in ("ecdsa-p256", "ed25519"):
            secret, public, stranger = folder / f"{kind}.pem", folder / f"{kind}.pub.pem", folder / f"{kind}-stranger.pem"
            for each in (secret, stranger):
                run(IMGTOOL, "keygen", "-k", each, "-t", kind)
            run(IMGTOOL, "getpub", "-k", secret, "-e", "pem", "-o", public)
            self.trust(f"boot-{kind}", "mcuboot", public, "--line", kind)

            def image(name, key, version, *more):
                raw, out = folder / "raw.bin", folder / name
                raw.write_bytes(name.encode() * 500)
                run(IMGTOOL, "sign", *(["-k", key] if key else []), "--align", "4", "-H", "32", "--pad-header", "-S", "131072", "-v",
                    version, *more, raw, out)
                return out
            self.asking(signature=True)
            try:
                good = image(f"{kind}.bin", secret, "1.0.0+1", "-s", "7")
                self.stopped(self.draft(kind, "1.0.0", image("s.bin", stranger, "1.0.0")), f"boot-{kind}: it is not by this key")
                self.stopped(self.draft(kind, "1.0.0+2", image("u.bin", None, "1.0.0")), "There is no signature")
                self.stopped(self.draft(kind, "1.0.0+3", self.changed(good, "c.bin", 400)), "its digest is not that of its bytes")
                self.passed(self.draft(kind, "1.0.0+4", good), "signature", f"By boot-{kind}", "image 1.0.0+1")
                self.stopped(self.draft(kind, "1.1.0", image("w.bin", secret, "1.2.0")), "The file says that it is 1.2.0")
                self.stopped(self.draft(kind, "1.3.0", image("l.bin", secret, "1.3.0", "-s", "6")), "security counter is 6, below the 7")
            finally:
                self.asking(signature=False)

    def test_a_a_builder_states_how_it_was_built(self):
        folder = self.world.folder
        secret, public = folder / "builder.key", folder / "builder.pub"
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", secret)
        run("openssl", "pkey", "-in", secret, "-pubout", "-out", public)
        builder, build = "https://ci.example/runner@v1", "https://ci.example/build/v1"
        self.trust("ci", "provenance", public, "--builder", builder, "--build-type", build, "--parameter", "ref=refs/tags/v1")
        artifact = self.tar("built.tar", b"built")
        digest = hashlib.sha256(artifact.read_bytes()).hexdigest()

        def statement(name="built.dsse", sha256=digest, by=builder, parameters=None, key=secret, after=lambda payload: payload):
            parameters = {"ref": "refs/tags/v1"} if parameters is None else parameters
            payload = json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "x", "digest": {"sha256": sha256}}],
                                  "predicateType": "https://slsa.dev/provenance/v1", "predicate": {
                                      "buildDefinition": {"buildType": build, "externalParameters": parameters},
                                      "runDetails": {"builder": {"id": by}}}}).encode()
            kind = "application/vnd.in-toto+json"
            message = self.file("pae", f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
            signature = run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message)
            text = lambda raw: base64.b64encode(raw).decode()
            return self.file(name, json.dumps({"payloadType": kind, "payload": text(after(payload)),
                                               "signatures": [{"keyid": "", "sig": text(signature)}]}).encode())
        self.asking(provenance=True)
        try:
            release = self.draft("built", "1.0", artifact)
            self.stopped(release, "provenance: There is no statement of how it was built", "oakum artifact attach")
            other = folder / "other-builder.key"
            run("openssl", "genpkey", "-algorithm", "ed25519", "-out", other)
            for wrong, why in (({"key": other}, "ci: it is not by this key"),
                               ({"after":lambda payload: payload.replace(b"runner@v1", b"runner@v2")}, "ci: it is not by this key"),
                               ({"sha256": "00" * 32}, "it is of another file"),
                               ({"by": "https://evil.example"}, "it was built by https://evil.example and not by"),
                               ({"parameters": {"ref": "refs/heads/x"}}, "ref = refs/heads/x and not refs/tags/v1"),
                               ({"parameters": {"ref": "refs/tags/v1", "extra": "1"}}, "built with extra, of which nothing is known"),
                               ({"parameters": {}}, "it was not built with ref")):
                # Each is judged as it was attached; the name keeps one place.
                self.world.oakum("artifact", "attach", digest, statement(**wrong))
                self.stopped(release, "does not count", why)
            self.world.oakum("artifact", "attach", digest, statement())
            self.passed(release, "provenance", "By ci: a statement", "built by " + builder)
            summary = self.world.oakum("release", "summary", "built@1.0")
            predicate = json.loads(base64.b64decode(summary["payload"]))["predicate"]
            self.assertIn("SLSA_BUILD_LEVEL_1", predicate["verifiedLevels"])
            self.assertEqual(predicate["inputAttestations"], [
                {"name": "built.dsse", "digest": {"sha256": hashlib.sha256((folder / "built.dsse").read_bytes()).hexdigest()}}])
        finally:
            self.asking(provenance=False)

    def test_b_a_maker_signs_a_bundle_for_rauc(self):
        folder = self.world.folder
        authority, stranger = ((folder / f"{name}.key", folder / f"{name}.pem") for name in ("rauc-ca", "rauc-stranger"))
        for key, certificate in (authority, stranger):
            run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "30",
                "-subj", f"/CN={certificate.stem}")
        key, request, certificate = (folder / f"rauc-signer.{end}" for end in ("key", "csr", "pem"))
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=signer")
        run("openssl", "x509", "-req", "-in", request, "-CA", authority[1], "-CAkey", authority[0], "-CAcreateserial", "-days", "30",
            "-out", certificate)
        self.trust("rauc-maker", "rauc", authority[1], "--line", "bundle")

        def bundle(name, form, by=(key, certificate)):
            content, out = folder / f"{name}.d", folder / name
            content.mkdir()
            # More than 128 blocks of 4 KiB: a hash tree of two levels.
            (content / "rootfs.img").write_bytes(os.urandom(700_000))
            (content / "manifest.raucm").write_text("[update]\ncompatible=board\nversion=1.0\n\n[bundle]\nformat=" + form +
                                                    "\n\n[image.rootfs]\nfilename=rootfs.img\n", encoding="utf-8")
            run("rauc", "bundle", f"--cert={by[1]}", f"--key={by[0]}", content, out)
            return out
        self.asking(signature=True)
        try:
            for number, form in enumerate(("plain", "verity"), 1):
                good, foreign = bundle(f"{form}.raucb", form), bundle(f"foreign-{form}.raucb", form, stranger)
                said = "By rauc-maker: the signature inside of the RAUC bundle" + (" (for board, version 1.0)" if form == "verity" else "")
                version = iter(range(1, 9))
                draft = lambda file: self.draft("bundle", f"{number}.0.{next(version)}", file)
                self.stopped(draft(foreign), "rauc-maker: it does not verify", "oakum intake trust")
                self.stopped(draft(self.changed(good, f"changed-{form}.raucb", 5000)), "rauc-maker: it")
                # The file system as RAUC is told to leave it: without a signature it is another kind of file.
                length = int.from_bytes(good.read_bytes()[-8:], "big")
                bare = self.file(f"bare-{form}.squashfs", good.read_bytes()[:-8 - length])
                self.stopped(draft(bare), "There is no signature of a kind that is known here")
                self.passed(draft(good), "signature", said)
        finally:
            self.asking(signature=False)

    def test_c_what_was_published_is_vouched_for_and_anybody_can_check_it(self):
        """Checked by openssl and by `oakum verify`, which asks no server."""
        folder, artifact = self.world.folder, self.tar("vouched-1.0.tar", b"vouched")
        self.asking(approval=True, sbom=True)
        try:
            release = self.draft("vouched", "1.0", artifact, "--sbom", self.bom("vouched.json", "clean", of=artifact))
            early = self.world.ask("GET", f"/api/v1/releases/{release}/verification-summary")
            self.assertEqual((early.status, early.json["detail"]), (409, "vouched 1.0 is a draft: a summary is of what is published"))
            self.assertEqual(self.act(release, "approve", self.bert).status, 200)
            self.published(release)
        finally:
            self.asking(approval=False, sbom=False)
        summary, key = folder / "vouched.summary", folder / "vouches.pem"
        told = self.world.oakum("release", "summary", "vouched@1.0", "--file", summary, "--key-file", key, json_output=False)
        key_id = self.world.get("/api/v1/evidence-key")["id"]
        self.assertIn(key_id, told)

        envelope = json.loads(summary.read_text())
        payload = base64.b64decode(envelope["payload"])
        message = self.file("summary.pae", f"DSSEv1 {len(envelope['payloadType'])} {envelope['payloadType']} {len(payload)} ".encode() + payload)
        signature = self.file("summary.sig", base64.b64decode(envelope["signatures"][0]["sig"]))
        run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", message, "-sigfile", signature)
        said = json.loads(payload)
        digest = hashlib.sha256(artifact.read_bytes()).hexdigest()
        self.assertEqual(said["subject"], [{"name": "vouched-1.0.tar", "digest": {"sha256": digest}}])
        self.assertEqual(said["predicateType"], "https://slsa.dev/verification_summary/v1")
        predicate = said["predicate"]
        self.assertEqual((predicate["resourceUri"], predicate["verificationResult"]), ("pkg:generic/vouched@1.0", "PASSED"))
        levels = set(predicate["verifiedLevels"])
        self.assertLessEqual({"SLSA_BUILD_LEVEL_0", "OAKUM_ARTIFACT", "OAKUM_SBOM", "OAKUM_APPROVAL"}, levels)
        self.assertFalse(levels & {"SLSA_BUILD_LEVEL_1", "OAKUM_PROVENANCE", "OAKUM_SIGNATURE"}, "what was not asked was not verified")
        raw = base64.b64decode("".join(key.read_text().splitlines()[1:-1]))[-32:]
        name = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
        self.assertEqual(predicate["verifier"]["id"], "ni:///sha-256;" + name)

        def verify(*more, file=artifact, of=summary, by=key):
            # Nothing of the server is in reach: no address, no token.
            alone = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "nobody")}
            done = subprocess.run([str(BIN / "oakum"), "-o", "json", "verify", str(file), "--summary", str(of), "--key", str(by), *more],
                                  capture_output=True, text=True, timeout=60, check=False, env=alone)
            return done.returncode, done.stdout + done.stderr
        code, told = verify("--release", "vouched@1.0", "--require", "approval", "--require", "sbom")
        self.assertEqual((code, json.loads(told)["good"]), (0, True), told)
        other_key, stranger = folder / "stranger.key", folder / "stranger.pem"
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", other_key)
        run("openssl", "pkey", "-in", other_key, "-pubout", "-out", stranger)
        changed = self.file("changed.summary", summary.read_bytes().replace(
            base64.b64encode(payload), base64.b64encode(payload.replace(b'"PASSED"', b'"FAILED"'))))
        for wrong, words in (({"file": self.changed(artifact, "vouched-changed.tar", 700)}, "it is about another file"),
                             ({"by": stranger}, "is not signed by this key, or was changed since"),
                             ({"of": changed}, "is not signed by this key, or was changed since"),
                             ({"of": artifact}, "line 1")):
            code, told = verify(**wrong)
            self.assertNotEqual(code, 0, told)
            self.assertIn(words, told)
        for more, words in ((("--release", "vouched@1.1"), "it is about pkg:generic/vouched@1.0, not pkg:generic/vouched@1.1"),
                            (("--require", "provenance"), "provenance was not verified"),
                            (("--require", "SLSA_BUILD_LEVEL_1"), "SLSA_BUILD_LEVEL_1 was not verified"),
                            (("--verifier", "https://else.example"), "not of https://else.example")):
            code, told = verify(*more)
            self.assertNotEqual(code, 0, told)
            self.assertIn(words, told)

        pack = folder / "vouched-pack.tar"
        self.world.oakum("evidence", "make", "--from", "2020-01-01", "--to", "2040-01-01", "--file", pack)
        with tarfile.open(pack) as archive:
            self.assertEqual(archive.extractfile(f"summaries/{release}.json").read(), summary.read_bytes())
        self.assertEqual(self.act(release, "withdraw").status, 200)
        with self.assertRaises(Failed) as gone:
            self.world.oakum("release", "summary", "vouched@1.0")
        self.assertIn("vouched 1.0 is withdrawn", gone.exception.text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
