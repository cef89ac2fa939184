// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grouping.hpp"
#include "interner.hpp"
#include "layout.hpp"
#include "statements.hpp"

#include <advisory/compiler.hpp>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oakum::advisory {

inline constexpr std::size_t most_ids = 1024; // of one record, and of one advisory

inline bool is_cve(std::string_view id) {
    return id.starts_with("CVE-");
}

// What is kept of a record until the groups are known. Texts are offsets of the interner.
struct Kept {
    Source source = Source::nvd;
    std::uint32_t id = 0, part = 0, publisher = 0, title = 0, description = 0;
    base::TimePoint published{}, modified{};
    bool withdrawn = false, exploited = false, speaks = false;
    bool live = true;   // its text and scores count
    bool judges = true; // its statements count
    std::vector<std::uint32_t> aliases, covers, weaknesses;
    std::vector<layout::CvssRow> cvss;
    SsvcPoints ssvc;
    std::uint32_t rules_first = 0, rules_count = 0;
    std::vector<std::uint32_t> groups;
};

struct Threat {
    std::uint32_t id = 0, name = 0, action = 0;
    base::TimePoint added{}, due{};
    bool ransomware = false;
};

struct AdvisoryCompiler::State {
    explicit State(BaseScore base_score) : score(base_score), statements(strings) {}

    BaseScore score;
    Interner strings;
    StatementCompiler statements;
    std::vector<Kept> records;
    std::vector<Threat> threats;
    std::unordered_map<std::string, EpssScore> epss;
    Stats stats;
    Grouping grouping;

    // Sections that only the last step fills.
    std::vector<layout::Group> groups;
    std::vector<layout::RecordRow> record_rows;
    std::vector<layout::CvssRow> cvss;
    std::vector<layout::ListItem> lists;
    std::vector<layout::VersionKey> versions;
    std::vector<layout::Key> keys;
    std::vector<layout::Posting> postings;
    std::uint64_t kev_count = 0, epss_count = 0;

    void fill_first_held(const Since& since);
    void settle_revisions();
    void settle_duplicates();
    void settle_rejected();
    void form_groups();
    void fill_group(std::uint32_t index, const std::vector<std::uint32_t>& members);
    void fill_threats();
    void order_rules();
    std::vector<layout::Content> contents() const;
    void index();
    std::uint32_t append_list(const std::vector<std::uint32_t>& values);
    base::Bytes write() const;
};

} // namespace oakum::advisory
