// SPDX-License-Identifier: Apache-2.0
#include "compiler_state.hpp"
#include "names.hpp"
#include "scores.hpp"

#include <base/digest.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>

namespace oakum::advisory {

using namespace layout;

namespace {

constexpr std::size_t longest_description = 700;
constexpr std::size_t longest_title = 200;

// Cut between characters, at a blank where there is one near.
std::string_view shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    auto end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    if (const auto blank = text.rfind(' ', end); blank != std::string_view::npos && blank + 40 > end)
        end = blank;
    return text.substr(0, end);
}

// "DEBIAN-CVE-2024-1" is the distribution's view of CVE-2024-1.
std::string_view cve_inside(std::string_view id) {
    for (std::string_view prefix : {"DEBIAN-", "ALPINE-", "UBUNTU-"})
        if (id.starts_with(prefix) && is_cve(id.substr(prefix.size()))) return id.substr(prefix.size());
    return {};
}

} // namespace

AdvisoryCompiler::AdvisoryCompiler(BaseScore score) : state_(std::make_unique<State>(score)) {}
AdvisoryCompiler::~AdvisoryCompiler() = default;
AdvisoryCompiler::AdvisoryCompiler(AdvisoryCompiler&&) noexcept = default;
AdvisoryCompiler& AdvisoryCompiler::operator=(AdvisoryCompiler&&) noexcept = default;
AdvisoryCompiler::Stats AdvisoryCompiler::stats() const {
    return state_->stats;
}

void AdvisoryCompiler::add(const Record& record) {
    auto& s = *state_;
    if (record.id.empty()) {
        for (const auto& statement : record.applicability)
            if (const auto* release = std::get_if<AppleRelease>(&statement))
                s.statements.note_supplement(*release);
        return;
    }
    if (s.strings.full()) return;
    ++s.stats.records;
    Kept kept;
    kept.source = record.source;
    kept.id = s.strings.add(record.id);
    kept.part = s.strings.add(record.part);
    kept.publisher = s.strings.add(record.publisher);
    kept.title = s.strings.add(shortened(record.title, longest_title));
    kept.description = s.strings.add(shortened(record.description, longest_description));
    kept.published = record.published;
    kept.modified = record.modified;
    kept.withdrawn = record.withdrawn;
    kept.exploited = record.exploited;
    kept.speaks = !record.applicability.empty();
    if (const auto inside = cve_inside(record.id); !inside.empty())
        kept.aliases.push_back(s.strings.add(inside));
    for (const auto& alias : record.aliases)
        if (kept.aliases.size() < most_ids && alias != record.id && !alias.empty())
            kept.aliases.push_back(s.strings.add(alias));
    for (const auto& covered : record.covers)
        if (kept.covers.size() < most_ids && is_cve(covered)) kept.covers.push_back(s.strings.add(covered));
    for (const auto& weakness : record.weaknesses)
        kept.weaknesses.push_back(s.strings.add(weakness));
    for (const auto& vector : record.cvss)
        kept.cvss.push_back(
            {s.strings.add(vector.source), s.strings.add(vector.vector), score_tenths(vector, s.score)});
    kept.ssvc = record.ssvc.value_or(SsvcPoints{});
    const auto number = static_cast<std::uint32_t>(s.records.size());
    kept.rules_first = static_cast<std::uint32_t>(s.statements.rules.size());
    if (!record.withdrawn)
        for (const auto& statement : record.applicability)
            s.statements.add(statement, number, record.id, record.title);
    kept.rules_count = static_cast<std::uint32_t>(s.statements.rules.size()) - kept.rules_first;
    s.records.push_back(std::move(kept));
}

void AdvisoryCompiler::add(const KevEntry& entry) {
    auto& s = *state_;
    if (entry.id.empty()) return;
    s.threats.push_back({s.strings.add(entry.id), s.strings.add(shortened(entry.name, longest_title)),
                         s.strings.add(shortened(entry.required_action, longest_description)), entry.added,
                         entry.due, entry.ransomware});
}

void AdvisoryCompiler::add(const EpssScore& score) {
    state_->epss.insert_or_assign(score.id, score);
}

void AdvisoryCompiler::State::fill_threats() {
    std::unordered_map<std::string_view, std::uint32_t> by_id;
    for (std::uint32_t g = 0; g < groups.size(); ++g)
        by_id.emplace(strings.text(groups[g].id), g);
    for (const auto& threat : threats) {
        const auto found = by_id.find(strings.text(threat.id));
        if (found == by_id.end())
            continue; // its id is an alias of a CVE id, which the catalogue would have used
        auto& group = groups[found->second];
        kev_count += group.has_kev == 0 ? 1 : 0;
        group.has_kev = group.exploited = 1;
        group.ransomware = threat.ransomware ? 1 : 0;
        group.kev_added = base::unix_ms(threat.added);
        group.kev_due = base::unix_ms(threat.due);
        group.kev_name = threat.name;
        group.kev_action = threat.action;
        group.title = group.title != 0 ? group.title : threat.name;
    }
    for (auto& group : groups) {
        const auto found = epss.find(std::string(strings.text(group.id)));
        if (found == epss.end()) continue;
        ++epss_count;
        group.has_epss = 1;
        group.epss = found->second.probability;
        group.epss_percentile = found->second.percentile;
    }
}

// In the order of their records' ids, whatever order the feeds came in: of two that say the same the first is
// the one that is named.
void AdvisoryCompiler::State::order_rules() {
    std::vector<std::uint32_t> by_id(records.size());
    std::iota(by_id.begin(), by_id.end(), 0U);
    std::stable_sort(by_id.begin(), by_id.end(), [this](std::uint32_t a, std::uint32_t b) {
        return std::tuple(strings.text(records[a].id), records[a].source, strings.text(records[a].part)) <
               std::tuple(strings.text(records[b].id), records[b].source, strings.text(records[b].part));
    });
    std::vector<std::uint32_t> order;
    order.reserve(statements.rules.size());
    for (const auto record : by_id)
        for (std::uint32_t i = 0; i < records[record].rules_count; ++i)
            order.push_back(records[record].rules_first + i);
    statements.order_rules(order);
}

