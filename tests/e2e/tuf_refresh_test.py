#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oakum-tuf refresh against a repository: what is asked for, what is trusted afterwards, byte for byte, and what each
attack on a mirror or on a key leaves behind."""
import copy
import json
import unittest

from tuf_repository import DAY, Repository, Signer, TufTest, now, stamp

ALL_ONE = {"root": 1, "timestamp": 1, "snapshot": 1, "targets": 1}


class Basics(TufTest):
    def test_a_refresh_asks_for_exactly_these_files(self):
        self.begin()
        self.assertEqual(self.repo.metadata_asked(), [("root", 2), ("timestamp", None), ("snapshot", 1), ("targets", 1)])

    def test_what_is_stored_is_what_was_served(self):
        for role in ("timestamp", "snapshot", "targets"):
            self.repo.store(role, self.repo.published[role] + b" \n")
        self.begin()
        for role in ALL_ONE:
            self.assertEqual(self.client.bytes_of(role), self.repo.published[role])
        self.assertEqual(self.client.trusted(), ALL_ONE)

    def test_init_asks_nobody_and_stores_the_root_as_it_is(self):
        self.assertEqual(self.client.init(), 0, self.client.said)
        self.assertEqual(self.client.bytes_of("root"), self.repo.published["root"])
        self.assertEqual(self.client.init(), 0, "again with the same root")
        self.assertEqual(self.repo.asked, [])
        stranger, _ = self.another()
        self.assertEqual(self.client.init(stranger.published["root"]), 1)
        self.assertIn("another root", self.client.said)
        self.assertEqual(self.client.bytes_of("root"), self.repo.published["root"])

    def test_an_invalid_or_unsigned_initial_root_fails_without_a_request(self):
        whole = json.loads(self.repo.published["root"])
        nameless, unsigned = copy.deepcopy(whole), copy.deepcopy(whole)
        del nameless["signed"]["version"]
        unsigned["signatures"][0]["sig"] = "3045" + "00" * 69
        for root in (nameless, unsigned, {}, []):
            repo, client = self.another()
            data = json.dumps(root).encode()
            self.assertEqual(client.init(data), 1, client.said)
            self.refuses(client=client)
            client.metadata.mkdir(exist_ok=True)
            (client.metadata / "root.json").write_bytes(data)
            self.refuses(client=client)
            self.assertEqual(repo.asked, [])

    def test_metadata_without_its_signature_ends_the_refresh_there(self):
        trusted = {"root": {"root": 1}, "timestamp": {"root": 2}, "snapshot": {"root": 2, "timestamp": 2},
                   "targets": {"root": 2, "timestamp": 2, "snapshot": 2}}
        for role, expected in trusted.items():
            with self.subTest(role):
                repo, client = self.another()
                repo.signers[role] = [Signer()]
                repo.publish("root", "targets", "snapshot", "timestamp")
                self.assertEqual(client.init(), 0)
                self.refuses(role, client=client)
                self.assertEqual(client.trusted(), expected)

    def test_metadata_of_another_version_than_its_name_says_is_refused(self):
        trusted = {"root": {"root": 1}, "snapshot": {"root": 2, "timestamp": 2},
                   "targets": {"root": 2, "timestamp": 2, "snapshot": 2}}
        for role, expected in trusted.items():
            with self.subTest(role):
                repo, client = self.another()
                repo.publish("root", "targets", "snapshot", "timestamp")
                repo.signed[role]["version"] = 3
                repo.store(role, repo.envelope(role), version=2)
                self.assertEqual(client.init(), 0)
                self.refuses(role, client=client)
                self.assertEqual(client.trusted(), expected)

    def test_a_timestamp_of_the_same_version_changes_nothing(self):
        self.begin()
        before = self.client.bytes_of("timestamp")
        self.repo.signed["timestamp"]["meta"]["snapshot.json"]["version"] = 100
        self.repo.store("timestamp", self.repo.envelope("timestamp"))
        self.repo.asked.clear()
        self.accepts()
        self.assertEqual(self.repo.metadata_asked(), [("root", 2), ("timestamp", None)])
        self.assertEqual(self.client.bytes_of("timestamp"), before)

    def test_hashes_and_lengths_of_metadata_are_held_to(self):
        self.repo.with_hashes = True
        self.repo.publish_all()
        self.begin()
        for wrong in ({"hashes": {"sha256": "46" * 32}}, {"length": 10}, {"length": 100_000}):
            with self.subTest(wrong):
                self.repo.publish("targets")
                self.repo.signed["snapshot"]["meta"]["targets.json"].update(wrong)
                self.repo.publish("snapshot", "timestamp")
                self.refuses("targets")
                self.assertEqual(self.client.version("snapshot"), self.repo.signed["snapshot"]["version"])
                self.assertEqual(self.client.version("targets"), 2)
        self.repo.publish("targets", "snapshot")
        self.repo.signed["timestamp"]["meta"]["snapshot.json"]["hashes"] = {"sha256": "00" * 32}
        self.repo.publish("timestamp")
        self.refuses("snapshot")
        self.assertEqual(self.client.version("timestamp"), self.repo.signed["timestamp"]["version"])
        self.assertEqual(self.client.version("targets"), 2)

    def test_unknown_fields_are_signed_and_tolerated(self):
        self.begin()
        signer = Signer()
        signer.key["extra-field"] = {"a": 1, "b": [True, None, "\n\"\\\u20ac"]}
        self.repo.signed["root"]["custom-field"] = "value"
        self.repo.add_key("root", signer)
        self.repo.signed["root"]["roles"]["root"]["another-field"] = "value"
        self.repo.signed["root"]["roles"]["mirrors"] = {"keyids": [], "threshold": 1}
        self.repo.publish("root")
        self.accepts()
        self.assertEqual(self.client.version("root"), 2)

    def test_the_deprecated_keyid_hash_algorithms_mean_nothing(self):
        self.begin()
        for value in ("md5", ["sha256", "sha512"], 7):
            self.repo.signed["root"]["roles"]["snapshot"]["keyids"].clear()
            self.repo.signers["snapshot"].clear()
            signer = Signer()
            signer.key["keyid_hash_algorithms"] = value
            self.repo.add_key("snapshot", signer)
            self.repo.publish("root", "snapshot", "timestamp")
            self.accepts()
            self.assertEqual(self.client.version("snapshot"), self.repo.signed["snapshot"]["version"])

    def test_missing_files_fail_and_leave_what_came_before_them(self):
        self.begin()
        self.repo.signed["timestamp"]["meta"]["snapshot.json"]["version"] = 2
        self.repo.publish("timestamp")
        self.refuses("snapshot")
        self.assertEqual(self.repo.metadata_asked()[-1], ("snapshot", 2))
        self.assertEqual(self.client.trusted(), {**ALL_ONE, "timestamp": 2})

        self.repo.signed["snapshot"]["meta"]["targets.json"]["version"] = 2
        self.repo.publish("snapshot", "timestamp")
        self.refuses("targets")
        self.assertEqual(self.repo.metadata_asked()[-1], ("targets", 2))
        self.assertEqual(self.client.trusted(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 1})

        del self.repo.files["metadata/timestamp.json"]
        self.refuses("timestamp")
        self.assertEqual(self.repo.metadata_asked()[-1], ("timestamp", None))
        self.assertEqual(self.client.version("timestamp"), 3)

    def test_only_what_is_missing_ends_the_chain_of_roots(self):
        self.begin()
        for status, passes in ((404, True), (403, True), (410, True), (500, False), (503, False), (204, False)):
            with self.subTest(status):
                self.repo.status["metadata/2.root.json"] = status
                self.assertEqual(self.client.refresh(), 0 if passes else 1, self.client.said)

    def test_metadata_of_another_type_is_refused(self):
        self.assertEqual(self.client.init(), 0)
        self.repo.add_key("snapshot", self.repo.signers["timestamp"][0])
        self.repo.publish("root")
        snapshot = self.repo.signed["snapshot"]
        snapshot["meta"] = {"snapshot.json": {"version": 1}}
        snapshot["version"] = 2
        self.repo.files["metadata/timestamp.json"] = json.dumps(self.repo.envelope("snapshot")).encode()
        self.refuses("timestamp")
        self.assertEqual(self.client.trusted(), {"root": 2})

    def test_without_consistent_snapshots_names_have_no_version(self):
        self.repo.signed["root"]["consistent_snapshot"] = False
        self.repo.publish("root")
        self.repo.publish_all()
        self.begin()
        self.assertEqual(self.repo.metadata_asked()[-3:], [("timestamp", None), ("snapshot", None), ("targets", None)])
        self.assertEqual(self.client.trusted(), {"root": 2, "timestamp": 2, "snapshot": 2, "targets": 2})

    def test_the_time_comes_from_libc(self):
        self.assertEqual(self.client.init(), 0)
        self.repo.signed["root"]["expires"] = stamp(now() + 7 * DAY)
        self.repo.publish("root")
        self.accepts(at=now() + 6 * DAY)
        self.refuses("expired", at=now() + 8 * DAY)


class Expiry(TufTest):
    def test_an_expired_root_is_kept_and_stops_the_refresh(self):
        self.begin()
        self.repo.signed["root"]["expires"] = stamp(now() - DAY)
        self.repo.publish("root")
        self.repo.publish_all()
        self.refuses("root", "expired")
        self.assertEqual(self.client.trusted(), {**ALL_ONE, "root": 2})

    def test_expired_metadata_is_not_stored(self):
        expected = {"timestamp": ALL_ONE, "snapshot": {**ALL_ONE, "timestamp": 2},
                    "targets": {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 1}}
        for role, trusted in expected.items():
            with self.subTest(role):
                repo, client = self.another()
                self.begin(client)
                repo.signed[role]["expires"] = stamp(now() - 5 * DAY)
                repo.publish_all()
                self.refuses(role, "expired", client=client)
                self.assertEqual(client.trusted(), trusted)

    def test_a_client_whose_root_has_expired_still_follows_newer_ones(self):
        self.repo.signed["root"]["expires"] = stamp(now() + DAY)
        self.repo.publish("root")
        self.assertEqual(self.client.init(self.repo.published["root"]), 0)
        self.repo.signed["root"]["expires"] = stamp(now() + 40 * DAY)
        self.repo.publish("root")
        self.accepts(at=now() + 10 * DAY)
        self.assertEqual(self.client.version("root"), 3)

    def test_a_client_whose_timestamp_has_expired_still_updates(self):
        self.repo.signed["timestamp"]["expires"] = stamp(now() + 7 * DAY)
        self.repo.publish("timestamp")
        self.begin()
        self.repo.signed["timestamp"]["expires"] = stamp(now() + 21 * DAY)
        self.repo.publish_all()
        self.accepts(at=now() + 18 * DAY)
        self.assertEqual(self.client.trusted(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2})
        self.refuses("timestamp", "expired", at=now() + 22 * DAY)  # a mirror that stands still is noticed


class Rollback(TufTest):
    def test_an_older_timestamp_is_refused(self):
        self.repo.publish("timestamp")
        self.begin()
        self.repo.signed["timestamp"]["version"] = 1
        self.repo.store("timestamp", self.repo.envelope("timestamp"))
        self.refuses("timestamp", "older")
        self.assertEqual(self.client.version("timestamp"), 2)

    def test_a_new_timestamp_may_not_name_an_older_snapshot(self):
        for with_hashes in (False, True):
            repo, client = self.another()
            repo.with_hashes = with_hashes
            repo.publish("snapshot", "timestamp")
            self.begin(client)
            repo.signed["snapshot"]["version"] = 1
            repo.describe("snapshot", repo.store("snapshot", repo.envelope("snapshot")))
            repo.publish("timestamp")
            self.refuses("older", client=client)
            self.assertEqual((client.version("timestamp"), client.version("snapshot")), (2, 2))

    def test_a_new_snapshot_may_not_name_older_targets(self):
        for with_hashes in (False, True):
            repo, client = self.another()
            repo.with_hashes = with_hashes
            repo.publish_all()
            self.begin(client)
            repo.signed["targets"]["version"] = 1
            repo.describe("targets", repo.store("targets", repo.envelope("targets")))
            repo.publish("snapshot", "timestamp")
            self.refuses("targets", "older", client=client)
            self.assertEqual(client.trusted(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2})

    def test_a_role_may_not_disappear_from_the_snapshot(self):
        self.repo.delegate("targets", "vendor")
        self.repo.publish_all()
        self.begin()
        del self.repo.signed["snapshot"]["meta"]["vendor.json"]
        self.repo.publish("snapshot", "timestamp")
        self.refuses("vendor")
        self.assertEqual(self.client.version("snapshot"), 2)

    def test_a_snapshot_that_went_back_without_its_timestamp_is_not_even_asked_for(self):
        self.repo.publish_all()
        self.begin()
        self.repo.files["metadata/2.snapshot.json"] = self.repo.files["metadata/1.snapshot.json"]
        self.accepts()
        self.assertEqual(self.repo.metadata_asked()[-1], ("timestamp", None))
        self.assertEqual(self.client.version("snapshot"), 2)

    def test_numbers_that_a_thief_drove_up_are_left_behind_when_the_key_goes(self):
        for stolen, role in (("timestamp", "timestamp"), ("snapshot", "snapshot"), ("snapshot", "targets")):
            with self.subTest(role):
                repo, client = self.another()
                repo.signed[role]["version"] = 99_999
                repo.describe(role, repo.store(role, repo.envelope(role)))
                for after in ("snapshot", "timestamp")[("targets", "snapshot", "timestamp").index(role):]:
                    repo.publish(after)
                self.begin(client)
                self.assertEqual(client.version(role), 99_999)

                repo.rotate(stolen)
                repo.signed[role]["version"] = 1
                repo.describe(role, repo.store(role, repo.envelope(role)))
                if role == "targets":
                    repo.publish("snapshot")
                if role != "timestamp":
                    repo.publish("timestamp")
                self.refuses(client=client)  # while the old root names the stolen key
                self.assertEqual(client.version(role), 99_999)
                repo.publish("root")
                self.accepts(client)
                self.assertEqual(client.version(role), 1)


class Keys(TufTest):
    def test_the_threshold_has_to_be_met(self):
        self.repo.signed["root"]["roles"]["snapshot"]["threshold"] = 3
        for _ in range(2):
            self.repo.add_key("snapshot")
        self.repo.publish("root")
        self.repo.publish_all()
        self.begin()
        self.repo.signers["snapshot"].pop()
        self.repo.publish_all()
        self.refuses("snapshot")
        self.assertEqual(self.client.version("snapshot"), 2)

    def test_a_role_that_asks_for_more_signatures_than_it_has_keys_fails_and_the_root_does_not(self):
        self.assertEqual(self.client.init(), 0)
        for _ in range(4):
            self.repo.add_key("snapshot")
        self.repo.signed["root"]["roles"]["snapshot"]["threshold"] = 6
        self.repo.publish("root", "snapshot", "timestamp")
        self.refuses("snapshot")
        self.assertEqual(self.client.trusted(), {"root": 2, "timestamp": 2})

    def test_each_kind_of_key_counts_and_a_plausible_wrong_signature_does_not(self):
        for signer in (Signer("ed25519"), Signer("rsa"), Signer("rsa", salt=0), Signer("rsa", salt=222), Signer("ecdsa"),
                       Signer("ecdsa", "old"), Signer("ecdsa", "hex")):
            with self.subTest(signer.key["keytype"], salt=signer.salt):
                repo, client = self.another()
                self.assertEqual(client.init(), 0)
                repo.add_key("root", signer)
                repo.signed["root"]["roles"]["root"]["threshold"] = 2
                repo.publish("root")
                self.accepts(client)
                self.assertEqual(client.version("root"), 2)
                repo.publish("root")
                document = json.loads(repo.published["root"])
                document["signatures"][1]["sig"] = signer.sign(b"something else")
                repo.store("root", document)
                self.refuses("root", client=client)
                self.assertEqual(client.version("root"), 2)

    def test_valid_metadata_may_carry_signatures_that_are_wrong(self):
        self.assertEqual(self.client.init(), 0)
        self.repo.add_key("timestamp")
        self.repo.publish("root", "timestamp")
        for wrong in (Signer().sign(b"x"), "", "zz", "00"):
            self.repo.publish("timestamp")
            document = json.loads(self.repo.published["timestamp"])
            document["signatures"][0]["sig"] = wrong
            self.repo.store("timestamp", document)
            self.accepts()

    def test_keys_of_kinds_that_nobody_here_knows_are_passed_over(self):
        self.assertEqual(self.client.init(), 0)
        root = self.repo.signed["root"]
        for name, key in (("fulcio", {"keytype": "sigstore-oidc", "scheme": "Fulcio", "keyval": {"identity": "a@b", "issuer": "c"}}),
                          ("lattice", {"keytype": "ml-dsa", "scheme": "ml-dsa/1", "keyval": {"public": "00"}}),
                          ("pkcs1", {"keytype": "rsa", "scheme": "rsa-pkcs1v15-sha256", "keyval": {"public": "x"}})):
            root["keys"][name] = key
            root["roles"]["root"]["keyids"].append(name)
        self.repo.publish("root")
        self.accepts()
        root["roles"]["root"]["threshold"] = 2
        self.repo.publish("root")
        self.refuses("root")
        self.assertEqual(self.client.version("root"), 2)

    def test_the_other_roles_follow_the_keys_that_the_newest_root_names(self):
        rows = {"rotated": ([2], 1, [2], True), "unused signatures": ([1], 1, [3, 1, 4], True),
                "not signed with the new key": ([2], 1, [1, 3, 4], False),
                "three of five, one signature of a stranger": ([0, 1, 3, 4, 5], 3, [0, 2, 4], False),
                "three of five, one missing": ([0, 1, 3, 4, 5], 3, [0, 4], False),
                **{f"three of five: {signed}": ([0, 1, 2, 3, 4], 3, signed, True)
                   for signed in ([0, 2, 4], [0, 4, 1], [0, 1, 3], [1, 2, 3], [2, 3, 4])}}
        keys = [Signer() for _ in range(6)]
        for name, (named, threshold, signed, passes) in rows.items():
            for role in ("timestamp", "snapshot", "targets"):
                with self.subTest(name, role=role):
                    repo, client = self.another()
                    self.assertEqual(client.init(), 0)
                    repo.authority(role)[1].update(keyids=[], threshold=threshold)
                    for number in named:
                        repo.add_key(role, keys[number])
                    repo.signers[role] = [keys[number] for number in signed]
                    repo.publish("root")
                    repo.publish_all()
                    self.assertEqual(client.refresh(), 0 if passes else 1, client.said)
                    if passes:
                        self.assertEqual(client.bytes_of(role), repo.published[role])
                    else:
                        self.assertIsNone(client.version(role))

    def test_sequences_of_roots_are_followed_as_far_as_old_and_new_signers_agree(self):
        five, moved, new = [0, 1, 2, 3, 4], [0, 1, 3, 4, 5], [5, 6, 7, 8, 9]
        rows = {
            "rotation": [([1], 1, [1]), ([2], 1, [2, 1]), ([2], 1, [2])],
            "unused signatures": [([1], 1, [3, 1, 4]), ([2], 1, [3, 2, 1, 4]), ([2], 1, [3, 2, 4])],
            "other combinations": [(five, 3, [0, 2, 4]), (five, 3, [0, 4, 1]), (five, 3, [0, 1, 3]), (five, 3, [0, 1, 3])],
            "one key moved": [(five, 3, [0, 2, 4]), (moved, 3, [0, 4, 1])],
            "one key moved in steps": [(five, 3, [0, 2, 4]), (moved, 3, [0, 2, 4, 5]), (moved, 3, [0, 4, 5])],
            "all keys moved": [(five, 3, [0, 2, 4]), (new, 3, [0, 2, 4, 5, 6, 7]), (new, 3, [5, 6, 7])],
            "threshold up": [([1, 2, 3], 1, [1]), ([1, 2, 3], 2, [1, 2])],
            "threshold down": [([1, 2, 3], 2, [1, 2]), ([1, 2, 3], 1, [1, 2]), ([1, 2, 3], 1, [1])],
            "key and threshold": [([1], 1, [1]), ([1, 2], 2, [1, 2])],
            "no: old key missing": [([1], 1, [1]), ([2], 1, [2, 3, 4])],
            "no: new key missing": [([1], 1, [1]), ([2], 1, [1, 3, 4])],
            "no: three new keys missing": [(five, 3, [0, 2, 4]), (moved, 3, [0, 2, 4])],
            "no: three old keys missing": [(five, 3, [0, 2, 4]), (moved, 3, [0, 4, 5])],
            "no: new threshold missed": [([1, 2, 3], 1, [1]), ([1, 2, 3], 2, [2])],
            "no: old threshold missed": [([1, 2, 3], 2, [1, 2]), ([1, 2, 3], 1, [1])],
        }
        keys = [Signer() for _ in range(10)]
        for name, roots in rows.items():
            with self.subTest(name):
                repo, client = self.another()
                served = []
                for version, (named, threshold, signed) in enumerate(roots, 1):
                    repo.authority("root")[1].update(keyids=[], threshold=threshold)
                    for number in named:
                        repo.add_key("root", keys[number])
                    repo.signers["root"] = [keys[number] for number in signed]
                    repo.signed["root"]["version"] = version
                    served.append(repo.store("root", repo.envelope("root")))
                passes = not name.startswith("no:")
                self.assertEqual(client.init(), 0, client.said)
                self.assertEqual(client.refresh(), 0 if passes else 1, client.said)
                self.assertEqual(client.bytes_of("root"), served[-1 if passes else -2])


class KeysInPem(Basics):
    """All of the basics once more with P-256 keys, whose PEM has line breaks that stand raw in what is signed."""
    kind = "ecdsa"


if __name__ == "__main__":
    unittest.main(verbosity=2)
