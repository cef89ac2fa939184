// SPDX-License-Identifier: Apache-2.0
#include <connector/managed_device.hpp>
#include <connector/permissions.hpp>
#include <connector/sweep.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::connector;

namespace {

Connector good() {
    Connector one;
    one.name = "hq";
    one.url = "https://graph.microsoft.com";
    one.sign_in = "https://login.microsoftonline.com";
    one.account = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    one.client = "11111111-2222-3333-4444-555555555555";
    one.secret = "s3cr3t~";
    return one;
}
std::string place_of(const Connector& one, Plain plain = Plain::refused) {
    const auto status = check(one, plain);
    return status.ok() ? "" : status.error().where;
}
constexpr base::TimePoint kNow = base::from_unix_ms(1'790'000'000'000);

} // namespace

TEST_CASE("a connector is checked field by field") {
    CHECK(place_of(good()).empty());
    const std::pair<void (*)(Connector&), std::string> wrong[] = {
        {[](Connector& c) { c.name = "-x"; }, "/name"},
        {[](Connector& c) { c.name = ""; }, "/name"},
        {[](Connector& c) { c.account = ""; }, "/account"},
        {[](Connector& c) { c.account = "../../other"; }, "/account"},
        {[](Connector& c) { c.account = "a b"; }, "/account"},
        {[](Connector& c) { c.client = "x&grant_type=y"; }, "/client"},
        {[](Connector& c) { c.url = "http://graph.microsoft.com"; }, "/url"},
        {[](Connector& c) { c.url = "https://graph.microsoft.com/v1.0"; }, "/url"},
        {[](Connector& c) { c.url = "https://user@host"; }, "/url"},
        {[](Connector& c) { c.sign_in = "ftp://x"; }, "/sign_in"},
        {[](Connector& c) { c.every = std::chrono::seconds(10); }, "/every_seconds"},
        {[](Connector& c) { c.secret = std::string(20'000, 'x'); }, "/secret"},
    };
    for (const auto& [change, place] : wrong) {
        Connector one = good();
        change(one);
        CAPTURE(place);
        CHECK(place_of(one) == place);
    }
    Connector local = good();
    local.url = "http://127.0.0.1:8080";
    CHECK(place_of(local, Plain::allowed).empty());
}

TEST_CASE("the origin of an address is its scheme, host and port") {
    CHECK(origin_of("https://graph.microsoft.com/v1.0/x?$skiptoken=1") == "https://graph.microsoft.com");
    CHECK(origin_of("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
    CHECK(origin_of("https://a\\@b/").empty());
    CHECK(origin_of("https://user@b/").empty());
    CHECK(origin_of("//b/").empty());
    CHECK(origin_of("").empty());
}

TEST_CASE("a personal device keeps what findings need and nothing that leads to its owner") {
    ManagedDevice phone;
    phone.id = "i";
    phone.facts = {{"platform", "ios"},      {"os_version", "26.3"}, {"serial", "S"},
                   {"name", "Anna's phone"}, {"x.imei", "35"},       {"x.udid", "U"},
                   {"x.mac", "00:00"},       {"x.user", "anna"},     {"x.intune_id", "i"},
                   {"model", "iPhone 15"},   {"tag.category", "x"}};
    phone.apps.emplace();
    const ManagedDevice least = minimal(phone);
    CHECK(least.id == "i");
    CHECK(least.facts ==
          std::map<std::string, std::string>{
              {"platform", "ios"}, {"os_version", "26.3"}, {"x.intune_id", "i"}, {"model", "iPhone 15"}});
    CHECK_FALSE(least.apps);
}

TEST_CASE("serials that nobody set name no device") {
    for (const char* serial : {"", "0", "0000000000", "Unknown", "To Be Filled By O.E.M.", "N/A"})
        CHECK_MESSAGE(is_placeholder(serial), serial);
    CHECK_FALSE(is_placeholder("C39XH0A1JC6F"));
    CHECK_FALSE(is_placeholder("00A1"));
    CHECK(family_of("ios") == family_of("ipados"));
    CHECK(family_of("ios") != family_of("macos"));
    CHECK(family_of("android") != family_of("ios"));
}

TEST_CASE("a device is gone after three full sweeps in a row that did not name it, and not before") {
    auto first = after_sweep({}, {"a"}, 100, Trust::normal, kNow);
    CHECK(first.gone.empty());
    CHECK(first.missing.at("a") == Missing{1, kNow});
    auto second = after_sweep(first.missing, {"a"}, 100, Trust::normal, kNow + std::chrono::hours(1));
    CHECK(second.missing.at("a") == Missing{2, kNow});
    // Named again: it begins anew.
    CHECK(after_sweep(second.missing, {}, 100, Trust::normal, kNow).missing.empty());
    const auto third = after_sweep(second.missing, {"a"}, 100, Trust::normal, kNow);
    CHECK(third.gone == std::vector<std::string>{"a"});
    CHECK(third.missing.empty());
}

TEST_CASE("a sweep that lost many at once is not believed, unless a person says so") {
    std::vector<std::string> lost;
    for (int i = 0; i < 40; ++i)
        lost.push_back(std::to_string(i));
    const auto odd = after_sweep({{"x", {2, kNow}}}, lost, 60, Trust::normal, kNow);
    CHECK(odd.suspicious);
    CHECK(odd.gone.empty());
    CHECK(odd.missing.size() == 1);
    const auto forced = after_sweep({}, lost, 60, Trust::forced, kNow);
    CHECK_FALSE(forced.suspicious);
    CHECK(forced.missing.size() == 40);
    // Those that were missing before are no news.
    CHECK_FALSE(after_sweep(forced.missing, lost, 60, Trust::normal, kNow).suspicious);
}

TEST_CASE("each kind says what has to be granted and why, and what it changes") {
    for (const Kind kind : kinds()) {
        CHECK(parse_kind(to_string(kind)).value() == kind);
        CHECK_FALSE(about(kind).title.empty());
        REQUIRE_FALSE(permissions(kind).empty());
        for (const Permission& one : permissions(kind)) {
            CHECK_FALSE(one.reason.empty());
            // Read-only: nothing that writes is asked for.
            CHECK(one.name.find("Write") == std::string_view::npos);
        }
        CHECK(steps(kind).size() >= 3);
        CHECK(writes(kind, Writes::nothing).starts_with("Nothing"));
    }
    CHECK_FALSE(parse_kind("jamf").ok());
}
