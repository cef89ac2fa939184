// SPDX-License-Identifier: Apache-2.0
#include "phone_system.hpp"
#include "weighed.hpp"

#include <assessment/exposure.hpp>
#include <assessment/fix_queue.hpp>
#include <assessment/resting.hpp>
#include <version/version.hpp>

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

namespace oakum::assessment {

using device::SetId;

namespace {

constexpr std::array<std::string_view, 6> kKeys{device::key::criticality, device::key::exposure,
                                                device::key::safety,      device::key::model,
                                                device::key::hw_revision, device::key::firmware_version};

// Weighed sets by (set, context): a fleet has few distinct ones.
class Cache {
  public:
    explicit Cache(const AssessedFleet& assessed) : in_force_(assessed.in_force.get()) {}
    const Weighed& of(const AssessedSet& set, const AssessedSet* image, const risk::Context& context,
                      std::uint64_t cell) {
        const Decided decided = this->decided(set, cell);
        const auto [at, fresh] = known_.try_emplace({&set, image, context, decided});
        if (fresh) at->second = weigh(set, image, context, decided);
        return at->second;
    }
    // What is to be fixed of a set.
    const advisory::SetAssessment& open(const AssessedSet& set, std::uint64_t cell) {
        const Decided decided = this->decided(set, cell);
        if (decided.in_force == nullptr) return set.assessment;
        auto& kept = open_[{&set, decided.cell}];
        if (!kept)
            kept = std::make_unique<const advisory::SetAssessment>(
                open_part(set, *decided.in_force, decided.cell));
        return *kept;
    }

