#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The how-to documents do what they say: their marked blocks are run as they stand against real processes, the reference is what
the sources say, links lead somewhere.

Marks of a block: `sh server` starts a server and waits until it is ready, `sh try` is run line by line and has to end well,
`sh background` goes on beside what follows, `sh stop` ends the server. Ports, FINGERPRINT and TOKEN are put in."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

from oakum_world import BIN, ROOT, Process, WorldTest

HOW_TO = ("start.md", "hit.md", "rollouts.md", "lists.md", "bulk.md", "evidence.md", "concepts.md", "feeds.md", "deciding.md", "exceptions.md", "intake.md", "operations.md")
BLOCK = re.compile(r"^```sh (\w+)\n(.*?)^```$", re.M | re.S)


class Documents(WorldTest):
    @classmethod
    def build(cls, world):
        cls.beside = []
        for name in ("demo", "tools"):
            (world.folder / name).symlink_to(ROOT / name)
        world.server.folder = world.folder / "oakum-data"

    @classmethod
    def tearDownClass(cls):
        for process in cls.beside:
            process.end()
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "cwd").startswith(str(cls.world.folder) + "/device"):
                        os.kill(int(entry.name), 9)
                except OSError:
                    continue
        super().tearDownClass()

    def environment(self):
        return {"PATH": f"{BIN}:{os.environ.get('PATH', '/usr/bin:/bin')}", "HOME": str(self.world.home)}

    def put_in(self, line):
        server = self.world.server
        for name, value in (("127.0.0.1:8443", f"127.0.0.1:{server.port}"), ("FINGERPRINT", server.fingerprint or ""),
                            ("TOKEN", server.sign_in or "")):
            line = line.replace(name, value)
        return line

    def run_block(self, kind, text, where):
        server = self.world.server
        if kind == "server":
            words = text.split()
            self.assertEqual(words[:5], ["oakumd", "--data", "./oakum-data", "--listen", "127.0.0.1:8443"], where)
            os.chdir(self.world.folder)
            server.start(*words[5:])
        elif kind == "stop":
            self.assertEqual(server.process.end(), 0, where)
        elif kind == "background":
            os.chdir(self.world.folder)
            self.beside.append(Process([BIN / text.split()[0], *text.split()[1:]], self.world.logs / "beside.log", self.environment()))
        else:
            self.assertEqual(kind, "try", where)
            for line in text.strip().split("\n"):
                done = subprocess.run(["sh", "-c", self.put_in(line)], cwd=self.world.folder, env=self.environment(),
                                      capture_output=True, text=True, timeout=300, check=False)
                self.assertEqual(done.returncode, 0, f"{where}: {line}\n{done.stdout}{done.stderr}")

    def test_1_the_commands_of_the_how_to_documents_do_what_they_say(self):
        before = pathlib.Path.cwd()
        try:
            for name in HOW_TO:
                blocks = BLOCK.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
                self.assertGreater(len(blocks), 2, name)
                for number, (kind, text) in enumerate(blocks, 1):
                    with self.subTest(f"{name}, block {number}"):
                        self.run_block(kind, text, f"docs/{name}, block {number}")
        finally:
            os.chdir(before)

    def test_2_the_reference_is_what_the_sources_say(self):
        done = subprocess.run([sys.executable, ROOT / "tools/make_reference.py", "--check"], capture_output=True, text=True,
                              env={**os.environ, "OAKUM_BIN": str(BIN)}, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_3_built_in_help_leads_to_documents_that_the_pages_show_too(self):
        topics = json.loads(subprocess.run([BIN / "oakum", "help", "--output", "json"], capture_output=True, text=True,
                                           env=self.environment(), timeout=60, check=True).stdout)
        shown = re.search(r"export const topics = \[(.*?)\]", (ROOT / "web/src/features/help/model.ts").read_text()).group(1)
        shown = set(re.findall(r"'([a-z-]+)'", shown))
        for topic in topics:
            self.assertTrue((ROOT / "docs" / (topic["document"] + ".md")).is_file(), topic["document"])
            self.assertIn(pathlib.Path(topic["document"]).name, shown, topic["name"])
            for line in topic["commands"]:
                program, *words = line["command"].removeprefix("sudo ").split()
                if program in ("oakumd", "oakum-agent"):
                    verb = [word for word in words[:1] if not word.startswith("-")]
                    # A verb takes the program's options too.
                    told = "".join(subprocess.run([BIN / program, *of, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
                                   for of in ([], verb))
                    for option in (word for word in words if word.startswith("--")):
                        self.assertIn(option, told, line["command"])
        led = {pathlib.Path(topic["document"]).name for topic in topics}
        self.assertEqual(shown - led, {"configuration"}, "documents that no topic leads to")

    def test_4_what_errors_and_options_call_help_is_a_topic(self):
        names = set(subprocess.run([BIN / "oakum", "help", "--output", "csv"], capture_output=True, text=True,
                                   env=self.environment(), timeout=60, check=True).stdout.replace("\r", "").split("\n"))
        names = {line.split(",")[0] for line in names}
        named = set()
        for source in [*(ROOT / "src").rglob("*.?pp"), *(ROOT / "apps").rglob("*.?pp"), *(ROOT / "web/src").rglob("*.ts*"),
                       *(ROOT / "docs").rglob("*.md"), ROOT / "src/protocols/api/openapi.json"]:
            named |= set(re.findall(r"oakum help ([a-z]+)", source.read_text(encoding="utf-8")))
        self.assertIn("query", named)
        self.assertEqual(named - names, set())

    def test_5_links_between_documents_lead_somewhere(self):
        pages = [ROOT / "README.md", ROOT / "monitoring/README.md", *(ROOT / "docs").rglob("*.md")]
        self.assertGreater(len(pages), 20)
        for page in pages:
            text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
                if not re.match(r"[a-z]+:", target):
                    self.assertTrue((page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}")

    def test_6_the_table_of_attacks_names_tests_that_are_there(self):
        page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
        rows = [line for line in page.splitlines() if line.startswith("|")]
        self.assertGreater(len(rows), 35)
        for row in rows:
            for path in re.findall(r"`((?:tests|fuzz|codecs|domain|engine|platform)/[^`]+)`", row):
                self.assertTrue((ROOT / path).exists() or (ROOT / "src" / path).exists(), row)
            for suite, names in re.findall(r"`tuf_(\w+)` ([^,|`]+)", row):
                source = (ROOT / f"tests/e2e/tuf_{suite}_test.py").read_text(encoding="utf-8")
                for name in re.findall(r"test_t\d+|[a-z]+(?:_[a-z]+)+|class \w+", names):
                    self.assertIn(name, source, row)


if __name__ == "__main__":
    unittest.main(verbosity=2)
