#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input of every kind against a running server: each gets a clear answer, changes nothing, and leaves the server as
fast as before."""
import http.client
import json
import os
import socket
import ssl
import statistics
import time
import unittest

from oakum_world import GATEWAY, WorldTest

ROUNDS = 40
NO_SUCH_ID = "01jd2m6c7g3v8x0w5n4t9r1k2p"


class Api(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        token = world.enrolment(2)
        image = world.image(GATEWAY, "1.4.2")
        cls.polling, cls.revoked = [world.agent(serial, GATEWAY, image, token) for serial in ("GW-0001", "GW-0002")]
        for agent in (cls.polling, cls.revoked):
            world.wait_for_version(agent, "1.4.2")
            agent.end()  # from here on the test speaks with their certificates
        cls.quick = cls.poll_time(cls.polling)

    @classmethod
    def device_connection(cls, agent):
        context = cls.world.tls()
        context.load_cert_chain(agent.folder / "identity.pem")
        return http.client.HTTPSConnection("127.0.0.1", cls.world.server.port, context=context, timeout=30)

    @staticmethod
    def poll(connection, body=None):
        request = {"desired": 0, "running_version": "1.4.2", "inventory": "", "boot_id": "the test", "healthy": True,
                   "slot": "a"}
        connection.request("POST", "/device/v1/poll", body=json.dumps(request) if body is None else body,
                           headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            problem = json.loads(answer)
            assert problem["kind"] and problem["detail"] and len(problem["id"]) == 26, problem
        return response.status

    @classmethod
    def poll_time(cls, agent):
        """The fastest tenth of the polls: the others waited for a machine that has more to do."""
        connection = cls.device_connection(agent)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            assert cls.poll(connection) in (200, 304)
            times.append(time.perf_counter() - began)
        connection.close()
        return statistics.quantiles(times, n=10)[0]

    def refused(self, answer, status, kind):
        self.assertEqual(answer.status, status, answer)
        self.assertIn("application/problem+json", answer.headers["content-type"])
        problem = answer.json
        self.assertEqual(problem["kind"], kind, problem)
        self.assertTrue(problem["detail"] and problem["id"], problem)
        self.assertIn(problem["id"], self.world.server.log.read_text(errors="replace"))
        return problem

    def send(self, method, path, data, token=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {token or self.world.token}", "Content-Type": kind}
        return self.world.raw(method, path, data, headers)

    def test_01_malformed_json_is_refused_with_its_place(self):
        for body in (b"", b"{", b'{"name":', b'{"name":"x"}}', b"\xff\xfe", b'{"name":"\xc3"}', b"[]", b"null",
                     b'{"name":"a","name":"b"}', b'{"name":7}', b'{"name":"x","colour":"red"}'):
            self.refused(self.send("POST", "/api/v1/groups", body), 400, "invalid")
        wrong = self.refused(self.send("POST", "/api/v1/groups", b'{"name":7}'), 400, "invalid")
        self.assertIn("name", wrong["where"] or wrong["detail"])

    def test_02_what_is_too_large_is_refused(self):
        try:
            answer = self.send("POST", "/api/v1/groups", b'{"name":"' + b"x" * (1 << 20) + b'"}')
            self.refused(answer, 413, "too_large")
        except (OSError, http.client.HTTPException):
            pass  # refused by its head, and the connection ended while the body was still on its way
        self.assertEqual(self.world.ask("GET", "/api/v1/groups").json["items"], [], "nothing was made")
        try:
            self.refused(self.world.raw("GET", "/api/v1/me", headers={"X-Long": "x" * (1 << 20)}), 431, "too_large")
        except (OSError, http.client.HTTPException):
            pass  # the connection was ended while the header was still on its way
        # What fits into the sockets' buffers is answered for sure.
        self.refused(self.world.raw("GET", "/api/v1/me", headers={"X-Long": "x" * 20_000}), 431, "too_large")
        self.refused(self.world.raw("GET", "/api/v1/" + "x" * 9_000), 414, "too_large")
        head = {"Authorization": f"Bearer {self.world.token}", "Content-Type": "application/json",
                "Content-Length": str(1 << 30)}
        self.refused(self.world.raw("POST", "/api/v1/groups", b"", head), 413, "too_large")
        self.refused(self.world.raw("GET", "/api/v1/%2e%2e%2f"), 400, "invalid")

    def test_03_what_is_too_deep_is_refused(self):
        for deep in (b"[" * 100_000, b'{"name":' * 5_000 + b"1" + b"}" * 5_000,
                     b'{"name":"x","query":' + b"[" * 1000 + b"]" * 1000 + b"}"):
            answer = self.send("POST", "/api/v1/groups", deep)
            self.assertIn(answer.status, (400, 413), answer)
            self.assertIn(answer.json["kind"], ("invalid", "too_large"))
        query = "(" * 2000 + "model = x" + ")" * 2000
        self.assertIn(self.world.ask("GET", "/api/v1/devices", query=query).status, (400, 414))
        query = "(" * 200 + "model = x" + ")" * 200
        self.refused(self.world.ask("GET", "/api/v1/devices", query=query), 400, "invalid")

    def test_04_unknown_ids_and_routes_are_not_found(self):
        for path in ("devices", "groups", "releases", "rollouts"):
            self.refused(self.world.ask("GET", f"/api/v1/{path}/{NO_SUCH_ID}"), 404, "not_found")
        self.refused(self.world.ask("POST", f"/api/v1/rollouts/{NO_SUCH_ID}/actions/start", {"why": "x"}), 404,
                     "not_found")
        self.refused(self.world.ask("GET", "/api/v1/nothing"), 404, "not_found")
        self.refused(self.world.ask("GET", "/api/v1/devices/not-an-id"), 404, "not_found")

    def test_05_a_query_that_cannot_be_read_names_the_column(self):
        problem = self.refused(self.world.ask("GET", "/api/v1/devices", query="model = "), 400, "invalid")
        self.assertIn("column", (problem["where"] or "") + problem["detail"])

    def test_06_who_is_not_signed_in_sees_nothing(self):
        for method, path in (("GET", "/api/v1/devices"), ("POST", "/api/v1/rollouts"), ("GET", "/api/v1/audit"),
                             ("GET", "/api/v1/system"), ("POST", "/api/v1/backups")):
            answer = self.world.raw(method, path, b"{}" if method == "POST" else None,
                                    {"Content-Type": "application/json"} if method == "POST" else {})
            self.refused(answer, 401, "unauthenticated")
        self.refused(self.send("GET", "/api/v1/devices", None, token="not-a-token"), 401, "unauthenticated")
        wrong = self.world.raw("POST", "/api/v1/session", json.dumps({"user": "admin", "password": "guess"}),
                               {"Content-Type": "application/json"})
        self.refused(wrong, 401, "unauthenticated")

    def sign_in(self, name, role):
        password = "correct horse battery " + role
        self.world.post("/api/v1/users", {"name": name, "role": role, "password": password})
        answer = self.world.raw("POST", "/api/v1/session", json.dumps({"user": name, "password": password}),
                                {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer)
        cookie = answer.headers["set-cookie"]
        for needed in ("HttpOnly", "SameSite", "Secure"):
            self.assertIn(needed.lower(), cookie.lower())
        return cookie.split(";")[0], answer.json["csrf"]

    def test_07_a_viewer_changes_nothing(self):
        cookie, csrf = self.sign_in("vera", "viewer")
        headers = {"Cookie": cookie, "X-CSRF-Token": csrf, "Content-Type": "application/json"}
        made = self.world.raw("POST", "/api/v1/tokens", json.dumps(
            {"label": "eyes", "scopes": ["read"], "expires_in_days": 1}), headers)
        self.assertEqual(made.status, 201, made)
        token = made.json["secret"]
        self.assertEqual(self.world.ask("GET", "/api/v1/devices", token=token).status, 200)
        plan = {"name": "mine", "release": NO_SUCH_ID}
        self.refused(self.world.ask("POST", "/api/v1/rollouts", plan, token=token), 403, "denied")
        self.refused(self.world.ask("POST", f"/api/v1/devices/{self.polling.id}/actions/revoke", {}, token=token), 403,
                     "denied")
        self.assertEqual(self.world.get("/api/v1/rollouts")["items"], [])

    def test_08_a_session_without_its_csrf_token_changes_nothing(self):
        cookie, csrf = self.sign_in("otto", "operator")
        body = json.dumps({"name": "forged"})
        for headers in ({}, {"X-CSRF-Token": "x" * len(csrf)}):
            answer = self.world.raw("POST", "/api/v1/groups", body,
                                    {"Cookie": cookie, "Content-Type": "application/json", **headers})
            self.refused(answer, 403, "denied")
        self.assertNotIn("forged", [each["name"] for each in self.world.all("/api/v1/groups")])
        answer = self.world.raw("POST", "/api/v1/groups", body, {
            "Cookie": cookie, "Content-Type": "application/json", "X-CSRF-Token": csrf})
        self.assertEqual(answer.status, 201, answer)

    def test_09_a_device_is_who_its_certificate_says(self):
        stranger = self.world.raw("POST", "/device/v1/poll", b"{}", {"Content-Type": "application/json"})
        self.refused(stranger, 401, "unauthenticated")
        connection = self.device_connection(self.polling)
        for body in (b"{", b"[]", b'{"running_version":7}', b"[" * 3000):
            self.assertIn(self.poll(connection, body), (400, 413), body[:20])
        self.assertEqual(self.poll(connection, b" " * 100_000), 413)
        connection.close()

    def test_10_a_revoked_certificate_is_refused_at_once(self):
        connection = self.device_connection(self.revoked)
        self.assertIn(self.poll(connection), (200, 304))
        self.world.oakum("device", "revoke", self.revoked.id, "--why", "it was stolen")
        self.assertIn(self.poll(connection), (401, 403), "on the connection that is open already")
        connection.close()
        again = self.device_connection(self.revoked)
        try:
            self.assertIn(self.poll(again), (401, 403))
        except (ssl.SSLError, ConnectionError):
            pass  # refused in the handshake: as good
        again.close()
        other = self.device_connection(self.polling)
        self.assertIn(self.poll(other), (200, 304), "the others go on")
        other.close()

    def test_11_noise_and_connections_that_say_nothing_do_no_harm(self):
        address = ("127.0.0.1", self.world.server.port)
        for _ in range(50):
            self.addCleanup(socket.create_connection(address, 10).close)
        for _ in range(50):
            with socket.create_connection(address, 10) as noise:
                noise.sendall(os.urandom(400))
        for line in (b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /api/v1/groups HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"\0" * 500 + b"\r\n\r\n"):
            with socket.create_connection(address, 10) as plain:
                with self.world.tls().wrap_socket(plain, server_hostname="127.0.0.1") as connection:
                    connection.sendall(line)
                    answer = connection.recv(4096)
                    self.assertTrue(answer == b"" or b" 400 " in answer or b" 505 " in answer, (line, answer))

    def test_12_after_all_of_it_the_server_is_ready_and_as_fast_as_before(self):
        ready = self.world.raw("GET", "/readyz")
        self.assertEqual((ready.status, ready.json["status"]), (200, "ok"), ready)
        self.assertTrue(self.world.oakum("audit", "verify")["ok"])
        quick = min(self.poll_time(self.polling) for _ in range(3))
        self.assertLess(quick, 3 * self.quick + 0.01, f"before {self.quick * 1e3:.1f} ms, now {quick * 1e3:.1f} ms")


if __name__ == "__main__":
    unittest.main(verbosity=2)
