// SPDX-License-Identifier: Apache-2.0
#include "phone_system.hpp"
#include "weighed.hpp"

#include <assessment/fix_queue.hpp>
#include <device/query_text.hpp>
#include <risk/deadline.hpp>
#include <version/version.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace oakum::assessment {

using device::SetId;

namespace {

// The facts of Fixes::Kind, in its order, and one more.
constexpr std::array<std::string_view, 7> kKeys{
    device::key::criticality, device::key::exposure,         device::key::safety,     device::key::model,
    device::key::hw_revision, device::key::firmware_version, device::key::support_end};
constexpr std::size_t kMostReferences = 12;

// Until when findings have to be fixed, each worked out once.
class Dues {
  public:
    explicit Dues(const risk::DeadlinePolicy& policy) : policy_(policy) {}
    // For devices the first of which was seen at `seen`.
    std::optional<base::TimePoint> of(const advisory::AdvisoryFile& file, std::uint32_t advisory,
                                      const risk::Context& context, base::TimePoint seen) {
        const auto [at, fresh] = known_.try_emplace(std::uint64_t{advisory} * risk::DeadlinePolicy::kClasses +
                                                    policy_.class_of(context));
        if (fresh) at->second = risk::term(file.advisory(advisory), context, policy_);
        const auto& term = at->second;
        if (!term) return std::nullopt;
        return std::max(term->from, seen) + std::chrono::days(term->days);
    }

  private:
    const risk::DeadlinePolicy& policy_;
    std::unordered_map<std::uint64_t, std::optional<risk::Term>> known_;
};

void earlier(std::optional<base::TimePoint>& due, std::optional<base::TimePoint> other) {
    if (other) due = due ? std::min(*due, *other) : *other;
}

// What stays open in a release.
std::unordered_set<std::uint32_t> open_in(const AssessedSet& set) {
    std::unordered_set<std::uint32_t> open;
    for (const advisory::SetVerdict& found : set.assessment.verdicts)
        if (found.verdict.verdict == advisory::Verdict::affected) open.insert(found.verdict.advisory);
    return open;
}

// What one row is about, advisory by advisory; devices that are alike are met together, one kind after the
// other.
class Collected {
  public:
    explicit Collected(FixFindings* into) : into_(into) {}
    bool wants(std::string_view row) const { return into_ != nullptr && into_->row == row; }
    void next(std::uint64_t devices, const std::string& model) {
        ++kind_;
        devices_ = devices;
        model_ = model;
    }
    void add(const AssessedSet& set, const Weighed::Finding& finding,
             const component::Component* system = nullptr) {
        into_->findings[{&set, finding.verdict}] += devices_;
        if (system != nullptr) {
            into_->component = system->name;
            into_->versions[model_].insert(system->version);
        }
        auto& [part, met] = parts_[finding.advisory];
        part.advisory = finding.advisory;
        part.exploited = finding.exploited;
        part.points += finding.points * static_cast<double>(devices_);
        part.findings += devices_;
        if (std::exchange(met, kind_) != kind_) part.devices += devices_;
    }
    void finish() {
        if (into_ == nullptr) return;
        for (auto& [advisory, part] : parts_)
            into_->advisories.push_back(part.first);
        std::stable_sort(into_->advisories.begin(), into_->advisories.end(),
                         [](const auto& a, const auto& b) {
                             return a.exploited != b.exploited ? a.exploited : a.points > b.points;
                         });
    }

