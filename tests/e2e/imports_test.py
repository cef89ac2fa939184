#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files of devices as people have them: what spreadsheets, Intune and Jamf Pro export, scans of nmap, leases of DHCP servers,
hostile cells, 100,000 rows; previewed, imported, imported again, and taken back."""
import csv
import io
import json
import shutil
import subprocess
import time
import unittest

from oakum_world import BIN, GATEWAY, Failed, WorldTest, wait_until

INTUNE = ["Device ID", "Device name", "Enrollment date", "Last check-in", "Microsoft Entra Device ID", "OS version",
          "Serial number", "Manufacturer", "Model", "IMEI", "Security patch level", "Wi-Fi MAC", "Management name",
          "Category", "UserId", "Primary user UPN", "Primary user email address", "Primary user display name",
          "Compliance", "Managed by", "Ownership", "Supervised", "OS", "Phone number", "EthernetMAC"]
JAMF_COMPUTERS = ["Computer Name", "Serial Number", "Model", "Model Identifier", "Operating System", "MAC Address",
                  "IP Address", "Last Check-in", "Full Name", "Email Address", "JSS Computer ID", "UDID", "Department",
                  "Building", "Managed"]
JAMF_MOBILES = ["Display Name", "Serial Number", "Model Identifier", "OS Version", "Wi-Fi MAC Address",
                "Last Inventory Update", "JSS Mobile Device ID", "Username", "Supervised"]

NMAP = """<?xml version="1.0"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" start="1793700000">
<host endtime="1793700060"><status state="up"/><address addr="10.7.0.5" addrtype="ipv4"/>
<address addr="00:40:8C:12:34:56" addrtype="mac" vendor="Axis"/><hostnames><hostname name="cam-5.plant.example"/></hostnames>
<ports><port protocol="tcp" portid="80"><state state="open"/><service name="http"/></port></ports></host>
<host endtime="1793700060"><status state="up"/><address addr="10.7.0.9" addrtype="ipv4"/></host>
<host><status state="down"/><address addr="10.7.0.6" addrtype="ipv4"/></host>
</nmaprun>"""


def table(heads, *rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, heads, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Imports(WorldTest):
    @classmethod
    def build(cls, world):
        world.start()

    def file(self, name, content):
        path = self.world.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, name, content, *words):
        """The import's answer: counts, columns, some of what changes, refused lines."""
        return self.world.oakum("device", "import", self.file(name, content), *words)

    def counts(self, answer):
        return {key: answer[key] for key in ("new", "changed", "unchanged", "refused")}

    def refused(self, answer):
        return {row["line"]: row["reason"] for row in answer["rows"] if row["outcome"] == "refused"}

    def device(self, serial):
        return self.world.get(f"/api/v1/devices/{self.world.device_id(serial)}")

    def facts(self, serial):
        return {fact["key"]: fact["value"] for fact in self.device(serial)["facts"]}

    def listed(self, query):
        return self.world.all("/api/v1/devices", query=query)

    def undo(self, answer, *words):
        return self.world.oakum("edit", "undo", answer["edit"], *words)

    def test_1_a_file_of_a_spreadsheet_is_previewed_imported_and_taken_back(self):
        sheet = ("sep=;\r\nSeriennummer;Ger\u00e4tename;Hersteller;Standort;Support-Ende;Benutzer;;\r\n"
                 '="0042";Kamera 1;Axis;"Halle\r\nNord";31.12.2027;Anna M\u00fcller;;\r\n'
                 "'0043;Kamera 2;Axis;Halle S\u00fcd;46752;Ben;;\r\n"
                 ";;;;;;;\r\n"
                 "0044;Kamera 3;Axis;Halle;bald;;;\r\n"
                 "0042;Kamera 1;;;;;;\r\n").encode("utf-16")
        looked = self.take("fleet.csv", sheet, "--dry-run")
        self.assertEqual(self.counts(looked), {"new": 2, "changed": 0, "unchanged": 0, "refused": 2})
        self.assertEqual((self.listed(""), looked["edit"], self.world.all("/api/v1/edits")), ([], None, []))
        self.assertEqual({each["column"]: each["fact"] for each in looked["mapping"]},
                         {"Seriennummer": "serial", "Ger\u00e4tename": "name", "Hersteller": "manufacturer",
                          "Standort": "site", "Support-Ende": "support_end", "Benutzer": None})
        # Which columns are left out because they are about persons is said by name.
        self.assertEqual([each["column"] for each in looked["mapping"] if each["person"]], ["Benutzer"])
        self.assertIn("1 column is about persons and left out", " ".join(looked["notes"]))
        self.assertEqual(sorted(self.refused(looked)), [7, 8])
        self.assertIn("'bald' is no date", self.refused(looked)[7])

        kept = self.world.folder / "refused.csv"
        done = self.take("fleet.csv", sheet, "--refused", kept)
        self.assertEqual(self.counts(done), self.counts(looked))
        self.assertEqual([row[0] for row in csv.reader(kept.read_text(encoding="utf-8").splitlines())], ["line", "7", "8"])
        self.assertEqual(self.facts("0042"), {"serial": "0042", "name": "Kamera 1", "manufacturer": "Axis",
                                              "site": "Halle Nord", "support_end": "2027-12-31"})
        self.assertEqual(self.facts("0043")["support_end"], "2027-12-31")
        # A second one updates by serial, and its preview says what from and to.
        second = "\ufeffserial;site\r\n0042;Hall 9\r\n0043;Halle S\u00fcd\r\n"
        shown = self.take("fleet-2.csv", second, "--dry-run")
        self.assertEqual(self.counts(shown), {"new": 0, "changed": 1, "unchanged": 1, "refused": 0})
        changed = [row for row in shown["rows"] if row["outcome"] == "changed"]
        self.assertEqual([(row["line"], row["by"], row["changes"]) for row in changed],
                         [(2, "serial 0042", [{"key": "site", "before": "Halle Nord", "after": "Hall 9"}])])
        again = self.take("fleet-2.csv", second)
        self.assertEqual(self.counts(again), self.counts(shown))
        self.assertEqual(self.facts("0042")["site"], "Hall 9")
        # What spreadsheets save as plain "CSV".
        self.take("fleet-3.csv", "serial;site\n0043;M\u00fcnchen\n".encode("cp1252"))
        self.assertEqual(self.facts("0043")["site"], "M\u00fcnchen")

        edits = self.world.all("/api/v1/edits", kind="import")
        self.assertEqual([(each["name"], each["state"]) for each in edits],
                         [("fleet-3.csv", "done"), ("fleet-2.csv", "done"), ("fleet.csv", "done")])
        undone = self.undo(again, "--why", "the wrong file")
        self.assertEqual((undone["state"], undone["put_back"], undone["left_alone"]), ("undone", 1, 0))
        self.assertEqual(self.facts("0042")["site"], "Halle Nord")
        # 0042 is as the first import left it and goes; 0043 was changed by the third since, and stays.
        first = self.undo(done)
        self.assertEqual((first["put_back"], first["left_alone"]), (1, 1))
        self.assertEqual([each["serial"] for each in self.listed("")], ["0043"])
        with self.assertRaises(Failed):
            self.undo(done)
        printed = self.world.oakum("device", "import", self.file("one.csv", "serial\n0045\n"), json_output=False)
        edit = self.world.all("/api/v1/edits", kind="import")[0]["id"]
        self.assertIn(f"To take it back: oakum edit undo {edit}", printed)

    def test_2_exports_of_intune_and_jamf_are_known_by_their_heads(self):
        phone = {"Device ID": "7f0a", "Device name": "iPhone 12", "Serial number": "F2LX1", "Manufacturer": "Apple",
                 "Model": "iPhone13,2", "OS": "iOS", "OS version": "17.1", "Primary user UPN": "anna@example.org",
                 "Primary user display name": "Anna", "Phone number": "+49 170 1", "Compliance": "Compliant",
                 "Managed by": "Intune", "Supervised": "Yes", "Ownership": "Corporate",
                 "Last check-in": "2026-11-05 08:00:00.0000000"}
        personal = {"Device ID": "7f0b", "Device name": "Pixel", "OS": "Android (personally-owned work profile)",
                    "OS version": "14", "Manufacturer": "Google", "Model": "Pixel 8"}
        intune = self.take("intune.csv", table(INTUNE, phone, personal))
        self.assertEqual(intune["system"], "Microsoft Intune, all devices")
        self.assertEqual(self.counts(intune), {"new": 2, "changed": 0, "unchanged": 0, "refused": 0})
        facts = self.facts("F2LX1")
        self.assertEqual((facts["platform"], facts["x.supervised"], facts["x.managed_by"], facts["x.intune_id"]),
                         ("ios", "yes", "Microsoft Intune", "7f0a"))
        self.assertNotIn("anna", json.dumps(self.device("F2LX1")).lower())
        self.assertNotIn("+49", json.dumps(self.device("F2LX1")))
        self.assertEqual(len(self.listed('component("ios") < 17.2')), 1)
        # Again: the one by its serial, the other, which has none, by its management's id.
        again = self.take("intune-2.csv", table(INTUNE, {**phone, "OS version": "17.5"}, {**personal, "OS version": "15"}))
        self.assertEqual(self.counts(again), {"new": 0, "changed": 2, "unchanged": 0, "refused": 0})
        self.assertEqual([each["os_version"] for each in self.listed("x.intune_id = 7f0b")], ["15"])
        self.assertEqual(self.listed('component("ios") < 17.2'), [])

        computer = {"Computer Name": "mac-7", "Serial Number": "C02X7", "Model": "MacBook Pro (14-inch, 2021)",
                    "Model Identifier": "MacBookPro18,3", "Operating System": "macOS 14.5", "MAC Address": "3C:22:FB:00:00:07",
                    "JSS Computer ID": "7", "Full Name": "Ben", "Email Address": "ben@example.org", "UDID": "U-7",
                    "Department": "Design"}
        self.take("jamf.csv", table(JAMF_COMPUTERS, computer), "--with-persons")
        facts = self.facts("C02X7")
        self.assertEqual((facts["platform"], facts["os_version"], facts["model"], facts["manufacturer"], facts["x.mac"]),
                         ("macos", "14.5", "MacBookPro18,3", "Apple", "3c:22:fb:00:00:07"))
        self.assertEqual((facts["x.user_name"], facts["x.user_mail"]), ("Ben", "ben@example.org"))
        again = self.take("jamf-2.csv", table(JAMF_COMPUTERS, {**computer, "Operating System": "macOS 15.0"}))
        self.assertEqual(self.counts(again), {"new": 0, "changed": 1, "unchanged": 0, "refused": 0})
        tablet = {"Display Name": "iPad 3", "Serial Number": "DMP3", "Model Identifier": "iPad13,1", "OS Version": "17.5",
                  "JSS Mobile Device ID": "3", "Username": "carla", "Supervised": "true", "Last Inventory Update": "2026-11-05"}
        self.take("jamf-mobile.csv", table(JAMF_MOBILES, tablet))
        facts = self.facts("DMP3")
        self.assertEqual((facts["platform"], facts["name"], facts["x.jamf_id"]), ("ios", "iPad 3", "3"))
        same = self.take("jamf-mobile.csv", table(JAMF_MOBILES, tablet))
        self.assertEqual(self.counts(same), {"new": 0, "changed": 0, "unchanged": 1, "refused": 0})

    def test_3_new_devices_join_the_group_that_is_named(self):
        self.take("group-1.csv", "serial\nG-1\n")
        self.world.oakum("group", "create", "--name", "Lab")
        self.take("group-2.csv", "serial,site\nG-1,here\nG-2,here\n", "--group", "Lab")
        self.assertEqual([each["serial"] for each in self.listed("group = Lab")], ["G-2"])

    def test_3b_what_a_column_means_can_be_told_by_hand_and_is_remembered(self):
        text = "Ident;Gestell;Bemerkung;eol\nR-1;A7;=1+1;3/4/2030\n"
        with self.assertRaises(Failed) as refused:
            self.take("racks.csv", text)
        self.assertIn("no column names the devices", refused.exception.text)
        self.assertIn("Ident, Gestell, Bemerkung, eol", refused.exception.text)
        done = self.take("racks.csv", text, "--column", "Ident=serial", "--column", "Gestell=x.rack", "--column", "Bemerkung=",
                         "--dates", "day-first")
        self.assertEqual({each["column"]: each["fact"] for each in done["mapping"]},
                         {"Ident": "serial", "Gestell": "x.rack", "Bemerkung": None, "eol": "support_end"})
        self.assertEqual(self.facts("R-1"), {"serial": "R-1", "x.rack": "A7", "support_end": "2030-04-03"})
        ambiguous = self.take("racks.csv", text, "--dry-run")
        self.assertIn("can be read with the day or with the month in front", json.dumps(ambiguous["rows"]))
        # Another file with these heads, in another order.
        later = self.take("racks-2.csv", "Gestell;Bemerkung;eol;Ident\nB1;;2030-01-01;R-3\n")
        self.assertEqual({each["column"]: (each["fact"], each["how"]) for each in later["mapping"]},
                         {"Ident": ("serial", "remembered"), "Gestell": ("x.rack", "remembered"),
                          "Bemerkung": (None, "left_out"), "eol": ("support_end", "remembered")})
        self.assertEqual(self.facts("R-3")["x.rack"], "B1")
        with self.assertRaises(Failed) as wrong:
            self.take("racks.csv", text, "--column", "Ident=wheels")
        self.assertIn("'wheels' is nothing that a column can mean", wrong.exception.text)
        # Remembered by the store, not by the process.
        self.world.server.process.end()
        self.world.server.start()
        third = self.take("racks-3.csv", "Ident;Gestell;Bemerkung;eol\nR-4;C1;;\n", "--dry-run")
        self.assertEqual([each["how"] for each in third["mapping"]], ["remembered", "remembered", "left_out", "remembered"])

    def test_4_what_names_no_devices_is_refused_in_words(self):
        for name, content, words in (("racks.csv", "Nr.;Regal\nR-1;A7\n", "no column names the devices"),
                                     ("empty.csv", "\n", "empty"),
                                     ("bomb.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><nmaprun>&b;</nmaprun>", "declarations of its own")):
            with self.assertRaises(Failed) as refused:
                self.take(name, content)
            self.assertIn(words, refused.exception.text, name)

    def test_5_scans_and_leases_show_unmanaged_devices_in_the_same_list(self):
        self.take("known.csv", "serial,name,address\nKNOWN-9,gateway nine,10.7.0.9\n")
        before = self.world.get("/api/v1/exposure")["devices"]
        listed = self.world.get("/api/v1/devices", limit=1)["total"]
        scan = self.take("scan.xml", NMAP)
        self.assertEqual((scan["form"], self.counts(scan)), ("nmap", {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}))
        self.assertEqual([row["by"] for row in scan["rows"]], ["MAC address 00:40:8c:12:34:56", "address 10.7.0.9"])
        camera = self.listed("lifecycle = unmanaged")
        self.assertEqual([(each["name"], each["manufacturer"], each["lifecycle"]) for each in camera],
                         [("cam-5.plant.example", "Axis", "unmanaged")])
        shown = self.world.get(f"/api/v1/devices/{camera[0]['id']}")
        facts = {fact["key"]: fact["value"] for fact in shown["facts"]}
        self.assertEqual((facts["address"], facts["x.seen_by"], facts["x.seen_at"], facts["x.services"]),
                         ("10.7.0.5", "nmap", "2026-11-03T10:01:00Z", "80/tcp http"))
        self.assertEqual(self.facts("KNOWN-9")["name"], "gateway nine")
        # In the list; in no figure but that of what nobody manages.
        self.assertEqual(self.world.get("/api/v1/devices", limit=1)["total"], listed + 1)
        exposure = self.world.get("/api/v1/exposure")
        self.assertEqual((exposure["devices"], exposure["blind_spots"]["unmanaged"]), (before, 1))
        self.assertIn("Nobody manages it", json.dumps(self.world.get(f"/api/v1/devices/{camera[0]['id']}/explain")))
        # The same scan again, and the same camera at another address, by each DHCP server.
        self.assertEqual(self.counts(self.take("scan.xml", NMAP)), {"new": 0, "changed": 0, "unchanged": 2, "refused": 0})
        for name, lease in (("dnsmasq.leases", "1794567890 00:40:8c:12:34:56 10.7.0.50 cam-5 *\n"),
                            ("dhcpd.leases", "lease 10.7.0.51 {\n  starts 4 2026/11/05 10:00:00;\n  binding state active;\n"
                             "  hardware ethernet 00:40:8c:12:34:56;\n  client-hostname \"cam-5\";\n}\n"),
                            ("kea-leases4.csv", "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,"
                             "hostname,state,user_context\n10.7.0.52,00:40:8c:12:34:56,,3600,1793963600,1,0,0,cam-5,0,\n")):
            taken = self.take(name, lease)
            self.assertEqual(self.counts(taken), {"new": 0, "changed": 1, "unchanged": 0, "refused": 0}, name)
        self.assertEqual([each["name"] for each in self.listed("address = 10.7.0.52")], ["cam-5"])
        # An older scan knows nothing better.
        self.assertEqual(self.counts(self.take("scan.xml", NMAP))["unchanged"], 2)
        self.assertEqual(len(self.listed("address = 10.7.0.52")), 1)
        # Somebody names it: it keeps its record, and is managed from then on. That is undone as any import is.
        named = self.take("assets.csv", "serial,mac,owner\nAXIS-5,00-40-8C-12-34-56,security\n")
        self.assertEqual(self.counts(named), {"new": 0, "changed": 1, "unchanged": 0, "refused": 0})
        self.assertEqual((self.device("AXIS-5")["id"], self.device("AXIS-5")["lifecycle"]), (camera[0]["id"], "active"))
        self.assertEqual(self.world.get("/api/v1/exposure")["blind_spots"]["unmanaged"], 0)
        self.assertEqual(self.undo(named)["put_back"], 1)
        self.assertEqual([each["id"] for each in self.listed("lifecycle = unmanaged")], [camera[0]["id"]])
        # What is passed over on purpose does not come back with the next scan.
        self.world.oakum("device", "retire", camera[0]["id"], "--why", "a printer")
        newer = NMAP.replace('endtime="1793700060"', 'endtime="1795700060"').replace("10.7.0.5\"", "10.7.0.7\"")
        self.assertEqual(self.counts(self.take("scan-2.xml", newer))["new"], 0)
        self.assertEqual(self.listed("lifecycle = unmanaged"), [])

    @unittest.skipUnless(shutil.which("nmap"), "SKIPPED: nmap is not here; a scan by the real one was not imported")
    def test_5b_a_scan_by_the_real_nmap_is_read(self):
        path = self.world.folder / "loopback.xml"
        subprocess.run(["nmap", "-n", "-sT", "-p", str(self.world.server.port), "-oX", str(path), "127.0.0.1"], check=True,
                       capture_output=True, timeout=120)
        taken = self.world.oakum("device", "import", path)
        self.assertEqual((taken["form"], self.counts(taken)), ("nmap", {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}))
        seen = self.listed("lifecycle = unmanaged and address = 127.0.0.1")
        self.assertEqual(len(seen), 1)
        facts = {fact["key"]: fact["value"] for fact in self.world.get(f"/api/v1/devices/{seen[0]['id']}")["facts"]}
        self.assertIn(f"{self.world.server.port}/tcp", facts["x.services"])
        self.assertEqual(self.undo(taken)["put_back"], 1)
        self.assertEqual(self.listed("address = 127.0.0.1"), [])

    def test_5c_what_enrols_and_says_its_mac_address_is_no_longer_unmanaged(self):
        self.take("dnsmasq.leases", "1794567890 02:00:00:00:00:77 10.9.0.7 new-gateway *\n")
        seen = self.listed("lifecycle = unmanaged and x.mac = \"02:00:00:00:00:77\"")
        self.assertEqual(len(seen), 1)
        image = self.world.image(GATEWAY, "1.4.2")
        agent = self.world.agent("MERGED-1", GATEWAY, image, self.world.enrolment(1), **{"fact.x.mac": "02:00:00:00:00:77"})
        wait_until("the double to leave", lambda: not self.listed("lifecycle = unmanaged and x.mac = \"02:00:00:00:00:77\""))
        self.assertEqual(self.facts("MERGED-1")["x.mac"], "02:00:00:00:00:77")
        agent.end()

    def test_6_hostile_cells_cost_their_line_at_most(self):
        nasty = ['=HYPERLINK("http://x","y")', "<script>alert(1)</script>", "\u202egnp.exe", "@SUM(A1)"]
        out = io.StringIO()
        csv.writer(out).writerows([["serial", "name"], *([f"H-{n}", value] for n, value in enumerate(nasty))])
        content = out.getvalue() + ("H-7,\x1b[31mred\nH-8,a\x00b\nH-9," + "x" * 10_000_000 + "\nH-11,plain\n")
        done = self.take("hostile.csv", content)
        self.assertEqual(self.counts(done), {"new": 5, "changed": 0, "unchanged": 0, "refused": 3})
        self.assertEqual(sorted(self.refused(done)), [6, 7, 8])
        self.assertEqual(sorted(each["name"] for each in self.listed("serial = H-*")), sorted([*nasty, "plain"]))

    def test_7_a_hundred_thousand_rows_go_through_with_progress_and_little_memory(self):
        rows = 100_000
        path = self.file("big.csv", "serial,model,site,Benutzer\n" +
                         "".join(f"BIG-{n},M-{n % 7},S-{n % 50},person {n}\n" for n in range(rows)) + ",M-1,,\n")
        before = self.memory()
        looked = self.world.oakum("device", "import", path, "--dry-run")
        self.assertEqual(self.counts(looked), {"new": rows, "changed": 0, "unchanged": 0, "refused": 1})
        self.assertEqual(self.refused(looked).keys(), {rows + 2})
        preview = self.memory() - before
        # Beside the file's bytes a window of lines, what names its devices, and a sample.
        self.assertLess(preview, 120 << 20)
        kept = self.world.folder / "refused.csv"
        program = self.world.program([BIN / "oakum", "-o", "json", "device", "import", path, "--refused", kept], "import")
        progress = wait_until("the import to be on its way", lambda: [
            each for each in self.world.all("/api/v1/edits", kind="import")
            if each["name"] == "big.csv" and each["created"] > 0], every=0.05)[0]
        self.assertLessEqual(progress["created"], progress["total"])
        edit = wait_until("the end of the import", lambda: [
            each for each in [self.world.get(f"/api/v1/edits/{progress['id']}")] if each["state"] == "done"], seconds=400)[0]
        self.assertEqual((edit["created"], edit["refused"], edit["total"]), (rows, 1, rows + 1))
        wait_until("the command to end", lambda: not program.alive())
        self.assertIn("nothing in it names a device", kept.read_text(encoding="utf-8"))
        self.assertEqual(self.world.get("/api/v1/query/preview", query="serial = BIG-*")["count"], rows)
        again = self.world.oakum("device", "import", path, "--dry-run")
        self.assertEqual(self.counts(again), {"new": 0, "changed": 0, "unchanged": rows, "refused": 1})
        print(f"100,000 rows: a preview took {preview >> 20} MiB more; the server holds {self.memory() >> 20} MiB after the import")

    def memory(self):
        """Of the server, the most that it ever had, in bytes."""
        with open(f"/proc/{self.world.server.process.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))

    def test_7b_an_sbom_of_two_hundred_thousand_components_is_attached_and_assessed(self):
        parts = [{"type": "library", "name": f"part-{n}", "version": "1.0", "purl": f"pkg:pypi/part-{n}@1.0"} for n in range(200_000)]
        path = self.file("huge.cdx.json", json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}))
        begun = time.monotonic()
        self.world.oakum("sbom", "attach", path, "--model", "HUGE-1", "--version", "1.0", json_output=False)
        print(f"an SBOM with 200,000 components was attached in {time.monotonic() - begun:.1f} s")
        self.world.oakum("device", "import", self.file("huge.csv", "serial,model,firmware_version\nH1,HUGE-1,1.0\n"))
        device = self.world.device_id("H1")
        # There are no advisories of Python's packages here, so that none of them can be assessed; that is said when they were looked at.
        wait_until("they were looked at", lambda: self.world.get("/api/v1/exposure", query="serial = H1")["blind_spots"]["not_assessed"] == 1)
        layers = self.world.get(f"/api/v1/devices/{device}/software")["layers"]
        self.assertEqual([len(layer["components"]) for layer in layers], [200_000])
        # One more is refused, with the limit.
        path = self.file("huger.cdx.json", json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                                                       "components": parts + [{"type": "library", "name": "last", "version": "1.0"}]}))
        with self.assertRaisesRegex(Failed, "200000|200,000"):
            self.world.oakum("sbom", "attach", path, "--model", "HUGE-1", "--version", "1.1", json_output=False)

    def test_8_an_interrupted_import_can_be_taken_back(self):
        many = "serial,model,site\n" + "".join(f"CUT-{n},M-{n % 7},S-{n % 50}\n" for n in range(20_000))
        path = self.file("cut.csv", many)
        self.world.program([BIN / "oakum", "device", "import", path], "cut")
        wait_until("the import to begin", lambda: [each for each in self.world.all("/api/v1/edits", kind="import")
                                                   if each["name"] == "cut.csv"], every=0.02)
        self.world.server.process.kill()
        self.world.server.start()
        newest = self.world.all("/api/v1/edits", kind="import")[0]
        self.assertIn(newest["state"], ("interrupted", "done"))
        self.world.oakum("edit", "undo", newest["id"])
        undone = wait_until("the end of the undo", lambda: [each for each in [self.world.get(f"/api/v1/edits/{newest['id']}")]
                                                            if each["state"] == "undone"])[0]
        self.assertEqual(undone["left_alone"], 0)
        self.assertEqual(self.world.get("/api/v1/query/preview", query="serial = CUT-*")["count"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
