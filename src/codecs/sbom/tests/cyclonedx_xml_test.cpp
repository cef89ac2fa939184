// SPDX-License-Identifier: Apache-2.0
#include <sbom/document.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace oakum;

namespace {

// The same document twice.
constexpr std::string_view kJson = R"({
  "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 3, "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  "metadata": {"component": {"bom-ref": "fw", "type": "firmware", "name": "gateway", "version": "1.5",
     "hashes": [{"alg": "SHA-256", "content": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]}},
  "components": [
    {"bom-ref": "busybox", "type": "library", "name": "busybox", "version": "1.33.2",
     "cpe": "cpe:2.3:a:busybox:busybox:1.33.2:*:*:*:*:*:*:*",
     "pedigree": {"patches": [{"resolves": [{"type": "security", "id": "CVE-2022-28391"}, {"type": "defect", "id": "BUG-1"}]}]}},
    {"bom-ref": "app", "type": "application", "group": "org.acme", "name": "web & more", "version": "2",
     "purl": "pkg:maven/org.acme/web@2", "components": [
       {"bom-ref": "ssl", "type": "library", "name": "openssl", "version": "3.0.1-1", "purl": "pkg:deb/debian/openssl@3.0.1-1"}]},
    {"type": "library", "name": "m4", "version": "1.4.18", "properties": [{"name": "BR_TYPE", "value": "host"}]},
    {"type": "library", "scope": "excluded", "name": "junit", "version": "4"}
  ],
  "vulnerabilities": [
    {"id": "CVE-2021-1", "analysis": {"state": "not_affected", "justification": "code_not_present", "detail": "d"},
     "affects": [{"ref": "busybox"}, {"ref": "ssl", "versions": [{"version": "3.0.1-1", "status": "unaffected"}]}]},
    {"id": "CVE-2021-3", "analysis": {"state": "in_triage", "detail": "looking"}}
  ]})";
constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" xmlns:x="urn:else" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="3">
  <metadata>
    <timestamp>2026-11-27T10:00:00Z</timestamp>
    <tools><components><component type="application"><name>maker</name><version>1</version></component></components></tools>
    <component type="firmware" bom-ref="fw">
      <name>gateway</name>
      <version>1.5</version>
      <hashes><hash alg="SHA-256">
        9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      </hash></hashes>
      <licenses><license><id>MIT</id></license></licenses>
    </component>
  </metadata>
  <components>
    <component type="library" bom-ref="busybox">
      <supplier><name>somebody</name></supplier>
      <name>busybox</name><version>1.33.2</version>
      <cpe>cpe:2.3:a:busybox:busybox:1.33.2:*:*:*:*:*:*:*</cpe>
      <pedigree>
        <ancestors><component type="library"><name>other</name><version>9</version></component></ancestors>
        <patches><patch type="backport"><resolves>
          <issue type="security"><id>CVE-2022-28391</id><name>n</name></issue><issue type="defect"><id>BUG-1</id></issue>
        </resolves></patch></patches>
      </pedigree>
      <x:name>not this one</x:name>
    </component>
    <component type="application" bom-ref="app">
      <group>org.acme</group><name>web &amp; <![CDATA[more]]></name><version>2</version>
      <purl>pkg:maven/org.acme/web@2</purl>
      <components><component type="library" bom-ref="ssl"><name>openssl</name><version>3.0.1-1</version>
        <purl>pkg:deb/debian/openssl@3.0.1-1</purl></component></components>
    </component>
    <component type="library"><name>m4</name><version>1.4.18</version>
      <properties><property name="BR_TYPE">host</property></properties></component>
    <component type="library"><name>junit</name><version>4</version><scope>excluded</scope></component>
  </components>
  <dependencies><dependency ref="app"><dependency ref="ssl"/></dependency></dependencies>
  <vulnerabilities>
    <vulnerability bom-ref="v"><id>CVE-2021-1</id><source><name>NVD</name></source>
      <analysis><state>not_affected</state><justification>code_not_present</justification>
        <responses><response>update</response></responses><detail>d</detail></analysis>
      <affects><target><ref>busybox</ref></target>
        <target><ref>ssl</ref><versions><version><version>3.0.1-1</version><status>unaffected</status></version></versions></target></affects>
    </vulnerability>
    <vulnerability><id>CVE-2021-3</id><analysis><state>in_triage</state><detail>looking</detail></analysis></vulnerability>
  </vulnerabilities>
