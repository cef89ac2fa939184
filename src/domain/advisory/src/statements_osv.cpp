// SPDX-License-Identifier: Apache-2.0
// OSV: events of packages, and Android's bulletins in the same format.
#include "modules.hpp"
#include "names.hpp"
#include "statement_rows.hpp"
#include "statements.hpp"

#include <algorithm>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

namespace {

// "1.20.1.*" of "1.20.1": where that version is the last with the fault, each of its packings has it.
std::string every_packing(std::string text) {
    for (auto dots = std::ranges::count(text, '.'); dots < 2; ++dots)
        text += ".0";
    return text + ".*";
}

} // namespace

// Events in the order of versions; each "introduced" opens a range that the next "fixed" or "last_affected"
// ends.
void StatementCompiler::append_events(const std::vector<RangeEvent>& events, Scheme scheme) {
    struct Point {
        std::uint32_t key, text;
        RangeEvent::Kind kind;
    };
    std::vector<Point> points;
    bool readable = true;
    for (const auto& event : events) {
        Point point{0, strings_.add(event.version), event.kind};
        const bool start = event.kind == RangeEvent::Kind::introduced && event.version == "0";
        const bool no_limit = event.kind == RangeEvent::Kind::limit && event.version == "*";
        if (no_limit) continue;
        if (!start) {
            point.key = key_of(scheme, event.version);
            if (scheme == Scheme::bitnami && event.kind == RangeEvent::Kind::last_affected &&
                event.version.find('-') == std::string::npos) {
                const auto upper = Version::parse_upper(scheme, every_packing(event.version));
                point.key = upper.ok() ? strings_.add(upper->key()) : 0;
            }
            readable = readable && point.key != 0;
        }
        points.push_back(point);
    }
    if (!readable) {
        Range range;
        range.flags = unreadable;
        range.low_text = points.front().text;
        range.high_text = points.back().text;
        ranges.push_back(range);
        return;
    }
    std::stable_sort(points.begin(), points.end(), [this](const Point& a, const Point& b) {
        return strings_.text(a.key) < strings_.text(b.key);
    });
    bool open = false;
    Range range;
    for (const auto& point : points) {
        if (point.kind == RangeEvent::Kind::introduced) {
            if (!open) range = Range{};
            range.low_key = open ? range.low_key : point.key;
            range.low_text = open ? range.low_text : point.text;
            range.flags |= low_inclusive;
            open = true;
        } else if (open) {
            range.high_key = point.key;
            range.high_text = point.text;
            range.flags |= point.kind == RangeEvent::Kind::last_affected ? high_inclusive
                           : point.kind == RangeEvent::Kind::fixed       ? high_is_fix
                                                                         : 0;
            ranges.push_back(range);
            open = false;
        }
    }
    if (open) ranges.push_back(range);
}

namespace {

// "curl/curl" of "https://github.com/curl/curl.git", and where its packages are filed; nothing for other
// places.
std::string key_of_repository(std::string_view url) {
    for (const auto& [beginning, type] : {std::pair(std::string_view("https://github.com/"), "github"),
                                          std::pair(std::string_view("https://gitlab.com/"), "gitlab")}) {
        if (!url.starts_with(beginning)) continue;
        auto path = url.substr(beginning.size());
        while (path.ends_with('/'))
            path.remove_suffix(1);
        if (path.ends_with(".git")) path.remove_suffix(4);
        if (std::count(path.begin(), path.end(), '/') == 1) return package_key(type, lower(path));
    }
    return {};
}

bool is_ended(const std::vector<RangeEvent>& events) {
    return std::any_of(events.begin(), events.end(), [](const RangeEvent& event) {
        return event.kind == RangeEvent::Kind::fixed || event.kind == RangeEvent::Kind::last_affected;
    });
}

bool ends_in_module(const PackageStatement& statement) {
    return std::ranges::any_of(statement.ranges, [](const PackageRange& range) {
        return std::ranges::any_of(range.events,
                                   [](const RangeEvent& event) { return is_modular(event.version); });
    });
}

// Where it is filed, and that there are advisories of its release or ecosystem.
std::vector<std::string> keys_of(const PackageStatement& statement) {
    std::vector<std::string> keys;
    std::string covered;
    if (statement.ecosystem == "GIT") {
        // Commits alone are filed nowhere: they decide nothing.
        if (auto key = key_of_repository(statement.name); !key.empty() && !statement.versions.empty())
            keys.push_back(std::move(key));
    } else if (auto release = distribution_release(statement.ecosystem)) {
        keys.push_back(distribution_key(*release, statement.name));
        keys.push_back(std::string(release_prefix).append(source_in(*release, statement.name)));
        covered = *std::move(release);
    } else if (auto purl = component::Purl::parse(statement.purl); purl.ok()) {
        keys.push_back(package_key(purl->type, purl->full_name()));
        covered = is_ecosystem(purl->type) ? std::move(purl->type) : std::string();
    } else if (const auto type = purl_type_of_ecosystem(statement.ecosystem); !type.empty()) {
        keys.push_back(package_key(type, component::normalised_name(type, statement.name)));
        covered = is_ecosystem(type) ? type : std::string_view();
    }
    if (!covered.empty() && !statement.partial) keys.push_back(std::string(release_prefix).append(covered));
    return keys;
}

} // namespace

