#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of agents in every phase of an update: each still comes to an end."""
import signal
import threading
import time
import unittest

from oakum_world import FEEDS, GATEWAY, Failed, WorldTest, wait_until


class Crash(WorldTest):
    def kill_in(self, agent, phases, killed, over):
        """Kills the agent once in each of the phases, as soon as its stored state says so, and starts it again."""
        waiting = set(phases)
        while waiting and not over.is_set():
            phase = agent.state().get("phase")
            if phase in waiting:
                agent.process.end(signal.SIGKILL)
                waiting.discard(phase)
                killed.append(phase)
                agent.start()
            time.sleep(0.002)

    def test_an_agent_that_is_killed_ends_verified_or_rolled_back(self):
        world = self.world
        image, token = world.image(GATEWAY, "1.4.2"), world.enrolment(3)
        lists = (("downloading", "written", "soaking"), ("staged", "activating", "trying"),
                 ("writing", "restarting", "committing"))
        agents = [world.agent(f"GW-{number}", GATEWAY, image, token, bytes_per_second=500_000)
                  for number in range(len(lists))]
        for agent in agents:
            world.wait_for_version(agent, "1.4.2")
        release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0", payload_kib=512))
        over, killed = threading.Event(), []
        killers = [threading.Thread(target=self.kill_in, args=(agent, phases, killed, over))
                   for agent, phases in zip(agents, lists)]
        for killer in killers:
            killer.start()
        try:
            rollout = world.roll_out(release["id"], soak=2, name="killed")["id"]
            for agent in agents:
                done = world.wait_for_end(rollout, agent)
                self.assertIn(done["state"], ("verified", "rolled_back"), done)
                version = "1.5.0" if done["state"] == "verified" else "1.4.2"
                world.wait_for_version(agent, version)
                self.assertTrue(agent.process.alive())
        finally:
            over.set()
            for killer in killers:
                killer.join()
        self.assertGreaterEqual(len(killed), 3, killed)
        self.assertIn("downloading", killed)

    def test_an_import_that_is_interrupted_is_taken_up_again(self):
        world, ended = self.world, ("done", "failed", "cancelled")
        feed = (FEEDS / "cve5.jsonl.zst").read_bytes()
        headers = {"Authorization": f"Bearer {world.token}", "Content-Type": "application/octet-stream"}
        # Killed in the middle of reading, of compiling, and wherever that falls on this machine.
        for number, delay in enumerate((0.0, 0.05, 0.3, 1.0)):
            # The same bytes would change nothing: a skippable frame (RFC 8878, 3.1.2) makes them others.
            frame = (0x184D2A50).to_bytes(4, "little") + (4).to_bytes(4, "little") + number.to_bytes(4, "little")
            answer = world.raw("POST", "/api/v1/feeds/import?name=cve5.jsonl.zst", feed + frame, headers)
            self.assertEqual(answer.status, 202, answer)
            job = f"/api/v1/jobs/{answer.json['id']}"
            time.sleep(delay)
            world.server.process.kill()
            world.server.start()
            done = wait_until("the end of the import", lambda: (found := world.get(job))["state"] in ended and found)
            self.assertEqual(done["state"], "done", done)
            self.assertIn("advisories at hand", done["detail"])
            feeds = {feed["name"]: feed for feed in world.get("/api/v1/feeds")["items"]}
            self.assertTrue(any(row["accepted"] > 0 for row in feeds.values()), feeds)
        self.assertGreater(world.get("/api/v1/system")["counts"]["advisories"], 1000)
        jobs = world.oakum("job", "list")
        self.assertEqual([job["state"] for job in jobs], ["done"] * 4)
        with self.assertRaises(Failed) as refused:
            world.oakum("job", "cancel", jobs[0]["id"])
        self.assertIn("has ended", refused.exception.text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
