// SPDX-License-Identifier: Apache-2.0
#include "../src/xml.hpp"
#include "told.hpp"

using namespace oakum;
using namespace oakum::device_lists;

namespace {

std::string read_xml(std::string_view text) {
    XmlReader xml(text);
    std::string out;
    for (;;) {
        const auto event = xml.next();
        if (!event.ok()) return out + event.error().text();
        using Kind = XmlReader::Event::Kind;
        if (event->kind == Kind::finished) return out;
        if (event->kind == Kind::end) {
            out += "/" + std::string(event->name) + " ";
            continue;
        }
        out += std::string(event->name);
        for (const auto& [name, value] : event->attributes)
            out += " " + std::string(name) + "=" + value;
        out += "; ";
    }
}

std::string read(std::string_view text) {
    return told(text, [](const Record& record) {
        CHECK(record.sighting);
        std::string out;
        for (const auto& [fact, value] : record.facts)
            out += fact + "=" + value + "|";
        return out;
    });
}

constexpr std::string_view kScan = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan initiated as: nmap -sV -O -oX scan.xml 10.0.0.0/24 -->
<nmaprun scanner="nmap" start="1793700000" version="7.93">
<host starttime="1793700001" endtime="1793700060"><status state="up" reason="arp-response"/>
<address addr="10.0.0.5" addrtype="ipv4"/>
<address addr="00:40:8C:12:34:56" addrtype="mac" vendor="Axis Communications AB"/>
<hostnames><hostname name="cam-5.plant.example" type="PTR"/></hostnames>
<ports><port protocol="tcp" portid="80"><state state="open"/><service name="http" product="x"/></port>
<port protocol="tcp" portid="23"><state state="closed"/><service name="telnet"/></port>
<port protocol="tcp" portid="554"><state state="open"/></port></ports>
<os><osmatch name="AXIS 210A &amp; co" accuracy="100"><osclass type="webcam" vendor="AXIS" osfamily="Linux"/></osmatch></os>
</host>
<host><status state="down"/><address addr="10.0.0.6" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="10.0.0.7" addrtype="ipv4"/></host>
<runstats><finished time="1793700061"/></runstats>
</nmaprun>
)";

} // namespace

TEST_CASE("XML is read without entities, declarations or surprises") {
    CHECK(read_xml("<a x=\"1\" y='&lt;&#65;&#x42;&amp;'><b/>text &nothing;<c>t</c></a>") ==
          "a x=1 y=<AB&; b; /b c; /c /a ");
    CHECK(read_xml("<?pi?><!-- c --><!DOCTYPE a><a><![CDATA[<b>]]></a>") == "a; /a ");
    for (const auto& [text, reason] : std::vector<std::pair<std::string, std::string>>{
             {"", "the document ends early"},
             {"<a>", "the document ends early"},
             {"<a></b>", "closed that is not open"},
             {"<a/><b/>", "a second document follows"},
             {"<a x=1/>", "no quotes"},
             {"<a x=\"1/>", "does not end"},
             {"<a x=\"1\"y=\"2\"/>", "a blank is missing"},
             {"<a x=\"1\" x=\"2\"/>", "two attributes of one name"},
             {"<a x=\"&xxe;\"/>", "an entity"},
             {"<a x=\"&#0x;\"/>", "an entity"},
             {"<a x=\"<\"/>", "a '<' stands"},
             {"<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "declarations of its own"},
             {"<a><!DOCTYPE a></a>", "inside the document"},
             {"<a", "a tag does not end"},
             {"<!-- ", "a comment does not end"},
             {"< a/>", "a name is missing"}}) {
        CAPTURE(text);
        CHECK(read_xml(text).find(reason) != std::string::npos);
    }
    std::string deep, wide = "<a";
    for (int i = 0; i < 100; ++i) {
        deep += "<a>";
        wide += " x" + std::to_string(i) + "=\"\"";
    }
    CHECK(read_xml(deep).find("more than 64 tags are open") != std::string::npos);
    CHECK(read_xml(wide + "/>").find("more than 64 attributes") != std::string::npos);
    CHECK(read_xml("<a x=\"" + std::string(70'000, 'x') + "\"/>").find("longer than 65536") !=
          std::string::npos);
    CHECK(read_xml("<" + std::string(200, 'a') + "/>").find("longer than 128") != std::string::npos);
    CHECK(read_xml("<a>\n\n<b x></a>").find("line 3") != std::string::npos);
}

TEST_CASE("a scan of nmap tells which devices answered, and what was seen of them") {
    CHECK(read(kScan) ==
          "6[address=10.0.0.5|kind=webcam|manufacturer=Axis Communications "
          "AB|name=cam-5.plant.example|x.mac=00:40:8c:12:"
          "34:56|x.os_guess=AXIS 210A & "
          "co|x.seen_at=2026-11-03T10:01:00Z|x.seen_by=nmap|x.services=80/tcp http, "
          "554/tcp|] 16[address=10.0.0.7|x.seen_at=2026-11-03T10:00:00Z|x.seen_by=nmap|] # 1 host did "
          "not answer; passed over.");
}

TEST_CASE("a scan that was ended early gives what it saw, and says so") {
    const std::string cut(kScan.substr(0, kScan.find("<host><status state=\"down\"")));
    CHECK(read(cut).find("10.0.0.5") != std::string::npos);
    CHECK(read(cut).find("the file cannot be read on: the document ends early") != std::string::npos);
    CHECK(read("<rss/>") == "this XML is no scan of nmap (-oX) (at line 1)");
    CHECK(read("<nmaprun></nmaprun>") == "");
    CHECK(read("<nmaprun><host><address addr=\"10.0.0.999\" addrtype=\"ipv4\"/></host></nmaprun>") ==
          "!1('10.0.0.999' is no address) ");
    CHECK(read("<nmaprun><host/></nmaprun>") == "!1(neither an address nor a MAC address is given) ");
    // What strangers call themselves has no control characters, and an end.
    const std::string loud =
        read("<nmaprun><host><address addr=\"10.0.0.1\" addrtype=\"ipv4\"/><hostnames><hostname "
             "name=\"a\x1b[31m" +
             std::string(2000, 'b') + "\"/></hostnames></host></nmaprun>");
    CHECK(loud.find('\x1b') == std::string::npos);
    CHECK(loud.size() < 700);
}
