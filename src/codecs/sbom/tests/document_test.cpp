// SPDX-License-Identifier: Apache-2.0
#include <sbom/document.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace oakum;
using component::Kind;
using component::StatementStatus;

namespace {

constexpr std::string_view gateway = R"({
  "bomFormat": "CycloneDX", "specVersion": "1.6",
  "metadata": {"component": {"bom-ref": "fw", "type": "firmware", "name": "AC-GW200", "version": "1.4.2",
                             "cpe": "cpe:2.3:o:acme:ac-gw200_firmware:1.4.2:*:*:*:*:*:*:*"}},
  "components": [
    {"bom-ref": "busybox", "type": "library", "name": "busybox", "version": "1.33.2",
     "cpe": "cpe:2.3:a:busybox:busybox:1.33.2:*:*:*:*:*:*:*",
     "pedigree": {"patches": [{"type": "backport", "resolves": [{"type": "security", "id": "CVE-2022-28391"},
                                                                {"type": "defect", "id": "BUG-1"}]}]}},
    {"bom-ref": "linux", "type": "library", "name": "linux", "version": "5.10.7",
     "cpe": "cpe:2.3:o:linux:linux_kernel:5.10.7:*:*:*:*:*:*:*"},
    {"bom-ref": "app", "type": "application", "group": "org.acme", "name": "web", "version": "2",
     "purl": "pkg:maven/org.acme/web@2", "components": [
       {"bom-ref": "ssl", "type": "library", "name": "openssl", "version": "3.0.1-1", "purl": "pkg:deb/debian/openssl@3.0.1-1"}]},
    {"bom-ref": "host-m4", "type": "library", "name": "m4", "version": "1.4.18",
     "properties": [{"name": "BR_TYPE", "value": "host"}]},
    {"type": "device", "name": "a board"},
    {"type": "library", "name": "odd", "version": "1", "purl": "not a purl", "cpe": "cpe:2.3:a:x"},
    {"type": "library", "name": "busybox", "version": "1.33.2", "cpe": "cpe:2.3:a:busybox:busybox:1.33.2:*:*:*:*:*:*:*"}
  ],
  "vulnerabilities": [
    {"id": "CVE-2021-1", "analysis": {"state": "not_affected", "justification": "code_not_present", "detail": "d"},
     "affects": [{"ref": "busybox"}, {"ref": "ssl"}]},
    {"id": "CVE-2021-2", "analysis": {"state": "exploitable"}, "affects": [{"ref": "fw"}]},
    {"id": "CVE-2021-3", "analysis": {"state": "in_triage", "detail": "looking"}},
    {"id": "CVE-2021-4", "analysis": {"state": "false_positive"}, "affects": [{"ref": "urn:cdx:other/1#x"}]},
    {"id": "CVE-2021-5", "analysis": {"state": "resolved"}, "affects": [{"ref": "host-m4"}]},
    {"id": "CVE-2021-6"}
  ]})";

