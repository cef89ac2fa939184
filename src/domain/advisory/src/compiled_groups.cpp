// SPDX-License-Identifier: Apache-2.0
// Records of one vulnerability as one advisory, with its texts and scores.
#include "compiler_state.hpp"
#include "scores.hpp"

#include <advisory/file.hpp>

#include <algorithm>
#include <tuple>

namespace oakum::advisory {

using namespace layout;

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

} // namespace oakum::advisory
