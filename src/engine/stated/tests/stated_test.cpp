// SPDX-License-Identifier: Apache-2.0
#include <stated/stated.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using component::StatementStatus;

namespace {

std::vector<component::Component> parts() {
    std::vector<component::Component> list(3);
    list[0].name = "busybox";
    list[0].version = "1.36.1-r0";
    list[1].name = "openssl";
    list[1].version = "3.0.1";
    list[1].purl = "pkg:generic/openssl@3.0.1";
    list[2].name = "openssl";
    list[2].version = "1.1.1";
    list[2].purl = "pkg:generic/openssl@1.1.1";
    return list;
}

// "used 2: CVE-1 busybox 1.36.1-r0 fixed; ..."
std::string laid(std::string_view text, std::string_view thing = {}, const sbom::References& document = {}) {
    const auto said = stated::read(text);
    if (!said.ok()) return "refused: " + said.error().text();
    std::vector<component::Statement> out;
    const auto components = parts();
    const auto used = stated::apply(*said, components, out, thing, document);
    if (!used.ok()) return "refused: " + used.error().text();
    std::string all =
        said->format + ", used " + std::to_string(*used) + " of " + std::to_string(said->size());
    for (const component::Statement& each : out)
        all += "; " + each.advisory + " " +
               (each.component_name.empty() ? "all" : each.component_name + " " + each.version.value_or("")) +
               (each.status == StatementStatus::fixed          ? " fixed"
                : each.status == StatementStatus::not_affected ? " not affected"
                                                               : " else");
    return all;
}

} // namespace

TEST_CASE("a build's list is about the packages of its names and versions, and of nothing else") {
    CHECK(laid(R"({"version":"1","package":[
        {"name":"busybox","version":"1.36.1","issue":[{"id":"CVE-2022-1","status":"Patched"}]},
        {"name":"openssl","version":"9","issue":[{"id":"CVE-2022-2","status":"Patched"}]}]})") ==
          "cve-check or pkg-stats, used 1 of 2; CVE-2022-1 busybox 1.36.1-r0 fixed");
}

TEST_CASE("OpenVEX about a part of a product is about that product's, and without a product about nothing") {
    const auto vex = [](const std::string& statements) {
        return R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"a","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[)" +
               statements + "]}";
    };
    const auto part =
        vex(R"({"vulnerability":{"name":"CVE-1"},"status":"fixed","products":[{"@id":"pkg:oci/gateway@1",
        "subcomponents":[{"@id":"pkg:generic/openssl@3.0.1"}]}]})");
    CHECK(laid(part) == "OpenVEX, used 0 of 1");
    CHECK(laid(part, "registry.example/other:1") == "OpenVEX, used 0 of 1");
    CHECK(laid(part, "registry.example/team/gateway:1") == "OpenVEX, used 1 of 1; CVE-1 openssl 3.0.1 fixed");
    CHECK(laid(part, "gateway 1.0") == "OpenVEX, used 1 of 1; CVE-1 openssl 3.0.1 fixed");
    CHECK(laid(vex(R"({"vulnerability":{"name":"CVE-1"},"status":"fixed"})")) == "OpenVEX, used 0 of 1");
    // An @id of the author's own beside a purl.
    CHECK(laid(vex(
              R"({"vulnerability":{"name":"CVE-1"},"status":"fixed","products":[{"@id":"https://a.example/p",
        "identifiers":{"purl":"pkg:generic/openssl@3.0.1"}}]})")) ==
          "OpenVEX, used 1 of 1; CVE-1 openssl 3.0.1 fixed");
}

TEST_CASE("the latest of OpenVEX's statements comes last, wherever it stands") {
    CHECK(
        laid(
            R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"a","timestamp":"2026-01-02T00:00:00Z","version":1,"statements":[
        {"vulnerability":{"name":"CVE-1"},"timestamp":"2026-03-01T00:00:00Z","status":"affected","action_statement":"u","products":["pkg:generic/openssl@3.0.1"]},
        {"vulnerability":{"name":"CVE-1"},"timestamp":"2026-02-01T00:00:00Z","status":"fixed","products":["pkg:generic/openssl@3.0.1"]},
        {"vulnerability":{"name":"CVE-1"},"status":"not_affected","impact_statement":"i","products":["pkg:generic/openssl@3.0.1"]}]})") ==
        "OpenVEX, used 3 of 3; CVE-1 openssl 3.0.1 not affected; CVE-1 openssl 3.0.1 fixed; CVE-1 openssl "
        "3.0.1 else");
}