constexpr std::string_view image = R"({
  "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "doc",
  "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-image"}],
  "packages": [
    {"SPDXID": "SPDXRef-image", "name": "edge-image", "versionInfo": "7", "primaryPackagePurpose": "CONTAINER"},
    {"SPDXID": "SPDXRef-1", "name": "musl", "versionInfo": "1.2.3-r4", "externalRefs": [
      {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:apk/alpine/musl@1.2.3-r4"},
      {"referenceCategory": "SECURITY", "referenceType": "http://spdx.org/rdf/references/cpe23Type",
       "referenceLocator": "cpe:2.3:a:musl-libc:musl:1.2.3:*:*:*:*:*:*:*"},
      {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:second:guess:1:*:*:*:*:*:*:*"}]},
    {"SPDXID": "SPDXRef-2", "name": "alpine", "versionInfo": "NOASSERTION", "primaryPackagePurpose": "OPERATING-SYSTEM"},
    {"SPDXID": "SPDXRef-3", "name": "README", "primaryPackagePurpose": "FILE"}
  ]})";

std::string kinds(const sbom::SbomDocument& document) {
    std::string out;
    for (const auto& component : document.components)
        out += component.name + ":" + std::to_string(static_cast<int>(component.kind)) + " ";
    return out;
}

} // namespace

TEST_CASE("CycloneDX gives the components that are delivered, nested ones too") {
    const auto read = sbom::parse(gateway);
    REQUIRE_MESSAGE(read.ok(), read.error().text());
    CHECK(read->format == "CycloneDX 1.6");
    CHECK(read->name == "AC-GW200");
    CHECK(read->version == "1.4.2");
    REQUIRE(read->components.size() == 6);
    CHECK(kinds(*read) == "AC-GW200:0 busybox:4 linux:2 org.acme/web:5 openssl:3 odd:4 ");
    CHECK(read->components[1].cpe == "cpe:2.3:a:busybox:busybox:1.33.2:*:*:*:*:*:*:*");
    CHECK(read->components[4].purl == "pkg:deb/debian/openssl@3.0.1-1");
    CHECK(read->components[5].purl.empty());
    CHECK(read->components[5].cpe.empty());
    std::string warnings;
    for (const std::string& warning : read->warnings)
        warnings += warning.substr(0, warning.find(':')) + " ";
    CHECK(warnings ==
          "/components/3 /components/4 /components/5 /components/5 /vulnerabilities/3/affects/0 ");
    CHECK(read->warned == 5);
}

TEST_CASE("statements count for what they name and for nothing more") {
    const auto read = sbom::parse(gateway);
    REQUIRE(read.ok());
    const std::vector<component::Statement> expected{
        {"CVE-2022-28391", "busybox", StatementStatus::fixed, "patched (pedigree)", "1.33.2", ""},
        {"CVE-2021-1", "busybox", StatementStatus::not_affected, "code_not_present", "1.33.2", ""},
        {"CVE-2021-1", "openssl", StatementStatus::not_affected, "code_not_present", "3.0.1-1",
         "pkg:deb/debian/openssl@3.0.1-1"},
        {"CVE-2021-2", "", StatementStatus::affected, ""},
        {"CVE-2021-3", "", StatementStatus::under_investigation, "looking"},
    };
    CHECK(read->statements == expected);
}

TEST_CASE("an analysis that lists versions is about those, and clears none that it calls affected") {
    using sbom::is_about;
    const auto one = [](std::string version, std::string range = "", std::string status = "") {
        return std::vector<sbom::AnalysedVersion>{{std::move(version), std::move(range), std::move(status)}};
    };
    constexpr auto cleared = StatementStatus::not_affected, open = StatementStatus::affected;
    struct Row {
        std::vector<sbom::AnalysedVersion> versions;
        const char *version, *purl;
        bool clears, opens;
    };
    for (const auto& row : {
             Row{{}, "1.5", "", true, true},
             Row{one("1.5"), "1.5", "", true, true},
             Row{one("1.4"), "1.5", "", false, false},
             Row{one("1.5", "", "unaffected"), "1.5", "", true, false},
             Row{one("1.5", "", "affected"), "1.5", "", false, true},
             Row{one("1.5", "", "unknown"), "1.5", "", false, false},
             Row{one("1.5.0"), "1.5", "pkg:pypi/x@1.5", true, true},
             Row{one("", "vers:npm/>=1.0|<1.5"), "1.4.9", "pkg:npm/x@1.4.9", true, true},
             Row{one("", "vers:npm/>=1.0|<1.5"), "1.5.0", "pkg:npm/x@1.5.0", false, false},
             Row{one("", "vers:npm/<1.0|>=1.2|!=1.3.1|<=1.5"), "1.5.0", "", true, true},
             Row{one("", "vers:npm/<1.0|>=1.2|!=1.3.1|<=1.5"), "1.3.1", "", false, false},
             Row{one("", "vers:npm/<1.0|>=1.2"), "1.1.0", "", false, false},
             Row{one("", "vers:pypi/*"), "7", "", true, true},
             // What cannot be read clears nothing, and hides nothing.
             Row{one("", "before 2"), "1.5", "", false, true},
             Row{one("", "vers:npm/<1|<2"), "1.5.0", "", false, true},
             Row{one("", "vers:npm/<2"), "custom", "", false, true},
             Row{{{"1.5", "", "affected"}, {"", "vers:npm/*", "unaffected"}}, "1.5", "", false, true},
         }) {
        CAPTURE(row.version);
        CHECK(is_about(row.versions, cleared, row.version, row.purl) == row.clears);
        CHECK(is_about(row.versions, open, row.version, row.purl) == row.opens);
    }
    const auto read = sbom::parse(R"({"bomFormat":"CycloneDX","specVersion":"1.6",
        "serialNumber":"urn:uuid:3E671687-395b-41f5-a30f-a58921a69b79","version":2,
        "components":[{"bom-ref":"a b","type":"library","name":"a","version":"1.5"}],
        "vulnerabilities":[
        {"id":"CVE-1","analysis":{"state":"not_affected"},"affects":[{"ref":"a b","versions":[{"version":"1.4"}]}]},
        {"id":"CVE-2","analysis":{"state":"not_affected"},"affects":[{"ref":"a b","versions":[{"version":"1.5"}]}]},
        {"id":"CVE-3","analysis":{"state":"resolved"},"affects":[{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#a%20b"}]},
        {"id":"CVE-4","analysis":{"state":"resolved"},"affects":[{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a%20b"}]}]})");
    REQUIRE(read.ok());
    std::string said;
    for (const auto& statement : read->statements)
        said += statement.advisory + " " + statement.component_name + ", ";
    CHECK(said == "CVE-2 a, CVE-3 a, ");
    CHECK(read->warned == 2);
    CHECK(read->references.link == "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2");
    REQUIRE(read->linked.size() == 1);
    CHECK(read->linked[0].reference == "a%20b");
}

TEST_CASE("SPDX gives packages with their first identifiers") {
    const auto read = sbom::parse(image);
    REQUIRE_MESSAGE(read.ok(), read.error().text());
    CHECK(read->format == "SPDX-2.3");
    CHECK(read->name == "edge-image");
    CHECK(read->version == "7");
    CHECK(kinds(*read) == "musl:3 alpine:1 ");
    CHECK(read->components.at(0).purl == "pkg:apk/alpine/musl@1.2.3-r4");
    CHECK(read->components.at(0).cpe == "cpe:2.3:a:musl-libc:musl:1.2.3:*:*:*:*:*:*:*");
    CHECK(read->components.at(1).version.empty());
    CHECK(read->warnings.size() == 1);
}

TEST_CASE("the source of a distribution's package is taken from where Trivy writes it") {
    const auto spdx = [](const std::string& purl, const std::string& info) {
        const auto document =
            sbom::parse(R"({"spdxVersion": "SPDX-2.3", "packages": [{"name": "p", "sourceInfo": ")" + info +
                        R"(", "externalRefs": [{"referenceType": "purl", "referenceLocator": ")" + purl +
                        R"("}]}, {"name": "q"}]})");
        return document.value().components.at(0).purl;
    };
    CHECK(
        spdx("pkg:deb/debian/libssl1.1@1.1.1n-0?distro=debian-11", "built package from: openssl 1.1.1n-0") ==
        "pkg:deb/debian/libssl1.1@1.1.1n-0?distro=debian-11&upstream=openssl");
    CHECK(spdx("pkg:deb/debian/libbpf0@1:0.3-2", "built package from: libbpf 0.3-2") ==
          "pkg:deb/debian/libbpf0@1:0.3-2?upstream=libbpf%400.3-2");
    CHECK(spdx("pkg:rpm/redhat/libcurl@7.61-1.el8?epoch=1", "built package from: curl 1:7.61-1.el8") ==
          "pkg:rpm/redhat/libcurl@7.61-1.el8?epoch=1&upstream=curl");
    const std::string same = "pkg:deb/debian/bash@5.1-2";
    CHECK(spdx(same, "built package from: bash 5.1-2") == same);
    CHECK(spdx(same, "built package from: ") == same);
    CHECK(spdx(same, "built package from: (none) 5") == same);
    CHECK(spdx(same, "acquired package info from DPKG DB") == same);
    const std::string stated = "pkg:deb/debian/libc6@2.36?upstream=glibc";
    CHECK(spdx(stated, "built package from: other 1") == stated);
    CHECK(spdx("pkg:npm/left-pad@1", "built package from: other 1") == "pkg:npm/left-pad@1");
    const auto tags = sbom::parse("SPDXVersion: SPDX-2.3\nPackageName: libssl3\n"
                                  "PackageSourceInfo: built package from: openssl 3.0.1\n"
                                  "ExternalRef: PACKAGE-MANAGER purl pkg:apk/alpine/libssl3@3.0.1\n");
    CHECK(tags.value().components.at(0).purl == "pkg:apk/alpine/libssl3@3.0.1?upstream=openssl");
    const auto trivy = sbom::parse(R"({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
      {"type": "library", "name": "libcurl", "version": "7.61.1-22.el8", "purl": "pkg:rpm/redhat/libcurl@7.61.1-22.el8?distro=redhat-8.6",
       "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "curl"}, {"name": "aquasecurity:trivy:SrcVersion", "value": "7.61.1"},
                      {"name": "aquasecurity:trivy:SrcRelease", "value": "30.el8"}, {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"}]}]})");
    CHECK(trivy.value().components.at(0).purl ==
          "pkg:rpm/redhat/libcurl@7.61.1-22.el8?distro=redhat-8.6&upstream=curl%401:7.61.1-30.el8");
}

TEST_CASE("a file with an identifier is software that advisories can name") {
    const auto one = sbom::parse(R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
      {"type": "file", "name": "libz.so", "version": "1.2.11", "cpe": "cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*"},
      {"type": "machine-learning-model", "name": "m", "version": "1", "purl": "pkg:huggingface/a/m@1"},
      {"type": "data", "name": "d"}]})")
                         .value();
    REQUIRE(one.components.size() == 2);
    CHECK(one.components[0].kind == Kind::library);
    CHECK(one.components[0].cpe == "cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*");
    CHECK(one.warned == 1);
    const auto other = sbom::parse(R"({"spdxVersion": "SPDX-2.3", "packages": [
      {"name": "libz.so", "primaryPackagePurpose": "FILE", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:generic/zlib@1.2.11"}]},
      {"name": "README", "primaryPackagePurpose": "FILE"}]})")
                           .value();
    REQUIRE(other.components.size() == 1);
    CHECK(other.components[0].purl == "pkg:generic/zlib@1.2.11");
}

TEST_CASE("what is no SBOM, or a broken one, is refused with its place") {
    struct Row {
        std::string_view text, where, message;
    };
    const Row rows[] = {
        {"[]", "", "an SBOM is an object"},
        {"{}", "", "none of CycloneDX"},
        {R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":{}})", "/@graph",
         "an array"},
        {R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"})", "", "none of CycloneDX"},
        {R"({"bomFormat":"Other","specVersion":"1.6"})", "/bomFormat", "not CycloneDX"},
        {R"({"bomFormat":"CycloneDX"})", "", "\"specVersion\" is missing"},
        {R"({"bomFormat":"CycloneDX","specVersion":"2.0"})", "/specVersion", "not known"},
        {R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":{}})", "/components",
         "an array is wanted"},
        {R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":7}]})", "/components/0/name",
         "a string"},
        {R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[7]})", "/components/0", "an object"},
        {R"({"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"x","analysis":{"state":"fine"}}]})",
         "/vulnerabilities/0/analysis/state", "no state"},
        {R"({"spdxVersion":"SPDX-3.0"})", "/spdxVersion", "not read"},
        {R"({"spdxVersion":"SPDX-2.3","packages":[{"name":"a","externalRefs":"x"}]})",
         "/packages/0/externalRefs", "an array"},
        {R"({"bomFormat":"CycloneDX","bomFormat":"CycloneDX"})", "line 1, column 26", "repeated"},
        {R"({"bomFormat":)", "line 1, column 14", "ends where a value is wanted"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto read = sbom::parse(row.text);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == base::ErrorKind::invalid);
        CHECK(read.error().where == row.where);
        CHECK(read.error().message.find(row.message) != std::string::npos);
    }
}

