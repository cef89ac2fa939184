#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Server-sent events: a reader that was away goes on where it was, also after a restart of the server, and is told to
load anew when its place is no longer known."""
import http.client
import json
import unittest

from oakum_world import WorldTest


class Events(WorldTest):
    def stream(self, last=None):
        """An open stream; its events are read with `next_event`."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.world.server.port, context=self.world.tls(), timeout=60)
        headers = {"Authorization": f"Bearer {self.world.token}"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        connection.request("GET", "/api/v1/events", headers=headers)
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        self.addCleanup(connection.close)
        self.addCleanup(response.close)
        return response

    @staticmethod
    def next_event(stream):
        event = {}
        while True:
            line = stream.readline().decode().rstrip("\n")
            if not line and event:
                return event
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value

    def event_of(self, stream, group):
        """The event that speaks of the group; what comes before it is passed over."""
        while True:
            event = self.next_event(stream)
            if event["event"] == "resync" or json.loads(event["data"])["subject"] == group:
                return event

    def group(self, name):
        return self.world.post("/api/v1/groups", {"name": name})["id"]

    def test_a_reader_goes_on_where_it_was_over_restarts_and_after_a_restore_begins_anew(self):
        world = self.world
        stream = self.stream()
        first = self.group("first")
        seen = int(self.event_of(stream, first)["id"])

        missed = self.group("missed")
        world.server.process.kill()
        world.server.start()
        after = self.group("after")
        stream = self.stream(seen)
        event = self.event_of(stream, missed)
        self.assertEqual(event["event"], "group", "the change that was made before the restart is told")
        self.assertGreater(int(event["id"]), seen)
        newest = int(self.event_of(stream, after)["id"])
        self.assertGreater(newest, int(event["id"]), "numbers go on")

        event = self.next_event(self.stream(newest + 1_000_000))
        self.assertEqual((event["event"], event["data"]), ("resync", "{}"))

        world.oakum("backup", "create", "events.db")
        lost = int(self.event_of(stream, self.group("lost"))["id"])
        world.server.process.end()
        world.server.start("--restore", world.server.folder / "backups" / "events.db")
        again = self.stream(lost)
        self.assertEqual(self.next_event(again)["event"], "resync", "its change is of another history")
        later = int(self.event_of(again, self.group("later"))["id"])
        self.assertGreater(later, lost, "no number is given twice")


if __name__ == "__main__":
    unittest.main(verbosity=2)
