// SPDX-License-Identifier: Apache-2.0
#include "findings.hpp"

#include <cmath>

#include "explain_facts.hpp"

#include <algorithm>
#include <api/search_service.hpp>
#include <exceptions/exceptions.hpp>
#include <map>
#include <risk/deadline.hpp>
#include <risk/environment.hpp>
#include <rollouts/needs.hpp>

namespace oakum::server {

using device::TenantId;

void FindingsService::list(const access::Actor& actor, std::string query, api::FleetFindingFilter filter,
                           api::PageRequest page, api::Answer<api::Page<api::FleetFinding>> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), filter,
                              page, answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const advisory::AdvisoryFile& file = assessed->knowledge->file;
        struct Row {
            std::uint64_t devices = 0, accepted = 0, mitigated = 0, not_affected = 0, suppressed = 0;
            std::uint64_t& by(exception::Kind kind) {
                return kind == exception::Kind::accept         ? accepted
                       : kind == exception::Kind::mitigate     ? mitigated
                       : kind == exception::Kind::not_affected ? not_affected
                                                               : suppressed;
            }
            const assessment::AssessedSet* set = nullptr;
            const advisory::SetVerdict* found = nullptr;
        };
        // By advisory, component and verdict: a fleet has one component in many sets.
        std::map<std::tuple<std::uint32_t, std::string_view, std::string_view, advisory::Verdict>, Row> rows;
        for (const fleet::Tally& tally :
             context_.core.fleet.tally(selection, {}, assessment::cells_of(*assessed))) {
            const assessment::AssessedSet* image = assessed->find(tally.base);
            for (const bool upper : {false, true}) {
                if (upper && (tally.delta == tally.base || tally.delta == device::SetId{})) continue;
                const assessment::AssessedSet* set = upper ? assessed->find(tally.delta, tally.base) : image;
                if (set == nullptr) continue;
                for (const advisory::SetVerdict& found : set->assessment.verdicts) {
                    const advisory::Verdict verdict = found.verdict.verdict;
                    const bool open = verdict == advisory::Verdict::affected,
                               unknown = verdict == advisory::Verdict::unknown;
                    if (!(open && filter != api::FleetFindingFilter::unknown) &&
                        !(unknown && filter != api::FleetFindingFilter::open))
                        continue;
                    const component::Component& component = set->components()[found.component];
                    // An inventory that says the same as the image counts once.
                    if (upper && image != nullptr && image->covers(component)) continue;
                    Row& row = rows[{found.verdict.advisory, component.name, component.version, verdict}];
                    row.devices += tally.count;
                    if (assessed->in_force)
                        if (const auto* one = assessed->in_force->about(*set, found, tally.cell))
                            row.by(one->wish().kind) += tally.count;
                    row.set = set;
                    row.found = &found;
                }
            }
        }
        std::vector<std::pair<advisory::AdvisoryView, const Row*>> sorted;
        for (const auto& [key, row] : rows)
            sorted.emplace_back(file.advisory(std::get<0>(key)), &row);
        std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
            const auto rank = [](const auto& each) {
                return std::tuple(each.second->found->verdict.verdict == advisory::Verdict::affected,
                                  each.first.exploited, each.first.base_score, each.second->devices);
            };
            return rank(a) > rank(b);
        });
        auto paged = page_of(std::move(sorted), page);
        if (!paged.ok()) return answer(std::move(paged).error());
        api::Page<api::FleetFinding> view;
        view.next = std::move(paged->next);
        view.total = paged->total;
        for (const auto& [about, row] : paged->items) {
            const component::Component& component = row->set->components()[row->found->component];
            const advisory::Evidence evidence = advisory::evidence(file, component, row->found->verdict);
            api::FleetFinding finding;
            finding.advisory = advisory_ref(about);
            if (about.severity != advisory::Severity::not_scored) finding.cvss = about.base_score;
            if (about.epss) finding.epss = about.epss->probability;
            finding.component = component;
            finding.verdict = assessment::stored(row->found->verdict.verdict);
            finding.reason = row->found->statement.empty() ? evidence.sentence : row->found->statement;
            finding.fixed_in = some(evidence.fixed_in);
            finding.devices = row->devices;
            finding.accepted = row->accepted;
            finding.mitigated = row->mitigated;
            finding.not_affected = row->not_affected;
            finding.suppressed = row->suppressed;
            if (about.published != base::TimePoint{}) finding.disclosed = about.published;
            view.items.push_back(std::move(finding));
        }
        answer(std::move(view));
    });
}

