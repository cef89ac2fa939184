// SPDX-License-Identifier: Apache-2.0
#include "weighed.hpp"

#include <algorithm>
#include <assessment/standing.hpp>

namespace oakum::assessment {
namespace {

std::shared_ptr<const AssessedSet> held(const AssessedFleet& assessed, device::SetId set,
                                        device::SetId on = {}) {
    const auto found = assessed.sets.find(fleet::subject(set, on).id);
    return found == assessed.sets.end() ? nullptr : found->second;
}

std::uint64_t& count_of(Standing& standing, exception::Kind kind) {
    switch (kind) {
    case exception::Kind::accept:
        return standing.accepted;
    case exception::Kind::not_affected:
        return standing.not_affected;
    case exception::Kind::suppress:
        return standing.suppressed;
    case exception::Kind::mitigate:
        break;
    }
    return standing.mitigated;
}

} // namespace

Lengths::Lengths(const risk::DeadlinePolicy& policy, const Knowledge& knowledge) {
    for (const risk::Outcome& outcome : policy.outcomes())
        if (outcome.days) days_.push_back(*outcome.days);
    days_.insert(days_.end(), knowledge.listed_days.begin(), knowledge.listed_days.end());
    std::sort(days_.begin(), days_.end());
    days_.erase(std::unique(days_.begin(), days_.end()), days_.end());
}

std::vector<base::TimePoint> Lengths::limits(base::TimePoint now) const {
    std::vector<base::TimePoint> times;
    for (const int days : days_)
        times.push_back(now - std::chrono::days(days));
    return times;
}

bool Lengths::is_older(std::uint32_t age, int days) const {
    const auto at = std::lower_bound(days_.begin(), days_.end(), days);
    return static_cast<std::uint32_t>(at - days_.begin()) < age;
}

std::optional<int> Standing::overdue_after(base::TimePoint now) const {
    for (const auto& [days, since] : runs_since)
        if (since + std::chrono::days(days) < now) return days;
    return std::nullopt;
}

bool Standing::is_overdue(base::TimePoint now, base::TimePoint first_seen) const {
    const auto days = overdue_after(now);
    return days && first_seen < now - std::chrono::days(*days);
}

void Standings::begin(std::shared_ptr<const AssessedFleet> assessed, Policy policy) {
    const bool news = !assessed_ || assessed_->knowledge != assessed->knowledge;
    if (news || policy_ != policy) {
        dues_.clear();
        kept_.clear();
        lengths_ = Lengths(*policy, *assessed->knowledge);
    }
    assessed_ = std::move(assessed);
    policy_ = std::move(policy);
    touched_.clear();
    ++round_;
}

void Standings::end() {
    std::erase_if(kept_, [&](const auto& entry) { return entry.second.asked != round_; });
}

Standings::Touched Standings::touched(const AssessedSet* set) {
    if (set == nullptr || !assessed_->in_force || assessed_->in_force->empty()) return {};
    const auto [at, fresh] = touched_.try_emplace(set);
    if (fresh)
        if (const InForce::Touch touch = assessed_->in_force->touch(*set); touch.any)
            at->second = {assessed_->in_force.get(), touch.cells};
    return at->second;
}

const Standing& Standings::of(device::SetId base, device::SetId delta, const risk::Context& context,
                              std::uint64_t cell) {
    auto below = held(*assessed_, base);
    auto above = held(*assessed_, delta, base);
    const Touched one = touched(below.get()), other = touched(above.get());
    const Touched decided{one.in_force != nullptr ? one.in_force : other.in_force,
                          cell & (one.cells | other.cells)};
    Kept& kept = kept_[{below.get(), above.get(), context, decided}];
    if (kept.asked == 0) {
        if (below) add(kept.standing, *below, nullptr, context, decided);
        if (above) add(kept.standing, *above, below.get(), context, decided);
        kept.base = std::move(below);
        kept.delta = std::move(above);
        if (decided.in_force != nullptr) kept.in_force = assessed_->in_force;
    }
    kept.asked = round_;
    return kept.standing;
}

void Standings::add(Standing& standing, const AssessedSet& set, const AssessedSet* image,
                    const risk::Context& context, const Touched& decided) {
    const Weighed weighed = weigh(set, image, context, {decided.in_force, decided.cells});
    standing.assessed = standing.assessed || set.is_assessed();
    standing.exposed = standing.exposed || weighed.exposed;
    standing.exploited = standing.exploited || weighed.exploited;
    standing.excepted = standing.excepted || weighed.excepted;
    standing.unclear = standing.unclear || weighed.unclear;
    standing.points += weighed.points;
    for (const Weighed::Finding& finding : weighed.findings) {
        if (finding.decided) ++count_of(standing, *finding.decided);
        if (!finding.affected || !finding.is_open()) continue;
        ++standing.open;
        if (finding.exploited) standing.exploited_advisories.push_back(finding.advisory);
        const auto [due, fresh] = dues_.try_emplace(
            std::uint64_t{finding.advisory} * risk::DeadlinePolicy::kClasses + policy_->class_of(context));
        if (fresh)
            due->second = risk::term(set.knowledge->file.advisory(finding.advisory), context, *policy_);
        if (!due->second) continue;
        const risk::Term& term = *due->second;
        auto& runs = standing.runs_since;
        const auto at = std::lower_bound(runs.begin(), runs.end(), term.days,
                                         [](const auto& entry, int days) { return entry.first < days; });
        if (at == runs.end() || at->first != term.days)
            runs.insert(at, {term.days, term.from});
        else
            at->second = std::min(at->second, term.from);
    }
}

} // namespace oakum::assessment
