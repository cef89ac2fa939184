#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server that has the right certificate and answers nonsense: the agent keeps its firmware running, stays small, asks
ever less often, follows nobody elsewhere, installs nothing, and goes on as soon as the true server answers again."""
import http.server
import json
import pathlib
import re
import ssl
import subprocess
import threading
import time
import unittest

from oakum_world import GATEWAY, WorldTest, wait_until

MIB = 1 << 20


class Nonsense(http.server.BaseHTTPRequestHandler):
    """What is answered is the class attribute `kind`."""
    protocol_version = "HTTP/1.1"
    kind, asked, elsewhere = "garbage", [], []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def do_PUT(self):
        self.answer()

    def plain(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Nonsense.asked.append((time.monotonic(), self.path, Nonsense.kind))
        if self.path == "/elsewhere":
            Nonsense.elsewhere.append(self.path)
        try:
            getattr(self, Nonsense.kind)()
        except (ConnectionError, ssl.SSLError):
            pass  # the agent hung up, as it may
        self.close_connection = True

    def garbage(self):
        self.plain(200, b"\x00\xff<html>not json at all")

    def wrong_json(self):
        self.plain(200, b'{"desired": "many", "offer": []}')

    def deep_json(self):
        self.plain(200, b"[" * 30_000)

    def huge(self):
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()
        for _ in range(256):
            self.wfile.write(b" " * MIB)

    def endless_head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200_000):
            self.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 100))

    def redirect(self):
        self.plain(302, b"", Location="/elsewhere")

    def not_http(self):
        self.wfile.write(b"220 smtp.example ready\r\n" * 100)

    def cut(self):
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b'{"desired": 1')

    def wait_for_years(self):
        self.plain(503, b"", Retry_After="99999999999999999999")

    def offer_of_nothing(self):
        # Well made, and of a release that no signed metadata knows.
        self.plain(200, json.dumps({
            "desired": 1 << 40, "poll_seconds": 1, "send_inventory": False, "renew": False,
            "offer": {"deployment": "0" * 25 + "1", "attempt": 1, "release_name": "gateway", "release_version": "9.9",
                      "target_path": "../../../etc/passwd", "length": 1 << 50, "soak_seconds": 0, "is_rollback": True,
                      "withdrawn": False}}).encode())


class HostileServer(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(cls.gateway, "1.4.2")
        cls.gateway.end()

    def impostor(self):
        """A server on another port with a certificate of the same authority: as if that had been stolen."""
        folder = self.world.folder / "impostor"
        folder.mkdir()
        keys = self.world.server.folder / "keys" / "online"
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        for words in (["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem",
                       "-out", "request.pem", "-subj", "/CN=impostor"],
                      ["x509", "-req", "-in", "request.pem", "-CA", str(keys / "ca.pem"), "-CAkey", str(keys / "ca.key"),
                       "-out", "certificate.pem", "-days", "2", "-extfile", "names", "-set_serial", "77"]):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nonsense)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def use(self, port):
        file = self.gateway.folder / "agent.conf"
        file.write_text(re.sub(r"(server = https://127\.0\.0\.1:)\d+", rf"\g<1>{port}", file.read_text()))

    def memory_kib(self):
        text = pathlib.Path(f"/proc/{self.gateway.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+)", text).group(1))

    def test_nonsense_of_every_kind_does_no_harm(self):
        agent = self.gateway
        true_port = self.world.server.port
        impostor = self.impostor()
        self.use(impostor.server_address[1])
        held = {path: path.stat().st_size for path in sorted((agent.folder / "slots").rglob("*")) if path.is_file()}
        agent.start()
        try:
            for kind in ("garbage", "wrong_json", "deep_json", "huge", "endless_head", "redirect", "not_http", "cut",
                         "offer_of_nothing", "wait_for_years"):
                with self.subTest(kind):
                    Nonsense.kind = kind
                    wait_until(f"two questions that got {kind}",
                               lambda: len([each for each in Nonsense.asked if each[2] == kind]) >=
                               (1 if kind == "wait_for_years" else 2), 90)
                    self.assertTrue(agent.process.alive())
                    self.assertTrue(agent.firmware_processes(), "the firmware runs")
            self.assertEqual(Nonsense.elsewhere, [], "it is not led elsewhere")
            self.assertLess(self.memory_kib(), 24 * 1024, "a huge answer is not held")
            now = {path: path.stat().st_size for path in held if path.exists()}
            self.assertEqual(now, held, "nothing was installed")
        finally:
            impostor.shutdown()
            impostor.server_close()
            agent.end()
        self.use(true_port)
        heard = self.world.device(agent)["last_seen"]
        agent.start()
        wait_until("polls of the true server", lambda: self.world.device(agent)["last_seen"] > heard)
        release = self.world.release(GATEWAY, "1.5.0", self.world.image(GATEWAY, "1.5.0"))
        done = self.world.wait_for_end(self.world.roll_out(release["id"])["id"], agent)
        self.assertEqual((done["state"], done["version_after"]), ("verified", "1.5.0"), done)


if __name__ == "__main__":
    unittest.main(verbosity=2)
