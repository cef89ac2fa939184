// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>
#include <json/writer.hpp>
#include <schedule/rule.hpp>

namespace oakum::schedule_files {

// {"kind":"window","name":"nights","query":"","times":[{"start":"2026-01-05T02:00","minutes":180,
// "rule":"FREQ=DAILY"}],"zone":"","zone_if_unknown":"UTC","yields_to":"urgent","why":""}; what is left out is
// as in Rule. Errors: invalid, with the place; what schedule::check says too.
base::Result<schedule::Rule> read_rule(const json::Value& value);
void write_rule(json::Writer& writer, const schedule::Rule& rule);

// All rules of a tenant, {"rules":[rule, ...]}; an empty text is none.
inline constexpr std::size_t kMostRules = 64;
base::Result<std::vector<schedule::Rule>> read_rules(std::string_view text);
std::string write_rules(const std::vector<schedule::Rule>& rules);

} // namespace oakum::schedule_files
