// SPDX-License-Identifier: Apache-2.0
#include "findings.hpp"

#include <cmath>

#include "explain_facts.hpp"
#include "past.hpp"

#include <algorithm>
#include <api/search_service.hpp>
#include <array>
#include <assessment/resting.hpp>
#include <exceptions/exceptions.hpp>
#include <map>
#include <risk/deadline.hpp>
#include <risk/environment.hpp>
#include <rollouts/needs.hpp>

namespace oakum::server {

using device::TenantId;

namespace {

// One advisory about one component, in one verdict.
struct Row {
    std::uint64_t devices = 0, accepted = 0, mitigated = 0, not_affected = 0, suppressed = 0;
    std::uint64_t& by(exception::Kind kind) {
        return kind == exception::Kind::accept         ? accepted
               : kind == exception::Kind::mitigate     ? mitigated
               : kind == exception::Kind::not_affected ? not_affected
                                                       : suppressed;
    }
    std::uint64_t open() const { return devices - accepted - not_affected - suppressed; }
    const assessment::AssessedSet* set = nullptr;
    const advisory::SetVerdict* found = nullptr;
};
// A fleet has one component in many sets.
class Rows {
  public:
    Row& of(const assessment::AssessedSet& set, const advisory::SetVerdict& found) {
        const component::Component& component = set.components()[found.component];
        Row& row = rows_[{found.verdict.advisory, component.name, component.version, found.verdict.verdict}];
        row.set = &set;
        row.found = &found;
        return row;
    }
    std::uint64_t open() const {
        std::uint64_t all = 0;
        for (const auto& [key, row] : rows_)
            all += row.open();
        return all;
    }
    void keep(const auto& wanted) {
        std::erase_if(rows_, [&](const auto& row) { return !wanted(std::get<0>(row.first)); });
    }
    // Affected ones first, exploited ones, then by score and devices.
    std::vector<std::pair<advisory::AdvisoryView, const Row*>>
    worst_first(const advisory::AdvisoryFile& file) const {
        std::vector<std::pair<advisory::AdvisoryView, const Row*>> sorted;
        for (const auto& [key, row] : rows_)
            sorted.emplace_back(file.advisory(std::get<0>(key)), &row);
        std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
            const auto rank = [](const auto& each) {
                return std::tuple(each.second->found->verdict.verdict == advisory::Verdict::affected,
                                  each.first.exploited, each.first.base_score, each.second->devices);
            };
            return rank(a) > rank(b);
        });
        return sorted;
    }

  private:
    std::map<std::tuple<std::uint32_t, std::string_view, std::string_view, advisory::Verdict>, Row> rows_;
};

bool is_asked_for(advisory::Verdict verdict, api::FleetFindingFilter filter) {
    using Filter = api::FleetFindingFilter;
    return (verdict == advisory::Verdict::affected && filter != Filter::unknown) ||
           (verdict == advisory::Verdict::unknown && (filter == Filter::unknown || filter == Filter::all));
}

Rows rows_of(const fleet::LiveFleet& fleet, const assessment::AssessedFleet& assessed,
             const fleet::Selection& selection, api::FleetFindingFilter filter,
             const risk::DeadlinePolicy& policy) {
    const bool assumed = filter == api::FleetFindingFilter::assumed;
    constexpr std::array context_keys{device::key::criticality, device::key::exposure, device::key::safety};
    assessment::Resting resting(policy);
    Rows rows;
    for (const fleet::Tally& tally : fleet.tally(selection,
                                                 assumed ? std::span<const std::string_view>(context_keys)
                                                         : std::span<const std::string_view>(),
                                                 assessment::cells_of(assessed))) {
        const assessment::AssessedSet* image = assessed.find(tally.base);
        const risk::Context context =
            assumed ? assessment::context_of(tally.values[0], tally.values[1], tally.values[2])
                    : risk::Context();
        for (const bool upper : {false, true}) {
            if (upper && (tally.delta == tally.base || tally.delta == device::SetId{})) continue;
            const assessment::AssessedSet* set = upper ? assessed.find(tally.delta, tally.base) : image;
            if (set == nullptr) continue;
            for (const advisory::SetVerdict& found : set->assessment.verdicts) {
                if (!is_asked_for(found.verdict.verdict, filter)) continue;
                // An inventory that says the same as the image counts once.
                if (upper && image != nullptr && image->covers(set->components()[found.component])) continue;
                const auto* decided =
                    assessed.in_force ? assessed.in_force->about(*set, found, tally.cell) : nullptr;
                if (assumed &&
                    ((decided != nullptr && !assessment::is_open_under(decided->wish().kind)) ||
                     !resting.on_exposure(assessed.knowledge->file, found.verdict.advisory, context)))
                    continue;
                Row& row = rows.of(*set, found);
                row.devices += tally.count;
                if (decided != nullptr) row.by(decided->wish().kind) += tally.count;
            }
        }
    }
    return rows;
}

constexpr std::size_t kLookedAt = 20'000;

// What was open, or could not be told, at a moment that is past: by advisory, component and verdict.
struct PastRow {
    std::string reason;
    std::uint64_t devices = 0;
};
using PastRows = std::map<std::tuple<std::string, ports::ComponentId, ports::Verdict>, PastRow>;

