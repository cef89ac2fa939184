#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What plain requests can do to a server of Mender's device API: downloads that go on elsewhere, recorded requests, clones, bodies in
pieces and too large ones, freezes, and releases that their artifact contradicts."""
import datetime
import http.client
import json
import os
import sys
import unittest

import mender_device
from mender_device import MODEL, Served
from oakum_world import Failed, WorldTest, wait_until


class PlainRequests(Served):
    def plain(self, token=None, mac=None):
        return mender_device.Plain(self.world, mac or self.next_mac(), self.secret if token is None else token)

    def offered(self, device, size=100_000, **more):
        """A release of a file that says nothing of itself; what the device is told, and the file."""
        self.assertEqual((device.authenticate(), device.inventory("rel-1")), (200, 200))
        content = os.urandom(size)
        file = self.folder("file") / "rel-2.bin"
        file.write_bytes(content)
        rollout = self.roll_out(device, "rel-2", file)
        told = wait_until("the offer", lambda: (answer := device.next("rel-1", **more)).status == 200 and answer.json)
        return rollout, told, content

    def path_of(self, told):
        uri = told["artifact"]["source"]["uri"]
        self.assertTrue(uri.startswith(self.world.server.url + "/"), uri)
        return uri[len(self.world.server.url):]

    def test_1_a_download_goes_on_over_another_connection_without_a_token_and_over_a_restart(self):
        device = self.plain()
        rollout, told, content = self.offered(device)
        path = self.path_of(told)
        self.assertEqual(device.status(told["id"], "downloading"), 204)
        connection = http.client.HTTPSConnection("127.0.0.1", self.world.server.port, context=self.world.tls(), timeout=30)
        connection.request("GET", path)
        first = connection.getresponse().read(9000)
        connection.close()
        self.world.server.process.kill()
        self.world.server.start("--mender")
        rest = self.world.raw("GET", path, headers={"Range": "bytes=9000-"})
        self.assertEqual((rest.status, rest.headers["Content-Range"]), (206, f"bytes 9000-{len(content) - 1}/{len(content)}"))
        self.assertEqual(first + rest.body, content)
        self.assertEqual(self.world.raw("GET", path, headers={"Range": "bytes=999999-"}).status, 416)
        for changed in (path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace("/deployments/download/", "/deployments/download/9")):
            self.assertEqual(self.world.raw("GET", changed).status, 403)
        # The token is good after the restart too.
        for word in ("installing", "success"):
            self.assertEqual(device.status(told["id"], word), 204)
        wait_until("the proof", lambda: device.next("rel-2").status == 204 and self.state(rollout, device) == "verified")
        self.assertEqual(self.world.raw("GET", path).status, 404)

    def test_2_a_request_that_was_recorded_opens_nothing_once_the_identity_has_ended(self):
        device = self.plain()
        recorded = device.auth_request()
        post = lambda body, headers: self.world.raw("POST", mender_device.AUTHENTICATION, body, headers).status
        self.assertEqual([post(*recorded), post(*recorded)], [200, 200])
        self.assertEqual(post(recorded[0] + b" ", recorded[1]), 401)
        self.assertEqual(post(recorded[0].replace(device.mac.encode(), b"02:ff:ff:ff:ff:ff"), recorded[1]), 401)
        device.authenticate()
        self.world.oakum("device", "bulk", "--device", device.id, "--re-enrol", "--why", "its key is known to others",
                         "--yes")
        self.assertEqual(device.inventory("rel-1"), 401)
        again = self.plain(mac=device.mac)
        self.assertEqual(again.authenticate(), 200)
        self.assertEqual(post(*recorded), 401)
        self.assertEqual(again.inventory("rel-1"), 200)

    def test_3_a_clone_takes_no_place(self):
        device = self.plain()
        self.assertEqual((device.authenticate(), device.inventory("rel-1")), (200, 200))
        for token in (self.secret, ""):
            clone = self.plain(token, device.mac)
            self.assertEqual(clone.authenticate(), 401)
        waiting = self.plain("")
        self.assertEqual(waiting.authenticate(), 401)
        clone = self.plain("", waiting.mac)
        self.assertEqual(clone.authenticate(), 401)
        self.world.oakum("device", "accept", waiting.id, "--why", "ours")
        self.assertEqual((clone.authenticate(), waiting.authenticate()), (401, 200))
        self.assertEqual(device.inventory("rel-1"), 200)

    def test_4_chunked_bodies_are_read_and_oversize_ones_refused(self):
        device = self.plain()
        self.assertEqual(device.authenticate(), 200)

        def chunked(path, pieces):
            connection = http.client.HTTPSConnection("127.0.0.1", self.world.server.port, context=self.world.tls(), timeout=30)
            try:
                connection.request("PUT", path, body=iter(pieces), encode_chunked=True,
                                   headers={**device.headers, "Transfer-Encoding": "chunked"})
                return connection.getresponse().status
            except (BrokenPipeError, ConnectionResetError):
                return 413  # told so, and closed, before all was sent
            finally:
                connection.close()

        told = json.dumps([{"name": "artifact_name", "value": "rel-7"}]).encode()
        self.assertEqual(chunked(mender_device.INVENTORY, [told[:5], told[5:]]), 200)
        self.wait_version(device, "rel-7")
        self.assertEqual(chunked(mender_device.INVENTORY, [b" " * 65536] * 8), 413)
        big = self.world.raw("PUT", mender_device.INVENTORY, b"[" + b" " * 300_000 + b"]", device.headers)
        self.assertEqual(big.status, 413)
        many = json.dumps([{"name": f"n{i}", "value": "v"} for i in range(500)]).encode()
        self.assertEqual(self.world.raw("PUT", mender_device.INVENTORY, many, device.headers).status, 400)
        self.assertEqual(self.world.raw("POST", mender_device.AUTHENTICATION, b"x" * 100_000).status, 413)

    def test_5_one_that_does_not_wait_by_itself_is_not_shown_what_may_not_be_installed_now(self):
        device = self.plain()
        _, told, _ = self.offered(device)
        self.assertNotIn("update_control_map", told)
        begins = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=36)
        self.world.oakum("freeze", "set", "books", "--from", begins.strftime("%Y-%m-%dT%H:00"), "--for", "3d")
        try:
            wait_until("the freeze", lambda: device.next("rel-1").status == 204)
        finally:
            self.world.oakum("freeze", "remove", "books")
        wait_until("it is over", lambda: device.next("rel-1").status == 200)

    @unittest.skipUnless(mender_device.ARTIFACT, "mender-artifact is needed")
    def test_6_a_release_that_its_artifact_contradicts_is_refused(self):
        artifact = mender_device.single_file(self.folder("rel-9"), "rel-9", MODEL, b"x" * 5000, "/tmp")
        for version, model, words in (("rel-8", MODEL, "rel-9"), ("rel-9", "other", MODEL)):
            with self.assertRaises(Failed) as refused:
                self.world.oakum("release", "create", "--name", "contradiction", "--version", version, "--artifact",
                                 artifact, "--model", model)
            self.assertIn(words, refused.exception.text)

    @unittest.skipUnless(mender_device.ARTIFACT, "mender-artifact is needed")
    def test_7_what_an_artifact_depends_on_is_asked_of_devices(self):
        device = self.plain()
        self.assertEqual((device.authenticate(), device.inventory("rel-1")), (200, 200))
        folder = self.folder("rel-6")
        (folder / "app.bin").write_bytes(b"x" * 5000)
        self.roll_out(device, "rel-6", mender_device.artifact(folder / "rel-6.mender", "single-file", "rel-6", MODEL,
                                                              [folder / "app.bin"], "-N", "rel-5", "-d", "line:a"))
        needs = 'running_version in ("rel-5") and x.provides.line in ("a")'
        shown = self.world.oakum("release", "show", f"line-{device.mac.replace(':', '')}@rel-6")
        self.assertIn(needs, shown["notes"])
        self.assertEqual(device.next("rel-1", line="a").status, 204)
        self.assertEqual(device.next("rel-5", line="b").status, 204)
        explained = " ".join(self.world.oakum("device", "explain", device.id, json_output=False).split())
        self.assertIn("its artifact is for devices with " + needs, explained)
        wait_until("the offer", lambda: device.next("rel-5", line="a").status == 200)


class SwitchedOff(WorldTest):
    def test_without_the_option_there_is_no_such_protocol(self):
        self.assertEqual(self.world.raw("POST", mender_device.AUTHENTICATION, b"{}").status, 404)


if __name__ == "__main__":
    if not mender_device.ARTIFACT:
        print("SKIPPED LOUDLY: mender-artifact is needed for releases that their artifact contradicts", file=sys.stderr)
    unittest.main(verbosity=2)
