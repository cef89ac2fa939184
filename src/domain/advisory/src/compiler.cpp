// SPDX-License-Identifier: Apache-2.0
#include "grouping.hpp"
#include "interner.hpp"
#include "layout.hpp"
#include "names.hpp"
#include "scores.hpp"
#include "statements.hpp"

#include <advisory/compiler.hpp>
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
constexpr std::size_t most_ids = 1024;

bool is_cve(std::string_view id) {
    return id.starts_with("CVE-");
}

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

// What is kept of a record until the groups are known. Texts are offsets of the interner.
struct Kept {
    Source source = Source::nvd;
    std::uint32_t id = 0, part = 0, publisher = 0, title = 0, description = 0;
    base::TimePoint published{}, modified{};
    bool withdrawn = false, exploited = false, speaks = false;
    bool live = true;   // its text and scores count
    bool judges = true; // its statements count
    std::vector<std::uint32_t> aliases, covers, weaknesses;
    std::vector<CvssRow> cvss;
    SsvcPoints ssvc;
    std::uint32_t rules_first = 0, rules_count = 0;
    std::vector<std::uint32_t> groups;
};

// What at most one record of a source is about.
struct Place {
    std::uint32_t id = 0, part = 0, publisher = 0;
    Source source = Source::nvd;
    bool operator==(const Place&) const = default;
};
struct PlaceHash {
    std::size_t operator()(const Place& place) const {
        const auto both = static_cast<std::uint64_t>(place.id) << 32U | place.part;
        const auto whose =
            static_cast<std::uint64_t>(place.publisher) << 8U | static_cast<std::uint64_t>(place.source);
        return std::hash<std::uint64_t>{}((both ^ whose) * 0x9E3779B97F4A7C15ULL);
    }
};

struct Threat {
    std::uint32_t id = 0, name = 0, action = 0;
    base::TimePoint added{}, due{};
    bool ransomware = false;
};

// "DEBIAN-CVE-2024-1" is the distribution's view of CVE-2024-1.
std::string_view cve_inside(std::string_view id) {
    for (std::string_view prefix : {"DEBIAN-", "ALPINE-", "UBUNTU-"})
        if (id.starts_with(prefix) && is_cve(id.substr(prefix.size()))) return id.substr(prefix.size());
    return {};
}

} // namespace

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
    std::vector<Group> groups;
    std::vector<RecordRow> record_rows;
    std::vector<CvssRow> cvss;
    std::vector<ListItem> lists;
    std::vector<VersionKey> versions;
    std::vector<Key> keys;
    std::vector<Posting> postings;
    std::uint64_t kev_count = 0, epss_count = 0;

    void fill_first_held(const Since& since);
    void settle_revisions();
    void settle_duplicates();
    void settle_rejected();
    void form_groups();
    void fill_group(std::uint32_t index, const std::vector<std::uint32_t>& members);
    void fill_threats();
    void order_rules();
    std::vector<Content> contents() const;
    void index();
    std::uint32_t append_list(const std::vector<std::uint32_t>& values);
    base::Bytes write() const;
};

AdvisoryCompiler::AdvisoryCompiler(BaseScore score) : state_(std::make_unique<State>(score)) {}
AdvisoryCompiler::~AdvisoryCompiler() = default;
AdvisoryCompiler::AdvisoryCompiler(AdvisoryCompiler&&) noexcept = default;
AdvisoryCompiler& AdvisoryCompiler::operator=(AdvisoryCompiler&&) noexcept = default;
AdvisoryCompiler::Stats AdvisoryCompiler::stats() const {
    return state_->stats;
}

