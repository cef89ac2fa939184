#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Phones are woken by a push service on this machine: nghttpd, another maker's HTTP/2 server, that asks for the push certificate.
What it is sent is read from its log. A certificate that is renewed counts without a restart; one that ends is an alarm."""
import datetime
import json
import os
import pathlib
import shutil
import socket
import sys
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from oakum_world import ROOT, Process, WorldTest, wait_until

sys.path.insert(0, str(ROOT / "tests" / "simulators"))
import apple  # noqa: E402
import apple_crypto as crypto  # noqa: E402

NGHTTPD = shutil.which("nghttpd") or "/usr/sbin/nghttpd"
TOPIC = "com.apple.mgmt.External.0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def certificate(name, key, days, topic=None, host=None):
    names = [x509.NameAttribute(NameOID.COMMON_NAME, name)] + ([x509.NameAttribute(NameOID.USER_ID, topic)] if topic else [])
    subject, now = x509.Name(names), datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=400))
            .not_valid_after(now + datetime.timedelta(days=days)))
    if host:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@unittest.skipUnless(os.path.exists(NGHTTPD), "nghttpd (nghttp2-server) is not here: pushes were not tried")
class Push(WorldTest):
    @classmethod
    def build(cls, world):
        cls.phones, cls.made = {}, 0
        folder = cls.folder = world.folder / "push"
        (folder / "htdocs" / "3" / "device").mkdir(parents=True)
        key = crypto.new_key()
        (folder / "server.key").write_bytes(pem(key))
        (folder / "server.pem").write_bytes(certificate("push", key, 30, host="localhost"))
        cls.port = free_port()
        cls.service = Process(["stdbuf", "-oL", NGHTTPD, "-v", "-V", "-d", folder / "htdocs", cls.port, folder / "server.key",
                               folder / "server.pem"], world.logs / "nghttpd.log")
        cls.service.wait_for("listen", 30)
        cls.push_key = crypto.new_key()
        cls.renew(300)
        world.start(*cls.words())

    @classmethod
    def words(cls):
        return ("--apple-mdm", "--apple-push", cls.folder / "push.pem", "--apple-push-url", f"https://localhost:{cls.port}",
                "--source-ca", cls.folder / "server.pem")

    @classmethod
    def renew(cls, days, topic=TOPIC):
        (cls.folder / "push.pem").write_bytes(certificate("APSP", cls.push_key, days, topic) + pem(cls.push_key))

    @classmethod
    def tearDownClass(cls):
        cls.service.end()
        super().tearDownClass()

    def enrol(self, serial):
        type(self).made += 1
        file = self.world.folder / f"{self.made}.mobileconfig"
        self.world.oakum("apple", "enrol-profile", "--for", serial, "--to", file, json_output=False)
        phone = self.phones[serial] = apple.Phone(serial)
        # What Apple knows: it answers 200 for it.
        (self.folder / "htdocs" / "3" / "device" / phone.token.hex()).write_text("")
        return phone.enrol(file.read_bytes())

    def pushes(self, phone):
        return self.service.said().count(f":path: /3/device/{phone.token.hex()}")

    def device(self, serial):
        return self.world.all("/api/v1/devices", query=f'serial = "{serial}"')[0]["id"]

    def test_1_a_phone_for_which_something_waits_is_woken_over_http_2(self):
        phone = self.enrol("P1")
        self.assertEqual(phone.mdm["Topic"], TOPIC)
        wait_until("a push", lambda: self.pushes(phone) == 1, 30)
        said = self.service.said()
        for line in (f"apns-topic: {TOPIC}", "apns-push-type: mdm", "apns-expiration: ", ":method: POST"):
            self.assertIn(line, said)
        phone.poll()
        time.sleep(6)
        self.assertEqual(self.pushes(phone), 1, "who has nothing to come for is left alone")
        self.world.oakum("apple", "ask", self.device("P1"), json_output=False)
        wait_until("another push", lambda: self.pushes(phone) == 2, 30)
        time.sleep(6)
        self.assertEqual(self.pushes(phone), 2, "once, until its time has passed")
        phone.poll()
        self.assertIn("woken by Apple's push service", self.world.get("/api/v1/apple")["sentence"])
        self.assertEqual(self.world.get("/api/v1/apple")["topic"], TOPIC)

    def test_2_a_renewed_certificate_counts_at_once_and_one_that_ends_is_an_alarm(self):
        phone = self.phones["P1"]
        alarms = lambda: [each for each in self.world.get("/api/v1/alarms")["items"] if "push certificate" in each["what"]]  # noqa: E731
        self.assertEqual(alarms(), [])
        self.renew(20)
        ends = wait_until("an alarm", alarms, 150)
        self.assertIn("expires on", ends[0]["what"])
        # One that ended: nobody is woken, and it is said.
        self.renew(-1)
        self.world.oakum("apple", "ask", self.device("P1"), json_output=False)
        time.sleep(7)
        self.assertEqual(self.pushes(phone), 2)
        self.renew(300)
        phone.poll()
        self.world.oakum("apple", "ask", self.device("P1"), json_output=False)
        wait_until("a push by the new one", lambda: self.pushes(phone) == 3, 60)
        wait_until("the alarm to end", lambda: not [each for each in alarms() if each["state"] != "resolved"], 150)
        phone.poll()

    def test_3_a_file_without_a_key_or_of_another_kind_is_said_at_the_start(self):
        self.world.server.process.end()
        for content, words in ((certificate("APSP", self.push_key, 300, TOPIC), "not its private key"),
                               (certificate("APSP", self.push_key, 300) + pem(self.push_key), "names no topic"),
                               (certificate("APSP", self.push_key, 300, TOPIC) + pem(crypto.new_key()), "key")):
            (self.folder / "push.pem").write_bytes(content)
            with self.assertRaises(AssertionError) as caught:
                self.world.server.start(*self.words())
            self.assertIn(words, str(caught.exception))
        self.renew(300)
        self.world.server.start(*self.words())


if __name__ == "__main__":
    unittest.main(verbosity=2)
