// SPDX-License-Identifier: Apache-2.0
#include "weighed.hpp"

#include <assessment/deadline_change.hpp>

#include <algorithm>

namespace oakum::assessment {
namespace {

// What a policy says of an advisory in a class of contexts, worked out once.
struct Said {
    std::optional<risk::Term> term;
    bool forensic_triage = false, on_assumption = false;
};
class Sayings {
  public:
    explicit Sayings(const Policy& policy) : policy_(*policy) {}
    const Said& of(const advisory::AdvisoryFile& file, std::uint32_t advisory, const risk::Context& context) {
        // Unknown exposure shares the class of open, and only it rests on an assumption.
        const std::uint64_t unknown = context.exposure == risk::Exposure::unknown ? 1 : 0;
        const auto [at, fresh] = known_.try_emplace(
            (std::uint64_t{advisory} * risk::DeadlinePolicy::kClasses + policy_.class_of(context)) * 2 +
            unknown);
        if (fresh) {
            const risk::Deadline deadline = risk::deadline(file.advisory(advisory), context, policy_);
            at->second = {deadline.term, deadline.outcome.forensic_triage,
                          deadline.rests_on_assumed_exposure};
        }
        return at->second;
    }

  private:
    const risk::DeadlinePolicy& policy_;
    std::unordered_map<std::uint64_t, Said> known_;
};

using Counts = std::map<std::pair<int, bool>, std::pair<std::uint64_t, std::uint64_t>>;
constexpr int kNever = risk::DeadlinePolicy::kMaxDays + 1;

int days_of(const Said& said) {
    return said.term ? said.term->days : kNever;
}

base::TimePoint end_of(const Said& said) {
    return said.term ? said.term->from + std::chrono::days(said.term->days) : base::TimePoint::max();
}

} // namespace

DeadlineChange deadline_change(const fleet::LiveFleet& fleet, device::TenantId tenant,
                               const std::shared_ptr<const AssessedFleet>& assessed, const Policy& before,
                               const Policy& after, base::TimePoint now) {
    Standings by_before, by_after;
    by_before.begin(assessed, before);
    by_after.begin(assessed, after);
    std::vector<int> days = by_before.lengths().days();
    days.insert(days.end(), by_after.lengths().days().begin(), by_after.lengths().days().end());
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    const Lengths lengths(std::move(days));

    DeadlineChange out;
    Sayings says_before(before), says_after(after);
    Counts counts;
    const fleet::Census census = fleet.census(tenant, kContextKeys, lengths.limits(now), cells_of(*assessed));
    for (const auto& [number, devices] : census.parts.front().devices) {
        const fleet::CensusKind& kind = census.kinds[number];
        const risk::Context context = context_of(kind.values[0], kind.values[1], kind.values[2]);
        const auto overdue = [&](Standings& standings) {
            const auto length = standings.of(kind.base, kind.delta, context, kind.cell).overdue_after(now);
            return length && lengths.is_older(kind.age, *length);
        };
        const bool was = overdue(by_before), becomes = overdue(by_after);
        out.devices += devices;
        out.overdue_before += was ? devices : 0;
        out.overdue_after += becomes ? devices : 0;
        out.newly_overdue += becomes && !was ? devices : 0;
        out.no_longer_overdue += was && !becomes ? devices : 0;
        const auto sets = layers(*assessed, kind.base, kind.delta);
        for (std::size_t i = 0; i < sets.size(); ++i) {
            if (sets[i] == nullptr) continue;
            for (const Weighed::Finding& finding :
                 weigh(*sets[i], i == 0 ? nullptr : sets[0], context, {assessed->in_force.get(), kind.cell})
                     .findings) {
                if (!finding.affected || !finding.is_open()) continue;
                const auto& file = sets[i]->knowledge->file;
                const Said& one = says_before.of(file, finding.advisory, context);
                const Said& other = says_after.of(file, finding.advisory, context);
                out.findings += devices;
                out.sooner += end_of(other) < end_of(one) ? devices : 0;
                out.later += end_of(other) > end_of(one) ? devices : 0;
                out.on_assumption_before += one.on_assumption ? devices : 0;
                out.on_assumption_after += other.on_assumption ? devices : 0;
                counts[{days_of(one), one.forensic_triage}].first += devices;
                counts[{days_of(other), other.forensic_triage}].second += devices;
            }
        }
    }
    for (const auto& [what, count] : counts)
        out.rows.push_back({what.first == kNever ? std::nullopt : std::optional(what.first), what.second,
                            count.first, count.second});
    return out;
}

} // namespace oakum::assessment