TEST_CASE("OpenVEX is about what its purls name") {
    CHECK(
        laid(
            R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"a","timestamp":"2026-01-01T00:00:00Z","version":1,
        "statements":[
        {"vulnerability":{"name":"CVE-2022-3"},"products":[{"@id":"pkg:generic/openssl@3.0.1"}],"status":"fixed"},
        {"vulnerability":{"name":"CVE-2022-4"},"products":[{"@id":"pkg:generic/other@1"}],"status":"fixed"}]})") ==
        "OpenVEX, used 1 of 2; CVE-2022-3 openssl 3.0.1 fixed");
}

TEST_CASE("the analyses of a CycloneDX document are about the component of that version") {
    CHECK(laid(R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[
        {"type":"library","bom-ref":"o","name":"openssl","version":"1.1.1","purl":"pkg:generic/openssl@1.1.1"}],
        "vulnerabilities":[{"id":"CVE-2022-5","analysis":{"state":"not_affected","justification":"code_not_present"},"affects":[{"ref":"o"}]}]})") ==
          "CycloneDX 1.5, used 1 of 1; CVE-2022-5 openssl 1.1.1 not affected");
}

TEST_CASE("a VEX document speaks of what is in another by BOM-Link") {
    const std::string link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1";
    const auto vex = [&](const std::string& reference, const std::string& versions = "[]") {
        return R"({"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[{"id":"CVE-1",
            "analysis":{"state":"not_affected"},"affects":[{"ref":")" +
               reference + R"(","versions":)" + versions + "}]}]}";
    };
    sbom::References document;
    document.link = link;
    document.named["the ssl"].component_name = "openssl";
    document.named["the ssl"].version = "3.0.1";
    document.named["it"] = {};
    const std::string old = "; CVE-1 openssl 3.0.1 not affected", all = "; CVE-1 all not affected";
    struct Row {
        std::string reference, versions;
        bool known;
        std::string said;
    };
    for (const auto& row : {
             Row{link + "#the%20ssl", "[]", true, old},
             Row{link + "#the ssl", "[]", true, old},
             Row{link + "#the%20ssl", "[]", false, ""},
             Row{link + "#other", "[]", true, ""},
             Row{"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#the%20ssl", "[]", true, ""},
             Row{link + "#it", "[]", true, all},
             Row{link, "[]", true, all},
             Row{link, "[]", false, ""},
             Row{link + "#it", R"([{"version":"1"}])", true, ""},
             Row{link + "#the%20ssl", R"([{"version":"3.0.1"}])", true, old},
             Row{link + "#the%20ssl", R"([{"version":"3.0.2"}])", true, ""},
             Row{link + "#pkg:generic/openssl@3.0.1", "[]", false, old},
             Row{link + "#pkg%3Ageneric%2Fopenssl%403.0.1", "[]", false, old},
             Row{link + "#pkg:generic/openssl", "[]", false, ""},
             Row{"pkg:generic/openssl@3.0.1", "[]", false, old},
             Row{"pkg:generic/openssl@3.0.9", "[]", false, ""},
         }) {
        CAPTURE(row.reference);
        CHECK(laid(vex(row.reference, row.versions), "", row.known ? document : sbom::References()) ==
              "CycloneDX 1.5, used " + std::to_string(row.said.empty() ? 0 : 1) + " of 1" + row.said);
    }
}

TEST_CASE("what is none of these is refused, with its place") {
    for (const char* text : {"", "{", "[]", "<html>", R"({"bomFormat":"CycloneDX","specVersion":"99"})"}) {
        CAPTURE(text);
        CHECK(laid(text).starts_with("refused: "));
    }
}
