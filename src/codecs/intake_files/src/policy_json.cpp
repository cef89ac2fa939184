// SPDX-License-Identifier: Apache-2.0
#include <intake_files/policy_json.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::intake_files {

base::Result<intake::Policy> read_policy(std::string_view text) {
    if (text.empty()) return intake::Policy();
    TRY_VALUE(const json::Value value, json::parse(text));
    TRY_VALUE(const json::Value checks, value.object_at("checks", intake::kCheckCount));
    std::map<intake::Check, bool> changes;
    for (const json::Value& each : checks.items()) {
        const auto check = intake::parse_check(each.key());
        if (!check.ok()) return each.wrong(check.error().message);
        TRY_VALUE(changes[*check], each.as_bool());
    }
    return intake::Policy().with(changes);
}

std::string write_policy(const intake::Policy& policy) {
    if (policy == intake::Policy()) return "";
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("checks").begin_object();
    for (const intake::Rule& rule : intake::rules())
        if (policy.asks(rule.check) != rule.asked) writer.member(rule.name, policy.asks(rule.check));
    writer.end_object().end_object();
    return text;
}

} // namespace oakum::intake_files
