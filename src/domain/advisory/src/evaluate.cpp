// SPDX-License-Identifier: Apache-2.0
#include "evaluate.hpp"

#include "names.hpp"
#include "versions_in.hpp"

#include <algorithm>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using Reader = AdvisoryFile::Reader;
using Kind = Outcome::Kind;

Position VersionText::position(const Reader& reader, Scheme scheme) const {
    auto& slot = positions_[static_cast<std::size_t>(scheme)];
    if (!slot) {
        const auto version = version::Version::parse(scheme, text_);
        slot = version.ok() ? reader.position(version->key()) : unordered;
    }
    return *slot;
}

namespace {

// Linux is repaired in many branches at once. A record that ends in one of them says nothing of a stable
// release of an older one: of 2,000 such statements half were repaired there or never true (docs/adr/0010).
bool is_stable_release(std::string_view text, std::string_view series) {
    text.remove_prefix(std::min(text.size(), text.find_first_of("0123456789")));
    if (!text.starts_with(series) || text.size() < series.size() + 2 || text[series.size()] != '.')
        return false;
    const char digit = text[series.size() + 1];
    return digit > '0' && digit <= '9';
}

// Whether the kernel ranges name branches: where a branch is repaired, or several ends of which one is a
// stable release. "Up to 3.12, and from 3.13 to 5.17" names none.
bool names_branches(const Reader& reader, std::uint32_t first, std::uint32_t count) {
    std::string seen;
    bool several = false;
    bool stable = false;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto range = reader.at<Range>(first + i);
        if (static_cast<Status>(range.status) == Status::unaffected && range.low_key != 0) return true;
        const auto end = reader.string(range.high_text);
        const auto series = version::kernel_series(end);
        if (!series.ok()) continue;
        several = several || (!seen.empty() && seen != *series);
        stable = stable || is_stable_release(end, *series);
        seen = *series;
    }
    return several && stable;
}

bool is_silent_on_branch(const Reader& reader, std::uint32_t first, std::uint32_t count, const Range& hit,
                         std::string_view text) {
    const auto own = version::kernel_series(text);
    const auto end = version::kernel_series(reader.string(hit.high_text));
    return own.ok() && end.ok() && *own != *end && is_stable_release(text, *own) &&
           !names_branches(reader, first, count);
}

enum class Truth : std::uint8_t { no, unknown, yes };
Truth both(Truth a, Truth b) {
    return std::min(a, b);
}
Truth either(Truth a, Truth b) {
    return std::max(a, b);
}
Truth negate(Truth a) {
    return a == Truth::yes ? Truth::no : a == Truth::no ? Truth::yes : Truth::unknown;
}

struct Judged {
    Truth truth = Truth::no;
    Reason reason = Reason::version_outside;
    Confidence confidence = Confidence::high;
    std::uint32_t hit = 0, fixed_in = 0;
};