  private:
    FixFindings* into_;
    std::uint64_t devices_ = 0;
    std::string model_;
    std::size_t kind_ = 0; // from 1 on
    std::map<std::uint32_t, std::pair<FixFindings::Part, std::size_t>> parts_;
};

// A row that is put together finding by finding.
struct Gap {
    QueueRow row;
    std::map<std::string, std::string> fixed; // component to the highest version that ends something
    std::set<std::string> things;             // what has no fix
    std::set<std::pair<const AssessedSet*, std::uint32_t>> noted;
};

void note(Gap& gap, const AssessedSet& set, std::uint32_t verdict, std::string_view fixed_in) {
    if (!gap.noted.emplace(&set, verdict).second) return;
    const component::Component& component = set.components()[set.assessment.verdicts[verdict].component];
    if (fixed_in.empty()) {
        gap.things.insert(component.name + (component.version.empty() ? "" : " " + component.version));
        return;
    }
    std::string& best = gap.fixed[component.name];
    const auto have = version::Version::parse(version::Scheme::generic, best);
    const auto other = version::Version::parse(version::Scheme::generic, fixed_in);
    if (best.empty() || (have.ok() && other.ok() && version::compare_keys(other->key(), have->key()) > 0))
        best = fixed_in;
}

std::vector<std::string> references_of(const Gap& gap) {
    std::vector<std::string> all;
    for (const auto& [name, version] : gap.fixed)
        all.push_back(name + " " + version);
    for (const std::string& thing : gap.things)
        all.push_back(thing);
    if (all.size() > kMostReferences) {
        const std::size_t more = all.size() - kMostReferences;
        all.resize(kMostReferences);
        all.push_back("and " + std::to_string(more) + " more");
    }
    return all;
}

bool is_for(const ports::ReleaseRow& release, std::string_view hw_revision) {
    return release.hw_revisions.empty() || hw_revision.empty() ||
           std::ranges::find(release.hw_revisions, hw_revision) != release.hw_revisions.end();
}

// "model in (...)" of those that are known.
std::string one_of(std::string_view field, const auto& values) {
    std::string list;
    std::size_t count = 0;
    for (const std::string& value : values) {
        if (value.empty()) continue;
        list += (count++ == 0 ? "" : ", ") + device::as_literal(value);
    }
    if (count == 0) return {};
    return std::string(field) + (count == 1 ? " = " + list : " in (" + list + ")");
}
void join(std::string& query, std::string_view word, const std::string& part) {
    if (part.empty()) return;
    if (!query.empty()) query += word;
    query += part;
}

// Models that run the same versions are named together.
std::string phones_of(const FixFindings& findings) {
    std::map<std::set<std::string>, std::vector<std::string>> models;
    for (const auto& [model, versions] : findings.versions)
        models[versions].push_back(model);
    std::string query;
    for (const auto& [versions, named] : models) {
        std::string where = one_of("model", named);
        if (std::ranges::find(named, "") != named.end()) join(where, " or ", "not exists(model)");
        join(query, " or ",
             "((" + where + ") and " +
                 one_of("component(" + device::as_literal(findings.component) + ")", versions) + ")");
    }
    return query;
}

} // namespace

std::string why_not(const ports::ReleaseRow& release, std::string_view hw_revision,
                    std::string_view running_version) {
    const std::string what = release.name + " " + release.version;
    if (!is_for(release, hw_revision))
        return what + " is not for hardware revision " + std::string(hw_revision);
    if (release.min_from.empty() || running_version.empty()) return {};
    const auto running = version::Version::parse(version::Scheme::generic, running_version);
    const auto least = version::Version::parse(version::Scheme::generic, release.min_from);
    if (running.ok() && least.ok() && version::compare_keys(running->key(), least->key()) < 0)
        return what + " needs " + release.min_from + " or later to come from, these run " +
               std::string(running_version);
    return {};
}

bool counts(const FixFindings& row, const fleet::Glance& device, std::uint64_t cell) {
    Fixes::Kind kind = kind_of(device, cell); // as rows of updates name it; other rows ask for one fact more
    if (row.kinds.contains(kind)) return true;
    auto& values = std::get<std::vector<std::string>>(kind);
    for (std::size_t i = values.size(); i < kKeys.size(); ++i)
        values.emplace_back(device.fact(kKeys[i]).value_or(std::string_view()));
    return row.kinds.contains(kind);
}

std::string devices_of(const QueueRow& row, const ports::ReleaseRow* release, const FixFindings& findings) {
    const bool ready = row.state == QueueRow::State::ready;
    if (ready && row.fix.vendor) return phones_of(findings);
    std::string query = one_of("model", row.fix.models);
    if (query.empty() && !ready) query = "not exists(model)";
    if (release == nullptr) return query;
    // As why_not has it: what is not known of a device refuses nothing.
    const std::string least =
        release->min_from.empty() ? "" : "firmware_version < " + device::as_literal(release->min_from);
    if (ready) {
        const std::string made_for = one_of("hw_revision", release->hw_revisions);
        if (!made_for.empty()) join(query, " and ", "(not exists(hw_revision) or " + made_for + ")");
        if (!least.empty()) join(query, " and ", "(not exists(firmware_version) or not " + least + ")");
    } else if (row.state == QueueRow::State::cannot) {
        std::string refused = one_of("hw_revision", row.revisions);
        join(refused, " or ", least);
        if (!refused.empty()) join(query, " and ", "(" + refused + ")");
    }
    return query;
}