void AdvisoryCompiler::add(const Record& record) {
    auto& s = *state_;
    if (record.id.empty() || s.strings.full()) return;
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
            s.statements.add(statement, number, record.id);
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

// A revision of a CSAF document takes the place of the whole of an older one, with what it no longer speaks
// of.
void AdvisoryCompiler::State::settle_revisions() {
    std::unordered_map<std::uint64_t, base::TimePoint> newest; // by publisher and id
    const auto document = [](const Kept& record) {
        return static_cast<std::uint64_t>(record.publisher) << 32U | record.id;
    };
    for (const auto& record : records)
        if (record.source == Source::csaf) {
            auto& at = newest.try_emplace(document(record), record.modified).first->second;
            at = std::max(at, record.modified);
        }
    for (auto& record : records)
        if (record.source == Source::csaf && record.modified < newest.at(document(record))) {
            ++stats.replaced;
            record.live = record.judges = false;
        }
}

// Of one source's records with one id (and part) the newest decides; a newest one that says nothing about
// products leaves the statements of the one before in force (a record that NVD later defers keeps its
// configurations).
void AdvisoryCompiler::State::settle_duplicates() {
    std::unordered_map<Place, std::uint32_t, PlaceHash> newest;
    for (std::uint32_t i = 0; i < records.size(); ++i) {
        auto& record = records[i];
        if (!record.live) continue;
        if (record.source == Source::apple) continue; // each system's feed adds its releases to the CVE
        const auto [found, fresh] =
            newest.try_emplace(Place{record.id, record.part, record.publisher, record.source}, i);
        if (fresh) continue;
        ++stats.replaced;
        const bool newer = record.modified >= records[found->second].modified;
        auto& later = newer ? record : records[found->second];
        auto& earlier = newer ? records[found->second] : record;
        if (later.withdrawn) {
            earlier.live = earlier.judges = false;
        } else if (later.speaks) {
            earlier.judges = false;
        } else if (earlier.judges && earlier.speaks) {
            later.judges = false; // has no rules; the earlier stays in force
            later.speaks = true;
        }
        found->second = newer ? i : found->second;
    }
}

// A CVE id that was rejected has no meaning for either of its catalogues.
void AdvisoryCompiler::State::settle_rejected() {
    std::vector<std::uint32_t> rejected;
    for (auto& record : records) {
        if (!record.withdrawn) continue;
        ++stats.withdrawn;
        if (record.live && (record.source == Source::nvd || record.source == Source::cve5))
            rejected.push_back(record.id);
        record.live = record.judges = false;
    }
    std::sort(rejected.begin(), rejected.end());
    for (auto& record : records)
        if ((record.source == Source::nvd || record.source == Source::cve5) &&
            std::binary_search(rejected.begin(), rejected.end(), record.id))
            record.live = record.judges = false;
}

std::uint32_t AdvisoryCompiler::State::append_list(const std::vector<std::uint32_t>& values) {
    const auto first = static_cast<std::uint32_t>(lists.size());
    for (const auto value : values)
        lists.push_back({value});
    return first;
}

void AdvisoryCompiler::State::form_groups() {
    const auto node = [this](std::uint32_t id) { return grouping.node(id, is_cve(strings.text(id))); };
    // In the order of ids, whatever order the records came in.
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < records.size(); ++i)
        if (records[i].live) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
        return strings.text(records[a].id) < strings.text(records[b].id);
    });
    std::vector<std::vector<std::uint32_t>> own(records.size()); // CVE ids of each
    for (const auto i : order) {
        const auto& record = records[i];
        auto& cves = own[i];
        for (const auto id : record.aliases)
            if (is_cve(strings.text(id))) cves.push_back(id);
        if (is_cve(strings.text(record.id))) cves.assign(1, record.id); // a CVE record is about itself
        cves.insert(cves.end(), record.covers.begin(), record.covers.end());
        std::sort(cves.begin(), cves.end());
        cves.erase(std::unique(cves.begin(), cves.end()), cves.end());
        const auto self = node(record.id);
        for (const auto cve : cves)
            node(cve);
        if (cves.size() > 1) continue;
        for (const auto id : record.aliases)
            if (!is_cve(strings.text(id)) || (cves.size() == 1 && cves.front() == id))
                grouping.unite(self, node(id));
    }
    for (const auto& threat : threats)
        node(threat.id);

    // A group a set of ids; its name is the CVE id, else the smallest id of its records.
    std::unordered_map<std::uint32_t, std::string_view> names; // by root
    const auto offer = [&](std::uint32_t root, std::string_view id) {
        const auto [found, fresh] = names.try_emplace(root, id);
        const bool better = std::tuple(!is_cve(id), id) < std::tuple(!is_cve(found->second), found->second);
        if (!fresh && better) found->second = id;
    };
    std::vector<std::vector<std::uint32_t>> roots(records.size());
    for (const auto i : order) {
        if (own[i].empty()) {
            const auto root = grouping.find(node(records[i].id));
            roots[i].push_back(root);
            const auto cve = grouping.cve(root);
            offer(root, strings.text(cve != 0 ? cve : records[i].id));
        }
        for (const auto cve : own[i]) {
            roots[i].push_back(grouping.find(node(cve)));
            offer(roots[i].back(), strings.text(cve));
        }
    }
    for (const auto& threat : threats)
        offer(grouping.find(node(threat.id)), strings.text(threat.id));
    std::vector<std::pair<std::string_view, std::uint32_t>> sorted;
    for (const auto& [root, name] : names)
        sorted.emplace_back(name, root);
    std::sort(sorted.begin(), sorted.end());
    std::unordered_map<std::uint32_t, std::uint32_t> index_of;
    for (std::uint32_t g = 0; g < sorted.size(); ++g)
        index_of.emplace(sorted[g].second, g);

    std::vector<std::vector<std::uint32_t>> members(sorted.size());
    for (const auto i : order) {
        for (const auto root : roots[i])
            records[i].groups.push_back(index_of.at(root));
        std::sort(records[i].groups.begin(), records[i].groups.end());
        for (const auto group : records[i].groups)
            members[group].push_back(i);
    }
    groups.resize(sorted.size());
    for (std::uint32_t g = 0; g < sorted.size(); ++g) {
        groups[g].id = strings.add(sorted[g].first);
        fill_group(g, members[g]);
    }
    stats.advisories = groups.size();
}