void StatementCompiler::add(const PackageStatement& statement, std::uint32_t record,
                            std::string_view record_id, std::string_view title) {
    if (statement.ecosystem.starts_with("Android")) {
        add_android(statement, record, record_id);
        return;
    }
    const auto keys = keys_of(statement);
    if (keys.empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::package;
    rule.name = strings_.add(statement.name);
    rule.extra = strings_.add(statement.ecosystem);
    rule.note = strings_.add(statement.note);
    if (ends_in_module(statement)) rule.files = strings_.add(modules_in(title));
    rule.default_status = static_cast<std::uint8_t>(statement.status);
    if (statement.harmless) rule.flags |= harmless;
    rule.ranges_first = next(ranges);
    rule.exacts_first = next(exacts);
    auto scheme = version::scheme_for_ecosystem(statement.ecosystem).value_or(Scheme::generic);
    bool commits = false;
    bool unfixed = false;
    bool other = false;
    for (const auto& range : statement.ranges) {
        if (range.type == RangeType::git) {
            commits = true;
            unfixed = unfixed || !is_ended(range.events);
            continue;
        }
        other = true;
        append_events(range.events, scheme);
    }
    const bool tags = statement.ecosystem == "GIT";
    for (const auto& text : statement.versions)
        if (text.size() <= version::longest_version)
            exacts.push_back({key_of(scheme, tags ? version_of_tag(text) : text), strings_.add(text), 0});
    std::sort(exacts.begin() + rule.exacts_first, exacts.end(), [this](const Exact& a, const Exact& b) {
        return std::tuple(strings_.text(a.key), strings_.text(a.text)) <
               std::tuple(strings_.text(b.key), strings_.text(b.text));
    });
    rule.ranges_count = next(ranges) - rule.ranges_first;
    rule.exacts_count = next(exacts) - rule.exacts_first;
    if (commits && !other && statement.versions.empty()) rule.flags |= commits_only;
    if (unfixed && !other) rule.flags |= open_list;
    rule.scheme = static_cast<std::uint8_t>(scheme);
    rules.push_back(rule);
    file(keys);
}

// Filed apart from what others say of packages, so that a distribution's release is not taken for one that
// has advisories.
void StatementCompiler::add(const NamedStatement& statement, std::uint32_t record) {
    std::vector<std::string> keys;
    if (const auto purl = component::Purl::parse(statement.purl); purl.ok())
        keys.push_back(own_key(package_key(purl->type, purl->full_name())));
    else if (!statement.name.empty())
        keys.push_back(own_key(statement.name));
    if (keys.empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::package;
    rule.name = strings_.add(statement.name.empty() ? statement.purl : statement.name);
    rule.ranges_first = next(ranges);
    rule.exacts_first = next(exacts);
    const auto scheme = version::scheme_from_string(statement.scheme).value_or(Scheme::generic);
    append_events(statement.events, scheme);
    rule.ranges_count = next(ranges) - rule.ranges_first;
    rule.scheme = static_cast<std::uint8_t>(scheme);
    rules.push_back(rule);
    file(keys);
}

// Events are "13:0" and "13:2024-08-01": a release, or "" for all, or a word for what depends on the chipset
// or the maker (facts of the bulletins; the patch level equals the date of the fix).
void StatementCompiler::add_android(const PackageStatement& statement, std::uint32_t record,
                                    std::string_view record_id) {
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::android;
    rule.scheme = static_cast<std::uint8_t>(Scheme::android_spl);
    rule.name = strings_.add(statement.name);
    if (record_id.starts_with("PUB-A")) rule.flags |= pixel_only;
    std::string majors = "\n";
    std::string fix = statement.patch_level;
    for (const auto& range : statement.ranges)
        for (const auto& event : range.events) {
            const auto colon = event.version.find(':');
            if (colon == std::string::npos) continue;
            auto major = event.version.substr(0, colon);
            if (event.kind == RangeEvent::Kind::fixed && fix.empty()) fix = event.version.substr(colon + 1);
            if (major.empty()) {
                rule.flags |= any_major;
                continue;
            }
            // "14-next" is what comes after 14; the release itself is named by its own number.
            if (major.ends_with("-next")) continue;
            major = major.substr(0, major.find('-'));
            if (major.back() == 'L') major.pop_back();
            if (major.find_first_not_of("0123456789.") != std::string::npos)
                rule.flags |= chipset;
            else if (majors.find("\n" + major + "\n") == std::string::npos)
                majors += major + "\n";
        }
    Range range;
    range.high_text = strings_.add(fix);
    range.high_key = key_of(Scheme::android_spl, fix);
    range.flags = range.high_key == 0 ? unreadable : high_is_fix;
    rule.ranges_first = next(ranges);
    rule.ranges_count = 1;
    ranges.push_back(range);
    rule.extra = strings_.add(majors);
    rules.push_back(rule);
    file({system_key("android")});
}

} // namespace oakum::advisory
