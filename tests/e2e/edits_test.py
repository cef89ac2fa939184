#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes of many devices: looked at, done, undone; and the server killed in the middle of one."""
import http.client
import threading
import unittest

from oakum_world import Failed, WorldTest, wait_until

SMALL, LARGE = 1_000, 20_000


class Edits(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        world.oakum("group", "create", "--name", "spares")

    def add(self, site, count):
        path = self.world.folder / f"{site}.csv"
        path.write_text("serial,model,site\n" +
                        "".join(f"{site}-{number:05},AC-CAM40,{site}\n" for number in range(count)))
        self.assertEqual(self.world.oakum("device", "import", path)["new"], count)

    def count(self, query):
        return self.world.get("/api/v1/query/preview", query=query)["count"]

    def bulk(self, query, *words):
        return self.world.oakum("device", "bulk", "--query", query, *words)

    def test_a_hold_of_a_thousand_devices_is_looked_at_done_and_undone(self):
        world = self.world
        self.add("Porto", SMALL)
        world.oakum("device", "hold", "Porto-00007")
        query = "site = Porto"
        preview = self.bulk(query, "--hold")
        self.assertEqual((preview["matched"], preview["changes"]), (SMALL, SMALL - 1))
        self.assertEqual([(left["reason"], left["count"], left["sample"][0]["name"]) for left in preview["left_out"]],
                         [("held already", 1, "Porto-00007")])
        self.assertEqual(preview["lasting"], [])
        self.assertEqual(self.count(f"{query} and hold = yes"), 1)

        edit = self.bulk(query, "--hold", "--why", "the line is rebuilt", "--yes")
        self.assertEqual((edit["state"], edit["changed"], edit["unchanged"]), ("done", SMALL - 1, 1), edit)
        self.assertEqual(self.count(f"{query} and hold = yes"), SMALL)
        history = world.oakum("device", "history", "Porto-00009")
        self.assertTrue(any(row["after"] == "held" and "the line is rebuilt" in row["detail"] for row in history))
        devices = world.all(f"/api/v1/edits/{edit['id']}/devices")
        self.assertEqual(len(devices), SMALL - 1)
        self.assertEqual(devices[0]["changes"], [{"key": "hold", "before": "released", "after": "held"}])

        # One was released meanwhile, and one retired: they stay so.
        world.oakum("device", "release", "Porto-00010")
        world.oakum("device", "retire", "Porto-00011")
        undone = world.oakum("edit", "undo", edit["id"], "--why", "wrong site")
        self.assertEqual((undone["state"], undone["put_back"], undone["left_alone"]), ("undone", SMALL - 2, 0), undone)
        self.assertEqual(self.count(f"{query} and hold = yes"), 1)
        self.assertEqual(self.count(f"{query} and lifecycle = retired"), 1)
        with self.assertRaises(Failed) as refused:
            world.oakum("edit", "undo", edit["id"])
        self.assertIn("undone already", refused.exception.text)
        self.assertEqual(world.oakum("edit", "list", "--kind", "bulk")[0]["id"], edit["id"])
        for action in ("edit.bulk", "edit.done", "edit.undo", "edit.undone"):
            self.assertTrue(world.oakum("audit", "search", f"{action} {edit['id']}"), action)

    def test_facts_and_the_group_of_many_are_set_and_put_back(self):
        world = self.world
        self.add("Faro", 40)
        world.oakum("device", "set", "Faro-00003", "--fact", "owner=bert")
        owners = self.bulk("site = Faro", "--fact", "owner=carla", "--fact", "tag.ring=1", "--yes")
        moved = self.bulk("tag.ring = 1", "--group", "spares", "--yes")
        self.assertEqual((owners["changed"], moved["changed"]), (40, 40))
        self.assertEqual(self.count("owner = carla and group = spares"), 40)
        world.oakum("device", "set", "Faro-00004", "--fact", "owner=dora")
        undone = world.oakum("edit", "undo", owners["id"])
        self.assertEqual((undone["put_back"], undone["left_alone"]), (40, 1), undone)
        self.assertIn("Faro-00004: owner was changed since", undone["left"][0])
        self.assertEqual(self.count("site = Faro and owner = bert"), 1)
        self.assertEqual(self.count("site = Faro and owner = dora"), 1)
        self.assertEqual(self.count("site = Faro and (exists(tag.ring) or owner = carla)"), 0)
        world.oakum("edit", "undo", moved["id"])
        self.assertEqual(self.count("group = spares"), 0)

    def test_what_changed_since_the_preview_is_refused_whole(self):
        world = self.world
        self.add("Beja", 10)
        request = {"query": "site = Beja", "action": "retire"}
        preview = world.post("/api/v1/devices/bulk/preview", request)
        world.oakum("device", "retire", "Beja-00001")
        answer = world.ask("POST", "/api/v1/devices/bulk", {**request, "stamp": preview["stamp"]})
        self.assertEqual(answer.status, 409, answer)
        self.assertIn("10 devices would have been changed then, 9 now", answer.json["detail"])
        self.assertEqual(self.count("site = Beja"), 9)

    def test_devices_that_no_query_names_are_changed_and_put_back(self):
        """Of those that report no software, the part of the list that says so."""
        world = self.world
        self.add("Evora", 7)
        listed = {each["id"] for each in world.oakum("device", "list", "--query", "site = Evora", "--part", "no_software")}
        self.assertEqual(len(listed), 7)
        words = ["--query", "site = Evora", "--part", "no_software", "--hold"]
        self.assertEqual(world.oakum("device", "bulk", *words)["changes"], 7)
        self.assertEqual(self.count("site = Evora and hold = yes"), 0, "a look changes nothing")
        edit = world.oakum("device", "bulk", *words, "--why", "to be looked at", "--yes")
        self.assertEqual((edit["changed"], edit["query"]), (7, "site = Evora, of them those that report no software, and to whose firmware "
                                                               "no SBOM is attached"))
        world.oakum("edit", "undo", edit["id"])
        self.assertEqual(self.count("site = Evora and hold = yes"), 0)
        with self.assertRaises(Failed) as odd:
            world.oakum("device", "bulk", "--query", "", "--part", "odd", "--hold")
        self.assertIn("part", odd.exception.text)
        with self.assertRaises(Failed) as gone:
            world.oakum("device", "bulk", "--query", "", "--fix", "release:none", "--hold")
        self.assertIn("no such row", gone.exception.text)

    def test_the_server_is_killed_in_the_middle_of_an_edit(self):
        world = self.world
        self.add("Braga", LARGE)
        query = "site = Braga"
        edit = None
        # The end of an edit may be quicker than the kill: then its opposite is tried.
        for action, held in (("hold", "yes"), ("release", "no")) * 4:
            request = {"query": query, "action": action}
            stamp = world.post("/api/v1/devices/bulk/preview", request)["stamp"]
            asked = threading.Thread(target=self.ask_in_vain, args=({**request, "stamp": stamp},))
            asked.start()
            changed = f"{query} and hold = {held}"
            wait_until("the first devices", lambda: self.count(changed) > 0, every=0.01)
            world.server.process.kill()
            asked.join()
            world.server.start()
            edit = wait_until("the edit's state", lambda: self.newest_at_rest())
            if edit["state"] == "interrupted":
                break
        self.assertEqual(edit["state"], "interrupted", edit)
        done = self.count(changed)
        self.assertEqual(edit["changed"], done, edit)
        self.assertGreater(done, 0)
        self.assertLess(done, LARGE)
        self.assertTrue(edit["undoable"], edit)
        undone = world.oakum("edit", "undo", edit["id"])
        self.assertEqual((undone["state"], undone["put_back"], undone["left_alone"]), ("undone", done, 0), undone)
        self.assertEqual(self.count(changed), 0)

    def ask_in_vain(self, body):
        try:
            self.world.ask("POST", "/api/v1/devices/bulk", body)
        except (OSError, http.client.HTTPException):
            pass  # the server was killed

    def newest_at_rest(self):
        newest = self.world.get("/api/v1/edits", kind="bulk")["items"][0]
        return newest if newest["state"] in ("done", "interrupted") else None


if __name__ == "__main__":
    unittest.main(verbosity=2)
