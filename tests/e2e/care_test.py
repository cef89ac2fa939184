#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Care of data and people, with real processes: how long things are kept, forgetting somebody, signing in by a code, trying keys and
tables, changing a channel."""
import json
import os
import re
import stat
import subprocess
import unittest

from oakum_world import BIN, Failed, Process, WorldTest, wait_until

PASSWORD = "correct horse battery staple"


class Care(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()

    def person(self, name, role="operator"):
        words = [str(BIN / "oakum"), "user", "create", "--name", name, "--role", role, "--password-stdin"]
        subprocess.run(words, input=PASSWORD + "\n", text=True, check=True, env=self.world.environment(), timeout=120)
        return next(user for user in self.world.get("/api/v1/users")["items"] if user["name"] == name)

    def test_1_a_period_is_looked_at_and_set_within_its_bounds_and_the_log_verifies(self):
        world = self.world
        kept = {row["kind"]: row["days"] for row in world.oakum("retention", "show")["kinds"]}
        self.assertEqual((kept["audit"], kept["history"], kept["sessions"]), (None, 400, 7))
        preview = world.oakum("retention", "set", "audit=400", "sessions=30")
        self.assertIn("sentence", preview)
        self.assertEqual({row["kind"]: row["days"] for row in world.oakum("retention", "show")["kinds"]}, kept)
        for wrong in ("audit=10", "odd=30", "sessions=x", "sessions=forever"):
            with self.assertRaises(Failed):
                world.oakum("retention", "set", wrong, "--yes")
        world.oakum("retention", "set", "audit=400", "sessions=30", "--why", "the law", "--yes")
        self.assertEqual(next(row["days"] for row in world.oakum("retention", "show")["kinds"] if row["kind"] == "audit"), 400)
        self.assertTrue(world.oakum("audit", "search", "setting.retention"))
        verified = world.oakum("audit", "verify")
        self.assertEqual((verified["ok"], verified["removed"]), (True, 0), verified)
        self.assertIn("oakum_audit_records_forgotten_total 0", world.raw("GET", "/metrics", headers={"Authorization": f"Bearer {world.token}"}).body.decode())

    def test_2_somebody_who_left_is_forgotten_but_for_what_is_evidence(self):
        world = self.world
        otto = self.person("otto")
        with self.assertRaises(Failed) as refused:
            world.oakum("user", "forget", "otto", "--yes", "--why", "left")
        self.assertIn("disable it first", refused.exception.text)
        world.ask("PATCH", f"/api/v1/users/{otto['id']}", {"disabled": True})
        seen = world.oakum("user", "forget", "otto")
        self.assertEqual(seen["name"], "otto")
        done = world.oakum("user", "forget", "otto", "--why", "left in May", "--yes")
        self.assertEqual((done["name"], done["pseudonym"]), (None, seen["pseudonym"]))
        names = [user["name"] for user in world.get("/api/v1/users")["items"]]
        self.assertIn(seen["pseudonym"], names)
        self.assertNotIn("otto", names)
        record = world.oakum("audit", "search", "user.forget")[0]
        self.assertNotIn("otto", json.dumps([record["before"], record["after"]]))

    def test_3_a_program_is_let_in_by_a_code_and_its_token_is_the_owners_alone(self):
        world = self.world
        home = world.folder / "home-by-code"
        home.mkdir()
        words = [str(BIN / "oakum"), "login", "--server", world.server.url, "--ca-fingerprint", world.server.fingerprint]
        asks = Process(words, world.logs / "login.log", {**world.environment(), "HOME": str(home), "OAKUM_TOKEN": "", "USER": "eve"})
        shown = asks.wait_for(r"\b([B-Z]{4}-[B-Z]{4})\b")
        code = re.search(r"\b([B-Z]{4}-[B-Z]{4})\b", asks.said()).group(1)
        self.assertTrue(shown)
        # A token lets nobody in.
        self.assertEqual(world.ask("POST", "/api/v1/sign-in-codes/actions/grant", {"code": code}).status, 403)
        cookie, csrf = self.sign_in("anna")
        session = {"Cookie": cookie, "X-CSRF-Token": csrf, "Content-Type": "application/json"}
        asked = world.raw("GET", f"/api/v1/sign-in-codes?code={code}", headers=session).json
        self.assertEqual((asked["client"].startswith("oakum of eve"), asked["address"]), (True, "127.0.0.1"), asked)
        granted = world.raw("POST", "/api/v1/sign-in-codes/actions/grant", json.dumps({"code": code}).encode(), session)
        self.assertEqual(granted.status, 204, granted)
        wait_until("the program comes for its token", lambda: not asks.alive())
        self.assertIn("Signed in as anna", asks.said())
        kept = home / ".config/oakum/connection.json"
        self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o600)
        env = {**world.environment(), "HOME": str(home), "OAKUM_TOKEN": "", "OAKUM_SERVER": ""}
        who = subprocess.run([str(BIN / "oakum"), "whoami", "--output", "json"], env=env, capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(json.loads(who.stdout)["name"], "anna")
        subprocess.run([str(BIN / "oakum"), "logout"], env=env, check=True, timeout=60, capture_output=True)
        self.assertFalse(kept.exists())
        self.assertEqual(world.raw("GET", f"/api/v1/sign-in-codes?code={code}", headers=session).status, 404)
        self.assertTrue(world.oakum("audit", "search", "sign-in-code.grant"))

    def sign_in(self, name):
        self.person(name)
        answer = self.world.raw("POST", "/api/v1/session", json.dumps({"user": name, "password": PASSWORD}).encode(), {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer)
        cookie = next(value for name, value in answer.headers.items() if name.lower() == "set-cookie").split(";")[0]
        return cookie, answer.json["csrf"]

    def test_4_keys_and_tables_are_tried_and_a_channel_is_changed(self):
        world = self.world
        keys = {key["role"]: key for key in world.oakum("key", "test")["keys"]}
        self.assertEqual({role for role, key in keys.items() if key["signs"]} >= {"snapshot", "timestamp", "evidence"}, True, keys)
        self.assertTrue(keys["timestamp"]["expires"])
        table = world.get("/api/v1/policies/deadlines")["policies"][0]["table"]
        path = world.folder / "ours.csv"
        path.write_text(table)
        self.assertIn("would", world.oakum("policy", "test", path)["sentence"])
        with self.assertRaises(Failed):
            world.oakum("provider", "test")  # there is none
        secret = "a key of our own"
        world.ask("POST", "/api/v1/channels", {"name": "hook", "kind": "webhook", "address": "https://example.org/a", "secret": secret})
        self.assertEqual(world.oakum("channel", "set", "hook", "--name", "night", "--pace", "at_once")["name"], "night")
        with self.assertRaises(Failed) as refused:
            world.oakum("channel", "set", "night", "--address", "https://elsewhere.example/b")
        self.assertIn("give the secret anew", refused.exception.text)
        self.assertEqual(world.get("/api/v1/channels")["items"][0]["server"], "example.org")


if __name__ == "__main__":
    unittest.main(verbosity=2)
