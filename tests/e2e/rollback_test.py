#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A rollback that the server orders, whole: two versions are published, a device goes from one to the other and is sent
back, and what the newer one had closed is open again and said."""
import unittest

from oakum_world import FEEDS, GATEWAY, Failed, WorldTest, sbom, wait_until


class Rollback(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        first = world.image(GATEWAY, "1.4.2")
        cls.gateway = world.agent("GW-0001", GATEWAY, first, world.enrolment(1))
        world.oakum("feed", "import", FEEDS / "nvd.jsonl.zst", json_output=False)
        # The very image that the device left the factory with: the only one that it may be sent back to.
        cls.old = world.release(GATEWAY, "1.4.2", first, "--sbom", sbom(GATEWAY, "1.4.2"))
        cls.new = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        world.wait_for_version(cls.gateway, "1.4.2")

    def findings(self, state):
        return {each["advisory"]: each
                for each in self.world.all(f"/api/v1/devices/{self.gateway.id}/findings", state=state)}

    def test_1_back_and_open_again(self):
        world = self.world
        open_before = set(wait_until("findings", lambda: self.findings("open")))
        risk_before = world.device(self.gateway)["risk"]
        rollout = world.roll_out(self.new["id"], name="forward")["id"]
        done = world.wait_for_end(rollout, self.gateway)
        self.assertEqual((done["state"], done["version_after"]), ("verified", "1.5.0"), done)
        closed = set(self.findings("closed"))
        self.assertTrue(closed, "the newer version closed something")
        open_between = set(self.findings("open"))
        self.assertFalse(closed & open_between)

        with self.assertRaises(Failed) as unsaid:
            world.oakum("rollout", "roll-back", "forward")
        self.assertEqual(unsaid.exception.status, 2, "a reason is needed")
        world.oakum("rollout", "roll-back", "forward", "--why", "the new radio firmware drains batteries")
        world.wait_for_version(self.gateway, "1.4.2")

        def returned():
            all_of_it = world.all(f"/api/v1/devices/{self.gateway.id}/deployments")
            back = [each for each in all_of_it if each["is_rollback"]]
            return back[0] if back and back[0]["state"] == "verified" else None
        back = wait_until("the verified return", returned)
        self.assertEqual((back["version_before"], back["version_after"]), ("1.5.0", "1.4.2"), back)
        self.assertEqual(self.gateway.slot_versions()[wait_until("a running slot", lambda: self.running_slot())], "1.4.2")

        rolled = wait_until("the end of the rollout", lambda: self.ended(rollout))
        self.assertEqual(rolled["state"], "rolled_back", rolled)
        self.assertIn("returned", rolled["sentence"])
        watched = world.oakum("rollout", "watch", "forward", json_output=False)
        self.assertIn("rolled_back", watched)

        # Open again, as before, and said: in the history of the device and in its risk.
        wait_until("the same findings as at first", lambda: set(self.findings("open")) == open_before)
        self.assertFalse(closed & set(self.findings("closed")))
        self.assertAlmostEqual(world.device(self.gateway)["risk"], risk_before, 3)
        history = world.oakum("--limit", 500, "device", "history", "GW-0001")
        self.assertTrue(any(each["before"] == "1.5.0" and each["after"] == "1.4.2" for each in history), history)
        text = " ".join(f"{each['kind']} {each['subject']} {each['detail']}" for each in history)
        self.assertIn("ordered back to 1.4.2", text)
        audit = world.oakum("--limit", 200, "audit", "list")
        self.assertIn("the new radio firmware drains batteries", {each["why"] for each in audit})

    def running_slot(self):
        for slot in ("a", "b"):
            if any(f"/slots/{slot}/" in self.where(pid) for pid in self.gateway.firmware_processes()):
                return slot
        return None

    @staticmethod
    def where(pid):
        import os
        try:
            return os.readlink(f"/proc/{pid}/cwd") + "/"
        except OSError:
            return ""

    def ended(self, rollout):
        seen = self.world.get(f"/api/v1/rollouts/{rollout}")
        return seen if seen["state"] == "rolled_back" else None

    def test_2_the_agent_goes_forward_again_afterwards(self):
        world = self.world
        rollout = world.roll_out(self.new["id"], name="forward again")["id"]
        done = world.wait_for_end(rollout, self.gateway)
        self.assertEqual((done["state"], done["version_before"], done["version_after"]), ("verified", "1.4.2", "1.5.0"),
                         done)


if __name__ == "__main__":
    unittest.main(verbosity=2)
