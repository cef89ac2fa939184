#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Windows and freezes, whole: a device downloads ahead of its window, says that it waits, keeps to what it was told
without a network, and goes on when its window is open; people see when, and why not now."""
import datetime
import unittest

from oakum_world import GATEWAY, Failed, WorldTest, sbom, wait_until


def in_hours(hours):
    """A local time for devices whose zone is not known, which is UTC."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M")


class Windows(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        first = world.image(GATEWAY, "1.4.2")
        cls.gateway = world.agent("GW-0001", GATEWAY, first, world.enrolment(1))
        cls.new = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        world.wait_for_version(cls.gateway, "1.4.2")

    def state(self):
        deployment = self.world.deployment_of(self.rollout, self.gateway)
        return deployment and deployment["state"]

    def waits(self):
        """The device says so, and has not written to its other slot."""
        wait_until("awaiting_window", lambda: self.state() == "awaiting_window")
        self.assertEqual(self.gateway.state()["phase"], "waiting")
        self.assertNotIn("1.5.0", self.gateway.slot_versions().values())

    def test_1_ahead_of_its_window(self):
        world = self.world
        would = world.oakum("window", "set", "later", "--from", in_hours(5), "--for", "2h", "--dry-run", json_output=False)
        self.assertIn("Installing is allowed", would)
        self.assertEqual(world.get("/api/v1/schedules")["items"], [], "a dry run changed something")
        with self.assertRaises(Failed) as wrong:
            world.oakum("window", "set", "later", "--from", in_hours(5), "--for", "2h", "--repeat", "FREQ=YEARLY")
        self.assertIn("DAILY, WEEKLY or MONTHLY", wrong.exception.text)
        said = world.oakum("window", "set", "later", "--from", in_hours(5), "--for", "2h")
        self.assertEqual(said["rule"]["times"][0]["minutes"], 120, said)
        self.assertTrue(any("without a known time zone" in warning for warning in said["warnings"]), said)

        type(self).rollout = world.roll_out(self.new["id"], name="forward")["id"]
        self.waits()
        text = world.oakum("device", "explain", "GW-0001", json_output=False)
        self.assertRegex(text, r'installing is allowed from .* UTC there on, in [45] hours \(window "later"\)')
        # The lists say it too: the rollout's sentence, why it waits, and the first line of the device's page.
        rollout = world.get(f"/api/v1/rollouts/{self.rollout}")
        self.assertRegex(rollout["sentence"], r'1 of 1 device to go has the files and waits for window "later", which opens .* UTC\.')
        self.assertEqual([each["kind"] for each in rollout["blocked"]], ["window_ahead"], rollout["blocked"])
        listed = world.get("/api/v1/rollouts")["items"][0]
        self.assertEqual(listed["sentence"], rollout["sentence"])
        self.assertIn('window "later"', world.oakum("rollout", "explain", "forward", json_output=False))
        device = world.get(f"/api/v1/devices/{self.gateway.id}")
        self.assertRegex(device["sentence"], r"gateway 1\.5\.0 waits for (tonight|today|tomorrow) [0-9:-]+ UTC\.")

    def test_2_without_a_network_it_keeps_to_it(self):
        world = self.world
        world.server.process.kill()
        self.gateway.end()
        self.gateway.start()
        self.gateway.process.wait_for(r"phase waiting")
        self.assertNotIn("1.5.0", self.gateway.slot_versions().values())
        world.server.start()
        self.waits()

    def test_3_a_freeze_shuts_even_an_open_window(self):
        world = self.world
        world.oakum("freeze", "set", "fair", "--from", in_hours(-1), "--for", "3d", "--yields-to", "emergency")
        world.oakum("window", "set", "later", "--from", in_hours(-1), "--for", "12h")
        why = world.get(f"/api/v1/devices/{self.gateway.id}/explain")
        step = next(each for each in why["steps"] if each["question"] == "May it be changed now?")
        self.assertEqual(step["answer"], "no", step)
        self.assertIn('freeze "fair"', step["because"])
        self.waits()

    def test_4_open_it_goes_on(self):
        world = self.world
        world.oakum("freeze", "remove", "fair")
        done = world.wait_for_end(self.rollout, self.gateway)
        self.assertEqual((done["state"], done["version_after"]), ("verified", "1.5.0"), done)
        actions = [each["action"] for each in world.all("/api/v1/audit")]
        for action in ("window.set", "freeze.set", "freeze.remove"):
            self.assertIn(action, actions)

    def test_5_a_budget_holds_it_and_says_so(self):
        world = self.world
        would = world.oakum("budget", "add", "gateways", "--by", "model", "--most", "0", "--dry-run", json_output=False)
        self.assertIn("No device with the same model is out of service at once, of 1 device in 1 group.", would)
        self.assertIn("It allows none", would)
        self.assertEqual(world.get("/api/v1/budgets")["items"], [], "a dry run changed something")
        with self.assertRaises(Failed) as wrong:
            world.oakum("budget", "add", "gateways", "--most", "101%")
        self.assertIn("--most is a number of devices", wrong.exception.text)
        world.oakum("budget", "add", "gateways", "--by", "model", "--most", "0")
        newer = world.variant(GATEWAY, "1.5.0", "1.5.5")
        release = world.release(GATEWAY, "1.5.5", world.image_of(newer))
        held = world.roll_out(release["id"], name="held")["id"]
        wait_until("it is said to wait for room", lambda: any(
            "no room" in each["reason"] for each in world.get(f"/api/v1/rollouts/{held}")["blocked"]))
        why = world.oakum("device", "explain", "GW-0001", json_output=False)
        self.assertIn('it waits until there is room: budget "gateways": none of model', why)
        self.assertIn("no room", world.oakum("rollout", "explain", "held", json_output=False))
        with self.assertRaises(Failed) as refused:
            world.oakum("device", "update-now", "GW-0001")
        self.assertIn('budget "gateways"', refused.exception.text)
        # What is recorded holds over a restart.
        world.server.process.kill()
        world.server.start()
        self.assertIsNone(world.deployment_of(held, self.gateway))
        world.oakum("budget", "add", "gateways", "--by", "model", "--most", "10%")
        done = world.wait_for_end(held, self.gateway)
        self.assertEqual((done["state"], done["version_after"]), ("verified", "1.5.5"), done)
        said = world.get("/api/v1/budgets")["items"][0]
        self.assertEqual((said["tightest"][0]["devices"], said["tightest"][0]["allowed"]), (1, 1), said)
        world.oakum("budget", "remove", "gateways")
        actions = [each["action"] for each in world.all("/api/v1/audit")]
        self.assertIn("budget.set", actions)
        self.assertIn("budget.remove", actions)

    def test_6_a_window_that_never_opens_is_said_to_be_one(self):
        world = self.world
        said = world.oakum("window", "set", "later", "--from", "2026-01-05T02:00", "--for", "1h", "--repeat",
                           "FREQ=DAILY;COUNT=2")
        self.assertTrue(any(warning.startswith("It never opens again") for warning in said["warnings"]), said)
        newer = world.variant(GATEWAY, "1.5.0", "1.6.0")
        release = world.release(GATEWAY, "1.6.0", world.image_of(newer))
        rollout = world.roll_out(release["id"], name="never")["id"]
        times = world.oakum("rollout", "times", "never")
        self.assertEqual(times["waves"][0]["never"], 1, times)
        self.assertIn('1 of 1 device to go never may, as far as can be seen, by window "later".',
                      world.get(f"/api/v1/rollouts/{rollout}")["sentence"])
        why = world.oakum("device", "explain", "GW-0001", json_output=False)
        self.assertIn("It never opens", why)
        self.assertIsNone(world.deployment_of(rollout, self.gateway))
        # An emergency need not keep what yields to it.
        world.oakum("window", "set", "later", "--from", "2026-01-05T02:00", "--for", "1h", "--yields-to", "emergency")
        world.post(f"/api/v1/rollouts/{rollout}/actions/abort", {"why": "it cannot wait"})
        urgent = world.roll_out(release["id"], name="at-once", priority="emergency")["id"]
        done = world.wait_for_end(urgent, self.gateway)
        self.assertEqual(done["state"], "verified", done)
        type(self).newest = release["id"]

    def test_6_who_is_out_of_reach_is_told_by_reason_and_found_by_its_query(self):
        world = self.world
        rows = "serial,model,site,firmware_version\n" + "".join(f"IMP-{n},{GATEWAY},Kiel,1.4.2\n" for n in range(3))
        world.raw("POST", "/api/v1/devices/import?name=fleet.csv", rows.encode(),
                  {"Authorization": f"Bearer {world.token}", "Content-Type": "text/csv"})
        rollout = world.roll_out(self.newest, name="everybody", priority="emergency")["id"]
        told = world.get(f"/api/v1/rollouts/{rollout}")
        self.assertEqual([(each["kind"], each["devices"]) for each in told["blocked"]], [("not_enrolled", 3)], told)
        self.assertIn("Out of reach: 3 devices, known only from an import: out of reach until enrolled.", told["sentence"])
        found = world.oakum("device", "list", "--query", told["blocked"][0]["query"])
        self.assertEqual(sorted(each["serial"] for each in found), ["IMP-0", "IMP-1", "IMP-2"], found)
        steps = {each["question"]: each for each in world.oakum("rollout", "explain", "everybody")["steps"]}
        self.assertEqual(steps["Is somebody out of reach?"]["answer"], "yes", steps)
        self.assertEqual(steps["Was everybody in the open waves asked?"]["because"], "Nobody in reach waits to be asked.")
        # Which versions can go to a release, and how many devices each.
        paths = world.get(f"/api/v1/releases/{self.newest}")["paths"]
        self.assertEqual([(each["version"], each["devices"], each["can"]) for each in paths], [("1.4.2", 3, True)], paths)
        self.assertEqual(len(world.oakum("device", "list", "--query", paths[0]["query"])), 3)

    def test_7_a_plan_as_a_file(self):
        world = self.world
        file = world.folder / "plan.yaml"

        def write(share="100000", minutes="120"):
            file.write_text(f"""# reviewed by anna
kind: rollout
name: by file
release: gateway@1.5.0
query: serial = GW-0001
waves:
  - name: canary
    share_ppm: {share}
  - name: rest
    share_ppm: 1000000
    gate: {{minimum: 1, tolerated_failure_ppm: 20000, soak_seconds: 60}}
---
kind: window
name: by-file
query: serial = NOBODY
times:
  - {{start: 2026-01-05T02:00, minutes: {minutes}, rule: "FREQ=WEEKLY;BYDAY=MO,TU"}}
---
kind: freeze
name: fair-by-file
query: serial = NOBODY
times: [{{start: 2026-04-20T00:00, minutes: 1440}}]
---
kind: budget
name: by-file
query: serial = NOBODY
by: [site]
percent: 25
""")

        def refused(status, *words):
            with self.assertRaises(Failed) as wrong:
                world.oakum(*words, json_output=False)
            self.assertIn(f"{status}", str(wrong.exception.status), wrong.exception.text)
            return wrong.exception.text

        def rollouts():
            return [each for each in world.all("/api/v1/rollouts") if each["name"] == "by file"]

        write(share="5%")
        self.assertIn('plan.yaml:8:16: "share_ppm" is a whole number from 1 to 1000000, not "5%"', refused(1, "apply", "-f", file))
        write()
        self.assertIn("4 of 4 documents", refused(1, "diff", "-f", file))
        self.assertIn("Nothing was changed", world.oakum("apply", "-f", file, "--dry-run", json_output=False))
        self.assertEqual(rollouts(), [], "a dry run made something")
        made = world.oakum("apply", "-f", file)
        self.assertEqual([each["result"] for each in made], ["made"] * 4, made)
        self.assertEqual([each["state"] for each in rollouts()], ["draft"])
        idle = wait_until("who is for nobody is told", lambda: [
            each["what"] for each in world.oakum("alarm", "list") if each["kind"] == "policy_idle" and "by-file" in each["what"]])
        self.assertEqual(sorted(idle), ["The budget by-file is for no device that is here.", "The window by-file is for no device that is here."])
        again = world.oakum("apply", "-f", file)
        self.assertEqual([each["result"] for each in again], ["as it is"] * 4, again)
        self.assertEqual(len(rollouts()), 1)
        world.oakum("diff", "-f", file)

        # Its own export says the same, by the server's words.
        whole = world.folder / "whole.yaml"
        whole.write_text(world.oakum("rollout", "export", "by file", json_output=False))
        self.assertIn("  - name: canary\n    share_ppm: 100000\n    gate:\n      minimum: 10\n", whole.read_text())
        world.oakum("diff", "-f", whole)

        # What differs is replaced, but for a rollout that is not over; then nothing at all is.
        write(share="200000", minutes="180")
        text = refused(5, "apply", "-f", file)
        self.assertIn('plan.yaml:8:16: the rollout "by file" is draft with /waves/0/share_ppm "100000"', text)
        window = next(each for each in world.get("/api/v1/schedules")["items"] if each["name"] == "by-file")
        self.assertEqual(window["rule"]["times"][0]["minutes"], 120, "something was changed")
        world.oakum("rollout", "abort", rollouts()[0]["id"], "--why", "the plan changed")
        done = world.oakum("apply", "-f", file)
        self.assertEqual([each["result"] for each in done], ["made", "changed", "as it is", "as it is"], done)
        self.assertEqual([each["state"] for each in rollouts()], ["draft", "aborted"])
        world.oakum("rollout", "abort", rollouts()[0]["id"], "--why", "the test is over")

        # What the server would refuse is found before the first change, at its line.
        fresh = "kind: freeze\nname: fresh\nquery: site = Nowhere\ntimes: [{start: 2026-04-20T00:00, minutes: 60}]\n"
        file.write_text(fresh + "---\nkind: freeze\nname: by-file\nquery: site = Nowhere\ntimes: [{start: 2026-04-20T00:00, minutes: 60}]\n")
        self.assertIn('plan.yaml:7:7: "by-file" is a window; remove it first', refused(5, "apply", "-f", file))
        file.write_text("---\n".join([fresh] + [f"kind: budget\nname: many-{i}\nquery: site = Nowhere\nby: [site]\npercent: 25\n" for i in range(33)]))
        self.assertIn("a server keeps 32 budgets at most", refused(1, "apply", "-f", file))
        self.assertNotIn("fresh", [each["name"] for each in world.get("/api/v1/schedules")["items"]], "something was made before it was refused")


if __name__ == "__main__":
    unittest.main()
