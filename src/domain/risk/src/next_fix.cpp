// SPDX-License-Identifier: Apache-2.0
#include <risk/next_fix.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace oakum::risk {

using advisory::AdvisoryFile;
using advisory::SetAssessment;

namespace {

struct Weight {
    double points = 0; // of all components with this advisory
    std::uint32_t findings = 0;
    bool exploited = false;
};
using Weights = std::map<std::uint32_t, Weight>; // by advisory

// What each advisory weighs in a set on one device; computed once for each set and context.
class Scales {
  public:
    explicit Scales(const AdvisoryFile& file) : file_(file) {}
    const Weights& of(const SetAssessment& assessment, const Context& context) {
        const auto [found, fresh] = known_.try_emplace({&assessment, context});
        if (!fresh) return found->second;
        const auto risk = risk_of_set(file_, assessment, context);
        for (const auto& finding : risk.by_finding) {
            auto& weight = found->second[assessment.verdicts[finding.verdict].verdict.advisory];
            weight.points += finding.points;
            ++weight.findings;
        }
        for (auto& [advisory, weight] : found->second)
            weight.exploited = file_.is_exploited(advisory);
        return found->second;
    }

  private:
    const AdvisoryFile& file_;
    std::map<std::pair<const SetAssessment*, Context>, Weights> known_;
};

struct Tally {
    std::map<std::uint32_t, double> ended; // advisory to points removed
    std::set<std::uint32_t> exploited, brought, had;
};

void weigh_population(const Population& population, const Weights& before, const Weights& after,
                      FixOffer& offer, Tally& tally) {
    const auto devices = static_cast<double>(population.devices);
    offer.devices += population.devices;
    for (const auto& [advisory, weight] : before) {
        offer.risk_removed += weight.points * devices;
        tally.had.insert(advisory);
        if (after.contains(advisory)) continue;
        offer.findings_ended += weight.findings * population.devices;
        tally.ended[advisory] += weight.points * devices;
        if (weight.exploited) {
            offer.exploited_ended += weight.findings * population.devices;
            tally.exploited.insert(advisory);
        }
    }
    for (const auto& [advisory, weight] : after) {
        offer.risk_removed -= weight.points * devices;
        offer.risk_left += weight.points * devices;
        if (!before.contains(advisory)) tally.brought.insert(advisory);
    }
}

std::vector<std::uint32_t> by_points(const std::map<std::uint32_t, double>& ended) {
    std::vector<std::uint32_t> order;
    for (const auto& [advisory, points] : ended)
        order.push_back(advisory);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return ended.at(a) > ended.at(b); });
    return order;
}

} // namespace

std::vector<FixOffer> next_best_fix(const AdvisoryFile& file, std::span<const Population> populations,
                                    std::span<const Candidate> candidates) {
    Scales scales(file);
    std::vector<FixOffer> offers;
    for (std::uint32_t number = 0; number < candidates.size(); ++number) {
        const auto& candidate = candidates[number];
        if (candidate.assessment == nullptr) continue;
        FixOffer offer;
        offer.candidate = number;
        Tally tally;
        for (std::uint32_t place = 0; place < populations.size(); ++place) {
            const Population& population = populations[place];
            const bool can = std::find(population.releases.begin(), population.releases.end(), number) !=
                             population.releases.end();
            if (!can || population.assessment == nullptr || population.devices == 0) continue;
            const double risk_before = offer.risk_removed;
            const std::uint64_t exploited_before = offer.exploited_ended;
            weigh_population(population, scales.of(*population.assessment, population.context),
                             scales.of(*candidate.assessment, population.context), offer, tally);
            offer.shares.push_back(
                {place, offer.risk_removed - risk_before, offer.exploited_ended - exploited_before});
            offer.unknown_before = std::max(offer.unknown_before, population.assessment->unknown);
            offer.unknown_after = std::max(offer.unknown_after, candidate.assessment->unknown);
        }
        if (offer.risk_removed <= 0) continue;
        offer.ended = by_points(tally.ended);
        offer.brought.assign(tally.brought.begin(), tally.brought.end());
        offer.advisories_ended = static_cast<std::uint32_t>(offer.ended.size());
        offer.exploited_advisories_ended = static_cast<std::uint32_t>(tally.exploited.size());
        for (const auto advisory : offer.brought)
            offer.brings += tally.had.contains(advisory) ? 0 : 1;
        offers.push_back(std::move(offer));
    }
    std::stable_sort(offers.begin(), offers.end(),
                     [](const FixOffer& a, const FixOffer& b) { return a.risk_removed > b.risk_removed; });
    return offers;
}

} // namespace oakum::risk
