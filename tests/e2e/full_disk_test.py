#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A disk without room, by a limit on the size of files: a clear error instead of the end of the process, nothing
acknowledged is lost, and everything goes on when there is room again."""
import http.client
import json
import unittest

from oakum_world import GATEWAY, WorldTest


class FullDisk(WorldTest):
    def poll(self, agent):
        context = self.world.tls()
        context.load_cert_chain(agent.folder / "identity.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", self.world.server.port, context=context, timeout=30)
        request = {"desired": 0, "running_version": "1.4.2", "inventory": "", "boot_id": "x", "healthy": True, "slot": "a"}
        try:
            connection.request("POST", "/device/v1/poll", json.dumps(request), {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def groups(self):
        return {group["name"] for group in self.world.all("/api/v1/groups")}

    def test_1_the_server_stops_writing_reads_on_and_loses_nothing(self):
        world, server = self.world, self.world.server
        agent = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(agent, "1.4.2")
        agent.end()
        server.process.end()
        store = server.folder / "oakum.db"
        server.start(file_bytes=store.stat().st_size + 60_000)

        # Full is what refuses twenty in a row, large and small: between two refusals a checkpoint can make room in the log.
        made, refused, in_a_row = set(), None, 0
        for i in range(3000):
            query = " or ".join(["model = x"] * 40) if i % 2 == 0 else ""
            answer = world.ask("POST", "/api/v1/groups", {"name": f"group {i}", "query": query})
            if answer.status == 201:
                made.add(f"group {i}")
                in_a_row = 0
            else:
                refused = answer
                in_a_row += 1
            if in_a_row == 20:
                break
        self.assertEqual(in_a_row, 20, "the limit was never met")
        self.assertTrue(server.process.alive())
        self.assertEqual((refused.status, refused.headers["content-type"]), (503, "application/problem+json"), refused)
        problem = refused.json
        self.assertEqual(problem["kind"], "unavailable")
        for said in ("no room to write", "oakum.db", "nothing", "free space", "try again"):
            self.assertIn(said, problem["detail"])
        self.assertIn(problem["id"], server.log.read_text(errors="replace"))

        # It says what is wrong with it until something fits again, and reads and polls on, whatever it is asked.
        ready = world.raw("GET", "/readyz")
        self.assertEqual(ready.status, 503)
        store_check = next(check for check in ready.json["checks"] if check["name"] == "store")
        self.assertIn("no room", store_check["detail"])
        self.assertEqual(self.groups(), made)
        self.assertIn(self.poll(agent), (200, 304))

        server.process.limit_files(None)
        self.assertEqual(world.ask("POST", "/api/v1/groups", {"name": "there is room"}).status, 201)
        self.assertEqual(world.raw("GET", "/readyz").status, 200)
        made.add("there is room")
        self.assertEqual(self.groups(), made)
        server.process.kill()
        server.start()
        self.assertEqual(self.groups(), made)
        self.assertTrue(world.oakum("audit", "verify")["ok"])

    def test_2_an_agent_without_room_says_so_lives_on_and_installs_when_there_is_room(self):
        world = self.world
        agent = world.agent("GW-0002", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(agent, "1.4.2")
        agent.process.limit_files(200_000)
        release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0", payload_kib=512))
        rollout = world.roll_out(release["id"], query='serial = "GW-0002"', max_attempts=1)["id"]
        deployment = world.wait_for_end(rollout, agent)
        self.assertEqual((deployment["state"], deployment["reason"]), ("failed", "out_of_space"), deployment)
        self.assertIn("no room", deployment["detail"])
        self.assertTrue(agent.process.alive())
        self.assertEqual(set(agent.slot_versions().values()), {"1.4.2"})
        agent.process.limit_files(None)
        again = world.roll_out(release["id"], query='serial = "GW-0002"', name="again")["id"]
        done = world.wait_for_end(again, agent)
        self.assertEqual(done["state"], "verified", done)


if __name__ == "__main__":
    unittest.main(verbosity=2)
