// SPDX-License-Identifier: Apache-2.0
// What a person reads, held to files in tests/data/cli: one a noun, with every verb of the table. The answers
// are those that the server's own golden file has, so a verb that asks for a member that no answer holds
// shows here. OAKUM_REWRITE_GOLDEN=1 rewrites the files; read the diff.
#include "verb.hpp"
#include "world.hpp"

#include <cli/table.hpp>

#include <json/parse.hpp>

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace oakum;
using namespace oakum::cli;

namespace {

const std::string kSource = OAKUM_SOURCE_DIR;
const std::string kId = "01jc0000000000000000000002";

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

json::Value document(const std::string& path) {
    return json::parse(text_of(path), {.max_bytes = 8 << 20, .max_values = 500'000, .floats = true}).value();
}

void golden(const std::string& name, const std::string& text) {
    const std::string path = kSource + "/tests/data/cli/" + name + ".txt";
    if (std::getenv("OAKUM_REWRITE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(kSource + "/tests/data/cli");
        std::ofstream(path, std::ios::binary) << text;
    }
    INFO("OAKUM_REWRITE_GOLDEN=1 rewrites ", path);
    CHECK(text == text_of(path));
}

// Answers that the API's golden file does not hold, or not so.
std::string own_answer(const std::string& schema) {
    std::string user =
        R"({"id":"01jc0000000000000000000009","name":"anna","role":"operator","scope":[],"disabled":false,"password_set":true,"created":"2026-11-01T08:00:00Z"})";
    std::string token =
        R"({"id":"01jc000000000000000000000a","label":"ci","user":{"id":"01jc0000000000000000000009","name":"anna"},"scopes":["read","operate"],"created":"2026-11-01T08:00:00Z","expires":"2027-01-30T08:00:00Z","revoked":false})";
    std::string enrolment =
        R"({"id":"01jc000000000000000000000b","label":"plant 3 gateways","group":{"id":"01jc0000000000000000000001","name":"Plant 3"},"uses_left":10,"created":"2026-11-22T08:00:00Z","expires":"2026-11-23T08:00:00Z","revoked":false})";
    // Others than the API's, so that what waits for an end gets to it.
    if (schema == "Upload")
        return R"({"id":"01jc000000000000000000000c","name":"gateway.tar","length":5,"sha256":"00ff","offset":5,"finished":true})";
    if (schema == "User") return user;
    if (schema == "Token") return token;
    if (schema == "EnrolmentToken") return enrolment;
    if (schema == "Me")
        return R"({"id":"01jc0000000000000000000009","name":"anna","role":"operator","scope":[],"via":"session","token_scopes":["read","operate"],"permissions":["device.read","device.operate"],"csrf":"c","session_expires":null,"password_set":true})";
    if (schema == "TokenCreated") return R"({"secret":"s3cret","token":)" + token + "}";
    if (schema == "EnrolmentTokenCreated")
        return R"({"secret":"s3cret","command":"oakum-agent enroll --server https://oakum.example:8443 --ca-fingerprint 00ff --token s3cret","enrolment_token":)" +
               enrolment + "}";
    if (schema == "Attachments")
        return R"({"items":[{"name":"gateway-1.5.0.tar.minisig","kind":"minisign","by":"user anna","at":"2026-08-21T00:00:00Z","length":310,"sha256":"00ff"}]})";
    if (schema == "IntakePolicy")
        return R"({"checks":[{"check":"signature","what":"its maker signed it, with a key that is trusted for its line","asked":true,"otherwise":false,"always":false,"overridable":false}],"signers":[{"name":"acme","kind":"minisign","key":"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3","lines":["gateway"]}]})";
    if (schema == "SignInRules") return R"({"second_factor_required":true})";
    if (schema == "SessionsEnded") return R"({"ended":3})";
    if (schema == "AuditVerification")
        return R"({"ok":true,"records":13,"removed":0,"first_bad":null,"head":"00ff","sentence":"All 13 records follow from one another."})";
    return {};
}

// A server made of the OpenAPI document and of the golden answers.
struct Documented {
    json::Value api = document(kSource + "/src/protocols/api/openapi.json");
    json::Value answers = document(kSource + "/tests/data/api/answers.json");

    static std::string last_part(std::string_view reference) {
        return std::string(reference.substr(reference.rfind('/') + 1));
    }
    std::string answer_of(const std::string& schema) const {
        if (std::string own = own_answer(schema); !own.empty()) return own;
        if (const auto known = answers.find(schema)) return std::string(known->source());
        // A page of something.
        const auto properties = api.at("components")->at("schemas")->at(schema)->find("properties");
        if (!properties || !properties->find("items")) return "null";
        const auto item = properties->find("items")->find("items");
        const std::string inner = answer_of(last_part(item->find("$ref")->text()));
        return R"({"items":[)" + inner + R"(],"next_cursor":null,"total":1})";
    }
    static bool matches(std::string_view pattern, std::string_view path) {
        const std::size_t open = pattern.find('{');
        if (open == std::string_view::npos) return pattern == path;
        if (path.substr(0, open) != pattern.substr(0, open)) return false;
        path.remove_prefix(open);
        const std::string_view rest = pattern.substr(pattern.find('}') + 1);
        const std::size_t end = std::min(path.find('/'), path.size());
        return end > 0 && path.substr(end) == rest;
    }
    ports::ClientResponse operator()(const ports::ClientRequest& request) const {
        constexpr std::string_view kNames[] = {"get", "head", "post", "put", "patch", "delete"};
        const std::string path = request.target.substr(0, request.target.find('?'));
        const json::Value paths = *api.find("paths");
        for (const json::Value& each : paths.items()) {
            const auto operation = each.find(kNames[static_cast<std::size_t>(request.method)]);
            if (!operation || !matches(each.key(), path)) continue;
            const json::Value responses = *operation->find("responses");
            for (const char* status : {"200", "201", "202", "204"}) {
                const auto response = responses.find(status);
                if (!response) continue;
                const auto content = response->find("content");
                if (!content) return {std::atoi(status), {}, ""};
                const json::Value schema = *content->find("application/json")->find("schema");
                return {std::atoi(status), {}, answer_of(last_part(schema.find("$ref")->text()))};
            }
        }
        return {404, {}, R"({"title":"Not found","status":404,"detail":"no such path","kind":"not_found"})"};
    }
};

std::vector<std::string> words_of(const Verb& verb) {
    std::vector<std::string> words{std::string(verb.noun), std::string(verb.name)};
    for (const Option& option : verb.options) {
        if (option.place == Place::path) words.push_back(kId);
        if (option.place == Place::words) words.emplace_back("some words");
        if (option.place == Place::path || option.place == Place::words || !option.required) continue;
        words.push_back("--" + std::string(option.name));
        words.emplace_back(option.place == Place::body_integer ? "5" : "some words");
    }
    return words;
}

} // namespace

TEST_CASE("what each verb shows is what the golden file of its noun says") {
    const Documented server;
    std::map<std::string, std::string> texts;
    for (const Verb& verb : verbs()) {
        std::string& text = texts[std::string(verb.noun)];
        test::World world;
        world.answer_any = server;
        const std::vector<std::string> words = words_of(verb);
        text += world.session(words);
        CHECK_MESSAGE(world.err.find("Not found") == std::string::npos, text);
        if (verb.shape == Shape::nothing) continue;
        auto as_csv = words;
        as_csv.insert(as_csv.end(), {"-o", "csv"});
        text += world.session(as_csv);
        if (verb.shape != Shape::page) continue;
        world.console.terminal = true;
        world.console.width = 80;
        text += "On a terminal of 80 columns:\n" + world.session(words);
        std::istringstream lines(world.out);
        for (std::string line; std::getline(lines, line);)
            CHECK_MESSAGE(display_width(line) <= 80, line);
    }
    for (const auto& [noun, text] : texts)
        golden(noun, text);
}

TEST_CASE("commands that are more than one request show what the golden file says") {
    const Documented server;
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "oakum-cli-golden";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    std::ofstream("fleet.csv") << "serial,model\nGW-1,AC-GW200\nGW-2,AC-GW200\n";
    std::ofstream("gateway.tar") << "bytes";
    std::ofstream("gateway.cdx.json")
        << R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"busybox","version":"1.36.0","purl":"pkg:apk/alpine/busybox@1.36.0"}]})";
    std::ofstream("kev.json")
        << R"({"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"2026.08.21","dateReleased":"2026-08-21T00:00:00Z","count":0,"vulnerabilities":[]})";

    std::string text;
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {},
             {"status", "--query", "site = x", "-o", "csv"},
             {"search", "cam"},
             {"device", "explain", kId},
             {"device", "explain", kId, "-o", "csv"},
             {"rollout", "explain", kId},
             {"finding", "explain", "CVE-2024-6387", "--device", kId},
             {"finding", "explain", "CVE-2024-6387"},
             {"whoami"},
             {"device", "import", "fleet.csv"},
             {"device", "import", "fleet.csv", "--dry-run"},
             {"device", "bulk", "--query", "site = plant-3", "--hold"},
             {"device", "bulk", "--query", "", "--fact", "owner=line 4", "--fact", "site=", "--yes"},
             {"device", "bulk", "--device", kId, "--group", "", "-o", "csv"},
             {"device", "bulk", "--query", "", "--retire", "--yes", "-o", "csv"},
             {"device", "bulk", "--hold"},
             {"device", "bulk", "--query", "", "--hold", "--retire"},
             {"device", "bulk", "--query", "", "--fact", "owner"},
             {"edit", "undo", kId},
             {"edit", "undo", kId, "--dry-run"},
             {"sbom", "attach", "gateway.cdx.json", "--model", "AC-GW200", "--version", "1.4.2"},
             {"sbom", "attach", "gateway.cdx.json", "--model", "AC-GW200", "--version", "1.4.2", "--dry-run"},
             {"sbom", "attach", "gateway.cdx.json"},
             {"feed", "import", "kev.json", "--dry-run"},
             {"advisory", "show", "CVE-2024-6387"},
             {"advisory", "show", "CVE-2024-6387", "-o", "csv"},
             {"scan", "gateway.cdx.json", "--advisories", "kev.json"},
             {"scan", "fleet.csv", "--advisories", "kev.json"},
             {"artifact", "upload", "gateway.tar", "--dry-run"},
             {"artifact", "upload", "gateway.tar"},
             {"release", "create", "--name", "gateway", "--version", "1.5.0", "--artifact", "gateway.tar",
              "--model", "AC-GW200", "--sbom", "gateway.cdx.json", "--publish"},
             {"release", "create", "--name", "gateway", "--version", "1.5.0", "--artifact", "gateway.tar",
              "--model", "AC-GW200", "--publish", "--dry-run"},
             {"release", "create", "--name", "gateway", "--version", "1.5.0", "--model", "AC-GW200"},
             {"rollout", "create", "--name", "spring", "--release", kId, "--wave", "canary=5", "--wave",
              "all=100", "--start"},
             {"rollout", "create", "--name", "spring", "--release", kId, "--care", "careful", "--dry-run"},
             {"rollout", "create", "--name", "spring", "--release", kId, "--wave", "canary"},
             {"backup", "create", "monday.oakum"},
             {"backup", "create", "monday.oakum", "--dry-run"},
             {"backup", "verify", "monday.oakum"},
             {"backup", "schedule"},
             {"backup", "schedule", "--every-hours", "12", "--keep", "3", "--with-files", "false"},
             {"backup", "schedule", "--keep", "3", "--dry-run"},
             {"backup", "schedule", "--keep", "0"},
             {"support", "bundle", "help.tar"},
             {"support", "bundle", "fleet.csv"},
             {"channel", "add", "--name", "on call", "--kind", "webhook", "--address",
              "https://example.org/hook"},
             {"channel", "add", "--name", "team", "--kind", "slack", "--address-stdin", "--dry-run"},
             {"channel", "add", "--name", "team", "--kind", "slack"},
             {"channel", "test", kId},
             {"user", "create", "--name", "anna", "--role", "operator"},
             {"user", "create", "--name", "anna", "--role", "operator", "--dry-run"},
             {"user", "password", "anna"},
             {"token", "create", "--label", "ci", "--scopes", "read,operate", "--days", "90"},
             {"token", "create", "--label", "ci", "--scopes", "read,write", "--days", "90"},
             {"device"},
             {"device", "lst"},
             {"divice", "list"},
             {"device", "show"},
             {"device", "show", "nobody"},
             {"device", "list", "--limit", "0"}}) {
        test::World world;
        world.answer_any = server;
        world.answer(
            "/api/v1/jobs/01930000", 200,
            R"({"id":"01930000","state":"done","detail":"/var/lib/oakum/backups/monday.oakum: 4096 bytes, 7 devices"})");
        // Nothing has that name or serial.
        world.answer(
            "/api/v1/devices?query=%28serial%20%3d%20%22nobody%22%20or%20name%20%3d%20%22nobody%22%29%20and%"
            "20lifecycle%20in%20%28pending%2c%20active%2c%20quiet%2c%20retired%2c%20unmanaged%29&limit=2",
            200, R"({"items":[],"next_cursor":null,"total":0})");
        text += world.session(words);
        const bool dry = std::ranges::find(words, "--dry-run") != words.end() && words[1] != "import";
        for (const ports::ClientRequest& request : world.asked)
            if (dry) CHECK_MESSAGE(request.method == ports::Method::get, text);
    }
    std::filesystem::current_path(before);
    std::filesystem::remove_all(folder);
    golden("commands", text);
}
