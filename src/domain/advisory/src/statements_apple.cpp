// SPDX-License-Identifier: Apache-2.0
// Apple's releases: a branch of a system, the models that a release is for, and what it fixes.
#include "names.hpp"
#include "statement_rows.hpp"
#include "statements.hpp"

#include <chrono>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

namespace {

// Empty for none.
std::string lines_of(const std::vector<std::string>& models) {
    std::string lines;
    for (const auto& model : models)
        lines += (lines.empty() ? "\n" : "") + model + "\n";
    return lines;
}

bool is_same_day(base::TimePoint a, base::TimePoint b) {
    return std::chrono::floor<std::chrono::days>(a) == std::chrono::floor<std::chrono::days>(b);
}

} // namespace

void StatementCompiler::add(const AppleRelease& release, std::uint32_t record) {
    const auto branch = version::ios_branch(release.version);
    if (!branch.ok() || mobile_system(release.product).empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::apple;
    rule.scheme = static_cast<std::uint8_t>(Scheme::ios);
    rule.name = strings_.add(release.product);
    rule.extra = strings_.add(lines_of(release.supported_devices));
    Range range;
    range.low_text = strings_.add(*branch);
    range.high_text = strings_.add(release.version);
    range.high_key = key_of(Scheme::ios, release.version);
    range.flags = release.uncertain ? unreadable : high_is_fix;
    rule.ranges_first = next(ranges);
    rule.ranges_count = 1;
    if (release.uncertain) open_.push_back({next(rules), release.product, release.released});
    ranges.push_back(range);
    rules.push_back(rule);
    file({system_key(release.product)});
}

void StatementCompiler::settle_supplements() {
    for (const Open& open : open_) {
        const AppleRelease* known = nullptr;
        bool one = true;
        std::vector<std::string> models;
        for (const AppleRelease& supplement : supplements_) {
            if (supplement.product != open.product || !is_same_day(supplement.released, open.day)) continue;
            one = one && (known == nullptr || known->version == supplement.version);
            // Of two of one version, one of which names no models, none is ruled out.
            const bool some = !supplement.supported_devices.empty() && (known == nullptr || !models.empty());
            known = &supplement;
            if (!some) models.clear();
            if (some)
                models.insert(models.end(), supplement.supported_devices.begin(),
                              supplement.supported_devices.end());
        }
        if (known == nullptr || !one) continue;
        const auto branch = version::ios_branch(known->version);
        const auto key = key_of(Scheme::ios, known->version);
        if (!branch.ok() || key == 0) continue;
        Rule& rule = rules[open.rule];
        Range& range = ranges[rule.ranges_first];
        rule.extra = strings_.add(lines_of(models));
        range.low_text = strings_.add(*branch);
        range.high_text = strings_.add(known->version);
        range.high_key = key;
        range.flags = high_is_fix;
    }
}

} // namespace oakum::advisory
