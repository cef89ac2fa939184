#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The mistakes that clients of TUF are known to have made, T1 to T28 of docs/security.md, against oakum-tuf. Those that
concern the library alone or the agent have their tests there; the page says where."""
import fcntl
import json
import os
import unittest

from tuf_repository import DAY, Signer, TufTest, canonical, now, stamp


class Thresholds(TufTest):
    def test_t1_a_threshold_below_one_is_refused(self):
        for threshold in (0, -1, "1", None, True):
            with self.subTest(threshold):
                repo, client = self.another()
                self.assertEqual(client.init(), 0)
                repo.signed["root"]["roles"]["snapshot"]["threshold"] = threshold
                repo.publish("root")
                self.refuses(client=client)
                self.assertEqual(client.trusted(), {"root": 1})
                repo, client = self.another()
                repo.delegate("targets", "A")
                repo.authority("A")[1]["threshold"] = threshold
                repo.add_target("A", "x", b"x")
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                self.assertEqual(client.download("x"), 1)

    def test_t2_one_key_under_several_ids_counts_once(self):
        self.assertEqual(self.client.init(), 0)
        signer = self.repo.signers["timestamp"][0]
        twin = dict(signer.key, note="the same key")
        root = self.repo.signed["root"]
        root["keys"]["twin"] = twin
        root["roles"]["timestamp"].update(keyids=[signer.id, "twin"], threshold=2)
        self.repo.publish("root", "timestamp")
        document = json.loads(self.repo.published["timestamp"])
        document["signatures"].append(dict(document["signatures"][0], keyid="twin"))
        self.repo.store("timestamp", document)
        self.refuses("timestamp")
        self.assertEqual(self.client.trusted(), {"root": 2})
        other = self.repo.add_key("timestamp")
        self.repo.publish("root", "timestamp")
        self.accepts()
        self.assertIn(other.id, root["roles"]["timestamp"]["keyids"])

    def test_t2_one_key_in_two_encodings_counts_once(self):
        self.assertEqual(self.client.init(), 0)
        signer = Signer("ecdsa")
        root = self.repo.signed["root"]
        root["keys"]["hex"] = {"keytype": "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256",
                               "keyval": {"public": signer._point()}}
        root["keys"][signer.id] = signer.key
        root["roles"]["timestamp"].update(keyids=[signer.id, "hex"], threshold=2)
        self.repo.signers["timestamp"] = [signer]
        self.repo.publish("root", "timestamp")
        document = json.loads(self.repo.published["timestamp"])
        # Another signature of the same key: ECDSA gives a new one each time.
        again = signer.sign(canonical(document["signed"]).encode())
        document["signatures"].append({"keyid": "hex", "sig": again})
        self.repo.store("timestamp", document)
        self.refuses("timestamp")

    def test_t3_a_repeated_key_id_voids_the_document_even_when_the_rest_would_do(self):
        for role in ("timestamp", "snapshot", "targets", "A"):
            with self.subTest(role):
                repo, client = self.another()
                repo.delegate("targets", "A")
                repo.add_target("A", "x", b"x")
                repo.publish_all()
                document = json.loads(repo.published[role])
                document["signatures"].append(document["signatures"][0])
                repo.store(role, document)
                self.assertEqual(client.init(), 0)
                self.assertEqual(client.download("x"), 1)
                self.assertNotIn(role, client.trusted())

    def test_t3_a_key_id_that_a_role_lists_again_is_refused(self):
        self.assertEqual(self.client.init(), 0)
        entry = self.repo.authority("snapshot")[1]
        entry.update(keyids=entry["keyids"] * 9, threshold=6)
        self.repo.publish("root", "snapshot", "timestamp")
        document = json.loads(self.repo.published["snapshot"])
        document["signatures"] *= 9
        self.repo.store("snapshot", document)
        self.refuses()
        self.assertNotIn("snapshot", self.client.trusted())

    def test_t4_a_new_root_is_not_carried_by_one_new_key_that_signs_often(self):
        self.assertEqual(self.client.init(), 0)
        old, new = self.repo.signers["root"][0], Signer()
        keys, entry = self.repo.authority("root")
        keys.update({"one": dict(new.key, n=1), "two": dict(new.key, n=2)})
        entry.update(keyids=["one", "two"], threshold=2)
        self.repo.signed["root"]["version"] = 2
        text = canonical(self.repo.signed["root"]).encode()
        self.repo.store("root", {"signed": self.repo.signed["root"], "signatures": [
            {"keyid": old.id, "sig": old.sign(text)}, {"keyid": "one", "sig": new.sign(text)},
            {"keyid": "two", "sig": new.sign(text)}]})
        self.refuses("root")
        self.assertEqual(self.client.trusted(), {"root": 1})

    def test_t18_old_hash_algorithms_of_ids_make_no_second_key(self):
        """Once a key had an id for each algorithm in keyid_hash_algorithms."""
        self.assertEqual(self.client.init(), 0)
        signer = self.repo.signers["timestamp"][0]
        root = self.repo.signed["root"]
        ids = []
        for algorithms in (["sha256"], ["sha512"], ["sha256", "sha512"]):
            key = dict(signer.key, keyid_hash_algorithms=algorithms)
            ids.append("id-" + "-".join(algorithms))
            root["keys"][ids[-1]] = key
        root["roles"]["timestamp"].update(keyids=ids, threshold=2)
        self.repo.publish("root", "timestamp")
        document = json.loads(self.repo.published["timestamp"])
        document["signatures"] = [dict(document["signatures"][0], keyid=each) for each in ids]
        self.repo.store("timestamp", document)
        self.refuses("timestamp")


class Persistence(TufTest):
    def test_t5_a_root_that_failed_leaves_no_trace(self):
        self.begin()
        good = self.repo.signers["root"]
        self.repo.signers["root"] = [Signer()]
        self.repo.publish("root")
        self.refuses("root")
        self.assertEqual(self.client.version("root"), 1)
        self.repo.signers["root"] = good
        self.repo.store("root", self.repo.envelope("root"))
        self.accepts()
        self.assertEqual(self.client.version("root"), 2)

    def test_t6_a_root_that_skips_a_version_is_refused(self):
        self.begin()
        for version in (1, 3, 100):
            self.repo.signed["root"]["version"] = version
            self.repo.store("root", self.repo.envelope("root"), version=2)
            self.refuses("root")
            self.assertEqual(self.client.version("root"), 1)

    def test_t8_what_was_refused_once_does_not_freeze_the_client(self):
        self.begin()
        good = self.repo.signers["timestamp"]
        for spoil in (lambda: self.repo.signers.update(timestamp=[Signer()]),
                      lambda: self.repo.signed["timestamp"].update(expires=stamp(now() - DAY)),
                      lambda: self.repo.signed["timestamp"]["meta"]["snapshot.json"].update(version=0)):
            spoil()
            self.repo.publish("timestamp")
            self.refuses("timestamp")
            self.repo.signers["timestamp"] = good
            self.repo.signed["timestamp"]["expires"] = stamp(now() + DAY)
            self.repo.publish_all()
            self.accepts()
            self.assertEqual(self.client.bytes_of("timestamp"), self.repo.published["timestamp"])

    def test_t9_a_refresh_that_broke_off_still_compares_with_what_was_there_before(self):
        self.repo.publish_all()
        self.begin()
        self.repo.signed["targets"]["version"] = 1
        self.repo.describe("targets", self.repo.store("targets", self.repo.envelope("targets")))
        self.repo.publish("snapshot", "timestamp")
        for _ in range(3):
            self.refuses("older")
            self.assertEqual((self.client.version("snapshot"), self.client.version("targets")), (2, 2))

    def test_t14_a_link_in_the_place_of_a_target_is_replaced_and_not_followed(self):
        self.assertEqual(self.client.init(), 0)
        self.repo.add_target("targets", "x", b"x")
        self.repo.publish_all()
        outside = self.folder / "outside"
        outside.write_bytes(b"precious")
        self.client.downloads.mkdir()
        os.symlink(outside, self.client.downloads / "x")
        self.assertEqual(self.client.download("x"), 0, self.client.said)
        self.assertEqual(outside.read_bytes(), b"precious")
        self.assertFalse((self.client.downloads / "x").is_symlink())
        self.assertEqual((self.client.downloads / "x").read_bytes(), b"x")

    def test_t14_a_path_that_leads_out_of_its_folder_is_never_asked_for(self):
        self.assertEqual(self.client.init(), 0)
        evil = ("/etc/passwd", "../x", "a/../../x", "a//b", "./x", "a\\b")
        for path in evil:
            self.repo.signed["targets"]["targets"][path] = {"length": 1, "hashes": {"sha256": "00" * 32}}
        self.repo.publish_all()
        for path in evil:
            self.assertEqual(self.client.download(path), 1)
        self.assertEqual(self.repo.targets_asked(), [])
        self.assertEqual(self.client.downloaded(), {})


class Hostile(TufTest):
    def test_t16_damaged_keys_and_documents_end_with_an_error_and_nothing_worse(self):
        self.assertEqual(self.client.init(), 0)
        whole = self.repo.published["timestamp"]
        signed = json.loads(whole)["signed"]
        for document in (b"", b"null", b"[]", b"{}", b"{", whole[:-1], whole + b"x", b"\xef\xbb\xbf" + whole, b"\xff" * 50,
                         b"[" * 10_000, b'{"signed":null,"signatures":null}', json.dumps({"signed": signed}).encode(),
                         json.dumps({"signed": signed, "signatures": {}}).encode(),
                         json.dumps({"signed": signed, "signatures": [None]}).encode(),
                         json.dumps({"signed": signed, "signatures": [{"keyid": None, "sig": 1}]}).encode(),
                         whole.replace(b'"version": 1', b'"version": 1, "version": 1'),
                         whole.replace(b'"version": 1', b'"version": 1.0'), whole.replace(b'"version": 1', b'"version": -0'),
                         whole.replace(b'"version": 1', b'"version": 9007199254740993')):
            self.repo.store("timestamp", document)
            self.refuses("timestamp")
        for key in ({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": "00" * 31}},
                    {"keytype": "ed25519", "scheme": "ed25519", "keyval": {}},
                    {"keytype": "rsa", "scheme": "rsassa-pss-sha256", "keyval": {"public": "-----BEGIN PUBLIC KEY-----\n"}},
                    {"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": "04" + "00" * 64}},
                    {"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": None}}):
            repo, client = self.another()
            self.assertEqual(client.init(), 0)
            repo.authority("timestamp")[0]["bad"] = key
            repo.authority("timestamp")[1]["keyids"].append("bad")
            repo.publish("root")
            self.accepts(client)  # it never counts, and the other one suffices
            repo.authority("timestamp")[1]["threshold"] = 2
            repo.publish("root")
            self.refuses("timestamp", client=client)

    def test_t17_a_thousand_signatures_are_refused_before_one_is_checked(self):
        self.assertEqual(self.client.init(), 0)
        document = json.loads(self.repo.published["timestamp"])
        document["signatures"] = [{"keyid": f"{number}", "sig": ""} for number in range(400)] + document["signatures"]
        self.repo.store("timestamp", document)
        self.refuses("timestamp")
        self.assertNotIn("timestamp", self.client.trusted())

    def test_t27_what_is_no_wildcard_stands_for_itself(self):
        paths = {"a[bc]": ("a[bc]", "ab"), "x{1,2}": ("x{1,2}", "x1"), "y\\*": (None, "y*"), "**": ("any", "any/thing"),
                 "[": ("[", "x"), "": (None, "empty")}
        for pattern, (covered, other) in paths.items():
            with self.subTest(pattern):
                repo, client = self.another()
                repo.delegate("targets", "A", (pattern,))
                for path in (covered, other):
                    if path:
                        repo.add_target("A", path, b"x")
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                if covered:
                    self.assertEqual(client.download(covered), 0, client.said)
                self.assertEqual(client.download(other), 1)

    def test_endless_data_ends_at_the_limit(self):
        self.repo.with_hashes = True
        self.repo.add_target("targets", "x", b"x" * 1000)
        self.repo.publish_all()
        self.begin()
        sent = []

        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            total = 0
            try:
                while total < 1 << 30:
                    total += handler.wfile.write(b" " * 65536)
            except OSError:
                pass
            sent.append(total)

        target, = [name for name in self.repo.files if name.endswith(".x")]
        for name in ("metadata/2.root.json", "metadata/timestamp.json", target):
            with self.subTest(name):
                self.repo.status = {name: endless}
                self.assertEqual(self.client.download("x"), 1, self.client.said)
                self.assertEqual(self.client.downloaded(), {})
        self.assertEqual(self.client.trusted(), {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 2})
        self.repo.status = {}
        self.assertEqual(self.client.download("x"), 0)
        self.assertLess(max(sent, default=0), 64 << 20, "it hung up long before the end")

    def test_a_length_that_is_told_and_not_kept_is_noticed(self):
        self.begin()

        def short(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "500")
            handler.end_headers()
            handler.wfile.write(b"{")

        self.repo.status = {"metadata/2.root.json": short}
        self.refuses("2.root.json")
        self.assertEqual(self.client.version("root"), 1)

    def test_one_client_at_a_time_works_in_a_folder(self):
        self.begin()
        with open(self.client.metadata / ".lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refuses()
        self.accepts()

    def test_every_failure_ends_with_one(self):
        for words in ((), ("nonsense",), ("refresh",), ("init",), ("init", "/nowhere"), ("--metadata-url", "x", "download"),
                      ("--metadata-url", "ftp://127.0.0.1/", "refresh"), ("--metadata-url", "http://127.0.0.1:1/", "refresh")):
            self.assertEqual(self.client.run(*words), 1, self.client.said)
            self.assertTrue(self.client.said)
        self.assertEqual(self.client.run("--help"), 0)
        self.assertEqual(self.client.run("--version"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
