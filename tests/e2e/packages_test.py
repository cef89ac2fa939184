#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian packages: what they hold, that the same commit makes the same bytes, that systemd takes their units, and that
a server runs from them as its unit says, from the unpacked package alone."""
import hashlib
import os
import pathlib
import re
import shutil
import ssl
import stat
import subprocess
import tempfile
import unittest
import urllib.request

from oakum_world import ROOT, Process

NAMES = ("oakumd", "oakum", "oakum-agent")


def run(*words):
    done = subprocess.run([str(word) for word in words], check=False, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise AssertionError(f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="oakum-packages-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        run("sh", ROOT / "tools" / "make_packages.sh", cls.folder / "first")
        cls.files = {name: next((cls.folder / "first").glob(f"{name}_*.deb")) for name in NAMES}
        cls.trees = {}
        for name, file in cls.files.items():
            cls.trees[name] = cls.folder / "unpacked" / name
            cls.trees[name].mkdir(parents=True)
            run("dpkg-deb", "-x", file, cls.trees[name])

    def test_1_each_says_what_it_is_and_what_it_needs(self):
        for name, file in self.files.items():
            with self.subTest(name):
                field = lambda key: run("dpkg-deb", "-f", file, key).strip()  # noqa: E731
                self.assertEqual(field("Package"), name)
                self.assertRegex(field("Version"), r"^\d+\.\d+\.\d+$")
                self.assertRegex(field("Depends"), r"libc6 \(>= ")
                self.assertEqual(run(self.trees[name] / "usr/bin" / name, "--version").split(), [name, field("Version")])
        self.assertIn("libssl3", run("dpkg-deb", "-f", self.files["oakumd"], "Depends"))
        self.assertEqual(run("dpkg-deb", "-I", self.files["oakumd"], "conffiles").split(), ["/etc/default/oakumd"])

    def test_2_nothing_in_them_can_be_changed_by_others_or_is_run_by_others(self):
        for name, file in self.files.items():
            for line in run("dpkg-deb", "-c", file).splitlines():
                mode, owner = line.split()[:2]
                self.assertEqual(owner, "root/root", line)
                self.assertNotIn("w", mode[4:], line)
                self.assertNotIn("s", mode, line)

    def test_3_the_same_commit_makes_the_same_bytes(self):
        run("sh", ROOT / "tools" / "make_packages.sh", self.folder / "second")
        for name, file in self.files.items():
            again = self.folder / "second" / file.name
            self.assertEqual(hashlib.sha256(file.read_bytes()).hexdigest(), hashlib.sha256(again.read_bytes()).hexdigest(), name)

    def test_4_systemd_takes_the_units(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("SKIPPED: no systemd-analyze here; the units were not checked")
        for name in ("oakumd", "oakum-agent"):
            for unit in (self.trees[name] / "lib/systemd/system").iterdir():
                text = unit.read_text().replace("/usr/bin/", f"{self.trees[name]}/usr/bin/")
                tried = self.folder / "units" / unit.name
                tried.parent.mkdir(exist_ok=True)
                tried.write_text(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted((self.folder / "units").iterdir())],
                              capture_output=True, text=True, timeout=120, check=False)
        ours = [line for line in (done.stdout + done.stderr).splitlines() if "oakum" in line]
        self.assertEqual(ours, [])

    def test_5_the_server_runs_from_the_package_and_leaves_the_link_in_a_file(self):
        tree, data, log = self.trees["oakumd"], self.folder / "data", self.folder / "journal"
        unit = (tree / "lib/systemd/system/oakumd.service").read_text()
        words = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE).group(1).split()
        self.assertEqual(words.pop(), "$OAKUMD_OPTIONS")
        words = [word.replace("/var/lib/oakum", str(data)).replace("/usr/", f"{tree}/usr/") for word in words]
        # As under systemd: the journal is where it prints to.
        log.touch()
        state = log.stat()
        server = Process(words + ["--listen", "127.0.0.1:0"], log,
                         {**os.environ, "JOURNAL_STREAM": f"{state.st_dev}:{state.st_ino}"})
        try:
            port = server.wait_for(r"oakumd is ready at https://[^\s]*:(\d+)", 60).group(1)
            kept = data / "first-sign-in"
            self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
            self.assertRegex(kept.read_text(), r"/sign-in#token=\S+")
            self.assertNotIn("token=", log.read_text())
            trust = ssl.create_default_context(cafile=data / "keys/online/ca.pem")
            with urllib.request.urlopen(f"https://127.0.0.1:{port}/", context=trust, timeout=30) as page:
                self.assertIn(b"<div id=\"root\">", page.read())
        finally:
            server.end(15)

    def test_6_completion_comes_along(self):
        script = self.trees["oakum"] / "usr/share/bash-completion/completions/oakum"
        words = run("bash", "-c", f'. {script}; COMP_WORDS=(oakum roll); COMP_CWORD=1; '
                    '$(complete -p oakum | sed "s/.*-F \\([^ ]*\\).*/\\1/") oakum roll oakum; echo "${COMPREPLY[@]}"')
        self.assertEqual(words.split(), ["rollout"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
