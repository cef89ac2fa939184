#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gates on real rollouts over the network: a bad release is halted after few devices, a wave too small to prove anything asks a
person, and enough good devices let the rollout go on as proven."""
import unittest

from oakum_world import BIN, CAMERA, GATEWAY, WorldTest, sbom, wait_until

# By model: the version that runs, the seed (serials follow from it), and how many in a thousand do not get well with
# what is new.
FLEETS = {GATEWAY: ("1.4.2", 11, 0), CAMERA: ("3.1.0", 12, 400)}
DEVICES = 240


class Gates(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        for model, (version, seed, ill) in FLEETS.items():
            token = world.folder / f"token-{model}"
            token.touch(mode=0o600)
            token.write_text(world.enrolment(DEVICES), encoding="utf-8")
            world.program([BIN / "oakum-sim", "--server", f"127.0.0.1:{world.server.port}", "--ca-fingerprint",
                           world.server.fingerprint, "--token-file", token, "--devices", DEVICES, "--seed", seed, "--model",
                           f"{model}={version}", "--fail-per-mille", ill, "--longest-poll", 2, "--install-seconds", 1], f"sim-{model}")
        wait_until("the fleets to report their versions",
                   lambda: world.get("/api/v1/query/preview", query='firmware_version in ("1.4.2", "3.1.0")')["count"] == 2 * DEVICES)
        cls.releases = {model: world.release(model, version, world.image(model, version), "--sbom", sbom(model, version))["id"]
                        for model, version in ((GATEWAY, "1.5.0"), (CAMERA, "3.2.0"))}

    def create(self, model, name, *more):
        return self.world.oakum("rollout", "create", "--name", name, "--release", self.releases[model], "--soak", 1,
                                "--step-timeout", 60, "--start", *more)["id"]

    def rollout(self, rollout):
        return self.world.get(f"/api/v1/rollouts/{rollout}")

    def wait_for_wave(self, rollout, number, what):
        """The sentence of the open wave's gate once it says so."""
        def look():
            wave = self.rollout(rollout)["waves"][number]
            return wave["gate_sentence"] if what in wave["gate_sentence"] else None
        return wait_until(f"wave {number + 1} to say \"{what}\"", look)

    def test_1_a_bad_release_is_halted_after_few_devices(self):
        rollout = self.create(CAMERA, "bad cameras", "--wave", "first=25", "--wave", "all=100", "--tolerated", 5)
        wait_until("the halt", lambda: self.rollout(rollout)["state"] == "halted")
        halted = self.rollout(rollout)
        self.assertIn("more than a release shows of which at most 5 % fail", halted["sentence"])
        # Of the three quarters behind the first wave nobody was asked.
        self.assertEqual(halted["waves"][1]["state"], "waiting")
        self.assertLessEqual(halted["totals"]["started"], halted["waves"][0]["expected"])
        self.assertLess(halted["waves"][0]["expected"], DEVICES / 2)
        # The picture has the evidence: at least two of them, and a halt line from the first device on.
        self.assertGreaterEqual(halted["evidence"]["failed"], 2)
        lines = halted["evidence"]["lines"]
        self.assertLess(lines[0]["devices"], lines[-1]["devices"])

    def test_2_a_wave_too_small_to_prove_anything_asks_a_person_and_later_ones_are_proven(self):
        rollout = self.create(GATEWAY, "gateways", "--wave", "canary=8", "--wave", "half=60", "--wave", "all=100", "--minimum", 1)
        planned = self.rollout(rollout)["waves"]
        self.assertEqual(planned[0]["to_prove"], 70)
        self.assertLess(planned[0]["expected"], 70)
        said = self.wait_for_wave(rollout, 0, "a person opens the next wave")
        self.assertIn("Not proven: it takes 70 devices to know that at most 5 % fail", said)
        self.assertEqual(self.rollout(rollout)["waves"][1]["state"], "waiting")
        self.world.oakum("rollout", "open-next-wave", rollout, "--why", "eight in a hundred are well")
        # More than seventy well ones open the last wave by themselves.
        wait_until("the last wave", lambda: self.rollout(rollout)["waves"][2]["state"] != "waiting")
        decisions = self.world.get(f"/api/v1/rollouts/{rollout}/decisions")["items"]
        self.assertTrue(any("in all, fewer than 5 % fail" in each["sentence"] for each in decisions), decisions)
        wait_until("its end", lambda: self.rollout(rollout)["state"] == "settled")
        self.assertEqual(self.rollout(rollout)["totals"]["verified"], DEVICES)


if __name__ == "__main__":
    unittest.main(verbosity=2)
