// SPDX-License-Identifier: Apache-2.0
#include <assessment/exposure.hpp>
#include <version/version.hpp>

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

namespace oakum::assessment {

using device::SetId;

namespace {

constexpr std::array<std::string_view, 4> kKeys{device::key::criticality, device::key::exposure,
                                                device::key::safety, device::key::model};

std::array<const AssessedSet*, 2> layers(const AssessedFleet& assessed, SetId base, SetId delta) {
    return {assessed.find(base), assessed.find(delta, base)};
}

// One set in one context, resolved once and multiplied by devices afterwards.
struct Weighed {
    struct Finding {
        std::uint32_t advisory = 0;
        bool affected = false;
        bool exploited = false;
        double points = 0;
        advisory::Severity severity = advisory::Severity::not_scored;
    };
    std::vector<Finding> findings;
};

// `image`: the base layer when the set is the delta above it, else nothing.
Weighed weigh(const AssessedSet& set, const AssessedSet* image, const risk::Context& context) {
    Weighed weighed;
    for (const advisory::SetVerdict& found : set.assessment.verdicts) {
        const bool affected = found.verdict.verdict == advisory::Verdict::affected;
        if (!affected && found.verdict.verdict != advisory::Verdict::unknown) continue;
        if (image != nullptr && image->covers(set.components()[found.component])) continue;
        Weighed::Finding finding;
        finding.advisory = found.verdict.advisory;
        finding.affected = affected;
        const advisory::AdvisoryView view = set.knowledge->file.advisory(found.verdict.advisory);
        finding.exploited = view.exploited;
        finding.severity = view.severity;
        if (affected) finding.points = risk::risk_of(view, found.verdict.confidence, context).points;
        weighed.findings.push_back(finding);
    }
    return weighed;
}

// Weighed sets by (set, context): a fleet has few distinct ones.
class Cache {
  public:
    const Weighed& of(SetId id, const AssessedSet& set, SetId image_id, const AssessedSet* image,
                      const risk::Context& context) {
        const auto [at, fresh] = known_.try_emplace({id, image_id, context});
        if (fresh) at->second = weigh(set, image, context);
        return at->second;
    }

  private:
    std::map<std::tuple<SetId, SetId, risk::Context>, Weighed> known_;
};

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

const component::Component* system_of(const AssessedSet& set) {
    for (const component::Component& component : set.components())
        if (component.kind == component::Kind::operating_system &&
            (component.name == "ios" || component.name == "ipados" || component.name == "android"))
            return &component;
    return nullptr;
}

std::string system_name(std::string_view name) {
    return name == "ios" ? "iOS" : name == "ipados" ? "iPadOS" : "Android security patch level";
}

// The highest version that ends something in the set; nothing when nobody states one.
std::string highest_fix(const AssessedSet& set, version::Scheme scheme) {
    std::optional<version::Version> best;
    for (const advisory::SetVerdict& found : set.assessment.verdicts) {
        if (found.verdict.verdict != advisory::Verdict::affected) continue;
        const auto fixed =
            version::Version::parse(scheme, advisory::fixed_in(set.knowledge->file, found.verdict));
        if (fixed.ok() && (!best || version::compare_keys(fixed->key(), best->key()) > 0)) best = *fixed;
    }
    return best ? best->text() : "";
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
        out.rows.push_back(std::move(row.fix));
    }
    for (const Kind& kind : kinds) {
        out.kinds[kind.key] = {kind.exposed, kind.helped};
        out.devices_without_fix += kind.exposed && !kind.helped ? kind.devices : 0;
        out.exploited_with_fix += kind.exploited && kind.exploited_helped ? kind.devices : 0;
    }
}

} // namespace

risk::Context context_of(std::string_view criticality, std::string_view exposure, std::string_view safety) {
    risk::Context context;
    for (const risk::Criticality word : {risk::Criticality::low, risk::Criticality::medium,
                                         risk::Criticality::high, risk::Criticality::critical})
        if (criticality == risk::to_string(word)) context.criticality = word;
    // The scale of the query language: isolated < internal < internet.
    if (exposure == "isolated")
        context.exposure = risk::Exposure::internal;
    else if (exposure == "internal")
        context.exposure = risk::Exposure::controlled;
    else if (exposure == "internet")
        context.exposure = risk::Exposure::open;
    context.safety_critical = safety == "yes" || safety == "true";
    return context;
}