// The verdict that speaks for the device: affected before cannot tell before the rest.
struct FindingsService::Decided {
    component::Component component;
    advisory::SetVerdict verdict;
    std::vector<std::string> others; // what sources that did not decide say
    fleet::Subject subject;
    ports::Layer layer = ports::Layer::base;
    std::string origin;
};

std::optional<FindingsService::Decided> FindingsService::decided(TenantId tenant,
                                                                 const ports::DeviceRow& device,
                                                                 const advisory::AdvisoryFile& file,
                                                                 std::uint32_t index) const {
    const auto weight = [](advisory::Verdict verdict) {
        return verdict == advisory::Verdict::affected ? 2 : verdict == advisory::Verdict::unknown ? 1 : 0;
    };
    std::optional<Decided> best;
    const auto beneath = context_.core.software.components(tenant, device.base_set);
    for (const auto& [layer, set] :
         {std::pair(ports::Layer::base, device.base_set), std::pair(ports::Layer::delta, device.delta_set)}) {
        const auto row = context_.core.software.set(tenant, set);
        const auto components = context_.core.software.components(tenant, set);
        if (!row.ok() || !components.ok()) continue;
        const bool upper = layer == ports::Layer::delta && beneath.ok() && set != device.base_set;
        const advisory::SetAssessment assessment = advisory::match_set(
            file, *components, row->statements,
            upper ? std::span<const component::Component>(*beneath) : std::span<const component::Component>(),
            advisory::Detail::everything);
        for (const advisory::SetVerdict& found : assessment.verdicts) {
            if (found.verdict.advisory != index) continue;
            if (best && weight(best->verdict.verdict.verdict) >= weight(found.verdict.verdict)) continue;
            best = Decided{(*components)[found.component],
                           found,
                           {},
                           fleet::subject(set, upper ? device.base_set : device::SetId{}),
                           layer,
                           row->origin};
        }
    }
    if (!best) return best;
    const auto components = context_.core.software.components(
        tenant, best->layer == ports::Layer::base ? device.base_set : device.delta_set);
    if (!components.ok()) return best;
    const bool upper =
        best->layer == ports::Layer::delta && beneath.ok() && device.delta_set != device.base_set;
    const advisory::Platform platform(*components, upper ? std::span<const component::Component>(*beneath)
                                                         : std::span<const component::Component>());
    for (const advisory::ComponentVerdict& voice : advisory::voices(file, best->component, platform))
        if (voice.advisory == index && voice.rule != best->verdict.verdict.rule)
            best->others.push_back(advisory::evidence(file, best->component, voice).sentence);
    return best;
}

std::optional<explain::FindingFacts::Release>
FindingsService::release_for(TenantId tenant, const fleet::DeviceSummary& device, std::uint32_t index) const {
    std::optional<explain::FindingFacts::Release> best;
    std::string model;
    for (const device::Fact& fact : device.facts)
        if (fact.key == device::key::model) model = fact.value;
    for (const auto& release : context_.core.control.list<ports::ReleaseRow>(tenant)) {
        if (release->state == "withdrawn" || release->set == device::SetId{} ||
            std::find(release->models.begin(), release->models.end(), model) == release->models.end())
            continue;
        if (still_open(assessor_, tenant, *release, index)) continue;
        explain::FindingFacts::Release found{release->name + " " + release->version, release->state, false};
        if (const auto running = rollouts::running_with_needs(context_.core.control, tenant,
                                                              ports::RolloutRow{}, *release, nullptr);
            running.ok())
            context_.core.fleet.glance({tenant, device.row.id}, [&](const fleet::Glance& seen) {
                found.fits = rollouts::is_for(*running, seen);
            });
        const auto rank = [](const explain::FindingFacts::Release& each) {
            return std::pair(each.fits, each.state == "published");
        };
        // Of equally good ones the newest: it stands last.
        if (!best || rank(*best) <= rank(found)) best = std::move(found);
    }
    return best;
}

