#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alarms from a real cause to its end: a device with an exploited hole opens one, people acknowledge and mute it, and it
closes when the device is gone. Channels tell it: a webhook that is signed and tried again, mail, Slack, Teams; what must
not be reached is not."""
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import socketserver
import subprocess
import threading
import unittest

from oakum_world import BIN, FEEDS, GATEWAY, Failed, WorldTest, sbom, wait_until


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what was posted to it; answers with the statuses that it was told, then with 204."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with self.server.lock:
                status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
                self.server.requests.append((self.path, dict(self.headers), body, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.lock, self.requests, self.answers = threading.Lock(), [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def taken(self, path, kind=None):
        """The bodies that were accepted at a path, as JSON; of one kind of event."""
        with self.lock:
            bodies = [json.loads(body) for at, _, body, status in self.requests if at == path and status < 300]
        return [body for body in bodies if kind is None or body.get("type") == kind]


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as it takes to receive a mail, without TLS."""
    allow_reuse_address = daemon_threads = True

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line):
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self):
            self.say("220 here")
            sender, recipients = None, []
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("MAIL FROM:"):
                    sender = line[10:].split()[0].strip("<>")
                elif verb.startswith("RCPT TO:"):
                    recipients.append(line[8:].strip("<>"))
                elif verb == "DATA":
                    self.say("354 go on")
                    data = b""
                    while not data.endswith(b"\r\n.\r\n"):
                        data += self.rfile.readline()
                    self.server.mails.append((sender, recipients, data[:-3]))
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                self.say("250 ok")

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.mails = []
        self.end = lambda: (self.shutdown(), self.server_close())
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Alarms(WorldTest):
    def open_alarms(self, kind="exploited", state="open"):
        return [alarm for alarm in self.world.all("/api/v1/alarms", state=state) if alarm["kind"] == kind]

    def import_device(self, serial, site="plant"):
        path = self.world.folder / f"{serial}.csv"
        path.write_text(f"serial,name,model,firmware_version,site,owner\n{serial},gateway {serial},{GATEWAY},1.4.2,{site},"
                        f"line 4\n", encoding="utf-8")
        self.world.oakum("device", "import", path)

    def test_1_an_alarm_opens_by_its_cause_and_closes_by_it(self):
        world = self.world
        checked = wait_until("the first look", lambda: world.get("/api/v1/alarms")["checked"])
        self.assertEqual(world.get("/api/v1/alarms")["items"], [], "a fresh server has nothing to tell")
        self.assertIn("None.", world.oakum("alarm", "list", json_output=False))

        world.oakum("feed", "import", FEEDS)
        world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2")
        self.import_device("GW-1")
        alarm = wait_until("the alarm", self.open_alarms)[0]
        self.assertTrue(alarm["urgent"])
        self.assertEqual(alarm["state"], "open")
        self.assertEqual(alarm["devices"], 1)
        self.assertIn("1 device", alarm["what"])
        self.assertTrue(alarm["things"], "the advisories are named")
        self.assertGreaterEqual(alarm["opened"], checked)
        # Its query is what it says it is.
        self.assertEqual([device["serial"] for device in world.all("/api/v1/devices", query=alarm["query"])], ["GW-1"])
        self.assertIn(alarm["what"], world.oakum("alarm", "show", alarm["id"], json_output=False))

        # More devices with the same hole are the same cause.
        self.import_device("GW-2")
        wait_until("the second device", lambda: self.open_alarms()[0]["devices"] == 2)
        self.assertEqual([each["id"] for each in self.open_alarms()], [alarm["id"]])

        for serial in ("GW-1", "GW-2"):
            world.oakum("device", "retire", serial, "--why", "scrapped")
        closed = wait_until("the end", lambda: self.open_alarms(state="closed"))[0]
        self.assertEqual(closed["id"], alarm["id"])
        self.assertEqual(self.open_alarms(), [])
        self.assertEqual(world.ask("POST", f"/api/v1/alarms/{alarm['id']}/actions/acknowledge", {}).status, 409)

    def test_2_people_acknowledge_and_mute_what_they_see(self):
        world = self.world
        self.import_device("GW-3", site="yard")
        alarm = wait_until("the alarm", self.open_alarms)[0]
        seen = world.oakum("alarm", "acknowledge", alarm["id"], "--why", "on it")
        self.assertEqual((seen["state"], seen["acknowledged_by"], seen["why"]), ("acknowledged", "admin", "on it"))
        muted = world.oakum("alarm", "mute", alarm["id"], "--hours", 2, "--why", "known")
        self.assertEqual(muted["state"], "muted")
        self.assertEqual(self.open_alarms(), [])
        self.assertEqual([each["id"] for each in self.open_alarms(state="muted")], [alarm["id"]])
        # Both survive a restart of the server.
        world.server.process.kill()
        world.server.start()
        self.assertEqual([each["id"] for each in self.open_alarms(state="muted")], [alarm["id"]])
        self.assertEqual(world.oakum("alarm", "unmute", alarm["id"])["state"], "acknowledged")
        with self.assertRaises(Failed) as refused:
            world.oakum("alarm", "mute", alarm["id"], "--hours", 0)
        self.assertIn("hour", refused.exception.text)
        actions = [record["action"] for record in world.get("/api/v1/audit", limit=200)["items"]]
        for action in ("alarm.acknowledge", "alarm.mute", "alarm.unmute"):
            self.assertIn(action, actions)


