// SPDX-License-Identifier: Apache-2.0
// NVD's configurations: nodes of CPE matches.
#include "names.hpp"
#include "statement_rows.hpp"
#include "statements.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

namespace {
constexpr std::size_t most_nodes = 4096;
}

struct StatementCompiler::Criteria {
    std::string key, tail;
    bool vulnerable = true;
    const CpeMatch* match = nullptr;
    component::Cpe cpe;
    auto order() const { return std::tie(key, tail, vulnerable); }
};

// "1.2.*" is what begins with 1.2; which versions another pattern means is not told.
Range StatementCompiler::family(std::string_view pattern, Scheme scheme) {
    Range range;
    range.low_text = range.high_text = strings_.add(pattern);
    range.flags = low_inclusive;
    const auto end = Version::parse_upper(scheme, pattern);
    if (end.ok()) {
        range.low_key = key_of(scheme, pattern.substr(0, pattern.rfind('.')));
        range.high_key = strings_.add(end->key());
    }
    if (range.low_key == 0) range.flags |= unreadable;
    return range;
}

// One row for all matches of one product in an OR node: its ranges, and its exact versions sorted.
void StatementCompiler::append_product(std::span<const Criteria* const> same,
                                       std::vector<std::string>& keys) {
    const auto& first = *same.front();
    const auto scheme = first.key == kernel_cpe_key ? Scheme::kernel : Scheme::generic;
    Product product;
    product.key = strings_.add(cpe_key(first.key));
    product.tail = strings_.add(first.tail);
    product.vulnerable = first.vulnerable;
    product.scheme = static_cast<std::uint8_t>(scheme);
    product.ranges_first = next(ranges);
    product.exacts_first = next(exacts);
    for (const auto* each : same) {
        const auto& criteria = *each;
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
        if (version.kind == component::CpeAttribute::Kind::any) {
            product.flags |= any_version;
        } else if (version.wildcard) {
            ranges.push_back(family(version.plain(), scheme));
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
    for (const auto* each : same)
        if (each->cpe[component::CpeField::update].kind == component::CpeAttribute::Kind::value)
            updated.insert(each->cpe[component::CpeField::version].plain());
    for (auto i = product.exacts_first; i < exacts.size(); ++i)
        if (!updated.empty() && updated.contains(std::string(strings_.text(exacts[i].text))))
            exacts[i].any_update = 0;
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
    std::vector<const Criteria*> sorted;
    sorted.reserve(list.size());
    for (const auto& criteria : list)
        sorted.push_back(&criteria);
    std::ranges::stable_sort(sorted,
                             [](const Criteria* a, const Criteria* b) { return a->order() < b->order(); });
    for (std::size_t i = 0; i < sorted.size();) {
        auto end = i + 1;
        while (!node.all && end < sorted.size() && sorted[end]->order() == sorted[i]->order())
            ++end;
        append_product(std::span(sorted).subspan(i, end - i), keys);
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
    const std::string first_key = keys.front();
    keys.push_back(std::string(release_prefix).append(kProductNames));
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::configuration;
    rule.flags =
        static_cast<std::uint8_t>((configuration.all ? all_nodes : 0) | (configuration.negate ? negated : 0));
    rule.name = strings_.add(first_key);
    rule.nodes_first = next(nodes);
    rule.nodes_count = next(compiled);
    nodes.insert(nodes.end(), compiled.begin(), compiled.end());
    rules.push_back(rule);
    file(keys);
}

} // namespace oakum::advisory
