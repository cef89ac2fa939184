#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trust: what was altered on the server is refused by the device, the offline keys are needed for publishing alone, and
a restored server is still believed."""
import hashlib
import shutil
import subprocess
import tarfile
import unittest

from oakum_world import BIN, FEEDS, GATEWAY, Failed, WorldTest, sbom


class Trust(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()
        cls.gateway = world.agent("GW-0001", GATEWAY, world.image(GATEWAY, "1.4.2"), world.enrolment(1))
        world.wait_for_version(cls.gateway, "1.4.2")
        cls.release = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0"), "--sbom", sbom(GATEWAY, "1.5.0"))

    def publish_variant(self, version):
        document = self.world.variant(GATEWAY, "1.5.0", version)
        return self.world.release(GATEWAY, version, self.world.image_of(document), "--sbom", document)

    def roll_out(self, release, **more):
        return self.world.roll_out(release["id"], name=release["version"], **more)["id"]

    def test_1_a_tampered_artifact_is_refused_before_anything_is_written(self):
        world = self.world
        digest = self.release["artifact"]["sha256"]
        stored = world.server.folder / "artifacts" / digest[:2] / digest[2:]
        whole = stored.read_bytes()
        stored.chmod(0o600)
        stored.write_bytes(whole[:len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1:])
        spare = self.gateway.folder / "slots" / "b"
        held = sorted(spare.rglob("*"))

        refused = world.wait_for_end(self.roll_out(self.release, max_attempts=1), self.gateway)
        self.assertEqual((refused["state"], refused["reason"]), ("failed", "verification_failed"), refused)
        self.assertIn("SHA-256", refused["detail"])
        self.assertEqual(sorted(spare.rglob("*")), held, "the spare slot was not touched")
        self.assertNotIn("writing", self.gateway.log.read_text())
        self.assertEqual(world.device(self.gateway)["running_version"], "1.4.2")
        stored.write_bytes(whole)

    def test_2_without_the_offline_keys_everything_but_publishing_goes_on(self):
        world = self.world
        self.assertTrue(world.oakum("system", "show")["offline_keys_here"])
        offline, away = world.server.folder / "keys" / "offline", world.folder / "a safe place"
        shutil.move(offline, away)
        try:
            self.assertFalse(world.oakum("system", "show")["offline_keys_here"])
            with self.assertRaises(Failed) as refused:
                self.publish_variant("1.5.1")
            self.assertIn("offline", refused.exception.text)
            drafts = [each for each in world.oakum("release", "list") if each["version"] == "1.5.1"]
            self.assertEqual([each["state"] for each in drafts], ["draft"], "it waits for the keys")
            done = world.wait_for_end(self.roll_out(self.release), self.gateway)
            self.assertEqual((done["state"], done["version_after"]), ("verified", "1.5.0"), done)
        finally:
            shutil.move(away, offline)
        published = world.oakum("release", "publish", drafts[0]["id"], "--why", "the keys are back")
        self.assertEqual(published["state"], "published")

    def test_3_after_a_restore_every_agent_still_accepts_the_server(self):
        world = self.world
        world.oakum("backup", "create", "before.oakum", "--without-files")
        later = self.publish_variant("1.6.0")
        done = world.wait_for_end(self.roll_out(later), self.gateway)
        self.assertEqual((done["state"], done["version_after"]), ("verified", "1.6.0"), done)

        self.assertEqual(world.server.process.end(), 0)
        world.server.start("--restore", world.server.folder / "backups" / "before.oakum")
        world.wait_for_version(self.gateway, "1.6.0")
        self.assertNotIn("1.6.0", [each["version"] for each in world.oakum("release", "list")])
        newer = self.publish_variant("1.7.0")
        done = world.wait_for_end(self.roll_out(newer), self.gateway)
        self.assertEqual((done["state"], done["version_before"], done["version_after"]), ("verified", "1.6.0", "1.7.0"),
                         done)
        self.assertTrue(world.oakum("audit", "verify")["ok"])

    def test_4_one_file_makes_the_server_again_on_an_empty_machine(self):
        world = self.world
        world.oakum("feed", "import", FEEDS / "nvd.jsonl.zst", json_output=False)
        made = world.oakum("backup", "create", "whole.oakum")
        backup = world.server.folder / "backups" / "whole.oakum"
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        self.assertIn(f"whole.oakum: {backup.stat().st_size} bytes, ", made["detail"])
        self.check_without_oakum(backup)
        old, advisories = world.server.folder, world.oakum("search", "CVE-2024-6387")
        self.assertTrue(advisories)
        self.assertEqual(world.server.process.end(), 0)

        # A damaged one is refused by its name, and nothing appears.
        altered, empty = world.folder / "altered.oakum", world.folder / "empty"
        content = bytearray(backup.read_bytes())
        content[len(content) // 2] ^= 1
        altered.write_bytes(content)
        refused = subprocess.run([BIN / "oakumd", "--data", empty, "--listen", "127.0.0.1:0", "--restore", altered],
                                 capture_output=True, text=True, timeout=150, check=False)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn(f"{altered} cannot be restored", refused.stderr)
        self.assertEqual([each.name for each in empty.iterdir()], ["lock"])

        # The new machine has the backup, and the offline keys that somebody brings along.
        world.server.folder = world.folder / "another machine"
        shutil.copytree(old / "keys" / "offline", world.server.folder / "keys" / "offline")
        old.rename(world.folder / "burnt down")
        shutil.copy(world.folder / "burnt down" / "backups" / "whole.oakum", world.folder / "safe.oakum")
        world.server.start("--restore", world.folder / "safe.oakum")
        world.wait_for_version(self.gateway, "1.7.0")
        self.assertEqual(world.oakum("search", "CVE-2024-6387"), advisories)
        digest = self.release["artifact"]["sha256"]
        kept = world.server.folder / "artifacts" / digest[:2] / digest[2:]
        self.assertEqual(hashlib.sha256(kept.read_bytes()).hexdigest(), digest)
        newer = self.publish_variant("1.8.0")
        done = world.wait_for_end(self.roll_out(newer), self.gateway)
        self.assertEqual((done["state"], done["version_before"], done["version_after"]), ("verified", "1.7.0", "1.8.0"),
                         done)
        self.assertTrue(world.oakum("audit", "verify")["ok"])

    def check_without_oakum(self, backup):
        """It is an archive that any machine can look into, whole by its own sums, and without the offline keys."""
        with tarfile.open(backup) as archive:
            names = archive.getnames()
            sums = archive.extractfile("SHA256SUMS").read().decode().splitlines()
            for line in sums:
                digest, name = line.split("  ")
                self.assertEqual(hashlib.sha256(archive.extractfile(name).read()).hexdigest(), digest, name)
        self.assertEqual(names[0], "oakum-backup.json")
        self.assertEqual([line.split("  ")[1] for line in sums] + ["SHA256SUMS"], names)
        self.assertIn("keys/online/ca.key", names)
        self.assertFalse([name for name in names if "offline" in name])
        offline = self.world.server.folder / "keys" / "offline"
        for key in offline.iterdir():
            self.assertNotIn(key.read_bytes().strip(), backup.read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)