  private:
    Decided decided(const AssessedSet& set, std::uint64_t cell) {
        if (in_force_ == nullptr || in_force_->empty()) return {};
        const auto [at, fresh] = touches_.try_emplace(&set);
        if (fresh) at->second = in_force_->touch(set);
        return at->second.any ? Decided{in_force_, cell & at->second.cells} : Decided();
    }
    const InForce* in_force_;
    std::unordered_map<const AssessedSet*, InForce::Touch> touches_;
    std::map<std::tuple<const AssessedSet*, const AssessedSet*, risk::Context, Decided>, Weighed> known_;
    std::map<std::pair<const AssessedSet*, std::uint64_t>, std::unique_ptr<const advisory::SetAssessment>>
        open_;
};

// The devices of a selection that run the same in the same context, whatever their models.
struct Group {
    SetId base, delta;
    risk::Context context;
    std::uint64_t cell = 0;
    std::uint64_t devices = 0;
};
std::vector<Group> groups_of(const fleet::LiveFleet& fleet, const fleet::Selection& selection,
                             const AssessedFleet& assessed) {
    std::map<std::tuple<SetId, SetId, risk::Context, std::uint64_t>, std::size_t> places;
    std::vector<Group> groups;
    for (const fleet::Tally& tally : fleet.tally(selection, kContextKeys, cells_of(assessed))) {
        const risk::Context context = context_of(tally.values[0], tally.values[1], tally.values[2]);
        const auto [at, fresh] =
            places.try_emplace({tally.base, tally.delta, context, tally.cell}, groups.size());
        if (fresh) groups.push_back({tally.base, tally.delta, context, tally.cell, 0});
        groups[at->second].devices += tally.count;
    }
    return groups;
}

// What an update of the system that the maker of a phone offers does for one device.
struct Update {
    std::uint64_t findings_ended = 0, exploited_ended = 0;
    double risk_removed = 0;
};
Update update_of(const AssessedSet& set, const advisory::SetAssessment& open, const risk::Context& context) {
    Update out;
    for (const advisory::SetVerdict& found : open.verdicts) {
        if (found.verdict.verdict != advisory::Verdict::affected ||
            advisory::fixed_in(set.knowledge->file, found.verdict).empty())
            continue;
        const advisory::AdvisoryView view = set.knowledge->file.brief(found.verdict.advisory);
        ++out.findings_ended;
        out.exploited_ended += view.exploited ? 1 : 0;
        out.risk_removed += risk::points_of(view, found.verdict.confidence, context);
    }
    return out;
}

// Whether two sets differ in nothing but the hardware that they are said to run on.
bool is_same_software(const AssessedSet& one, const AssessedSet& other) {
    const auto software = [](const AssessedSet& set) {
        std::vector<const component::Component*> list;
        for (const component::Component& component : set.components())
            if (component.kind != component::Kind::hardware) list.push_back(&component);
        return list;
    };
    return std::ranges::equal(software(one), software(other), [](auto* a, auto* b) { return *a == *b; });
}

// Devices that run the same in the same context.
struct Kind {
    Fixes::Kind key;
    std::uint64_t devices = 0;
    bool exposed = false, exploited = false;
    double removed = 0; // by the best of the rows so far
    bool helped = false, exploited_helped = false;
};
// A row, and what it does for each kind of device that can take it.
struct Helped {
    Fix fix;
    struct Share {
        std::size_t kind = 0;
        double risk_removed = 0;
        std::uint64_t exploited_ended = 0;
    };
    std::vector<Share> shares;
};

// Rows come best first.
void add_up(std::vector<Helped> rows, std::vector<Kind>& kinds, Fixes& out) {
    double cumulated = 0;
    for (Helped& row : rows) {
        for (const Helped::Share& share : row.shares) {
            Kind& kind = kinds[share.kind];
            kind.helped = kind.helped || share.risk_removed > 0;
            kind.exploited_helped = kind.exploited_helped || share.exploited_ended > 0;
            if (share.risk_removed <= kind.removed) continue;
            cumulated += share.risk_removed - kind.removed;
            kind.removed = share.risk_removed;
        }
        row.fix.cumulative_risk_removed = cumulated;
        for (const Helped::Share& share : row.shares)
            row.fix.shares.push_back({share.kind, share.risk_removed});
        out.rows.push_back(std::move(row.fix));
    }
    for (const Kind& kind : kinds) {
        out.numbered.push_back(kind.key);
        out.kinds[kind.key] = {kind.exposed, kind.helped, kind.exposed && kind.helped,
                               kind.exploited && kind.exploited_helped};
        out.devices_without_fix += kind.exposed && !kind.helped ? kind.devices : 0;
        out.exploited_with_fix += kind.exploited && kind.exploited_helped ? kind.devices : 0;
    }
}

} // namespace

risk::Context context_of(std::string_view criticality, std::string_view exposure, std::string_view safety) {
    risk::Context context;
    for (const risk::Criticality word : {risk::Criticality::low, risk::Criticality::medium,
                                         risk::Criticality::high, risk::Criticality::critical})
        if (device::equal_ignoring_case(criticality, risk::to_string(word))) context.criticality = word;
    // The scale of the query language: isolated < internal < internet.
    if (device::equal_ignoring_case(exposure, "isolated"))
        context.exposure = risk::Exposure::internal;
    else if (device::equal_ignoring_case(exposure, "internal"))
        context.exposure = risk::Exposure::controlled;
    else if (device::equal_ignoring_case(exposure, "internet"))
        context.exposure = risk::Exposure::open;
    context.safety_critical = safety == "yes" || safety == "true";
    return context;
}

std::uint64_t& Figures::count(exception::Kind kind) {
    switch (kind) {
    case exception::Kind::accept:
        return findings_accepted;
    case exception::Kind::not_affected:
        return findings_not_affected;
    case exception::Kind::suppress:
        return findings_suppressed;
    case exception::Kind::mitigate:
        break;
    }
    return findings_mitigated;
}

Figures figures(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                const fleet::Selection& selection, const risk::DeadlinePolicy& policy) {
    Figures out;
    Cache cache(assessed);
    const advisory::AdvisoryFile& file = assessed.knowledge->file;
    // By advisory: for the fleet, and for the devices at hand, once a device; `group`: which those are.
    struct Here {
        std::size_t group = 0;
        bool open = false, unknown = false; // not decided about, or mitigated
        bool affected = false;              // also what is accepted or suppressed
        bool accepted = false, mitigated = false, not_affected = false, suppressed = false;
        double points = 0;
    };
    std::vector<AdvisoryFigures> advisories(file.size());
    std::vector<Here> here(file.size());
    std::vector<std::uint32_t> met;
    std::size_t number = 0;
    Resting resting(policy);
    for (const Group& group : groups_of(fleet, selection, assessed)) {
        const std::uint64_t devices = group.devices;
        ++number;
        met.clear();
        out.devices += devices;
        out.assumed_exposure += group.context.exposure == risk::Exposure::unknown ? devices : 0;
        bool reported = false, any = false, partly = false; // software; some assessed, and some not
        bool exposed = false, exploited = false, unclear = false, excepted = false;
        const auto sets = layers(assessed, group.base, group.delta);
        for (std::size_t i = 0; i < sets.size(); ++i) {
            if (sets[i] == nullptr) continue;
            reported = reported || !sets[i]->components().empty();
            any = any || sets[i]->is_assessed();
            partly = partly || !sets[i]->assessment.not_assessed.empty();
            const Weighed& weighed =
                cache.of(*sets[i], i == 0 ? nullptr : sets[0], group.context, group.cell);
            exposed = exposed || weighed.exposed;
            exploited = exploited || weighed.exploited;
            unclear = unclear || weighed.unclear;
            excepted = excepted || weighed.excepted;
            for (const Weighed::Finding& finding : weighed.findings) {
                if (finding.advisory >= here.size()) continue;
                Here& entry = here[finding.advisory];
                if (entry.group != number) {
                    entry = {};
                    entry.group = number;
                    met.push_back(finding.advisory);
                }
                entry.points += finding.points;
                if (finding.decided) out.count(*finding.decided) += devices;
                if (finding.decided == exception::Kind::not_affected) {
                    entry.not_affected = true;
                    continue;
                }
                entry.accepted = entry.accepted || finding.decided == exception::Kind::accept;
                entry.suppressed = entry.suppressed || finding.decided == exception::Kind::suppress;
                entry.mitigated = entry.mitigated || finding.decided == exception::Kind::mitigate;
                entry.affected = entry.affected || finding.affected;
                entry.unknown = entry.unknown || !finding.affected;
                if (!finding.is_open()) continue;
                entry.open = true;
                if (finding.affected) {
                    out.findings_open += devices;
                    if (resting.on_exposure(file, finding.advisory, group.context))
                        out.deadlines_on_assumption += devices;
                    out.by_severity[static_cast<std::size_t>(finding.severity)] += devices;
                } else {
                    out.findings_unknown += devices;
                }
            }
        }
        for (const std::uint32_t advisory : met) {
            const Here& entry = here[advisory];
            AdvisoryFigures& row = advisories[advisory];
            row.affected += entry.affected ? devices : 0;
            row.unknown += !entry.affected && entry.unknown ? devices : 0;
            row.not_affected += !entry.affected && !entry.unknown && entry.not_affected ? devices : 0;
            row.accepted += !entry.open && entry.accepted ? devices : 0;
            row.suppressed += !entry.open && !entry.accepted && entry.suppressed ? devices : 0;
            row.mitigated += entry.mitigated ? devices : 0;
            row.points += entry.points * static_cast<double>(devices);
            out.risk += entry.points * static_cast<double>(devices);
        }
        out.assessed += any ? devices : 0;
        out.no_software += reported ? 0 : devices;
        out.not_assessed += reported && !any ? devices : 0;
        out.partly_assessed += any && partly ? devices : 0;
        out.exposed += exposed ? devices : 0;
        out.exploited += exploited ? devices : 0;
        out.cannot_tell += !exposed && (!any || unclear) ? devices : 0;
        out.excepted += !exposed && any && !unclear && excepted ? devices : 0;
    }
    for (std::uint32_t index = 0; index < advisories.size(); ++index) {
        AdvisoryFigures& row = advisories[index];
        if (row.affected + row.unknown + row.not_affected == 0) continue;
        row.advisory = index;
        out.advisories.push_back(row);
    }
    std::sort(out.advisories.begin(), out.advisories.end(),
              [&](const AdvisoryFigures& a, const AdvisoryFigures& b) {
                  const bool ea = a.affected > 0 && file.is_exploited(a.advisory);
                  const bool eb = b.affected > 0 && file.is_exploited(b.advisory);
                  return ea != eb ? ea : a.points != b.points ? a.points > b.points : a.advisory < b.advisory;
              });
    return out;
}

namespace {

// Those of the wanted advisories that affect a device.
Exploited affecting(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                    const fleet::Selection& selection, const auto& wanted) {
    Exploited out;
    std::set<std::uint32_t> found;
    for (const fleet::Tally& tally : fleet.tally(selection, {}, cells_of(assessed))) {
        const auto sets = layers(assessed, tally.base, tally.delta);
        out.complete = out.complete && (sets[0] != nullptr || tally.base == SetId()) &&
                       (sets[1] != nullptr || tally.delta == SetId());
        for (std::size_t i = 0; i < sets.size(); ++i) {
            if (sets[i] == nullptr) continue;
            for (const advisory::SetVerdict& verdict : sets[i]->assessment.verdicts) {
                if (verdict.verdict.verdict != advisory::Verdict::affected) continue;
                if (i == 1 && sets[0] != nullptr && sets[0]->covers(sets[1]->components()[verdict.component]))
                    continue;
                if (!wanted(verdict.verdict.advisory)) continue;
                // What somebody decided about is no news.
                const InForce::One* decided =
                    assessed.in_force ? assessed.in_force->about(*sets[i], verdict, tally.cell) : nullptr;
                if (decided == nullptr || is_open_under(decided->wish().kind))
                    found.insert(verdict.verdict.advisory);
            }
        }
    }
    for (const std::uint32_t advisory : found)
        out.advisories.emplace_back(assessed.knowledge->file.brief(advisory).id);
    std::ranges::sort(out.advisories);
    return out;
}

} // namespace

Exploited exploited(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                    const fleet::Selection& selection) {
    return affecting(fleet, assessed, selection,
                     [&](std::uint32_t advisory) { return assessed.knowledge->file.is_exploited(advisory); });
}

Exploited risen(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                const fleet::Selection& selection) {
    const Knowledge& knowledge = *assessed.knowledge;
    if (knowledge.risen.empty()) return {};
    return affecting(fleet, assessed, selection, [&](std::uint32_t advisory) {
        return std::ranges::binary_search(knowledge.risen, advisory) &&
               !knowledge.file.is_exploited(advisory);
    });
}

DeviceFigures figures(const AssessedFleet& assessed, SetId base, SetId delta, const risk::Context& context,
                      std::uint64_t cell) {
    DeviceFigures out;
    const auto sets = layers(assessed, base, delta);
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const AssessedSet* set = sets[i];
        if (set == nullptr) continue;
        out.assessed = out.assessed || set->is_assessed();
        const Weighed weighed =
            weigh(*set, i == 0 ? nullptr : sets[0], context, {assessed.in_force.get(), cell});
        for (const Weighed::Finding& finding : weighed.findings) {
            out.risk += finding.points;
            if (!finding.is_open()) {
                ++out.excepted;
                continue;
            }
            (finding.affected ? out.open : out.unknown) += 1;
            if (!finding.affected) continue;
            out.exploited += finding.exploited ? 1 : 0;
            ++out.by_severity[static_cast<std::size_t>(finding.severity)];
        }
    }
    return out;
}