TEST_CASE("an SBOM that names no software says so") {
    const auto read = sbom::parse(R"({"bomFormat":"CycloneDX","specVersion":"1.5",
        "metadata":{"component":{"type":"device","name":"AC-CAM40","version":"3.1.0"}}})");
    REQUIRE(read.ok());
    CHECK(read->name == "AC-CAM40");
    CHECK(read->version == "3.1.0");
    CHECK(read->components.empty());
    CHECK(read->warnings == std::vector<std::string>{": the SBOM names no software"});
}

TEST_CASE(
    "what an SBOM says of which file it is, is the SHA-256 of the thing that it describes and of no other") {
    const std::string digest(64, 'a'), other(64, 'b');
    struct Row {
        std::string text;
        std::vector<std::string> files;
    };
    for (
        const Row& row :
        {Row{R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"firmware","name":"g",
                 "hashes":[{"alg":"SHA-1","content":"00"},{"alg":"SHA-256","content":")" +
                 digest + R"("}]}},"components":[{"type":"library","name":"l",
                 "hashes":[{"alg":"SHA-256","content":")" +
                 other + R"("}]}]})",
             {digest}},
         Row{R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"firmware","name":"g",
                 "hashes":[{"alg":"SHA-256","content":"short"},{"alg":"SHA-256"},7]}}})",
             {}},
         Row{R"({"spdxVersion":"SPDX-2.3","name":"d","documentDescribes":["SPDXRef-P"],"packages":[
                 {"SPDXID":"SPDXRef-P","name":"p","checksums":[{"algorithm":"SHA256","checksumValue":")" +
                 digest + R"("}]},
                 {"SPDXID":"SPDXRef-Q","name":"q","checksums":[{"algorithm":"SHA256","checksumValue":")" +
                 other + R"("}]}]})",
             {digest}},
         Row{R"({"spdxVersion":"SPDX-2.3","name":"d","documentDescribes":["SPDXRef-File"],"packages":[],"files":[
                 {"SPDXID":"SPDXRef-File","checksums":[{"algorithm":"SHA256","checksumValue":")" +
                 digest + R"("}]}]})",
             {digest}}}) {
        const auto read = sbom::parse(row.text);
        REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
        CHECK(read->files == row.files);
    }
}

