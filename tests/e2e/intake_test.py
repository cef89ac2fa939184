#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a release has to show before it is published, with real processes: the kind of its file, its version, what it brings that is
being exploited, an SBOM of its own bytes, and the approval of somebody else for just these bytes."""
import hashlib
import json
import subprocess
import tarfile
import unittest

from oakum_world import BIN, Failed, WorldTest, wait_until

PASSWORD = "correct horse battery staple"


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