std::map<std::uint32_t, Open> open_on(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                                      const fleet::Selection& selection,
                                      const std::set<std::uint32_t>& advisories, std::string_view component) {
    std::map<std::uint32_t, Open> all;
    using Findings = std::map<std::uint32_t, std::uint64_t>; // of one device, by advisory
    std::map<std::tuple<const AssessedSet*, const AssessedSet*, Decided>, Findings> open;
    for (const fleet::Tally& tally : fleet.tally(selection, {}, cells_of(assessed))) {
        const auto sets = layers(assessed, tally.base, tally.delta);
        Findings here;
        for (std::size_t layer = 0; layer < sets.size(); ++layer) {
            const AssessedSet* set = sets[layer];
            if (set == nullptr) continue;
            const AssessedSet* image = layer == 0 ? nullptr : sets[0];
            const Decided decided = to(*set, {assessed.in_force.get(), tally.cell});
            const auto [at, fresh] = open.try_emplace({set, image, decided});
            if (fresh)
                for (const Weighed::Finding& finding : weigh(*set, image, {}, decided).findings) {
                    if (!finding.affected || !finding.is_open() || !advisories.contains(finding.advisory))
                        continue;
                    const auto& found = set->assessment.verdicts[finding.verdict];
                    if (component.empty() || set->components()[found.component].name == component)
                        ++at->second[finding.advisory];
                }
            for (const auto& [advisory, findings] : at->second)
                here[advisory] += findings;
        }
        for (const auto& [advisory, findings] : here) {
            all[advisory].devices += tally.count;
            all[advisory].findings += findings * tally.count;
        }
    }
    return all;
}

