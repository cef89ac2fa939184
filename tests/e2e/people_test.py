#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as people with different rights use it: roles, tokens with scopes, groups, SBOMs of both formats,
retries, and a backup while it all runs."""
import json
import subprocess
import unittest

from oakum_world import BIN, CAMERA, FEEDS, GATEWAY, ROOT, Failed, WorldTest, sbom

PASSWORD = "correct horse battery staple"
SPDX = {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "sensor",
        "documentNamespace": "https://example.org/sensor", "creationInfo": {"created": "2026-01-01T00:00:00Z",
                                                                          "creators": ["Tool: by hand"]},
        "packages": [{"SPDXID": "SPDXRef-1", "name": "busybox", "versionInfo": "1.30.0", "downloadLocation": "NOASSERTION",
                      "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                        "referenceLocator": "pkg:generic/busybox@1.30.0"}]}]}


class People(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        world.oakum("device", "import", cls.csv(world, 3))
        cls.plant = world.oakum("group", "create", "--name", "plant", "--query", "site = plant")["id"]

    @staticmethod
    def csv(world, count):
        path = world.folder / "fleet.csv"
        rows = [f"S-{n},sensor {n},{GATEWAY if n % 2 else CAMERA},{'plant' if n == 1 else 'yard'}" for n in range(count)]
        path.write_text("\n".join(["serial,name,model,site", *rows]) + "\n", encoding="utf-8")
        return path

    def oakum(self, *words, home=None, typed="", token=None, expect=0):
        """The command line as somebody else."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(home or self.world.home)}
        if token:
            environment |= {"OAKUM_SERVER": self.world.server.url, "OAKUM_TOKEN": token,
                            "OAKUM_CA_FINGERPRINT": self.world.server.fingerprint, "HOME": str(self.world.folder / "x")}
        done = subprocess.run([str(BIN / "oakum"), *map(str, words)], input=typed, capture_output=True, text=True,
                              env=environment, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def home_of(self, name):
        home = self.world.folder / f"home-{name}"
        if not home.exists():
            home.mkdir()
            self.oakum("login", "--server", self.world.server.url, "--ca-fingerprint", self.world.server.fingerprint,
                       "--user", name, home=home, typed=PASSWORD + "\n")
        return home

    def test_1_roles_may_what_they_may_and_are_told_otherwise(self):
        for name, role in (("vera", "viewer"), ("otto", "operator"), ("anna", "approver")):
            self.oakum("user", "create", "--name", name, "--role", role, "--password-stdin", typed=PASSWORD + "\n")
        self.oakum("user", "create", "--name", "vera", "--role", "viewer", "--password-stdin", typed=PASSWORD + "\n",
                   expect=5)
        self.assertIn("viewer", self.oakum("whoami", home=self.home_of("vera")))
        self.oakum("device", "list", home=self.home_of("vera"))
        refused = self.oakum("device", "hold", "S-0", "--why", "no", home=self.home_of("vera"), expect=4)
        self.assertIn("yours is viewer", refused)
        self.assertIn("oakum whoami", refused)
        self.assertIn("Nothing is installed", self.oakum("device", "hold", "S-0", "--why", "tests", home=self.home_of("otto")))
        self.oakum("device", "release", "sensor 0", "--why", "by its name", home=self.home_of("otto"))
        self.oakum("user", "list", home=self.home_of("otto"), expect=4)
        self.oakum("backup", "create", "mine.db", home=self.home_of("anna"), expect=4)

    def test_2_somebody_of_one_group_sees_no_other_device(self):
        self.oakum("user", "create", "--name", "paul", "--role", "operator", "--group", "plant", "--password-stdin",
                   typed=PASSWORD + "\n")
        home = self.home_of("paul")
        other = self.world.oakum("group", "create", "--name", "yard", "--query", "site = yard")["id"]
        seen = json.loads(self.oakum("-o", "json", "device", "list", home=home))
        self.assertEqual([each["serial"] for each in seen], ["S-1"])
        self.oakum("device", "show", "S-2", home=home, expect=3)
        self.oakum("device", "hold", self.world.device_id("S-2"), home=home, expect=3)
        self.oakum("rollout", "create", "--name", "x", "--release", "0" * 26, home=home, expect=4)
        found = json.loads(self.oakum("-o", "json", "search", "s-", home=home))
        self.assertEqual([(each["kind"], each["title"]) for each in found["items"]], [("device", "sensor 1")])
        self.assertEqual(json.loads(self.oakum("-o", "json", "search", "yard", home=home))["items"], [])
        self.assertIn("2 devices", self.oakum("search", "yard"))
        figures = json.loads(self.oakum("-o", "json", "figures", "show", home=home))
        self.assertEqual(figures["group"]["name"], "plant")
        self.assertEqual([mark for mark in figures["marks"] if mark["kind"] == "devices"], [])
        self.oakum("figures", "show", "--group", other, home=home, expect=3)
        now = json.loads(self.oakum("-o", "json", "figures", "now", home=home))["rows"]
        self.assertEqual([(row["group"]["name"], row["devices"]) for row in now], [("plant", 1)])
        now = json.loads(self.oakum("-o", "json", "figures", "now", "--by", "site", home=home))["rows"]
        self.assertEqual([(row["site"], row["devices"]) for row in now], [("plant", 1)])
        self.oakum("device", "explain", "S-2", home=home, expect=3)
        self.oakum("finding", "explain", "CVE-2021-44228", "--device", self.world.device_id("S-2"), home=home, expect=3)

    def test_2_what_nobody_holds_is_not_called_zero(self):
        self.assertIn("CVE-1999-99999 is not in our data", self.oakum("search", "are we hit by cve-1999-99999?"))
        self.assertIn("CVE-1999-99999 is not in our data",
                      self.oakum("finding", "explain", "CVE-1999-99999", "--device", "S-1", expect=3))
        self.assertIn("known from an import only", self.oakum("device", "explain", "S-1"))
        self.assertIn("device.hold", self.oakum("audit", "search", "device.hold otto"))
        self.assertNotIn("device.hold", self.oakum("audit", "search", "device.hold nobody-of-that-name"))

    def test_3_tokens_have_scopes_and_end_at_once(self):
        made = json.loads(self.oakum("-o", "json", "token", "create", "--label", "ci", "--scopes", "read", "--days", 1,
                                     "--password-stdin", home=self.home_of("otto"), typed=PASSWORD + "\n"))
        secret = made["secret"]
        self.oakum("device", "list", token=secret)
        refused = self.oakum("device", "hold", "S-0", "--why", "no", token=secret, expect=4)
        self.assertIn("needs a token with the scope operate", refused)
        # A token makes no tokens, even with the right password missing.
        self.oakum("token", "create", "--label", "more", "--scopes", "read", "--days", 1, "--password-stdin",
                   token=secret, typed="wrong password!\n", expect=4)
        self.oakum("token", "revoke", "ci")
        self.oakum("device", "list", token=secret, expect=4)
        # Leaving ends the token that came with signing in.
        home = self.home_of("vera")
        kept = json.loads((home / ".config/oakum/connection.json").read_text())["token"]
        self.assertIn("Signed out.", self.oakum("logout", home=home))
        self.oakum("device", "list", token=kept, expect=4)
        self.oakum("device", "list", home=home, expect=4)

    def test_4_passwords_are_changed_and_people_locked_out(self):
        self.oakum("user", "password", "otto", "--password-stdin", typed="short\n", expect=1)
        self.oakum("user", "password", "otto", "--password-stdin", typed="another long password\n")
        home = self.world.folder / "home-new"
        home.mkdir()
        words = ("login", "--server", self.world.server.url, "--ca-fingerprint", self.world.server.fingerprint, "--user", "otto")
        self.oakum(*words, home=home, typed=PASSWORD + "\n", expect=4)
        self.oakum(*words, home=home, typed="another long password\n")
        self.oakum("user", "update", "otto", "--disabled", "true")
        self.oakum("device", "list", home=home, expect=4)

    def test_5_an_sbom_of_either_format_for_a_version_and_for_a_device(self):
        world = self.world
        attached = world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2")
        self.assertTrue(attached["format"].startswith("CycloneDX"), attached)
        spdx = world.folder / "sensor.spdx.json"
        spdx.write_text(json.dumps(SPDX), encoding="utf-8")
        attached = world.oakum("sbom", "attach", spdx, "--device", "S-2")
        self.assertEqual((attached["format"], attached["components"]), ("SPDX-2.3", 1), attached)
        software = world.oakum("device", "software", "S-2")
        names = {component["name"] for layer in software["layers"] for component in layer["components"]}
        self.assertIn("busybox", names)
        attached = world.oakum("sbom", "attach", spdx, "--model", "sensor", "--version", "7")
        self.assertIn("sensor", {each["model"] for each in world.oakum("firmware", "list")})
        bad = world.folder / "bad.json"
        bad.write_text('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": 5}]}', encoding="utf-8")
        with self.assertRaises(Failed) as refused:
            world.oakum("sbom", "attach", bad, "--model", "m", "--version", "1")
        self.assertIn("/components/0", refused.exception.text)

    def test_6_a_scan_needs_no_server(self):
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
        words = [BIN / "oakum", "scan", sbom(GATEWAY, "1.4.2"), "--advisories", FEEDS / "nvd.jsonl.zst", "--advisories",
                 FEEDS / "known_exploited_vulnerabilities.json.zst"]
        done = subprocess.run([*map(str, words), "-o", "json"], capture_output=True, text=True, env=environment, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        # The published schema has no optional member for one target: what is there is what it names.
        schema = json.loads((ROOT / "docs/scan.schema.json").read_text())
        finding = schema["properties"]["findings"]["items"]
        self.assertEqual(sorted(found), sorted(schema["required"]))
        for each in found["findings"]:
            self.assertEqual(sorted(each), sorted(finding["required"]))
            self.assertEqual(sorted(each["component"]), sorted(schema["$defs"]["component"]["required"]))
            self.assertEqual(sorted(each["severity"]), sorted(finding["properties"]["severity"]["required"]))
            self.assertIn(each["status"], finding["properties"]["status"]["enum"])
            self.assertTrue(each["advisory"] and each["explanation"], each)
        exploited = [each for each in found["findings"] if each["kev"] and each["status"] == "affected"]
        self.assertTrue(exploited)
        failed = subprocess.run([*map(str, words), "--fail-on", "exploited"], capture_output=True, text=True,
                                env=environment, check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertIn(f"{len(exploited)} findings are exploited", failed.stderr)

    def test_7_a_retry_does_nothing_twice(self):
        world = self.world
        before = len(world.oakum("audit", "list", "--limit", 500))
        headers = {"Authorization": f"Bearer {world.token}", "Content-Type": "application/json",
                   "Idempotency-Key": "the-same-group"}
        body = json.dumps({"name": "only once"})
        answers = [world.raw("POST", "/api/v1/groups", body, headers) for _ in range(3)]
        self.assertEqual([each.status for each in answers], [201] * 3)
        self.assertEqual(len({each.json["id"] for each in answers}), 1)
        self.assertEqual(len(world.oakum("audit", "list", "--limit", 500)), before + 1)
        other = world.raw("POST", "/api/v1/groups", json.dumps({"name": "another"}), headers)
        self.assertEqual(other.status, 409, other)
        # An upload that is begun again is taken up, and the artifact is there once.
        image = world.image(GATEWAY, "1.4.2")
        for _ in range(2):
            digest = world.oakum("artifact", "upload", image)["sha256"]
        self.assertEqual([each["sha256"] for each in world.oakum("artifact", "list")].count(digest), 1)
        release = world.oakum("release", "create", "--name", "gateway", "--version", "1.4.2", "--artifact-sha256", digest,
                              "--model", GATEWAY)
        self.assertEqual(release["state"], "draft")
        published = world.oakum("release", "publish", "gateway@1.4.2", "--why", "by its name")
        self.assertEqual(published["state"], "published")

    def test_8_a_backup_while_people_work(self):
        world = self.world
        work = [subprocess.Popen([str(BIN / "oakum"), "device", "set", f"S-{n}", "--fact", f"owner=team {n}"],
                                 env=world.environment(), stdout=subprocess.DEVNULL) for n in range(3)]
        backup = world.oakum("backup", "create", "busy.db")
        size = (world.server.folder / "backups" / "busy.db").stat().st_size
        self.assertIn(f"busy.db: {size} bytes, 3 devices", backup["detail"])
        self.assertEqual([each.wait(60) for each in work], [0] * 3)
        with self.assertRaises(Failed) as again:
            world.oakum("backup", "create", "busy.db")
        self.assertEqual(again.exception.status, 5)
        self.assertEqual(world.oakum("device", "show", "S-1")["owner"], "team 1")
        self.assertTrue(world.oakum("audit", "verify")["ok"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