namespace {

Content content_of(std::string_view bytes) {
    Content out{};
    const auto digest = base::sha256(bytes);
    std::copy_n(digest.bytes.begin(), out.size(), out.begin());
    return out;
}

std::string_view as_text(const Content& content) {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
}

} // namespace

// Of every rule that judges: what it says, who says it, of which advisories, and its place in the record.
std::vector<Content> AdvisoryCompiler::State::contents() const {
    std::vector<Content> out(statements.rules.size());
    std::uint32_t first = 0;
    for (std::uint32_t i = 0; i < out.size(); ++i) {
        const auto& rule = statements.rules[i];
        if (rule.record != statements.rules[first].record) first = i;
        const auto& record = records[rule.record];
        if (!record.judges) continue;
        auto bytes = statements.content(rule);
        bytes.append(std::to_string(i - first)).append(" ");
        bytes.append(std::to_string(static_cast<int>(record.source))).append(strings.text(record.id));
        for (const auto group : record.groups)
            bytes.append("\n").append(strings.text(groups[group].id));
        out[i] = content_of(bytes);
    }
    return out;
}

void AdvisoryCompiler::State::index() {
    struct Entry {
        std::uint64_t hash;
        std::uint32_t key, value;
    };
    std::vector<Entry> entries;
    const auto add = [&](std::uint32_t key, std::uint32_t value) {
        entries.push_back({hash_of(strings.text(key)), key, value});
    };
    for (const auto& [key, rule] : statements.filed)
        if (records[statements.rules[rule].record].judges) {
            ++stats.rules;
            add(key, rule);
        }
    for (std::uint32_t g = 0; g < groups.size(); ++g)
        for (std::uint32_t i = 0; i < groups[g].ids_count; ++i) {
            const auto id = lists[groups[g].ids_first + i].value;
            add(strings.add(std::string(id_prefix).append(strings.text(id))), g);
        }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.hash, a.key, a.value) < std::tie(b.hash, b.key, b.value);
    });
    const auto said = contents();
    std::string content;
    for (std::size_t i = 0; i < entries.size();) {
        const auto& entry = entries[i];
        Key row{entry.hash, entry.key, static_cast<std::uint32_t>(postings.size()), 0, 0, {}};
        const auto text = strings.text(entry.key);
        content.assign(text).append("\n");
        for (; i < entries.size() && entries[i].key == entry.key; ++i, ++row.count) {
            postings.push_back({entries[i].value});
            if (text.starts_with(release_prefix)) continue;
            if (text.starts_with(id_prefix))
                content.append(strings.text(groups[entries[i].value].id)).append("\n");
            else
                content.append(as_text(said[entries[i].value]));
        }
        row.content = content_of(content);
        keys.push_back(row);
    }
    for (const auto& record : records) {
        RecordRow row{record.id, append_list(record.groups), static_cast<std::uint32_t>(record.groups.size()),
                      static_cast<std::uint32_t>(record.source)};
        record_rows.push_back(row);
    }
}

base::Bytes AdvisoryCompiler::State::write() const {
    Header header;
    header.magic = magic;
    header.version = format_version;
    header.sections = section_count;
    header.kev = kev_count;
    header.epss = epss_count;
    std::uint64_t at = sizeof(Header);
    const auto place = [&](Section section, std::uint64_t bytes) {
        at = (at + 7) / 8 * 8;
        header.table[static_cast<std::size_t>(section)] = {at, bytes};
        at += bytes;
    };
    const auto each = [&](const auto& visit) {
        visit(groups);
        visit(record_rows);
        visit(cvss);
        visit(lists);
        visit(statements.rules);
        visit(statements.ranges);
        visit(statements.exacts);
        visit(statements.changes);
        visit(statements.nodes);
        visit(statements.products);
        visit(versions);
        visit(keys);
        visit(postings);
    };
    place(Section::strings, strings.bytes().size());
    each([&]<class Row>(const std::vector<Row>& rows) { place(Row::section, rows.size() * sizeof(Row)); });
    header.size = at;
    base::Bytes out(at, 0);
    const auto copy = [&](Section section, const void* data) {
        const auto& extent = header.table[static_cast<std::size_t>(section)];
        if (extent.bytes != 0) std::memcpy(out.data() + extent.offset, data, extent.bytes);
    };
    copy(Section::strings, strings.bytes().data());
    each([&]<class Row>(const std::vector<Row>& rows) { copy(Row::section, rows.data()); });
    std::memcpy(out.data(), &header, sizeof(header));
    header.checksum = base::sha256(out).bytes;
    std::memcpy(out.data(), &header, sizeof(header));
    return out;
}

base::Result<base::Bytes> AdvisoryCompiler::compile() {
    return compile(Since{});
}

base::Result<base::Bytes> AdvisoryCompiler::compile(const Since& since) {
    auto& s = *state_;
    s.settle_revisions();
    s.settle_duplicates();
    s.settle_rejected();
    s.form_groups();
    if (since.now) s.fill_first_held(since);
    s.fill_threats();
    s.statements.settle_supplements();
    s.order_rules();
    s.index();
    s.versions = s.statements.place_versions();
    s.stats.criteria_refused = s.statements.criteria_refused;
    if (s.strings.full()) return base::too_large("the advisories have more than 4 GiB of text");
    return s.write();
}

} // namespace oakum::advisory