FixQueue fix_queue(const fleet::LiveFleet& fleet, const AssessedFleet& assessed,
                   const fleet::Selection& selection, const std::vector<Offer>& offers,
                   const risk::DeadlinePolicy& policy, PastSupport& past, FixFindings* findings) {
    FixQueue out;
    Collected collected(findings);
    std::map<const AssessedSet*, bool> updates_wanted; // whether the system's update of a set is asked for
    Fixes ready = fixes(fleet, assessed, selection, offers);
    out.total_risk = ready.total_risk;
    out.devices_without_fix = ready.devices_without_fix;

    std::vector<std::unordered_set<std::uint32_t>> left(offers.size());
    std::vector<bool> wanted(offers.size());
    for (std::size_t i = 0; i < offers.size(); ++i) {
        if (offers[i].assessed) left[i] = open_in(*offers[i].assessed);
        wanted[i] = collected.wants(offers[i].release->id.text());
    }
    // Numbers of advisories are alike only in what was looked at with the same knowledge.
    const auto usable = [](const Offer& offer, const AssessedSet* set) {
        return offer.assessed && set != nullptr && offer.assessed->knowledge == set->knowledge;
    };
    using Weight = std::tuple<const AssessedSet*, const AssessedSet*, risk::Context, Decided>;
    Dues dues(policy);
    std::map<ports::ReleaseId, std::optional<base::TimePoint>> release_due;
    std::map<std::string, std::optional<base::TimePoint>> system_due; // by name of the system
    std::map<std::string, Gap> gaps;
    std::map<Weight, Weighed> weights;
    for (const fleet::Tally& tally : fleet.tally(selection, kKeys, cells_of(assessed))) {
        const risk::Context context = context_of(tally.values[0], tally.values[1], tally.values[2]);
        const std::string& model = tally.values[3];
        const auto sets = layers(assessed, tally.base, tally.delta);
        collected.next(tally.count, tally.values[3]);
        out.unsupported += past.of(model, tally.values[6], sets).empty() ? 0 : tally.count;
        const std::string& given_up = past.whole(model, tally.values[6], sets);
        std::vector<std::pair<std::size_t, std::string>> for_model; // offers, and why not
        for (std::size_t i = 0; i < offers.size(); ++i) {
            const auto& models = offers[i].release->models;
            if (usable(offers[i], sets[0]) && std::find(models.begin(), models.end(), model) != models.end())
                for_model.emplace_back(i, why_not(*offers[i].release, tally.values[4], tally.values[5]));
        }
        std::set<const Gap*> met; // rows that these devices were counted in
        std::map<std::string, Gap*> of_these;
        const auto gap_of = [&](QueueRow::State state, const std::string& id) -> Gap& {
            Gap*& at = of_these[id];
            if (at == nullptr) {
                at = &gaps[id];
                at->row.state = state;
                at->row.id = id;
                at->row.fix.vendor = true;
                at->row.fix.models = {model};
                at->row.fix.name = model.empty() ? "Devices of no known model" : model;
            }
            return *at;
        };
        for (std::size_t layer = 0; layer < sets.size(); ++layer) {
            const AssessedSet* set = sets[layer];
            if (set == nullptr) continue;
            const AssessedSet* image = layer == 0 ? nullptr : sets[0];
            const Decided decided = to(*set, {assessed.in_force.get(), tally.cell});
            const auto [weight, unknown] = weights.try_emplace({set, image, context, decided});
            if (unknown) weight->second = weigh(*set, image, context, decided);
            const advisory::AdvisoryFile& file = set->knowledge->file;
            for (const Weighed::Finding& finding : weight->second.findings) {
                if (!finding.affected || !finding.is_open()) continue;
                const advisory::SetVerdict& found = set->assessment.verdicts[finding.verdict];
                const component::Component& component = set->components()[found.component];
                const auto due = dues.of(file, finding.advisory, context, tally.first_seen);
                const std::string_view fixed_in = advisory::fixed_in(file, found.verdict);
                bool helped = false;
                if (is_phone_system(component) && !fixed_in.empty()) {
                    earlier(system_due[component.name], due);
                    helped = true;
                    if (const auto [at, fresh] = updates_wanted.try_emplace(set); findings != nullptr) {
                        if (fresh)
                            at->second = collected.wants(phone_update_id(phone_system_name(component.name),
                                                                         highest_fix(*set, component)));
                        if (at->second) collected.add(*set, finding, &component);
                    }
                }
                const std::string* refused = nullptr;
                const Offer* refusing = nullptr;
                if (layer == 0)
                    for (const auto& [number, why] : for_model) {
                        if (left[number].contains(finding.advisory)) continue;
                        if (why.empty()) {
                            earlier(release_due[offers[number].release->id], due);
                            helped = true;
                            if (wanted[number]) collected.add(*set, finding);
                        } else {
                            refused = &why;
                            refusing = &offers[number];
                        }
                    }
                if (helped) continue;
                Gap* gap = nullptr;
                if (refusing != nullptr) {
                    gap = &gap_of(QueueRow::State::cannot,
                                  "cannot:" + refusing->release->id.text() + ":" + model);
                    gap->row.fix.name = refusing->release->name;
                    gap->row.fix.version = refusing->release->version;
                    gap->row.fix.release = refusing->release->id;
                    if (!is_for(*refusing->release, tally.values[4]))
                        gap->row.revisions.insert(tally.values[4]);
                    gap->row.reason = *refused;
                } else if (fixed_in.empty() || !given_up.empty()) {
                    gap = &gap_of(QueueRow::State::none, "none:" + model);
                    if (!given_up.empty())
                        gap->row.reason = given_up;
                    else if (gap->row.reason.empty())
                        gap->row.reason = past.of(component);
                } else {
                    gap = &gap_of(QueueRow::State::vendor, "vendor:" + model);
                }
                note(*gap, *set, finding.verdict, fixed_in);
                if (collected.wants(gap->row.id)) {
                    collected.add(*set, finding);
                    findings->kinds.insert({tally.base, tally.delta, tally.values, tally.cell});
                }
                earlier(gap->row.due, due);
                gap->row.fix.findings_ended += tally.count;
                gap->row.fix.exploited_ended += finding.exploited ? tally.count : 0;
                gap->row.fix.risk_removed += finding.points * static_cast<double>(tally.count);
                if (met.insert(gap).second) gap->row.fix.devices += tally.count;
            }
        }
    }
    collected.finish();
    for (Fix& fix : ready.rows) {
        QueueRow row;
        row.id = fix.vendor ? phone_update_id(fix.name, fix.version) : fix.release.text();
        row.restarts = fix.devices;
        if (collected.wants(row.id))
            for (const Fix::Share& share : fix.shares)
                findings->kinds.insert(ready.numbered[share.kind]);
        if (!fix.vendor) {
            row.due = release_due[fix.release];
        } else {
            for (const auto& [system, due] : system_due)
                if (phone_system_name(system) == fix.name) earlier(row.due, due);
        }
        for (const Fix::Share& share : fix.shares)
            row.shares.push_back({static_cast<std::uint32_t>(share.kind), share.risk_removed});
        row.fix = std::move(fix);
        out.rows.push_back(std::move(row));
    }
    for (auto& [id, gap] : gaps) {
        gap.row.references = references_of(gap);
        out.rows.push_back(std::move(gap.row));
    }
    std::stable_sort(out.rows.begin(), out.rows.end(), [](const QueueRow& a, const QueueRow& b) {
        return a.fix.risk_removed > b.fix.risk_removed;
    });
    return out;
}

} // namespace oakum::assessment
