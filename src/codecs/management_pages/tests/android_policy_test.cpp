// SPDX-License-Identifier: Apache-2.0
#include <management_pages/android_policy.hpp>

#include <json/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::management_pages;

namespace {

constexpr std::string_view kPolicy = R"({
 "name": "enterprises/LC0abc/policies/default", "version": "17",
 "applications": [{"packageName": "de.example.app", "installType": "FORCE_INSTALLED", "delay": 1.5}],
 "systemUpdate": {"type": "POSTPONE", "startMinutes": 5, "freezePeriods": [{"startDate": {"month": 12, "day": 20},
   "endDate": {"month": 12, "day": 31}}], "allowedDaysWithoutUpdate": 3},
 "aFieldThatIsNewTomorrow": {"x": [1, 2]}, "minimumApiLevel": 30})";

base::Result<UpdatePolicy> made(std::string_view body, std::optional<floor::Hours> hours = {}) {
    return android_update_policy("default", body, hours);
}

} // namespace

TEST_CASE("a policy is copied whole, but for its system update and what names it") {
    const auto policy = made(kPolicy);
    REQUIRE(policy.ok());
    CHECK(policy->name.starts_with("oakum-default-"));
    CHECK(policy->has_freezes);
    json::Limits limits;
    limits.floats = true;
    const auto value = json::parse(policy->body, limits);
    REQUIRE(value.ok());
    CHECK_FALSE(value->find("name"));
    CHECK_FALSE(value->find("version"));
    CHECK(value->find("applications")->source() ==
          R"([{"packageName": "de.example.app", "installType": "FORCE_INSTALLED", "delay": 1.5}])");
    CHECK(value->find("aFieldThatIsNewTomorrow")->source() == R"({"x": [1, 2]})");
    CHECK(value->int_at("minimumApiLevel").value() == 30);
    const auto update = value->find("systemUpdate");
    CHECK(update->string_at("type").value() == "AUTOMATIC");
    CHECK_FALSE(update->find("startMinutes"));
    CHECK(update->find("freezePeriods")->size() == 1);
    CHECK(update->int_at("allowedDaysWithoutUpdate").value() == 3);
}

TEST_CASE("a floor's hours become the policy's window") {
    const auto policy = made(kPolicy, floor::Hours{1'320, 300});
    REQUIRE(policy.ok());
    CHECK(policy->body.find(R"("systemUpdate":{"type":"WINDOWED","startMinutes":1320,"endMinutes":300,)") !=
          std::string::npos);
    CHECK(policy->name != made(kPolicy)->name);
    CHECK(policy->name == made(kPolicy, floor::Hours{1'320, 300})->name);
}

TEST_CASE("no phone is made subject to a rule that wipes it for its update") {
    const auto rule = [](std::string_view setting, std::string_view action) {
        return R"({"policyEnforcementRules":[{"settingName":")" + std::string(setting) + R"(",")" +
               std::string(action) + R"(":{"wipeAfterDays":10}}]})";
    };
    CHECK(made(rule("systemUpdate", "wipeAction")).error().kind == base::ErrorKind::invalid);
    CHECK(made(rule("applications", "wipeAction")).ok());
    CHECK(made(rule("systemUpdate", "blockAction")).ok());
}

TEST_CASE("a policy that does not ask for a level gets none: phones below it would be wiped") {
    const auto policy = made(R"({"cameraDisabled":true})");
    REQUIRE(policy.ok());
    CHECK(policy->body == R"({"cameraDisabled":true,"systemUpdate":{"type":"AUTOMATIC"}})");
}

TEST_CASE("what is no policy is refused") {
    CHECK_FALSE(made("[]").ok());
    CHECK_FALSE(made(R"({"error":{"code":403}})").ok());
    CHECK_FALSE(made(R"({"systemUpdate":"AUTOMATIC"})").ok());
    CHECK_FALSE(made("{").ok());
    CHECK_FALSE(android_update_policy("", "{}", {}).ok());
}

TEST_CASE("a device's policy is the last part of its name") {
    CHECK(android_policy_of_device(R"({"policyName":"enterprises/LC0abc/policies/default"})").value() ==
          "default");
    CHECK(android_policy_of_device("{}").value().empty());
    CHECK_FALSE(android_policy_of_device("null").ok());
}
