// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/declarations.hpp>

#include <doctest/doctest.h>
#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::apple_messages;

namespace {

apple::Phone phone() {
    apple::Phone phone;
    phone.enrolment = "00008101-000A1B2C3D4E5F60";
    return phone;
}
std::vector<std::string> names(const std::vector<Declaration>& all) {
    std::vector<std::string> names;
    for (const Declaration& one : all)
        names.push_back(one.kind + "/" + one.identifier);
    return names;
}
std::string report(const std::string& items, bool full = false) {
    return R"({"StatusItems":)" + items + R"(,"Errors":[])" + (full ? R"(,"FullReport":true})" : "}");
}
Status read(const std::string& items, bool full = false) {
    const auto status = read_status(report(items, full));
    REQUIRE(status.ok());
    return *status;
}

} // namespace

TEST_CASE("a phone is told what to report, and a version only where it is enforced and can be") {
    apple::Phone one = phone();
    CHECK(names(declarations_of(one, "26.3")) ==
          std::vector<std::string>{"activation/oakum.activation", "configuration/oakum.status"});
    one.enforced = apple::Enforced{"26.6.1", "2026-12-01T19:00:00"};
    CHECK(names(declarations_of(one, "26.3")).size() == 3);
    // Before iOS 17 no phone takes it; neither does a person's own, nor one that an account enrolled.
    CHECK(names(declarations_of(one, "16.7")).size() == 2);
    one.personal = true;
    CHECK(names(declarations_of(one, "26.3")).size() == 2);
    for (const Declaration& each : declarations_of(one, "26.3"))
        CHECK(each.text.find("softwareupdate") == std::string::npos);
    one.personal = false;
    one.by_user = true;
    CHECK(names(declarations_of(one, "26.3")).size() == 2);
    for (const Declaration& each : declarations_of(one, "26.3"))
        CHECK(each.text.find("softwareupdate") == std::string::npos);
}

TEST_CASE("a declaration's token changes with what it says, and with nothing else") {
    apple::Phone one = phone();
    one.enforced = apple::Enforced{"26.6.1", "2026-12-01T19:00:00"};
    const auto first = declarations_of(one, "26.3"), again = declarations_of(one, "26.4");
    const Declaration* system = find(first, "declaration/configuration/oakum.system");
    REQUIRE(system);
    CHECK(system->token == find(again, "declaration/configuration/oakum.system")->token);
    CHECK(write_tokens(first, {}) == write_tokens(again, {}));
    one.enforced->until = "2026-12-02T19:00:00";
    const auto later = declarations_of(one, "26.3");
    CHECK(system->token != find(later, "declaration/configuration/oakum.system")->token);
    CHECK(write_tokens(first, {}) != write_tokens(later, {}));
    CHECK(find(first, "declaration/activation/oakum.system") == nullptr);
    CHECK(find(first, "declaration/configuration/other") == nullptr);
    CHECK(system->token.size() <= 64);
}

TEST_CASE("what a phone says of its updates becomes facts; what ended is forgotten") {
    const Status status = read(R"j({"device":{"operating-system":{"version":"26.3","build-version":"23D127",
        "supplemental":{"extra-version":"(a)"}}},
        "softwareupdate":{"install-state":"failed","failure-reason":{"count":2,"reason":"no space"},
        "pending-version":{"os-version":"26.6.1","build-version":"23G83"},"device-id":"D47AP"}})j");
    CHECK(status.version == "26.3");
    CHECK(status.extra == "(a)");
    CHECK(status.facts == Facts{{"x.os_build", "23D127"},
                                {"x.software_update_id", "D47AP"},
                                {"x.update_failure", "no space"},
                                {"x.update_pending", "26.6.1"},
                                {"x.update_state", "failed"}});
    const Status ended = read(R"({"softwareupdate":{"failure-reason":{"count":0},
        "pending-version":{"os-version":"","build-version":""}}})");
    CHECK(ended.facts.empty());
    CHECK(ended.forget == std::vector<std::string>{"x.update_pending", "x.update_failure"});
    CHECK_FALSE(ended.version);
    CHECK_FALSE(ended.tells_declarations);
    // All of it: what is not there is not so.
    CHECK(read(R"({"device":{"operating-system":{"version":"26.3"}}})", true).extra == "");
}

TEST_CASE("how a phone took the enforcement is read with its reasons") {
    const auto of = [](const std::string& one) {
        return read(R"({"management":{"declarations":{"activations":[],"configurations":[)" + one +
                    R"(],"assets":[],"management":[]}}})");
    };
    const Status good = of(R"({"identifier":"oakum.status","active":true,"valid":"valid","server-token":"s"},
        {"identifier":"oakum.system","active":true,"valid":"valid","server-token":"t"})");
    REQUIRE(good.system);
    CHECK(good.system->active);
    CHECK(good.system->valid);
    CHECK(good.system->token == "t");
    const Status bad = of(R"({"identifier":"oakum.system","active":false,"valid":"invalid","server-token":"t",
        "reasons":[{"code":"Error.ConfigurationNotSupported","description":"not here","details":{}},
                   {"code":"Info.NotReferencedByActivation"}]})");
    REQUIRE(bad.system);
    CHECK_FALSE(bad.system->valid);
    CHECK(bad.system->error == "Error.ConfigurationNotSupported: not here; Info.NotReferencedByActivation");
    const Status none = of("");
    CHECK(none.tells_declarations);
    CHECK_FALSE(none.system);
}

TEST_CASE("a report that is none, that balloons, or says other types is refused or passed over") {
    CHECK_FALSE(read_status("").ok());
    CHECK_FALSE(read_status("[]").ok());
    CHECK_FALSE(read_status("{}").ok());
    CHECK_FALSE(read_status(report(std::string(100, '['))).ok());
    CHECK(read_status(std::string(kMostStatus + 1, ' ')).error().kind == base::ErrorKind::too_large);
    CHECK_FALSE(read_status(R"({"StatusItems":{},"FullReport":"yes"})").ok());
    const Status odd = read(R"({"device":7,"softwareupdate":{"install-state":7,"failure-reason":[],
        "pending-version":{"os-version":{}}},"management":{"declarations":{"configurations":{"a":1}}}})");
    CHECK(odd.facts.empty());
    CHECK_FALSE(odd.version);
    CHECK_FALSE(odd.system);
}
