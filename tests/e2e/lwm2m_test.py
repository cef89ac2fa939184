#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""LwM2M devices: libcoap's own coap-client says each message that it can say, over DTLS with a key and without security, and devices of
tests/simulators/lwm2m.py are updated by pull and by push, over bad links, with restarts in the middle and results that lie."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

from oakum_world import ENDED, ROOT, Failed, WorldTest, wait_until

sys.path.insert(0, str(ROOT / "tests/simulators"))
import lwm2m  # noqa: E402

MODEL = "meter"
COAP_CLIENT = shutil.which("coap-client-openssl") or shutil.which("coap-client")
LINKS = "</1/0>,</3/0>,</5/0>"


class Lwm2m(WorldTest):
    @classmethod
    def build(cls, world):
        world.start("--lwm2m", "127.0.0.1:0", "--lwm2m-without-security", "127.0.0.1:0", "--public-url", "https://127.0.0.1:1")
        cls.secure, cls.plain = cls.ports(world)
        cls.devices, cls.count = [], 0
        # From now on everything stays where it is.
        world.server.process.end()
        cls.restart(world)

    @classmethod
    def restart(cls, world):
        world.server.start("--lwm2m", f"127.0.0.1:{cls.secure}", "--lwm2m-without-security", f"127.0.0.1:{cls.plain}",
                           "--public-url", world.server.url)
        assert cls.ports(world) == (cls.secure, cls.plain)

    @staticmethod
    def ports(world):
        said = world.server.process
        return (int(said.wait_for(r"listening at 127\.0\.0\.1:(\d+) with DTLS").group(1)),
                int(said.wait_for(r"listening at 127\.0\.0\.1:(\d+) WITHOUT SECURITY").group(1)))

    @classmethod
    def tearDownClass(cls):
        for device in cls.devices:
            device.stop()
        super().tearDownClass()

    # ---- what tests need
    def endpoint(self):
        type(self).count += 1
        return f"urn:dev:os:meter-{self.count:02}"

    def add(self, endpoint, *more):
        return self.world.oakum("lwm2m", "add", endpoint, *more)

    def device(self, start=True, **settings):
        """A device that was named, with its key, and that runs."""
        endpoint = settings.pop("endpoint", None) or self.endpoint()
        key = bytes.fromhex(self.add(endpoint)["key"])
        device = lwm2m.Device(endpoint, ("127.0.0.1", self.secure), key, trusts=str(self.world.server.ca), model=MODEL, **settings)
        device.serial = endpoint
        self.devices.append(device)
        if start:
            device.start()
            device.id = wait_until(f"{endpoint} among the devices", lambda: self.world.device_id(endpoint))
            self.wait_version(device, device.version)
        return device

    def wait_version(self, device, version):
        wait_until(f"{device.serial} runs {version}", lambda: self.page(device)["running_version"] == version)

    def page(self, device):
        return self.world.get(f"/api/v1/devices/{device.id}")

    def facts(self, device):
        return {fact["key"]: fact["value"] for fact in self.page(device)["facts"]}

    def package(self, version, size=20_000):
        folder = self.world.folder / "packages"
        folder.mkdir(exist_ok=True)
        file = folder / f"{self.count:02}-{version}.bin"
        file.write_bytes(f"VERSION={version}\n".encode() + os.urandom(size))
        return file

    def roll_out(self, device, file, version="2.0", soak=1):
        release = self.world.oakum("release", "create", "--name", f"line-{device.serial.rsplit('-', 1)[1]}-{file.stem}", "--version", version,
                                   "--artifact", file, "--model", MODEL, "--publish")
        return self.world.roll_out(release["id"], soak=soak, query=f'serial = "{device.serial}"', name=f"{device.serial} to {version}")["id"]

    def deployment(self, rollout, device):
        return self.world.deployment_of(rollout, device) or {"state": "none", "attempt": 0}

    def wait_state(self, rollout, device, *states, seconds=150.0):
        return wait_until(f"{device.serial} {states}, device {device.state}/{device.result} {device.asked[-6:]} {device.wrong}",
                          lambda: (found := self.deployment(rollout, device))["state"] in states and found, seconds)

    def update(self, seconds=150.0, size=20_000, **settings):
        """One device from 1.0 to 2.0; the deployment as it ended."""
        device = self.device(**settings)
        file = self.package("2.0", size)
        rollout = self.roll_out(device, file)
        ended = wait_until(f"the end for {device.serial}, device {device.state}", lambda: (found := self.deployment(rollout, device))["state"] in ENDED and found, seconds)
        self.assertEqual(device.wrong, [])
        return device, ended, file


