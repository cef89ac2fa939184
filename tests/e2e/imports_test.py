#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of devices as people have them: what spreadsheets, Intune and Jamf Pro export, and hostile cells; previewed,
imported, and imported again."""
import csv
import io
import json
import unittest

from oakum_world import Failed, WorldTest

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

    def take(self, name, content, *words):
        """The import's answer: counts, columns, refused lines."""
        path = self.world.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.world.oakum("device", "import", path, *words)

    def counts(self, answer):
        return {key: answer[key] for key in ("new", "changed", "unchanged", "refused")}

    def device(self, serial):
        return self.world.get(f"/api/v1/devices/{self.world.device_id(serial)}")

    def facts(self, serial):
        return {fact["key"]: fact["value"] for fact in self.device(serial)["facts"]}

    def listed(self, query):
        return self.world.all("/api/v1/devices", query=query)

    def test_1_a_file_of_a_spreadsheet_is_previewed_and_imported(self):
        sheet = ("sep=;\r\nSeriennummer;Ger\u00e4tename;Hersteller;Standort;Support-Ende;Benutzer;;\r\n"
                 '="0042";Kamera 1;Axis;"Halle\r\nNord";31.12.2027;Anna M\u00fcller;;\r\n'
                 "'0043;Kamera 2;Axis;Halle S\u00fcd;46752;Ben;;\r\n"
                 ";;;;;;;\r\n"
                 "0044;Kamera 3;Axis;Halle;bald;;;\r\n"
                 "0042;Kamera 1;;;;;;\r\n").encode("utf-16")
        looked = self.take("fleet.csv", sheet, "--dry-run")
        self.assertEqual(self.counts(looked), {"new": 2, "changed": 0, "unchanged": 0, "refused": 2})
        self.assertEqual(self.listed(""), [])
        self.assertEqual({each["column"]: each["fact"] for each in looked["mapping"]},
                         {"Seriennummer": "serial", "Ger\u00e4tename": "name", "Hersteller": "manufacturer",
                          "Standort": "site", "Support-Ende": "support_end", "Benutzer": None})
        self.assertEqual(sorted(row["line"] for row in looked["rows"]), [7, 8])
        self.assertIn("'bald' is no date", json.dumps(looked["rows"]))
        self.assertIn("1 column is about persons and left out", " ".join(looked["notes"]))

        kept = self.world.folder / "refused.csv"
        self.assertEqual(self.counts(self.take("fleet.csv", sheet, "--refused", kept)), self.counts(looked))
        self.assertEqual([row[0] for row in csv.reader(kept.read_text(encoding="utf-8").splitlines())], ["line", "7", "8"])
        self.assertEqual(self.facts("0042"), {"serial": "0042", "name": "Kamera 1", "manufacturer": "Axis",
                                              "site": "Halle Nord", "support_end": "2027-12-31"})
        self.assertEqual(self.facts("0043")["support_end"], "2027-12-31")
        again = self.take("fleet-2.csv", "serial,site\n0042,Hall 9\n0043,Halle S\u00fcd\n")
        self.assertEqual(self.counts(again), {"new": 0, "changed": 1, "unchanged": 1, "refused": 0})
        self.assertEqual(self.facts("0042")["site"], "Hall 9")
        # What spreadsheets save as plain "CSV".
        self.take("fleet-3.csv", "serial;site\n0043;M\u00fcnchen\n".encode("cp1252"))
        self.assertEqual(self.facts("0043")["site"], "M\u00fcnchen")

    def test_2_exports_of_intune_and_jamf_are_known_by_their_heads(self):
        intune = self.take("intune.csv", table(INTUNE, {
            "Device ID": "7f0a", "Device name": "iPhone 12", "Serial number": "F2LX1", "Manufacturer": "Apple",
            "Model": "iPhone13,2", "OS": "iOS", "OS version": "17.1", "Primary user UPN": "anna@example.org",
            "Primary user display name": "Anna", "Phone number": "+49 170 1", "Compliance": "Compliant",
            "Managed by": "Intune", "Supervised": "Yes", "Ownership": "Corporate",
            "Last check-in": "2026-11-05 08:00:00.0000000"}, {
            "Device ID": "7f0b", "Device name": "Pixel", "OS": "Android (personally-owned work profile)"}))
        self.assertEqual(self.counts(intune), {"new": 1, "changed": 0, "unchanged": 0, "refused": 1})
        facts = self.facts("F2LX1")
        self.assertEqual((facts["platform"], facts["x.supervised"], facts["x.managed_by"], facts["x.intune_id"]),
                         ("ios", "yes", "Microsoft Intune", "7f0a"))
        self.assertNotIn("anna", json.dumps(self.device("F2LX1")).lower())
        self.assertNotIn("+49", json.dumps(self.device("F2LX1")))
        self.assertEqual(len(self.listed('component("ios") < 17.2')), 1)

        self.take("jamf.csv", table(JAMF_COMPUTERS, {
            "Computer Name": "mac-7", "Serial Number": "C02X7", "Model": "MacBook Pro (14-inch, 2021)",
            "Model Identifier": "MacBookPro18,3", "Operating System": "macOS 14.5", "MAC Address": "3C:22:FB:00:00:07",
            "JSS Computer ID": "7", "Full Name": "Ben", "Email Address": "ben@example.org", "UDID": "U-7",
            "Department": "Design"}), "--with-persons")
        facts = self.facts("C02X7")
        self.assertEqual((facts["platform"], facts["os_version"], facts["model"], facts["manufacturer"], facts["x.mac"]),
                         ("macos", "14.5", "MacBookPro18,3", "Apple", "3c:22:fb:00:00:07"))
        self.assertEqual((facts["x.user_name"], facts["x.user_mail"]), ("Ben", "ben@example.org"))
        self.take("jamf-mobile.csv", table(JAMF_MOBILES, {
            "Display Name": "iPad 3", "Serial Number": "DMP3", "Model Identifier": "iPad13,1", "OS Version": "17.5",
            "JSS Mobile Device ID": "3", "Username": "carla", "Supervised": "true", "Last Inventory Update": "2026-11-05"}))
        facts = self.facts("DMP3")
        self.assertEqual((facts["platform"], facts["name"], facts["x.jamf_id"]), ("ios", "iPad 3", "3"))

    def test_3_new_devices_join_the_group_that_is_named(self):
        self.take("group-1.csv", "serial\nG-1\n")
        self.world.oakum("group", "create", "--name", "Lab")
        self.take("group-2.csv", "serial,site\nG-1,here\nG-2,here\n", "--group", "Lab")
        self.assertEqual([each["serial"] for each in self.listed("group = Lab")], ["G-2"])

    def test_3b_what_a_column_means_can_be_told_by_hand(self):
        text = "Ident;Gestell;Bemerkung;eol\nR-1;A7;=1+1;3/4/2030\n"
        done = self.take("racks.csv", text, "--map", "Ident=serial", "--map", "Gestell=x.rack", "--map", "Bemerkung=",
                         "--dates", "day-first")
        self.assertEqual({each["column"]: each["fact"] for each in done["mapping"]},
                         {"Ident": "serial", "Gestell": "x.rack", "Bemerkung": None, "eol": "support_end"})
        self.assertEqual(self.facts("R-1"), {"serial": "R-1", "x.rack": "A7", "support_end": "2030-04-03"})
        ambiguous = self.take("racks.csv", text, "--map", "Ident=serial", "--dry-run")
        self.assertIn("can be read with the day or with the month in front", json.dumps(ambiguous["rows"]))
        with self.assertRaises(Failed) as wrong:
            self.take("racks.csv", text, "--map", "Ident=wheels")
        self.assertIn("'wheels' is nothing that a column can mean", wrong.exception.text)
        # The API takes the table as it is, by its own guesses.
        answer = self.world.raw("POST", "/api/v1/devices/import?name=api.csv", "Seriennummer;Benutzer\nR-2;Dora\n",
                                {"Authorization": f"Bearer {self.world.token}", "Content-Type": "text/csv"}).json
        self.assertEqual((answer["new"], [each["fact"] for each in answer["mapping"]]), (1, ["serial", None]))

    def test_4_what_names_no_devices_is_refused_in_words(self):
        for name, content, words in (("racks.csv", "Ident;Gestell\nR-1;A7\n", "no column is the serial number"),
                                     ("empty.csv", "\n", "empty"),
                                     ("scan.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><nmaprun>&b;</nmaprun>", "no table"),
                                     ("dnsmasq.leases", "1794567890 00:40:8c:12:34:56 10.7.0.50 cam *\n", "no table")):
            with self.assertRaises(Failed) as refused:
                self.take(name, content)
            self.assertIn(words, refused.exception.text, name)

    def test_5_scans_and_leases_are_compared_with_the_fleet(self):
        self.take("known.csv", "serial,name,address,mac\nK-9,gateway nine,10.7.0.9,\nK-8,camera eight,,00:40:8C:12:34:58\n")
        scan = self.world.folder / "scan.xml"
        scan.write_text(NMAP, encoding="utf-8")
        seen = self.world.oakum("device", "seen", scan)
        self.assertEqual([(each["address"], each["known_as"]) for each in seen],
                         [("10.7.0.5", ""), ("10.7.0.9", "gateway nine")])
        self.assertEqual((seen[0]["mac"], seen[0]["name"], seen[0]["maker"], seen[0]["services"], seen[0]["seen_at"]),
                         ("00:40:8c:12:34:56", "cam-5.plant.example", "Axis", "80/tcp http", "2026-11-03T10:01:00Z"))
        for name, lease in (("dnsmasq.leases", "1794567890 00:40:8c:12:34:58 10.7.0.50 cam-8 *\n"
                             "1794567890 00:40:8c:12:34:59 10.7.0.51 cam-9 *\n"),
                            ("dhcpd.leases", "".join(f"lease 10.7.0.{n} {{\n  starts 4 2026/11/05 10:00:00;\n  binding state active;"
                                                     f"\n  hardware ethernet 00:40:8c:12:34:5{n - 42};\n}}\n" for n in (50, 51))),
                            ("kea-leases4.csv", "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,"
                             "hostname,state,user_context\n10.7.0.50,00:40:8c:12:34:58,,3600,1793963600,1,0,0,,0,\n"
                             "10.7.0.51,00:40:8c:12:34:59,,3600,1793963600,1,0,0,,0,\n")):
            path = self.world.folder / name
            path.write_text(lease, encoding="utf-8")
            seen = self.world.oakum("device", "seen", path)
            self.assertEqual([(each["address"], each["known_as"]) for each in seen],
                             [("10.7.0.50", "camera eight"), ("10.7.0.51", "")], name)
            unknown = self.world.oakum("device", "seen", path, "--unknown")
            self.assertEqual([each["address"] for each in unknown], ["10.7.0.51"], name)
        bomb = self.world.folder / "bomb.xml"
        bomb.write_text('<!DOCTYPE a [<!ENTITY b "c">]><nmaprun>&b;</nmaprun>', encoding="utf-8")
        with self.assertRaises(Failed) as refused:
            self.world.oakum("device", "seen", bomb)
        self.assertIn("declarations of its own", refused.exception.text)

    def test_6_hostile_cells_cost_their_line_at_most(self):
        nasty = ['=HYPERLINK("http://x","y")', "<script>alert(1)</script>", "\u202egnp.exe", "@SUM(A1)"]
        out = io.StringIO()
        csv.writer(out).writerows([["serial", "name"], *([f"H-{n}", value] for n, value in enumerate(nasty))])
        content = out.getvalue() + ("H-7,\x1b[31mred\nH-8,a\x00b\nH-9," + "x" * 10_000_000 + "\nH-11,plain\n")
        done = self.take("hostile.csv", content)
        self.assertEqual(self.counts(done), {"new": 5, "changed": 0, "unchanged": 0, "refused": 3})
        self.assertEqual(sorted(row["line"] for row in done["rows"]), [6, 7, 8])
        self.assertEqual(sorted(each["name"] for each in self.listed("serial = H-*")), sorted([*nasty, "plain"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
