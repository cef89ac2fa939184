// SPDX-License-Identifier: Apache-2.0
#include "advisories.hpp"

#include "advisory_dates.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace oakum::server {

using device::TenantId;

namespace {

constexpr std::size_t kListed = 5'000; // of everything that is in the data; a search narrows it

bool contains_word(std::string_view text, std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
               const auto lower = [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
               };
               return lower(a) == lower(b);
           }) != text.end();
}

bool matches(const advisory::AdvisoryView& view, const std::string& search) {
    if (search.empty() || contains_word(view.title, search) || contains_word(view.description, search))
        return true;
    return std::any_of(view.ids.begin(), view.ids.end(),
                       [&](std::string_view id) { return contains_word(id, search); });
}

std::optional<base::TimePoint> known(base::TimePoint at) {
    return at == base::TimePoint{} ? std::nullopt : std::optional(at);
}

} // namespace

void AdvisoriesService::list(const access::Actor& actor, api::AdvisoryQuery query,
                             api::Answer<api::AdvisoryPage> answer) {
    auto selection = registry_.selection(actor, query.query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection),
                              query = std::move(query), answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const advisory::AdvisoryFile& file = assessed->knowledge->file;
        const assessment::Figures figures = assessment::figures(context_.core.fleet, *assessed, selection);
        std::vector<api::AdvisorySummary> views;
        std::vector<bool> shown(file.size());
        for (const assessment::AdvisoryFigures& row : figures.advisories) {
            const advisory::AdvisoryView view = file.advisory(row.advisory);
            shown[row.advisory] = true;
            if (query.only == api::AdvisoryFilter::exploited && !view.exploited) continue;
            if (row.affected + row.unknown + row.not_affected > 0 && matches(view, query.search))
                views.push_back(advisory_row(*assessed->knowledge, row, figures));
        }
        if (query.only == api::AdvisoryFilter::all ||
            (query.only == api::AdvisoryFilter::exploited && !query.search.empty()))
            for (std::uint32_t i = 0; i < file.size() && views.size() < kListed; ++i) {
                if (shown[i]) continue;
                const advisory::AdvisoryView view = file.advisory(i);
                if ((query.only != api::AdvisoryFilter::exploited || view.exploited) &&
                    matches(view, query.search))
                    views.push_back(advisory_row(*assessed->knowledge, {.advisory = i}, figures));
            }
        auto paged = page_of(std::move(views), query.page);
        if (!paged.ok()) return answer(std::move(paged).error());
        api::AdvisoryPage page;
        static_cast<api::Page<api::AdvisorySummary>&>(page) = std::move(*paged);
        page.newest_record = assessed->knowledge->newest_record;
        answer(std::move(page));
    });
}

