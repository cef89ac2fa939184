// SPDX-License-Identifier: Apache-2.0
#include "weighed.hpp"

namespace oakum::assessment {

Weighed weigh(const AssessedSet& set, const AssessedSet* image, const risk::Context& context) {
    Weighed weighed;
    for (const advisory::SetVerdict& found : set.assessment.verdicts) {
        const bool affected = found.verdict.verdict == advisory::Verdict::affected;
        if (!affected && found.verdict.verdict != advisory::Verdict::unknown) continue;
        if (image != nullptr && image->covers(set.components()[found.component])) continue;
        Weighed::Finding finding;
        finding.advisory = found.verdict.advisory;
        finding.affected = affected;
        const advisory::AdvisoryView view = set.knowledge->file.brief(found.verdict.advisory);
        finding.exploited = view.exploited;
        finding.severity = view.severity;
        if (affected) finding.points = risk::points_of(view, found.verdict.confidence, context);
        weighed.findings.push_back(finding);
        weighed.points += finding.points;
        weighed.exposed = weighed.exposed || affected;
        weighed.exploited = weighed.exploited || (affected && view.exploited);
    }
    return weighed;
}

} // namespace oakum::assessment
