// SPDX-License-Identifier: Apache-2.0
#include "weighed.hpp"

namespace oakum::assessment {

Decided to(const AssessedSet& set, Decided decided) {
    if (decided.in_force == nullptr) return {};
    const InForce::Touch touch = decided.in_force->touch(set);
    return touch.any ? Decided{decided.in_force, decided.cell & touch.cells} : Decided();
}

Weighed weigh(const AssessedSet& set, const AssessedSet* image, const risk::Context& context,
              Decided decided) {
    Weighed weighed;
    for (std::uint32_t i = 0; i < set.assessment.verdicts.size(); ++i) {
        const advisory::SetVerdict& found = set.assessment.verdicts[i];
        const bool affected = found.verdict.verdict == advisory::Verdict::affected;
        if (!affected && found.verdict.verdict != advisory::Verdict::unknown) continue;
        if (image != nullptr && image->covers(set.components()[found.component])) continue;
        Weighed::Finding finding;
        finding.advisory = found.verdict.advisory;
        finding.verdict = i;
        finding.affected = affected;
        const advisory::AdvisoryView view = set.knowledge->file.brief(found.verdict.advisory);
        finding.exploited = view.exploited;
        finding.severity = view.severity;
        const InForce::One* one =
            decided.in_force == nullptr ? nullptr : decided.in_force->about(set, found, decided.cell);
        if (one != nullptr) finding.decided = one->wish().kind;
        const bool open = finding.is_open();
        if (affected && open) {
            finding.points = risk::points_of(view, found.verdict.confidence, context);
            if (one != nullptr)
                finding.points *= left_by(one->wish(), set.knowledge->file.advisory(found.verdict.advisory));
        }
        weighed.findings.push_back(finding);
        weighed.points += finding.points;
        weighed.exposed = weighed.exposed || (affected && open);
        weighed.exploited = weighed.exploited || (affected && open && view.exploited);
        weighed.unclear = weighed.unclear || (!affected && open);
        weighed.excepted = weighed.excepted || !open;
    }
    return weighed;
}

} // namespace oakum::assessment