struct Looked {
    PastRows rows;
    bool complete = true;
};
base::Result<Looked> past_rows(const Context& context, const fleet::Selection& selection,
                               api::FleetFindingFilter filter, base::TimePoint as_of) {
    const TenantId tenant = selection.tenant;
    Past past(context, tenant, as_of);
    Looked looked;
    std::optional<base::TimePoint> begins;
    const auto ids = context.core.fleet.page(selection, std::nullopt, kLookedAt + 1);
    looked.complete = ids.size() <= kLookedAt;
    for (std::size_t i = 0; i < std::min(ids.size(), kLookedAt); ++i) {
        const auto row = context.core.fleet.device({tenant, ids[i]});
        if (!row) continue;
        begins = begins ? std::min(*begins, row->first_seen) : row->first_seen;
        if (row->first_seen > as_of) continue;
        TRY_VALUE(const Past::OfDevice then, past.of(ids[i]));
        for (const PastFinding& finding : then.findings) {
            const advisory::Verdict verdict = finding.row.verdict == ports::Verdict::affected
                                                  ? advisory::Verdict::affected
                                                  : advisory::Verdict::unknown;
            if (!is_asked_for(verdict, filter)) continue;
            PastRow& of = looked.rows[{finding.row.advisory, finding.row.component, finding.row.verdict}];
            of.reason = finding.row.reason;
            ++of.devices;
        }
    }
    TRY(check_as_of(as_of, context.core.clock.now(), begins, "these devices"));
    return looked;
}

base::Result<api::FleetFindingPage> past_page(const Context& context, const advisory::AdvisoryFile& file,
                                              const fleet::Selection& selection,
                                              const api::FleetFindingWish& wish,
                                              const api::PageRequest& page) {
    TRY_VALUE(const Looked looked, past_rows(context, selection, wish.filter, *wish.as_of));
    struct Shown {
        const PastRows::value_type* row = nullptr;
        std::optional<advisory::AdvisoryView> about; // nothing: it is not in our data any more
    };
    std::vector<Shown> all;
    api::FleetFindingPage view;
    view.complete = looked.complete;
    for (const auto& row : looked.rows) {
        const auto index = file.find(std::get<0>(row.first));
        Shown shown{&row, {}};
        if (!index.empty()) shown.about = file.advisory(index.front());
        if (wish.exploited && !(shown.about && shown.about->exploited)) continue;
        view.findings += row.second.devices;
        all.push_back(std::move(shown));
    }
    std::ranges::stable_sort(all, std::ranges::greater(), [](const Shown& each) {
        return std::tuple(std::get<2>(each.row->first) == ports::Verdict::affected,
                          each.about && each.about->exploited, each.about ? each.about->base_score : 0,
                          each.row->second.devices);
    });
    TRY_VALUE(auto paged, page_of(std::move(all), page));
    view.total = paged.total;
    view.next = std::move(paged.next);
    for (const Shown& shown : paged.items) {
        api::FleetFinding finding;
        const auto& [advisory, component, verdict] = shown.row->first;
        finding.advisory.id = advisory;
        if (shown.about) {
            finding.advisory = advisory_ref(*shown.about);
            if (shown.about->severity != advisory::Severity::not_scored)
                finding.cvss = shown.about->base_score;
            if (shown.about->epss) finding.epss = shown.about->epss->probability;
            if (shown.about->published != base::TimePoint{}) finding.disclosed = shown.about->published;
        }
        finding.component =
            context.core.software.component(selection.tenant, component).value_or(component::Component{});
        finding.verdict = verdict;
        finding.reason = shown.row->second.reason;
        finding.devices = shown.row->second.devices;
        view.items.push_back(std::move(finding));
    }
    return view;
}

api::FleetFinding view_of(const advisory::AdvisoryFile& file, const advisory::AdvisoryView& about,
                          const Row& row) {
    const component::Component& component = row.set->components()[row.found->component];
    const advisory::Evidence evidence = advisory::evidence(file, component, row.found->verdict);
    api::FleetFinding finding;
    finding.advisory = advisory_ref(about);
    if (about.severity != advisory::Severity::not_scored) finding.cvss = about.base_score;
    if (about.epss) finding.epss = about.epss->probability;
    finding.component = component;
    finding.verdict = assessment::stored(row.found->verdict.verdict);
    finding.reason = row.found->statement.empty() ? evidence.sentence : row.found->statement;
    finding.fixed_in = some(evidence.fixed_in);
    finding.devices = row.devices;
    finding.accepted = row.accepted;
    finding.mitigated = row.mitigated;
    finding.not_affected = row.not_affected;
    finding.suppressed = row.suppressed;
    if (about.published != base::TimePoint{}) finding.disclosed = about.published;
    return finding;
}

} // namespace

void FindingsService::list(const access::Actor& actor, api::FleetFindingWish wish, api::PageRequest page,
                           api::Answer<api::FleetFindingPage> answer) {
    auto selection = registry_.selection(actor, wish.query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post(
        [this, selection = std::move(*selection), wish = std::move(wish), page, answer = std::move(answer)] {
            const auto assessed = assessor_.fleet(selection.tenant);
            const advisory::AdvisoryFile& file = assessed->knowledge->file;
            if (wish.as_of) return answer(past_page(context_, file, selection, wish, page));
            Rows rows;
            if (wish.fix.empty()) {
                rows = rows_of(context_.core.fleet, *assessed, selection, wish.filter,
                               *assessor_.deadlines().in_force(selection.tenant));
            } else {
                const auto about = findings_of_fix(context_, assessor_, *assessed, selection, wish.fix);
                if (!about.ok()) return answer(about.error());
                for (const auto& [which, devices] : about->findings)
                    rows.of(*which.first, which.first->assessment.verdicts[which.second]).devices += devices;
            }
            if (wish.exploited)
                rows.keep([&](std::uint32_t advisory) { return file.is_exploited(advisory); });
            auto paged = page_of(rows.worst_first(file), page);
            if (!paged.ok()) return answer(std::move(paged).error());
            api::FleetFindingPage view;
            view.next = std::move(paged->next);
            view.total = paged->total;
            view.findings = rows.open();
            for (const auto& [about, row] : paged->items)
                view.items.push_back(view_of(file, about, *row));
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