TEST_CASE("hardware with a CPE name is what the software runs on") {
    const auto read = sbom::parse(R"({"bomFormat":"CycloneDX","specVersion":"1.5",
        "metadata":{"component":{"type":"device","name":"AC-GW200",
                                 "cpe":"cpe:2.3:h:acme:ac-gw200:-:*:*:*:*:*:*:*"}},
        "components":[{"type":"device","name":"camera","version":"1",
                       "cpe":"cpe:2.3:o:acme:camera_firmware:1:*:*:*:*:*:*:*"}]})");
    REQUIRE(read.ok());
    CHECK(kinds(*read) == "AC-GW200:6 camera:0 ");
}

TEST_CASE("bytes, components and statements are bounded") {
    CHECK(sbom::parse(gateway, {.max_bytes = 100}).error().kind == base::ErrorKind::too_large);
    CHECK(sbom::parse(gateway, {.max_components = 7}).error().kind == base::ErrorKind::too_large);
    CHECK(sbom::parse(gateway, {.max_components = 8}).ok());
    CHECK(sbom::parse(gateway, {.max_statements = 4}).error().kind == base::ErrorKind::too_large);
    CHECK(sbom::parse(gateway, {.max_statements = 5}).ok());
}

TEST_CASE("the SBOMs of the demo's firmware are read without a warning") {
    struct Row {
        std::string file, name, version;
        std::size_t components;
    };
    const Row rows[] = {{"gateway/1.4.2", "AC-GW200", "1.4.2", 82},
                        {"gateway/1.5.0", "AC-GW200", "1.5.0", 87},
                        {"camera/3.1.0", "AC-CAM40", "3.1.0", 36},
                        {"camera/3.2.0", "AC-CAM40", "3.2.0", 42}};
    for (const Row& row : rows) {
        CAPTURE(row.file);
        std::ifstream file(std::string(OAKUM_SOURCE_DIR) + "/demo/firmware/" + row.file + ".cdx.json");
        REQUIRE(file.good());
        const auto read = sbom::parse(std::string(std::istreambuf_iterator<char>(file), {}));
        REQUIRE_MESSAGE(read.ok(), read.error().text());
        CHECK(read->name == row.name);
        CHECK(read->version == row.version);
        CHECK(read->components.size() == row.components);
        CHECK_FALSE(read->statements.empty());
        CHECK(read->warned == 0);
    }
}