// The versions of one product row.
Judged judge_versions(const Reader& reader, const Product& product, const VersionText& version,
                      const VersionText& alone) {
    if ((product.flags & any_version) != 0)
        return {Truth::yes, Reason::version_in_range, Confidence::medium, 0, 0};
    if (version.missing()) {
        if ((product.flags & no_version) != 0)
            return {Truth::yes, Reason::version_listed, Confidence::low, 0, 0};
        return {Truth::unknown, Reason::version_missing, Confidence::low, 0, 0};
    }
    const auto scheme = scheme_of(product.scheme);
    const auto at = version.position(reader, scheme);
    const auto exacts = reader.within<Exact>(product.exacts_first, product.exacts_count);
    const auto ranges = reader.within<Range>(product.ranges_first, product.ranges_count);
    if (at == unordered) {
        if (const auto row = find_text(reader, product.exacts_first, exacts, version.text()); row != no_row)
            return {Truth::yes, Reason::version_listed, Confidence::medium, exact_hit | (row + 1), 0};
        if (exacts == 0 && ranges == 0)
            return (product.flags & no_version) != 0
                       ? Judged{Truth::unknown, Reason::not_stated, Confidence::low, 0, 0}
                       : Judged{};
        return {Truth::unknown, Reason::version_unreadable, Confidence::low, 0, 0};
    }
    if (const auto row = find_exact(reader, product.exacts_first, exacts, at); row != no_row)
        return {Truth::yes, Reason::version_listed, Confidence::high, exact_hit | (row + 1), 0};
    if (alone.text() != version.text()) {
        const auto row = find_exact(reader, product.exacts_first, exacts, alone.position(reader, scheme));
        if (row != no_row && reader.at<Exact>(row).any_update != 0)
            return {Truth::yes, Reason::version_listed, Confidence::low, exact_hit | (row + 1), 0};
    }
    Judged judged;
    for (std::uint32_t i = 0; i < ranges; ++i) {
        const auto range = reader.at<Range>(product.ranges_first + i);
        if ((range.flags & unreadable) != 0) {
            judged = {Truth::unknown, Reason::range_unreadable, Confidence::low, product.ranges_first + i + 1,
                      0};
        } else if (holds(range, at)) {
            if (scheme == Scheme::kernel &&
                is_silent_on_branch(reader, product.ranges_first, ranges, range, version.text()))
                return {Truth::unknown, Reason::newer_branch_only, Confidence::low,
                        product.ranges_first + i + 1, (range.flags & high_is_fix) != 0 ? range.high_text : 0};
            return {Truth::yes, Reason::version_in_range,
                    scheme == Scheme::generic ? Confidence::medium : Confidence::high,
                    product.ranges_first + i + 1, (range.flags & high_is_fix) != 0 ? range.high_text : 0};
        } else if (judged.truth == Truth::no && is_at_fix(range, at)) {
            judged = {Truth::no, Reason::version_fixed, Confidence::high, product.ranges_first + i + 1,
                      range.high_text};
        }
    }
    // "5.18-rc7" alone is where somebody looked: what lies below it is not spoken of. Rows without a key come
    // first.
    if (scheme == Scheme::kernel && ranges == 0) {
        std::uint32_t first = 0;
        while (first < exacts && reader.at<Exact>(product.exacts_first + first).key == 0)
            ++first;
        if (first < exacts && at < position_of(reader.at<Exact>(product.exacts_first + first).key))
            return {Truth::unknown, Reason::not_stated, Confidence::low, 0, 0};
    }
    // "-": the record says that there is something in the product, and nothing of versions.
    if ((product.flags & no_version) != 0 && exacts == 0 && ranges == 0)
        return {Truth::unknown, Reason::not_stated, Confidence::low, 0, 0};
    return judged;
}

// Edition, target software and target hardware of a row against what the component and the platform say.
Judged judge_tail(const Reader& reader, const Product& product, const Subject& subject,
                  const Look& platform) {
    Judged judged{Truth::yes, Reason::version_in_range, Confidence::high, 0, 0};
    auto tail = reader.string(product.tail);
    for (const auto field : {component::CpeField::edition, component::CpeField::sw_edition,
                             component::CpeField::target_sw, component::CpeField::target_hw}) {
        const auto colon = tail.find(':');
        const auto wanted = tail.substr(0, colon);
        tail = colon == std::string_view::npos ? std::string_view() : tail.substr(colon + 1);
        if (wanted.empty() || wanted == "*" || !subject.cpe) continue;
        const auto& has = (*subject.cpe)[field];
        if (has.kind == component::CpeAttribute::Kind::value) {
            if (has.value != wanted) return {Truth::no, Reason::other_platform, Confidence::high, 0, 0};
            continue;
        }
        const auto family =
            field == component::CpeField::target_sw ? system_family(wanted) : std::string_view();
        if (!family.empty() && !platform.family().empty()) {
            if (family != platform.family())
                return {Truth::no, Reason::other_platform, Confidence::medium, 0, 0};
            continue;
        }
        judged = {Truth::unknown, Reason::edition_unknown, Confidence::low, 0, 0};
    }
    return judged;
}

Judged judge_self(const Reader& reader, const Product& product, const Subject& subject,
                  const Look& platform) {
    auto versions = judge_versions(reader, product, subject.version, subject.version_alone);
    if (versions.truth == Truth::no || product.tail == 0) return versions;
    const auto tail = judge_tail(reader, product, subject, platform);
    if (tail.truth < versions.truth) {
        auto out = tail;
        out.hit = versions.hit;
        return out;
    }
    return versions;
}

// "h:tp-link:archer_ax21" under the firmware "o:tp-link:archer_ax21_firmware": it runs on nothing else.
bool is_own_hardware(std::string_view hardware, std::string_view firmware) {
    constexpr std::string_view suffix = "_firmware";
    return hardware.starts_with("h:") && firmware.starts_with("o:") && firmware.ends_with(suffix) &&
           hardware.substr(2) == firmware.substr(2, firmware.size() - 2 - suffix.size());
}