class Channels(WorldTest):
    SECRET = "the key of the signature"

    @classmethod
    def build(cls, world):
        world.start("--allow-private-channels")
        world.oakum("feed", "import", FEEDS)
        world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2")
        cls.receiver, cls.mail = Receiver(), MailServer()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.receiver.end()
        cls.mail.end()

    def add(self, name, kind, *words, typed=""):
        done = subprocess.run([str(BIN / "oakum"), "-o", "json", "channel", "add", "--name", name, "--kind", kind,
                               *map(str, words)], input=typed, capture_output=True, text=True,
                              env=self.world.environment(), timeout=120, check=False)
        if done.returncode != 0:
            raise Failed(["channel", "add", name], done)
        return json.loads(done.stdout)

    def device(self, serial):
        path = self.world.folder / f"{serial}.csv"
        path.write_text(f"serial,name,model,firmware_version\n{serial},gateway {serial},{GATEWAY},1.4.2\n", encoding="utf-8")
        self.world.oakum("device", "import", path)

    def alarm(self):
        found = [each for each in self.world.all("/api/v1/alarms") if each["kind"] == "exploited"]
        return found[0] if found else None

    def test_1_each_channel_is_told_once_of_what_opens_and_of_its_end(self):
        world, receiver, mail = self.world, self.receiver, self.mail
        self.add("hook", "webhook", "--address", receiver.url("/hook?token=hidden"), "--secret-stdin",
                 typed=self.SECRET + "\n")
        self.add("chat", "slack", "--address-stdin", typed=receiver.url("/services/hidden") + "\n")
        self.add("room", "teams", "--address", receiver.url("/teams"))
        self.add("mail", "mail", "--address", f"smtp://127.0.0.1:{mail.server_address[1]}", "--from", "oakum@example.org",
                 "--to", "anna@example.org,bert@example.org")
        self.device("GW-1")
        alarm = wait_until("the alarm", self.alarm)
        opened = wait_until("the webhook", lambda: receiver.taken("/hook?token=hidden", "oakum.alarm.opened"))
        event = opened[0]
        self.assertEqual((event["specversion"], event["subject"], event["source"]), ("1.0", alarm["id"], world.server.url))
        told = event["data"]["alarms"][0]
        self.assertEqual(told["what"], alarm["what"])
        self.assertEqual(told["link"], world.server.url + alarm["page"])
        for path in ("/services/hidden", "/teams"):
            wait_until(path, lambda: receiver.taken(path))
        wait_until("the mail", lambda: mail.mails)
        sender, recipients, data = mail.mails[0]
        self.assertEqual((sender, recipients), ("oakum@example.org", ["anna@example.org", "bert@example.org"]))
        letter = email.message_from_bytes(data, policy=email.policy.default)
        self.assertIn(alarm["what"][:40], letter["Subject"])
        self.assertIn(world.server.url + alarm["page"], letter.get_content())
        self.assertIn("|Look>", receiver.taken("/services/hidden")[0]["text"])
        card = receiver.taken("/teams")[0]["attachments"][0]
        self.assertEqual(card["contentType"], "application/vnd.microsoft.card.adaptive")

        world.oakum("device", "retire", "GW-1", "--why", "scrapped")
        closed = wait_until("the end", lambda: receiver.taken("/hook?token=hidden", "oakum.alarm.closed"))
        self.assertEqual(closed[0]["subject"], alarm["id"])
        wait_until("the second mail", lambda: len(mail.mails) == 2)
        # Once each: of what was accepted no id came twice.
        ids = [each["id"] for each in receiver.taken("/hook?token=hidden")]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(len(receiver.taken("/hook?token=hidden", "oakum.alarm.opened")), 1)

    def test_2_a_webhook_is_signed_and_its_time_with_it(self):
        with self.receiver.lock:
            path, headers, body, _ = next(each for each in self.receiver.requests if each[0].startswith("/hook"))
        self.assertEqual(path, "/hook?token=hidden")
        self.assertEqual(headers["Content-Type"], "application/cloudevents+json; charset=utf-8")
        parts = dict(part.split("=") for part in headers["Oakum-Signature"].split(","))
        wanted = hmac.new(self.SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(parts["v1"], wanted)

    def test_3_what_is_refused_is_tried_again_as_the_same_event(self):
        receiver = self.receiver
        self.add("again", "webhook", "--address", receiver.url("/again"))
        other = Receiver()
        other.answers = [(503, {}), (500, {})]
        self.add("refused", "webhook", "--address", other.url("/refused"), "--pace", "at_once")
        self.device("GW-2")
        taken = wait_until("the third try", lambda: other.taken("/refused", "oakum.alarm.opened"))
        with other.lock:
            tries = [json.loads(body) for path, _, body, _ in other.requests if path == "/refused"]
        self.assertEqual(len(tries), 3)
        self.assertEqual({each["id"] for each in tries}, {taken[0]["id"]})
        channel = next(each for each in self.world.all("/api/v1/channels") if each["name"] == "refused")
        wait_until("the channel to be well", lambda: next(
            each for each in self.world.all("/api/v1/channels") if each["name"] == "refused")["last_error"] is None)
        self.world.oakum("channel", "remove", channel["id"], json_output=False)
        other.end()

    def test_4_what_is_muted_says_nothing(self):
        world, receiver = self.world, self.receiver
        alarm = wait_until("the alarm", self.alarm)
        world.oakum("alarm", "mute", alarm["id"], "--hours", 1, "--why", "known")
        world.oakum("device", "retire", "GW-2", "--why", "scrapped")
        wait_until("the end", lambda: world.get(f"/api/v1/alarms/{alarm['id']}")["state"] == "closed")
        # What comes after it did arrive, so that it would have too.
        self.device("GW-3")
        later = wait_until("another alarm", self.alarm)
        wait_until("its event", lambda: [event for event in receiver.taken("/again") if event.get("subject") == later["id"]])
        said = [event["type"] for event in receiver.taken("/again") if event.get("subject") == alarm["id"]]
        self.assertEqual(said, ["oakum.alarm.opened"])

    def test_5_the_test_says_what_is_wrong(self):
        world, receiver = self.world, self.receiver
        self.assertIn("arrived", world.oakum("channel", "test", "again", json_output=False))
        self.assertEqual(len(receiver.taken("/again", "oakum.test")), 1)
        elsewhere = Receiver()
        redirecting = Receiver()
        redirecting.answers = [(302, {"Location": elsewhere.url("/there")})] * 3
        self.add("redirected", "webhook", "--address", redirecting.url("/from"))
        with self.assertRaises(Failed) as refused:
            world.oakum("channel", "test", "redirected")
        self.assertIn("redirect", refused.exception.text)
        self.assertEqual(elsewhere.requests, [])
        shown = next(each for each in world.all("/api/v1/channels") if each["name"] == "redirected")
        self.assertIn("redirect", shown["last_error"])
        world.oakum("channel", "remove", "redirected", json_output=False)
        elsewhere.end()
        redirecting.end()

    def test_6_secrets_are_not_told_and_not_stored_in_the_open(self):
        world = self.world
        listed = json.dumps(world.all("/api/v1/channels")) + json.dumps(world.get("/api/v1/audit", limit=500))
        store = b"".join(path.read_bytes() for path in world.server.folder.glob("oakum.db*"))
        log = world.server.log.read_text(errors="replace")
        for secret in (self.SECRET, "token=hidden", "services/hidden"):
            self.assertNotIn(secret, listed)
            self.assertNotIn(secret, log)
            self.assertNotIn(secret.encode(), store)
            self.assertNotIn(base64.b64encode(secret.encode()), store)

    def test_7_without_being_allowed_private_addresses_are_not_reached(self):
        world = self.world
        world.server.process.end()
        world.server.start()
        before = len(self.receiver.requests)
        with self.assertRaises(Failed) as refused:
            world.oakum("channel", "test", "again")
        self.assertIn("private network", refused.exception.text)
        with self.assertRaises(Failed) as plain:
            self.add("plain", "webhook", "--address", "http://example.org/hook")
        self.assertIn("https://", plain.exception.text)
        for address in ("https://user@example.org/", "https://", "file:///etc/passwd", "https://a b/"):
            with self.assertRaises(Failed):
                self.add("bad", "webhook", "--address", address)
        self.assertEqual(len(self.receiver.requests), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
