// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace oakum::risk {

// One question of a decision table and its possible answers, in the order of the publication.
struct DecisionPoint {
    std::string_view name;
    std::span<const std::string_view> values;
};

// A decision table of SSVC (CERT/CC), whole: a row for each combination of answers.
struct DecisionTable {
    std::string_view name;      // "deployer"
    std::string_view published; // "deployer_patch_application_priority_1_0_0", as CERT/CC names its file
    std::string_view key;       // "ssvc:DT_DP:1.0.0"
    std::span<const DecisionPoint> points;
    std::span<const std::string_view> outcomes;
    std::string_view rows; // the index of each row's outcome; the last point varies first

    // One answer for each point, by index.
    std::string_view decide(std::span<const std::size_t> answers) const;
    // The answers in a line, in the order of the points and in any case: separated by tabs or commas, or by
    // spaces ("active open yes very high"). Errors: invalid (names the point and what it can be).
    base::Result<std::string_view> decide(std::string_view line) const;
};

std::span<const DecisionTable> decision_tables();
// By its name, its published name or its key. Errors: not_found (says which there are).
base::Result<const DecisionTable*> decision_table(std::string_view name);
// CISA BOD 26-04, table 1.0.0: the answers are known exploited, publicly exposed, automatable, total impact.
const DecisionTable& bod_26_04();

} // namespace oakum::risk
