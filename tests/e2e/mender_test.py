#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices that nobody changed: the real mender-client, pointed at this server instead of a Mender one, waits to be accepted,
says what it is, installs artifacts by its update modules, waits for its window, fails with its log, refuses a foreign signature
and is stopped."""
import datetime
import os
import sys
import unittest

import mender_device
from mender_device import MODEL, Served
from oakum_world import Proxy, wait_until

USABLE = mender_device.usable()
# The client waits a minute before it goes on with a download that was cut, whatever its configuration says.
LONG = bool(os.environ.get("OAKUM_LONG_TESTS"))


@unittest.skipUnless(USABLE, "mender-client, mender-artifact and a private mount namespace are needed")
class RealClient(Served):
    def device(self, token=None, accept=True, **settings):
        device = mender_device.Device(self.world, self.next_mac(), self.secret if token is None else token, **settings)
        if accept:
            device.give_key()
        device.start()
        wait_until(f"{device.serial} is known", lambda: device.id)
        if accept:
            self.wait_version(device, "rel-1")
        return device

    def single_file(self, device, name, content, *more):
        return mender_device.single_file(self.folder(name), name, MODEL, content, device.target, *more)

    def test_1_it_waits_for_a_person_and_then_says_what_it_is(self):
        device = self.device(token="", accept=False)
        self.assertEqual(self.world.get(f"/api/v1/devices/{device.id}")["lifecycle"], "pending")
        self.world.oakum("device", "accept", device.id, "--why", "ours")
        self.wait_version(device, "rel-1")
        facts = self.facts(device)
        self.assertEqual((facts["protocol"], facts["model"], facts["x.identity.mac"]), ("mender", MODEL, device.mac))
        self.assertTrue(facts["x.mender_client_version"].startswith("3."), facts)
        self.assertIn("It speaks Mender's device API",
                      " ".join(self.world.oakum("device", "explain", device.id, json_output=False).split()))
        device.stop()

    def test_2_artifacts_are_installed_and_their_names_are_the_proof(self):
        device = self.device()
        content = os.urandom(200_000)
        rollout = self.roll_out(device, "rel-2", self.single_file(device, "rel-2", content))
        ended = self.world.wait_for_end(rollout, device)
        self.assertEqual((ended["state"], ended["version_before"], ended["version_after"]), ("verified", "rel-1", "rel-2"))
        self.assertEqual((device.target / "app.bin").read_bytes(), content)
        wait_until("what it provides now", lambda: self.facts(device).get(
            "x.provides.rootfs-image.single-file.version") == "rel-2")
        tree = {"one": b"1" * 5000, "two": b"2"}
        rollout = self.roll_out(device, "rel-3", mender_device.directory(self.folder("rel-3"), "rel-3", MODEL, tree,
                                                                         device.target))
        self.assertEqual(self.world.wait_for_end(rollout, device)["state"], "verified")
        self.assertEqual({path.name: path.read_bytes() for path in device.target.iterdir()}, tree)
        device.stop()

    def test_3_a_failure_comes_with_its_log(self):
        device = self.device()
        # The module cannot make its folder there.
        device.target.rmdir()
        device.target.write_text("in the way", encoding="utf-8")
        rollout = self.roll_out(device, "rel-2", self.single_file(device, "rel-2", os.urandom(50_000)))
        failed = wait_until("the failure", lambda: (each := self.world.deployment_of(rollout, device)) and
                            each["reason"] == "agent_error" and each)
        self.assertEqual((failed["state"], failed["attempt"]), ("offered", 2))
        log = wait_until("its log", lambda: [each["detail"] for each in self.world.oakum("device", "history", device.id)
                                             if each["detail"].startswith("its log: ")])
        self.assertTrue(any("rror" in line or "ailed" in line for line in log), log)
        self.assertEqual(self.world.get(f"/api/v1/devices/{device.id}")["running_version"], "rel-1")
        device.stop()

    def test_4_what_is_taken_back_while_it_downloads_is_aborted_on_the_device(self):
        device = self.device()
        folder = self.folder("rel-2")
        (folder / "app.bin").write_bytes(os.urandom(50_000))
        artifact = mender_device.artifact(folder / "rel-2.mender", "held", "rel-2", MODEL, [folder / "app.bin"])
        rollout = self.roll_out(device, "rel-2", artifact)
        wait_until("it downloads", (device.folder / "began").exists)
        self.wait_state(rollout, device, "downloading")
        self.world.post(f"/api/v1/rollouts/{rollout}/actions/halt", {"why": "wrong file"})
        self.wait_state(rollout, device, "cancelling")
        (device.folder / "go").touch()
        ended = self.world.wait_for_end(rollout, device)
        self.assertEqual((ended["state"], ended["reason"]), ("withdrawn", "cancelled"))
        self.assertFalse((device.target / "app.bin").exists())
        self.assertTrue("deployment aborted at the backend" in device.said())
        device.stop()

    def test_5_a_file_that_the_maker_did_not_sign_is_refused_by_the_device(self):
        makers, others = self.folder("makers"), self.folder("others")
        key, public = mender_device.signer(makers)
        other, _ = mender_device.signer(others)
        device = self.device(ArtifactVerifyKey=str(public))
        rollout = self.roll_out(device, "rel-2", self.single_file(device, "rel-2", os.urandom(9000), "-k", other))
        wait_until("the refusal", lambda: (each := self.world.deployment_of(rollout, device)) and
                   each["reason"] == "agent_error")
        self.assertFalse((device.target / "app.bin").exists())
        self.world.post(f"/api/v1/rollouts/{rollout}/actions/halt", {"why": "not ours"})
        self.world.wait_for_end(rollout, device)
        content = os.urandom(9000)
        rollout = self.roll_out(device, "rel-3", self.single_file(device, "rel-3", content, "-k", key))
        self.assertEqual(self.world.wait_for_end(rollout, device)["state"], "verified")
        self.assertEqual((device.target / "app.bin").read_bytes(), content)
        device.stop()

    def test_6_it_downloads_ahead_and_waits_for_its_window(self):
        device = self.device()
        begins = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=36)
        self.world.oakum("freeze", "set", "books", "--from", begins.strftime("%Y-%m-%dT%H:00"), "--for", "3d")
        content = os.urandom(20_000)
        rollout = self.roll_out(device, "rel-2", self.single_file(device, "rel-2", content))
        self.wait_state(rollout, device, "awaiting_window")
        self.assertFalse((device.target / "app.bin").exists())
        # The device asks again and again whether it may, and its server is away for a moment.
        self.world.server.process.kill()
        self.world.server.start("--mender")
        self.assertEqual(self.state(rollout, device), "awaiting_window")
        self.world.oakum("freeze", "remove", "books")
        self.assertEqual(self.world.wait_for_end(rollout, device)["state"], "verified")
        self.assertEqual((device.target / "app.bin").read_bytes(), content)
        device.stop()

    @unittest.skipUnless(LONG, "takes more than a minute: OAKUM_LONG_TESTS=1 runs it")
    def test_7_it_goes_on_where_its_download_was_cut(self):
        device = self.device()
        proxy = Proxy(self.world.server.port)
        try:
            device.stop()
            device.configure(self.secret, ServerURL=f"https://127.0.0.1:{proxy.port}")
            proxy.cut_after(150_000)
            device.start()
            content = os.urandom(3_000_000)
            rollout = self.roll_out(device, "rel-2", self.single_file(device, "rel-2", content))
            self.assertEqual(self.world.wait_for_end(rollout, device, 240)["state"], "verified")
            self.assertEqual(proxy.cuts, 1)
            # What came before the cut was not fetched again.
            self.assertLess(proxy.bytes_to_device, 3_400_000)
            self.assertEqual((device.target / "app.bin").read_bytes(), content)
        finally:
            proxy.close()
        device.stop()


if __name__ == "__main__":
    if not USABLE:
        print("SKIPPED LOUDLY: mender-client, mender-artifact and a private mount namespace are needed", file=sys.stderr)
    if not LONG:
        print("SKIPPED: the download that was cut, with the real client (OAKUM_LONG_TESTS=1)", file=sys.stderr)
    unittest.main(verbosity=2)