Figures figures(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                const fleet::Selection& selection) {
    Figures out;
    Cache cache;
    std::unordered_map<std::uint32_t, AdvisoryFigures> advisories;
    for (const fleet::Tally& tally : fleet.tally(selection, kKeys)) {
        const risk::Context context = context_of(tally.values[0], tally.values[1], tally.values[2]);
        out.devices += tally.count;
        out.assumed_exposure += context.exposure == risk::Exposure::unknown ? tally.count : 0;
        std::map<std::uint32_t, std::pair<bool, double>> here; // advisory: affected, points; once a device
        bool any = false, exploited = false;
        const auto sets = layers(assessed, tally.base, tally.delta);
        const std::array ids{tally.base, tally.delta};
        for (std::size_t i = 0; i < sets.size(); ++i) {
            if (sets[i] == nullptr) continue;
            any = any || !sets[i]->components().empty();
            for (const Weighed::Finding& finding :
                 cache.of(ids[i], *sets[i], i == 0 ? SetId{} : ids[0], i == 0 ? nullptr : sets[0], context)
                     .findings) {
                auto& entry = here[finding.advisory];
                entry.first = entry.first || finding.affected;
                entry.second += finding.points;
                exploited = exploited || (finding.affected && finding.exploited);
                if (finding.affected) {
                    out.findings_open += tally.count;
                    out.by_severity[static_cast<std::size_t>(finding.severity)] += tally.count;
                } else {
                    out.findings_unknown += tally.count;
                }
            }
        }
        bool affected = false;
        for (const auto& [advisory, entry] : here) {
            AdvisoryFigures& row = advisories[advisory];
            row.advisory = advisory;
            (entry.first ? row.affected : row.unknown) += tally.count;
            row.points += entry.second * static_cast<double>(tally.count);
            out.risk += entry.second * static_cast<double>(tally.count);
            affected = affected || entry.first;
        }
        out.assessed += any ? tally.count : 0;
        out.no_software += any ? 0 : tally.count;
        out.exposed += affected ? tally.count : 0;
        out.exploited += exploited ? tally.count : 0;
        out.cannot_tell += !affected && (!any || !here.empty()) ? tally.count : 0;
    }
    for (const auto& [index, row] : advisories)
        out.advisories.push_back(row);
    const advisory::AdvisoryFile& file = assessed.knowledge->file;
    std::map<std::uint32_t, bool> exploited;
    for (const AdvisoryFigures& row : out.advisories)
        exploited[row.advisory] = row.affected > 0 && file.advisory(row.advisory).exploited;
    std::sort(out.advisories.begin(), out.advisories.end(),
              [&](const AdvisoryFigures& a, const AdvisoryFigures& b) {
                  const bool ea = exploited[a.advisory], eb = exploited[b.advisory];
                  return ea != eb ? ea : a.points != b.points ? a.points > b.points : a.advisory < b.advisory;
              });
    return out;
}

DeviceFigures figures(const AssessedFleet& assessed, SetId base, SetId delta, const risk::Context& context) {
    DeviceFigures out;
    const auto sets = layers(assessed, base, delta);
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const AssessedSet* set = sets[i];
        if (set == nullptr) continue;
        out.assessed = out.assessed || !set->components().empty();
        for (const Weighed::Finding& finding : weigh(*set, i == 0 ? nullptr : sets[0], context).findings) {
            out.risk += finding.points;
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
    std::vector<risk::Population> populations;
    std::vector<std::size_t> people; // of each population: its place among the kinds
    std::map<std::pair<std::string, std::string>, Helped> vendors;
    std::vector<Kind> kinds;
    Cache cache;
    for (const fleet::Tally& tally : fleet.tally(selection, kKeys)) {
        const risk::Context context = context_of(tally.values[0], tally.values[1], tally.values[2]);
        const AssessedSet* set = assessed.find(tally.base);
        Kind& kind = kinds.emplace_back();
        kind.key = {tally.base, tally.delta, tally.values};
        kind.devices = tally.count;
        double points = 0;
        const std::array ids{tally.base, tally.delta};
        const auto sets = layers(assessed, tally.base, tally.delta);
        for (std::size_t i = 0; i < sets.size(); ++i)
            if (sets[i] != nullptr)
                for (const Weighed::Finding& finding :
                     cache
                         .of(ids[i], *sets[i], i == 0 ? SetId{} : ids[0], i == 0 ? nullptr : sets[0], context)
                         .findings) {
                    points += finding.points;
                    kind.exposed = kind.exposed || finding.affected;
                    kind.exploited = kind.exploited || (finding.affected && finding.exploited);
                }
        out.total_risk += points * static_cast<double>(tally.count);
        if (set != nullptr && set->knowledge == assessed.knowledge) {
            risk::Population population{&set->assessment, context, tally.count, {}};
            for (std::uint32_t i = 0; i < offers.size(); ++i) {
                const auto& for_models = offers[i].release->models;
                if (offers[i].assessed && offers[i].assessed->knowledge == assessed.knowledge &&
                    !is_same_software(*set, *offers[i].assessed) &&
                    std::find(for_models.begin(), for_models.end(), tally.values[3]) != for_models.end())
                    population.releases.push_back(i);
            }
            if (!population.releases.empty()) {
                populations.push_back(std::move(population));
                people.push_back(kinds.size() - 1);
            }
        }
        for (const AssessedSet* layer : sets) {
            const component::Component* system = layer == nullptr ? nullptr : system_of(*layer);
            if (system == nullptr) continue;
            const version::Scheme scheme =
                system->name == "android" ? version::Scheme::android_spl : version::Scheme::ios;
            const std::string target = highest_fix(*layer, scheme);
            if (target.empty()) continue;
            Helped& helped = vendors[{system->name, target}];
            Fix& fix = helped.fix;
            double removed = 0;
            std::uint64_t exploited = 0;
            fix.vendor = true;
            fix.name = system_name(system->name);
            fix.version = target;
            fix.devices += tally.count;
            for (std::size_t i = 0; i < layer->assessment.verdicts.size(); ++i) {
                const advisory::SetVerdict& found = layer->assessment.verdicts[i];
                if (found.verdict.verdict != advisory::Verdict::affected ||
                    advisory::fixed_in(layer->knowledge->file, found.verdict).empty())
                    continue;
                const advisory::AdvisoryView view = layer->knowledge->file.advisory(found.verdict.advisory);
                fix.findings_ended += tally.count;
                exploited += view.exploited ? tally.count : 0;
                removed += risk::risk_of(view, found.verdict.confidence, context).points *
                           static_cast<double>(tally.count);
            }
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

Exposed exposed_of(const fleet::LiveFleet& fleet, const fleet::Selection& part, const Fixes& fixes) {
    Exposed out;
    for (const fleet::Tally& tally : fleet.tally(part, kKeys)) {
        const auto known = fixes.kinds.find({tally.base, tally.delta, tally.values});
        if (known == fixes.kinds.end() || !known->second.exposed) continue;
        out.devices += tally.count;
        out.with_fix += known->second.helped ? tally.count : 0;
    }
    return out;
}

} // namespace oakum::assessment