TEST_CASE("SPDX 3 gives the packages that are delivered, and what is stated of vulnerabilities in them") {
    const auto document =
        sbom::parse(R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
{"type":"SpdxDocument","spdxId":"d","name":"core-image","rootElement":["s"]},
{"type":"software_Package","spdxId":"p1","name":"busybox-hwclock","software_packageVersion":"1.37.0","software_primaryPurpose":"install",
 "externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"cpe23","identifier":"cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*"}]},
{"type":"software_Package","spdxId":"p2","name":"busybox-1.37.0.tar.bz2","software_primaryPurpose":"source"},
{"type":"software_Package","spdxId":"p3","name":"core-image-minimal","software_primaryPurpose":"archive"},
{"type":"software_Package","spdxId":"p4","name":"left-pad","software_packageVersion":"1.3.0","software_packageUrl":"pkg:npm/left-pad@1.3.0"},
{"type":"software_Package","spdxId":"k1","name":"kernel-image","software_packageVersion":"6.12.38","software_primaryPurpose":"install",
 "externalIdentifier":[{"externalIdentifierType":"cpe23","identifier":"cpe:2.3:*:*:linux_kernel:6.12.38:*:*:*:*:*:*:*"}]},
{"type":"software_Package","spdxId":"k2","name":"kernel-module-usb","software_packageVersion":"6.12.38","software_primaryPurpose":"install",
 "externalIdentifier":[{"externalIdentifierType":"cpe23","identifier":"cpe:2.3:*:*:linux_kernel:6.12.38:*:*:*:*:*:*:*"}]},
{"type":"security_Vulnerability","spdxId":"v1","externalIdentifier":[{"externalIdentifierType":"cve","identifier":"CVE-2022-28391"}]},
{"type":"security_Vulnerability","spdxId":"v2","name":"CVE-2024-1"},
{"type":"security_VexFixedVulnAssessmentRelationship","spdxId":"x1","from":"v1","relationshipType":"fixedIn","to":["p1","p2"]},
{"type":"security_VexNotAffectedVulnAssessmentRelationship","spdxId":"x2","from":"v2","to":["k2"],"security_justificationType":"vulnerableCodeNotPresent"},
{"type":"security_VexNotAffectedVulnAssessmentRelationship","spdxId":"x3","from":"v9","to":["p1"]}]})");
    REQUIRE(document.ok());
    CHECK(document->format == "SPDX-3.0");
    CHECK(document->name == "core-image");
    REQUIRE(document->components.size() == 3);
    CHECK(document->components[0].name == "busybox-hwclock");
    CHECK(document->components[0].cpe == "cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*");
    CHECK(document->components[1].purl == "pkg:npm/left-pad@1.3.0");
    CHECK(document->components[2].name == "kernel-image");
    CHECK(document->components[2].kind == component::Kind::kernel);
    REQUIRE(document->statements.size() == 2);
    CHECK(document->statements[0].advisory == "CVE-2022-28391");
    CHECK(document->statements[0].component_name == "busybox-hwclock");
    CHECK(document->statements[0].status == component::StatementStatus::fixed);
    CHECK(document->statements[0].version == "1.37.0");
    // Said of a module's package, it is said of the kernel.
    CHECK(document->statements[1].component_name == "kernel-image");
    CHECK(document->statements[1].justification == "vulnerableCodeNotPresent");
    CHECK(document->warned == 3);
    CHECK_FALSE(sbom::parse(R"({"@context":"https://schema.org","@graph":[]})").ok());
    CHECK_FALSE(
        sbom::parse(R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":{}})").ok());
}

TEST_CASE("SPDX 2 as lines of tags and values is the same as in JSON") {
    const auto document = sbom::parse(
        "\xEF\xBB\xBFSPDXVersion: SPDX-2.3\r\nDataLicense: CC0-1.0\nDocumentName: thing\n"
        "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-app\n# a remark: no tag\n\n"
        "PackageName: curl\nSPDXID: SPDXRef-curl\nPackageVersion: 8.5.0\n"
        "PackageComment: <text>over\nPackageVersion: 9\nlines</text>\n"
        "ExternalRef: SECURITY cpe23Type cpe:2.3:a:haxx:curl:8.5.0:*:*:*:*:*:*:*\n"
        "ExternalRef: PACKAGE-MANAGER purl pkg:generic/curl@8.5.0\n\n"
        "FileName: ./x\nSPDXID: SPDXRef-x\n\n"
        "PackageName: app\nSPDXID: SPDXRef-app\nPackageVersion: 2\nPrimaryPackagePurpose: APPLICATION\n");
    REQUIRE(document.ok());
    CHECK(document->format == "SPDX-2.3");
    CHECK(document->name == "app");
    CHECK(document->version == "2");
    REQUIRE(document->components.size() == 1);
    CHECK(document->components[0].name == "curl");
    CHECK(document->components[0].version == "8.5.0");
    CHECK(document->components[0].cpe == "cpe:2.3:a:haxx:curl:8.5.0:*:*:*:*:*:*:*");
    CHECK(document->components[0].purl == "pkg:generic/curl@8.5.0");
    CHECK_FALSE(sbom::parse("SPDXVersion: SPDX-1.2\nPackageName: a\n").ok());
    CHECK_FALSE(sbom::parse("Version: 1\n").ok());
}