Fixes fixes(const fleet::LiveFleet& fleet, const AssessedFleet& assessed, const fleet::Selection& selection,
            const std::vector<Offer>& offers) {
    Fixes out;
    const auto cells = cells_of(assessed);
    out.cells.assign(cells.begin(), cells.end());
    std::vector<risk::Population> populations;
    std::vector<std::size_t> people; // of each population: its place among the kinds
    std::map<std::pair<std::string, std::string>, Helped> vendors;
    std::vector<Kind> kinds;
    Cache cache(assessed);
    std::map<const AssessedSet*, std::string> targets;
    std::map<std::pair<const advisory::SetAssessment*, risk::Context>, Update> updates;
    for (const fleet::Tally& tally : fleet.tally(selection, kKeys, cells_of(assessed))) {
        const risk::Context context = context_of(tally.values[0], tally.values[1], tally.values[2]);
        const AssessedSet* set = assessed.find(tally.base);
        Kind& kind = kinds.emplace_back();
        kind.key = {tally.base, tally.delta, tally.values, tally.cell};
        kind.devices = tally.count;
        double points = 0;
        const auto sets = layers(assessed, tally.base, tally.delta);
        for (std::size_t i = 0; i < sets.size(); ++i)
            if (sets[i] != nullptr) {
                const Weighed& weighed = cache.of(*sets[i], i == 0 ? nullptr : sets[0], context, tally.cell);
                points += weighed.points;
                kind.exposed = kind.exposed || weighed.exposed;
                kind.exploited = kind.exploited || weighed.exploited;
            }
        out.total_risk += points * static_cast<double>(tally.count);
        if (set != nullptr && set->knowledge == assessed.knowledge) {
            risk::Population population{&cache.open(*set, tally.cell), context, tally.count, {}};
            for (std::uint32_t i = 0; i < offers.size(); ++i) {
                const auto& for_models = offers[i].release->models;
                if (offers[i].assessed && offers[i].assessed->knowledge == assessed.knowledge &&
                    !is_same_software(*set, *offers[i].assessed) &&
                    std::find(for_models.begin(), for_models.end(), tally.values[3]) != for_models.end() &&
                    why_not(*offers[i].release, tally.values[4], tally.values[5]).empty())
                    population.releases.push_back(i);
            }
            if (!population.releases.empty()) {
                populations.push_back(std::move(population));
                people.push_back(kinds.size() - 1);
            }
        }
        for (const AssessedSet* layer : sets) {
            const component::Component* system = layer == nullptr ? nullptr : phone_system_of(*layer);
            if (system == nullptr) continue;
            const auto [target, fresh] = targets.try_emplace(layer);
            if (fresh) target->second = highest_fix(*layer, *system);
            if (target->second.empty()) continue;
            const advisory::SetAssessment& open = cache.open(*layer, tally.cell);
            const auto [update, unknown] = updates.try_emplace({&open, context});
            if (unknown) update->second = update_of(*layer, open, context);
            Helped& helped = vendors[{system->name, target->second}];
            Fix& fix = helped.fix;
            fix.vendor = true;
            fix.name = phone_system_name(system->name);
            fix.version = target->second;
            const double removed = update->second.risk_removed * static_cast<double>(tally.count);
            const std::uint64_t exploited = update->second.exploited_ended * tally.count;
            fix.devices += tally.count;
            fix.findings_ended += update->second.findings_ended * tally.count;
            fix.exploited_ended += exploited;
            fix.risk_removed += removed;
            helped.shares.push_back({kinds.size() - 1, removed, exploited});
        }
    }
    std::vector<risk::Candidate> candidates;
    for (const Offer& offer : offers)
        candidates.push_back({offer.release->name + " " + offer.release->version,
                              offer.assessed ? &offer.assessed->assessment : nullptr});
    std::erase_if(populations,
                  [](const risk::Population& population) { return population.assessment == nullptr; });
    std::vector<Helped> rows;
    for (const risk::FixOffer& found :
         risk::next_best_fix(assessed.knowledge->file, populations, candidates)) {
        const ports::ReleaseRow& release = *offers[found.candidate].release;
        Fix fix;
        fix.name = release.name;
        fix.version = release.version;
        fix.release = release.id;
        fix.models = release.models;
        fix.devices = found.devices;
        fix.findings_ended = found.findings_ended;
        fix.exploited_ended = found.exploited_ended;
        fix.brings = found.brings;
        fix.risk_removed = found.risk_removed;
        Helped& helped = rows.emplace_back();
        helped.fix = std::move(fix);
        for (const risk::FixOffer::Share& share : found.shares)
            helped.shares.push_back({people[share.population], share.risk_removed, share.exploited_ended});
    }
    for (auto& [key, helped] : vendors)
        if (helped.fix.findings_ended > 0) rows.push_back(std::move(helped));
    std::sort(rows.begin(), rows.end(),
              [](const Helped& a, const Helped& b) { return a.fix.risk_removed > b.fix.risk_removed; });
    add_up(std::move(rows), kinds, out);
    return out;
}

Fixes::Kind kind_of(const fleet::Glance& device, std::uint64_t cell) {
    std::vector<std::string> values;
    for (const std::string_view key : kKeys)
        values.emplace_back(device.fact(key).value_or(std::string_view()));
    return {device.base_set(), device.delta_set(), std::move(values), cell};
}

const Fixes::Standing* standing_of(const Fixes& fixes, const fleet::Glance& device, std::uint64_t cell) {
    const auto known = fixes.kinds.find(kind_of(device, cell));
    return known == fixes.kinds.end() ? nullptr : &known->second;
}

Exposed exposed_of(const fleet::LiveFleet& fleet, const fleet::Selection& part, const Fixes& fixes) {
    Exposed out;
    for (const fleet::Tally& tally : fleet.tally(part, kKeys, fixes.cells)) {
        const auto known = fixes.kinds.find({tally.base, tally.delta, tally.values, tally.cell});
        if (known == fixes.kinds.end() || !known->second.exposed) continue;
        out.devices += tally.count;
        out.with_fix += known->second.helped ? tally.count : 0;
    }
    return out;
}

} // namespace oakum::assessment
