// SPDX-License-Identifier: Apache-2.0
#include "evaluate.hpp"
#include "names.hpp"

#include <algorithm>

// Apple's and Android's operating systems, which are patched as wholes.
namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using Reader = AdvisoryFile::Reader;
using Kind = Outcome::Kind;

namespace {

bool lists(std::string_view lines, std::string_view line) {
    for (auto at = lines.find(line); at != std::string_view::npos; at = lines.find(line, at + 1))
        if (at > 0 && lines[at - 1] == '\n' && at + line.size() < lines.size() &&
            lines[at + line.size()] == '\n')
            return true;
    return false;
}

// "14" before "15", by length and then by digits.
bool is_lower_number(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

struct Release {
    std::uint32_t rule = 0;
    Rule row;
    Range range;
};

// Whether a release is offered to the hardware; what does not say its model is not ruled out.
bool supports(const Reader& reader, const Release& release, const Look& platform) {
    const auto models = reader.string(release.row.extra);
    const auto& hardware = platform.hardware();
    return models.empty() || hardware.empty() ||
           std::any_of(hardware.begin(), hardware.end(),
                       [&](const std::string& model) { return lists(models, model); });
}

// The list of all releases names no models: where a product's feed tells of the same release, that counts.
bool is_told_better(const Reader& reader, const Release& release, std::span<const std::uint32_t> rules) {
    return reader.string(release.row.extra).empty() &&
           std::any_of(rules.begin(), rules.end(), [&](std::uint32_t rule) {
               const auto row = reader.at<Rule>(rule);
               return reader.at<Range>(row.ranges_first).high_key == release.range.high_key &&
                      !reader.string(row.extra).empty();
           });
}

// "26.3.1" of "26.3.1 (a)"; empty of a version without a letter.
std::string_view base_of_supplement(std::string_view version) {
    auto base = version.substr(0, version.find('('));
    if (base.size() == version.size()) return {};
    while (base.ends_with(' '))
        base.remove_suffix(1);
    return base;
}

// Whether a release of which it is uncertain what it fixes leaves open what the branch's last certain one
// says. A certain one after it has the fix; below that one only a supplement may have it already.
bool hides(const Release& open, const Release& last, Position at, bool supplemented) {
    if (open.range.high_key == 0) return false;
    if (last.range.high_key == 0) return true;
    const bool below = at < position_of(last.range.high_key);
    return last.range.high_key > open.range.high_key ? below && supplemented : !below;
}

bool is_pixel(const Look& platform) {
    return std::any_of(platform.hardware().begin(), platform.hardware().end(),
                       [](const std::string& name) { return lower(name) == "google"; });
}

} // namespace

// A release fixes what it lists and what earlier releases of its branch listed: affected means that a later
// release of the same branch lists it. What only newer branches list is open for this one.
Outcome evaluate_apple(const Reader& reader, std::span<const std::uint32_t> rules, const Subject& subject,
                       const Look& platform) {
    Outcome out{Kind::unknown, Reason::version_unreadable, Confidence::low, rules.front(), 0, 0};
    const auto at = subject.version.position(reader, Scheme::ios);
    if (at == unordered) {
        if (subject.version.missing()) out.reason = Reason::version_missing;
        return out;
    }
    const auto branch = version::ios_branch(subject.version.text()).value_or("");
    Release last;      // the highest of the branch that lists it
    Release open;      // the highest of the branch of which it is uncertain
    Release elsewhere; // the lowest of a newer branch that supports the model
    Release nearest;   // the lowest supplement of the release that is there which lists it
    bool newer = false;
    const auto supplemented = base_of_supplement(subject.version.text());
    for (const auto rule : rules) {
        Release release{rule, reader.at<Rule>(rule), {}};
        release.range = reader.at<Range>(release.row.ranges_first);
        // A supplement of this very release has it, whatever later releases list again.
        const bool certain = (release.range.flags & unreadable) == 0;
        if (certain && !supplemented.empty() && release.range.high_key != 0 &&
            position_of(release.range.high_key) <= at &&
            base_of_supplement(reader.string(release.range.high_text)) == supplemented)
            return {Kind::negative, Reason::version_fixed,        Confidence::high,
                    rule,           release.row.ranges_first + 1, release.range.high_text};
        if (certain && is_told_better(reader, release, rules)) continue;
        const auto release_key = release.range.high_key;
        const auto release_branch = reader.string(release.range.low_text);
        if (!certain) {
            newer = newer || is_lower_number(branch, release_branch);
            if (release_branch == branch && release_key >= open.range.high_key) open = release;
        } else if (release_branch == branch) {
            const auto base = base_of_supplement(reader.string(release.range.high_text));
            if (!base.empty() && base == (supplemented.empty() ? subject.version.text() : supplemented) &&
                position_of(release_key) > at && supports(reader, release, platform) &&
                (nearest.range.high_key == 0 || release_key < nearest.range.high_key))
                nearest = release;
            if (last.range.high_key == 0 || release_key > last.range.high_key) last = release;
        } else if (is_lower_number(branch, release_branch)) {
            newer = true;
            if (supports(reader, release, platform) &&
                (elsewhere.range.high_key == 0 || release_key < elsewhere.range.high_key))
                elsewhere = release;
        }
    }
    if (hides(open, last, at, !supplemented.empty()))
        return {Kind::unknown, Reason::range_unreadable,  Confidence::low,
                open.rule,     open.row.ranges_first + 1, 0};
    if (last.range.high_key != 0) {
        const auto hit = last.row.ranges_first + 1;
        if (position_of(last.range.high_key) <= at)
            return {Kind::negative,      Reason::version_fixed, Confidence::high, last.rule, hit,
                    last.range.high_text};
        const auto& fix = nearest.range.high_key != 0        ? nearest
                          : supports(reader, last, platform) ? last
                                                             : elsewhere;
        return {Kind::affected,     Reason::version_in_range, Confidence::high, last.rule, hit,
                fix.range.high_text};
    }
    if (newer)
        return {Kind::unknown,
                Reason::newer_branch_only,
                Confidence::low,
                elsewhere.range.high_key != 0 ? elsewhere.rule : rules.front(),
                elsewhere.range.high_key != 0 ? elsewhere.row.ranges_first + 1 : 0,
                elsewhere.range.high_text};
    return {Kind::negative, Reason::version_fixed, Confidence::medium, rules.front(), 0, 0};
}

namespace {

// "13" of "13", "13.0" and "12L" as "12"; 8.0 and 8.1 are releases of their own.
std::string android_major(std::string_view version) {
    const auto digits = version.substr(0, version.find_first_not_of("0123456789."));
    if (digits.starts_with("8.")) return std::string(digits.substr(0, 3));
    return std::string(digits.substr(0, digits.find('.')));
}

// Whether every release that the lines name is newer than this one.
bool is_below_all(std::string_view lines, std::string_view major) {
    bool any = false;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        const auto line = lines.substr(0, end);
        lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
        if (line.empty()) continue;
        any = true;
        if (!is_lower_number(major.substr(0, major.find('.')), line.substr(0, line.find('.')))) return false;
    }
    return any;
}

} // namespace

