// SPDX-License-Identifier: Apache-2.0
#include "statements.hpp"

#include "statement_rows.hpp"

#include <algorithm>
#include <tuple>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

std::uint32_t StatementCompiler::key_of(Scheme scheme, std::string_view text) {
    const auto read = [&] {
        const auto version = Version::parse(scheme, text);
        return version.ok() ? strings_.add(version->key()) : 0;
    };
    const auto known = strings_.find(text);
    if (known == 0) return read();
    const auto [at, fresh] = read_keys_.try_emplace(static_cast<std::uint64_t>(scheme) << 32U | known, 0U);
    if (fresh) at->second = read();
    return at->second;
}

void StatementCompiler::file(const std::vector<std::string>& keys) {
    const auto rule = next(rules) - 1;
    auto distinct = keys;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const auto& key : distinct)
        filed.emplace_back(strings_.add(key), rule);
}

void StatementCompiler::add(const Applicability& statement, std::uint32_t record, std::string_view record_id,
                            std::string_view title) {
    struct Visitor {
        StatementCompiler& self;
        std::uint32_t record;
        std::string_view id, title;
        void operator()(const CpeConfiguration& s) const { self.add(s, record); }
        void operator()(const ProductStatement& s) const { self.add(s, record); }
        void operator()(const PackageStatement& s) const { self.add(s, record, id, title); }
        void operator()(const AppleRelease& s) const { self.add(s, record); }
        void operator()(const MakerStatement& s) const { self.add(s, record); }
        void operator()(const NamedStatement& s) const { self.add(s, record); }
    };
    std::visit(Visitor{*this, record, record_id, title}, statement);
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
    text(rule.files);
    text(rule.note);
    text(rule.fix);
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

} // namespace oakum::advisory