namespace {

// "its criticality high (person anna)": what a metric was filled in from.
std::string filled_from(const std::vector<device::Fact>& facts, std::string_view key, std::string_view name,
                        std::string_view otherwise) {
    for (const device::Fact& fact : facts)
        if (fact.key == key && !fact.value.empty())
            return "its " + std::string(name) + ", " + fact.value + " (" +
                   std::string(device::to_string(fact.source)) +
                   (fact.detail.empty() ? "" : " " + fact.detail) + ")";
    return std::string(otherwise);
}

// The score of the best vector as it is on this device, and where what was filled in comes from.
std::string here(const advisory::AdvisoryView& about, const std::vector<device::Fact>& facts) {
    for (const advisory::CvssView& each : about.cvss) {
        const auto found = risk::environmental(each.vector, context_of(facts));
        if (!found) continue;
        const auto number = [](double score) {
            const long tenths = std::lround(score * 10);
            return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
        };
        std::string text = "CVSS " + number(found->base_score) + " of " + std::string(each.source) + " is " +
                           number(found->score) + " on this device: " + found->by_criticality + " by " +
                           filled_from(facts, device::key::criticality, "criticality",
                                       "the criticality medium, since nobody told it");
        if (!found->by_exposure.empty())
            text += ", " + found->by_exposure + " by " +
                    filled_from(facts, device::key::exposure, "exposure", "its exposure");
        else
            text += "; " +
                    filled_from(facts, device::key::exposure, "exposure",
                                "its exposure is not known, which counts as exposed (assumed), and") +
                    " leaves the way in as it is";
        return text + " (" + found->vector + ").";
    }
    return {};
}

} // namespace

