#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Advisory data for servers that reach no publisher: a bundle is made without a server, of what publishers have and of files, and
imported whole or not at all."""
import io
import json
import subprocess
import tarfile
import unittest

from feed_sync_test import kev, osv, zipped
from oakum_world import BIN, FEEDS, Failed, WorldTest
from publisher import Publisher, cut


class FeedBundle(WorldTest):
    @classmethod
    def build(cls, world):
        cls.publisher = Publisher()
        cls.publisher.put("/kev.json", kev("2026-08-21", "CVE-2026-10001"))
        cls.publisher.put("/Go/all.zip", zipped({"a.json": osv("GO-1")}))
        world.start()

    @classmethod
    def tearDownClass(cls):
        cls.publisher.close()
        super().tearDownClass()

    def bundle(self, name, *words, status=0):
        """Somewhere without a server, a token or a configuration."""
        path = self.world.folder / name
        done = subprocess.run([BIN / "oakum", "feed", "bundle", path, *map(str, words)], capture_output=True, text=True, timeout=120,
                              check=False, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
        self.assertEqual(done.returncode != 0, status != 0, done.stdout + done.stderr)
        return path, done.stdout + done.stderr

    def take(self, path, *more):
        return self.world.oakum("feed", "import", path, *more, json_output=False)

    def refused(self, path):
        with self.assertRaises(Failed) as failed:
            self.take(path)
        return failed.exception.text

    def feeds(self):
        return {each["name"]: each["accepted"] for each in self.world.get("/api/v1/feeds")["items"]}

    def altered(self, path, name, change):
        """The same archive with one thing changed in its manifest or a file."""
        out = self.world.folder / name
        with tarfile.open(path) as old, tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as new:
            for member in old.getmembers():
                body = old.extractfile(member).read()
                member, body = change(member, body)
                member.size = len(body)
                new.addfile(member, io.BytesIO(body))
        return out

    def test_1_a_bundle_is_made_without_a_server_and_imported_whole(self):
        self.publisher.fault("/kev.json", cut(50))
        path, said = self.bundle("feeds.tar", "--source", "kev,osv", "--allow-private", "--url", f"kev={self.publisher.url}/kev.json",
                                 "--url", f"osv={self.publisher.url}/Go/all.zip", "--file", FEEDS / "osv_android.jsonl.zst")
        self.assertIn("3 feeds", said)
        self.assertFalse((self.world.folder / "feeds.tar.parts").exists())
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))
        self.assertEqual([each["part"] for each in manifest["feeds"]], ["", "kev", "osv"])
        self.assertTrue(manifest["feeds"][1]["url"].endswith("/kev.json"))
        self.take(path)
        self.assertEqual(self.feeds()["kev"], 1)
        self.assertEqual(self.world.ask("GET", "/api/v1/advisories/GO-1").status, 200)
        self.take(path)
        self.assertEqual(self.feeds()["kev"], 1)

    def test_2_what_was_damaged_or_leads_elsewhere_changes_nothing(self):
        self.publisher.put("/kev.json", kev("2026-08-25", "CVE-2026-10001", "CVE-2026-10002"))
        path, _ = self.bundle("next.tar", "--source", "kev", "--allow-private", "--url", f"kev={self.publisher.url}/kev.json",
                              "--file", FEEDS / "osv_android.jsonl.zst")
        before, whole = self.feeds(), path.read_bytes()
        cut_off = self.world.folder / "cut.tar"
        cut_off.write_bytes(whole[:-3000])
        self.assertIn("nothing was imported", self.refused(cut_off))

        def damaged(member, body):
            return member, body.replace(b"CVE-2026-10002", b"CVE-2026-10003")
        self.assertIn("is not what the bundle's manifest says", self.refused(self.altered(path, "damaged.tar", damaged)))

        def elsewhere(member, body):
            if member.name == "manifest.json":
                return member, body.replace(b'"name":"kev"', b'"name":"../../oakum.db"')
            return member, body
        self.assertIn("no plain file name", self.refused(self.altered(path, "elsewhere.tar", elsewhere)))

        def linked(member, body):
            if member.name != "manifest.json":
                member.name = "feeds/../../../" + member.name
            return member, body
        self.assertIn("nothing was imported", self.refused(self.altered(path, "linked.tar", linked)))
        self.assertEqual(self.feeds(), before)
        self.take(path)
        self.assertEqual(self.feeds()["kev"], 2)

    def test_3_one_feed_that_is_refused_keeps_the_others_out_until_it_is_forced(self):
        self.publisher.put("/kev.json", kev("2020-01-01", "CVE-2020-10001"))
        newer = self.world.folder / "newer.jsonl"
        newer.write_text(osv("GO-NEW") + "\n")
        path, _ = self.bundle("older.tar", "--source", "kev", "--allow-private", "--url", f"kev={self.publisher.url}/kev.json", "--file", newer)
        self.assertIn("older than what is held", self.refused(path))
        self.assertEqual(self.world.ask("GET", "/api/v1/advisories/GO-NEW").status, 404)
        self.take(path, "--force")
        self.assertEqual(self.world.ask("GET", "/api/v1/advisories/GO-NEW").status, 200)

    def test_4_what_could_not_be_had_is_named_and_the_rest_is_in_it(self):
        path, said = self.bundle("part.tar", "--source", "kev,epss", "--allow-private", "--url", f"kev={self.publisher.url}/kev.json",
                                 "--url", f"epss={self.publisher.url}/gone.csv", status=1)
        self.assertIn("epss: it answered that there is no such file", said)
        self.assertTrue(path.exists())
        _, said = self.bundle("no.tar", "--source", "epss", "--allow-private", "--url", f"epss={self.publisher.url}/gone.csv", status=1)
        self.assertIn("no bundle was written", said)
        _, said = self.bundle("no.tar", "--source", "other", status=1)
        self.assertIn("there is no source other", said)
        _, said = self.bundle("no.tar", "--source", "kev", "--url", f"kev={self.publisher.url}/kev.json", status=1)
        self.assertIn("an address begins with https://", said)


if __name__ == "__main__":
    unittest.main()
