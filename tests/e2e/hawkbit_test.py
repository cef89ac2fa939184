#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices that nobody changed: the real SWUpdate, pointed at this server instead of a hawkBit, is admitted, says what it
is, installs signed updates, is cancelled, goes on after the server was killed, fails and succeeds, and the server believes
only what it reports after its restart."""
import datetime
import os
import shutil
import sys
import time
import unittest

import swu
from oakum_world import WorldTest, wait_until

MODEL = "testbox"


@unittest.skipUnless(swu.SWUPDATE, "swupdate is not installed: apt-get install swupdate")
class SwUpdate(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--hawkbit")
        cls.group = world.oakum("group", "create", "--name", "bench")["id"]
        cls.secret = world.enrolment(20, cls.group)
        cls.key, cls.certificate = swu.signer(world.folder)
        cls.devices = []

    @classmethod
    def tearDownClass(cls):
        for device in cls.devices:
            device.end_all()
        super().tearDownClass()

    def device(self, serial, version="1.0", *more, url=None, model=MODEL):
        device = swu.Device(self.world, serial, self.certificate, self.secret, url=url, model=model)
        self.devices.append(device)
        device.start(version, *more)
        wait_until(f"{serial} says what it runs", lambda: device.id and
                   self.world.get(f"/api/v1/devices/{device.id}")["running_version"] == version)
        return device

    def restart(self, device, version, *more):
        device.end_all()
        device.stop()
        device.start(version, *more)

    def roll_out(self, device, version, size=300_000, soak=1):
        """A release for this device alone."""
        payload = os.urandom(size)
        file = swu.build(self.world.folder, f"{device.serial}-{version}.swu", version, device.target, payload, self.key,
                         self.certificate)
        release = self.world.oakum("release", "create", "--name", f"line-{device.serial}", "--version", version,
                                   "--artifact", file, "--model", device.model, "--publish")
        rollout = self.world.roll_out(release["id"], soak=soak, query=f'serial = "{device.serial}"',
                                      name=f"{device.serial} to {version}")
        return rollout["id"], payload

    def state(self, rollout, device):
        return (self.world.deployment_of(rollout, device) or {"state": "none"})["state"]

    def wait_state(self, rollout, device, *states, seconds=150):
        return wait_until(f"{device.serial} {states}, was {self.state(rollout, device)}",
                          lambda: (self.world.deployment_of(rollout, device)
                                   if self.state(rollout, device) in states else None), seconds)

    def test_1_first_contact_update_and_proof_after_the_restart(self):
        world, device = self.world, self.device("SWU-1")
        shown = world.get(f"/api/v1/devices/{device.id}")
        facts = {fact["key"]: fact["value"] for fact in shown["facts"]}
        self.assertEqual((facts["protocol"], facts["model"], facts["x.version"]), ("hawkbit", MODEL, "1.0"))
        explained = " ".join(world.oakum("device", "explain", device.id, json_output=False).split())
        self.assertIn("It speaks hawkBit's DDI, version 1", explained)

        rollout, payload = self.roll_out(device, "2.0")
        wait_until("the file in its place", lambda: device.has_installed(payload))
        deployment = self.wait_state(rollout, device, "installing")
        self.assertEqual(deployment["version_before"], "1.0")
        self.assertEqual(world.get(f"/api/v1/devices/{device.id}")["running_version"], "1.0")
        # It restarts into what it installed and says so, as its boot loader's variable would.
        self.restart(device, "2.0", "-c", "2")
        ended = world.wait_for_end(rollout, device)
        self.assertEqual((ended["state"], ended["version_after"]), ("verified", "2.0"))
        self.assertEqual(world.get(f"/api/v1/devices/{device.id}")["running_version"], "2.0")
        self.assertIn("Update Installed", device.said())

    def test_2_a_failure_after_the_restart_is_not_a_success(self):
        device = self.device("SWU-2")
        rollout, payload = self.roll_out(device, "2.0")
        wait_until("the file in its place", lambda: device.has_installed(payload))
        self.wait_state(rollout, device, "installing")
        self.restart(device, "1.0", "-c", "3")
        failed = wait_until("the failure", lambda: (each := self.world.deployment_of(rollout, device)) and
                            each["reason"] == "agent_error" and each)
        self.assertEqual((failed["state"], failed["attempt"]), ("offered", 2))
        self.assertIn("Update Failed", failed["detail"])
        self.assertEqual(self.world.get(f"/api/v1/devices/{device.id}")["running_version"], "1.0")

    def test_3_what_was_taken_back_before_it_was_looked_at_is_not_installed(self):
        device = self.device("SWU-3")
        device.end_all()
        device.stop()
        rollout, _ = self.roll_out(device, "2.0")
        # Somebody asks in its name, so that it is offered, and it does not know yet.
        ask = {"Authorization": f"GatewayToken {self.secret}", "Accept": "application/json"}
        wait_until("the offer", lambda: b"deploymentBase" in
                   self.world.raw("GET", "/default/controller/v1/SWU-3", headers=ask).body)
        self.world.post(f"/api/v1/rollouts/{rollout}/actions/halt", {"why": "wrong file"})
        # The answer to the halt tells of the decision; the offers are taken back after it.
        self.wait_state(rollout, device, "withdrawn", seconds=10)
        device.start("1.0")
        wait_until("it has taken the cancellation", lambda: b"cancelAction" not in
                   self.world.raw("GET", "/DEFAULT/controller/v1/SWU-3", headers=ask).body)
        self.assertIsNone(device.installed())
        self.assertEqual(self.state(rollout, device), "withdrawn")

    def test_4_a_download_is_stopped_in_its_middle(self):
        device = self.device("SWU-4", "1.0", "-n", "200k")
        rollout, _ = self.roll_out(device, "2.0", size=20_000_000)
        self.wait_state(rollout, device, "installing")
        self.world.post(f"/api/v1/rollouts/{rollout}/actions/halt", {"why": "wrong file"})
        self.assertEqual(self.wait_state(rollout, device, "withdrawn")["reason"], "cancelled")

    def goes_on(self, device, payload):
        """Waits for the file. False: swupdate has stopped talking, which it does now and then when the look for a cancellation that it
        takes during a download meets the server's end: it then takes its own installation down and hangs."""
        deadline, said, since = time.monotonic() + 240, "", time.monotonic()
        while not device.has_installed(payload):
            now = device.said()
            if len(now) != len(said):
                said, since = now, time.monotonic()
            if time.monotonic() - since > 40 and "Failure writing output to destination" in said[-2000:]:
                return False
            self.assertLess(time.monotonic(), deadline, "the file is not in its place\n" + said[-3000:])
            time.sleep(0.5)
        return True

    def test_5_the_server_is_killed_in_the_middle_of_a_download(self):
        for serial in ("SWU-5", "SWU-5b", "SWU-5c"):
            device = self.device(serial, "1.0", "-n", "2M")
            rollout, payload = self.roll_out(device, "2.0", size=12_000_000)
            self.wait_state(rollout, device, "installing")
            wait_until("some of the file", lambda: any(path.stat().st_size > 1_000_000 for path in
                                                      device.folder.rglob("*") if path.is_file()) or device.installed())
            self.world.server.process.kill()
            self.world.server.start("--hawkbit")
            if self.goes_on(device, payload):
                break
            print(f"{serial}: swupdate itself hangs after the outage; another device is tried", flush=True)
            device.end_all()
        else:
            self.fail("swupdate hung three times in a row")
        self.assertIn("HTTP status code 206", device.said())
        self.restart(device, "2.0", "-c", "2")
        self.assertEqual(self.world.wait_for_end(rollout, device)["state"], "verified")

    def test_6_a_file_that_the_maker_did_not_sign_is_refused_by_the_device(self):
        device = self.device("SWU-6")
        others = self.world.folder / "others"
        others.mkdir()
        key, certificate = swu.signer(others)
        self.key, self.certificate = key, certificate
        rollout, _ = self.roll_out(device, "2.0")
        refused = wait_until("the refusal", lambda: (each := self.world.deployment_of(rollout, device)) and
                             each["reason"] == "agent_error" and each)
        self.assertIsNone(device.installed())
        self.assertTrue(refused["detail"], refused)

    def test_7_many_ranges_at_once_as_a_delta_download_asks_for_them(self):
        device = self.device("SWU-7")
        device.end_all()
        device.stop()
        self.roll_out(device, "2.0", size=100_000)
        ask = {"Authorization": f"GatewayToken {self.secret}", "Accept": "application/json"}
        base = wait_until("the offer", lambda: (answer := self.world.raw(
            "GET", "/DEFAULT/controller/v1/SWU-7", headers=ask)).json["_links"].get("deploymentBase"))
        path = base["href"].split(f":{self.world.server.port}", 1)[1]
        action = int(path.split("/deploymentBase/")[1].split("?")[0])
        self.assertTrue(0 < action < 2**31)
        artifact = self.world.raw("GET", path, headers=ask).json["deployment"]["chunks"][0]["artifacts"][0]
        href = artifact["_links"]["download"]["href"].split(f":{self.world.server.port}", 1)[1]
        whole = self.world.raw("GET", href, headers=ask)
        self.assertEqual(len(whole.body), artifact["size"])
        parts = self.world.raw("GET", href, headers={**ask, "Range": "bytes=0-99,5000-70000,90000-90009"})
        self.assertEqual(parts.status, 206)
        boundary = parts.headers["Content-Type"].split("boundary=")[1].encode()
        pieces = parts.body.split(b"\r\n--" + boundary)
        self.assertEqual(pieces[-1], b"--\r\n")
        got = [piece.split(b"\r\n\r\n", 1)[1] for piece in pieces[1:-1]]
        self.assertEqual(got, [whole.body[0:100], whole.body[5000:70001], whole.body[90000:90010]])
        self.assertEqual(self.world.raw("GET", href, headers={**ask, "Range": "bytes=9999999-"}).status, 416)
        self.assertEqual(self.world.raw("GET", href, headers={"Authorization": "TargetToken other"}).status, 401)
        # It cannot wait by itself: in a freeze what it has not begun is not shown, though it was offered before.
        links = lambda: self.world.raw("GET", "/DEFAULT/controller/v1/SWU-7", headers=ask).json["_links"]
        begins = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=36)).strftime("%Y-%m-%dT%H:00")
        self.world.oakum("freeze", "set", "books", "--from", begins, "--for", "3d")
        wait_until("the freeze", lambda: "deploymentBase" not in links())
        self.world.oakum("freeze", "remove", "books")
        wait_until("it is over", lambda: "deploymentBase" in links())

    def test_8_addresses_follow_the_proxy_that_is_in_front(self):
        ask = {"Authorization": f"GatewayToken {self.secret}", "X-Forwarded-Host": "updates.example",
               "X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443"}
        answer = self.world.raw("GET", "/DEFAULT/controller/v1/SWU-8", headers=ask)
        self.assertEqual(answer.json["_links"]["configData"]["href"],
                         "https://updates.example:8443/DEFAULT/controller/v1/SWU-8/configData")


class SwitchedOff(WorldTest):
    def test_without_the_option_there_is_no_such_protocol(self):
        self.assertEqual(self.world.raw("GET", "/DEFAULT/controller/v1/x",
                                        headers={"Authorization": "GatewayToken x"}).status, 404)


if __name__ == "__main__":
    if not swu.SWUPDATE or not shutil.which("openssl"):
        print("SKIPPED LOUDLY: swupdate and openssl are needed for the tests with the real SWUpdate", file=sys.stderr)
    unittest.main(verbosity=2)
