// SPDX-License-Identifier: Apache-2.0
#include "statements.hpp"

#include "names.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

namespace {

constexpr std::size_t most_nodes = 4096;

template <class Rows> std::uint32_t next(const Rows& rows) {
    return static_cast<std::uint32_t>(rows.size());
}

bool is_zero_or_open(std::string_view text) {
    for (std::string_view open : {"", "0", "*", "-", "unspecified", "n/a", "0.0", "0.0.0"})
        if (text == open) return true;
    return false;
}

bool is_everything(std::string_view text) {
    const auto word = lower(text);
    return word == "*" || word == "all" || word == "all versions";
}

bool is_commit_type(std::string_view type) {
    return type == "git" || type == "commit";
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

} // namespace

std::uint32_t StatementCompiler::key_of(Scheme scheme, std::string_view text) {
    const auto version = Version::parse(scheme, text);
    return version.ok() ? strings_.add(version->key()) : 0;
}

void StatementCompiler::file(const std::vector<std::string>& keys) {
    const auto rule = next(rules) - 1;
    auto distinct = keys;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const auto& key : distinct)
        filed.emplace_back(strings_.add(key), rule);
}

void StatementCompiler::add(const Applicability& statement, std::uint32_t record,
                            std::string_view record_id) {
    struct Visitor {
        StatementCompiler& self;
        std::uint32_t record;
        std::string_view id;
        void operator()(const CpeConfiguration& s) const { self.add(s, record); }
        void operator()(const ProductStatement& s) const { self.add(s, record); }
        void operator()(const PackageStatement& s) const { self.add(s, record, id); }
        void operator()(const AppleRelease& s) const { self.add(s, record); }
    };
    std::visit(Visitor{*this, record, record_id}, statement);
}

