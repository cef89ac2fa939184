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

} // namespace

bool Standing::is_overdue(base::TimePoint now, std::uint32_t age) const {
    for (std::size_t i = 0; i < kDeadlineDays.size() && i < age; ++i)
        if (runs_since[i] && *runs_since[i] + std::chrono::days(kDeadlineDays[i]) < now) return true;
    return false;
}

std::array<base::TimePoint, kDeadlineDays.size()> ages(base::TimePoint now) {
    std::array<base::TimePoint, kDeadlineDays.size()> times{};
    std::transform(kDeadlineDays.begin(), kDeadlineDays.end(), times.begin(),
                   [&](int days) { return now - std::chrono::days(days); });
    return times;
}

void Standings::begin(std::shared_ptr<const AssessedFleet> assessed) {
    if (!assessed_ || assessed_->knowledge != assessed->knowledge) dues_.clear();
    assessed_ = std::move(assessed);
    ++round_;
}

void Standings::end() {
    std::erase_if(kept_, [&](const auto& entry) { return entry.second.asked != round_; });
}

const Standing& Standings::of(device::SetId base, device::SetId delta, const risk::Context& context) {
    auto below = held(*assessed_, base);
    auto above = held(*assessed_, delta, base);
    Kept& kept = kept_[{below.get(), above.get(), context}];
    if (kept.asked == 0) {
        if (below) add(kept.standing, *below, nullptr, context);
        if (above) add(kept.standing, *above, below.get(), context);
        kept.base = std::move(below);
        kept.delta = std::move(above);
    }
    kept.asked = round_;
    return kept.standing;
}

void Standings::add(Standing& standing, const AssessedSet& set, const AssessedSet* image,
                    const risk::Context& context) {
    const Weighed weighed = weigh(set, image, context);
    standing.assessed = standing.assessed || !set.components().empty();
    standing.exposed = standing.exposed || weighed.exposed;
    standing.exploited = standing.exploited || weighed.exploited;
    standing.points += weighed.points;
    for (const Weighed::Finding& finding : weighed.findings) {
        if (!finding.affected) {
            standing.unclear = true;
            continue;
        }
        ++standing.open;
        if (finding.exploited) standing.exploited_advisories.push_back(finding.advisory);
        const auto [at, fresh] = dues_.try_emplace(finding.advisory);
        if (fresh) at->second = deadlines_of(set.knowledge->file, finding.advisory);
        const auto& due = at->second[context.exposure == risk::Exposure::open ? 1 : 0];
        if (!due) continue;
        const auto length = std::find(kDeadlineDays.begin(), kDeadlineDays.end(), due->days);
        if (length == kDeadlineDays.end()) continue;
        auto& since = standing.runs_since[static_cast<std::size_t>(length - kDeadlineDays.begin())];
        since = since ? std::min(*since, due->from) : due->from;
    }
}

} // namespace oakum::assessment
