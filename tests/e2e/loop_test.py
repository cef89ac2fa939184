#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The loop, whole: devices enrol, are exposed to real advisories, get a fixed release in waves, and the proof of it is
that they reported the new version and were healthy. One of them falls back, and says why."""
import unittest

from oakum_world import CAMERA, ENDED, FEEDS, GATEWAY, WorldTest, sbom, wait_until

ILL = "GW-0002"


class Loop(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.group = world.oakum("group", "create", "--name", "plant")["id"]
        cls.secret = world.enrolment(3, cls.group)
        images = {GATEWAY: world.image(GATEWAY, "1.4.2"), CAMERA: world.image(CAMERA, "3.1.0")}
        cls.well, cls.ill, cls.camera = cls.agents = [
            world.agent(serial, model, images[model], cls.secret)
            for serial, model in (("GW-0001", GATEWAY), (ILL, GATEWAY), ("CAM-0001", CAMERA))]
        for model, version in ((GATEWAY, "1.4.2"), (CAMERA, "3.1.0")):
            attached = world.oakum("sbom", "attach", sbom(model, version), "--model", model, "--version", version)
            assert attached["components"] > 10, attached
        for feed in ("known_exploited_vulnerabilities.json.zst", "nvd.jsonl.zst"):
            world.oakum("feed", "import", FEEDS / feed, json_output=False)

    def exposure(self, query):
        return self.world.oakum("exposure", "show", "--query", query)

    def open_findings(self, agent):
        return sorted((each["advisory"], each["component"]["name"])
                      for each in self.world.all(f"/api/v1/devices/{agent.id}/findings", state="open"))

    def test_1_the_agents_are_exposed_to_what_their_software_has(self):
        for agent, version in ((self.well, "1.4.2"), (self.ill, "1.4.2"), (self.camera, "3.1.0")):
            device = self.world.wait_for_version(agent, version)
            self.assertGreater(device_open := self.world.device(agent)["findings_open"], 0, agent.serial)
            listed = self.world.oakum("--limit", 10000, "device", "findings", agent.id, "--state", "open")
            self.assertEqual(device_open, len(listed), device)
            for finding in listed:
                self.assertEqual(finding["verdict"], "affected")
                self.assertTrue(finding["advisory"] and finding["reason"], finding)

    def test_2_an_enrolment_token_is_not_good_for_more_devices_than_it_says(self):
        fourth = self.world.new_agent("GW-9999", GATEWAY)
        refused = fourth.enroll(self.world.server.url, self.world.server.fingerprint, self.secret)
        self.assertEqual(refused.returncode, 4, refused)
        self.assertFalse((fourth.folder / "agent.conf").exists(), "a refused device keeps no identity")
        self.assertIsNone(self.world.device_id("GW-9999"))

    def test_3_a_fixed_release_reaches_who_can_run_it_and_the_ill_one_falls_back(self):
        world = self.world
        before = {"group": self.exposure(f'model = "{GATEWAY}"'), "fleet": self.exposure("")}
        self.assertGreater(before["group"]["risk"], 0)
        ill_before = self.open_findings(self.ill)
        open_before = {agent.serial: world.device(agent)["findings_open"] for agent in self.agents}

        camera = world.release(CAMERA, "3.2.0", world.image(CAMERA, "3.2.0"), "--sbom", sbom(CAMERA, "3.2.0"))
        gateway = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0", ill=[ILL]), "--sbom",
                                sbom(GATEWAY, "1.5.0"))
        self.assertEqual(gateway["state"], "published")
        self.assertGreater(gateway["fixes_count"], 0)
        cameras = world.oakum("rollout", "create", "--name", "cameras", "--release", camera["id"], "--wave",
                              "all=100", "--minimum", 0, "--soak", 1, "--start")["id"]
        gateways = world.roll_out(gateway["id"], (("canary", 500_000, 1), ("rest", 1_000_000, 0)), 1,
                                  f'model = "{GATEWAY}"', name="gateways")["id"]

        # The hash decides who is the canary. A canary that fell back satisfies no gate: then a person decides.
        def next_wave():
            rollout = world.get(f"/api/v1/rollouts/{gateways}")
            if rollout["open_wave"] == 1:
                return rollout
            deployments = world.deployments(gateways)
            if deployments and all(each["state"] in ENDED for each in deployments) and \
                    not any(each["state"] == "verified" for each in deployments):
                self.assertEqual([each["device"]["id"] for each in deployments], [self.ill.id])
                world.oakum("rollout", "open-next-wave", gateways, "--why", "the canary's radio is known to be old")
            return None
        wait_until("the second wave", next_wave)
        decisions = world.oakum("rollout", "decisions", gateways)
        self.assertIn("opened wave", " ".join(each["decision"] for each in decisions))

        self.assertEqual(world.wait_for_end(cameras, self.camera)["state"], "verified")
        good = world.wait_for_end(gateways, self.well)
        self.assertEqual((good["state"], good["version_before"], good["version_after"]), ("verified", "1.4.2", "1.5.0"))
        bad = world.wait_for_end(gateways, self.ill)
        self.assertEqual((bad["state"], bad["reason"]), ("rolled_back", "health_failed"), bad)
        self.assertIn("radio", bad["detail"])

        for agent, version in ((self.well, "1.5.0"), (self.ill, "1.4.2"), (self.camera, "3.2.0")):
            world.wait_for_version(agent, version)
        totals = world.get(f"/api/v1/rollouts/{gateways}")["totals"]
        self.assertEqual((totals["started"], totals["verified"], totals["rolled_back"], totals["pending"]),
                         (2, 1, 1, 0), totals)

        # What is closed is closed by a report of the device, and only there.
        for agent in (self.well, self.camera):
            closed = world.all(f"/api/v1/devices/{agent.id}/findings", state="closed")
            self.assertGreater(len(closed), 0, agent.serial)
            self.assertEqual({each["reason"] for each in closed},
                             {"closed because the device reported the new version and was healthy"})
            self.assertLess(world.device(agent)["findings_open"], open_before[agent.serial], agent.serial)
        history = world.oakum("device", "history", self.well.id)
        self.assertTrue(any(each["before"] == "1.4.2" and each["after"] == "1.5.0" for each in history), history)
        self.assertEqual(self.open_findings(self.ill), ill_before, "it runs what it ran before")
        self.assertEqual(world.all(f"/api/v1/devices/{self.ill.id}/findings", state="closed"), [],
                         "what ran only on trial closes nothing")

        after = {"group": self.exposure(f'model = "{GATEWAY}"'), "fleet": self.exposure("")}
        for whom in ("group", "fleet"):
            self.assertLess(after[whom]["risk"], before[whom]["risk"], whom)
            self.assertLess(after[whom]["findings_open"], before[whom]["findings_open"], whom)
        self.assertGreater(after["group"]["risk"], 0, "the one that fell back stays exposed")

    def test_4_the_audit_log_holds_it_all_and_is_intact(self):
        verified = self.world.oakum("audit", "verify")
        self.assertTrue(verified["ok"], verified)
        self.assertGreater(verified["records"], 8)
        actions = {each["action"] for each in self.world.oakum("--limit", 500, "audit", "list")}
        for needed in ("release.publish", "rollout.create", "rollout.started"):
            self.assertIn(needed, actions)


if __name__ == "__main__":
    unittest.main(verbosity=2)
