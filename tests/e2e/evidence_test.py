#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence packs against a real server: made as a job, checked without it, by oakum and by everyday tools; whatever is changed in one is
found and named."""
import csv
import datetime
import io
import json
import pathlib
import subprocess
import tarfile
import unittest

from oakum_world import Failed, WorldTest, wait_until


def members(path):
    with tarfile.open(path) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive.getmembers()}


def write(path, files):
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


class EvidencePacks(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        rows = "".join(f"E{n},camera,{'north' if n % 2 else 'south'},=1+{n},CAM-1,{'1.0' if n < 8 else ''}\n" for n in range(700))
        (world.folder / "fleet.csv").write_text("serial,kind,site,name,model,firmware_version\n" + rows)
        world.oakum("device", "import", world.folder / "fleet.csv")
        cls.decide(world)
        cls.pack = world.folder / "pack.tar"
        world.oakum("evidence", "make", "--standard", "iso-27001", "--from", "2020-01-01", "--to", "2035-01-01", "--query", "site = north",
                    "--file", cls.pack)
        cls.key = world.oakum("evidence", "key")["id"]

    @classmethod
    def decide(cls, world):
        """Four of the eight cameras that are exposed are in the north; two of these are accepted; another decision is over again."""
        bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
               "metadata": {"component": {"type": "firmware", "name": "camera", "version": "1.0"}},
               "components": [{"type": "library", "name": "hole", "version": "1.0", "purl": "pkg:pypi/hole@1.0"}]}
        (world.folder / "camera.cdx.json").write_text(json.dumps(bom))
        world.oakum("sbom", "attach", world.folder / "camera.cdx.json", "--model", "CAM-1", "--version", "1.0")
        cls.own = world.oakum("advisory", "add", "--title", "Anybody can look", "--component", "pkg:pypi/hole", "--fixed", "1.2",
                              "--severity", "critical", "--exploited", "true")["id"]
        wait_until("it is matched", lambda: (lambda found: found.status == 200 and found.json["affected"] == 8)(
            world.ask("GET", f"/api/v1/advisories/{cls.own}")))
        soon = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()

        def add(reason, query, *more):
            return world.oakum("exception", "add", "--kind", "accept", "--advisory", cls.own, "--query", query, "--reason", reason,
                               "--expires", soon, *more)["id"]
        cls.counts = add("=cmd|' /C calc'!A0", "serial in (E1, E3)", "--evidence", "https://wiki.example/vlan-7")
        cls.over = add("for a day", "serial = E5")
        world.oakum("exception", "withdraw", cls.over, "--why", "it was fixed")

    def refused(self, *words):
        with self.assertRaises(Failed) as failed:
            self.world.oakum(*words)
        return failed.exception.text

    def verify(self, path, *more):
        return self.world.oakum("evidence", "verify", path, *more)

    def wrong(self, path, *more):
        """What is said of a pack that is not good: the answer stands before the error."""
        return json.JSONDecoder().raw_decode(self.refused("evidence", "verify", path, *more))[0]["wrong"]

    def test_a_pack_holds_what_the_lists_say_and_is_good(self):
        files = members(self.pack)
        inventory = files["inventory.csv"].decode().splitlines()
        self.assertEqual(len(inventory), 351, "a line of titles, and each device of the query")
        self.assertTrue(all("'=1+" in line for line in inventory[1:]), "a name is a formula")
        about = json.loads(files["about.json"])
        self.assertEqual((about["standard"], about["query"], about["left_out"]), ("iso-27001", "site = north", []))
        self.assertIn(b"A.8.8", files["controls.csv"])
        self.assertIn(b"device.import", files["audit.csv"])
        self.assertTrue(json.loads(files["audit-check.json"])["ok"])
        told = self.verify(self.pack, "--key", self.key)
        self.assertTrue(told["good"] and told["key_is_trusted"], told)
        self.assertEqual(told["files"], len(files) - 3)
        listed = self.world.oakum("evidence", "list")
        self.assertEqual(len(listed), 1)
        self.assertEqual(listed[0]["bytes"], self.pack.stat().st_size)

    def test_exceptions_and_deadlines_are_in_it(self):
        files = members(self.pack)
        rows = {row["id"]: row for row in csv.DictReader(io.StringIO(files["exceptions.csv"].decode()))}
        self.assertEqual(set(rows), {self.counts, self.over})
        counts, over = rows[self.counts], rows[self.over]
        self.assertEqual((counts["state"], counts["advisory"], counts["covers.devices"], counts["evidence"]),
                         ("approved", self.own, "2", "https://wiki.example/vlan-7"))
        self.assertEqual(counts["reason"], "'=cmd|' /C calc'!A0", "no formula for a spreadsheet")
        self.assertTrue(counts["asked_by"] and counts["approved_by"] and counts["approved"] and counts["expires"], counts)
        self.assertEqual((counts["ended"], over["state"], over["ended_why"]), ("", "withdrawn", "it was fixed"))
        self.assertTrue(over["ended_by"] and over["ended"], over)
        history = json.loads(files[f"exceptions/{self.over}.json"])["history"]
        self.assertEqual([step["state"] for step in history], ["asked", "approved", "withdrawn"])
        whole = json.loads(files["deadlines.json"])
        row = next(csv.DictReader(io.StringIO(files["deadlines.csv"].decode())))
        for name, count in (("excepted", 2), ("not_due", 2), ("overdue", 0), ("kept", 0)):
            self.assertEqual((row[name], whole["rows"][0][name]), (str(count), count), name)
        self.assertEqual(whole["rows"], self.world.get("/api/v1/proof/deadlines", query="site = north")["rows"])
        self.assertIn(b"exceptions.csv", files["controls.csv"])
        # A period before anybody decided anything has none of them.
        early = self.world.get("/api/v1/exceptions", state="all", to="2020-01-01")
        self.assertEqual(early["items"], [])

    def test_everyday_tools_say_the_same(self):
        folder = self.world.folder / "unpacked"
        folder.mkdir()
        for name, content in members(self.pack).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        sums = (folder / "SHA256SUMS").read_text()
        for name in ("exceptions.csv", "deadlines.csv", "deadlines.json", f"exceptions/{self.counts}.json"):
            self.assertIn(f"  {name}\n", sums)
        check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig"]
        subprocess.run(check, cwd=folder, check=True, capture_output=True)
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)
        (folder / "SHA256SUMS").write_bytes((folder / "SHA256SUMS").read_bytes() + b"\n")
        self.assertNotEqual(subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode, 0)

    def test_whatever_is_changed_is_found_and_named(self):
        whole = self.pack.read_bytes()
        files = list(members(self.pack).items())
        other = self.world.folder / "other.tar"

        def changed(name, content):
            return [(each, content if each == name else was) for each, was in files]

        cases = {
            "inventory.csv: was changed": changed("inventory.csv", dict(files)["inventory.csv"].replace(b"north", b"south")),
            "audit.csv: is missing": [each for each in files if each[0] != "audit.csv"],
            "more.csv: was added: no digest was signed for it": files + [("more.csv", b"x")],
            "SHA256SUMS: is not as it was signed": changed("SHA256SUMS", dict(files)["SHA256SUMS"].replace(b"a", b"b", 1)),
            "exceptions.csv: was changed": changed("exceptions.csv", dict(files)["exceptions.csv"].replace(b"withdrawn", b"approved")),
            "findings.csv: is in it twice": files + [("findings.csv", dict(files)["findings.csv"])],
        }
        for wrong, content in cases.items():
            with self.subTest(wrong):
                write(other, content)
                self.assertIn(wrong, self.wrong(other))
        # Signed anew with a key of one's own: good in itself, and not this server's.
        secret = self.world.folder / "own.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret], check=True, capture_output=True)
        sums = self.world.folder / "sums"
        sums.write_bytes(dict(files)["SHA256SUMS"])
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", secret, "-rawin", "-in", sums], check=True, capture_output=True).stdout
        public = subprocess.run(["openssl", "pkey", "-in", secret, "-pubout"], check=True, capture_output=True).stdout
        forged = [(name, {"SHA256SUMS.sig": signature, "key.pem": public}.get(name, was)) for name, was in files]
        write(other, forged)
        self.assertTrue(self.verify(other)["good"])
        self.assertIn("key.pem: is another key than the one that is trusted",
                      self.wrong(other, "--key", self.key))
        for cut in (0, 100, 1024, len(whole) // 2, len(whole) - 1024):
            with self.subTest(f"cut at {cut}"):
                other.write_bytes(whole[:cut])
                self.refused("evidence", "verify", other)
        flipped = bytearray(whole)
        flipped[whole.index(b"A.8.8")] ^= 1
        other.write_bytes(flipped)
        self.assertIn("controls.csv: was changed", self.wrong(other))

    def test_what_cannot_be_asked_for_is_refused(self):
        world = self.world
        for words, said in ((("--from", "2035-01-01", "--to", "2036-01-01"), "still to come"),
                            (("--from", "2026-01-02", "--to", "2026-01-01"), "ends before it begins"),
                            (("--from", "yesterday", "--to", "2026-01-01"), "a day such as"),
                            (("--from", "2026-01-01", "--to", "2026-01-02", "--standard", "mine"), "no such standard"),
                            (("--from", "2026-01-01", "--to", "2026-01-02", "--query", "site ="), "column")):
            with self.subTest(words):
                self.assertIn(said, self.refused("evidence", "make", *words))
        for name in ("../store.db", "..%2f..%2fkeys%2fonline%2fevidence.pem", "none.tar"):
            with self.subTest(name):
                self.refused("evidence", "get", name, "--file", world.folder / "stolen")
                self.assertFalse((world.folder / "stolen").exists() and (world.folder / "stolen").stat().st_size > 0)

    def test_zz_it_is_removed_by_name(self):
        name = self.world.oakum("evidence", "list")[0]["file"]
        self.world.oakum("evidence", "rm", name)
        self.assertEqual(self.world.oakum("evidence", "list"), [])
        self.assertEqual([each.name for each in pathlib.Path(self.world.server.folder / "evidence").iterdir()], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
