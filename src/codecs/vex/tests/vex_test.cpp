// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <json/parse.hpp>
#include <vex/document.hpp>

#include <algorithm>

using namespace oakum;
using component::StatementStatus;

namespace {

vex::Document document() {
    component::Component curl;
    curl.name = "curl";
    curl.version = "7.88.1-10";
    curl.purl = "pkg:deb/debian/curl@7.88.1-10";
    component::Component firmware;
    firmware.kind = component::Kind::firmware;
    firmware.name = "gateway \"x\"\x1b";
    firmware.version = "1.4";
    vex::Document out;
    out.author = "Plant 3";
    out.at = base::parse_time("2026-11-26T09:00:00Z").value();
    out.statements.push_back({"CVE-2026-1",
                              {"OAKUM-2026-1"},
                              StatementStatus::not_affected,
                              "vulnerable_code_not_in_execute_path",
                              "The module is not loaded.",
                              {curl, firmware}});
    out.statements.push_back(
        {"CVE-2026-2", {}, StatementStatus::affected, "", "Update to 7.88.1-11.", {curl}});
    out.statements.push_back({"CVE-2026-3", {}, StatementStatus::affected, "", "", {curl}});
    out.statements.push_back({"CVE-2026-4", {}, StatementStatus::not_affected, "", "", {curl}});
    out.statements.push_back({"CVE-2026-5", {}, StatementStatus::under_investigation, "", "", {curl}});
    out.statements.push_back({"CVE-2026-6", {}, StatementStatus::fixed, "", "", {curl}});
    return out;
}

} // namespace

TEST_CASE("an OpenVEX document holds what its specification asks of each status") {
    const auto parsed = json::parse(vex::to_openvex(document()));
    REQUIRE(parsed.ok());
    for (const char* member : {"@context", "@id", "author", "timestamp", "version", "statements"})
        CHECK(parsed->find(member));
    CHECK(*parsed->string_at("@context") == "https://openvex.dev/ns/v0.2.0");
    const auto statements = parsed->array_at("statements");
    REQUIRE(statements->size() == 6);
    for (const auto& statement : statements->items()) {
        CHECK(statement.object_at("vulnerability")->string_at("name").ok());
        CHECK(statement.array_at("products")->size() > 0);
        const std::string status = *statement.string_at("status");
        if (status == "not_affected")
            CHECK((statement.find("justification") || statement.find("impact_statement")));
        if (status == "affected") CHECK(statement.find("action_statement"));
    }
    CHECK(vex::to_openvex(document()) == vex::to_openvex(document()));
}

TEST_CASE("a CycloneDX document names the components that its statements are about") {
    const auto parsed = json::parse(vex::to_cyclonedx(document()));
    REQUIRE(parsed.ok());
    CHECK(*parsed->string_at("bomFormat") == "CycloneDX");
    CHECK(parsed->string_at("serialNumber")->size() == std::string("urn:uuid:").size() + 36);
    std::vector<std::string> known;
    for (const auto& component : parsed->array_at("components")->items())
        known.push_back(*component.string_at("bom-ref"));
    CHECK(known.size() == 2);
    for (const auto& vulnerability : parsed->array_at("vulnerabilities")->items())
        for (const auto& affected : vulnerability.array_at("affects")->items())
            CHECK(std::find(known.begin(), known.end(), *affected.string_at("ref")) != known.end());
    const auto first = *parsed->array_at("vulnerabilities")->items().begin();
    CHECK(*first.object_at("analysis")->string_at("state") == "not_affected");
    CHECK(*first.object_at("analysis")->string_at("justification") == "code_not_reachable");
}
