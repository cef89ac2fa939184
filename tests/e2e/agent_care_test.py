#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody who stands before a device: `oakum-agent status` says on one screen what runs and what it waits for, and
`oakum-agent doctor` what is wrong with it, each beside a running agent, without one, and without a server."""
import datetime
import json
import os
import unittest

from oakum_world import GATEWAY, Proxy, WorldTest, sbom, wait_until


def stored(folder):
    """What a look must not change; the running agent changes some of it by itself."""
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in ("lock", "firmware.log")}


class Care(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.proxy = Proxy(world.server.port)
        url = f"https://127.0.0.1:{cls.proxy.port}"
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1), url=url)
        world.wait_for_version(cls.gateway, "1.4.2")

    def ask(self, verb, *more, expect=0, env=None):
        if env:
            os.environ.update(env)
        try:
            done = self.gateway.run_once(verb, "--dir", self.gateway.folder, *more)
        finally:
            for name in env or {}:
                del os.environ[name]
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn("PRIVATE", done.stdout + done.stderr)
        return done.stdout

    def status(self):
        return json.loads(self.ask("status", "--output", "json"))

    def test_1_well(self):
        seen = wait_until("the contact", lambda: (lambda s: s["contact"].get("answered") and s)(self.status()))
        self.assertTrue(seen["agent_runs"])
        self.assertEqual((seen["runs"]["version"], seen["runs"]["slot"], seen["runs"]["healthy"]), ("1.4.2", "a", True))
        self.assertEqual(seen["waits_for"]["what"], "nothing: all that the server asked for is done")
        screen = self.ask("status")
        self.assertRegex(screen, r"(?m)^device +GW-0001 \(AC-GW200\) of https://127\.0\.0\.1:\d+$")
        self.assertRegex(screen, r"(?m)^version +1\.4\.2 in slot a, healthy$")
        self.assertRegex(screen, r"(?m)^last contact +20\d\d-\S+Z \(\d+ \w+ ago\)")
        self.assertRegex(screen, r"(?m)^certificate +ends 20")
        self.assertLess(len(screen.splitlines()), 20)
        said = self.ask("doctor")
        for line in (r"configuration +is understood", r"agent +runs, and its last check was healthy", r"permissions +only",
                     r"identity +its certificate ends", r"room +\d+ MiB free", r"slots +slot a holds 1\.4\.2, which stays",
                     r"server +https://127\.0\.0\.1:\d+ answers and accepts this device", r"clock +agrees with its server"):
            self.assertRegex(said, rf"(?m)^ok +{line}")
        self.assertNotIn("ILL", said)
        self.assertTrue(json.loads(self.ask("doctor", "--output", "json"))["well"])
        self.ask("status", "--output", "yaml", expect=2)

    def test_2_an_update_and_its_outcome(self):
        world = self.world
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)
        world.oakum("window", "set", "later", "--from", ahead.strftime("%Y-%m-%dT%H:%M"), "--for", "2h")
        release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))
        rollout = world.roll_out(release["id"], name="forward")["id"]
        wait_until("the window", lambda: self.gateway.state().get("phase") == "waiting")
        screen = self.ask("status")
        self.assertRegex(screen, r"(?m)^waits for +its window to install gateway 1\.5\.0, 20\d\d-\S+Z \(in [45] h\); the update is downloaded")
        self.assertRegex(self.ask("doctor"), r"(?m)^ok +metadata +the server's verifies .*, until 20\d\d-")
        world.oakum("window", "remove", "later")
        self.assertEqual(world.wait_for_end(rollout, self.gateway)["state"], "verified")
        seen = wait_until("the end", lambda: (lambda s: s.get("last_update") and s)(self.status()))
        last = seen["last_update"]
        self.assertEqual((last["release"], last["version"], last["state"]), ("gateway", "1.5.0", "verified"))
        self.assertEqual((seen["runs"]["version"], seen["runs"]["slot"]), ("1.5.0", "b"))
        self.assertIn("expires", seen["metadata"])
        self.assertRegex(self.ask("status"), r"(?m)^last update +gateway 1\.5\.0 verified, 20\d\d-\S+Z \(\d+ s ago\)")

    def test_3_without_a_server(self):
        self.world.server.process.kill()
        seen = wait_until("the failure", lambda: (lambda s: s["contact"].get("failure") and s)(self.status()))
        self.assertIn("answered", seen["contact"])
        self.assertEqual(seen["waits_for"]["what"], "its server")
        self.assertRegex(self.ask("status"), r"(?m)^last contact .*; failing since 20")
        said = self.ask("doctor", expect=1, env={"https_proxy": "http://somebody:secret@proxy.invalid:3128"})
        self.assertRegex(said, r"(?m)^ILL +server +https://[^\n]*\n +-> [^\n]*the proxy of https_proxy is not used")
        self.assertNotIn("secret", said)
        self.world.server.start()

    def test_4_without_an_agent_nothing_is_changed(self):
        self.gateway.end()
        before = stored(self.gateway.folder)
        screen = self.ask("status")
        self.assertRegex(screen, r"(?m)^agent +does not run$")
        self.assertRegex(screen, r"(?m)^version +none; slot b holds 1\.5\.0, which the agent starts$")
        self.assertRegex(screen, r"(?m)^waits for +its agent, which does not run$")
        self.assertRegex(self.ask("doctor"), r"(?m)^look at +agent +does not run on")
        self.assertEqual(stored(self.gateway.folder), before)

    def test_5_what_is_wrong_is_named_with_what_to_do(self):
        folder = self.gateway.folder
        (folder / "identity.pem").chmod(0o644)
        (folder / "agent.conf").chmod(0o666)
        said = self.ask("doctor", expect=1)
        self.assertRegex(said, r"(?m)^ILL +permissions +\S+identity\.pem: others can read the device's key\n +-> chmod 600 \S+$")
        self.assertRegex(said, r"(?m)^ILL +permissions +\S+agent\.conf: others can change what the agent runs")
        for name in ("identity.pem", "agent.conf"):
            (folder / name).chmod(0o600)

        image = folder / "slots/b/image.tar"
        whole = image.read_bytes()
        image.write_bytes(b"?" + whole[1:])
        (folder / "slots/boot.env.copy").write_text("active = a\n")
        said = self.ask("doctor", expect=1)
        self.assertRegex(said, r"(?m)^ILL +slots +slot b does not hold what was verified: its digest is another\n +-> ")
        self.assertRegex(said, r"(?m)^look at +boot loader +boot\.env\.copy: ")
        image.write_bytes(whole)

        state = json.loads((folder / "state/state.json").read_text())
        state["last"]["state"], state["last"]["reason"] = "rolled_back", "health_failed"
        state["last"]["detail"] = "\x1b]0;owned\x07 \u202eno uplink\n"
        (folder / "state/state.json").write_text(json.dumps(state))
        for said in (self.ask("doctor"), self.ask("status")):
            self.assertIn("no uplink", said)
            for bad in "\x1b\x07\u202e":
                self.assertNotIn(bad, said)

        identity = (folder / "identity.pem").read_text()
        (folder / "identity.pem").write_text("-----BEGIN CERTIFICATE-----\n")
        said = self.ask("doctor", expect=1)
        self.assertRegex(said, r"(?m)^ILL +identity +\S+identity\.pem: [^\n]+\n +-> enrol this device again")
        self.assertRegex(said, r"(?m)^look at +server +was not asked")
        (folder / "identity.pem").write_text(identity)

        conf = (folder / "agent.conf").read_text()
        (folder / "agent.conf").write_text(conf + "colour = blue\n")
        self.assertRegex(self.ask("doctor", expect=1), r"(?m)^ILL +configuration +\S+agent\.conf[^\n]*colour[^\n]*\n +-> mend")
        (folder / "agent.conf").write_text(conf)
        self.ask("doctor")

    def test_6_a_service_and_a_number_that_are_not_well_are_told(self):
        number = self.world.folder / "board-temp"
        number.write_text("85001\n")
        self.gateway.configure(health__tcp=self.world.server.port, **{"health__metric__board-temp": f"{number} ..85000"})
        self.gateway.start()
        seen = wait_until("what is ill", lambda: (lambda s: s["agent_runs"] and not s["runs"].get("healthy", True) and s)(
            self.status()))
        self.assertIn("metric board-temp is 85001, above 85000", seen["runs"]["detail"])
        self.assertRegex(self.ask("doctor", expect=1), r"(?m)^ILL +health +metric board-temp is 85001, above 85000")
        number.write_text("41000\n")
        wait_until("health", lambda: self.status()["runs"].get("healthy"))
        self.world.server.process.kill()
        port = self.world.server.port
        seen = wait_until("what is ill", lambda: (lambda s: not s["runs"].get("healthy", True) and s)(self.status()))
        self.assertIn(f"port {port}: ", seen["runs"]["detail"])
        self.world.server.start()


if __name__ == "__main__":
    unittest.main()
