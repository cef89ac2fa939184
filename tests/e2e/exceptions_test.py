#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people decide about findings, with real processes: approval by somebody else, the end by time, a device that leaves, kill -9,
own advisories and their CVE, documents for others that are read back."""
import datetime
import json
import signal
import subprocess
import threading
import unittest

from oakum_world import BIN, GATEWAY, Failed, WorldTest, sbom, wait_until

PASSWORD = "correct horse battery staple"


def osv(advisory, name, fixed, aliases=()):
    return json.dumps({"id": advisory, "modified": "2026-01-02T00:00:00Z", "aliases": list(aliases),
                       "affected": [{"package": {"ecosystem": "PyPI", "name": name},
                                     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}) + "\n"


class Exceptions(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--approval-by-another")
        rows = "serial,name,model,site,firmware_version\n" + "".join(
            f"S{n},gateway {n},GW-1,{'a' if n < 2 else 'b'},1.0\n" for n in range(4))
        done = world.raw("POST", "/api/v1/devices/import?name=fleet.csv", rows.encode(),
                         {"Authorization": f"Bearer {world.token}", "Content-Type": "text/csv"})
        assert done.status == 200, done
        bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
               "metadata": {"component": {"type": "firmware", "name": "gateway", "version": "1.0"}},
               "components": [{"type": "library", "name": "hole", "version": "1.0", "purl": "pkg:pypi/hole@1.0"},
                              {"type": "library", "name": "secret", "version": "1.0", "purl": "pkg:pypi/secret@1.0"}]}
        cls.sbom = world.folder / "gateway.cdx.json"
        cls.sbom.write_text(json.dumps(bom), encoding="utf-8")
        world.oakum("sbom", "attach", cls.sbom, "--model", "GW-1", "--version", "1.0", json_output=False)
        cls.feed(world, "pypi.jsonl", osv("CVE-2026-1001", "hole", "1.2"))
        cls.anna = cls.person(world, "anna", "approver")

    @staticmethod
    def feed(world, name, text):
        folder = world.folder / "feeds"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        world.oakum("feed", "import", folder / name, json_output=False)

    @staticmethod
    def person(world, name, role):
        """A token of somebody else."""
        words = [str(BIN / "oakum"), "user", "create", "--name", name, "--role", role, "--password-stdin"]
        subprocess.run(words, input=PASSWORD + "\n", text=True, check=True, env=world.environment(), timeout=120)
        home = world.folder / f"home-{name}"
        home.mkdir()
        subprocess.run([str(BIN / "oakum"), "login", "--server", world.server.url, "--ca-fingerprint", world.server.fingerprint,
                        "--user", name], input=PASSWORD + "\n", text=True, check=True, env={**world.environment(), "HOME": str(home)},
                       timeout=120)
        return json.loads((home / ".config/oakum/connection.json").read_text())["token"]

    def wish(self, **more):
        return {"kind": "accept", "advisory": "CVE-2026-1001", "query": "site = a", "reason": "the service is off",
                "expires": "2099-01-01", **more}

    def soon(self, seconds):
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")

    def ask(self, **more):
        asked = self.world.ask("POST", "/api/v1/exceptions", self.wish(expires=self.soon(86_400 * 30)) | more)
        self.assertEqual(asked.status, 201, asked)
        self.assertEqual(asked.json["state"], "asked")
        return asked.json["id"]

    def act(self, exception, action, token=None, why="seen"):
        return self.world.ask("POST", f"/api/v1/exceptions/{exception}/actions/{action}", {"why": why}, token=token)

    def approve(self, exception):
        done = self.act(exception, "approve", self.anna)
        self.assertEqual(done.status, 200, done)

    def exposure(self):
        answer = self.world.get("/api/v1/exposure")
        return answer["exposed"], answer["excepted"], answer["findings_open"], answer["findings_accepted"]

    def waits_for(self, what, wanted):
        wait_until(what, lambda: self.exposure() == wanted)

    def counted(self, query):
        return self.world.get("/api/v1/query/preview", query=query)["count"]

    def test_1_somebody_else_approves_and_a_device_that_leaves_is_open_again(self):
        world = self.world
        self.waits_for("all are exposed", (4, 0, 4, 0))
        preview = world.post("/api/v1/exceptions/preview", self.wish(expires=self.soon(86_400)))
        self.assertEqual((preview["covers"]["devices"], preview["before"]["exposed"], preview["after"]["exposed"]), (2, 4, 2))
        exception = self.ask()
        self.assertEqual(self.act(exception, "approve").status, 403)
        self.approve(exception)
        self.waits_for("two are accepted", (2, 2, 2, 2))
        advisory = world.get("/api/v1/advisories/CVE-2026-1001")
        self.assertEqual((advisory["affected"], advisory["accepted"]), (4, 2))
        # Lists are as long as the figures that lead to them.
        wait_until("queries know it", lambda: self.counted("exists(finding)") == 2)
        self.assertEqual(self.counted("finding = CVE-2026-1001"), 4)
        self.assertEqual(self.counted("exists(finding) and site = a"), 0)
        device = world.device_id("S0")
        finding = world.get(f"/api/v1/devices/{device}/findings")["items"][0]
        self.assertEqual((finding["state"], finding["exception"]), ("accepted", exception))
        self.assertRegex(finding["decision"], "approved by .*anna")
        told = world.get("/api/v1/findings/CVE-2026-1001/explain", device=device)
        self.assertIn("accepted by", json.dumps(told))
        world.oakum("device", "set", "S0", "--fact", "site=b", "--why", "moved", json_output=False)
        self.waits_for("one left", (3, 1, 3, 1))
        world.oakum("device", "set", "S0", "--fact", "site=a", "--why", "moved back", json_output=False)
        self.waits_for("and came back", (2, 2, 2, 2))
        self.assertEqual(self.act(exception, "withdraw").status, 200)
        self.waits_for("withdrawn", (4, 0, 4, 0))
        self.assertEqual(self.act(exception, "withdraw").status, 409)

    def test_2_it_ends_by_time_with_an_event_also_after_kill_9(self):
        world = self.world
        ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=20)
        exception = self.ask(expires=ends.isoformat().replace("+00:00", "Z"))
        self.approve(exception)
        self.waits_for("two are accepted", (2, 2, 2, 2))
        world.server.process.end(signal.SIGKILL)
        world.server.start("--approval-by-another")
        self.assertIn(world.get(f"/api/v1/exceptions/{exception}")["state"], ("approved", "expired"))
        wait_until("its time is over", lambda: world.get(f"/api/v1/exceptions/{exception}")["state"] == "expired")
        self.waits_for("it is open again", (4, 0, 4, 0))
        wait_until("queries know that it is over", lambda: self.counted("exists(finding)") == 4)
        history = world.get(f"/api/v1/exceptions/{exception}")["history"]
        self.assertEqual([step["state"] for step in history], ["asked", "approved", "expired"])
        audit = [row["action"] for row in world.get("/api/v1/audit/search", q=exception)["items"]]
        for action in ("exception.ask", "exception.approve", "exception.expire"):
            self.assertIn(action, audit)

    def test_2_one_decision_about_all_that_a_fix_would_end(self):
        world = self.world
        row = next(fix for fix in world.get("/api/v1/fixes")["items"] if fix["devices"] == 4)
        ends = world.oakum("fix", "ends", row["id"])
        self.assertEqual([each["id"] for each in ends["rows"]], ["CVE-2026-1001"])
        self.assertEqual((ends["total"], ends["left_out"], ends["rows"][0]["devices"]), (1, 0, 4))
        self.assertEqual(self.counted(ends["query"]), 4)
        preview = world.oakum("exception", "add", "--kind", "accept", "--fix", row["id"], "--query", "site = a", "--expires",
                              self.soon(86_400 * 30), "--reason", "the line stops in a week", "--dry-run")
        self.assertEqual((preview["covers"]["devices"], preview["second_person"]), (2, True))
        self.assertEqual(world.ask("GET", "/api/v1/fixes/ends?fix=none:nothing").status, 404)
        # Several at once; what nobody knows covers nothing.
        exception = self.ask(also=["CVE-2026-9999"])
        self.approve(exception)
        self.waits_for("two are accepted", (2, 2, 2, 2))
        held = world.get(f"/api/v1/exceptions/{exception}")
        self.assertEqual((held["advisory"], held["also"], held["covers"]["findings"]), ("CVE-2026-1001", ["CVE-2026-9999"], 2))
        self.assertEqual(self.counted(held["devices_query"]), 2)
        self.assertEqual(self.act(exception, "withdraw").status, 200)
        self.waits_for("withdrawn", (4, 0, 4, 0))
        wrong = self.wish(also=["CVE-2026-2"], expires=self.soon(86_400))
        del wrong["advisory"]
        self.assertEqual(world.ask("POST", "/api/v1/exceptions", wrong).status, 400)

    def test_2_which_versions_ran_is_kept_of_the_day_also_after_kill_9(self):
        world = self.world
        rows = lambda: world.oakum("report", "adoption", "--model", "GW-1")["rows"]
        wait_until("it was counted", lambda: [(row["kind"], row["version"], row["devices"]) for row in rows()] == [("version", "1.0", 4)])
        day = rows()[0]["day"]
        world.server.process.end(signal.SIGKILL)
        world.server.start("--approval-by-another")
        self.assertEqual(rows()[0]["day"], day)
        world.oakum("device", "set", "S3", "--fact", "firmware_version=2.0", "--why", "updated by hand", json_output=False)
        wait_until("the other version is counted", lambda: {row["version"]: row["devices"] for row in rows() if row["day"] == rows()[-1]["day"]} == {"1.0": 3, "2.0": 1})
        world.oakum("device", "set", "S3", "--fact", "firmware_version=1.0", "--why", "and back", json_output=False)
        self.waits_for("as before", (4, 0, 4, 0))

    def test_3_an_own_advisory_becomes_one_with_its_cve(self):
        world = self.world
        made = world.oakum("advisory", "add", "--title", "Anybody can install", "--component", "pkg:pypi/secret", "--fixed", "1.4",
                           "--severity", "high", "--exploited", "true")
        own = made["id"]
        self.assertRegex(own, r"^OAKUM-\d{4}-\d+$")
        # Killed before or after it was compiled: it is looked for.
        world.server.process.end(signal.SIGKILL)
        world.server.start("--approval-by-another")
        found = lambda name: world.ask("GET", f"/api/v1/advisories/{name}")
        wait_until("it is matched", lambda: found(own).status == 200 and found(own).json["affected"] == 4)
        exception = self.ask(advisory=own, query="")
        self.approve(exception)
        wait_until("it is accepted", lambda: found(own).json["accepted"] == 4)
        world.oakum("advisory", "edit", own, "--alias", "CVE-2026-2002")
        self.feed(world, "secret.jsonl", osv("CVE-2026-2002", "secret", "1.4"))
        wait_until("both are one", lambda: found("CVE-2026-2002").status == 200 and own in found("CVE-2026-2002").json["aliases"])
        merged = found(own).json
        self.assertEqual((merged["id"], merged["affected"], merged["accepted"]), ("CVE-2026-2002", 4, 4))
        self.assertEqual(self.act(exception, "withdraw").status, 200)
        stale = world.raw("PUT", f"/api/v1/own-advisories/{own}", json.dumps({"title": "x", "products": [{"component": "y"}]}).encode(),
                          {"Authorization": f"Bearer {world.token}", "Content-Type": "application/json", "If-Match": '"v1"'})
        self.assertEqual(stale.status, 409, stale)

    def test_4_what_is_said_to_others_is_read_back(self):
        world = self.world
        exception = self.ask(kind="not_affected", query="", justification="vulnerable_code_not_in_execute_path", expires=None)
        self.approve(exception)
        vex = world.folder / "ours.openvex.json"
        wait_until("it is said", lambda: (world.oakum("vex", "export", "--advisory", "CVE-2026-1001", json_output=False),
                                          "not_affected" in json.dumps(world.get("/api/v1/vex", advisory="CVE-2026-1001")))[1])
        world.oakum("vex", "export", "--to", vex, json_output=False)
        statement = next(each for each in json.loads(vex.read_text())["statements"] if each["vulnerability"]["name"] == "CVE-2026-1001")
        self.assertEqual((statement["status"], statement["justification"]), ("not_affected", "vulnerable_code_not_in_execute_path"))
        scan = lambda *more: json.loads(subprocess.run(
            [BIN / "oakum", "scan", self.sbom, "--advisories", world.folder / "feeds", "--output", "json", *more], capture_output=True,
            text=True, env=world.environment(), timeout=120, check=True).stdout)
        status = lambda document: {each["advisory"]: each["status"] for each in document["findings"]}
        self.assertEqual(status(scan())["CVE-2026-1001"], "affected")
        self.assertNotEqual(status(scan("--vex", vex)).get("CVE-2026-1001"), "affected")
        cyclonedx = world.get("/api/v1/vex", format="cyclonedx")
        self.assertEqual((cyclonedx["bomFormat"], cyclonedx["specVersion"]), ("CycloneDX", "1.5"))
        self.assertEqual(self.act(exception, "withdraw").status, 200)

    def test_6_what_a_build_repaired_is_told_the_server_and_closes_the_finding(self):
        world = self.world
        firmware = {"--model": "GW-1", "--version": "1.0"}
        words = [word for pair in firmware.items() for word in pair]
        affected = lambda: world.get("/api/v1/exposure")["findings_open"]
        before = affected()
        self.assertGreater(before, 0)
        listed = world.folder / "cve.json"
        listed.write_text(json.dumps({"version": "1", "package": [
            {"name": "hole", "version": "1.0", "issue": [{"id": "CVE-2026-1001", "status": "Patched", "detail": "backported-patch"}]},
            {"name": "nothing-here", "version": "1.0", "issue": [{"id": "CVE-2026-1001", "status": "Patched"}]}]}))
        told = world.oakum("sbom", "state", listed, *words)
        self.assertEqual((told["statements"], told["devices"]), (1, 4))
        self.assertIn("1 of 2 statements is about nothing", told["warnings"][0])
        wait_until("the findings to close", lambda: affected() == before - 4)
        # The same again changes nothing; a list that cannot be read is refused, and so is one without a firmware.
        self.assertEqual(world.oakum("sbom", "state", listed, *words)["set"], told["set"])
        listed.write_text("{")
        with self.assertRaises(Failed):
            world.oakum("sbom", "state", listed, *words)
        with self.assertRaises(Failed) as failed:
            world.oakum("sbom", "state", self.sbom, "--model", "GW-1", "--version", "7.7")
        self.assertIn("attach one first", failed.exception.text)
        # The SBOM anew takes it back.
        world.oakum("sbom", "attach", self.sbom, *words, json_output=False)
        wait_until("the findings to be open again", lambda: affected() == before)

    def test_5_bad_input_and_two_at_once(self):
        world = self.world
        hostile = "<script>alert(1)</script> =cmd|' /C calc'!A0 \u202e"
        for more, place in (({"reason": "x" * 5000}, "reason"), ({"reason": "\u001b[31m"}, "reason"), ({"query": "site ="}, "query"),
                            ({"query": "kev"}, "query"), ({"kind": "forget"}, "kind"), ({"expires": "2001-01-01"}, "expires"),
                            ({"group": "01aaaaaaaaaaaaaaaaaaaaaaaa"}, "group"), ({"kind": "mitigate", "evidence": ["x"], "metric": "XX:Y"}, "metric")):
            refused = world.ask("POST", "/api/v1/exceptions", self.wish(expires=self.soon(86_400)) | more)
            self.assertIn(refused.status, (400, 404, 413, 422), f"{more}: {refused}")
            self.assertIn(place, refused.body.decode(), more)
        exception = self.ask(reason=hostile)
        self.assertEqual(world.get(f"/api/v1/exceptions/{exception}")["reason"], hostile)
        viewer = self.person(world, "vera", "viewer")
        self.assertEqual(self.act(exception, "approve", viewer).status, 403)
        self.assertEqual(world.ask("POST", "/api/v1/exceptions", self.wish(), token=viewer).status, 403)
        self.assertEqual(self.act("01aaaaaaaaaaaaaaaaaaaaaaaa", "approve", self.anna).status, 404)
        answers = []
        both = [threading.Thread(target=lambda action=action: answers.append(self.act(exception, action, self.anna).status))
                for action in ("approve", "refuse")]
        for each in both:
            each.start()
        for each in both:
            each.join()
        self.assertEqual(sorted(answers), [200, 409])
        self.act(exception, "withdraw")


if __name__ == "__main__":
    unittest.main(verbosity=2)