std::vector<VersionKey> StatementCompiler::place_versions() {
    std::vector<std::uint32_t> keys;
    const auto each = [this](const auto& visit) {
        for (auto& range : ranges) {
            visit(range.low_key);
            visit(range.high_key);
        }
        for (auto& exact : exacts)
            visit(exact.key);
        for (auto& change : changes)
            visit(change.key);
    };
    each([&](std::uint32_t key) {
        if (key != 0) keys.push_back(key);
    });
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<std::uint32_t> order(keys.size());
    std::vector<VersionKey> sorted;
    for (const auto key : keys)
        sorted.push_back({prefix_of(strings_.text(key)), key, 0});
    std::sort(sorted.begin(), sorted.end(), [this](const VersionKey& a, const VersionKey& b) {
        return a.prefix != b.prefix ? a.prefix < b.prefix : strings_.text(a.key) < strings_.text(b.key);
    });
    const auto index = [&](std::uint32_t key) {
        return static_cast<std::size_t>(std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
    };
    for (std::uint32_t place = 0; place < sorted.size(); ++place)
        order[index(sorted[place].key)] = place + 1;
    each([&](std::uint32_t& key) {
        if (key != 0) key = order[index(key)];
    });
    return sorted;
}

void StatementCompiler::order_rules(const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> place(rules.size());
    std::vector<Rule> ordered;
    ordered.reserve(rules.size());
    for (const auto rule : order) {
        place[rule] = next(ordered);
        ordered.push_back(rules[rule]);
    }
    rules = std::move(ordered);
    for (auto& [key, rule] : filed)
        rule = place[rule];
}

namespace {

// Fields one after the other, told apart by their lengths.
class Fields {
  public:
    Fields& number(std::uint32_t value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
        return *this;
    }
    Fields& text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes_.append(value);
        return *this;
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

} // namespace

std::string StatementCompiler::content(const Rule& rule) const {
    Fields out;
    const auto text = [&](std::uint32_t offset) { out.text(strings_.text(offset)); };
    const auto add_exacts = [&](std::uint32_t first, std::uint32_t count) {
        out.number(count);
        for (auto i = first; i < first + count; ++i) {
            text(exacts[i].key);
            text(exacts[i].text);
            out.number(exacts[i].any_update);
        }
    };
    const auto add_ranges = [&](std::uint32_t first, std::uint32_t count) {
        out.number(count);
        for (auto i = first; i < first + count; ++i) {
            const auto& range = ranges[i];
            for (const auto offset : {range.low_key, range.low_text, range.high_key, range.high_text})
                text(offset);
            out.number(range.flags).number(range.status).number(range.changes_count);
            for (std::uint32_t c = 0; c < range.changes_count; ++c) {
                const auto& change = changes[range.changes_first + c];
                text(change.key);
                text(change.text);
                out.number(change.status);
            }
        }
    };
    out.number(static_cast<std::uint32_t>(rule.kind)).number(rule.scheme).number(rule.default_status);
    out.number(rule.flags);
    text(rule.name);
    text(rule.extra);
    add_ranges(rule.ranges_first, rule.ranges_count);
    add_exacts(rule.exacts_first, rule.exacts_count);
    out.number(rule.nodes_count);
    for (auto n = rule.nodes_first; n < rule.nodes_first + rule.nodes_count; ++n) {
        const auto& node = nodes[n];
        out.number(node.all).number(node.negate).number(node.unreadable).number(node.products_count);
        for (auto p = node.products_first; p < node.products_first + node.products_count; ++p) {
            const auto& product = products[p];
            text(product.key);
            text(product.tail);
            out.number(product.vulnerable).number(product.scheme).number(product.flags);
            add_ranges(product.ranges_first, product.ranges_count);
            add_exacts(product.exacts_first, product.exacts_count);
        }
    }
    return out.take();
}

// NVD configurations.

struct StatementCompiler::Criteria {
    std::string key, tail;
    bool vulnerable = true;
    const CpeMatch* match = nullptr;
    component::Cpe cpe;
    auto order() const { return std::tie(key, tail, vulnerable); }
};

// One row for all matches of one product in an OR node: its ranges, and its exact versions sorted.
void StatementCompiler::append_product(const std::vector<Criteria>& same, std::vector<std::string>& keys) {
    const auto& first = same.front();
    const auto scheme = first.key == kernel_cpe_key ? Scheme::kernel : Scheme::generic;
    Product product;
    product.key = strings_.add(cpe_key(first.key));
    product.tail = strings_.add(first.tail);
    product.vulnerable = first.vulnerable;
    product.scheme = static_cast<std::uint8_t>(scheme);
    product.ranges_first = next(ranges);
    product.exacts_first = next(exacts);
    for (const auto& criteria : same) {
        const auto& match = *criteria.match;
        const bool has_low = match.start_including || match.start_excluding;
        const bool has_high = match.end_including || match.end_excluding;
        if (has_low || has_high) {
            Range range;
            const auto low = match.start_including.value_or(match.start_excluding.value_or(""));
            const auto high = match.end_excluding.value_or(match.end_including.value_or(""));
            if (has_low && !is_zero_or_open(low)) {
                range.low_text = strings_.add(low);
                range.low_key = key_of(scheme, low);
            }
            if (has_high) {
                range.high_text = strings_.add(high);
                range.high_key = key_of(scheme, high);
            }
            if ((range.low_text != 0 && range.low_key == 0) || (has_high && range.high_key == 0))
                range.flags |= unreadable;
            if (match.start_including) range.flags |= low_inclusive;
            range.flags |= match.end_excluding ? high_is_fix : high_inclusive;
            ranges.push_back(range);
            continue;
        }
        const auto& version = criteria.cpe[component::CpeField::version];
        if (version.kind == component::CpeAttribute::Kind::any || version.wildcard) {
            product.flags |= any_version;
        } else if (version.kind == component::CpeAttribute::Kind::na) {
            product.flags |= no_version;
        } else {
            const auto text = version_text(criteria.cpe);
            const bool any_update =
                criteria.cpe[component::CpeField::update].kind == component::CpeAttribute::Kind::any;
            exacts.push_back({key_of(scheme, text), strings_.add(text), any_update ? 1U : 0U});
        }
    }
    // "4.2.8" beside "4.2.8 p1" and "p2" is 4.2.8 itself, not each of its updates.
    std::set<std::string> updated;
    for (const auto& criteria : same)
        if (criteria.cpe[component::CpeField::update].kind == component::CpeAttribute::Kind::value)
            updated.insert(criteria.cpe[component::CpeField::version].plain());
    for (auto i = product.exacts_first; i < exacts.size(); ++i)
        if (updated.contains(std::string(strings_.text(exacts[i].text)))) exacts[i].any_update = 0;
    product.ranges_count = next(ranges) - product.ranges_first;
    product.exacts_count = next(exacts) - product.exacts_first;
    std::sort(exacts.begin() + product.exacts_first, exacts.end(), [this](const Exact& a, const Exact& b) {
        return std::tuple(strings_.text(a.key), strings_.text(a.text)) <
               std::tuple(strings_.text(b.key), strings_.text(b.text));
    });
    products.push_back(product);
    if (first.vulnerable) keys.push_back(cpe_key(first.key));
}

Node StatementCompiler::compile(const CpeNode& node, std::vector<std::string>& keys) {
    Node row;
    row.all = node.all;
    row.negate = node.negate;
    row.products_first = next(products);
    std::vector<Criteria> list;
    list.reserve(node.matches.size());
    for (const auto& match : node.matches) {
        auto cpe = component::Cpe::parse(match.criteria);
        auto key = cpe.ok() ? cpe->key() : std::string();
        if (key.empty()) {
            ++criteria_refused;
            row.unreadable = 1;
            continue;
        }
        auto tail = tail_of(*cpe);
        list.push_back({std::move(key), std::move(tail), match.vulnerable, &match, *std::move(cpe)});
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Criteria& a, const Criteria& b) { return a.order() < b.order(); });
    for (std::size_t i = 0; i < list.size();) {
        auto end = i + 1;
        while (!node.all && end < list.size() && list[end].order() == list[i].order())
            ++end;
        append_product(
            {list.begin() + static_cast<std::ptrdiff_t>(i), list.begin() + static_cast<std::ptrdiff_t>(end)},
            keys);
        i = end;
    }
    row.products_count = next(products) - row.products_first;
    return row;
}

void StatementCompiler::add(const CpeConfiguration& configuration, std::uint32_t record) {
    if (configuration.nodes.empty() || configuration.nodes.size() > most_nodes) return;
    std::vector<std::string> keys;
    std::vector<Node> compiled;
    for (const auto& node : configuration.nodes)
        compiled.push_back(compile(node, keys));
    if (keys.empty()) return; // nothing in it can be affected
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::configuration;
    rule.flags =
        static_cast<std::uint8_t>((configuration.all ? all_nodes : 0) | (configuration.negate ? negated : 0));
    rule.name = strings_.add(keys.front());
    rule.nodes_first = next(nodes);
    rule.nodes_count = next(compiled);
    nodes.insert(nodes.end(), compiled.begin(), compiled.end());
    rules.push_back(rule);
    file(keys);
}

// CVE records.

void StatementCompiler::append_changes(const std::vector<VersionChange>& list, Scheme scheme, Range& range) {
    range.changes_first = next(changes);
    for (const auto& change : list) {
        if (changes.size() - range.changes_first == 4096) break;
        const auto key = key_of(scheme, change.at);
        if (key == 0)
            range.flags |= unreadable;
        else
            changes.push_back({key, strings_.add(change.at), static_cast<std::uint32_t>(change.status)});
    }
    std::stable_sort(
        changes.begin() + range.changes_first, changes.end(),
        [this](const Change& a, const Change& b) { return strings_.text(a.key) < strings_.text(b.key); });
    range.changes_count = static_cast<std::uint16_t>(changes.size() - range.changes_first);
}

// ">= 1.0, < 1.2": what one large numbering authority writes where a version belongs. Anything but operators
// and versions is left unread.
bool StatementCompiler::append_expression(std::string_view text, const VersionEntry& entry, Scheme scheme) {
    Range range;
    range.status = static_cast<std::uint8_t>(entry.status);
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto part = trim(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        const auto digits = part.find_first_not_of("<>= ");
        if (digits == std::string_view::npos || digits == 0) return false;
        const auto sign = trim(part.substr(0, digits));
        part = part.substr(digits);
        const auto key = key_of(scheme, part);
        if (key == 0) return false;
        if (sign == "<" || sign == "<=") {
            range.high_key = key;
            range.high_text = strings_.add(part);
            range.flags |= sign == "<" ? high_is_fix : high_inclusive;
        } else if (sign == ">" || sign == ">=") {
            range.low_key = key;
            range.low_text = strings_.add(part);
            if (sign == ">=") range.flags |= low_inclusive;
        } else if (sign == "=" || sign == "==") {
            range.low_key = range.high_key = key;
            range.low_text = range.high_text = strings_.add(part);
            range.flags |= low_inclusive | high_inclusive;
        } else {
            return false;
        }
    }
    ranges.push_back(range);
    return true;
}

// Whether the entry could be read; an unreadable one is kept as such.
bool StatementCompiler::append_entry(const VersionEntry& entry, Scheme scheme) {
    Range range;
    range.status = static_cast<std::uint8_t>(entry.status);
    const auto upper = entry.less_than ? entry.less_than : entry.less_than_or_equal;
    if (!upper && is_everything(entry.version)) {
        ranges.push_back(range);
        return true;
    }
    if (!upper && entry.version.find_first_of("<>=") != std::string::npos &&
        append_expression(entry.version, entry, scheme))
        return true;
    bool readable = true;
    if (!upper || !is_zero_or_open(lower(entry.version))) {
        range.low_text = strings_.add(entry.version);
        range.low_key = key_of(scheme, entry.version);
        range.flags |= low_inclusive;
        readable = range.low_key != 0;
    }
    if (upper && *upper != "*") {
        range.high_text = strings_.add(*upper);
        range.high_key = key_of(scheme, *upper);
        if (range.high_key == 0) {
            const auto family = Version::parse_upper(scheme, *upper);
            range.high_key = family.ok() ? strings_.add(family->key()) : 0;
        }
        readable = readable && range.high_key != 0;
        range.flags |= entry.less_than ? high_is_fix : high_inclusive;
    } else if (!upper) {
        range.high_text = range.low_text;
        range.high_key = range.low_key;
        range.flags |= high_inclusive;
        if (const auto family = Version::parse_upper(scheme, entry.version);
            range.low_key == 0 && family.ok()) {
            range.high_key = strings_.add(family->key());
            range.low_key =
                key_of(scheme, std::string_view(entry.version).substr(0, entry.version.rfind('.')));
            readable = range.low_key != 0;
        }
    }
    if (!readable) range.flags |= unreadable;
    append_changes(entry.changes, scheme, range);
    ranges.push_back(range);
    return readable;
}

namespace {

std::vector<std::string> keys_of(const ProductStatement& statement) {
    std::vector<std::string> keys;
    const auto useful = [](std::string_view text) {
        const auto word = lower(text);
        return !word.empty() && word != "n/a" && word != "-" && word != "*" && word.size() <= 256;
    };
    if (useful(statement.vendor) && useful(statement.product))
        keys.push_back(product_key(statement.vendor, statement.product));
    for (const auto& text : statement.cpes)
        if (const auto cpe = component::Cpe::parse(text); cpe.ok() && !cpe->key().empty())
            keys.push_back(cpe_key(cpe->key()));
    if (const auto purl = component::Purl::parse(statement.package_url); purl.ok())
        keys.push_back(package_key(purl->type, purl->full_name()));
    if (const auto type = purl_type_of_collection(statement.collection_url);
        !type.empty() && useful(statement.package_name))
        keys.push_back(package_key(type, component::normalised_name(type, statement.package_name)));
    return keys;
}

Scheme scheme_of(const ProductStatement& statement, const std::vector<std::string>& keys) {
    for (const auto& key : keys)
        if (key == "name:linux/linux" || key == "name:linux/linux_kernel" || key == "name:linux/kernel" ||
            key == cpe_key(kernel_cpe_key))
            return Scheme::kernel;
    for (const auto& entry : statement.versions)
        if (const auto scheme = version::scheme_for_version_type(entry.version_type)) return *scheme;
    return Scheme::generic;
}

} // namespace

void StatementCompiler::add(const ProductStatement& statement, std::uint32_t record) {
    const auto keys = keys_of(statement);
    if (keys.empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::product;
    rule.default_status = static_cast<std::uint8_t>(statement.default_status);
    rule.name = strings_.add(statement.product.empty() ? statement.package_name : statement.product);
    std::string platforms;
    for (const auto& platform : statement.platforms)
        platforms += platform.substr(0, 64) + "\n";
    rule.extra = strings_.add(platforms.substr(0, 1024));
    rule.ranges_first = next(ranges);
    auto scheme = scheme_of(statement, keys);
    std::vector<const VersionEntry*> entries;
    for (const auto& entry : statement.versions)
        if (!is_commit_type(entry.version_type)) entries.push_back(&entry);
    if (entries.empty() && !statement.versions.empty()) rule.flags |= commits_only;
    bool readable = true;
    for (const auto* entry : entries)
        readable = append_entry(*entry, scheme) && readable;
    // Labels are often wrong ("semver" of 1.2.3.4): what its scheme cannot read is read as people would.
    if (!readable && scheme != Scheme::generic && scheme != Scheme::kernel) {
        scheme = Scheme::generic;
        ranges.resize(rule.ranges_first);
        for (const auto* entry : entries)
            append_entry(*entry, scheme);
    }
    rule.scheme = static_cast<std::uint8_t>(scheme);
    rule.ranges_count = next(ranges) - rule.ranges_first;
    rules.push_back(rule);
    file(keys);
}

// OSV.

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

void StatementCompiler::add(const PackageStatement& statement, std::uint32_t record,
                            std::string_view record_id) {
    if (statement.ecosystem.starts_with("Android")) {
        add_android(statement, record, record_id);
        return;
    }
    std::vector<std::string> keys;
    if (const auto release = distribution_release(statement.ecosystem)) {
        keys.push_back(distribution_key(*release, statement.name));
        keys.push_back(std::string(release_prefix) + *release);
    } else if (const auto purl = component::Purl::parse(statement.purl); purl.ok()) {
        keys.push_back(package_key(purl->type, purl->full_name()));
    } else if (const auto type = purl_type_of_ecosystem(statement.ecosystem); !type.empty()) {
        keys.push_back(package_key(type, component::normalised_name(type, statement.name)));
    }
    if (keys.empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::package;
    rule.name = strings_.add(statement.name);
    rule.extra = strings_.add(statement.ecosystem);
    rule.ranges_first = next(ranges);
    rule.exacts_first = next(exacts);
    auto scheme = version::scheme_for_ecosystem(statement.ecosystem).value_or(Scheme::generic);
    bool commits = false;
    bool other = false;
    for (const auto& range : statement.ranges) {
        if (range.type == RangeType::git) {
            commits = true;
            continue;
        }
        other = true;
        append_events(range.events, scheme);
    }
    for (const auto& text : statement.versions)
        if (text.size() <= version::longest_version)
            exacts.push_back({key_of(scheme, text), strings_.add(text), 0});
    std::sort(exacts.begin() + rule.exacts_first, exacts.end(), [this](const Exact& a, const Exact& b) {
        return std::tuple(strings_.text(a.key), strings_.text(a.text)) <
               std::tuple(strings_.text(b.key), strings_.text(b.text));
    });
    rule.ranges_count = next(ranges) - rule.ranges_first;
    rule.exacts_count = next(exacts) - rule.exacts_first;
    if (commits && !other && statement.versions.empty()) rule.flags |= commits_only;
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
    range.flags = high_is_fix;
    rule.ranges_first = next(ranges);
    rule.ranges_count = 1;
    ranges.push_back(range);
    rules.push_back(rule);
    file({system_key(release.product)});
}

} // namespace oakum::advisory
