#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Advisory data is fetched from publishers on this machine, over HTTP and HTTPS, with the faults that there are: what is known
afterwards is whole and current, what is held is never lost, and errors say what to do."""
import io
import json
import signal
import threading
import time
import unittest
import zipfile

from oakum_world import Failed, WorldTest, wait_until
from publisher import (Publisher, cut, huge, own_authority, redirect, silent, status, whole_although_part_was_asked)


def kev(day, *ids):
    return json.dumps({"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": day, "dateReleased": day + "T10:00:00Z",
                       "count": len(ids), "vulnerabilities": [
                           {"cveID": each, "vendorProject": "v", "product": "p", "vulnerabilityName": "n", "dateAdded": day,
                            "requiredAction": "a", "dueDate": day, "knownRansomwareCampaignUse": "Unknown"} for each in ids]})


def osv(name, modified="2026-01-02T00:00:00Z"):
    return json.dumps({"id": name, "modified": modified, "affected": [
        {"package": {"ecosystem": "Go", "name": "x/" + name}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]})


def zipped(records):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in records.items():
            archive.writestr(name, text)
    return out.getvalue()


def nvd_record(number, modified="2026-01-02T00:00:00.000"):
    return {"cve": {"id": f"CVE-2026-{number:05d}", "sourceIdentifier": "s", "published": modified, "lastModified": modified,
                    "vulnStatus": "Analyzed", "descriptions": [{"lang": "en", "value": "d"}], "metrics": {}, "references": []}}


class FeedSync(WorldTest):
    @classmethod
    def build(cls, world):
        cls.publisher = Publisher()
        cls.tls = own_authority(world.folder)
        cls.secure = Publisher(cls.tls)
        world.start("--allow-private-sources", "--source-ca", cls.tls[0], "--source-silence-seconds", "2")

    @classmethod
    def tearDownClass(cls):
        cls.publisher.close()
        cls.secure.close()
        super().tearDownClass()

    def set(self, name, **settings):
        answer = self.world.ask("PATCH", f"/api/v1/sources/{name}", settings)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def source(self, name):
        return next(one for one in self.world.get("/api/v1/sources")["items"] if one["name"] == name)

    def sync(self, name, *more):
        return self.world.oakum("feed", "sync", name, *more, json_output=False)

    def fails(self, name, *more):
        with self.assertRaises(Failed) as failed:
            self.sync(name, *more)
        return failed.exception.text

    def knows(self, advisory):
        return self.world.ask("GET", f"/api/v1/advisories/{advisory}").status == 200

    def at(self, path, body, name, kind, **more):
        """A source of one's own at a path of the publisher."""
        self.publisher.put(path, body)
        return self.set(name, kind=kind, url=self.publisher.url + path, **more)

    def test_01_nothing_is_asked_before_somebody_switches_a_source_on(self):
        sources = self.world.get("/api/v1/sources")["items"]
        self.assertIn("kev", [each["name"] for each in sources])
        self.assertFalse(any(each["enabled"] or each["tried"] for each in sources))
        self.assertEqual(self.publisher.asked, [])
        self.assertIn("no source is switched on", self.fails_all())

    def fails_all(self):
        with self.assertRaises(Failed) as failed:
            self.world.oakum("feed", "sync", json_output=False)
        return failed.exception.text

    def test_02_a_source_that_is_switched_on_is_synced_by_itself_and_the_same_is_not_sent_again(self):
        self.publisher.put("/kev.json", kev("2026-08-20", "CVE-2026-10001"))
        self.set("kev", url=self.publisher.url + "/kev.json", enabled=True)
        wait_until("the first sync", lambda: self.source("kev")["synced"], 60)
        self.assertTrue(self.knows("CVE-2026-10001"))
        before = self.world.get("/api/v1/feeds")["items"][0]["imported"]
        self.assertIn("nothing changed", self.sync("kev"))
        last = self.publisher.asked_of("/kev.json")[-1]
        self.assertIn("if-none-match", last)
        # Times are told in seconds: a sync in the same one shows nothing.
        wait_until("the feed to be of now", lambda: self.sync("kev") and self.world.get("/api/v1/feeds")["items"][0]["imported"] > before)
        self.publisher.put("/kev.json", kev("2026-08-21", "CVE-2026-10001", "CVE-2026-10002"))
        self.sync("kev")
        self.assertTrue(self.knows("CVE-2026-10002"))
        self.assertEqual(self.source("kev")["accepted"], 2)

    def test_03_a_download_that_is_cut_goes_on_where_it_was(self):
        text = "\n".join(osv(f"GO-3-{number}") for number in range(400))
        self.at("/cut.json", text, "cut", "osv")
        etag = self.publisher.etags["/cut.json"]
        self.publisher.fault("/cut.json", cut(10_000, etag), status(503), cut(20_000, etag))
        self.sync("cut")
        asked = self.publisher.asked_of("/cut.json")
        self.assertEqual([each.get("range") for each in asked[:2]], [None, "bytes=10000-"])
        self.assertEqual(asked[1]["if-range"], etag)
        self.assertTrue(self.knows("GO-3-399"))
        self.assertEqual(self.source("cut")["accepted"], 400)

    def test_04_another_version_or_a_publisher_without_parts_begins_anew(self):
        self.at("/anew.json", osv("GO-4-1") + "\n" + osv("GO-4-2"), "anew", "osv")
        etag = self.publisher.etags["/anew.json"]
        # A part of what is another file by now; then one that ignores that a part was asked for.
        self.publisher.fault("/anew.json", cut(20, '"of before"'), cut(30, etag), whole_although_part_was_asked(etag))
        self.sync("anew")
        self.assertTrue(self.knows("GO-4-1") and self.knows("GO-4-2"))
        self.assertEqual(self.source("anew")["rejected"], 0)

    def test_05_a_publisher_that_is_busy_is_asked_again_when_it_says(self):
        self.at("/busy.json", osv("GO-5"), "busy", "osv")
        self.publisher.fault("/busy.json", status(429, Retry_After="1"), status(500))
        self.sync("busy")
        self.assertEqual(len(self.publisher.asked_of("/busy.json")), 3)
        # A long wait is kept to.
        self.publisher.fault("/busy.json", status(429, Retry_After="7200"))
        self.assertIn("asked too often (status 429)", self.fails("busy"))
        state = self.set("busy", enabled=True)
        self.assertIsNone(state["next"])
        wait_until("the sync by itself", lambda: self.source("busy")["synced"] and not self.source("busy")["error"], 60)

    def test_06_errors_say_what_to_do_and_change_nothing(self):
        self.at("/gone.json", osv("GO-6"), "gone", "osv")
        self.sync("gone")
        del self.publisher.files["/gone.json"]
        self.assertIn("look at the source's address", self.fails("gone"))
        self.publisher.put("/gone.json", "<html>Please sign in to the network</html>")
        self.assertIn("this is none of the known feeds", self.fails("gone"))
        self.publisher.put("/gone.json", kev("2020-01-01", "CVE-2020-10001"))
        self.assertIn("records of the kind kev, where osv was expected", self.fails("gone"))
        self.assertTrue(self.knows("GO-6"))
        self.assertFalse(self.knows("CVE-2020-10001"))
        self.set("nobody", kind="osv", url="http://127.0.0.1:1/x")
        with self.assertRaises(Failed) as failed:
            self.world.oakum("source", "test", "nobody")
        self.assertIn("nobody answers at its address", failed.exception.text)
        self.assertIn("it answers", self.world.oakum("source", "test", "kev", json_output=False))

    def test_07_redirects_end_and_what_is_too_large_or_silent_is_left(self):
        self.at("/loop", "", "loop", "osv")
        self.publisher.fault("/loop", *[redirect("/loop")] * 10)
        self.assertIn("from one address to the next without end", self.fails("loop"))
        self.publisher.faults["/loop"].clear()
        self.publisher.put("/target.json", osv("GO-7"))
        self.publisher.fault("/loop", redirect("/target.json"))
        self.sync("loop")
        self.assertTrue(self.knows("GO-7"))
        self.at("/huge", "", "huge", "osv")
        self.publisher.fault("/huge", huge(1 << 40))
        self.assertIn("at most", self.fails("huge"))
        # It says nothing for longer than it may, and then goes on.
        ended = threading.Event()
        self.at("/slow", osv("GO-7-2"), "slow", "osv")
        self.publisher.fault("/slow", silent(ended))
        self.sync("slow")
        ended.set()
        self.assertTrue(self.knows("GO-7-2"))

    def test_08_archives_are_read_as_they_are_and_a_broken_one_is_not_taken(self):
        archive = zipped({"GO-8-1.json": osv("GO-8-1"), "a/GO-8-2.json": osv("GO-8-2"), "../../etc/x.json": osv("GO-8-3")})
        self.publisher.put("/Go/all.zip", archive)
        self.publisher.put("/npm/all.zip", archive[:-30])
        self.set("osv", url=self.publisher.url + "/{}/all.zip", parts=["Go", "npm", "PyPI"])
        text = self.fails("osv")
        self.assertIn("osv-npm: reading all.zip: the zip archive is cut off", text)
        self.assertIn("osv-PyPI: it answered that there is no such file", text)
        self.assertTrue(all(self.knows(f"GO-8-{number}") for number in (1, 2, 3)))
        self.publisher.put("/npm/all.zip", zipped({"x": osv("GO-8-4")[:-1] + " " * 50_000_000 + "}"}))
        self.assertIn("times its size", self.fails("osv"))

    def test_09_what_shrank_or_is_older_is_refused_until_it_is_forced(self):
        records = [osv(f"GO-9-{number}") for number in range(60)]
        self.at("/shrink.json", "\n".join(records), "shrink", "osv", enabled=True)
        wait_until("the first sync", lambda: self.source("shrink")["synced"], 60)
        self.publisher.put("/shrink.json", "\n".join(records[:30]))
        self.assertIn("has 30 records where 60 are held", self.fails("shrink"))
        self.assertTrue(self.source("shrink")["refused"])
        self.assertEqual(self.source("shrink")["accepted"], 60)
        wait_until("its alarm", lambda: [each for each in self.world.get("/api/v1/alarms")["items"]
                                         if each["kind"] == "source_fails" and "shrink" in each["what"]], 90)
        self.assertIn("has 30 records where 60", self.world.oakum("feed", "status", json_output=False))
        self.sync("shrink", "--force")
        self.assertEqual(self.source("shrink")["accepted"], 30)
        self.assertFalse(self.source("shrink")["refused"])
        self.publisher.put("/kev.json", kev("2020-01-01", "CVE-2026-10001", "CVE-2026-10002"))
        self.assertIn("older than what is held", self.fails("kev"))

    def test_10_nvd_is_paged_with_its_key_and_then_only_what_changed_is_asked(self):
        records = [nvd_record(number) for number in range(2500)]
        changed = []

        def answer(query):
            some = changed if "lastModStartDate" in query else records
            start, count = int(query["startIndex"]), int(query["resultsPerPage"])
            page = some[start:start + count]
            return json.dumps({"resultsPerPage": len(page), "startIndex": start, "totalResults": len(some), "format": "NVD_CVE",
                               "version": "2.0", "timestamp": "2026-08-21T10:00:00.000", "vulnerabilities": page}).encode()

        self.publisher.dynamic["/cves"] = answer
        self.set("nvd", url=self.publisher.url + "/cves", pause_ms=10, key="a-key-of-nvd")
        self.publisher.fault("/cves", status(503))
        self.sync("nvd")
        self.assertEqual(self.publisher.asked_of("/cves")[-1]["apikey"], "a-key-of-nvd")
        self.assertEqual(self.source("nvd")["accepted"], 2500)
        self.assertNotIn("a-key-of-nvd", json.dumps(self.world.get("/api/v1/sources")))
        self.assertIn("nothing changed", self.sync("nvd"))
        changed.append(nvd_record(9999, "2026-02-02T00:00:00.000"))
        self.sync("nvd")
        last = [path for path, _ in self.publisher.asked if path.startswith("/cves")][-1]
        self.assertIn("lastModStartDate=", last)
        self.assertTrue(self.knows("CVE-2026-09999") and self.knows("CVE-2026-00001"))

    def test_10_a_makers_documents_are_found_by_its_metadata_and_then_only_what_changed_is_asked(self):
        def document(number, status, day):
            self.publisher.put(f"/white/2026/{number}.json", json.dumps({
                "document": {"category": "csaf_security_advisory", "csaf_version": "2.0", "title": "t",
                             "publisher": {"category": "vendor", "name": "ACME", "namespace": "https://acme.example"},
                             "tracking": {"id": f"ACME-{number}", "status": "final", "version": "1", "current_release_date": day,
                                          "initial_release_date": day, "revision_history": []}},
                "product_tree": {"full_product_names": [{"product_id": "P", "name": "p",
                                                         "product_identification_helper": {"purl": "pkg:generic/acme-gate@1.0"}}]},
                "vulnerabilities": [{"cve": f"CVE-2026-7000{number}", "product_status": {status: ["P"]}}]}, indent=1))
            times[f"2026/{number}.json"] = day
            self.publisher.put("/white/changes.csv", "".join(f'"{path}","{time}"\n' for path, time in sorted(times.items(), reverse=True)))

        times = {}
        self.publisher.put("/.well-known/csaf/provider-metadata.json", json.dumps({"distributions": [
            {"directory_url": self.publisher.url + "/white"}]}))
        document(1, "known_affected", "2026-11-01T00:00:00Z")
        document(2, "known_affected", "2026-11-02T00:00:00Z")
        self.set("acme", kind="csaf", walk="csaf_provider", url=self.publisher.url + "/.well-known/csaf/provider-metadata.json")
        self.publisher.fault("/white/2026/2.json", status(503))
        self.sync("acme")
        self.assertTrue(self.knows("CVE-2026-70001") and self.knows("CVE-2026-70002"))
        asked = len(self.publisher.asked)
        self.assertIn("nothing changed", self.sync("acme"))
        self.assertEqual(len(self.publisher.asked) - asked, 2)
        # Times are told in seconds: what comes next comes in another one.
        known = lambda number: self.world.get(f"/api/v1/advisories/CVE-2026-7000{number}")["dates"]["known_to_us"]
        first = known(1)
        wait_until("the next second", lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > first)
        document(1, "known_not_affected", "2026-11-20T00:00:00Z")
        document(3, "known_affected", "2026-11-21T00:00:00Z")
        asked = len(self.publisher.asked_of("/white/2026/2.json"))
        self.sync("acme")
        self.assertEqual(len(self.publisher.asked_of("/white/2026/2.json")), asked)
        self.assertTrue(self.knows("CVE-2026-70003"))
        self.assertEqual(known(1), first)
        self.assertLess(first, known(3))
        # One that is listed and gone is told; the others are here.
        times["2026/4.json"] = "2026-11-22T00:00:00Z"
        document(5, "known_affected", "2026-11-22T00:00:00Z")
        self.assertIn("1 of the 5 that it lists cannot be had", self.fails("acme"))
        self.assertTrue(self.knows("CVE-2026-70005"))

    def test_11_over_tls_only_authorities_that_are_trusted_count(self):
        self.secure.put("/kev2.json", osv("GO-11"))
        self.set("secure", kind="osv", url=self.secure.url + "/kev2.json")
        self.sync("secure")
        self.assertTrue(self.knows("GO-11"))

    def test_12_a_server_that_is_killed_while_it_fetches_goes_on_after_its_start(self):
        text = "\n".join(osv(f"GO-12-{number}") for number in range(2000))
        self.at("/killed.json", text, "killed", "osv")
        etag = self.publisher.etags["/killed.json"]
        ended = threading.Event()

        def half(handler, body):
            from publisher import send
            send(handler, 200, body[:150_000], {"ETag": etag}, len(body))
            handler.wfile.flush()
            ended.wait(60)
            return True
        self.publisher.fault("/killed.json", half)
        self.world.post("/api/v1/sources/killed/actions/sync", {})
        partial = self.world.server.folder / "feeds" / "partial" / "killed"
        wait_until("half of it", lambda: partial.exists() and partial.stat().st_size >= 140_000)
        self.world.server.process.kill()
        ended.set()
        self.world.server.start("--allow-private-sources", "--source-ca", self.tls[0], "--source-silence-seconds", "2")
        wait_until("the sync to end", lambda: self.source("killed")["synced"], 90)
        self.assertTrue(self.publisher.asked_of("/killed.json")[-1]["range"].startswith("bytes="))
        self.assertEqual(self.source("killed")["accepted"], 2000)

    def test_13_addresses_of_ones_own_are_refused_unless_that_was_allowed(self):
        self.world.server.process.end(signal.SIGTERM)
        self.world.server.start()
        answer = self.world.ask("PATCH", "/api/v1/sources/other", {"kind": "osv", "url": "http://127.0.0.1/x"})
        self.assertEqual(answer.status, 400, answer.body)
        self.set("inside", kind="osv", url="https://localhost/x")
        self.assertIn("--allow-private-sources", self.fails("inside"))
        self.assertIn("is not https", self.fails("kev"))


if __name__ == "__main__":
    unittest.main()