// A condition on something else than the component: what it runs on or with.
Truth judge_surroundings(const Reader& reader, const Product& product, const Subject& subject,
                         const Look& platform) {
    constexpr std::string_view prefix = "cpe:";
    auto key = reader.string(product.key);
    key.remove_prefix(std::min(prefix.size(), key.size()));
    const bool presence_is_enough =
        product.vulnerable == 0 && (product.flags & (any_version | no_version)) != 0;
    const auto& versions = platform.versions(key);
    auto truth = Truth::no;
    for (const auto& text : versions) {
        if (presence_is_enough) return Truth::yes;
        const VersionText version(text);
        truth = either(truth, judge_versions(reader, product, version, version).truth);
    }
    if (!versions.empty()) return truth;
    if (is_own_hardware(key, subject.cpe_key)) return presence_is_enough ? Truth::yes : Truth::unknown;
    return key.empty() || !platform.knows(key.front()) ? Truth::unknown : Truth::no;
}

struct Configuration {
    const Reader& reader;
    const Subject& subject;
    const Look& platform;
    Judged self; // the best of the component's own vulnerable rows

    Truth product(const Product& row) {
        if (!subject.is_called(row.key)) return judge_surroundings(reader, row, subject, platform);
        const auto judged = judge_self(reader, row, subject, platform);
        if (row.vulnerable != 0 &&
            (judged.truth > self.truth || (judged.truth == self.truth && self.hit == 0)))
            self = judged;
        return judged.truth;
    }

    Truth node(const Node& row) {
        const auto n = reader.within<Product>(row.products_first, row.products_count);
        auto truth = row.all != 0 ? Truth::yes : Truth::no;
        if (row.unreadable != 0) truth = Truth::unknown;
        for (std::uint32_t i = 0; i < n; ++i) {
            const auto one = product(reader.at<Product>(row.products_first + i));
            truth = row.all != 0 ? both(truth, one) : either(truth, one);
        }
        return row.negate != 0 ? negate(truth) : truth;
    }
};

} // namespace

Outcome evaluate_configuration(const Reader& reader, std::uint32_t number, const Subject& subject,
                               const Look& platform) {
    const auto rule = reader.at<Rule>(number);
    Configuration configuration{reader, subject, platform, {}};
    const bool all = (rule.flags & all_nodes) != 0;
    auto truth = all ? Truth::yes : Truth::no;
    const auto n = reader.within<Node>(rule.nodes_first, rule.nodes_count);
    for (std::uint32_t i = 0; i < n; ++i) {
        const auto one = configuration.node(reader.at<Node>(rule.nodes_first + i));
        truth = all ? both(truth, one) : either(truth, one);
    }
    if ((rule.flags & negated) != 0) truth = negate(truth);
    const auto& self = configuration.self;
    Outcome out{Kind::negative, self.reason, self.confidence, number, self.hit, self.fixed_in, false};
    switch (both(truth, self.truth)) {
    case Truth::yes:
        out.kind = Kind::affected;
        break;
    case Truth::unknown:
        out.kind = Kind::unknown;
        out.confidence = Confidence::low;
        if (self.truth == Truth::yes) out.reason = Reason::platform_unknown;
        break;
    case Truth::no:
        if (self.truth != Truth::no) {
            out.reason = Reason::other_platform;
            out.fixed_in = 0;
        }
        break;
    }
    return out;
}