// By any of its ids, the earliest: records of one vulnerability may have come one after the other.
void AdvisoryCompiler::State::fill_first_held(const Since& since) {
    for (auto& group : groups) {
        group.first_held = base::unix_ms(*since.now);
        if (since.before == nullptr) continue;
        for (std::uint32_t i = 0; i < group.ids_count; ++i)
            for (const std::uint32_t held :
                 since.before->find(strings.text(lists[group.ids_first + i].value))) {
                const auto at = since.before->first_held(held);
                group.first_held = std::min(group.first_held, at ? base::unix_ms(*at) : 0);
            }
    }
}

// The texts come from the CVE record first, then NVD, then the others; of each source the newest.
void AdvisoryCompiler::State::fill_group(std::uint32_t index, const std::vector<std::uint32_t>& members) {
    auto& group = groups[index];
    auto order = members;
    const auto rank = [](Source source) {
        return source == Source::cve5 ? 0 : source == Source::nvd ? 1 : source == Source::osv ? 2 : 3;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(rank(records[a].source), -base::unix_ms(records[a].modified)) <
               std::tuple(rank(records[b].source), -base::unix_ms(records[b].modified));
    });
    std::vector<std::uint32_t> ids{group.id};
    std::vector<std::uint32_t> weaknesses;
    std::vector<CvssRow> scores;
    base::TimePoint published{};
    base::TimePoint modified{};
    for (const auto i : order) {
        const auto& record = records[i];
        ids.push_back(record.id);
        for (const auto alias : record.aliases)
            if (!is_cve(strings.text(alias))) ids.push_back(alias);
        weaknesses.insert(weaknesses.end(), record.weaknesses.begin(), record.weaknesses.end());
        scores.insert(scores.end(), record.cvss.begin(), record.cvss.end());
        group.title = group.title != 0 ? group.title : record.title;
        group.description = group.description != 0 ? group.description : record.description;
        if (base::unix_ms(record.published) > 0 &&
            (base::unix_ms(published) == 0 || record.published < published))
            published = record.published;
        modified = std::max(modified, record.modified);
        if (record.exploited) group.exploited = 1;
        if (group.exploitation == 0 && group.automatable == 0 && group.technical_impact == 0)
            set_ssvc(record.ssvc, group);
    }
    group.published = base::unix_ms(published);
    group.modified = base::unix_ms(modified);
    const auto unique = [](std::vector<std::uint32_t>& values) {
        std::vector<std::uint32_t> out;
        for (const auto value : values)
            if (std::find(out.begin(), out.end(), value) == out.end() && out.size() < most_ids)
                out.push_back(value);
        values = std::move(out);
    };
    unique(ids);
    unique(weaknesses);
    std::stable_sort(scores.begin(), scores.end(), [this](const CvssRow& a, const CvssRow& b) {
        return rank_of(strings.text(a.source), strings.text(a.vector)) <
               rank_of(strings.text(b.source), strings.text(b.vector));
    });
    scores.erase(std::unique(scores.begin(), scores.end(),
                             [](const CvssRow& a, const CvssRow& b) {
                                 return a.source == b.source && a.vector == b.vector;
                             }),
                 scores.end());
    group.ids_first = append_list(ids);
    group.ids_count = static_cast<std::uint32_t>(ids.size());
    group.weaknesses_first = append_list(weaknesses);
    group.weaknesses_count = static_cast<std::uint32_t>(weaknesses.size());
    group.records_first = append_list(order);
    group.records_count = static_cast<std::uint32_t>(order.size());
    group.cvss_first = static_cast<std::uint32_t>(cvss.size());
    group.cvss_count = static_cast<std::uint32_t>(scores.size());
    cvss.insert(cvss.end(), scores.begin(), scores.end());
    const auto best =
        std::find_if(scores.begin(), scores.end(), [](const CvssRow& row) { return row.score_tenths != 0; });
    if (best != scores.end()) {
        group.score_tenths = static_cast<std::uint8_t>(best->score_tenths);
        group.severity = static_cast<std::uint8_t>(severity_of_score(best->score_tenths / 10.0));
        set_losses(strings.text(best->vector), group);
    } else if (!scores.empty()) {
        set_losses(strings.text(scores.front().vector), group);
    }
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
    s.order_rules();
    s.index();
    s.versions = s.statements.place_versions();
    s.stats.criteria_refused = s.statements.criteria_refused;
    if (s.strings.full()) return base::too_large("the advisories have more than 4 GiB of text");
    return s.write();
}

} // namespace oakum::advisory
