#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Waves that ask for devices: a laboratory before everybody else, in a line, in a file and with a preset; and a fix that
cannot wait for the window of what a device has already. With real agents."""
import datetime
import unittest

from oakum_world import GATEWAY, Failed, WorldTest, sbom, wait_until


class Waves(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        old = world.image(GATEWAY, "1.4.2")
        cls.agents = {name: world.agent(name, GATEWAY, old, world.enrolment(1)) for name in ("LAB-1", "GW-1", "GW-2")}
        for agent in cls.agents.values():
            world.wait_for_version(agent, "1.4.2")
        cls.release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        world.oakum("device", "bulk", "--query", "serial = LAB-1", "--fact", "tag.ring=lab", "--why", "it stands in the laboratory", "--yes")
        wait_until("the tag", lambda: world.get("/api/v1/query/preview?query=tag.ring%20%3D%20lab")["count"] == 1)

    def waves(self, name):
        rollout = self.world.oakum("rollout", "show", name)
        return [(wave["name"], wave["query"], wave["state"], wave["expected"]) for wave in rollout["waves"]]

    def create(self, name, *more):
        return self.world.oakum("rollout", "create", "--name", name, "--release", "gateway@1.5.0", *more)

    def test_1_what_cannot_be_meant_is_refused_and_makes_nothing(self):
        for more, why in ((("--wave", "all=100", "--wave", "lab=tag.ring = lab"), "nobody is left for it"),
                          (("--wave", "lab=tag.ring ="), "a wave is NAME=PERCENT"),
                          (("--first", "tag.ring ="), "/first")):
            with self.assertRaises(Failed) as wrong:
                self.create("wrong", *more)
            self.assertIn(why, wrong.exception.text)
        self.assertEqual(self.world.get("/api/v1/rollouts")["items"], [])

    def test_2_a_file_says_the_same_as_a_line(self):
        world = self.world
        file = world.folder / "plan.yaml"
        file.write_text("kind: rollout\nname: file\nrelease: gateway@1.5.0\nwaves:\n"
                        "  - {name: lab, query: tag.ring = lab}\n"
                        "  - {name: some, query: 'serial = GW-*', share_ppm: 500000}\n"
                        "  - {name: rest}\n")
        world.oakum("apply", "-f", file)
        world.oakum("diff", "-f", file)
        exported = world.folder / "exported.yaml"
        exported.write_text(world.oakum("rollout", "export", "file", json_output=False))
        self.assertIn("query: tag.ring = lab", exported.read_text())
        world.oakum("diff", "-f", exported)
        planned = self.waves("file")
        self.assertEqual([wave[:2] for wave in planned], [("lab", "tag.ring = lab"), ("some", "serial = GW-*"), ("rest", "")])
        self.assertEqual(planned[0][3], 1)
        self.assertEqual(sum(wave[3] for wave in planned), 3)
        played = world.oakum("rollout", "simulate", "-f", file, "--runs", "3")
        self.assertEqual(played["plans"][0]["fleet"]["asked"], 3)
        with self.assertRaises(Failed) as wrong:
            world.oakum("rollout", "simulate", "-f", file, "--fleet", "100")
        self.assertIn("--fleet real", wrong.exception.text)
        world.oakum("rollout", "abort", "file", "--why", "the test")

    def test_3_a_wave_whose_query_nobody_answers_asks_a_person(self):
        self.create("typo", "--first", "tag.ring = lap", "--start")
        said = wait_until("the gate", lambda: [wave["gate_sentence"] for wave in self.world.oakum("rollout", "show", "typo")["waves"]
                                               if "No device of its query" in wave["gate_sentence"]])
        self.assertIn("a person opens the next wave", said[0])
        self.assertEqual([wave[2] for wave in self.waves("typo")], ["open", "waiting", "waiting", "waiting"])
        self.world.oakum("rollout", "abort", "typo", "--why", "mistyped")

    def test_4_the_laboratory_is_first_and_the_others_wait_until_it_is_well(self):
        world, lab = self.world, self.agents["LAB-1"]
        rollout = self.create("spring", "--wave", "lab=tag.ring = lab", "--wave", "rest=100", "--soak", 1, "--start")["id"]
        self.assertEqual(world.wait_for_end(rollout, lab)["state"], "verified")
        self.assertEqual([wave[2:] for wave in self.waves("spring")], [("open", 1), ("waiting", 2)])
        for name in ("GW-1", "GW-2"):
            self.assertIsNone(world.deployment_of(rollout, self.agents[name]))
            text = world.oakum("device", "explain", name, json_output=False)
            self.assertIn('"spring" brings it gateway 1.5.0 in wave 2 of 2 (rest)', text)
        world.oakum("rollout", "open-next-wave", "spring", "--why", "the laboratory is well")
        for name in ("GW-1", "GW-2"):
            ended = world.wait_for_end(rollout, self.agents[name])
            self.assertEqual((ended["state"], ended["wave"]), ("verified", 1))

    def test_5_a_fix_that_cannot_wait_takes_the_place_of_what_waits_for_its_window(self):
        world, agent = self.world, self.agents["GW-1"]
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)
        world.oakum("window", "set", "later", "--from", later.strftime("%Y-%m-%dT%H:%M"), "--for", "2h", "--yields-to", "urgent")
        for version in ("1.6.0", "1.6.1"):
            document = world.variant(GATEWAY, "1.5.0", version)
            world.release(GATEWAY, version, world.image_of(document), "--sbom", document)
        calm, fix = ([name, "--query", "serial = GW-1", "--wave", "all=100", "--minimum", "1", "--soak", 1, "--start"] for name in ("calm", "fix"))
        calm = world.oakum("rollout", "create", "--release", "gateway@1.6.0", "--name", *calm)["id"]
        wait_until("it waits for its window", lambda: (world.deployment_of(calm, agent) or {}).get("state") == "awaiting_window")
        self.assertEqual(agent.state()["phase"], "waiting")
        fix = world.oakum("rollout", "create", "--release", "gateway@1.6.1", "--priority", "urgent", "--name", *fix)["id"]
        self.assertEqual(world.wait_for_end(fix, agent)["state"], "verified")
        self.assertEqual(world.device(agent)["running_version"], "1.6.1")
        left = world.deployment_of(calm, agent)
        self.assertEqual((left["state"], left["detail"]), ("superseded", 'urgent rollout "fix" takes its place'))
        self.assertNotIn("1.6.0", agent.slot_versions().values())
        self.assertEqual(world.get(f"/api/v1/rollouts/{calm}")["totals"]["started"], 0)

    def test_6_a_plan_with_a_date_starts_by_itself(self):
        world = self.world
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=20)
        made = self.create("dated", "--query", "serial = LAB-1", "--at", soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.assertEqual(made["state"], "draft")
        self.assertIn("it starts by itself at", made["sentence"])
        self.assertIn("starts by itself at", world.oakum("rollout", "explain", "dated", json_output=False))
        wait_until("its start", lambda: world.oakum("rollout", "show", "dated")["started"])
        said = [each["sentence"] for each in world.all(f"/api/v1/rollouts/{made['id']}/decisions")]
        self.assertTrue(any(each.startswith("The plan begins by itself at") for each in said), said)

    def test_7_a_wave_goes_no_faster_than_its_pace_and_who_waits_is_told(self):
        world = self.world
        # The one that is asked first is under way until its health time is over, which is not awaited.
        made = world.oakum("rollout", "create", "--name", "slow", "--release", "gateway@1.6.1", "--query", "serial in (LAB-1, GW-2)", "--wave", "all=100",
                           "--priority", "urgent", "--soak", 3600, "--max-in-flight", 1, "--per-minute", 30, "--start")
        self.assertEqual([wave["pace"] for wave in made["plan"]["waves"]], [{"max_in_flight": 1, "per_minute": 30}])
        agents = [self.agents["LAB-1"], self.agents["GW-2"]]
        wait_until("one soaks", lambda: any((world.deployment_of(made["id"], agent) or {}).get("state") == "soaking" for agent in agents))
        waits = [agent for agent in agents if world.deployment_of(made["id"], agent) is None]
        self.assertEqual(len(waits), 1)
        told = world.oakum("device", "explain", "LAB-1" if waits[0] is agents[0] else "GW-2", json_output=False)
        self.assertIn('it waits its turn: wave "all": 1 of at most 1 are under way', told)
        blocked = [each for each in world.get(f"/api/v1/rollouts/{made['id']}")["blocked"] if each["kind"] == "paced"]
        self.assertEqual([each["devices"] for each in blocked], [1])
        self.assertIn("Does the pace of a wave hold somebody up?", world.oakum("rollout", "explain", "slow", json_output=False))
        # It survives a restart: the plan as it was, and nobody more is asked.
        world.server.process.kill()
        world.server.start()
        self.assertEqual(world.get(f"/api/v1/rollouts/{made['id']}")["plan"]["waves"], made["plan"]["waves"])
        self.assertEqual(world.get(f"/api/v1/rollouts/{made['id']}")["totals"]["started"], 1)
        world.oakum("rollout", "abort", "slow", "--why", "the test")

    def test_8_waves_that_have_not_opened_are_changed_while_it_runs(self):
        world = self.world
        file = world.folder / "edited.yaml"
        said = "kind: rollout\nname: edited\nrelease: gateway@1.5.0\nwaves:\n  - {name: lab, query: tag.ring = lab}\n"
        file.write_text(said + "  - {name: rest}\n")
        world.oakum("apply", "-f", file)
        world.oakum("rollout", "start", "edited", "--why", "the test")
        file.write_text(said + "  - {name: some, query: serial = GW-2, pace: {per_minute: 5}}\n  - {name: rest}\n")
        world.oakum("rollout", "edit", "edited", "-f", file, "--why", "slower", "--dry-run", json_output=False)
        self.assertEqual([wave[0] for wave in self.waves("edited")], ["lab", "rest"])
        world.oakum("rollout", "edit", "edited", "-f", file, "--why", "slower", json_output=False)
        self.assertEqual([wave[0] for wave in self.waves("edited")], ["lab", "some", "rest"])
        world.oakum("diff", "-f", file)
        told = [each["sentence"] for each in world.oakum("rollout", "decisions", "edited") if each["decision"] == "changed"]
        self.assertEqual(len(told), 1)
        self.assertIn('wave 2 "some" is new', told[0])
        file.write_text(said.replace("tag.ring = lab}", "tag.ring = office}") + "  - {name: rest}\n")
        with self.assertRaises(Failed) as wrong:
            world.oakum("rollout", "edit", "edited", "-f", file, "--why", "no")
        self.assertIn('wave 1 "lab" has opened', wrong.exception.text)
        self.assertEqual([wave[0] for wave in self.waves("edited")], ["lab", "some", "rest"])
        world.oakum("rollout", "abort", "edited", "--why", "the test")


if __name__ == "__main__":
    unittest.main(verbosity=2)
