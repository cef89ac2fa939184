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
std::string models_text(const auto& models) {
    std::string lines;
    for (const auto& model : models)
        lines += (lines.empty() ? "\n" : "") + model + "\n";
    return lines;
}

std::int64_t day_of(base::TimePoint time) {
    return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
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
    rule.extra = strings_.add(models_text(release.supported_devices));
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

void StatementCompiler::note_supplement(const AppleRelease& release) {
    const auto [at, first] = supplements_.try_emplace({release.product, day_of(release.released)});
    Supplement& known = at->second;
    known.one = first || (known.one && known.version == release.version);
    known.version = release.version;
    // Of two of one version, one of which names no models, none is ruled out.
    known.of_all = known.of_all || release.supported_devices.empty();
    known.models.insert(release.supported_devices.begin(), release.supported_devices.end());
}

void StatementCompiler::settle_supplements() {
    for (const Open& open : open_) {
        const auto found = supplements_.find({open.product, day_of(open.day)});
        if (found == supplements_.end() || !found->second.one) continue;
        const Supplement& known = found->second;
        const auto branch = version::ios_branch(known.version);
        const auto key = key_of(Scheme::ios, known.version);
        if (!branch.ok() || key == 0) continue;
        Rule& rule = rules[open.rule];
        Range& range = ranges[rule.ranges_first];
        rule.extra = strings_.add(known.of_all ? std::string() : models_text(known.models));
        range.low_text = strings_.add(*branch);
        range.high_text = strings_.add(known.version);
        range.high_key = key;
        range.flags = high_is_fix;
    }
}

} // namespace oakum::advisory
