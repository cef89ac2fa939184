// SPDX-License-Identifier: Apache-2.0
// Apple's releases: a branch of a system, the models that a release is for, and what it fixes.
#include "names.hpp"
#include "statement_rows.hpp"
#include "statements.hpp"

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

void StatementCompiler::add(const AppleRelease& release, std::uint32_t record) {
    const auto branch = version::ios_branch(release.version);
    if (!branch.ok() || mobile_system(release.product).empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::apple;
    rule.scheme = static_cast<std::uint8_t>(Scheme::ios);
    rule.name = strings_.add(release.product);
    std::string models = "\n";
    for (const auto& model : release.supported_devices)
        models += model + "\n";
    rule.extra =
        strings_.add(release.supported_devices.empty() ? std::string_view() : std::string_view(models));
    Range range;
    range.low_text = strings_.add(*branch);
    range.high_text = strings_.add(release.version);
    range.high_key = key_of(Scheme::ios, release.version);
    range.flags = release.uncertain ? unreadable : high_is_fix;
    rule.ranges_first = next(ranges);
    rule.ranges_count = 1;
    ranges.push_back(range);
    rules.push_back(rule);
    file({system_key(release.product)});
}

} // namespace oakum::advisory
