#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices whose flash failed: no slot can be started, and the server hears of it and mends them with an update."""
import unittest

from oakum_world import FEEDS, GATEWAY, WorldTest, sbom, wait_until


class Damaged(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.image = world.image(GATEWAY, "1.4.2")
        token = world.enrolment(2)
        cls.slot = world.agent("GW-0001", GATEWAY, cls.image, token)
        cls.memory = world.agent("GW-0002", GATEWAY, cls.image, token)
        world.oakum("feed", "import", FEEDS / "nvd.jsonl.zst", json_output=False)
        cls.old = world.release(GATEWAY, "1.4.2", cls.image, "--sbom", sbom(GATEWAY, "1.4.2"))
        for agent in (cls.slot, cls.memory):
            world.wait_for_version(agent, "1.4.2")

    def test_a_device_without_a_slot_that_starts_is_shown_and_mended(self):
        world = self.world
        for agent in (self.slot, self.memory):
            agent.end()
        (self.slot.folder / "slots/a/image.tar").write_bytes(b"\xff" * 4096)
        for name in ("boot.env", "boot.env.copy"):
            (self.memory.folder / "slots" / name).write_bytes(b"")
        for agent in (self.slot, self.memory):
            agent.start()
            agent.process.wait_for("no slot can be started")
            world.wait_for_version(agent, "none")
            self.assertFalse(agent.firmware_processes())
            self.assertTrue(agent.process.alive())
        # Nobody can tell what a device is exposed to that runs nothing: that is not clean.
        listed = {each["serial"]: each for each in world.all("/api/v1/devices", query='firmware_version = "none"')}
        self.assertEqual(set(listed), {"GW-0001", "GW-0002"})

        # The very version that it had, in a new rollout.
        rollout = world.roll_out(self.old["id"], name="mend")["id"]
        for agent in (self.slot, self.memory):
            done = world.wait_for_end(rollout, agent)
            self.assertEqual((done["state"], done["version_before"], done["version_after"]),
                             ("verified", "none", "1.4.2"), done)
            wait_until("its firmware", agent.firmware_processes)
            self.assertEqual(agent.slot_versions().get("b"), "1.4.2")


if __name__ == "__main__":
    unittest.main(verbosity=2)
