#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A broken device is replaced: an enrolled unit takes the place of another, an exception goes with it, and it is undone."""
import datetime
import json
import unittest

from oakum_world import Failed, WorldTest, wait_until


class Replace(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        world.oakum("group", "create", "--name", "plant 3")
        rows = ("serial,name,model,manufacturer,site,owner,criticality,exposure,firmware_version\n"
                "OLD-1,gate camera,CAM-1,Acme,Porto,line 3,high,internet,1.0\n"
                "NEW-1,spare 7,CAM-1,Acme,store,,,,1.0\n"
                "NEW-2,spare 8,CAM-2,Acme,store,,,,1.0\n")
        path = world.folder / "fleet.csv"
        path.write_text(rows)
        assert world.oakum("device", "import", path)["new"] == 3
        world.oakum("device", "bulk", "--device", "OLD-1", "--group", "plant 3", "--yes")
        world.oakum("device", "set", "OLD-1", "--fact", "tag.ring=1", json_output=False)
        world.oakum("device", "hold", "OLD-1", json_output=False)
        bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
               "metadata": {"component": {"type": "firmware", "name": "camera", "version": "1.0"}},
               "components": [{"type": "library", "name": "hole", "version": "1.0", "purl": "pkg:pypi/hole@1.0"}]}
        sbom = world.folder / "camera.cdx.json"
        sbom.write_text(json.dumps(bom), encoding="utf-8")
        world.oakum("sbom", "attach", sbom, "--model", "CAM-1", "--version", "1.0", json_output=False)
        feed = world.folder / "pypi.jsonl"
        feed.write_text(json.dumps({"id": "CVE-2026-1001", "modified": "2026-01-02T00:00:00Z", "affected": [
            {"package": {"ecosystem": "PyPI", "name": "hole"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}]}]}) + "\n")
        world.oakum("feed", "import", feed, json_output=False)

    def facts(self, device):
        shown = self.world.get(f"/api/v1/devices/{device}")
        return shown, {fact["key"]: fact["value"] for fact in shown["facts"]}

    def test_a_unit_takes_the_place_of_another_with_all_that_belongs_to_it(self):
        world = self.world
        old, fresh = world.device_id("OLD-1"), world.device_id("NEW-1")
        until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).strftime("%Y-%m-%d")
        world.oakum("exception", "add", "--kind", "accept", "--advisory", "CVE-2026-1001", "--query", "serial = OLD-1",
                    "--reason", "behind a gateway", "--expires", until, json_output=False)
        exposed = lambda: world.get("/api/v1/exposure")["exposed"]
        wait_until("the spare alone is exposed", lambda: exposed() == 1)

        preview = world.oakum("device", "replace", "OLD-1", "NEW-1")
        self.assertEqual({row["key"]: (row["before"], row["after"]) for row in preview["changes"]},
                         {"name": ("spare 7", "gate camera"), "site": ("store", "Porto"), "owner": (None, "line 3"),
                          "criticality": (None, "high"), "exposure": (None, "internet"), "tag.ring": (None, "1"),
                          "group": (None, "plant 3"), "hold": ("released", "held")})
        self.assertEqual([decision["passes"] for decision in preview["decisions"]], [True], preview)
        self.assertEqual(self.facts(fresh)[0]["name"], "spare 7")

        edit = world.oakum("device", "replace", "OLD-1", "NEW-1", "--why", "water in the housing", "--yes")
        self.assertEqual((edit["kind"], edit["state"], edit["changed"]), ("replacement", "done", 2), edit)
        new_one, new_facts = self.facts(fresh)
        old_one, old_facts = self.facts(old)
        self.assertEqual((new_one["name"], new_one["group"]["name"], new_one["hold"], new_facts["serial"]),
                         ("gate camera", "plant 3", True, "NEW-1"))
        self.assertEqual((old_one["lifecycle"], old_facts["x.replaced_by"], new_facts["x.replaces"]), ("retired", fresh, old))
        self.assertEqual(world.oakum("device", "show", "gate camera")["id"], fresh)
        self.assertTrue(any("took its place" in row["detail"] for row in world.oakum("device", "history", old)))
        self.assertIn("took its place", json.dumps(world.oakum("device", "explain", old)))
        wait_until("the exception covers the new unit", lambda: exposed() == 0)
        for action in (f"device.replace {old}", f"edit.done {edit['id']}", "exception.pass_on"):
            self.assertTrue(world.oakum("audit", "search", action), action)
        with self.assertRaises(Failed) as refused:
            world.oakum("device", "replace", "OLD-1", "NEW-2")
        self.assertIn("taken by another one already", refused.exception.text)

        undone = world.oakum("edit", "undo", edit["id"], "--why", "the wrong one")
        self.assertEqual((undone["state"], undone["put_back"], undone["left_alone"]), ("undone", 2, 0), undone)
        self.assertEqual(self.facts(fresh)[0]["name"], "spare 7")
        self.assertEqual(self.facts(old)[0]["lifecycle"], "active")
        self.assertEqual(sorted(row["state"] for row in world.get("/api/v1/exceptions", state="all")["items"]),
                         ["approved", "withdrawn"])
        wait_until("the spare is exposed again", lambda: exposed() == 1)

        stale = world.post(f"/api/v1/devices/{old}/actions/replace/preview", {"by": world.device_id("NEW-2")})
        self.assertTrue(any("different models" in note for note in stale["notes"]), stale)
        world.oakum("device", "set", "OLD-1", "--fact", "owner=line 4", json_output=False)
        answer = world.ask("POST", f"/api/v1/devices/{old}/actions/replace", {"by": world.device_id("NEW-2"), "stamp": stale["stamp"]})
        self.assertEqual(answer.status, 409, answer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
