// SPDX-License-Identifier: Apache-2.0
// Rules whose versions are plain ranges: of packages, and of what makers state.
#include "evaluate.hpp"
#include "modules.hpp"
#include "names.hpp"
#include "versions_in.hpp"

#include <component/purl.hpp>

#include <algorithm>

namespace oakum::advisory {

using namespace layout;
using component::StatementStatus;
using Reader = AdvisoryFile::Reader;
using Kind = Outcome::Kind;

namespace {

// Versions are listed up to the day of the record: of a fault without a fix, later ones may have it too.
bool is_past_open_list(const Reader& reader, const Rule& rule, std::uint32_t exacts, Position at) {
    if ((rule.flags & open_list) == 0 || exacts == 0) return false;
    const auto highest = reader.at<Exact>(rule.exacts_first + exacts - 1).key;
    return highest == 0 || at > position_of(highest);
}

} // namespace

Outcome evaluate_package(const Reader& reader, std::uint32_t number, const Subject& subject) {
    const auto rule = reader.at<Rule>(number);
    Outcome out{Kind::unknown, Reason::range_unreadable, Confidence::low, number, 0, 0};
    if ((rule.flags & commits_only) != 0) {
        out.kind = Kind::weak;
        return out;
    }
    if (rule.default_status == static_cast<std::uint8_t>(Status::unaffected))
        return {Kind::negative, Reason::never_affected, Confidence::high, number, 0, 0};
    if (rule.default_status == static_cast<std::uint8_t>(Status::unknown)) {
        out.reason = Reason::undetermined;
        return out;
    }
    if (subject.version.missing()) {
        out.reason = Reason::version_missing;
        return out;
    }
    // The fix of one stream of a module says nothing of another.
    if (const auto modules = reader.string(rule.files); !modules.empty()) {
        const auto stream =
            stream_of(*subject.component, subject.version.text(), reader.string(rule.name), modules);
        if (stream == Stream::other) return {};
        out.reason = Reason::edition_unknown;
        if (stream == Stream::unknown) return out;
        out.reason = Reason::range_unreadable;
    }
    const auto at = subject.version.position(reader, scheme_of(rule.scheme));
    const auto exacts = reader.within<Exact>(rule.exacts_first, rule.exacts_count);
    const auto ranges = reader.within<Range>(rule.ranges_first, rule.ranges_count);
    const auto row = at == unordered ? find_text(reader, rule.exacts_first, exacts, subject.version.text())
                                     : find_exact(reader, rule.exacts_first, exacts, at);
    // The ranges are asked first, since they know the fix.
    Outcome negative{Kind::negative,
                     Reason::version_outside,
                     ranges == 0 ? Confidence::medium : Confidence::high,
                     number,
                     0,
                     0};
    bool undecided = at == unordered;
    const auto confidence = (rule.flags & harmless) != 0 ? Confidence::medium : Confidence::high;
    for (std::uint32_t i = 0; i < ranges && at != unordered; ++i) {
        const auto range = reader.at<Range>(rule.ranges_first + i);
        const auto hit = rule.ranges_first + i + 1;
        if ((range.flags & unreadable) != 0)
            undecided = true;
        else if (holds(range, at))
            return {Kind::affected,
                    Reason::version_in_range,
                    confidence,
                    number,
                    hit,
                    (range.flags & high_is_fix) != 0 ? range.high_text : 0};
        else if (is_at_fix(range, at))
            negative = {Kind::negative, Reason::version_fixed, Confidence::high, number, hit,
                        range.high_text};
    }
    if (row != no_row)
        return {Kind::affected, Reason::version_listed, confidence, number, exact_hit | (row + 1), 0};
    if (!undecided && is_past_open_list(reader, rule, exacts, at)) {
        out.kind = Kind::weak;
        return out;
    }
    if (!undecided) return negative;
    if (at == unordered) out.reason = Reason::version_unreadable;
    return out;
}

namespace {

// Whether a purl that a maker names means the component: the version and the qualifiers that it has.
bool means(std::string_view stated, const component::Component& component) {
    if (stated.empty()) return true;
    const auto wanted = component::Purl::parse(stated);
    const auto own = purl_of(component);
    if (!wanted.ok() || !own.ok()) return false;
    const auto& version = own->version.empty() ? component.version : own->version;
    return (wanted->version.empty() || wanted->version == version) &&
           std::ranges::all_of(wanted->qualifiers, [&](const auto& each) {
               const bool of_source =
                   each.first == "arch" && (each.second == "src" || each.second == "source");
               return of_source || each.first == "repository_url" ||
                      own->qualifier(each.first) == each.second;
           });
}

struct Named {
    enum class Is : std::uint8_t { not_named, past, unreadable, named } is = Is::not_named;
    std::uint32_t hit = 0, fix = 0; // past: the end of the ranges that it is above
};

Named find_named(const Reader& reader, const Rule& rule, const Subject& subject) {
    const auto count = reader.within<Range>(rule.ranges_first, rule.ranges_count);
    if (count == 0) return {Named::Is::named, 0, 0};
    Named out;
    const auto at =
        subject.version.missing() ? unordered : subject.version.position(reader, scheme_of(rule.scheme));
    bool above = true;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto range = reader.at<Range>(rule.ranges_first + i);
        const auto hit = rule.ranges_first + i + 1;
        const bool single = range.low_text != 0 && range.low_text == range.high_text;
        if (single && !subject.version.missing() && reader.string(range.low_text) == subject.version.text())
            return {Named::Is::named, hit, 0};
        if ((range.flags & unreadable) != 0 || at == unordered) {
            out.is = Named::Is::unreadable;
            out.hit = hit;
        } else if (holds(range, at)) {
            return {Named::Is::named, hit, (range.flags & high_is_fix) != 0 ? range.high_text : 0};
        } else {
            const bool ends = range.high_key != 0 && !single;
            above = above && ends && at >= position_of(range.high_key);
            if (is_at_fix(range, at)) out.fix = range.high_text;
        }
    }
    if (out.is == Named::Is::not_named && above) out.is = Named::Is::past;
    return out;
}

} // namespace

