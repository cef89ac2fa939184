#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Identities in real life: one that is revoked, one that two devices share."""
import json
import re
import shutil
import ssl
import unittest

from oakum_world import GATEWAY, Agent, WorldTest, wait_until


class IdentityTest(WorldTest):
    def poll_as(self, identity, boot="0011223344556677"):
        """One poll with the certificate and key in that file; the TLS error when it is refused before HTTP."""
        context = self.world.tls()
        context.load_cert_chain(identity)
        body = json.dumps({"desired": 0, "running_version": "1.4.2", "inventory": "", "boot_id": boot, "healthy": True,
                           "slot": "a"})
        try:
            return self.world.raw("POST", "/device/v1/poll", body, {"Content-Type": "application/json"}, context)
        except (ssl.SSLError, ConnectionError) as refused:
            return refused

    def history(self, agent, kind):
        return [each for each in self.world.all(f"/api/v1/devices/{agent.id}/history") if each["kind"] == kind]


class Lost(IdentityTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.image = world.image(GATEWAY, "1.4.2")

    def test_1_a_revoked_device_is_cut_off_at_once(self):
        world = self.world
        agent = world.agent("GW-0001", GATEWAY, self.image, world.enrolment(1))
        self.assertIn(self.poll_as(agent.folder / "identity.pem").status, (200, 304))
        world.oakum("device", "revoke", "GW-0001", "--why", "it was stolen")
        refused = self.poll_as(agent.folder / "identity.pem")
        self.assertEqual(refused.status, 403, refused)
        self.assertIn("revoked", refused.json["detail"])
        agent.process.wait_for("the identity of this device was revoked")
        wait_until("its firmware goes on", agent.firmware_processes)
        self.assertIn("revoked", world.oakum("device", "explain", "GW-0001")["sentence"])
        for path in ("/device/v1/tuf/timestamp.json", "/device/v1/artifacts/" + "0" * 64):
            context = world.tls()
            context.load_cert_chain(agent.folder / "identity.pem")
            self.assertEqual(world.raw("GET", path, context=context).status, 403, path)
        agent.end()
        again = agent.enroll(world.server.url, world.server.fingerprint, world.enrolment(1))
        self.assertEqual(again.returncode, 0, again.stderr)
        agent.start()
        wait_until("polls again", lambda: self.poll_as(agent.folder / "identity.pem").status in (200, 304))
        agent.end()

    def test_2_two_devices_with_one_identity_are_noticed_and_shown(self):
        world = self.world
        agent = world.agent("GW-0002", GATEWAY, self.image, world.enrolment(1))
        world.wait_for_version(agent, "1.4.2")
        self.assertFalse(world.device(agent)["clone_suspected"])
        # A copy of all that it has, in another place.
        copy = Agent(world.folder / "devices" / "copy", agent.serial, GATEWAY, world.logs / "copy.log")
        world.agents.append(copy)
        shutil.copytree(agent.folder, copy.folder, ignore=shutil.ignore_patterns("lock"))
        copy.start()
        wait_until("the suspicion", lambda: world.device(agent)["clone_suspected"])
        self.assertIn(agent.id, [each["id"] for each in world.oakum("device", "list", "--query", "clone = true")])
        self.assertIn("share its identity", world.oakum("device", "explain", "GW-0002")["sentence"])
        self.assertIn("two devices may share", self.history(agent, "clone")[0]["detail"])
        shown = world.oakum("device", "show", "GW-0002", json_output=False)
        self.assertTrue(re.search(r"clone suspected:\s+yes", shown), shown)
        # The copy is taken away; a person says that it was looked into.
        copy.end()
        world.oakum("device", "clear-clone", "GW-0002", "--why", "the copy of the test bench was switched off")
        self.assertFalse(world.device(agent)["clone_suspected"])
        audit = world.oakum("--limit", 200, "audit", "list")
        self.assertIn("device.clear_clone", {each["action"] for each in audit})


if __name__ == "__main__":
    unittest.main(verbosity=2)
