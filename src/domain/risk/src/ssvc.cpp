// SPDX-License-Identifier: Apache-2.0
#include <risk/ssvc.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace oakum::risk {
namespace {

using Words = std::string_view;

constexpr std::array<Words, 2> no_yes{"no", "yes"};
constexpr std::array<Words, 2> technical{"partial", "total"};
constexpr std::array<Words, 3> exploitation{"none", "public poc", "active"};
constexpr std::array<Words, 3> exposure{"small", "controlled", "open"};
constexpr std::array<Words, 4> human_impact{"low", "medium", "high", "very high"};
constexpr std::array<Words, 3> well_being{"low", "medium", "high"};
constexpr std::array<Words, 4> safety{"negligible", "marginal", "critical", "catastrophic"};
constexpr std::array<Words, 4> mission{"degraded", "mef support crippled", "mef failure", "mission failure"};
constexpr std::array<Words, 3> usefulness{"laborious", "efficient", "super effective"};
constexpr std::array<Words, 2> public_safety{"minimal", "significant"};
constexpr std::array<Words, 2> density{"diffuse", "concentrated"};

constexpr std::array bod_points{DecisionPoint{"in KEV", no_yes}, DecisionPoint{"publicly exposed", no_yes},
                                DecisionPoint{"automatable", no_yes},
                                DecisionPoint{"technical impact", technical}};
constexpr std::array<Words, 5> bod_outcomes{"fix on system upgrade", "60 days", "14 days", "3 days",
                                            "3 days & forensic investigation"};

constexpr std::array deployer_points{
    DecisionPoint{"exploitation", exploitation}, DecisionPoint{"system exposure", exposure},
    DecisionPoint{"automatable", no_yes}, DecisionPoint{"human impact", human_impact}};
constexpr std::array<Words, 4> urgency{"defer", "scheduled", "out-of-cycle", "immediate"};

constexpr std::array coordinator_points{
    DecisionPoint{"exploitation", exploitation}, DecisionPoint{"automatable", no_yes},
    DecisionPoint{"technical impact", technical}, DecisionPoint{"mission and well-being", well_being}};
constexpr std::array<Words, 4> coordinator_outcomes{"track", "track*", "attend", "act"};

constexpr std::array supplier_points{
    DecisionPoint{"exploitation", exploitation}, DecisionPoint{"utility", usefulness},
    DecisionPoint{"technical impact", technical}, DecisionPoint{"public safety impact", public_safety}};

constexpr std::array human_points{DecisionPoint{"safety impact", safety},
                                  DecisionPoint{"mission impact", mission}};
constexpr std::array public_safety_points{DecisionPoint{"safety impact", safety}};
constexpr std::array utility_points{DecisionPoint{"automatable", no_yes},
                                    DecisionPoint{"value density", density}};

// As CERT/CC published them in July 2026; tests hold each row to the published files.
constexpr std::array tables{
    DecisionTable{"bod-26-04", "cisa_bod_26_04_1_0_0", "cisa:DT_BOD2604:1.0.0", bod_points, bod_outcomes,
                  "0011122322242434"},
    DecisionTable{"deployer", "deployer_patch_application_priority_1_0_0", "ssvc:DT_DP:1.0.0",
                  deployer_points, urgency,
                  "001101110111111101111112011111110111111211121122112212221122222212232233"},
    DecisionTable{"coordinator", "cisa_coordinator_2_0_3", "cisa:DT_CO:2.0.3", coordinator_points,
                  coordinator_outcomes, "000001002002001012002012002023223233"},
    DecisionTable{"supplier", "supplier_patch_development_priority_1_0_0", "ssvc:DT_SP:1.0.0",
                  supplier_points, urgency, "011212121222121313232323232323233333"},
    DecisionTable{"human-impact", "human_impact_1_0_0", "ssvc:HI:1.0.0", human_points, human_impact,
                  "0013001312233333"},
    DecisionTable{"public-safety-impact", "public_safety_impact_1_0_0", "ssvc:PSI:1.0.0",
                  public_safety_points, public_safety, "0111"},
    DecisionTable{"utility", "utility_1_0_0", "ssvc:U:1.0.0", utility_points, usefulness, "0112"}};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\r'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

base::Error not_among(const DecisionPoint& point, std::string_view given) {
    std::string list;
    for (std::string_view value : point.values)
        list += (list.empty() ? "" : ", ") + std::string(value);
    return base::invalid(
               (given.empty() ? "the answer is missing" : "\"" + std::string(given) + "\" is no answer") +
               "; it is one of " + list)
        .at(point.name);
}

// The value that the text begins with, as whole words; the longest, since "low" is no part of "very low".
std::optional<std::size_t> leading_value(const DecisionPoint& point, std::string_view text) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < point.values.size(); ++i) {
        const std::string_view value = point.values[i];
        const bool whole =
            text.starts_with(value) && (text.size() == value.size() || text[value.size()] == ' ');
        if (whole && (!best || value.size() > point.values[*best].size())) best = i;
    }
    return best;
}

} // namespace

std::string_view DecisionTable::decide(std::span<const std::size_t> answers) const {
    std::size_t row = 0;
    for (std::size_t i = 0; i < points.size(); ++i)
        row = row * points[i].values.size() + answers[i];
    return outcomes[static_cast<std::size_t>(rows[row] - '0')];
}

base::Result<std::string_view> DecisionTable::decide(std::string_view line) const {
    const std::string text = lower(line);
    std::string_view left = trimmed(text);
    const char separator = left.find('\t') != std::string_view::npos  ? '\t'
                           : left.find(',') != std::string_view::npos ? ','
                                                                      : ' ';
    std::vector<std::size_t> answers;
    for (const DecisionPoint& point : points) {
        std::string_view field = left;
        if (separator != ' ') {
            const std::size_t end = left.find(separator);
            field = trimmed(left.substr(0, end));
            left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
        }
        const auto found = leading_value(point, field);
        if (!found || (separator != ' ' && point.values[*found].size() != field.size()))
            return not_among(point, field);
        if (separator == ' ') left = trimmed(left.substr(point.values[*found].size()));
        answers.push_back(*found);
    }
    if (!trimmed(left).empty())
        return base::invalid("\"" + std::string(left) + "\" is left after the answers to all " +
                             std::to_string(points.size()) + " points");
    return decide(answers);
}

std::span<const DecisionTable> decision_tables() {
    return tables;
}

base::Result<const DecisionTable*> decision_table(std::string_view name) {
    std::string list;
    for (const DecisionTable& table : tables) {
        if (name == table.name || name == table.published || name == table.key) return &table;
        list += (list.empty() ? "" : ", ") + std::string(table.name);
    }
    return base::not_found("there is no table \"" + std::string(name) + "\"; there are " + list);
}

const DecisionTable& bod_26_04() {
    return tables.front();
}

} // namespace oakum::risk
