#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oakum-tuf download against a repository: the search through delegations, and that nothing but what was signed ever lies
in the folder of downloads."""
import hashlib
import json
import os
import unittest
import urllib.parse

from tuf_repository import DAY, Signer, TufTest, now, stamp

FILE, CONTENT = "target_file.txt", b"target file contents"


class Downloads(TufTest):
    def offer(self, path=FILE, content=CONTENT, algorithms=("sha256",)):
        self.repo.add_target("targets", path, content, algorithms)
        self.repo.publish_all()

    def gets(self, *names, client=None, **more):
        client = client or self.client
        self.assertEqual(client.download(*names, **more), 0, client.said)

    def fails(self, *names, client=None, **more):
        client = client or self.client
        self.assertEqual(client.download(*names, **more), 1, client.said)

    def test_a_download_refreshes_first(self):
        self.assertEqual(self.client.init(), 0)
        self.fails("nonexistent artifact")
        self.assertEqual(self.repo.metadata_asked(), [("root", 2), ("timestamp", None), ("snapshot", 1), ("targets", 1)])
        self.assertEqual(self.client.trusted(), {"root": 1, "timestamp": 1, "snapshot": 1, "targets": 1})
        self.assertEqual(self.client.downloaded(), {})

    def test_a_target_is_downloaded_and_a_refresh_downloads_none(self):
        self.assertEqual(self.client.init(), 0)
        self.offer()
        self.accepts()
        self.assertEqual(self.client.downloaded(), {})
        self.gets(FILE)
        self.assertEqual(self.client.downloaded(), {FILE: CONTENT})

    def test_a_target_in_a_folder_is_one_file_under_a_plain_name(self):
        self.assertEqual(self.client.init(), 0)
        for path in ("path/to/a/target_file.txt", "a b/c?d#e%2F[f]", "\u00e9t\u00e9/\u6587"):
            self.offer(path, path.encode())
            self.gets(path)
        self.assertEqual(self.client.downloaded(), {urllib.parse.quote(path, ""): path.encode() for path in
                                                    ("path/to/a/target_file.txt", "a b/c?d#e%2F[f]", "\u00e9t\u00e9/\u6587")})

    def test_what_is_there_already_is_not_fetched_again(self):
        self.assertEqual(self.client.init(), 0)
        self.offer()
        self.gets(FILE)
        self.assertEqual(len(self.repo.targets_asked()), 1)
        self.gets(FILE)
        self.assertIn("already here", self.client.said)
        self.assertEqual(len(self.repo.targets_asked()), 1)
        (self.client.downloads / FILE).write_bytes(CONTENT[:-1] + b"S")  # somebody changed it
        self.gets(FILE)
        self.assertEqual(len(self.repo.targets_asked()), 2)
        self.assertEqual(self.client.downloaded(), {FILE: CONTENT})

    def test_any_known_hash_will_do_and_names_the_file_that_is_asked_for(self):
        for algorithms in (["sha256"], ["sha512"], ["sha256", "sha512"]):
            with self.subTest(algorithms):
                repo, client = self.another()
                repo.add_target("targets", FILE, CONTENT, algorithms)
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                self.gets(FILE, client=client)
                self.assertEqual(client.downloaded(), {FILE: CONTENT})
                asked, = repo.targets_asked()
                self.assertIn(asked, [hashlib.new(name, CONTENT).hexdigest() + "." + FILE for name in algorithms])

    def test_each_hash_is_held_to_and_one_of_an_unknown_kind_alone_is_refused(self):
        good, bad = hashlib.sha512(CONTENT).hexdigest(), hashlib.sha512(b"other").hexdigest()
        for hashes in ({"unknown-hash": good}, {"sha512": bad}, {"sha256": hashlib.sha256(CONTENT).hexdigest(), "sha512": bad}, {}):
            with self.subTest(hashes):
                repo, client = self.another()
                repo.add_target("targets", FILE, CONTENT, ("sha256", "sha512"))
                repo.files[f"targets/{bad}.{FILE}"] = CONTENT
                repo.signed["targets"]["targets"][FILE]["hashes"] = hashes
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                self.fails(FILE, client=client)
                self.assertEqual(client.downloaded(), {})

    def test_a_substituted_target_is_refused_and_nothing_of_it_stays(self):
        self.assertEqual(self.client.init(), 0)
        self.offer()
        self.offer("another.txt", b"content")
        self.gets(FILE)
        for evil in (b"malicious data - should not download", b"T" + CONTENT[1:], CONTENT + b"!", CONTENT[:-1], b""):
            with self.subTest(evil):
                for path in list(self.repo.files):
                    if path.startswith("targets/"):
                        self.repo.files[path] = evil if FILE in path else evil[:7].ljust(7, b"x")
                self.gets(FILE)  # it is there, and still what was signed
                self.fails("another.txt")
                self.assertEqual(self.client.downloaded(), {FILE: CONTENT})
                self.assertEqual(os.listdir(self.client.downloads), [FILE])

    def test_many_changes_of_a_target_are_followed_and_no_forgery_is(self):
        self.assertEqual(self.client.init(), 0)
        expected = {}
        for turn in range(11):
            changed, new = f"modified {turn}".encode(), f"new {turn}".encode()
            self.offer(FILE, changed)
            self.offer(f"new-{turn}", new)
            if turn % 5:
                continue
            self.gets(FILE, f"new-{turn}")
            expected.update({FILE: changed, f"new-{turn}": new})
            self.assertEqual(self.client.downloaded(), expected)
            for path in self.repo.files:
                if path.startswith("targets/") and path.endswith(FILE):
                    self.repo.files[path] = b"malicious"
            self.repo.publish_all()
            self.client.download(FILE)
            self.assertEqual(self.client.downloaded(), expected)

    def test_several_targets_are_fetched_in_order_up_to_the_first_that_fails(self):
        self.assertEqual(self.client.init(), 0)
        for name in ("a", "b", "c"):
            self.offer(name, name.encode())
        self.fails("a", "missing", "c")
        self.assertEqual(self.client.downloaded(), {"a": b"a"})
        self.assertEqual(self.repo.metadata_asked().count(("timestamp", None)), 1, "one refresh for all")

    def test_without_consistent_snapshots_a_target_is_asked_for_by_its_path(self):
        self.repo.signed["root"]["consistent_snapshot"] = False
        self.repo.publish("root")
        self.assertEqual(self.client.init(), 0)
        self.offer("d/" + FILE)
        self.gets("d/" + FILE)
        self.assertEqual(self.repo.targets_asked(), ["d/" + FILE])

    def test_metadata_from_before_is_enough_for_the_search(self):
        """T26: what an older release listed is still found by what the newest metadata says, and nothing else."""
        self.assertEqual(self.client.init(), 0)
        self.offer("old", b"old")
        self.gets("old")
        del self.repo.signed["targets"]["targets"]["old"]
        self.offer("new", b"new")
        self.fails("old")
        self.assertIn("lists it", self.client.said)
        self.gets("new")


class Delegations(TufTest):
    def searched(self, client, repo, path):
        """Exit status, and the roles below targets that were asked for."""
        repo.asked.clear()
        status = client.download(path)
        return status, [role for role, _ in repo.metadata_asked()[4:]]

    def test_roles_are_asked_depth_first_in_the_order_of_their_delegators(self):
        t, py = "targets", ("*.py",)
        rows = {
            "one": ([(t, "A")], "A"),
            "one level": ([(t, "A"), (t, "B")], "AB"),
            "two levels": ([(t, "A"), (t, "B"), ("B", "C")], "ABC"),
            "two levels, depth first": ([(t, "A"), (t, "B"), ("A", "C"), ("A", "D")], "ACDB"),
            "three levels, depth first": ([(t, "A"), (t, "B"), ("A", "C"), ("C", "D")], "ACDB"),
            "a terminating role ends the rest": ([(t, "A"), (t, "B"), ("A", "C", True), ("A", "D")], "AC"),
            "but not its own": ([(t, "A"), (t, "B"), ("A", "C", True), ("C", "D")], "ACD"),
            "a branch whose pattern does not match": ([(t, "A", False, py), (t, "B"), ("A", "C")], "B"),
            "further down": ([(t, "A"), (t, "B"), ("A", "C", False, py), ("C", "D")], "AB"),
            "a circle": ([(t, "A"), (t, "B"), ("B", "C"), ("C", "D"), ("D", "B")], "ABCD"),
            "two that delegate to a third": ([(t, "A"), (t, "B"), ("B", "C"), ("A", "C")], "ACB"),
            "by the one whose pattern matches": ([(t, "A"), (t, "B"), ("B", "C"), ("A", "C", False, py)], "ABC"),
            "listed B, C, A": ([(t, "B"), (t, "C"), (t, "A")], "BCA"),  # T11
        }
        for name, (edges, order) in rows.items():
            with self.subTest(name):
                repo, client = self.another()
                for delegator, role, *more in edges:
                    terminating = bool(more and more[0])
                    repo.delegate(delegator, role, more[1] if len(more) > 1 else ("*",), terminating)
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                self.assertEqual(self.searched(client, repo, "missingpath"), (1, list(order)), client.said)

    def test_every_role_of_the_chain_has_to_match_the_path(self):
        repo, client = self.another()
        repo.delegate("targets", "A", ("*.doc", "*.md"))
        repo.delegate("targets", "B", ("releases/*/*",))
        repo.delegate("targets", "E", ("file?.txt", "Case/*"))
        repo.delegate("B", "C", ("releases/x/*",))
        repo.delegate("B", "D", ("releases/y/*.zip",))
        contents = {("targets", "targetfile"): True, ("A", "README.md"): True, ("C", "releases/x/x_v1"): True,
                    ("D", "releases/y/y_v1.zip"): True, ("D", "releases/z/z_v1.zip"): False, ("E", "file1.txt"): True,
                    ("E", "file12.txt"): False, ("A", "sub/README.md"): False, ("A", "README.MD"): False,
                    ("E", "case/a"): False, ("E", "Case/b"): True}
        for (role, path) in contents:
            repo.add_target(role, path, path.encode())
        repo.publish_all()
        self.assertEqual(client.init(), 0)
        visited = {"targetfile": [], "README.md": ["A"], "releases/x/x_v1": ["B", "C"], "releases/y/y_v1.zip": ["B", "D"],
                   "releases/z/z_v1.zip": ["B"], "file1.txt": ["E"], "file12.txt": [], "sub/README.md": [], "README.MD": [],
                   "case/a": [], "Case/b": ["E"]}
        for (_, path), found in contents.items():
            with self.subTest(path):
                fresh = self.another()[1]
                fresh.repository = repo
                self.assertEqual(fresh.init(), 0)
                self.assertEqual(self.searched(fresh, repo, path), (0 if found else 1, visited[path]))
                self.assertEqual(list(fresh.downloaded().values()), [path.encode()] if found else [])

    def test_hash_prefixes_and_succinct_roles_share_out_paths(self):
        path = "files/a.img"
        digest = hashlib.sha256(path.encode()).hexdigest()
        self.repo.delegate("targets", "no", path_hash_prefixes=["f" if digest[0] != "f" else "0"])
        self.repo.delegate("targets", "yes", path_hash_prefixes=["zz"[:0] + digest[:3]])
        self.repo.add_target("yes", path, b"prefix")
        self.repo.publish_all()
        self.assertEqual(self.client.init(), 0)
        self.assertEqual(self.searched(self.client, self.repo, path), (0, ["yes"]), self.client.said)

        repo, client = self.another()
        signer, bits = Signer(), 5
        repo.signed["targets"]["delegations"] = {
            "keys": {signer.id: signer.key},
            "succinct_roles": {"keyids": [signer.id], "threshold": 1, "bit_length": bits, "name_prefix": "bin"}}
        wanted = f"bin-{int(digest[:8], 16) >> (32 - bits):02x}"
        for number in range(1 << bits):
            role = f"bin-{number:02x}"
            repo.signed[role] = {"_type": "targets", "spec_version": "1.0.31", "version": 1,
                                 "expires": stamp(now() + DAY), "targets": {}}
            repo.signers[role] = [signer]
        repo.add_target(wanted, path, b"bin")
        repo.publish_all()
        self.assertEqual(client.init(), 0)
        self.assertEqual(self.searched(client, repo, path), (0, [wanted]), client.said)
        self.assertEqual(list(client.downloaded().values()), [b"bin"])

    def test_role_names_are_one_segment_of_a_url_and_one_file(self):
        """T12, T13"""
        for role in ("?", "#", "/delegatedrole", "../delegatedrole", "a b", "..", "\u00e9"):
            with self.subTest(role):
                repo, client = self.another()
                repo.delegate("targets", role)
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                self.assertEqual(client.download("nonexistent target"), 1)
                quoted = urllib.parse.quote(role, "")
                self.assertIn((quoted, 1), repo.metadata_asked())
                self.assertEqual(client.version(role), 1)
                self.assertEqual(sorted(client.trusted()), sorted(["root", "timestamp", "snapshot", "targets", quoted]))
                self.assertEqual(sorted(path.name for path in client.folder.iterdir()),
                                 ["initial_root.json", "metadata"] if not client.downloads.exists() else
                                 ["downloads", "initial_root.json", "metadata"])

    def test_a_delegated_role_that_the_snapshot_does_not_list_is_refused(self):
        self.repo.delegate("targets", "A")
        self.repo.add_target("A", "x", b"x")
        self.repo.publish_all()
        del self.repo.signed["snapshot"]["meta"]["A.json"]
        self.repo.publish("snapshot", "timestamp")
        self.assertEqual(self.client.init(), 0)
        self.assertEqual(self.client.download("x"), 1)
        self.assertIn("snapshot", self.client.said)

    def test_delegated_metadata_is_held_to_everything_that_targets_are(self):
        """T10"""
        rows = {"expired": lambda repo: repo.signed["A"].update(expires=stamp(now() - DAY)),
                "signed by a stranger": lambda repo: repo.signers.update(A=[Signer()]),
                "unsigned": lambda repo: repo.signers.update(A=[])}
        for name, spoil in rows.items():
            with self.subTest(name):
                repo, client = self.another()
                repo.delegate("targets", "A")
                repo.add_target("A", "x", b"x")
                spoil(repo)
                repo.publish_all()
                self.assertEqual(client.init(), 0)
                self.accepts(client)
                self.assertEqual(client.download("x"), 1)
                self.assertEqual(client.downloaded(), {})
                self.assertNotIn("A", client.trusted())
        for wrong in ({"version": 2}, {"length": 9}, {"hashes": {"sha256": "00" * 32}}):
            with self.subTest(wrong):
                repo, client = self.another()
                repo.delegate("targets", "A")
                repo.add_target("A", "x", b"x")
                repo.publish("A")
                if "version" in wrong:
                    repo.files["metadata/2.A.json"] = repo.files["metadata/1.A.json"]
                repo.signed["snapshot"]["meta"]["A.json"].update(wrong)
                repo.publish("targets", "snapshot", "timestamp")
                self.assertEqual(client.init(), 0)
                self.assertEqual(client.download("x"), 1)
                self.assertNotIn("A", client.trusted())

    def test_a_delegated_role_that_expired_here_is_not_used_and_its_successor_is(self):
        self.repo.delegate("targets", "A")
        for name in ("first", "second"):
            self.repo.add_target("A", name, name.encode())
        self.repo.signed["A"]["expires"] = stamp(now() + 7 * DAY)
        self.repo.publish_all()
        self.assertEqual(self.client.init(), 0)
        self.assertEqual(self.client.download("first"), 0)
        self.assertEqual(self.client.download("second", at=now() + 18 * DAY), 1)
        self.assertEqual(self.client.downloaded(), {"first": b"first"})
        self.repo.signed["A"]["expires"] = stamp(now() + 21 * DAY)
        self.repo.publish_all()
        self.assertEqual(self.client.download("second", at=now() + 18 * DAY), 0, self.client.said)

    def diamond(self):
        """A speaks of a/*, B of b/*; both delegate to C, and only A's key of C has signed it."""
        self.repo.delegate("targets", "A", ("a/*",))
        self.repo.delegate("targets", "B", ("b/*",))
        trusted = self.repo.delegate("A", "C", ("a/*", "b/*"))
        self.repo.delegate("B", "C", ("a/*", "b/*"))
        self.repo.signers["C"] = [trusted]
        for path in ("a/one", "b/two"):
            self.repo.add_target("C", path, path.encode())
        self.repo.publish_all()
        self.assertEqual(self.client.init(), 0)

    def test_a_role_trusted_on_one_delegators_word_is_verified_again_for_another(self):
        """T15: the case that other clients of TUF are known to fail, in one run ..."""
        self.diamond()
        self.assertEqual(self.client.download("a/one", "b/two"), 1, self.client.said)
        self.assertEqual(self.client.downloaded(), {"a%2Fone": b"a/one"})

    def test_a_role_stored_on_one_delegators_word_is_verified_again_for_another(self):
        """T15: ... and from one run to the next."""
        self.diamond()
        self.assertEqual(self.client.download("a/one"), 0, self.client.said)
        self.assertEqual(self.client.download("b/two"), 1, self.client.said)
        self.assertEqual(self.client.downloaded(), {"a%2Fone": b"a/one"})

    def test_what_a_delegator_takes_back_is_not_found_any_more(self):
        self.repo.delegate("targets", "vendor", ("vendor/*",))
        self.repo.add_target("vendor", "vendor/x", b"x")
        self.repo.publish_all()
        self.assertEqual(self.client.init(), 0)
        self.assertEqual(self.client.download("vendor/x"), 0)
        self.repo.signed["targets"]["delegations"]["roles"].clear()
        self.repo.publish("targets", "snapshot", "timestamp")
        (self.client.downloads / "vendor%2Fx").unlink()
        self.assertEqual(self.client.download("vendor/x"), 1)
        self.assertEqual(self.client.downloaded(), {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