class Simulated(Lwm2m):
    def test_1_registered_asked_pulled_installed_and_verified_over_dtls(self):
        device, ended, file = self.update()
        self.assertEqual((ended["state"], ended["attempt"]), ("verified", 1), ended)
        self.assertEqual(device.digest, hashlib.sha256(file.read_bytes()).hexdigest())
        self.assertEqual((device.cipher, device.fetched_from), ("PSK-AES128-CCM8", "coaps"))
        self.assertEqual(len(device.seen_pull_etags), 1)
        facts = self.facts(device)
        self.assertEqual((facts["manufacturer"], facts["model"], facts["hw_revision"], facts["protocol"]), ("Acme", MODEL, "rev B", "lwm2m"))
        self.assertEqual((facts["x.lwm2m.battery_percent"], facts["x.lwm2m.serial_number"]), ("70", f"serial-{device.serial}"))
        self.assertEqual((facts["firmware_version"], self.page(device)["running_version"]), ("2.0", "2.0"))
        said = self.world.oakum("device", "explain", device.id, json_output=False)
        self.assertIn("LwM2M 1.0", said)

    def test_2_pushed_in_blocks_as_small_as_it_wishes(self):
        device, ended, file = self.update(delivery=1, block=256)
        self.assertEqual(ended["state"], "verified", ended)
        self.assertEqual(device.package, file.read_bytes())

    def test_3_fetched_over_https_where_it_knows_nothing_else(self):
        device, ended, _ = self.update(fetches=[3])
        self.assertEqual((ended["state"], device.fetched_from), ("verified", "https"), ended)

    def test_4_speaking_1_1_in_senml(self):
        for speaks in ("1.1",):
            device, ended, _ = self.update(speaks=speaks)
            self.assertEqual(ended["state"], "verified", ended)
            self.assertEqual(self.facts(device)["x.client"], "LwM2M 1.1")

    def test_5_over_a_link_that_loses_repeats_and_reorders(self):
        device, ended, file = self.update(size=8_000, network={"loss": 0.08, "repeat": 0.1, "reorder": 0.1}, seconds=400.0)
        self.assertEqual(ended["state"], "verified", ended)
        self.assertEqual(device.package, file.read_bytes())

    def test_6_restarts_in_the_middle_lose_the_package_and_not_the_update(self):
        for restarts in (["downloading"], ["downloaded"]):
            device, ended, _ = self.update(restarts=restarts, forgets=True)
            self.assertEqual(ended["state"], "verified", ended)
            self.assertGreaterEqual(device.restarted, 2)

    def test_7_a_result_that_is_lost_in_the_restart_is_not_needed_and_one_that_lies_proves_nothing(self):
        device, ended, _ = self.update(forgets=True)
        self.assertEqual(ended["state"], "verified", ended)
        device = self.device(lies=True)
        rollout = self.roll_out(device, self.package("2.0"))
        self.wait_state(rollout, device, "installed")
        time.sleep(4)
        self.assertEqual(self.deployment(rollout, device)["state"], "installed")
        self.assertEqual(self.page(device)["running_version"], "1.0")

    def test_8_each_failure_is_told_with_its_reason_and_the_next_attempt_goes_well(self):
        device = self.device(results=[5])
        rollout = self.roll_out(device, self.package("2.0"))
        again = wait_until("the second attempt", lambda: (found := self.deployment(rollout, device))["attempt"] == 2 and found)
        self.assertEqual(again["reason"], "verification_failed")
        self.assertIn("integrity", again["detail"])
        self.wait_state(rollout, device, "verified", seconds=200)
        device = self.device(results=[6])
        rollout = self.roll_out(device, self.package("2.0"))
        self.assertEqual(self.wait_state(rollout, device, "failed")["reason"], "incompatible")

    def test_9_a_sleeping_device_is_asked_only_while_it_listens(self):
        device = self.device(queue=True, awake=1.5, update_every=4.0)
        rollout = self.roll_out(device, self.package("2.0"))
        self.assertEqual(self.wait_state(rollout, device, "verified", seconds=200)["state"], "verified")
        self.assertEqual(self.facts(device)["x.lwm2m.queue_mode"], "yes")

    def test_a_the_server_restarts_in_the_middle_of_a_download(self):
        device = self.device(slow=0.15, update_every=3.0)
        file = self.package("2.0", 15_000)
        rollout = self.roll_out(device, file)
        wait_until("some blocks", lambda: len(device.package) > 3000)
        self.world.server.process.kill()
        time.sleep(1)
        self.restart(self.world)
        # Its link died with the server: after its own retransmissions it makes a new one, and goes on with the same address.
        self.wait_state(rollout, device, "verified", seconds=300)
        self.assertEqual(device.package, file.read_bytes())
        self.assertEqual(device.asked.count((lwm2m.PUT, "/5/0/1")), 1)

    def test_c_one_that_loses_its_power_and_comes_back_from_the_same_port_is_heard(self):
        device, ended, _ = self.update(port=34_571)
        self.assertEqual((ended["state"], device.restarted), ("verified", 1), ended)

    def test_b_what_is_taken_back_is_stopped(self):
        device = self.device(slow=0.3)
        rollout = self.roll_out(device, self.package("2.0", 40_000))
        wait_until("it fetches", lambda: device.state == lwm2m.DOWNLOADING)
        self.world.post(f"/api/v1/rollouts/{rollout}/actions/halt", {"why": "a mistake"})
        self.wait_state(rollout, device, "withdrawn")
        self.assertEqual((device.state, device.version), (lwm2m.IDLE, "1.0"))


