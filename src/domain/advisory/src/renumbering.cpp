// SPDX-License-Identifier: Apache-2.0
#include "renumbering.hpp"

#include "evaluate.hpp"

#include <algorithm>

namespace oakum::advisory {

using namespace layout;
using Reader = AdvisoryFile::Reader;

namespace {

// The first of the keys with this hash or a greater one.
std::uint32_t lower_bound(const Reader& reader, std::uint64_t hash) {
    std::uint32_t low = 0;
    std::uint32_t high = reader.count<Key>();
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (reader.at<Key>(middle).hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The rows that a rule owns, its products' in their order.
struct Owned {
    std::uint32_t ranges_first = 0, ranges_count = 0, exacts_first = 0, exacts_count = 0;
};
std::vector<Owned> owned_by(const Reader& reader, const Rule& rule) {
    std::vector<Owned> out{{rule.ranges_first, rule.ranges_count, rule.exacts_first, rule.exacts_count}};
    const auto nodes = reader.within<Node>(rule.nodes_first, rule.nodes_count);
    for (std::uint32_t n = 0; n < nodes; ++n) {
        const auto node = reader.at<Node>(rule.nodes_first + n);
        const auto products = reader.within<Product>(node.products_first, node.products_count);
        for (std::uint32_t p = 0; p < products; ++p) {
            const auto row = reader.at<Product>(node.products_first + p);
            out.push_back({row.ranges_first, row.ranges_count, row.exacts_first, row.exacts_count});
        }
    }
    return out;
}

// Where the same row stands now; 0: not among those of the rule.
std::uint32_t hit_now(std::uint32_t hit, const std::vector<Owned>& before, const std::vector<Owned>& now) {
    const bool exact = (hit & exact_hit) != 0;
    const auto row = (hit & ~exact_hit) - 1;
    for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
        const auto first = exact ? before[i].exacts_first : before[i].ranges_first;
        const auto count = exact ? before[i].exacts_count : before[i].ranges_count;
        if (row < first || row - first >= count) continue;
        const auto place = row - first + (exact ? now[i].exacts_first : now[i].ranges_first) + 1;
        return exact ? exact_hit | place : place;
    }
    return 0;
}

// The offset of the same text, found where the rule's ranges name it; 0: they do not.
std::uint32_t text_now(const Reader& before, const Reader& now, std::uint32_t text,
                       const std::vector<Owned>& owned_before, const std::vector<Owned>& owned_now) {
    for (std::size_t i = 0; i < std::min(owned_before.size(), owned_now.size()); ++i) {
        const auto n = before.within<Range>(owned_before[i].ranges_first, owned_before[i].ranges_count);
        for (std::uint32_t r = 0; r < n; ++r) {
            const auto was = before.at<Range>(owned_before[i].ranges_first + r);
            const auto is = now.at<Range>(owned_now[i].ranges_first + r);
            if (was.high_text == text) return is.high_text;
            if (was.low_text == text) return is.low_text;
            const auto changes = before.within<Change>(was.changes_first, was.changes_count);
            for (std::uint32_t c = 0; c < changes; ++c)
                if (before.at<Change>(was.changes_first + c).text == text)
                    return now.at<Change>(is.changes_first + c).text;
        }
    }
    return 0;
}

} // namespace

Renumbering::Renumbering(const AdvisoryFile& before, const AdvisoryFile& now) : before_(before), now_(now) {
    std::uint32_t b = 0;
    std::uint32_t n = 0;
    const auto run = [](const Reader& reader, std::uint32_t& at, std::uint64_t hash) {
        std::uint32_t length = 0;
        for (; at < reader.count<Key>() && reader.at<Key>(at).hash == hash; ++at)
            ++length;
        return length;
    };
    while (b < before_.count<Key>() || n < now_.count<Key>()) {
        const auto was = before_.at<Key>(b);
        const auto is = now_.at<Key>(n);
        const auto hash = b == before_.count<Key>() ? is.hash
                          : n == now_.count<Key>()  ? was.hash
                                                    : std::min(was.hash, is.hash);
        const auto of_before = run(before_, b, hash);
        const auto of_now = run(now_, n, hash);
        if (of_before != 1 || of_now != 1 || was.content != is.content) changed_.push_back(hash);
    }
}

// The rules under a key, before and now; false when they are not the same ones.
bool Renumbering::collect(std::uint64_t key, Pairs& pairs) const {
    if (std::binary_search(changed_.begin(), changed_.end(), key)) return false;
    const auto was = before_.at<Key>(lower_bound(before_, key));
    const auto is = now_.at<Key>(lower_bound(now_, key));
    if (was.hash != key && is.hash != key) return true; // in neither
    if (was.hash != key || is.hash != key) return false;
    if (before_.string(was.key).starts_with(release_prefix)) return true;
    if (was.count != is.count) return false;
    const auto n = before_.within<Posting>(was.first, was.count);
    for (std::uint32_t i = 0; i < n; ++i)
        pairs.emplace_back(before_.at<Posting>(was.first + i).value, now_.at<Posting>(is.first + i).value);
    return true;
}

bool Renumbering::renumber(const Pairs& pairs, ComponentVerdict& verdict) const {
    const auto found = std::lower_bound(pairs.begin(), pairs.end(), std::pair(verdict.rule, 0U));
    if (found == pairs.end() || found->first != verdict.rule) return false;
    const auto was = before_.at<Rule>(found->first);
    const auto is = now_.at<Rule>(found->second);
    const auto record_was = before_.at<RecordRow>(was.record);
    const auto record_is = now_.at<RecordRow>(is.record);
    // Of one record the advisories are numbered in the order of their ids.
    const auto groups = before_.within<ListItem>(record_was.groups_first, record_was.groups_count);
    std::uint32_t group = 0;
    while (group < groups && before_.at<ListItem>(record_was.groups_first + group).value != verdict.advisory)
        ++group;
    if (group == groups || record_was.groups_count != record_is.groups_count) return false;
    verdict.advisory = now_.at<ListItem>(record_is.groups_first + group).value;
    verdict.rule = found->second;
    if (verdict.hit == 0 && verdict.fixed_in == 0) return true;
    const auto owned_was = owned_by(before_, was);
    const auto owned_is = owned_by(now_, is);
    if (verdict.hit != 0) {
        verdict.hit = hit_now(verdict.hit, owned_was, owned_is);
        if (verdict.hit == 0) return false;
    }
    if (verdict.fixed_in == 0) return true;
    if (was.fix == verdict.fixed_in) {
        verdict.fixed_in = is.fix;
        return is.fix != 0;
    }
    auto text = text_now(before_, now_, verdict.fixed_in, owned_was, owned_is);
    // The fix can be another release that the same record names.
    for (auto other = pairs.begin(); text == 0 && other != pairs.end(); ++other) {
        const auto rule = before_.at<Rule>(other->first);
        if (rule.record == was.record)
            text = text_now(before_, now_, verdict.fixed_in, owned_by(before_, rule),
                            owned_by(now_, now_.at<Rule>(other->second)));
    }
    verdict.fixed_in = text;
    return text != 0;
}

std::optional<Judged> Renumbering::renumbered(const Judged& judged) const {
    Pairs pairs;
    for (const auto key : judged.keys)
        if (!collect(key, pairs)) return std::nullopt;
    std::sort(pairs.begin(), pairs.end());
    Judged out = judged;
    for (auto& verdict : out.verdicts)
        if (!renumber(pairs, verdict)) return std::nullopt;
    return out;
}

} // namespace oakum::advisory
