#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of a day: for the fleet and each group, by API and command line, and after kill -9."""
import datetime
import signal
import unittest

from oakum_world import FEEDS, GATEWAY, WorldTest, wait_until


def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


class Figures(WorldTest):
    def newest(self, group=None):
        answer = self.world.get("/api/v1/figures", **({"group": group} if group else {}))
        return answer["days"][-1] if answer["days"] else None

    def wait(self, what, holds, group=None):
        """Figures follow within some seconds; the first of a busy machine take longer."""
        return wait_until(what, lambda: (lambda row: row if row and holds(row) else None)(self.newest(group)))

    def test_figures_of_fleet_and_group_follow_and_survive_kill_9(self):
        world = self.world
        begun = today()
        group = world.post("/api/v1/groups", {"name": "plant", "query": "site = Plant"})["id"]
        rows = "serial,name,model,site\nS1,one,AC-1,Plant\nS2,two,AC-1,Hall\nS3,three,AC-1,Plant\n"
        imported = world.raw("POST", "/api/v1/devices/import?name=fleet.csv", rows.encode(),
                             {"Authorization": f"Bearer {world.token}", "Content-Type": "text/csv"})
        self.assertEqual(imported.status, 200, imported)
        row = self.wait("three devices are counted", lambda row: row["devices"] == 3)
        self.assertEqual(row["cannot_tell"], 3)
        self.assertEqual(self.wait("two of the group", lambda row: row["devices"] == 2, group)["exposed"], 0)

        image, token = world.image(GATEWAY, "1.4.2"), world.enrolment(1)
        agent = world.agent("GW-1", GATEWAY, image, token)
        world.wait_for_version(agent, "1.4.2")
        release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"))
        rollout = world.roll_out(release["id"], soak=1, name="counted")["id"]
        self.assertEqual(world.wait_for_end(rollout, agent)["state"], "verified")
        # Killed before or after it was counted: it is counted once.
        world.server.process.end(signal.SIGKILL)
        world.server.start()
        verified = lambda: sum(row["verified"] for row in world.get("/api/v1/figures")["days"])
        wait_until("the verified update is counted", lambda: verified() == 1)
        before = self.wait("four devices are counted", lambda row: row["devices"] == 4)
        world.server.process.end(signal.SIGKILL)
        world.server.start()
        after = self.newest()
        if today() == begun:
            self.assertEqual({**after, "at": ""}, {**before, "at": ""})
        # Something new happens, so that it is counted again; what was verified is not.
        world.post("/api/v1/groups", {"name": "hall", "query": "site = Hall"})
        hall = next(each["id"] for each in world.all("/api/v1/groups") if each["name"] == "hall")
        self.wait("the new group is counted", lambda row: row["devices"] == 1, hall)
        self.assertEqual(verified(), 1)

        # As of a day: what runs now is what runs at the end of today, and nothing is known of before.
        device = world.device_id("GW-1")
        now = world.get(f"/api/v1/devices/{device}/findings")["items"]
        then = world.get(f"/api/v1/devices/{device}/findings", as_of=today())["items"]
        self.assertEqual(sorted(each["advisory"] for each in now), sorted(each["advisory"] for each in then))
        then = world.get(f"/api/v1/devices/{device}/software", as_of=today())
        self.assertEqual(then, world.get(f"/api/v1/devices/{device}/software"))
        for path in (f"/api/v1/devices/{device}/findings", f"/api/v1/devices/{device}/software", "/api/v1/proof/exposure-windows",
                     "/api/v1/figures/now"):
            refused = world.ask("GET", path, as_of="2001-01-01")
            self.assertEqual(refused.status, 400, refused)
            self.assertIn("begins at", refused.json["detail"])
            self.assertEqual(world.ask("GET", path, as_of="2999-01-01").status, 400)
        self.assertEqual(world.get("/api/v1/proof/exposure-windows", as_of=today())["rows"][-1]["class"], "all")
        rows = {row["group"]["name"]: row for row in world.get("/api/v1/figures/now")["rows"]}
        self.assertEqual((rows["plant"]["devices"], rows["plant"]["cannot_tell"]), (2, 2))
        sites = {row["site"]: row["devices"] for row in world.get("/api/v1/figures/now", by="site")["rows"]}
        self.assertEqual((sites["Plant"], sites["Hall"]), (2, 1))
        counted = {row["group"]["name"]: row for row in world.get("/api/v1/figures/now", as_of=today())["rows"]}
        self.assertEqual((counted["plant"]["devices"], counted["plant"]["cannot_tell"]), (2, 2))
        for path, why in (("/api/v1/figures/now?by=site", "not kept by day"), ("/api/v1/devices?query=kev", "its past is not kept")):
            refused = world.ask("GET", path.split("?")[0], as_of=today(), **dict([path.split("?")[1].split("=")]))
            self.assertEqual(refused.status, 400, refused)
            self.assertIn(why, refused.json["detail"])
        listed = world.get("/api/v1/devices", query="site = Plant and cannot_tell")
        self.assertEqual(listed["total"], 2)

        answer = world.get("/api/v1/figures")
        self.assertEqual(answer["first_day"], begun)
        kinds = [mark["kind"] for mark in answer["marks"]]
        self.assertIn("devices", kinds)
        self.assertIn("rollout started", kinds)
        shown = world.oakum("figures", "show", "--group", "plant")
        self.assertEqual(shown["group"]["name"], "plant")
        self.assertEqual(shown["days"][-1]["devices"], 2)
        text = world.oakum("--output", "csv", "figures", "show", json_output=False)
        self.assertIn("DAY,", text)
        self.assertIn(begun if today() == begun else today(), text)


if __name__ == "__main__":
    unittest.main()
