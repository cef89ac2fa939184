#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A connection that is cut in the middle of a download: the device takes it up where it stood."""
import unittest

from oakum_world import GATEWAY, Proxy, WorldTest


class Resume(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.proxy = Proxy(world.server.port)
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1),
                                  url=f"https://127.0.0.1:{cls.proxy.port}")
        world.wait_for_version(cls.gateway, "1.4.2")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.proxy.close()

    def test_a_download_that_was_cut_is_resumed_and_ends_verified(self):
        payload_kib = 4096
        image = self.world.image(GATEWAY, "1.5.0", payload_kib)
        release = self.world.release(GATEWAY, "1.5.0", image)
        passed_before = self.proxy.bytes_to_device
        self.proxy.cut_after(payload_kib * 1024 // 2)
        done = self.world.wait_for_end(self.world.roll_out(release["id"])["id"], self.gateway)
        self.assertEqual(self.proxy.cuts, 1)
        self.assertEqual((done["state"], done["version_after"], done["attempt"]), ("verified", "1.5.0", 1), done)
        self.assertTrue(done["resumed"], done)
        passed = self.proxy.bytes_to_device - passed_before
        self.assertLess(passed, image.stat().st_size * 1.25, "what was held was not sent again")


if __name__ == "__main__":
    unittest.main(verbosity=2)