Outcome evaluate_stated(const Reader& reader, std::uint32_t number, const Subject& subject) {
    const auto rule = reader.at<Rule>(number);
    if (!means(reader.string(rule.files), *subject.component)) return {};
    const auto named = find_named(reader, rule, subject);
    const bool affected = rule.default_status == static_cast<std::uint8_t>(StatementStatus::affected);
    switch (named.is) {
    case Named::Is::not_named:
        return {};
    case Named::Is::unreadable:
        // That it might be meant clears nothing.
        if (!affected) return {};
        return {
            Kind::unknown,   subject.version.missing() ? Reason::version_missing : Reason::range_unreadable,
            Confidence::low, number,
            named.hit,       0};
    case Named::Is::past:
        if (!affected) return {};
        return {Kind::negative,
                named.fix != 0 ? Reason::version_fixed : Reason::above_listed_ranges,
                Confidence::medium,
                number,
                0,
                named.fix};
    case Named::Is::named:
        break;
    }
    Outcome out{Kind::unknown, Reason::under_investigation, Confidence::low, number, named.hit, 0};
    switch (static_cast<StatementStatus>(rule.default_status)) {
    case StatementStatus::affected:
        return {Kind::affected,   Reason::stated_affected,
                Confidence::high, number,
                named.hit,        rule.fix != 0 ? rule.fix : named.fix};
    case StatementStatus::not_affected:
        return {Kind::negative, Reason::stated_not_affected, Confidence::high, number, named.hit, 0};
    case StatementStatus::fixed:
        return {Kind::negative, Reason::stated_fixed, Confidence::high, number, named.hit, 0};
    case StatementStatus::under_investigation:
        break;
    }
    return out;
}

} // namespace oakum::advisory