api::Advisory AdvisoriesService::whole(TenantId tenant, const fleet::Selection& selection,
                                       std::uint32_t index) const {
    const auto assessed = assessor_.fleet(tenant);
    const advisory::AdvisoryFile& file = assessed->knowledge->file;
    const advisory::AdvisoryView about = file.advisory(index);

    // Which sets it concerns, with one piece of evidence each.
    struct InSet {
        advisory::Verdict verdict = advisory::Verdict::not_affected;
        const assessment::AssessedSet* set = nullptr;
        const advisory::SetVerdict* found = nullptr;
        std::uint64_t devices = 0;
        std::vector<const advisory::SetVerdict*> all; // of its components
    };
    std::map<device::SetId, InSet> sets;
    for (const auto& [id, set] : assessed->sets)
        for (const advisory::SetVerdict& found : set->assessment.verdicts)
            if (found.verdict.advisory == index) {
                InSet& entry = sets[id];
                entry.all.push_back(&found);
                if (entry.found == nullptr || found.verdict.verdict == advisory::Verdict::affected) {
                    entry.verdict = found.verdict.verdict;
                    entry.set = set.get();
                    entry.found = &found;
                }
            }

    assessment::AdvisoryFigures figures{.advisory = index};
    std::uint64_t devices = 0, no_software = 0, not_assessed = 0;
    std::map<std::pair<std::string, std::string>, api::Advisory::Breakdown> breakdown;
    constexpr std::array<std::string_view, 4> keys{device::key::model, device::key::firmware_version,
                                                   device::key::os_version, device::key::patch_level};
    for (const fleet::Tally& tally :
         context_.core.fleet.tally(selection, keys, assessment::cells_of(*assessed))) {
        devices += tally.count;
        bool affected = false, unknown = false, reported = false, any = false, open = false;
        bool accepted = false, suppressed = false, mitigated = false, stated = false;
        for (const device::SetId id : {tally.base, fleet::subject(tally.delta, tally.base).id}) {
            const assessment::AssessedSet* set = assessed->find(id);
            reported = reported || (set != nullptr && !set->components().empty());
            any = any || (set != nullptr && set->is_assessed());
            const auto found = sets.find(id);
            if (found == sets.end()) continue;
            found->second.devices += tally.count;
            for (const advisory::SetVerdict* each : found->second.all) {
                const bool is_affected = each->verdict.verdict == advisory::Verdict::affected;
                if (!is_affected && each->verdict.verdict != advisory::Verdict::unknown) continue;
                const assessment::InForce::One* one =
                    assessed->in_force ? assessed->in_force->about(*set, *each, tally.cell) : nullptr;
                const auto kind = one == nullptr ? std::nullopt : std::optional(one->wish().kind);
                if (kind == exception::Kind::not_affected) {
                    stated = true;
                    continue;
                }
                (is_affected ? affected : unknown) = true;
                accepted = accepted || kind == exception::Kind::accept;
                suppressed = suppressed || kind == exception::Kind::suppress;
                mitigated = mitigated || kind == exception::Kind::mitigate;
                open = open || !kind || assessment::is_open_under(*kind);
            }
        }
        no_software += reported ? 0 : tally.count;
        not_assessed += reported && !any ? tally.count : 0;
        // A device that says nothing of its software, or nothing that could be assessed, cannot be told clean
        // of anything.
        unknown = !affected && (unknown || !any);
        figures.affected += affected ? tally.count : 0;
        figures.unknown += unknown ? tally.count : 0;
        figures.not_affected += !affected && !unknown && stated ? tally.count : 0;
        figures.accepted += !open && accepted ? tally.count : 0;
        figures.suppressed += !open && !accepted && suppressed ? tally.count : 0;
        figures.mitigated += mitigated ? tally.count : 0;
        const std::string version =
            !tally.values[1].empty()
                ? tally.values[1]
                : tally.values[2] + (tally.values[3].empty() ? "" : " (" + tally.values[3] + ")");
        api::Advisory::Breakdown& row = breakdown[{tally.values[0], version}];
        row.model = some(tally.values[0]);
        row.version = some(version);
        (affected ? row.affected : unknown ? row.cannot_tell : row.not_affected) += tally.count;
    }

    api::Advisory view;
    static_cast<api::AdvisorySummary&>(view) = advisory_summary(*assessed->knowledge, figures, devices);
    view.description = std::string(about.description);
    for (const advisory::CvssView& cvss : about.cvss)
        view.cvss_vectors.push_back({std::string(cvss.source), std::string(cvss.vector), cvss.base_score});
    if (about.epss) view.epss_percentile = about.epss->percentile;
    const auto scores = assessed->knowledge->scores->of(about.id);
    for (const risk::EpssHistory::Score& score : scores)
        view.epss_history.push_back({score.day, score.probability});
    if (const auto lev = risk::lev(scores)) view.lev = lev->probability;
    if (about.kev) {
        view.exploited_since = known(about.kev->added);
        view.required_action = some(std::string(about.kev->required_action));
    }
    for (const std::string_view weakness : about.weaknesses)
        view.weaknesses.emplace_back(weakness);
    for (auto& [key, row] : breakdown)
        view.breakdown.push_back(std::move(row));
    std::sort(view.breakdown.begin(), view.breakdown.end(), [](const auto& a, const auto& b) {
        return std::pair(a.affected, a.cannot_tell) > std::pair(b.affected, b.cannot_tell);
    });
    if (view.breakdown.size() > 200) view.breakdown.resize(200);
    std::map<std::string, std::uint64_t> fixed_in;
    // One line for each reason: a fleet has one component in many versions.
    std::map<std::tuple<ports::Verdict, std::string, std::string>, api::Advisory::Evidence> reasons;
    for (const auto& [id, entry] : sets) {
        if (entry.devices == 0) continue;
        const component::Component& component = entry.set->components()[entry.found->component];
        const advisory::Evidence evidence = advisory::evidence(file, component, entry.found->verdict);
        const std::string& stated = entry.found->statement;
        const std::string why = stated.empty() ? std::string(advisory::to_string(evidence.reason)) : stated;
        const ports::Verdict verdict = entry.verdict == advisory::Verdict::affected ? ports::Verdict::affected
                                       : entry.verdict == advisory::Verdict::fixed  ? ports::Verdict::fixed
                                       : entry.verdict == advisory::Verdict::unknown
                                           ? ports::Verdict::unknown
                                           : ports::Verdict::not_affected;
        auto [at, fresh] = reasons.try_emplace({verdict, component.name, why});
        api::Advisory::Evidence& line = at->second;
        if (fresh)
            line = {verdict, component, std::string(advisory::to_string(evidence.source)),
                    stated.empty() ? evidence.sentence : stated, entry.devices};
        else
            line.devices += entry.devices;
        if (!fresh && line.component.version != component.version) {
            line.component = {};
            line.component.kind = component.kind;
            line.component.name = component.name;
            if (!line.reason.starts_with(why)) line.reason = why + "; one of them: " + line.reason;
        }
        if (entry.verdict == advisory::Verdict::affected && !evidence.fixed_in.empty())
            fixed_in[component.name + "\n" + evidence.fixed_in] += entry.devices;
    }
    for (auto& [key, line] : reasons)
        view.evidence.push_back(std::move(line));
    std::stable_sort(view.evidence.begin(), view.evidence.end(), [](const auto& a, const auto& b) {
        const auto rank = [](ports::Verdict verdict) {
            return verdict == ports::Verdict::affected ? 0 : verdict == ports::Verdict::unknown ? 1 : 2;
        };
        return std::pair(rank(a.verdict), b.devices) < std::pair(rank(b.verdict), a.devices);
    });
    if (view.evidence.size() > 100) view.evidence.resize(100);
    // Models that are hit, or whose firmware is: when all devices are updated the release still was the fix.
    std::set<std::string> models;
    std::set<device::SetId> affected_sets;
    for (const auto& [id, entry] : sets)
        if (entry.verdict == advisory::Verdict::affected) affected_sets.insert(id);
    for (const api::Advisory::Breakdown& row : view.breakdown)
        if (row.model && row.affected > 0) models.insert(*row.model);
    for (const auto& firmware : context_.core.control.list<ports::FirmwareRow>(tenant))
        if (affected_sets.contains(firmware->set)) models.insert(firmware->model);
    std::vector<shard::Held<ports::ReleaseRow>> ends;
    for (const auto& release : context_.core.control.list<ports::ReleaseRow>(tenant)) {
        const bool for_them = std::any_of(release->models.begin(), release->models.end(),
                                          [&](const std::string& model) { return models.contains(model); });
        if (!for_them || release->state == "withdrawn" || release->set == device::SetId{} ||
            still_open(assessor_, tenant, *release, index))
            continue;
        ends.push_back(release);
        std::uint64_t helped = 0;
        for (const api::Advisory::Breakdown& row : view.breakdown)
            if (row.model && std::find(release->models.begin(), release->models.end(), *row.model) !=
                                 release->models.end())
                helped += row.affected;
        if (helped > 0)
            view.fixes.push_back({api::Advisory::FixKind::release, release->name, release->version,
                                  release->id, release->state, helped});
    }
    const FixDates dates = fix_dates(context_, tenant, selection.scope, affected_sets, ends);
    view.dates.fix_available = dates.available;
    view.dates.first_verified = dates.first_verified;
    for (const auto& [what, count] : fixed_in)
        view.fixes.push_back({api::Advisory::FixKind::vendor_update,
                              what.substr(0, what.find('\n')),
                              what.substr(what.find('\n') + 1),
                              {},
                              "at the vendor",
                              count});
    view.dates.disclosed = known(about.published);
    view.dates.known_to_us = about.first_held;
    for (const auto& [id, entry] : sets)
        for (const fleet::SetFinding& finding : context_.core.software.findings(tenant, id))
            if (finding.advisory == view.id && (!view.dates.matched || finding.from < *view.dates.matched))
                view.dates.matched = finding.from;
    std::string silent = no_software > 0 ? " (" + grouped(no_software) + " of them report no software)" : "";
    if (not_assessed > 0) silent += " (of " + grouped(not_assessed) + " of them no part could be assessed)";
    std::string decided;
    for (const auto& [count, word] :
         {std::pair(view.accepted, "accepted"), std::pair(view.mitigated, "mitigated"),
          std::pair(view.suppressed, "suppressed")})
        if (count > 0) decided += (decided.empty() ? " (" : ", ") + grouped(count) + " " + word;
    if (!decided.empty()) decided += ")";
    const std::string stated = view.stated_not_affected > 0
                                   ? " (" + grouped(view.stated_not_affected) + " by a statement of yours)"
                                   : "";
    view.sentence = view.affected > 0 ? "Affected: " + counted(view.affected, "device") + decided +
                                            "; not affected: " + grouped(view.not_affected) + stated +
                                            "; cannot tell: " + grouped(view.cannot_tell) + silent + "."
                    : view.cannot_tell > 0
                        ? "No device is known to be affected; for " + counted(view.cannot_tell, "device") +
                              " it cannot be told" + silent + "."
                        : "None of the " + counted(devices, "device") + " is affected" + stated + ".";
    return view;
}

void AdvisoriesService::get(const access::Actor& actor, std::string id, std::string query,
                            api::Answer<api::AdvisoryLookup> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post(
        [this, tenant = tenant_of(actor), selection = std::move(*selection), id, answer = std::move(answer)] {
            const auto assessed = assessor_.fleet(tenant);
            api::AdvisoryLookup lookup;
            lookup.newest_record = assessed->knowledge->newest_record;
            const auto found = by_any_name(assessed->knowledge->file, id);
            if (!found.empty()) lookup.advisory = whole(tenant, selection, found.front());
            answer(std::move(lookup));
        });
}

} // namespace oakum::server
