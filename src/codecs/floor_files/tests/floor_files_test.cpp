// SPDX-License-Identifier: Apache-2.0
#include <floor_files/apple_list.hpp>
#include <floor_files/floor_json.hpp>
#include <json/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::floor_files;

namespace {

base::Result<floor::Policy> read(const std::string& text) {
    const auto value = json::parse(text);
    REQUIRE(value.ok());
    return read_policy(*value);
}

} // namespace

TEST_CASE("a floor is the same after it was kept") {
    floor::Floor floor;
    floor.policy = read(R"({"name":"phones","platform":"android","version":"15","patch_level":"2026-08-05",
        "query":"site = \"Kiel\"","days":10,"exploited_days":2,"hour":20,"zone_if_unknown":"Europe/Berlin",
        "install":"22:00-05:30","why":"policy 7"})")
                       .value();
    CHECK(floor.policy.install == floor::Hours{1'320, 330});
    floor.version = 3;
    floor.set = floor.since = base::from_unix_ms(1'790'000'000'000);
    floor.by = "user anna";
    floor.exceptions.push_back({2,
                                "model = \"TC52\"",
                                "the scanner's app",
                                "user anna",
                                base::from_unix_ms(1'795'000'000'000),
                                exception::State::approved,
                                {{floor.set, exception::State::asked, "user anna", "the scanner's app"},
                                 {floor.set, exception::State::approved, "user ben", ""}}});
    const auto again = read_floor(write_floor(floor));
    REQUIRE_MESSAGE(again.ok(), again.error().text());
    CHECK(*again == floor);
    CHECK_FALSE(read_floor("{}").ok());
    CHECK_FALSE(read_floor(R"({"policy":{"name":"x","platform":"ios","latest":true},"version":1})").ok());
}

TEST_CASE("what is left out has a default, and exploited holes never get more time") {
    const floor::Policy policy = read(R"({"name":"phones","platform":"ios","latest":true,"days":2})").value();
    CHECK(policy.exploited_days == 2);
    CHECK(policy.hour == 19);
    CHECK(policy.zone_if_unknown == "UTC");
    CHECK_FALSE(policy.install.has_value());
}

TEST_CASE("what cannot be meant is refused with its place") {
    const std::pair<std::string, std::string> bodies[] = {
        {R"({"name":"","platform":"ios","latest":true})", "/name"},
        {R"({"name":"x","platform":"ios","latest":true,"wipe":true})", "/wipe"},
        {R"({"name":"x","platform":"ios","latest":"yes"})", "/latest"},
        {R"({"name":"x","platform":"ios","latest":true,"hour":24})", "/hour"},
        {R"({"name":"x","platform":"ios","latest":true,"install":"22-5"})", "/install"},
        {R"({"name":"x","platform":"ios","latest":true,"install":"22:00-24:00"})", "/install"},
    };
    for (const auto& [body, place] : bodies) {
        const auto policy = read(body);
        CAPTURE(body);
        REQUIRE_FALSE(policy.ok());
        CHECK(policy.error().where == place);
    }
    CHECK(to_text(parse_hours("05:07-23:59").value()) == "05:07-23:59");
}

TEST_CASE("Apple's list says what is offered to which model") {
    const auto list = read_apple_list(R"({"LastCheck":"2026-08-22T18:45:03.083466422+00:00","OSVersions":[
        {"OSVersion":"26","SecurityReleases":[
          {"ProductName":"iOS and iPadOS","ProductVersion":"26.6.1","ReleaseDate":"2026-08-17T00:00:00Z","SupportedDevices":["iPhone16,1"]},
          {"ProductName":"iOS and iPadOS","ProductVersion":"26.4","ReleaseDate":"2026-03-24T00:00:00Z","SupportedDevices":null}]}],
        "Devices":{"iPhone16,1":{"MarketingName":"iPhone 15 Pro"}}})");
    REQUIRE_MESSAGE(list.ok(), list.error().text());
    CHECK(list->model("iPhone 15 Pro").newest->version == "26.6.1");
    CHECK(base::to_date(list->as_of()) == "2026-08-22");
    for (
        const std::string_view other :
        {"{}", "[]", R"({"OSVersions":[]})",
         R"({"OSVersions":[{"SecurityReleases":[{"ProductName":"macOS","ProductVersion":"26","ReleaseDate":"2026-08-17T00:00:00Z"}]}]})",
         R"({"OSVersions":[{"SecurityReleases":[{"ProductName":"iOS","ProductVersion":7,"ReleaseDate":"2026-08-17T00:00:00Z"}]}]})"})
        CHECK_FALSE(read_apple_list(other).ok());
}
