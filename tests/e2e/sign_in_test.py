#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signing in as people and thieves do it, against a real oakumd: sessions listed and ended, a second factor, the
break-glass account, guesses, other origins, and two people who change one thing."""
import base64
import hashlib
import hmac
import http.client
import json
import struct
import subprocess
import time
import unittest

from oakum_world import BIN, WorldTest, wait_until

PASSWORD = "correct horse battery staple"


def code_of(secret, steps=0):
    """RFC 6238, on its own, so that the server's arithmetic is held against another."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Browser:
    """A cookie and a CSRF token."""

    def __init__(self, world, name, password=PASSWORD, code=None, agent="Mozilla/5.0 (X11; Linux) Firefox/128.0", cookie=None):
        self.world = world
        body = {"user": name, "password": password} | ({"code": code} if code else {})
        headers = {"Content-Type": "application/json", "User-Agent": agent} | ({"Cookie": cookie} if cookie else {})
        self.answer = world.raw("POST", "/api/v1/session", json.dumps(body), headers)
        self.cookie = (self.answer.headers.get("Set-Cookie") or "").split(";")[0]
        self.csrf = self.answer.json.get("csrf")

    def ask(self, method, path, body=None, **headers):
        sent = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf or ""} | {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/json"
        return self.world.raw(method, "/api/v1" + path, None if body is None else json.dumps(body), sent)

    def in_(self):
        return self.ask("GET", "/me").status == 200


class SignIn(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        for name, role in (("vera", "viewer"), ("otto", "operator"), ("tom", "operator"), ("gina", "viewer")):
            subprocess.run([str(BIN / "oakum"), "user", "create", "--name", name, "--role", role, "--password-stdin"],
                           input=PASSWORD + "\n", text=True, check=True, capture_output=True, env=world.environment())

    def user(self, name):
        return next(each for each in self.world.oakum("user", "list") if each["name"] == name)

    def test_1_a_stolen_session_ends_at_once_also_while_it_listens(self):
        world = self.world
        owner, thief = Browser(world, "vera"), Browser(world, "vera", agent="curl/8.0")
        self.assertTrue(owner.in_() and thief.in_())
        self.assertNotEqual(owner.cookie, thief.cookie)
        stream = http.client.HTTPSConnection("127.0.0.1", world.server.port, context=world.tls(), timeout=60)
        stream.request("GET", "/api/v1/events", headers={"Cookie": thief.cookie})
        listening = stream.getresponse()
        self.assertEqual(listening.status, 200)
        sessions = owner.ask("GET", "/sessions").json["items"]
        self.assertEqual([each["here"] for each in sessions].count(True), 1)
        stolen = next(each for each in sessions if each["client"] == "curl/8.0")
        self.assertEqual((stolen["address"], stolen["began"], stolen["here"]), ("127.0.0.1", "password", False))
        began = time.monotonic()
        self.assertEqual(owner.ask("DELETE", "/sessions/" + stolen["id"]).status, 204)
        self.assertEqual(thief.ask("GET", "/me").status, 401)
        listening.read()  # until the server ends it
        stream.close()
        self.assertLess(time.monotonic() - began, 14, "it waited for the heartbeat")
        self.assertTrue(owner.in_())
        self.assertEqual(owner.ask("DELETE", "/sessions/" + stolen["id"]).status, 204)
        self.assertEqual(Browser(world, "otto").ask("DELETE", "/sessions/" + sessions[0]["id"]).status, 404)

    def test_1_an_administrator_sees_and_ends_anybodys(self):
        world = self.world
        vera = Browser(world, "vera")
        listed = world.oakum("session", "list", "--user", "vera")
        self.assertTrue(all(each["user"]["name"] == "vera" for each in listed), listed)
        self.assertGreaterEqual(world.oakum("session", "end-all", "--user", "vera")["ended"], 1)
        self.assertFalse(vera.in_())
        vera = Browser(world, "vera")
        self.assertTrue(vera.in_())
        world.oakum("user", "update", "vera", "--role", "approver")
        self.assertFalse(vera.in_(), "a new role ends sessions")
        world.oakum("user", "update", "vera", "--role", "viewer")

    def test_2_no_session_is_fixed_or_taken_from_another_page(self):
        world = self.world
        chosen = "__Host-oakum_session=" + "A" * 43
        first = Browser(world, "vera", cookie=chosen)
        self.assertNotEqual(first.cookie, chosen)
        self.assertEqual(world.raw("GET", "/api/v1/me", headers={"Cookie": chosen}).status, 401)
        second = Browser(world, "vera", cookie=first.cookie)
        self.assertFalse(first.in_())
        self.assertTrue(second.in_())
        for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            self.assertEqual(second.ask("GET", "/me", **headers).status, 403, headers)
            self.assertEqual(second.ask("DELETE", "/sessions", **headers).status, 403, headers)
            foreign = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
            self.assertEqual(world.raw("POST", "/api/v1/session", json.dumps({"user": "vera", "password": PASSWORD}), foreign).status, 403)
        self.assertTrue(second.in_())

    def test_2_nobody_learns_which_names_exist_and_guessing_is_slowed(self):
        world = self.world
        unknown, wrong = Browser(world, "nobody", "not the password"), Browser(world, "otto", "not the password")
        self.assertEqual((unknown.answer.status, unknown.answer.json["detail"]), (wrong.answer.status, wrong.answer.json["detail"]))
        answers = [Browser(world, "gina", f"guess number {n}").answer for n in range(8)]
        self.assertEqual([each.status for each in answers[:5]], [401] * 5)
        slowed = next(each for each in answers if each.status == 429)
        self.assertGreaterEqual(int(slowed.headers["Retry-After"]), 1)
        self.assertEqual(Browser(world, "gina").answer.status, 429, "also the right password waits")
        time.sleep(int(Browser(world, "gina").answer.headers["Retry-After"]) + 1)
        self.assertEqual(Browser(world, "gina").answer.status, 200)

    def test_3_a_second_factor_is_proven_asked_for_and_used_once(self):
        world = self.world
        home = world.folder / "home-tom"
        home.mkdir()
        login = [str(BIN / "oakum"), "login", "--server", world.server.url, "--ca-fingerprint", world.server.fingerprint, "--user", "tom"]
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
        typed = lambda *lines: subprocess.run(login, input="\n".join(lines) + "\n", text=True, capture_output=True, env=environment, check=False, timeout=120)
        self.assertEqual(typed(PASSWORD).returncode, 0)
        process = subprocess.Popen([str(BIN / "oakum"), "totp", "on"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, env=environment)
        process.stdin.write(PASSWORD + "\n")
        process.stdin.flush()
        said = ""
        while "secret: " not in said:
            line = process.stdout.readline()
            self.assertTrue(line, said)
            said += line
        self.assertIn("otpauth://totp/Oakum:tom?secret=", said)
        secret = said.split("secret: ")[1].strip()
        rest, _ = process.communicate(code_of(secret) + "\n", timeout=120)
        self.assertEqual(process.returncode, 0, rest)
        recovery = [line.strip() for line in rest.splitlines() if line.startswith("  ")]
        self.assertEqual(len(set(recovery)), 10, rest)
        # The password alone no longer does, the code that proved it is used, the next one counts once.
        asked = Browser(world, "tom").answer
        self.assertEqual((asked.status, asked.json["where"]), (401, "/code"))
        self.assertEqual(Browser(world, "tom", code="000000").answer.status, 401)
        self.assertEqual(typed(PASSWORD, recovery[0]).returncode, 0)
        self.assertEqual(typed(PASSWORD, recovery[0]).returncode, 4)
        code = code_of(secret, 1)
        self.assertEqual(Browser(world, "tom", code=code).answer.status, 200)
        self.assertEqual(Browser(world, "tom", code=code).answer.status, 401)
        self.assertTrue(self.user("tom")["second_factor"])
        store = (world.server.folder / "oakum.db").read_bytes() + (world.server.folder / "oakum.db-wal").read_bytes()
        self.assertNotIn(base64.b32decode(secret), store)
        self.assertNotIn(recovery[1].encode(), store)
        world.oakum("totp", "reset", "tom", "--why", "lost the phone")
        self.assertEqual(Browser(world, "tom").answer.status, 200)
        self.assertIn("lost the phone", json.dumps(world.oakum("audit", "search", "second-factor.reset")))

    def test_4_when_it_is_required_nothing_else_goes_first_but_for_the_break_glass_account(self):
        world = self.world
        made = world.oakum("user", "break-glass")
        otto = Browser(world, "otto")
        self.assertEqual(otto.ask("GET", "/devices").status, 200)
        world.oakum("sign-in-rules", "set", "--second-factor", "true")
        try:
            self.assertEqual(otto.ask("GET", "/devices").status, 403)
            self.assertTrue(otto.ask("GET", "/me").json["second_factor_due"])
            offer = otto.ask("POST", "/me/totp").json
            answer = otto.ask("POST", "/me/totp/confirm", {"code": code_of(offer["secret"])})
            self.assertEqual((answer.status, len(answer.json["recovery_codes"])), (200, 10))
            self.assertEqual(otto.ask("GET", "/devices").status, 200)
            self.assertEqual(otto.ask("POST", "/me/totp/off", {"code": answer.json["recovery_codes"][0]}).status, 403)
            glass = Browser(world, "break-glass", made["password"])
            self.assertEqual(glass.ask("GET", "/devices").status, 200)
        finally:
            world.oakum("sign-in-rules", "set", "--second-factor", "false")
        used = world.oakum("audit", "search", "break-glass.use")
        self.assertEqual(len(used), 1, used)
        self.assertIn("127.0.0.1", used[0]["why"])
        loud = lambda: [each["what"] for each in world.oakum("alarm", "list") if each["kind"] == "break_glass_used"]
        wait_until("an alarm", loud)
        self.assertNotIn("127.0.0.1", loud()[0])
        renewed = world.oakum("user", "break-glass", "--renew")
        wait_until("its end with the new password", lambda: not loud())
        self.assertFalse(glass.in_())
        self.assertEqual(Browser(world, "break-glass", made["password"]).answer.status, 401)
        self.assertEqual(Browser(world, "break-glass", renewed["password"]).answer.status, 200)

    def test_5_who_changes_a_person_second_is_told_who_was_first(self):
        world = self.world
        before = self.user("gina")
        path, tag = f"/api/v1/users/{before['id']}", f'"{before["version"]}"'
        headers = {"Authorization": f"Bearer {world.token}", "Content-Type": "application/json", "If-Match": tag}
        self.assertEqual(world.raw("PATCH", path, json.dumps({"role": "operator"}), headers).status, 200)
        late = world.raw("PATCH", path, json.dumps({"role": "approver"}), headers)
        self.assertEqual(late.status, 409)
        self.assertIn("admin", late.json["detail"])
        self.assertIn("role", late.json["detail"])
        self.assertEqual(self.user("gina")["role"], "operator")
        group = world.oakum("group", "create", "--name", "shared", "--query", "site = a")
        path = f"/api/v1/groups/{group['id']}"
        read = world.raw("GET", path, headers={"Authorization": f"Bearer {world.token}"})
        headers["If-Match"] = read.headers["ETag"]
        self.assertEqual(world.raw("PATCH", path, json.dumps({"query": "site = b"}), headers).status, 200)
        late = world.raw("PATCH", path, json.dumps({"query": "site = c"}), headers)
        self.assertEqual(late.status, 409)
        self.assertIn("changed it first", late.json["detail"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