explain::FindingFacts FindingsService::facts(TenantId tenant, const fleet::DeviceSummary& device,
                                             const advisory::AdvisoryFile& file, std::uint32_t index) const {
    const advisory::AdvisoryView about = file.advisory(index);
    explain::FindingFacts facts;
    facts.now = context_.core.clock.now();
    facts.advisory = std::string(about.id);
    facts.device = device_ref(context_, tenant, device.row.id).name;
    facts.exploited = about.exploited;
    if (about.kev && about.kev->added != base::TimePoint{}) facts.exploited_since = about.kev->added;
    if (about.epss) facts.likelihood = about.epss->probability;
    if (const auto lev = risk::lev(assessor_.knowledge()->scores->of(about.id)))
        facts.until_now = lev->probability;
    if (about.published != base::TimePoint{}) facts.disclosed = about.published;
    const auto found = decided(tenant, device.row, file, index);
    if (!found) {
        const bool known = device.row.base_set != device::SetId{} || device.row.delta_set != device::SetId{};
        facts.affected = known ? explain::Explanation::Reply::no : explain::Explanation::Reply::unknown;
        facts.evidence = known ? "no source names a component that it runs."
                               : "nothing is known of its software; attach an SBOM to its firmware version.";
        facts.component = known ? "its software" : "not known";
        facts.software = known ? "inventory and SBOM" : "nobody said";
        facts.source = known ? "every source" : "";
        return facts;
    }
    const advisory::ComponentVerdict& verdict = found->verdict.verdict;
    const advisory::Evidence evidence = advisory::evidence(file, found->component, verdict);
    facts.affected = verdict.verdict == advisory::Verdict::affected  ? explain::Explanation::Reply::yes
                     : verdict.verdict == advisory::Verdict::unknown ? explain::Explanation::Reply::unknown
                                                                     : explain::Explanation::Reply::no;
    facts.stated = !found->verdict.statement.empty();
    facts.evidence = facts.stated ? found->verdict.statement : evidence.sentence;
    facts.source = std::string(advisory::to_string(evidence.source));
    facts.others = found->others;
    facts.fixed_in = evidence.fixed_in;
    facts.component =
        found->component.name + (found->component.version.empty() ? "" : " " + found->component.version);
    facts.software = found->layer == ports::Layer::base
                         ? (found->origin.empty() ? "its image" : found->origin)
                         : "inventory";
    if (const auto sets = context_.core.history.device_sets(tenant, device.row.id); sets.ok())
        for (const ports::DeviceSetRow& row : *sets)
            if (row.layer == found->layer && row.set == found->subject.set && !row.to)
                facts.software_since = row.from;
    const auto assessed = assessor_.fleet(tenant);
    if (const assessment::AssessedSet* set =
            assessed->sets.contains(found->subject.id) ? assessed->sets.at(found->subject.id).get() : nullptr;
        set != nullptr && assessed->in_force && !assessed->in_force->empty()) {
        const std::uint64_t cell =
            assessment::cell_of(context_.core.fleet, {tenant, device.row.id}, *assessed);
        for (const advisory::SetVerdict& each : set->assessment.verdicts)
            if (each.verdict.advisory == index && set->components()[each.component] == found->component)
                if (const auto* one = assessed->in_force->about(*set, each, cell)) {
                    facts.decided = exceptions::words_of(*one->row);
                    facts.decided_open = assessment::is_open_under(one->wish().kind);
                    facts.ruled_out = one->wish().kind == exception::Kind::not_affected;
                    facts.decided_at = one->row->history.empty() ? facts.now : one->row->history.back().at;
                }
    }
    for (const fleet::SetFinding& open : context_.core.software.findings(tenant, found->subject.id))
        if (open.advisory == facts.advisory && open.component == fleet::component_id(found->component))
            facts.first_seen = std::max(open.from, device.row.first_seen);
    if (facts.affected != explain::Explanation::Reply::yes) return facts;
    const risk::Context context = context_of(device.facts);
    facts.risk = risk::risk_of(about, verdict.confidence, context).sentence;
    facts.here = here(about, device.facts);
    const risk::Deadline deadline = risk::deadline(about, context, *assessor_.deadlines().in_force(tenant));
    facts.due = deadline.sentence;
    if (deadline.term && deadline.term->from != base::TimePoint{})
        facts.due += " That is until " +
                     base::to_date(std::max(deadline.term->from, device.row.first_seen) +
                                   std::chrono::days(deadline.term->days)) +
                     ".";
    facts.release = release_for(tenant, device, index);
    const DeviceFacts standing = facts_of(context_, rollouts_, tenant, device);
    facts.not_now = explain::why_not_now(standing.held, standing.contact, standing.update, standing.rollouts);
    return facts;
}

void FindingsService::explain(const access::Actor& actor, std::string advisory, device::DeviceId id,
                              api::Answer<api::Explanation> answer) {
    auto device = registry_.get(actor, id);
    if (!device.ok()) return answer(std::move(device).error());
    context_.background.post([this, tenant = tenant_of(actor), advisory = std::move(advisory),
                              device = std::move(*device), answer = std::move(answer)] {
        const auto knowledge = assessor_.knowledge();
        const std::vector<std::uint32_t> found = by_any_name(knowledge->file, advisory);
        if (found.empty())
            return answer(base::not_found(api::not_in_our_data(advisory, knowledge->newest_record)));
        answer(explain::explain(facts(tenant, device, knowledge->file, found.front())));
    });
}

} // namespace oakum::server
