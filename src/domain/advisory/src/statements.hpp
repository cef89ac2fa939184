// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interner.hpp"
#include "layout.hpp"

#include <advisory/record.hpp>
#include <version/version.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oakum::advisory {

// The rows that statements become, and under which keys they are filed. Versions are read here, once, into
// keys.
class StatementCompiler {
  public:
    explicit StatementCompiler(Interner& strings) : strings_(strings) {}

    // Adds zero or more rules of the record, which is numbered as the caller likes.
    // The title says which streams of modules an erratum is for.
    void add(const Applicability& statement, std::uint32_t record, std::string_view record_id,
             std::string_view title);

    std::vector<layout::Rule> rules;
    std::vector<layout::Range> ranges;
    std::vector<layout::Exact> exacts;
    std::vector<layout::Change> changes;
    std::vector<layout::Node> nodes;
    std::vector<layout::Product> products;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> filed; // (key, rule)
    std::uint64_t criteria_refused = 0;

    // A supplement that there is of one of Apple's releases, whatever it fixes.
    void note_supplement(const AppleRelease& release);
    // Before order_rules. What is said to be fixed by a supplement of that day, and not by which, is by the
    // one that there is.
    void settle_supplements();
    // Numbers the rules by their places in a list of all of them.
    void order_rules(const std::vector<std::uint32_t>& order);
    // Everything that a rule says, as bytes; before place_versions.
    std::string content(const layout::Rule& rule) const;

    // Once, at the end: the keys that rows hold as strings become places among all keys, which are returned
    // in order.
    std::vector<layout::VersionKey> place_versions();

  private:
    void add(const CpeConfiguration& configuration, std::uint32_t record);
    void add(const ProductStatement& statement, std::uint32_t record);
    void add(const PackageStatement& statement, std::uint32_t record, std::string_view record_id,
             std::string_view title);
    void add_android(const PackageStatement& statement, std::uint32_t record, std::string_view record_id);
    void add(const AppleRelease& release, std::uint32_t record);
    void add(const MakerStatement& statement, std::uint32_t record);
    void add(const NamedStatement& statement, std::uint32_t record);

    struct Criteria;
    layout::Node compile(const CpeNode& node, std::vector<std::string>& keys);
    void append_product(std::span<const Criteria* const> same, std::vector<std::string>& keys);
    layout::Range family(std::string_view pattern, version::Scheme scheme);
    bool append_entry(const VersionEntry& entry, version::Scheme scheme);
    bool append_expression(std::string_view text, const VersionEntry& entry, version::Scheme scheme);
    void append_events(const std::vector<RangeEvent>& events, version::Scheme scheme);
    void append_changes(const std::vector<VersionChange>& list, version::Scheme scheme, layout::Range& range);
    void file(const std::vector<std::string>& keys);
    std::uint32_t key_of(version::Scheme scheme, std::string_view text);

    Interner& strings_;
    // By scheme and text (the string's place): the same versions are read again and again.
    std::unordered_map<std::uint64_t, std::uint32_t> read_keys_;
    struct Open {
        std::uint32_t rule = 0;
        std::string product;
        base::TimePoint day{};
    };
    struct Supplement {
        std::string version;
        bool one = true;     // no other version of that day
        bool of_all = false; // one names no models
        std::set<std::string> models;
    };
    std::map<std::pair<std::string, std::int64_t>, Supplement> supplements_; // by product and day
    std::vector<Open> open_; // Apple's rules of which it is uncertain which release they mean
};

} // namespace oakum::advisory