@unittest.skipUnless(COAP_CLIENT, "SKIPPED LOUDLY: no coap-client (libcoap3-bin) is here")
class CoapClient(Lwm2m):
    """By libcoap's client, which we did not write."""

    def coap(self, method, path, *words, endpoint=None, key=None, payload=None, seconds=8, plain=False):
        command = [COAP_CLIENT, "-m", method, "-B", str(seconds), "-v", "6"]
        scheme, port = ("coap", self.plain) if plain else ("coaps", self.secure)
        if not plain:
            command += ["-u", endpoint, "-k", key]
        if payload is not None:
            file = self.world.folder / "payload"
            file.write_bytes(payload if isinstance(payload, bytes) else payload.encode())
            command += ["-f", str(file)]
        done = subprocess.run([*command, *words, f"{scheme}://127.0.0.1:{port}{path}"], capture_output=True, timeout=60, check=False)
        return (done.stdout + done.stderr).decode(errors="replace")

    def named(self):
        """Endpoint and key, in a form that the command line of coap-client takes."""
        endpoint = self.endpoint()
        file = self.world.folder / "key"
        file.write_text(b"sixteen-letters!".hex())
        self.add(endpoint, "--key-file", file)
        return endpoint, "sixteen-letters!"

    def register(self, endpoint, key, query=None, payload=LINKS, words=("-t", "40"), **more):
        return self.coap("post", f"/rd?{query or f'ep={endpoint}&lt=300&lwm2m=1.1&b=U'}", *words, endpoint=endpoint, key=key, payload=payload, **more)

    def location(self, said):
        parts = re.findall(r"Location-Path:([^\s,\]]+)", said)
        self.assertEqual((len(parts), parts[:1]), (2, ["rd"]), said)
        return f"/rd/{parts[1]}"

    def test_1_registers_updates_and_leaves(self):
        endpoint, key = self.named()
        said = self.register(endpoint, key)
        self.assertIn("2.01", said)
        where = self.location(said)
        wait_until("the device", lambda: self.world.device_id(endpoint))
        self.assertIn("2.04", self.coap("post", where + "?lt=600", endpoint=endpoint, key=key))
        self.assertIn("2.02", self.coap("delete", where, endpoint=endpoint, key=key))
        self.assertIn("4.04", self.coap("post", where, endpoint=endpoint, key=key))
        self.assertIn("4.04", self.coap("delete", where, endpoint=endpoint, key=key))

    def test_2_wrong_messages_are_refused_by_their_code(self):
        endpoint, key = self.named()
        for words, expected in ((dict(query=f"ep={endpoint}&lwm2m=2.0"), "4.12"), (dict(payload="nonsense"), "4.00"),
                                (dict(payload=""), "4.00"), (dict(query="ep=somebody-else"), "4.03"), (dict(words=("-t", "50")), "4.15"),
                                (dict(query=f"ep={endpoint}&lt=never"), "4.00")):
            self.assertIn(expected, self.register(endpoint, key, **words), words)
        for method, path, expected in (("get", "/rd", "4.05"), ("post", "/bs?ep=x", "4.04"), ("get", "/nothing", "4.04"), ("post", "/dp", "4.04"),
                                       ("get", "/fw/x/y", "4.04"), ("put", "/fw/x/y", "4.05"), ("post", "/rd/AAAAAAAA", "4.04")):
            self.assertIn(expected, self.coap(method, path, endpoint=endpoint, key=key), (method, path))

    def test_3_a_long_list_of_objects_comes_in_blocks(self):
        endpoint, key = self.named()
        links = LINKS + "".join(f",</{number}/0>" for number in range(3300, 3500))
        said = self.register(endpoint, key, payload=links, words=("-t", "40", "-b", "256"))
        self.assertIn("2.01", said)

    def test_4_fetches_a_package_in_blocks_of_each_size(self):
        device = self.device(slow=30.0)  # holds its download, so that another may have it
        file = self.package("2.0", 5_000)
        self.roll_out(device, file)
        wait_until("the address", lambda: device.uri)
        path = device.uri.decode().split(str(self.secure), 1)[1]
        key = self.world.folder / "other-key"
        for size in ("64", "512", "1024"):
            out = self.world.folder / f"got-{size}"
            self.coap("get", path, "-b", size, "-o", str(out), plain=True, seconds=30)
            self.assertEqual(out.read_bytes(), file.read_bytes(), size)
        del key
        other, secret = self.named()
        self.assertIn("4.03", self.coap("get", path, endpoint=other, key=secret))
        self.assertIn("4.04", self.coap("get", path[:-1] + ("A" if path[-1] != "A" else "B"), plain=True))

    def test_5_nobody_without_the_key_gets_a_word(self):
        endpoint, key = self.named()
        self.assertNotIn("2.01", self.register(endpoint, "a wrong key 1234", seconds=5))
        self.assertNotIn("2.01", self.register("nobody-named-this", key, seconds=5))
        self.assertIn("4.03", self.register(endpoint, key, plain=True))
        self.assertIn("2.01", self.register(endpoint, key))
        self.world.oakum("lwm2m", "remove", endpoint)
        self.assertNotIn("2.01", self.register(endpoint, key, seconds=5))

    def test_6_without_security_only_where_it_was_named_so(self):
        endpoint = self.endpoint()
        self.add(endpoint, "--without-security")
        said = self.register(endpoint, "", plain=True)
        self.assertIn("2.01", said)
        device = wait_until("the device", lambda: self.world.device_id(endpoint))
        self.assertIn("without any security", self.world.oakum("device", "explain", device, json_output=False))

    def test_7_keys_are_shown_once_and_listed_without(self):
        endpoint, _ = self.named()
        listed = self.world.oakum("lwm2m", "list", json_output=False)
        self.assertIn(endpoint, listed)
        self.assertNotIn(b"sixteen-letters!".hex(), listed)
        with self.assertRaises(Failed):
            self.add(endpoint)
        self.assertNotIn(b"sixteen-letters!".hex(), pathlib.Path(self.world.logs / "oakumd.log").read_text(errors="replace"))


del Lwm2m  # a base, no test
if __name__ == "__main__":
    unittest.main(verbosity=2)
