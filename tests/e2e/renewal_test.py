#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates that are renewed: by agents on their own, with lives of a minute, while an update goes through; and by
hand, as an agent does whose answers get lost."""
import json
import shutil
import ssl
import subprocess
import unittest
from datetime import datetime, timezone

from oakum_world import GATEWAY, WorldTest, wait_until

# A third of it is left for the renewal: long, on a machine that is busy, for an agent that polls each second.
LIFE = 48


class RenewalTest(WorldTest):
    def post_as(self, identity, path, message):
        """One message with the certificate and key in that file; the TLS error when it is refused before HTTP."""
        context = self.world.tls()
        context.load_cert_chain(identity)
        try:
            return self.world.raw("POST", path, json.dumps(message), {"Content-Type": "application/json"}, context)
        except (ssl.SSLError, ConnectionError) as refused:
            return refused

    def poll_as(self, identity, version="1.4.2"):
        return self.post_as(identity, "/device/v1/poll", {
            "desired": 0, "running_version": version, "inventory": "", "boot_id": "", "healthy": True, "slot": "a"})

    @staticmethod
    def openssl(*words, given=None):
        return subprocess.run(["openssl", *map(str, words)], input=given, capture_output=True, text=True, timeout=60,
                              check=True).stdout

    def serial(self, identity):
        return self.openssl("x509", "-in", identity, "-noout", "-serial").strip()

    def life(self, identity):
        """Seconds from the begin to the end of a certificate."""
        words = self.openssl("x509", "-in", identity, "-noout", "-dates").splitlines()
        begin, end = (datetime.strptime(line.split("=", 1)[1], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=timezone.utc)
                      for line in words)
        return (end - begin).total_seconds()

    def renewals(self, agent):
        return [each for each in self.world.all(f"/api/v1/devices/{agent.id}/history")
                if each["kind"] == "certificate" and each["detail"] == "renewed"]


class ByItself(RenewalTest):
    @classmethod
    def build(cls, world):
        world.start("--certificate-seconds", LIFE)
        cls.image = world.image(GATEWAY, "1.4.2")
        cls.gateway = world.agent("GW-0001", GATEWAY, cls.image, world.enrolment(1))

    def test_1_an_agent_renews_and_an_update_goes_through_meanwhile(self):
        world, agent = self.world, self.gateway
        identity = agent.folder / "identity.pem"
        old = world.folder / "first.pem"
        shutil.copy(identity, old)
        self.assertEqual(self.life(old), LIFE + LIFE // 10)
        world.wait_for_version(agent, "1.4.2")
        release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"))
        # It soaks until the certificate that it began with has ended.
        rollout = world.roll_out(release["id"], soak=LIFE * 5 // 6, name="meanwhile")["id"]
        agent.process.wait_for("the certificate was renewed")
        wait_until("another certificate in the agent's folder", lambda: self.serial(identity) != self.serial(old))
        wait_until("its first use", lambda: any("no longer valid" in each["detail"] for each in world.all(
            f"/api/v1/devices/{agent.id}/history") if each["kind"] == "certificate"))
        done = world.wait_for_end(rollout, agent, 300.0)
        self.assertEqual((done["state"], done["attempt"]), ("verified", 1), done)
        self.assertGreaterEqual(len(self.renewals(agent)), 1)
        # No third party spoke meanwhile: nothing looks like a clone.
        self.assertFalse(world.device(agent)["clone_suspected"])
        wait_until("a second renewal", lambda: len(self.renewals(agent)) >= 2)
        wait_until("polls with it", lambda: world.device(agent)["running_version"] == "1.5.0"
                   and agent.process.alive())
        self.assertFalse(world.device(agent)["clone_suspected"])

    def test_2_a_revocation_ends_the_renewed_one_at_once(self):
        world, agent = self.world, self.gateway
        identity = world.folder / "stolen.pem"
        shutil.copy(agent.folder / "identity.pem", identity)
        world.oakum("device", "revoke", "GW-0001", "--why", "it was stolen")
        refused = self.poll_as(identity, "1.5.0")
        if not isinstance(refused, (ssl.SSLError, ConnectionError)):  # it may have ended by itself since
            self.assertEqual(refused.status, 403, refused)
        renewed = self.post_as(identity, "/device/v1/renew", {"csr_pem": "of whatever"})
        if not isinstance(renewed, (ssl.SSLError, ConnectionError)):
            self.assertEqual(renewed.status, 403, renewed)
        agent.process.wait_for("the identity of this device was revoked")


class ByHand(RenewalTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.agent_ = world.agent("GW-0002", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(cls.agent_, "1.4.2")
        cls.agent_.end()

    def renew(self, identity, key):
        request = self.openssl("req", "-new", "-key", key, "-subj", "/CN=GW-0002")
        return self.post_as(identity, "/device/v1/renew", {"csr_pem": request})

    def key(self, name):
        path = self.world.folder / name
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
        return path

    def identity(self, key, certificate):
        path = key.with_suffix(".pem")
        path.write_text(key.read_text(encoding="utf-8") + certificate, encoding="utf-8")
        return path

    def test_1_whichever_answer_is_heard_and_the_old_one_ends_with_the_first_use(self):
        world = self.world
        old = self.agent_.folder / "identity.pem"
        key = self.key("next.key")
        first, second = (self.renew(old, key) for _ in range(2))
        self.assertEqual((first.status, second.status), (200, 200), (first, second))
        heard = self.identity(key, first.json["certificate_pem"])
        again = self.world.folder / "again.pem"
        again.write_text(second.json["certificate_pem"], encoding="utf-8")
        self.assertEqual(self.serial(again), self.serial(heard))
        self.assertEqual(self.poll_as(old).status, 200)  # until the new one is used, and told to renew
        self.assertTrue(self.poll_as(old).json["renew"])
        self.assertIn(self.poll_as(heard).status, (200, 304))
        self.assertFalse(world.device(self.agent_)["clone_suspected"])
        refused = self.poll_as(old)
        self.assertEqual(refused.status, 403, refused)
        self.assertIn("replaced", refused.json["detail"])
        self.assertTrue(world.device(self.agent_)["clone_suspected"])
        self.assertEqual(self.renew(old, key).status, 403)
        self.assertIn(self.poll_as(heard).status, (200, 304))
        self.assertEqual(len(self.renewals(self.agent_)), 1)

    def test_2_another_key_ends_what_waited_to_be_used(self):
        world = self.world
        present = world.folder / "next.pem"
        mine, other = self.key("mine.key"), self.key("other.key")
        first = self.identity(mine, self.renew(present, mine).json["certificate_pem"])
        second = self.identity(other, self.renew(present, other).json["certificate_pem"])
        self.assertNotEqual(self.serial(first), self.serial(second))
        self.assertEqual(self.poll_as(first).status, 403)
        world.oakum("device", "revoke", "GW-0002", "--why", "the test")
        for identity in (present, first, second):
            refused = self.poll_as(identity)
            self.assertEqual(refused.status, 403, refused)
            self.assertIn("revoked", refused.json["detail"])
            self.assertEqual(self.renew(identity, mine).status, 403)


if __name__ == "__main__":
    unittest.main(verbosity=2)
