#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`oakum setup` against the first start of a real server: by options alone, from what oakumd left, and once more."""
import json
import subprocess
import unittest

from oakum_world import BIN, FEEDS, WorldTest

PASSWORD = "a long password of this test"


class Setup(WorldTest):
    @classmethod
    def build(cls, world):
        world.server.start()
        cls.welcome = world.folder / "first-sign-in"
        cls.welcome.write_text(world.server.process.said())
        (world.folder / "fleet.csv").write_text("serial,model\nGW-1,AC-GW200\nGW-2,AC-GW200\n")

    def setup_by(self, *words, expect=0):
        done = subprocess.run([BIN / "oakum", "setup", "--yes", "--welcome", self.welcome, *words], input=PASSWORD + "\n", text=True,
                              capture_output=True, env=self.world.environment(), timeout=300, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def test_1_from_nothing_to_devices_without_a_question(self):
        said = self.setup_by("--password-stdin", "--feeds", FEEDS / "known_exploited_vulnerabilities.json.zst", "--devices",
                             self.world.folder / "fleet.csv", "--enrol", "3")
        self.assertRegex(said, r"Run on each device, as root:\n +oakum-agent enroll --server https://")
        self.assertRegex(said, r"done +2 devices known")
        self.assertRegex(said, r"done +Somebody can sign in with a password")
        answer = self.world.raw("POST", "/api/v1/session", json.dumps({"user": "admin", "password": PASSWORD}),
                                {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.world.oakum("enrolment", "list")[0]["uses_left"], 3)

    def test_2_again_it_passes_over_what_is_done(self):
        said = self.setup_by()
        for done in ("You are admin already", "you have one", "1,674 are at hand", "2 are known"):
            self.assertIn(done, said)
        self.assertEqual(len(self.world.oakum("enrolment", "list")), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
