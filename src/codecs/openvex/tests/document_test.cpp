// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <openvex/document.hpp>

using namespace oakum;
using component::StatementStatus;

namespace {

std::string document(const std::string& statements) {
    return R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex/1","author":"Acme","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[)" +
           statements + "]}";
}

} // namespace

TEST_CASE("statements are read with their products, subcomponents and reasons") {
    const auto read = openvex::parse(document(
        R"({"vulnerability":{"name":"CVE-2024-1","aliases":["GHSA-1"]},"products":[{"@id":"pkg:apk/alpine/busybox@1.36.1","subcomponents":[]}],"status":"not_affected","justification":"vulnerable_code_not_present","impact_statement":"built without it"},
            {"vulnerability":{"name":"CVE-2024-2"},"products":[{"@id":"pkg:oci/app","subcomponents":[{"@id":"pkg:deb/debian/openssl"},{"identifiers":{"purl":"pkg:deb/debian/curl"}}]}],"status":"fixed"},
            {"vulnerability":"CVE-2024-3","products":["pkg:npm/x"],"status":"under_investigation"},
            {"vulnerability":{"@id":"https://nvd.nist.gov/CVE-2024-4"},"status":"affected","action_statement":"update"})"));
    REQUIRE(read.ok());
    REQUIRE(read->size() == 4);
    const openvex::Statement& first = (*read)[0];
    CHECK(first.vulnerabilities == std::vector<std::string>{"CVE-2024-1", "GHSA-1"});
    CHECK(first.status == StatementStatus::not_affected);
    CHECK(first.justification == "vulnerable_code_not_present: built without it");
    CHECK(first.about == std::vector<std::string>{"pkg:apk/alpine/busybox@1.36.1"});
    CHECK((*read)[1].about == std::vector<std::string>{"pkg:deb/debian/openssl", "pkg:deb/debian/curl"});
    CHECK((*read)[2].about == std::vector<std::string>{"pkg:npm/x"});
    CHECK((*read)[3].about.empty());
    CHECK(openvex::is_openvex(document("")));
    CHECK_FALSE(openvex::is_openvex(R"({"bomFormat":"CycloneDX"})"));
}

TEST_CASE("what the specification forbids is refused with its place") {
    struct Row {
        const char *statement, *place;
    };
    for (const Row& row :
         {Row{R"({"vulnerability":{"name":"CVE-1"},"status":"not_affected"})", "/statements/0"},
          Row{R"({"vulnerability":{"name":"CVE-1"},"status":"fine"})", "/statements/0/status"},
          Row{R"({"vulnerability":{},"status":"fixed"})", "/statements/0/vulnerability"},
          Row{R"({"status":"fixed"})", "/statements/0"},
          Row{R"({"vulnerability":"CVE-1","products":[{}],"status":"fixed"})", "/statements/0/products/0"},
          Row{R"({"vulnerability":"CVE-1","products":[7],"status":"fixed"})", "/statements/0/products/0"}}) {
        const auto read = openvex::parse(document(row.statement));
        INFO(std::string(row.statement));
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().where.starts_with(row.place));
    }
    CHECK_FALSE(openvex::parse(R"({"@context":"https://example.com","statements":[]})").ok());
    CHECK_FALSE(openvex::parse("[]").ok());
}

TEST_CASE("a statement is about components whose package, version and qualifiers it names") {
    std::vector<component::Component> components(3);
    components[0].name = "busybox";
    components[0].purl = "pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19.1";
    components[1].name = "busybox";
    components[1].purl = "pkg:apk/alpine/busybox@1.30.0?distro=alpine-3.9.0";
    components[2].name = "musl"; // nothing but a name
    const openvex::Subjects subjects(components);
    using Places = std::vector<std::uint32_t>;
    CHECK(subjects.named_by("busybox") == Places{0, 1});
    CHECK(subjects.named_by("musl") == Places{2});
    CHECK(subjects.named_by("pkg:apk/alpine/busybox") == Places{0, 1});
    CHECK(subjects.named_by("pkg:apk/alpine/busybox@1.36.1-r15") == Places{0});
    CHECK(subjects.named_by("pkg:apk/alpine/busybox?distro=alpine-3.9.0") == Places{1});
    for (const char* about : {"", "busy", "pkg:apk/alpine/busybox@1.36.0", "pkg:deb/debian/busybox",
                              "pkg:apk/alpine/musl", "pkg:apk/alpine/busybox?distro=alpine-3.18.0", "pkg:"})
        CHECK_MESSAGE(subjects.named_by(about).empty(), about);
}
