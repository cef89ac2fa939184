// SPDX-License-Identifier: Apache-2.0
#include <management_pages/android_policy.hpp>

#include "record.hpp"

#include <base/digest.hpp>
#include <json/writer.hpp>

namespace oakum::management_pages {
namespace {

constexpr std::size_t kLargestPolicy = std::size_t{4} << 20, kLongestPolicyName = 200, kMostRules = 1'000;

base::Result<json::Value> object_in(std::string_view body) {
    json::Limits limits = page_limits();
    limits.max_bytes = kLargestPolicy;
    limits.max_depth = 64;
    TRY_VALUE(json::Value value, json::parse(body, limits));
    if (!value.is_object()) return value.wrong("it is no object");
    if (const auto error = value.find("error")) return error->wrong("it is an error");
    return value;
}

// What is said of updates beside when they are installed (freeze periods, and what will be added) stays.
std::string system_update(const std::optional<json::Value>& before,
                          const std::optional<floor::Hours>& hours) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("type", hours ? "WINDOWED" : "AUTOMATIC");
    if (hours) writer.member("startMinutes", hours->from).member("endMinutes", hours->to);
    if (before)
        for (const json::Value& member : before->items())
            if (member.key() != "type" && member.key() != "startMinutes" && member.key() != "endMinutes")
                writer.key(member.key()).raw(member.source());
    writer.end_object();
    return text;
}

// What tells policies of ours apart that are made of the same one.
std::string when(const std::optional<floor::Hours>& hours) {
    return hours ? std::to_string(hours->from) + "-" + std::to_string(hours->to) : "at once";
}

base::Status check_rules(const json::Value& policy) {
    const auto rules = policy.find("policyEnforcementRules");
    if (!rules) return {};
    if (rules->size() > kMostRules) return rules->wrong("more than 1,000 rules");
    for (const json::Value& rule : rules->items()) {
        const bool wipes = rule.find("wipeAction").has_value();
        if (wipes && Record(rule).text("settingName") == "systemUpdate")
            return base::invalid(
                "its policy has a rule that wipes phones for their system update: nothing is set "
                "for it from here");
    }
    return {};
}

} // namespace

base::Result<std::string> android_policy_of_device(std::string_view body) {
    TRY_VALUE(const json::Value device, object_in(body));
    const std::string name = Record(device).text("policyName");
    return name.substr(name.rfind('/') + 1);
}

base::Result<UpdatePolicy> android_update_policy(std::string_view name, std::string_view body,
                                                 const std::optional<floor::Hours>& hours) {
    if (name.empty() || name.size() > kLongestPolicyName)
        return base::invalid("a policy's name has 1 to 200 bytes");
    TRY_VALUE(const json::Value policy, object_in(body));
    TRY(check_rules(policy));
    const auto before = policy.find("systemUpdate");
    if (before && !before->is_object()) return before->wrong("it is no object");
    const std::string update = system_update(before, hours);
    UpdatePolicy made;
    made.has_freezes = before && before->find("freezePeriods") && before->find("freezePeriods")->size() > 0;
    made.name = std::string(kOwnPolicies) + std::string(name) + "-" +
                base::sha256(std::string(name) + " " + when(hours)).hex().substr(0, 8);
    json::Writer writer(made.body);
    writer.begin_object();
    for (const json::Value& member : policy.items())
        // Who it is, and how often it was changed, is the other policy's.
        if (member.key() != "name" && member.key() != "version" && member.key() != "systemUpdate")
            writer.key(member.key()).raw(member.source());
    writer.key("systemUpdate").raw(update).end_object();
    return made;
}

} // namespace oakum::management_pages