</bom>
)";

std::string with(std::string_view from, std::string_view to) {
    std::string text(kXml);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("CycloneDX in XML is the same document as in JSON") {
    const auto json = sbom::parse(kJson), xml = sbom::parse(kXml);
    REQUIRE_MESSAGE(json.ok(), (json.ok() ? "" : json.error().text()));
    REQUIRE_MESSAGE(xml.ok(), (xml.ok() ? "" : xml.error().text()));
    CHECK(xml->format == "CycloneDX 1.5");
    CHECK(xml->format == json->format);
    CHECK(xml->name == json->name);
    CHECK(xml->version == json->version);
    CHECK(xml->files == json->files);
    CHECK(xml->components.size() == 3);
    CHECK(xml->components == json->components);
    CHECK(xml->statements.size() == 4);
    CHECK(xml->statements == json->statements);
    CHECK(xml->warned == json->warned);
    CHECK(xml->warnings == json->warnings);
    CHECK(xml->references.link == json->references.link);
    CHECK(xml->references.link == "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/3");
}

TEST_CASE("XML is read with a prefix, a byte order mark, in another encoding, and without components") {
    CHECK(sbom::parse("\xEF\xBB\xBF" + std::string(kXml)).ok());
    const auto prefixed = sbom::parse(
        R"(<b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.4"><b:components><b:component type="library"><b:name>a</b:name></b:component></b:components></b:bom>)");
    REQUIRE(prefixed.ok());
    REQUIRE(prefixed->components.size() == 1);
    CHECK(prefixed->components.front().name == "a");
    const auto latin = sbom::parse(
        "<?xml version='1.0' encoding='ISO-8859-1'?><bom xmlns='http://cyclonedx.org/schema/bom/1.4'>"
        "<components><component type='library'><name>caf\xE9</name></component></components></bom>");
    REQUIRE_MESSAGE(latin.ok(), (latin.ok() ? "" : latin.error().text()));
    CHECK(latin->components.front().name == "caf\xC3\xA9");
    const auto bare = sbom::parse(R"(<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>)");
    REQUIRE(bare.ok());
    CHECK(bare->warnings.size() == 1);
}

TEST_CASE("XML that is broken, is something else or would grow is refused with its line") {
    for (const auto& [text, words] : {
             std::pair(with("</metadata>", ""), "line"),
             std::pair(std::string(kXml.substr(0, kXml.size() / 2)), "line"),
             std::pair(std::string("<bom/>"), "not CycloneDX"),
             std::pair(std::string("<html><body>gone</body></html>"), "not CycloneDX"),
             std::pair(with("http://cyclonedx.org/schema/bom/1.5", "http://cyclonedx.example/bom/1.5"),
                       "not CycloneDX"),
             std::pair(with("<!-- made by hand -->", "<!DOCTYPE bom [<!ENTITY a \"aaaa\">]>"), "DOCTYPE"),
             std::pair(with("<!-- made by hand -->", "<!DOCTYPE bom SYSTEM \"file:///etc/passwd\">"),
                       "DOCTYPE"),
             std::pair(with("web &amp; ", "web &unknown; "), "line"),
             std::pair(with("<name>gateway</name>", "<name>gateway</name><name>other</name>"), "name"),
             std::pair(with("bom/1.5", "bom/9"), "not known"),
             std::pair(with("not_affected", "perhaps"), "no state of an analysis"),
         }) {
        const auto read = sbom::parse(text);
        REQUIRE_FALSE_MESSAGE(read.ok(), text);
        CHECK_MESSAGE(read.error().text().find(words) != std::string::npos, read.error().text());
    }
    std::string deep = R"(<bom xmlns="http://cyclonedx.org/schema/bom/1.5">)";
    for (int i = 0; i < 100; ++i)
        deep += "<components><component type='library'><name>a</name>";
    const auto read = sbom::parse(deep);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().text().find("too deep") != std::string::npos);
}