namespace {

// Platforms are free text; they exclude only when every word of theirs is a system and none is this one.
bool excludes(std::string_view platforms, const Look& platform) {
    if (platforms.empty() || platform.family().empty()) return false;
    while (!platforms.empty()) {
        const auto end = platforms.find('\n');
        const auto family = system_family(platforms.substr(0, end));
        if (family.empty() || family == platform.family()) return false;
        platforms = end == std::string_view::npos ? std::string_view() : platforms.substr(end + 1);
    }
    return true;
}

struct Walk {
    Status status = Status::unknown;
    bool stated = false;     // an entry holds the version
    bool unreadable = false; // an entry that could matter cannot be read
    bool above_all = true;   // the version is above the end of every affected range
    bool bounded = false;    // at least one affected range has an end
    std::uint32_t hit = 0, fixed_in = 0, fix_below = 0;
};

// The status changes inside one range; the last one at or below the version counts. Returns the next fix
// above it.
std::uint32_t apply_changes(const Reader& reader, const Range& range, Position at, Status& status) {
    const auto n = reader.within<Change>(range.changes_first, range.changes_count);
    for (std::uint32_t i = 0; i < n; ++i) {
        const auto change = reader.at<Change>(range.changes_first + i);
        const auto changed = change.status <= 2 ? static_cast<Status>(change.status) : Status::unknown;
        if (position_of(change.key) > at) return changed == Status::unaffected ? change.text : 0;
        status = changed;
    }
    return 0;
}

// CVE record format, "version status": the default, then the last entry that holds the version.
Walk walk(const Reader& reader, const Rule& rule, Position at, std::string_view text) {
    Walk w;
    w.status = rule.default_status <= 2 ? static_cast<Status>(rule.default_status) : Status::unknown;
    std::uint32_t nearest_fix = 0; // the lowest version above this one that is said to be unaffected
    std::uint32_t nearest_text = 0;
    const auto n = reader.within<Range>(rule.ranges_first, rule.ranges_count);
    for (std::uint32_t i = 0; i < n; ++i) {
        const auto range = reader.at<Range>(rule.ranges_first + i);
        const auto status = range.status <= 2 ? static_cast<Status>(range.status) : Status::unknown;
        const bool single = range.low_text != 0 && range.low_text == range.high_text;
        bool inside = false;
        if ((range.flags & unreadable) != 0 || at == unordered) {
            inside = single && reader.string(range.low_text) == text;
            w.unreadable = w.unreadable || !inside;
        } else {
            inside = holds(range, at);
        }
        if (inside) {
            w.status = status;
            w.stated = true;
            w.hit = rule.ranges_first + i + 1;
            w.fixed_in = (range.flags & high_is_fix) != 0 && status == Status::affected ? range.high_text : 0;
            if (const auto fix = apply_changes(reader, range, at, w.status); fix != 0) w.fixed_in = fix;
        } else if (at == unordered || (range.flags & unreadable) != 0) {
            continue;
        }
        if (status == Status::affected) {
            const bool ends = range.high_key != 0 && !single;
            w.bounded = w.bounded || ends;
            w.above_all = w.above_all && ends && at >= position_of(range.high_key);
            if (is_at_fix(range, at)) w.fix_below = range.high_text;
        } else if (status == Status::unaffected && range.low_key != 0) {
            const auto low = range.low_key;
            if (position_of(low) > at && (nearest_fix == 0 || low < nearest_fix)) {
                nearest_fix = low;
                nearest_text = range.low_text;
            } else if (inside) {
                w.fix_below = range.low_text;
            }
        }
    }
    if (w.fixed_in == 0) w.fixed_in = nearest_text;
    return w;
}

} // namespace

Outcome evaluate_product(const Reader& reader, std::uint32_t number, const Subject& subject,
                         const Look& platform) {
    const auto rule = reader.at<Rule>(number);
    Outcome out{Kind::unknown, Reason::range_unreadable, Confidence::low, number, 0, 0};
    if ((rule.flags & commits_only) != 0) {
        out.kind = Kind::weak;
        return out;
    }
    if (excludes(reader.string(rule.extra), platform))
        return {Kind::negative, Reason::other_platform, Confidence::medium, number, 0, 0};
    const bool no_versions = rule.ranges_count == 0;
    if (subject.version.missing() && !no_versions) {
        out.reason = Reason::version_missing;
        return out;
    }
    const auto scheme = scheme_of(rule.scheme);
    const auto at = subject.version.position(reader, scheme);
    const auto w = walk(reader, rule, at, subject.version.text());
    out.hit = w.hit;
    const auto confidence = scheme == Scheme::generic ? Confidence::medium : Confidence::high;
    if (!w.stated && w.unreadable) {
        out.reason = at == unordered ? Reason::version_unreadable : Reason::range_unreadable;
        return out;
    }
    // Whoever does not name the branches of the kernel yields to who does.
    const bool kernel =
        scheme == Scheme::kernel && !names_branches(reader, rule.ranges_first, rule.ranges_count);
    out.yields = kernel;
    switch (w.status) {
    case Status::affected:
        if (kernel && w.hit != 0 &&
            is_silent_on_branch(reader, rule.ranges_first, rule.ranges_count, reader.at<Range>(w.hit - 1),
                                subject.version.text())) {
            out.reason = Reason::newer_branch_only;
            out.fixed_in = w.fixed_in;
            return out;
        }
        return {Kind::affected,
                w.stated ? Reason::version_in_range : Reason::affected_by_default,
                no_versions ? Confidence::low : confidence,
                number,
                w.hit,
                w.fixed_in,
                kernel};
    case Status::unaffected:
        return {Kind::negative, w.fix_below != 0 ? Reason::version_fixed : Reason::version_outside,
                confidence,     number,
                w.hit,          w.fix_below,
                kernel};
    case Status::unknown:
        break;
    }
    if (!w.stated && w.bounded && w.above_all)
        return {Kind::negative,
                w.fix_below != 0 ? Reason::version_fixed : Reason::above_listed_ranges,
                Confidence::medium,
                number,
                0,
                w.fix_below,
                true};
    out.reason = Reason::not_stated;
    return out;
}

} // namespace oakum::advisory
