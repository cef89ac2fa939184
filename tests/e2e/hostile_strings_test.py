#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What devices, files and people write is hostile to whoever reads it: it is carried through every reading verb of the command line
(as a table, as CSV and as JSON), every GET route with the ids that there are (as JSON and as CSV), the server's log and the export of
the audit log, and steers nothing. The pages of the dashboard: web/e2e/hostile.mjs."""
import csv
import io
import json
import re
import subprocess
import unittest
import urllib.parse

from oakum_world import BIN, GATEWAY, ROOT, WorldTest

# Markup, formulas, escape sequences of terminals, what reverses or hides text, line ends, quotes, a path, a very long word.
HOSTILE = ["<img src=x onerror=alert(1)>", "=HYPERLINK(\"http://evil\";\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)",
           "\x1b]0;owned\x07\x1b[2J\x1b[31m", "\u202egnp.exe", "zero\u200bwidth\u2066x", "two\r\nlines", "tab\tbed",
           "\u0085next", "'; DROP TABLE device; --", "../../etc/passwd", "{{7*7}}${7*7}%s%n", "\u009b31mred", "W" * 190]
# What may not reach a terminal: controls but the line end, C1, marks of direction, what is invisible.
STEERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
FORMULA = re.compile(r"^[=+\-@\t\r]")
# A verb reads or it does not: one that is in neither stops the test, so that somebody says which.
READS = set("""list show findings history software deployments count explain then own choose ends deadlines adoption now marks diff preview
    needs times decisions devices windows holes search verify key status fields schedule intake
    checkpoint attachments signers summary""".split())
# What changes something, asks for a file or a person, or does not ask the server at all.
NOT_READS = set("""set accept hold release retire revoke clear-clone update-now import bulk create update delete save change rm cancel undo
    withdraw add edit approve refuse assign remove use except feed sync bundle compile enable disable test floor upload publish start
    pause resume halt abort open-next-wave roll-back finish gate-study watch export make get password break-glass reset on off codes end
    end-all acknowledge mute unmute attach state hawkbit assess compare score match sign rotate renew replace steer forget ask
    enrol-profile let-through receipts fetch simulate trust distrust detach""".split())
# What a verb asks for beside its arguments.
REQUIRED = {("device", "count"): ["--query", "exists(name)"]}
# "key show" and "backup verify" are about files of one's own, and a job is over by the time it is asked for.
ELSEWHERE = {("key", "show"), ("evidence", "verify"), ("backup", "verify"), ("connector", "needs"), ("policy", "diff"), ("floor", "preview")}


class HostileStrings(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--apple-mdm", "--lwm2m", "127.0.0.1:0")
        cls.refused = []
        for i, text in enumerate(HOSTILE):
            rows = io.StringIO()
            csv.writer(rows).writerows([["serial", "name", "model", "site", "owner"],
                                        [f"H-{i:02}", text, text, text, text]])
            cls.told(world, "POST", f"/api/v1/devices/import?name=h{i}.csv", rows.getvalue().encode(), "text/csv")
            cls.told(world, "POST", "/api/v1/groups", {"name": text, "query": f'serial = "H-{i:02}"'})
            cls.told(world, "POST", "/api/v1/enrolment-tokens", {"label": text, "uses": 1, "seconds": 3600})
        # A device's own words: what it runs, as its SBOM and its inventory name it.
        parts = [{"type": "library", "name": text, "version": text, "purl": "pkg:generic/" + "x"} for text in HOSTILE]
        cls.told(world, "POST", "/api/v1/sboms?model=Hostile&version=1",
                 {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts})
        image = world.image(GATEWAY, "1.4.2", ill=["GW-H"])
        world.agent("GW-H", GATEWAY, image, world.enrolment(1), fact__zone="<b>\u202ezone", fact__x_rack="=1+1\x1b[5m")

    @classmethod
    def told(cls, world, method, path, body, kind="application/json"):
        """Taken whole, or refused in words as a problem: both are fine, an error of the server is not."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = world.raw(method, path, data, {"Authorization": f"Bearer {world.token}", "Content-Type": kind})
        if answer.status >= 500:
            raise AssertionError(f"{method} {path}: {answer}")
        if answer.status >= 400:
            cls.refused.append(answer)

    def run_oakum(self, *words):
        done = subprocess.run([str(BIN / "oakum"), *words], capture_output=True, env=self.world.environment(), timeout=120,
                              check=False)
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    def lists(self):
        """Every noun that can be listed, asked of the program itself, so that a new one is here without a line of test."""
        text = self.run_oakum("--help")[1]
        nouns = re.findall(r"^  ([a-z][a-z0-9-]*) {2,}", text[text.index("Subcommands:"):], re.M)
        found = [noun for noun in nouns if f"Usage: oakum {noun} list" in self.run_oakum(noun, "list", "--help")[1]]
        self.assertIn("device", found)
        self.assertIn("audit", found)
        return [[noun, "list", "--limit", "200"] for noun in found] + [["status"], ["search", "H-0"], ["search", "<img"]]

    def test_1_what_is_taken_is_kept_as_it_is_and_refusals_are_told_in_words(self):
        names = [device["name"] for device in self.world.all("/api/v1/devices")]
        kept = [text for text in HOSTILE if text in names]
        self.assertGreaterEqual(len(kept), 6, "enough of it has to be there for the tests below to say something")
        for answer in self.refused:
            self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json")
            problem = answer.json
            self.assertTrue(problem["detail"] and problem["status"] == answer.status, problem)

    def verbs(self):
        """Every reading verb with what it asks for filled in, asked of the program itself."""
        text = self.run_oakum("--help")[1]
        nouns = re.findall(r"^  ([a-z][a-z0-9-]*) {2,}", text[text.index("Subcommands:"):], re.M)
        devices = [device["id"] for device in self.world.all("/api/v1/devices")]
        paths = {"device": "devices", "group": "groups", "view": "views", "edit": "edits", "rollout": "rollouts", "release": "releases",
                 "exception": "exceptions", "alarm": "alarms", "job": "jobs", "floor": "floors", "policy": "policies/deadlines",
                 "artifact": "artifacts"}
        found = []
        for noun in nouns:
            help_text = self.run_oakum(noun, "--help")[1]
            if "Subcommands:" not in help_text:
                continue
            for verb in re.findall(r"^  ([a-z][a-z-]*) {2,}", help_text[help_text.index("Subcommands:"):], re.M):
                self.assertTrue((verb in READS) != (verb in NOT_READS),
                                f"oakum {noun} {verb}: say in READS or in NOT_READS whether it only reads")
                if verb in NOT_READS or (noun, verb) in ELSEWHERE:
                    continue
                usage = re.search(rf"Usage: oakum {noun} {verb} (.*)", self.run_oakum(noun, verb, "--help")[1]).group(1)
                wanted = [word for word in usage.split() if word != "[OPTIONS]"]
                given = [noun, verb]
                if noun == "finding" and verb == "explain":
                    found.append(given + ["CVE-2024-6387", "--device", devices[0]])
                elif noun == "advisory":
                    found.append(given + (["CVE-2024-6387"] if wanted else []) + (["--as-of", "2026-01-01"] if verb == "then" else []))
                elif not wanted:
                    found.append(given + REQUIRED.get((noun, verb), []))
                elif noun == "fix":
                    found += [given + [row["id"]] for row in self.world.all("/api/v1/fixes")[:3]]
                elif noun in ("audit", "search"):
                    found += [given + [word] for word in ("H-0", "img", "DROP")]
                else:
                    self.assertIn(noun, paths, f"oakum {noun} {verb}: which one is asked for?")
                    answer = self.world.get("/api/v1/" + paths[noun])
                    items = answer.get("items", answer.get("policies", []))
                    found += [given + [str(item.get("id", item.get("sha256", item.get("name"))))] for item in items[:len(HOSTILE)]]
        self.assertGreater(len(found), 150)
        return found

    def test_2_no_reading_verb_steers_a_terminal_or_a_spreadsheet(self):
        for words in self.verbs():
            for output in ("table", "csv", "json"):
                with self.subTest(words=words, output=output):
                    code, out, err = self.run_oakum(*words, "-o", output)
                    self.assertIn(code, (0, 1, 3), f"{words} -o {output}: {code}: {err}")
                    self.no_steering(words, output, out, err)
                    if output == "json" and code == 0 and out.strip():
                        json.loads(out)

    def no_steering(self, words, output, out, err):
        for text in (out.replace("\r\n", "\n") if output == "csv" else out, err):
            steers = STEERS.search(text)
            self.assertIsNone(steers, f"{words} -o {output}: {steers and ascii(text[max(0, steers.start() - 60):steers.end() + 20])}")
        if output == "csv":
            self.no_formula(words, out)

    def no_formula(self, what, text):
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                number = re.fullmatch(r"-?[0-9.]+%?", cell)
                self.assertFalse(FORMULA.match(cell) and not number, f"{what}: {ascii(cell)}")

    def test_2_no_list_steers_a_terminal_or_a_spreadsheet(self):
        for words in self.lists():
            for output in ("table", "csv"):
                code, out, err = self.run_oakum(*words, "-o", output)
                self.assertIn(code, (0, 3), f"{words}: {err}")
                self.no_steering(words, output, out, err)

    def test_3_one_device_is_shown_the_same_way(self):
        for i in range(len(HOSTILE)):
            for verb in (["show"], ["history"], ["software"], ["findings"], ["explain"]):
                code, out, err = self.run_oakum("device", *verb, f"H-{i:02}")
                self.assertIn(code, (0, 3), f"{verb} H-{i:02}: {err}")
                self.assertIsNone(STEERS.search(out + err), f"{verb} H-{i:02}: {ascii(out + err)}")

    def test_4_every_route_answers_in_json_that_is_no_page(self):
        looked = 0
        for path in self.paths():
            answer = self.world.ask("GET", path)
            self.assertLess(answer.status, 500, f"{path}: {answer}")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff", path)
            if answer.status != 200 or "json" not in answer.headers.get("content-type", ""):
                continue
            json.loads(answer.body.decode("utf-8"))
            self.assertIsNone(re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", answer.body), path)
            looked += 1
        self.assertGreater(looked, 100)

    def paths(self, kind=None):
        """Every GET route; those of one thing with the ids that their list gives."""
        document = json.loads((ROOT / "src/protocols/api/openapi.json").read_text())
        found = []
        for path, methods in document["paths"].items():
            get = methods.get("get", {})
            needed = [each for each in get.get("parameters", []) if each.get("required")]
            if not get or needed or path.endswith(("/events", "/stream")) or not path.startswith("/api"):
                continue
            if kind and kind not in get["responses"]["200"].get("content", {}):
                continue
            if "{id}" not in path:
                found.append(path)
                continue
            answer = self.world.ask("GET", path[:path.index("/{id}")], limit=50)
            items = answer.json.get("items", answer.json.get("policies", [])) if answer.status == 200 else []
            found += [path.replace("{id}", urllib.parse.quote(str(item.get("id", item.get("name"))), safe="")) for item in items[:len(HOSTILE)]]
        return found

    def test_4_what_is_exported_as_a_table_holds_no_formula(self):
        looked = 0
        for path in self.paths("text/csv"):
            answer = self.world.raw("GET", path, None, {"Authorization": f"Bearer {self.world.token}", "Accept": "text/csv"}, seconds=120)
            self.assertIn(answer.status, (200, 403, 404), f"{path}: {answer}")
            if answer.status != 200:
                continue
            looked += 1
            text = answer.body.decode("utf-8")
            self.assertIsNone(STEERS.search(text.replace("\r\n", "\n")), path)
            self.no_formula(path, text)
        self.assertGreater(looked, 40)

    def test_5_the_log_and_the_metrics_have_one_line_a_thing(self):
        for path in (self.world.server.log,):
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
            steers = STEERS.search(text)
            self.assertIsNone(steers, steers and ascii(text[max(0, steers.start() - 80):steers.end() + 20]))
            self.assertNotIn("\nlines", text)
        metrics = self.world.ask("GET", "/metrics").body.decode()
        for line in metrics.splitlines():
            self.assertRegex(line, r"^(#|oakum_)")

    def test_6_ten_megabytes_in_a_cell_are_refused_and_nothing_slows_down(self):
        body = b"serial,name\nBIG-1," + b"x" * 10_000_000 + b"\nBIG-2,small\n"
        answer = self.world.raw("POST", "/api/v1/devices/import?name=big.csv", body,
                                {"Authorization": f"Bearer {self.world.token}", "Content-Type": "text/csv"})
        self.assertLess(answer.status, 500, answer)
        self.assertEqual(self.world.get("/api/v1/devices", query='serial = "BIG-1"')["items"], [])
        self.assertEqual(self.world.ask("GET", "/api/v1/devices", query="name = \"" + "x" * 60_000 + "\"").status // 100, 4)

    def test_7_the_audit_log_holds_all_of_it_and_verifies(self):
        code, out, err = self.run_oakum("audit", "verify")
        self.assertEqual(code, 0, err)
        self.assertRegex(out, r"intact: +yes")
        self.assertIsNone(STEERS.search(out + err))


if __name__ == "__main__":
    unittest.main(verbosity=2)