std::uint32_t last_bulletin(const Reader& reader, std::span<const std::uint32_t> rules,
                            const Subject& subject) {
    const auto major = android_major(subject.component->version);
    std::uint32_t last = 0;
    for (const auto number : rules) {
        const auto rule = reader.at<Rule>(number);
        if (rule.kind == RuleKind::android && !major.empty() && lists(reader.string(rule.extra), major))
            last = std::max(last, reader.at<Range>(rule.ranges_first).high_key);
    }
    return last;
}

Outcome evaluate_android(const Reader& reader, std::span<const std::uint32_t> rules, const Subject& subject,
                         const Look& platform, std::uint32_t last_named) {
    const auto major = android_major(subject.component->version);
    const VersionText level(subject.component->patch_level);
    const auto at = level.position(reader, Scheme::android_spl);
    Outcome out;
    bool named = false;    // some release is named
    bool below_all = true; // and all of them are newer than this one
    bool any_open = false; // some fix is newer than the patch level
    std::uint32_t open_rule = rules.front();
    for (const auto number : rules) {
        const auto rule = reader.at<Rule>(number);
        const auto range = reader.at<Range>(rule.ranges_first);
        const auto majors = reader.string(rule.extra);
        if ((rule.flags & pixel_only) != 0 && !is_pixel(platform)) continue;
        const bool of_this = !major.empty() && lists(majors, major);
        if (majors.size() > 1) {
            named = true;
            below_all = below_all && is_below_all(majors, major);
        }
        if (out.kind == Kind::nothing)
            out = {Kind::negative, Reason::version_outside, Confidence::high, number, 0, 0};
        const bool applies = of_this || major.empty() || (rule.flags & (any_major | chipset)) != 0;
        const bool fixed = at != unordered && range.high_key != 0 && at >= position_of(range.high_key);
        if (!fixed) {
            any_open = any_open || range.high_key > last_named;
            open_rule = number;
        }
        Outcome one{Kind::negative, Reason::patch_level_fixed, Confidence::high,
                    number,         rule.ranges_first + 1,     range.high_text};
        if (!applies) continue;
        if (at == unordered) {
            one.kind = Kind::unknown;
            one.reason = level.missing() ? Reason::version_missing : Reason::version_unreadable;
        } else if (range.high_key == 0) {
            one.kind = Kind::unknown;
            one.reason = Reason::range_unreadable;
        } else if (!fixed && of_this) {
            one.kind = Kind::affected;
            one.reason = Reason::version_in_range;
        } else if (!fixed && (rule.flags & any_major) != 0) {
            one.kind = Kind::affected;
            one.reason = Reason::version_in_range;
            one.confidence = Confidence::medium;
        } else if (!fixed) {
            one.kind = Kind::unknown;
            one.reason = (rule.flags & chipset) != 0 ? Reason::chipset_dependent : Reason::version_missing;
        }
        if (one.kind > out.kind || (one.kind == out.kind && out.reason == Reason::version_outside)) out = one;
    }
    // A release too old to be named any more is not clean.
    if (out.kind == Kind::negative && out.reason == Reason::version_outside && named && below_all &&
        any_open && !major.empty())
        out = {Kind::unknown, Reason::not_stated, Confidence::low, open_rule, 0, 0};
    if (out.kind == Kind::unknown) out.confidence = Confidence::low;
    return out;
}

} // namespace oakum::advisory
